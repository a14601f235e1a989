//! Logout requests of services (OpenID Connect RP-Initiated Logout 1.0 section 2).

use crate::{Parameters, id_token::IdTokenHint, redirect};
use domain::service::{Client, ClientId};

/// A logout request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogoutRequest {
    /// The service, if the request names one.
    pub client: Option<ClientId>,
    /// The subject identifier of the resident who signed out at the service, from the verified hint.
    pub subject: Option<String>,
}

/// The `post_logout_redirect_uri` is none that the service has registered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnregisteredRedirectUri;

/// Reads a request. `hint` is the `id_token_hint`, if one of our keys verifies it; one that none verifies is ignored, since
/// its key may have been rotated out long ago. `None` when `client_id` names no service, or another one than the hint.
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
        None => Some(LogoutRequest { client: client_id, subject: None }),
    }
}

/// The redirect after the logout: `post_logout_redirect_uri`, with `state`. `None` when the request has none, or the
/// service is switched off.
///
/// # Errors
/// [`UnregisteredRedirectUri`].
pub fn post_logout_redirect(
    parameters: Parameters<'_>,
    client: Option<&Client>,
) -> Result<Option<String>, UnregisteredRedirectUri> {
    let Some(requested) = parameters.get("post_logout_redirect_uri") else { return Ok(None) };
    let client = client.ok_or(UnregisteredRedirectUri)?;
    let registered = &client.registration.post_logout_redirect_uris;
    let uri = registered.iter().find(|uri| *uri == requested).ok_or(UnregisteredRedirectUri)?;
    let state: Vec<_> = parameters.get("state").map(|state| ("state", state)).into_iter().collect();
    Ok(redirect::with_parameters(uri, &state).filter(|_| client.is_on))
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
        let nobody = LogoutRequest { client: None, subject: None };
        assert_eq!(request(&[("id_token_hint", "x")], None), Some(nobody), "a hint that no key verifies");
        let named = LogoutRequest { client: Some("health".parse().unwrap()), subject: None };
        assert_eq!(request(&[("id_token_hint", "x"), client_id], None), Some(named), "client_id stands");
        assert_eq!(request(&[("id_token_hint", "x"), ("client_id", "other")], Some(hint())), None);
        assert_eq!(request(&[("client_id", "a b")], None), None);
    }

    #[test]
    fn rule_6_6_the_redirect_after_a_logout_is_registered() {
        let mut service = client();
        let redirect = |client: &Client, parameters: &[(&str, &str)]| {
            post_logout_redirect(Parameters::new(&pairs(parameters)), Some(client))
        };
        let uri = ("post_logout_redirect_uri", "https://health.example/bye");
        assert_eq!(redirect(&service, &[uri]), Ok(Some("https://health.example/bye".into())));
        let state = ("state", "a b&c%");
        assert_eq!(
            redirect(&service, &[uri, state]),
            Ok(Some("https://health.example/bye?state=a%20b%26c%25".into()))
        );
        for other in
            ["https://health.example/bye?foo=bar", "https://health.example/return", "https://evil.example/"]
        {
            assert_eq!(
                redirect(&service, &[("post_logout_redirect_uri", other)]),
                Err(UnregisteredRedirectUri)
            );
        }
        assert_eq!(redirect(&service, &[state]), Ok(None));
        assert_eq!(post_logout_redirect(Parameters::new(&pairs(&[uri])), None), Err(UnregisteredRedirectUri));
        service.is_on = false;
        assert_eq!(redirect(&service, &[uri]), Ok(None));
    }
}
