//! The error page of a request whose redirect URI can't be trusted: there is no service to redirect to (RFC 6749 section
//! 4.1.2.1).

use domain::service::ClientRegistration;
use http_kernel::{Error, Request, StatusCode};
pub(crate) use oidc::authorize::UntrustedRedirect;
use pages::{OutcomePage, Page};

use crate::MESSAGES;

/// Ends a handler with the page that says why, with the support contact of a service that is known.
pub(crate) fn page(
    request: &Request<'_>,
    why: UntrustedRedirect,
    service: Option<&ClientRegistration>,
) -> Error {
    let translator = request.translator(&MESSAGES);
    let language = translator.language();
    let name = service.map(|service| service.client_name.in_language(language)).unwrap_or_default();
    let (reason, title, text, status) = match why {
        UntrustedRedirect::UnknownClient => {
            ("unknown-client", "unknown-client-title", "unknown-client-text", StatusCode::BAD_REQUEST)
        }
        UntrustedRedirect::UnregisteredRedirectUri => {
            ("unknown-return", "unknown-return-title", "unknown-return-text", StatusCode::BAD_REQUEST)
        }
        UntrustedRedirect::ClientDisabled => {
            ("switched-off", "switched-off-title", "switched-off-text", StatusCode::FORBIDDEN)
        }
    };
    let message = |id| translator.message_with(id, "service", name);
    let mut next = Vec::new();
    if let Some(service) = service {
        let contact = service.support_contact.in_language(language).to_owned();
        next.push((contact, translator.message_with("contact-service", "service", name)));
    }
    next.push(("/services".to_owned(), translator.message("to-services")));
    let page = OutcomePage { title: message(title), text: message(text), next };
    page.respond(request).map(|response| response.with_status(status).refused(reason)).into()
}
