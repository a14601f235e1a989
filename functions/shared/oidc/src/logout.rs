//! Logout requests of services (OpenID Connect RP-Initiated Logout 1.0 section 2).

use domain::service::{Client, ClientId};
use url::Url;

use crate::{Parameters, id_token::IdTokenHint};

/// A logout request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogoutRequest {
    /// The service, if the request names one.
    pub client: Option<ClientId>,
    /// The subject identifier of the resident who signed out at the service, from the verified hint.
    pub subject: Option<String>,
}

/// Reads a request. `hint` is the verified `id_token_hint`. `None` when the hint is invalid, or `client_id` names another
/// service than the hint.
#[must_use]
pub fn read(parameters: Parameters<'_>, hint: Option<IdTokenHint>) -> Option<LogoutRequest> {
    let client_id: Option<ClientId> = match parameters.get("client_id") {
        Some(text) => Some(text.parse().ok()?),
        None => None,
    };
    match hint {
        Some(hint) => {
            let agrees = client_id.is_none_or(|id| id == hint.client);
            agrees.then_some(LogoutRequest { client: Some(hint.client), subject: Some(hint.subject) })
        }
        None if parameters.has("id_token_hint") => None,
        None => Some(LogoutRequest { client: client_id, subject: None }),
    }
}

/// The redirect after the logout: `post_logout_redirect_uri`, if the service has registered it, with `state`.
#[must_use]
pub fn post_logout_redirect(parameters: Parameters<'_>, client: &Client) -> Option<String> {
    let requested = parameters.get("post_logout_redirect_uri")?;
    let registered = &client.registration.post_logout_redirect_uris;
    let uri = registered.iter().find(|uri| *uri == requested).filter(|_| client.is_on)?;
    let Some(state) = parameters.get("state") else { return Some(uri.clone()) };
    let mut url = Url::parse(uri).ok()?;
    url.query_pairs_mut().append_pair("state", state);
    Some(url.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::registration::tests::{client, pairs};

    fn hint() -> IdTokenHint {
        IdTokenHint { client: "health".parse().unwrap(), subject: "ana".into() }
    }

    fn request(parameters: &[(&str, &str)], hint: Option<IdTokenHint>) -> Option<LogoutRequest> {
        read(Parameters::new(&pairs(parameters)), hint)
    }

    #[test]
    fn rule_6_6_the_hint_or_client_id_tells_which_service_requests_a_logout() {
        let client_id = ("client_id", "health");
        let proven = LogoutRequest { client: Some("health".parse().unwrap()), subject: Some("ana".into()) };
        assert_eq!(request(&[("id_token_hint", "x")], Some(hint())), Some(proven.clone()));
        assert_eq!(request(&[("id_token_hint", "x"), client_id], Some(hint())), Some(proven.clone()));
        assert_eq!(request(&[client_id], None), Some(LogoutRequest { subject: None, ..proven }));
        assert_eq!(request(&[], None), Some(LogoutRequest { client: None, subject: None }));
        assert_eq!(request(&[("id_token_hint", "x")], None), None, "a hint that we did not issue");
        assert_eq!(request(&[("id_token_hint", "x"), ("client_id", "other")], Some(hint())), None);
        assert_eq!(request(&[("client_id", "a b")], None), None);
    }

    #[test]
    fn rule_6_6_the_redirect_after_a_logout_is_registered() {
        let mut service = client();
        let redirect = |client: &Client, parameters: &[(&str, &str)]| {
            post_logout_redirect(Parameters::new(&pairs(parameters)), client)
        };
        let uri = ("post_logout_redirect_uri", "https://health.example/bye");
        assert_eq!(redirect(&service, &[uri]), Some("https://health.example/bye".into()));
        let state = ("state", "a b&c%");
        assert_eq!(
            redirect(&service, &[uri, state]),
            Some("https://health.example/bye?state=a+b%26c%25".into())
        );
        for other in
            ["https://health.example/bye?foo=bar", "https://health.example/return", "https://evil.example/"]
        {
            assert_eq!(redirect(&service, &[("post_logout_redirect_uri", other)]), None);
        }
        assert_eq!(redirect(&service, &[state]), None);
        service.is_on = false;
        assert_eq!(redirect(&service, &[uri]), None);
    }
}
