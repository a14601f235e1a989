//! Validation of registrations (RULES 6.3): finds all mistakes of a registration, each with its field.

use std::collections::BTreeSet;

use domain::{
    assurance::Assurance,
    keys::Sector,
    service::{AuthMethod, Bilingual, Registration, Scope, SubjectType},
};
use jsonwebtoken::jwk::JwkSet;
use url::{Host, Url};

/// A mistake in a registration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// The name of the field.
    pub field: &'static str,
    /// What is wrong, as the rest of a sentence about the field.
    pub what: String,
}

/// Finds the mistakes of a registration. `loopback` allows `http` addresses of this computer, for local runs and tests.
#[must_use]
pub fn mistakes(registration: &Registration, loopback: bool) -> Vec<Mistake> {
    let mut found = Vec::new();
    texts(registration, &mut found);
    addresses(registration, loopback, &mut found);
    authentication(registration, loopback, &mut found);
    if registration.subject_type == SubjectType::Pairwise && sector_host(registration).is_none() {
        let what = "is required, because the redirect URIs have more than one host";
        found.push(mistake("sector_identifier", what));
    }
    if !registration.scopes.contains(&Scope::OpenId) {
        found.push(mistake("scopes", "must contain openid"));
    }
    if !Assurance::REACHABLE.contains(&registration.assurance) {
        found.push(mistake("assurance", "can't be reached by residents yet"));
    }
    found
}

/// The sector of a service: services of one sector share the subject identifiers of residents.
#[must_use]
pub fn sector(registration: &Registration) -> Option<Sector<'_>> {
    match registration.subject_type {
        SubjectType::Public => Some(Sector::Public),
        SubjectType::Pairwise => sector_host(registration).map(Sector::Of),
    }
}

/// The registered sector identifier, or the only host of the redirect URIs (OpenID Connect Core section 8.1).
fn sector_host(registration: &Registration) -> Option<&str> {
    if let Some(sector) = &registration.sector_identifier {
        return Some(sector);
    }
    let hosts: Option<BTreeSet<&str>> = registration.redirect_uris.iter().map(|uri| host_of(uri)).collect();
    let mut hosts = hosts?.into_iter();
    let host = hosts.next()?;
    hosts.next().is_none().then_some(host)
}

/// The host as it is spelled in the text, without normalization: subject identifiers are derived from it.
fn host_of(uri: &str) -> Option<&str> {
    let url = Url::parse(uri).ok()?;
    let host = url.host_str()?;
    let start = uri.find(host)?;
    uri.get(start..start + host.len())
}

fn texts(registration: &Registration, found: &mut Vec<Mistake>) {
    let mut both = |field, text: &Bilingual, is_valid: &dyn Fn(&str) -> bool, what: &str| {
        for (language, text) in [("English", &text.en), ("French", &text.fr)] {
            if !is_valid(text) {
                found.push(mistake(field, &format!("in {language} {what}")));
            }
        }
    };
    let is_name =
        |text: &str| (1..=80).contains(&text.trim().chars().count()) && !text.contains(char::is_control);
    both("client_name", &registration.client_name, &is_name, "must have 1 to 80 characters");
    let is_contact =
        |text: &str| Url::parse(text).is_ok_and(|url| matches!(url.scheme(), "https" | "mailto" | "tel"));
    both(
        "support_contact",
        &registration.support_contact,
        &is_contact,
        "must be an https, mailto or tel address",
    );
}

fn addresses(registration: &Registration, loopback: bool, found: &mut Vec<Mistake>) {
    let mut check = |field, text: &str| {
        if let Err(what) = address(text, loopback) {
            found.push(mistake(field, &format!("{text} {what}")));
        }
    };
    check("client_uri", &registration.client_uri);
    for uri in &registration.redirect_uris {
        check("redirect_uris", uri);
    }
    for uri in &registration.post_logout_redirect_uris {
        check("post_logout_redirect_uris", uri);
    }
    if let Some(uri) = &registration.initiate_login_uri {
        check("initiate_login_uri", uri);
    }
    if registration.redirect_uris.is_empty() {
        found.push(mistake("redirect_uris", "must have at least one"));
    }
    if let Some(sector) = &registration.sector_identifier
        && !Host::parse(sector).is_ok_and(|host| host.to_string() == *sector)
    {
        found.push(mistake("sector_identifier", "must be a host in lower case"));
    }
}

