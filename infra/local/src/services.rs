//! The two demo government services: relying parties on their own origins, registered like any service.

use axum::Router;
use demo::{Credentials, Names, Setup};
use domain::service::{AuthMethod, Registration};

use crate::{
    failure::{Context, Failure},
    stack::Stack,
};

/// The registration, its origin and the cookie name of each service.
const REGISTRATIONS: [(&str, &str, &str); 2] = [
    (include_str!("../../services/demo-1.yaml"), "http://localhost:4001", "demo-1"),
    (include_str!("../../services/demo-2.yaml"), "http://localhost:4002", "demo-2"),
];

/// Registers the services and returns the router of each.
pub(crate) async fn routers(stack: &Stack) -> Result<Vec<Router>, Failure> {
    let origins = [&stack.origins.service, &stack.origins.other_service];
    let mut routers = Vec::new();
    for ((yaml, registered_origin, cookie), origin) in REGISTRATIONS.into_iter().zip(origins) {
        let registration = ops::parse(&yaml.replace(registered_origin, origin), true)
            .map_err(|mistakes| Failure::new(format!("registering {cookie}: {}", mistakes.join("; "))))?;
        ops::apply(&stack.app, std::slice::from_ref(&registration))
            .await
            .context("registering the demo services")?;
        routers.push(router(stack, registration, origin, cookie).await?);
    }
    Ok(routers)
}

async fn router(
    stack: &Stack,
    registration: Registration,
    origin: &str,
    cookie: &'static str,
) -> Result<Router, Failure> {
    let credentials = if registration.token_endpoint_auth_method == AuthMethod::PrivateKeyJwt {
        Credentials::Key
    } else {
        let secret = ops::new_secret(&stack.app, &registration.client_id).await;
        Credentials::Secret(secret.context("creating the secret of a demo service")?.expose())
    };
    demo::router(Setup {
        origin: origin.to_owned(),
        names: Names { en: registration.client_name.en, fr: registration.client_name.fr },
        issuer: stack.origins.product.clone(),
        reached_at: stack.origins.local.clone(),
        client_id: registration.client_id.to_string(),
        credentials,
        cookie,
        now: app::clock::now,
    })
    .context("starting a demo service")
}
