//! Client authentication at the token endpoint (RFC 6749 section 2.3, OpenID Connect Core section 9).

use data_encoding::BASE64;
use domain::{
    secret::ClientSecret,
    service::{AuthMethod, Client, ClientId},
};
use percent_encoding::percent_decode_str;

use crate::{
    Parameters, client_assertion,
    error::{ErrorCode, OAuthError},
};

/// The credentials of a request, unverified.
#[derive(Clone, Debug)]
pub struct Credentials {
    /// The client that the request claims to be from.
    pub client: ClientId,
    /// What is to prove it.
    pub proof: ClientProof,
}

/// What a client authenticates with.
#[derive(Clone, Debug)]
pub enum ClientProof {
    /// A secret, in the header or in the form. `None` when it doesn't have the form of one that we issue.
    Secret(AuthMethod, Option<ClientSecret>),
    /// A signed JWT, for [`client_assertion::verify`].
    Assertion(String),
}

/// Reads the credentials from the `Authorization` header and the form.
///
/// # Errors
/// `invalid_request` when there is more than one method, `invalid_client` when there is none, or it can't be read.
pub fn read(authorization: Option<&str>, form: Parameters<'_>) -> Result<Credentials, OAuthError> {
    let (secret, assertion) = (form.get("client_secret"), form.get("client_assertion"));
    let methods = [authorization.is_some(), secret.is_some(), assertion.is_some()];
    if methods.iter().filter(|used| **used).count() > 1 {
        return Err(OAuthError::new(
            ErrorCode::InvalidRequest,
            "more than one method of client authentication",
        ));
    }
    let client_id = form.get("client_id");
    let credentials = match (authorization, secret, assertion) {
        (Some(header), ..) => basic(header),
        (_, Some(secret), _) => client_id.and_then(|id| id.parse().ok()).map(|client| {
            let proof = ClientProof::Secret(AuthMethod::ClientSecretPost, ClientSecret::parse(secret));
            Credentials { client, proof }
        }),
        (.., Some(text)) if form.get("client_assertion_type") == Some(client_assertion::ASSERTION_TYPE) => {
            client_assertion::claimed_client(text)
                .map(|client| Credentials { client, proof: ClientProof::Assertion(text.to_owned()) })
        }
        _ => None,
    };
    let credentials = credentials.ok_or(invalid_client("client authentication is missing or malformed"))?;
    if client_id.is_some_and(|id| id != credentials.client.as_str()) {
        return Err(invalid_client("client_id is not the client that authenticates"));
    }
    Ok(credentials)
}

/// Checks a secret, and that the method is the registered one.
///
/// # Errors
/// `invalid_client`.
pub fn check_secret(
    client: &Client,
    method: AuthMethod,
    secret: Option<&ClientSecret>,
) -> Result<(), OAuthError> {
    let hash = secret.map(ClientSecret::hash);
    let is_valid =
        hash.is_some_and(|hash| client.secrets.iter().fold(false, |found, secret| (*secret == hash) | found));
    if client.registration.token_endpoint_auth_method == method && is_valid {
        Ok(())
    } else {
        Err(invalid_client("client authentication failed"))
    }
}

/// The error of a client that failed to authenticate.
#[must_use]
pub fn invalid_client(description: &'static str) -> OAuthError {
    OAuthError::new(ErrorCode::InvalidClient, description)
}

/// Reads HTTP Basic credentials, whose parts are form-encoded (RFC 6749 section 2.3.1).
fn basic(header: &str) -> Option<Credentials> {
    let (scheme, encoded) = header.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let text = String::from_utf8(BASE64.decode(encoded.trim().as_bytes()).ok()?).ok()?;
    let (id, secret) = text.split_once(':')?;
    let decode = |part: &str| {
        let spaced = part.replace('+', " ");
        percent_decode_str(&spaced).decode_utf8().ok().map(std::borrow::Cow::into_owned)
    };
    let client = decode(id)?.parse().ok()?;
    let secret = decode(secret).and_then(|secret| ClientSecret::parse(&secret));
    Some(Credentials { client, proof: ClientProof::Secret(AuthMethod::ClientSecretBasic, secret) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::registration::tests::{client, pairs};

    fn header(text: &str) -> String {
        format!("Basic {}", BASE64.encode(text.as_bytes()))
    }

    fn read(authorization: Option<&str>, form: &[(&str, &str)]) -> Result<Credentials, OAuthError> {
        super::read(authorization, Parameters::new(&pairs(form)))
    }

    #[test]
    fn rule_6_1_a_client_authenticates_by_one_method() {
        let secret = ClientSecret::from_random([7; 32]).expose();
        let both = header(&format!("health%2Dcard:{secret}"));
        let basic = read(Some(&both), &[]).unwrap();
        assert_eq!(basic.client.as_str(), "health-card");
        assert!(matches!(basic.proof, ClientProof::Secret(AuthMethod::ClientSecretBasic, Some(_))));
        let lower = both.replacen("Basic", "basic", 1);
        assert!(read(Some(&lower), &[("client_id", "health-card")]).is_ok());
        let post = read(None, &[("client_id", "a"), ("client_secret", &secret)]).unwrap();
        assert!(matches!(post.proof, ClientProof::Secret(AuthMethod::ClientSecretPost, Some(_))));

        let error = |authorization, form: &[(&str, &str)]| read(authorization, form).unwrap_err().code;
        assert_eq!(error(Some(&both), &[("client_secret", "x")]), ErrorCode::InvalidRequest);
        assert_eq!(error(Some(&both), &[("client_assertion", "x")]), ErrorCode::InvalidRequest);
        for (authorization, form) in [
            (None, &[][..]),
            (None, &[("client_id", "a")]),
            (None, &[("client_secret", "x")]),
            (None, &[("client_id", "a b"), ("client_secret", "x")]),
            (
                None,
                &[("client_assertion", "a.b.c"), ("client_assertion_type", client_assertion::ASSERTION_TYPE)],
            ),
            (None, &[("client_assertion", "a.b.c")]),
            (Some("Bearer x"), &[]),
            (Some("Basic"), &[]),
            (Some("Basic é"), &[]),
            (Some(both.as_str()), &[("client_id", "other")]),
        ] {
            assert_eq!(error(authorization, form), ErrorCode::InvalidClient, "{authorization:?} {form:?}");
        }
    }

    #[test]
    fn rule_6_1_only_a_registered_secret_by_the_registered_method_authenticates() {
        let (old, new, other) = (secret(1), secret(2), secret(3));
        let mut client = client();
        client.registration.token_endpoint_auth_method = AuthMethod::ClientSecretBasic;
        client.secrets = vec![new.hash(), old.hash()];
        let basic = AuthMethod::ClientSecretBasic;
        assert!(check_secret(&client, basic, Some(&old)).is_ok());
        assert!(check_secret(&client, basic, Some(&new)).is_ok());
        assert!(check_secret(&client, basic, Some(&other)).is_err());
        assert!(check_secret(&client, basic, None).is_err());
        assert!(check_secret(&client, AuthMethod::ClientSecretPost, Some(&new)).is_err());
        client.secrets.clear();
        assert!(check_secret(&client, basic, Some(&new)).is_err());
    }

    fn secret(n: u8) -> ClientSecret {
        ClientSecret::from_random([n; 32])
    }
}