fn authentication(registration: &Registration, loopback: bool, found: &mut Vec<Mistake>) {
    let keys = [registration.jwks_uri.is_some(), registration.jwks.is_some()];
    match registration.token_endpoint_auth_method {
        AuthMethod::PrivateKeyJwt if keys == [false, false] || keys == [true, true] => {
            found.push(mistake("jwks_uri", "or jwks is required for private_key_jwt, and not both"));
        }
        AuthMethod::PrivateKeyJwt => {}
        _ if keys != [false, false] => {
            found.push(mistake("jwks_uri", "is only for private_key_jwt"));
        }
        _ => {}
    }
    if let Some(uri) = &registration.jwks_uri
        && let Err(what) = address(uri, loopback)
    {
        found.push(mistake("jwks_uri", &format!("{uri} {what}")));
    }
    if let Some(jwks) = &registration.jwks {
        match serde_json::from_value::<JwkSet>(jwks.clone()) {
            Ok(set) if !set.keys.is_empty() && !has_private(jwks) => {}
            Ok(_) => found.push(mistake("jwks", "must have at least one key, and only public keys")),
            Err(_) => found.push(mistake("jwks", "must be a key set (RFC 7517)")),
        }
    }
}

fn has_private(jwks: &serde_json::Value) -> bool {
    let keys = jwks["keys"].as_array().into_iter().flatten();
    keys.into_iter().any(|key| ["d", "k", "p", "q"].iter().any(|name| key.get(name).is_some()))
}

fn address(text: &str, loopback: bool) -> Result<(), &'static str> {
    let url = Url::parse(text).map_err(|_| "is not an address")?;
    if !is_secure(&url, loopback) {
        return Err("must begin with https://");
    }
    if text.contains('#') {
        return Err("must have no fragment");
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("must have no user information");
    }
    if !text.bytes().all(|byte| byte.is_ascii_graphic()) || text.contains(['\\', '"', '<', '>']) {
        return Err("must be plain ASCII");
    }
    Ok(())
}

/// Whether an address uses HTTPS, or `loopback` allows it as one of this computer.
pub(crate) fn is_secure(url: &Url, loopback: bool) -> bool {
    let is_local = matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
    url.scheme() == "https" || (loopback && url.scheme() == "http" && is_local)
}

fn mistake(field: &'static str, what: &str) -> Mistake {
    Mistake { field, what: what.to_owned() }
}

#[cfg(test)]
pub(crate) mod tests {
    use domain::service::{Client, Scopes, SigningAlgorithm};

    use super::*;

    pub(crate) fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    fn both(text: &str) -> Bilingual {
        Bilingual { en: text.into(), fr: text.into() }
    }

    pub(crate) fn registration() -> Registration {
        Registration {
            client_id: "health".parse().unwrap(),
            client_name: both("Health card"),
            client_uri: "https://health.example/".into(),
            support_contact: both("mailto:help@health.example"),
            redirect_uris: vec!["https://health.example/return".into()],
            post_logout_redirect_uris: vec!["https://health.example/bye".into()],
            initiate_login_uri: None,
            token_endpoint_auth_method: AuthMethod::ClientSecretBasic,
            jwks_uri: None,
            jwks: None,
            id_token_signed_response_alg: SigningAlgorithm::Es256,
            subject_type: SubjectType::Pairwise,
            sector_identifier: None,
            assurance: Assurance::Password,
            scopes: Scopes::from([Scope::OpenId, Scope::Email]),
            require_pkce: true,
        }
    }

    pub(crate) fn client() -> Client {
        Client { registration: registration(), secrets: Vec::new(), is_on: true, revision: 1 }
    }

