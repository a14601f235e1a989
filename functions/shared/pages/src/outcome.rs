//! The page that says what became of something, and leads on.

use askama::Template;
use http_kernel::{Request, Response, Result, ReturnTo, StatusCode};
use i18n::Messages;

use crate::Page;

/// The message that labels a link to where the resident continues.
#[must_use]
pub fn return_label(return_to: &ReturnTo) -> &'static str {
    match return_to {
        ReturnTo::Services => "return-to-services",
        ReturnTo::Page(_) => "return-to-page",
        ReturnTo::Service(_) | ReturnTo::PageThenService(..) => "return-to-service",
    }
}

/// A page with a text and links to where the resident can continue.
#[derive(Template)]
#[template(path = "outcome.html")]
pub struct OutcomePage {
    /// The title and heading.
    pub title: String,
    /// What happened.
    pub text: String,
    /// Address and label of each link; the first is what most residents do next.
    pub next: Vec<(String, String)>,
}

impl Page for OutcomePage {
    const HAS_FORM: bool = false;

    fn title(&self) -> String {
        self.title.clone()
    }
}

impl OutcomePage {
    /// The response of a page whose title, text and labels are these messages. Each link is an address and the name of
    /// its label.
    ///
    /// # Errors
    /// When the page can't be rendered.
    pub fn respond_with(
        request: &Request<'_>,
        messages: &'static Messages,
        title: &str,
        text: &str,
        next: &[(String, &str)],
        status: StatusCode,
    ) -> Result<Response> {
        let translator = request.translator(messages);
        let next = next.iter().map(|(address, label)| (address.clone(), translator.message(label))).collect();
        let page = Self { title: translator.message(title), text: translator.message(text), next };
        Ok(page.respond(request)?.with_status(status))
    }
}
