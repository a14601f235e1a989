//! Unmodified third-party clients sign a resident in: the programs of `tests/clients`, on a stack that listens.

use std::{
    net::{Ipv4Addr, TcpListener},
    path::{Path, PathBuf},
    process::Stdio,
    sync::Arc,
    time::Duration,
};

use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
use data_encoding::BASE64;
use domain::{
    secret::ClientSecret,
    service::{Client, ClientRegistration},
};
use jsonwebtoken::EncodingKey;
use local::{Handled, Listen, Log, Options, Stack};
use serde_json::{Value, json};
use table::{ServiceChange, ServiceEvent};
use tokio::{process::Command, time::sleep};

use crate::support::{
    env::{ANA, PASSWORD, signing_keys},
    services::{operator, public},
};

/// How often the stream is delivered, as in the local run.
const DELIVER_EVERY: Duration = Duration::from_millis(100);

/// The origin of the redirect URI of programs that do not listen.
const NOWHERE: &str = "http://localhost:4009";

const MODULE: &str = "/usr/lib/apache2/modules/mod_auth_openidc.so";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_openid_client_of_npm_signs_in() {
    let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
    let key = pair.to_pkcs8v1().unwrap();
    let public = public(&EncodingKey::from_ec_der(key.as_ref()));
    let service = Service {
        redirect_uri: format!("{NOWHERE}/return"),
        signed_out_uri: format!("{NOWHERE}/signed-out"),
        registered: json!({
            "token_endpoint_auth_method": "private_key_jwt",
            "jwks": { "keys": [public] },
            "id_token_signed_response_alg": "ES256",
        }),
    };
    let mut program = node();
    program.arg("openid-client.mjs").env("KEY", BASE64.encode(key.as_ref()));
    service.signs_in_by(program).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn authlib_signs_in() {
    let python = folder().join("../../.tools/bin/python");
    assert!(python.exists(), "run scripts/test, which installs Authlib");
    let service = Service {
        redirect_uri: format!("{NOWHERE}/return"),
        signed_out_uri: format!("{NOWHERE}/signed-out"),
        registered: json!({
            "token_endpoint_auth_method": "client_secret_basic",
            "id_token_signed_response_alg": "RS256",
        }),
    };
    let mut program = Command::new(python);
    program.arg("authlib_client.py");
    service.signs_in_by(program).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn apaches_mod_auth_openidc_signs_in() {
    assert!(
        Path::new(MODULE).exists(),
        "run scripts/test, or scripts/tools clients, which installs it on Debian"
    );
    let origin = format!("http://localhost:{}", free_port());
    let service = Service {
        redirect_uri: format!("{origin}/protected/redirect_uri"),
        signed_out_uri: format!("{origin}/signed-out.html"),
        registered: json!({
            "token_endpoint_auth_method": "client_secret_post",
            "id_token_signed_response_alg": "ES256",
            "subject_type": "public",
        }),
    };
    let mut program = node();
    program.arg("apache.mjs");
    service.signs_in_by(program).await;
}

/// A service that one of the programs implements.
struct Service {
    redirect_uri: String,
    signed_out_uri: String,
    /// Metadata of its registration, besides the usual.
    registered: Value,
}

impl Service {
    /// Signs a resident in through the program, which checks what it gets.
    async fn signs_in_by(self, mut program: Command) {
        // The cheapest parameters that the configuration allows: this test is not about the cost of a hash.
        let variables = vec![("ARGON2_MEMORY_KIB", "7168".to_owned()), ("ARGON2_PASSES", "5".to_owned())];
        let (handled, log) = (Handled::default(), Log::of_process());
        let observer = Some(handled.observer());
        let options = Options { listen: Listen::AnyPorts, variables, observer, ..Options::default() };
        let stack = Stack::start(options.with_keys_in(signing_keys()).unwrap()).await.unwrap();
        let secret = ClientSecret::from_random([7; 32]);
        self.register(&stack, &secret).await;

        let issuer = &stack.origins.product;
        let mut registering = node();
        registering.args(["resident.mjs", "register", issuer]);
        run(&stack, &mut registering).await;
        program
            .env("ISSUER", issuer)
            .env("CLIENT_ID", "client")
            .env("CLIENT_SECRET", secret.expose())
            .env("REDIRECT_URI", &self.redirect_uri)
            .env("SIGNED_OUT_URI", &self.signed_out_uri);
        run(&stack, &mut program).await;
        for email in stack.ses.inbox() {
            handled.keep_email(&email);
        }
        assert_eq!(handled.found_in(&log.text()), Vec::<String>::new());
    }

    async fn register(&self, stack: &Arc<Stack>, secret: &ClientSecret) {
        let mut registration = json!({
            "client_id": "client",
            "client_name": { "en": "Client", "fr": "Client" },
            "client_uri": "https://client.example/",
            "support_contact": { "en": "mailto:help@client.example", "fr": "mailto:aide@client.example" },
            "redirect_uris": [self.redirect_uri],
            "post_logout_redirect_uris": [self.signed_out_uri],
            "scopes": ["openid", "email", "offline_access"],
        });
        registration.as_object_mut().unwrap().extend(self.registered.as_object().unwrap().clone());
        let registration: ClientRegistration = serde_json::from_value(registration).unwrap();
        assert_eq!(oidc::registration::mistakes(&registration, true), []);
        let client = Client { registration, secrets: vec![secret.hash()], is_on: true, revision: 0 };
        let operator = operator();
        let change =
            ServiceChange { event: ServiceEvent::Registered, operator: &operator, at: stack.app.now() };
        stack.app.table.put_client(&client, &change).await.unwrap();
    }
}

/// Runs a program of `tests/clients` to its end; a failure shows its output.
async fn run(stack: &Stack, program: &mut Command) {
    assert!(folder().join("node_modules").exists(), "run scripts/test, which installs the clients' packages");
    let program = program
        .current_dir(folder())
        .env("EMAIL", ANA)
        .env("PASSWORD", PASSWORD)
        .stdin(Stdio::null())
        .kill_on_drop(true);
    let ended = tokio::select! {
        ended = program.output() => ended.expect("the program starts"),
        () = deliver(stack) => unreachable!("delivering never ends"),
    };
    let said = [ended.stdout, ended.stderr].map(|said| String::from_utf8_lossy(&said).into_owned()).concat();
    assert!(ended.status.success(), "{program:?} failed:\n{said}");
}

/// Delivers the stream until it is dropped: a stack does not do so by itself.
async fn deliver(stack: &Stack) {
    loop {
        stack.settle().await.unwrap();
        sleep(DELIVER_EVERY).await;
    }
}

fn node() -> Command {
    Command::new("node")
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("clients")
}

fn free_port() -> u16 {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port()
}