    fn fields(change: impl FnOnce(&mut Registration)) -> Vec<&'static str> {
        let mut changed = registration();
        change(&mut changed);
        mistakes(&changed, false).iter().map(|mistake| mistake.field).collect()
    }

    #[test]
    fn rule_6_3_a_valid_registration_has_no_mistakes() {
        assert_eq!(mistakes(&registration(), false), []);
        let public = serde_json::json!({ "keys": [{ "kty": "EC", "crv": "P-256", "x": "AA", "y": "AA" }] });
        for change in [
            (|r: &mut Registration| r.jwks_uri = Some("https://health.example/keys".into()))
                as fn(&mut Registration),
            |r| r.sector_identifier = Some("ontario.example".into()),
            |r| r.initiate_login_uri = Some("https://health.example/start?a=b".into()),
        ] {
            let set = |r: &mut Registration| {
                r.token_endpoint_auth_method = AuthMethod::PrivateKeyJwt;
                r.jwks = Some(public.clone());
                change(r);
                if r.jwks_uri.is_some() {
                    r.jwks = None;
                }
            };
            assert!(fields(set).is_empty());
        }
    }

    #[test]
    fn rule_6_3_each_mistake_names_its_field() {
        for (field, change) in [
            ("client_name", (|r| r.client_name.fr = " ".into()) as fn(&mut Registration)),
            ("client_name", |r| r.client_name.en = "x".repeat(81)),
            ("support_contact", |r| r.support_contact.en = "help@health.example".into()),
            ("support_contact", |r| r.support_contact.fr = "javascript:alert(1)".into()),
            ("client_uri", |r| r.client_uri = "http://health.example/".into()),
            ("redirect_uris", |r| r.redirect_uris.push("https://health.example/a#b".into())),
            ("redirect_uris", |r| r.redirect_uris.push("https://u@health.example/a".into())),
            ("redirect_uris", |r| r.redirect_uris.push("https://health.example/a b".into())),
            ("post_logout_redirect_uris", |r| r.post_logout_redirect_uris.push("app:bye".into())),
            ("initiate_login_uri", |r| r.initiate_login_uri = Some("/start".into())),
            ("jwks_uri", |r| r.token_endpoint_auth_method = AuthMethod::PrivateKeyJwt),
            ("jwks_uri", |r| r.jwks_uri = Some("https://health.example/keys".into())),
            ("sector_identifier", |r| r.redirect_uris.push("https://other.example/return".into())),
            ("sector_identifier", |r| r.sector_identifier = Some("Health.example/x".into())),
            ("scopes", |r| r.scopes = Scopes::from([Scope::Email])),
            ("assurance", |r| r.assurance = Assurance::PhishingResistant),
        ] {
            assert_eq!(fields(change), [field]);
        }
        let private = |r: &mut Registration| {
            r.token_endpoint_auth_method = AuthMethod::PrivateKeyJwt;
            r.jwks = Some(
                serde_json::json!({ "keys": [{ "kty": "EC", "crv": "P-256", "x": "AA", "y": "AA", "d": "AA" }] }),
            );
        };
        assert_eq!(fields(private), ["jwks"]);
        assert!(fields(|r| r.redirect_uris.clear()).contains(&"redirect_uris"));
    }

    #[test]
    fn rule_9_8_loopback_is_only_for_local_runs() {
        let mut local = registration();
        local.redirect_uris = vec!["http://localhost:4001/return".into()];
        assert_eq!(mistakes(&local, true), []);
        assert_eq!(mistakes(&local, false).len(), 1);
        local.redirect_uris = vec!["http://health.example/return".into()];
        assert_eq!(mistakes(&local, true).len(), 1);
    }

    #[test]
    fn rule_6_1_a_sector_is_the_registered_one_or_the_only_host() {
        let mut service = registration();
        assert_eq!(sector(&service), Some(Sector::Of("health.example")));
        service.sector_identifier = Some("ontario.example".into());
        assert_eq!(sector(&service), Some(Sector::Of("ontario.example")));
        service.subject_type = SubjectType::Public;
        assert_eq!(sector(&service), Some(Sector::Public));
    }
}
