//! How a service says at the token endpoint who it is (RFC 6749 section 2.3, OpenID Connect Core section 9).

use data_encoding::BASE64;
use domain::{
    secret::ClientSecret,
    service::{AuthMethod, Client, ClientId},
};
use percent_encoding::percent_decode_str;

use crate::{
    Parameters, assertion,
    error::{Error, Refused},
};

/// What a request shows of its service. Nothing is proven yet.
#[derive(Clone, Debug)]
pub struct Credentials {
    /// Who it says to be.
    pub client: ClientId,
    /// By what it shows it.
    pub proof: Proof,
}

/// By what a service shows that it is itself.
#[derive(Clone, Debug)]
pub enum Proof {
    /// A secret, in the header or the form; `None` when it can't be one of ours.
    Secret(AuthMethod, Option<ClientSecret>),
    /// A signed JWT.
    Assertion(String),
}

/// Reads the `Authorization` header and the form.
///
/// # Errors
/// `invalid_request` when there is more than one way, `invalid_client` when there is none or it can't be read.
pub fn read(authorization: Option<&str>, form: Parameters<'_>) -> Result<Credentials, Refused> {
    let (secret, assertion) = (form.get("client_secret"), form.get("client_assertion"));
    let ways = [authorization.is_some(), secret.is_some(), assertion.is_some()];
    if ways.iter().filter(|way| **way).count() > 1 {
        return Err(Refused::new(Error::InvalidRequest, "more than one way of client authentication"));
    }
    let named = form.get("client_id");
    let credentials = match (authorization, secret, assertion) {
        (Some(header), ..) => basic(header),
        (_, Some(secret), _) => named.and_then(|id| id.parse().ok()).map(|client| {
            let proof = Proof::Secret(AuthMethod::ClientSecretPost, ClientSecret::parse(secret));
            Credentials { client, proof }
        }),
        (.., Some(text)) if form.get("client_assertion_type") == Some(assertion::TYPE) => {
            assertion::claimed_client(text)
                .map(|client| Credentials { client, proof: Proof::Assertion(text.to_owned()) })
        }
        _ => None,
    };
    let credentials = credentials.ok_or(refused("no client authentication, or none that can be read"))?;
    if named.is_some_and(|named| named != credentials.client.as_str()) {
        return Err(refused("client_id is not the client that authenticates"));
    }
    Ok(credentials)
}

/// The service's secret proves it, by the method that is registered.
///
/// # Errors
/// `invalid_client`.
pub fn check_secret(
    client: &Client,
    method: AuthMethod,
    secret: Option<&ClientSecret>,
) -> Result<(), Refused> {
    let hash = secret.map(ClientSecret::hash);
    let is_one =
        hash.is_some_and(|hash| client.secrets.iter().fold(false, |found, own| (*own == hash) | found));
    if client.registration.token_endpoint_auth_method == method && is_one {
        Ok(())
    } else {
        Err(refused("client authentication failed"))
    }
}

/// That a service does not prove to be itself.
#[must_use]
pub fn refused(description: &'static str) -> Refused {
    Refused::new(Error::InvalidClient, description)
}

/// `Basic`, with id and secret form-encoded first (RFC 6749 section 2.3.1).
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
    Some(Credentials { client, proof: Proof::Secret(AuthMethod::ClientSecretBasic, secret) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::registration::tests::{client, pairs};

    fn header(text: &str) -> String {
        format!("Basic {}", BASE64.encode(text.as_bytes()))
    }

    fn read(authorization: Option<&str>, form: &[(&str, &str)]) -> Result<Credentials, Refused> {
        super::read(authorization, Parameters::new(&pairs(form)))
    }

    #[test]
    fn rule_6_1_a_service_shows_itself_in_one_way() {
        let secret = ClientSecret::from_random([7; 32]).expose();
        let both = header(&format!("health%2Dcard:{secret}"));
        let by_header = read(Some(&both), &[]).unwrap();
        assert_eq!(by_header.client.as_str(), "health-card");
        assert!(matches!(by_header.proof, Proof::Secret(AuthMethod::ClientSecretBasic, Some(_))));
        let lower = both.replacen("Basic", "basic", 1);
        assert!(read(Some(&lower), &[("client_id", "health-card")]).is_ok());
        let by_form = read(None, &[("client_id", "a"), ("client_secret", &secret)]).unwrap();
        assert!(matches!(by_form.proof, Proof::Secret(AuthMethod::ClientSecretPost, Some(_))));

        let refused = |authorization, form: &[(&str, &str)]| read(authorization, form).unwrap_err().error;
        assert_eq!(refused(Some(&both), &[("client_secret", "x")]), Error::InvalidRequest);
        assert_eq!(refused(Some(&both), &[("client_assertion", "x")]), Error::InvalidRequest);
        for (authorization, form) in [
            (None, &[][..]),
            (None, &[("client_id", "a")]),
            (None, &[("client_secret", "x")]),
            (None, &[("client_id", "a b"), ("client_secret", "x")]),
            (None, &[("client_assertion", "a.b.c"), ("client_assertion_type", assertion::TYPE)]),
            (None, &[("client_assertion", "a.b.c")]),
            (Some("Bearer x"), &[]),
            (Some("Basic"), &[]),
            (Some("Basic é"), &[]),
            (Some(both.as_str()), &[("client_id", "other")]),
        ] {
            assert_eq!(refused(authorization, form), Error::InvalidClient, "{authorization:?} {form:?}");
        }
    }

    #[test]
    fn rule_6_1_only_the_registered_secret_by_the_registered_method_proves() {
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
