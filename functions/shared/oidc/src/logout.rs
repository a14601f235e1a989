//! Signing out at a service's request (OpenID Connect RP-Initiated Logout 1.0 section 2).

use domain::service::{Client, ClientId};
use url::Url;

use crate::{Parameters, id_token::Hint};

/// What a service asks for when a resident signs out there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogoutRequest {
    /// The service, as far as it says.
    pub client: Option<ClientId>,
    /// Its identifier of the resident, proven by an ID token of ours.
    pub subject: Option<String>,
}

/// Who asks, by the hint and by `client_id`; `None` when they don't agree, or the hint is none of ours.
#[must_use]
pub fn read(parameters: Parameters<'_>, hint: Option<Hint>) -> Option<LogoutRequest> {
    let named: Option<ClientId> = match parameters.get("client_id") {
        Some(text) => Some(text.parse().ok()?),
        None => None,
    };
    match hint {
        Some(hint) => {
            let agrees = named.is_none_or(|named| named == hint.client);
            agrees.then_some(LogoutRequest { client: Some(hint.client), subject: Some(hint.subject) })
        }
        None if parameters.has("id_token_hint") => None,
        None => Some(LogoutRequest { client: named, subject: None }),
    }
}

/// Where a resident goes on to: exactly one of the URIs that the service registered, with the request's state.
#[must_use]
pub fn way_back(parameters: Parameters<'_>, client: &Client) -> Option<String> {
    let asked = parameters.get("post_logout_redirect_uri")?;
    let registered = &client.registration.post_logout_redirect_uris;
    let uri = registered.iter().find(|uri| *uri == asked).filter(|_| client.is_on)?;
    let Some(state) = parameters.get("state") else { return Some(uri.clone()) };
    let mut url = Url::parse(uri).ok()?;
    url.query_pairs_mut().append_pair("state", state);
    Some(url.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::registration::tests::{client, pairs};

    fn hint() -> Hint {
        Hint { client: "health".parse().unwrap(), subject: "ana".into() }
    }

    fn of(parameters: &[(&str, &str)], hint: Option<Hint>) -> Option<LogoutRequest> {
        read(Parameters::new(&pairs(parameters)), hint)
    }

    #[test]
    fn rule_6_6_who_asks_is_said_by_the_hint_or_the_clients_name() {
        let named = ("client_id", "health");
        let proven = LogoutRequest { client: Some("health".parse().unwrap()), subject: Some("ana".into()) };
        assert_eq!(of(&[("id_token_hint", "x")], Some(hint())), Some(proven.clone()));
        assert_eq!(of(&[("id_token_hint", "x"), named], Some(hint())), Some(proven.clone()));
        assert_eq!(of(&[named], None), Some(LogoutRequest { subject: None, ..proven }));
        assert_eq!(of(&[], None), Some(LogoutRequest { client: None, subject: None }));
        assert_eq!(of(&[("id_token_hint", "x")], None), None, "a hint that is none of ours");
        assert_eq!(of(&[("id_token_hint", "x"), ("client_id", "other")], Some(hint())), None);
        assert_eq!(of(&[("client_id", "a b")], None), None);
    }

    #[test]
    fn rule_6_6_the_way_back_is_one_that_is_registered() {
        let mut service = client();
        let back = |client: &Client, parameters: &[(&str, &str)]| {
            way_back(Parameters::new(&pairs(parameters)), client)
        };
        let uri = ("post_logout_redirect_uri", "https://health.example/bye");
        assert_eq!(back(&service, &[uri]), Some("https://health.example/bye".into()));
        let state = ("state", "a b&c%");
        assert_eq!(back(&service, &[uri, state]), Some("https://health.example/bye?state=a+b%26c%25".into()));
        for other in
            ["https://health.example/bye?foo=bar", "https://health.example/return", "https://evil.example/"]
        {
            assert_eq!(back(&service, &[("post_logout_redirect_uri", other)]), None);
        }
        assert_eq!(back(&service, &[state]), None);
        service.is_on = false;
        assert_eq!(back(&service, &[uri]), None);
    }
}
