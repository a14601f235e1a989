//! Requests that can't be answered at the service: the resident reads why, and who helps (RFC 6749 section 4.1.2.1).

use domain::service::Registration;
use http_kernel::{Answer, Request, StatusCode, links::OutcomePage};
pub(crate) use oidc::authorize::UntrustedRedirect as Why;

use crate::MESSAGES;

/// The page that says why, with the service's support contact as far as the service is known.
pub(crate) fn page(request: &Request<'_>, why: Why, service: Option<&Registration>) -> Result<Response> {
    let translator = request.translator(&MESSAGES);
    let language = translator.language();
    let name = service.map(|service| service.client_name.in_language(language)).unwrap_or_default();
    let (title, text, status) = match why {
        Why::UnknownClient => ("unknown-client-title", "unknown-client-text", StatusCode::BAD_REQUEST),
        Why::UnregisteredRedirectUri => {
            ("unknown-return-title", "unknown-return-text", StatusCode::BAD_REQUEST)
        }
        Why::ClientDisabled => ("switched-off-title", "switched-off-text", StatusCode::FORBIDDEN),
    };
    let mut next = Vec::new();
    if let Some(service) = service {
        let contact = service.support_contact.in_language(language).to_owned();
        next.push((contact, translator.message_with("contact-service", "service", name)));
    }
    next.push(("/services".to_owned(), translator.message("to-services")));
    let page = OutcomePage {
        title: translator.message_with(title, "service", name),
        text: translator.message_with(text, "service", name),
        next,
    };
    Ok(page.respond(request)?.with_status(status))
}
