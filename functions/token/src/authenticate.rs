//! Which service asks, and whether it is itself.

use app::App;
use aws_lc_rs::digest;
use data_encoding::BASE64URL_NOPAD;
use domain::service::{AuthMethod, Client};
use http_kernel::{HttpError, Request};
use oidc::{
    OAuthError, Parameters,
    client_assertion::{self, AssertionError, VerifiedAssertion},
    client_authentication::{self, ClientProof, invalid_client},
    metadata,
};
use outbound::client_keys;
use table::Assertion;

use crate::Authenticated;

/// The service that asks, once it is certain.
pub(crate) async fn client(
    app: &App,
    request: &Request,
    form: Parameters<'_>,
) -> Result<Result<Authenticated, OAuthError>, HttpError> {
    let credentials = match client_authentication::read(request.authorization(), form) {
        Ok(credentials) => credentials,
        Err(refused) => return Ok(Err(refused)),
    };
    let Some(client) = app.client(&credentials.client).await? else {
        return Ok(Err(invalid_client("client authentication failed")));
    };
    let proven = match &credentials.proof {
        ClientProof::Secret(method, secret) => {
            client_authentication::check_secret(&client, *method, secret.as_ref()).map(|()| None)
        }
        ClientProof::Assertion(text) => by_assertion(app, &client, text).await.map(Some),
    };
    Ok(proven.map(|assertion| Authenticated { client, assertion }))
}

/// By the keys that are known; by newer ones when those have none that fits.
async fn by_assertion(app: &App, client: &Client, text: &str) -> Result<Assertion, OAuthError> {
    if client.registration.token_endpoint_auth_method != AuthMethod::PrivateKeyJwt {
        return Err(invalid_client("client authentication failed"));
    }
    let issuer = &app.config.origin;
    let endpoint = metadata::token_endpoint(issuer);
    let id = &client.registration.client_id;
    for refresh in [false, true] {
        let Some(keys) = client_keys(app, client, refresh).await else {
            return Err(invalid_client("the keys of the client can not be read"));
        };
        match client_assertion::verify(text, id, &keys, &[issuer, &endpoint], app.now()) {
            Ok(verified) => return Ok(remembered(client, &verified)),
            Err(AssertionError::UnknownKey) => {}
            Err(AssertionError::Invalid) => break,
        }
    }
    Err(invalid_client("the client assertion proves nothing"))
}

fn remembered(client: &Client, verified: &VerifiedAssertion) -> Assertion {
    let hash = digest::digest(&digest::SHA256, verified.jti.as_bytes());
    Assertion {
        client: client.registration.client_id.clone(),
        hash: BASE64URL_NOPAD.encode(hash.as_ref()),
        until: verified.remember_until,
    }
}
