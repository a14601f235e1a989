//! Requests that can't be answered at the service: the resident reads why, and who helps (RFC 6749 section 4.1.2.1).

use domain::service::Registration;
pub(crate) use oidc::authorize::Unanswerable as Why;
use web::{Answer, StatusCode, Visit, links::Outcome};

use crate::MESSAGES;

/// The page that says why, with the service's support contact as far as the service is known.
pub(crate) fn page(visit: &Visit, why: Why, service: Option<&Registration>) -> Answer {
    let words = visit.words(&MESSAGES);
    let language = words.language();
    let name = service.map(|service| service.client_name.in_language(language)).unwrap_or_default();
    let (title, text, status) = match why {
        Why::UnknownClient => ("unknown-client-title", "unknown-client-text", StatusCode::BAD_REQUEST),
        Why::UnknownRedirectUri => ("unknown-return-title", "unknown-return-text", StatusCode::BAD_REQUEST),
        Why::SwitchedOff => ("switched-off-title", "switched-off-text", StatusCode::FORBIDDEN),
    };
    let mut next = Vec::new();
    if let Some(service) = service {
        let contact = service.support_contact.in_language(language).to_owned();
        next.push((contact, words.say1("contact-service", "service", name)));
    }
    next.push(("/services".to_owned(), words.say("to-services")));
    let page =
        Outcome { title: words.say1(title, "service", name), text: words.say1(text, "service", name), next };
    Ok(visit.page(&page)?.with_status(status))
}
