//! The two demo government services: relying parties on their own origins, registered like any service.

use axum::Router;
use demo::{Bilingual, Credentials, Kind, Setup};
use domain::{
    operator::Operator,
    service::{AuthMethod, ClientRegistration},
};

use crate::{
    assets,
    failure::{Context, Failure},
    stack::{Stack, assets_folder},
    sts::OPERATOR,
};

/// A demo service, as it is registered.
struct Registered {
    yaml: &'static str,
    /// The origin in the registration.
    origin: &'static str,
    cookie: &'static str,
    kind: Kind,
}

const REGISTERED: [Registered; 2] = [
    Registered {
        yaml: include_str!("../../services/demo-1.yaml"),
        origin: "http://localhost:4001",
        cookie: "demo-1",
        kind: Kind::HealthCard,
    },
    Registered {
        yaml: include_str!("../../services/demo-2.yaml"),
        origin: "http://localhost:4002",
        cookie: "demo-2",
        kind: Kind::RoadPermits,
    },
];

/// Registers the services and returns the router of each.
pub(crate) async fn routers(stack: &Stack) -> Result<Vec<Router>, Failure> {
    let origins = [&stack.origins.service, &stack.origins.other_service];
    let mut routers = Vec::new();
    for (service, origin) in REGISTERED.iter().zip(origins) {
        let registration =
            ops::parse(&service.yaml.replace(service.origin, origin), true).map_err(|mistakes| {
                Failure::new(format!("registering {}: {}", service.cookie, mistakes.join("; ")))
            })?;
        ops::apply(&stack.app, std::slice::from_ref(&registration), &operator()?)
            .await
            .context("registering the demo services")?;
        routers.push(router(stack, registration, origin, service).await?);
    }
    Ok(routers)
}

/// The identity that the stand-in for AWS STS gives.
fn operator() -> Result<Operator, Failure> {
    OPERATOR.parse().map_err(Failure::new)
}

async fn router(
    stack: &Stack,
    registration: ClientRegistration,
    origin: &str,
    service: &Registered,
) -> Result<Router, Failure> {
    let credentials = if registration.token_endpoint_auth_method == AuthMethod::PrivateKeyJwt {
        Credentials::Key
    } else {
        let secret = ops::new_secret(&stack.app, &registration.client_id, &operator()?).await;
        Credentials::Secret(secret.context("creating the secret of a demo service")?.expose())
    };
    let assets_folder = assets_folder(&stack.root);
    let router = demo::router(Setup {
        origin: origin.to_owned(),
        kind: service.kind,
        name: Bilingual { en: registration.client_name.en, fr: registration.client_name.fr },
        support: Bilingual { en: registration.support_contact.en, fr: registration.support_contact.fr },
        static_base: assets::base(&assets_folder),
        issuer: stack.origins.product.clone(),
        reached_at: stack.origins.local.clone(),
        client_id: registration.client_id.to_string(),
        credentials,
        cookie: service.cookie,
        now: app::clock::now,
    })
    .context("starting a demo service")?;
    // A service serves its files itself: fonts are not loaded from another origin.
    Ok(router.merge(assets::router(assets_folder)))
}
