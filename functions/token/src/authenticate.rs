//! Authenticates the service (RFC 6749 section 2.3, RFC 7523).

use aws_lc_rs::digest;
use data_encoding::BASE64URL_NOPAD;
use domain::service::{AuthMethod, Client};
use http_kernel::Request;
use oidc::{
    OAuthError, Parameters,
    client_assertion::{self, AssertionError, VerifiedAssertion},
    client_authentication::{self, ClientProof, invalid_client},
};
use outbound::client_keys;
use table::Assertion;

use crate::{AuthenticatedClient, TokenError};

pub(crate) async fn client(
    request: &Request<'_>,
    form: Parameters<'_>,
) -> Result<AuthenticatedClient, TokenError> {
    let credentials = client_authentication::read(request.authorization(), form)?;
    let client = request.app().client(&credentials.client).await?;
    let client = client.ok_or(invalid_client("client authentication failed"))?;
    let assertion = match &credentials.proof {
        ClientProof::Secret(method, secret) => {
            client_authentication::check_secret(&client, *method, secret.as_ref())?;
            None
        }
        ClientProof::Assertion(text) => Some(verify_assertion(request, &client, text).await?),
    };
    Ok(AuthenticatedClient { client, assertion })
}

/// Verifies an assertion with the cached keys of the service, and with its current ones when none of those fits.
async fn verify_assertion(
    request: &Request<'_>,
    client: &Client,
    text: &str,
) -> Result<Assertion, OAuthError> {
    if client.registration.token_endpoint_auth_method != AuthMethod::PrivateKeyJwt {
        return Err(invalid_client("client authentication failed"));
    }
    let issuer = &request.config().origin;
    let id = &client.registration.client_id;
    for refresh in [false, true] {
        let Some(keys) = client_keys(request.app(), client, refresh).await else {
            return Err(invalid_client("the keys of the client can not be read"));
        };
        match client_assertion::verify(text, id, &keys, issuer, request.now()) {
            Ok(verified) => return Ok(used_assertion(client, &verified)),
            Err(AssertionError::UnknownKey) => {}
            Err(AssertionError::Invalid) => break,
        }
    }
    Err(invalid_client("the client assertion proves nothing"))
}

fn used_assertion(client: &Client, verified: &VerifiedAssertion) -> Assertion {
    let hash = digest::digest(&digest::SHA256, verified.jti.as_bytes());
    Assertion {
        client: client.registration.client_id.clone(),
        hash: BASE64URL_NOPAD.encode(hash.as_ref()),
        until: verified.remember_until,
    }
}
