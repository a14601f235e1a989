//! Which service asks, and whether it is itself.

use app::App;
use aws_lc_rs::digest;
use data_encoding::BASE64URL_NOPAD;
use domain::service::{AuthMethod, Client};
use http_kernel::{HttpError, Request};
use oidc::{
    Parameters, Refused,
    assertion::{self, Unproven, Verified},
    client::{self, Proof, refused},
    metadata,
};
use provider::service_keys;
use table::Assertion;

use crate::Authenticated;

/// The service that asks, once it is certain.
pub(crate) async fn client(
    app: &App,
    request: &Request,
    form: Parameters<'_>,
) -> Result<Result<Authenticated, Refused>, HttpError> {
    let credentials = match client::read(request.authorization(), form) {
        Ok(credentials) => credentials,
        Err(refused) => return Ok(Err(refused)),
    };
    let Some(client) = provider::client(app, &credentials.client).await? else {
        return Ok(Err(refused("client authentication failed")));
    };
    let proven = match &credentials.proof {
        Proof::Secret(method, secret) => {
            client::check_secret(&client, *method, secret.as_ref()).map(|()| None)
        }
        Proof::Assertion(text) => by_assertion(app, &client, text).await.map(Some),
    };
    Ok(proven.map(|assertion| Authenticated { client, assertion }))
}

/// By the keys that are known; by newer ones when those have none that fits.
async fn by_assertion(app: &App, client: &Client, text: &str) -> Result<Assertion, Refused> {
    if client.registration.token_endpoint_auth_method != AuthMethod::PrivateKeyJwt {
        return Err(refused("client authentication failed"));
    }
    let issuer = &app.config.origin;
    let endpoint = metadata::token_endpoint(issuer);
    let id = &client.registration.client_id;
    for newer in [false, true] {
        let Some(keys) = service_keys(app, client, newer).await else {
            return Err(refused("the keys of the client can not be read"));
        };
        match assertion::verify(text, id, &keys, &[issuer, &endpoint], app.now()) {
            Ok(verified) => return Ok(remembered(client, &verified)),
            Err(Unproven::UnknownKey) => {}
            Err(Unproven::Wrong) => break,
        }
    }
    Err(refused("the client assertion proves nothing"))
}

fn remembered(client: &Client, verified: &Verified) -> Assertion {
    let hash = digest::digest(&digest::SHA256, verified.jti.as_bytes());
    Assertion {
        client: client.registration.client_id.clone(),
        hash: BASE64URL_NOPAD.encode(hash.as_ref()),
        until: verified.until,
    }
}
