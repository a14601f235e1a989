//! Starts a stack: the services of AWS, the functions, and the servers of the origins.

use std::{
    collections::BTreeMap,
    path::Path,
    sync::{Arc, OnceLock},
};

use app::{App, Config, key_secret_variable};
use bank::Bank;
use domain::keys::KeyPurpose;

use super::{Options, Stack, assets_folder};
use crate::{
    cloudfront::{self, CloudFront},
    dynamodb::{DynamoDb, TABLE},
    failure::{Context, Failure},
    flows, front,
    gateway::Gateway,
    origins::{BANK_CLIENT_ID, BANK_ID, Listen, Listeners, Origins, bind, serve},
    root,
    saved::{Folder, Saved},
    secrets::{self, Secrets},
    services as demo_services,
    ses::{self, Ses},
    streams::Streams,
    sts,
    template::Template,
};

/// The AWS services that the functions call.
struct Services {
    dynamodb: Arc<DynamoDb>,
    ses: Arc<Ses>,
    secrets: Arc<Secrets>,
    cloudfront: Arc<CloudFront>,
    /// The endpoint of SES, Secrets Manager and `CloudFront`.
    endpoint: String,
}

impl Stack {
    /// Starts a stack.
    ///
    /// # Errors
    /// [`Failure`], whose message says what to do.
    pub async fn start(options: Options) -> Result<Arc<Self>, Failure> {
        let root = root::find(options.root.as_deref())?;
        let template = Arc::new(read_template(&root)?);
        let folder = options.saved_in.as_deref().map(Folder::open).transpose()?;
        let saved = saved(folder.as_ref(), options.is_fresh, &template)?;
        let listeners = Listeners::bind(options.listen).await?;
        let origins = listeners.origins(options.origin.as_deref())?;

        let services =
            Services::start(&template, folder.as_ref(), saved.as_ref(), options.dynamodb.as_deref()).await?;
        let mut variables = variables(&root, &origins, &services, &options.variables);
        variables.entry("PARTNERS").or_insert_with(|| listeners.partners(&origins));
        let config =
            Config::from_lookup(|name| variables.get(name).cloned()).context("configuring the functions")?;
        let config = Arc::new(config);
        services.secrets.rotate_by(flows::rotator(config.clone()));
        services.secrets.rotate_origin_by(flows::origin_rotator(config.clone()));
        if !options.signing_keys.is_null() {
            services.secrets.replace_signing_keys(options.signing_keys)?;
        }
        let app = Arc::new(App::start(&config, options.interceptor).await.context("starting the functions")?);

        let Services { dynamodb, ses, secrets, cloudfront, .. } = services;
        let progress =
            saved.filter(|_| dynamodb.saves_stream()).map(|saved| saved.progress).unwrap_or_default();
        let streams = Streams::new(&app, dynamodb.clone(), template.clone(), progress)?;
        let gateway = Gateway::new(&app, template.clone(), cloudfront.clone(), options.observer.clone())?;
        let stack = Arc::new(Self {
            app,
            gateway,
            streams,
            dynamodb,
            ses,
            secrets,
            cloudfront,
            origins,
            bank: OnceLock::new(),
            config,
            variables,
            template,
            root,
            folder,
            observer: options.observer,
        });
        if let Some(bank) = serve_origins(listeners, &stack, options.bank_key).await? {
            let _ = stack.bank.set(bank);
        }
        Ok(stack)
    }
}

impl Services {
    async fn start(
        template: &Template,
        folder: Option<&Folder>,
        saved: Option<&Saved>,
        endpoint: Option<&str>,
    ) -> Result<Self, Failure> {
        let table = folder.map(Folder::table).filter(|_| saved.is_some());
        let dynamodb = Arc::new(DynamoDb::start(&template.table, table.as_deref(), endpoint)?);
        let (ses, secrets) = match saved {
            Some(saved) => {
                let secrets = Secrets::with_key_ring(saved.key_ring.clone())?;
                if !saved.signing_keys.is_null() {
                    secrets.replace_signing_keys(saved.signing_keys.clone())?;
                }
                (Ses::with_inbox(saved.inbox.clone(), saved.suppressed.clone()), secrets)
            }
            None => (Ses::default(), Secrets::with_fresh_keys()?),
        };
        let (ses, secrets) = (Arc::new(ses), Arc::new(secrets));
        let first = secrets.origin_secret();
        let cloudfront = Arc::new(CloudFront::sending(first["current"].as_str().unwrap_or_default()));

        let listener = bind(0).await?;
        let endpoint = format!("http://{}", listener.local_addr().context("listening")?);
        serve(
            listener,
            ses::router(ses.clone())
                .merge(secrets::router(secrets.clone()))
                .merge(cloudfront::router(cloudfront.clone()))
                .merge(sts::router()),
        );
        Ok(Self { dynamodb, ses, secrets, cloudfront, endpoint })
    }
}

