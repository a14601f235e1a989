//! Exchanges a partner's code for its ID token, and verifies it (OpenID Connect Core sections 3.1.3.1 and 3.1.3.7).

use app::App;
use data_encoding::BASE64URL_NOPAD;
use domain::{
    Timestamp,
    keys::SessionKeys,
    partner::{Identity, Partner, State},
};
use http_kernel::header;
use lambda_http::http;
use oidc::relying_party::{
    client_assertion::client_assertion,
    id_token::{Expected, IdTokenError, UnverifiedIdToken},
    token_request::CodeExchange,
    token_response,
};

use crate::relying::{self, Provider, ProviderError};

/// The identity at the partner of the resident who signed in there, and when they authenticated, if the partner says.
pub(crate) async fn redeem(
    app: &App,
    keys: &SessionKeys,
    partner: &Partner,
    provider: &Provider,
    code: &str,
    state: &State,
) -> Result<(Identity, Option<Timestamp>), ProviderError> {
    let token = id_token(app, keys, partner, provider, code, state).await?;
    let subject = match verify(app, keys, partner, provider, &token, state) {
        // The partner may have published a new key since its keys were fetched.
        Err(IdTokenError::UnknownKey) => match relying::with_fresh_keys(app, partner, provider).await? {
            Some(fresh) => verify(app, keys, partner, &fresh, &token, state),
            None => Err(IdTokenError::UnknownKey),
        },
        verified => verified,
    };
    let subject = subject.map_err(|error| ProviderError::InvalidResponse(format!("ID token: {error}")))?;
    Ok((Identity { issuer: partner.issuer.clone(), subject }, token.auth_time()))
}

fn verify(
    app: &App,
    keys: &SessionKeys,
    partner: &Partner,
    provider: &Provider,
    token: &UnverifiedIdToken,
    state: &State,
) -> Result<String, IdTokenError> {
    let expected = Expected {
        issuer: &partner.issuer,
        client_id: &partner.client_id,
        nonce: &state.nonce(keys),
        keys: &provider.keys,
        now: app.now(),
    };
    token.verify(&expected).map(ToOwned::to_owned)
}

async fn id_token(
    app: &App,
    keys: &SessionKeys,
    partner: &Partner,
    provider: &Provider,
    code: &str,
    state: &State,
) -> Result<UnverifiedIdToken, ProviderError> {
    let exchange = CodeExchange {
        code,
        redirect_uri: &relying::redirect_uri(app, partner),
        code_verifier: &state.verifier(keys),
        client_id: &partner.client_id,
        client_assertion: &assertion(app, partner).await.map_err(ProviderError::Unavailable)?,
    };
    let request = http::Request::post(provider.metadata.token_endpoint.as_str())
        .header(header::ACCEPT, "application/json")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(exchange.form().into_bytes())
        .map_err(|_| ProviderError::unavailable("token endpoint", "not an address"))?;
    let response = relying::send(app, request).await;
    let response = response.map_err(|error| ProviderError::unavailable("token endpoint", error.0))?;
    token_response::parse(response.status().as_u16(), relying::content_type(&response), response.body())
        .map_err(|error| ProviderError::InvalidResponse(error.to_string()))
}

/// Authenticates us, by the key whose public half services and partners read at our `jwks_uri`.
async fn assertion(app: &App, partner: &Partner) -> Result<String, String> {
    let keys = app.signing_keys().await.map_err(|failure| failure.reason)?;
    let jti = BASE64URL_NOPAD.encode(&app::random::<16>());
    client_assertion(&partner.client_id, &partner.issuer, &jti, &keys, app.now())
        .map_err(|_| "an assertion can't be signed".to_owned())
}