/// Starts the servers; returns the demo bank if it listens.
async fn serve_origins(
    listeners: Listeners,
    stack: &Arc<Stack>,
    bank_key: Option<String>,
) -> Result<Option<Bank>, Failure> {
    let Some([product, service, other, bank_listener]) = listeners.ports else { return Ok(None) };
    serve(product, front::router(stack, &assets_folder(&stack.root)));
    let bank = start_bank(&stack.origins, bank_key)?;
    serve(bank_listener, bank.router());
    if listeners.listen != Listen::BankAlone {
        let routers = demo_services::routers(stack).await?;
        for (listener, router) in [service, other].into_iter().zip(routers) {
            serve(listener, router);
        }
    }
    Ok(Some(bank))
}

fn start_bank(origins: &Origins, key: Option<String>) -> Result<Bank, Failure> {
    Bank::new(bank::Options {
        issuer: origins.bank.clone(),
        client_id: BANK_CLIENT_ID.to_owned(),
        redirect_uris: vec![format!("{}/federated/callback/{BANK_ID}", origins.product)],
        client_jwks_uri: format!("{}/.well-known/jwks.json", origins.product),
        reached_at: Some(origins.local.clone()),
        key,
        now: app::clock::now,
        random: |bytes| bytes.copy_from_slice(&random(bytes.len())),
    })
    .context("starting the demo bank")
}

fn random(length: usize) -> Vec<u8> {
    std::iter::repeat_with(|| app::random::<1>()[0]).take(length).collect()
}

fn read_template(root: &Path) -> Result<Template, Failure> {
    Template::parse(&std::fs::read_to_string(root.join(root::TEMPLATE)).context("reading template.yaml")?)
}

/// Reads the saved state and restores the clock. A fresh run has no saved state.
fn saved(folder: Option<&Folder>, is_fresh: bool, template: &Template) -> Result<Option<Saved>, Failure> {
    let Some(folder) = folder else { return Ok(None) };
    if is_fresh {
        folder.clear()?;
    }
    let saved = folder.read()?;
    if let Some(saved) = &saved {
        if saved.table != template.table.create {
            return Err(Failure::new(
                "the saved table differs from the one in template.yaml: scripts/dev --fresh starts empty",
            ));
        }
        app::clock::set_offset(saved.clock_offset);
    }
    Ok(saved)
}

/// The environment variables of the functions.
fn variables(
    root: &Path,
    origins: &Origins,
    services: &Services,
    replaced: &[(&'static str, String)],
) -> BTreeMap<&'static str, String> {
    let defaults = [
        ("TABLE_NAME", TABLE.to_owned()),
        ("PUBLIC_ORIGIN", origins.product.clone()),
        ("SIGNING_KEYS_SECRET", secrets::SIGNING_KEYS.to_owned()),
        ("PUBLIC_KEYS_SECRET", secrets::PUBLIC_KEYS.to_owned()),
        ("OUTBOUND_LOOPBACK", "allow".to_owned()),
        ("MAIL_FROM", "My Ontario Account / compte Mon Ontario <no-reply@localhost.example>".to_owned()),
        ("MAIL_CONFIGURATION_SET", ses::CONFIGURATION_SET.to_owned()),
        ("SES_RATE", "0".to_owned()),
        ("SUPPORT_EMAIL", "support@localhost.example".to_owned()),
        ("STATIC_BASE", crate::assets::base(&assets_folder(root))),
        ("ARGON2_MEMORY_KIB", "19456".to_owned()),
        ("ARGON2_PASSES", "2".to_owned()),
        ("PASSWORD_POLICY", "predecessor".to_owned()),
        ("EMAIL_LIMITS", "1/30s,5/1h,20/24h".to_owned()),
        ("CODE_LIMITS", "1/30s,20/1h".to_owned()),
        ("REGISTRATION_LIMIT", "20/1h".to_owned()),
        ("TRY_LIMIT", "100/15m".to_owned()),
        ("CONTACT_LIMIT", "20/1h".to_owned()),
        ("EMAIL_REQUEST_LIMIT", "60/1h".to_owned()),
        ("AUDIT_DAYS", "730".to_owned()),
        ("REQUEST_BUDGET_MS", "4500".to_owned()),
        ("DIRECT_ACCESS", "no".to_owned()),
        ("ORIGIN_SECRET", secrets::ORIGIN_SECRET.to_owned()),
        ("DISTRIBUTION_ID", cloudfront::DISTRIBUTION.to_owned()),
        ("AWS_REGION", "ca-central-1".to_owned()),
        ("AWS_ACCESS_KEY_ID", services.dynamodb.access_key().to_owned()),
        ("AWS_SECRET_ACCESS_KEY", "local".to_owned()),
        ("AWS_ENDPOINT_URL_DYNAMODB", services.dynamodb.endpoint()),
        ("AWS_ENDPOINT_URL_SESV2", services.endpoint.clone()),
        ("AWS_ENDPOINT_URL_SECRETS_MANAGER", services.endpoint.clone()),
        ("AWS_ENDPOINT_URL_CLOUDFRONT", services.endpoint.clone()),
        ("AWS_ENDPOINT_URL_STS", format!("{}{}", services.endpoint, sts::PATH)),
    ];
    let keys = KeyPurpose::ALL.map(|purpose| (key_secret_variable(purpose), secrets::key_secret(purpose)));
    defaults.into_iter().chain(keys).chain(replaced.iter().cloned()).collect()
}
