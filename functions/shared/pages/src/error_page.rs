//! The page of an error: what happened and where to continue, for the resident; the request's id, for the operator.

use app::clock;
use askama::Template;
use domain::{language::Language, limits::RetryAfter};
use http_kernel::{HttpError, MESSAGES, Next, Parts, Response, ReturnTo, SHOW_AGAIN, StatusCode};
use i18n::{Translator, time};

use crate::{HelpTopic, Page, layout, outcome::return_label, rate_limited::RateLimitedPage};

#[derive(Template)]
#[template(path = "problem.html")]
struct ErrorPage {
    translator: Translator,
    title: String,
    text: String,
    next: String,
    /// The label of the link there.
    go_on: String,
    /// What was typed: the button then leads back to the form with it.
    typed: Vec<(String, String)>,
    csrf: String,
    /// Where to ask about what can't be found or did not work.
    contact: Option<String>,
    request_id: String,
    help: Option<HelpTopic>,
}

impl Page for ErrorPage {
    const HAS_FORM: bool = false;

    fn title(&self) -> String {
        self.title.clone()
    }

    fn help(&self) -> Option<HelpTopic> {
        self.help
    }
}

/// The response of an error. It is in the account's language if the handler had read the account.
pub(crate) fn respond(parts: &Parts, error: &HttpError) -> Response {
    let language = error.language().unwrap_or_else(|| parts.language());
    let translator = Translator::new(language, &MESSAGES, &MESSAGES);
    let wait = error.until().map(|until| until.duration_since(clock::now()).as_secs().max(1));
    let text = format!("problem-{}-text", error.name());
    // A browser that restores a tab posts what the page's address only shows.
    let (next, go_on) = match error.next() {
        Next::Address(address) => (address.clone(), address_label(parts, address)),
        Next::Return if !parts.is_post() => {
            (parts.return_to().address(parts.ui_locale()), return_label(&parts.return_to()))
        }
        Next::Return | Next::Page | Next::Form if error.is_failure() => {
            (parts.current_page(), "problem-try-again")
        }
        Next::Return | Next::Page | Next::Form => (parts.current_page(), "problem-open-again"),
    };
    let page = ErrorPage {
        title: translator.message(&format!("problem-{}-title", error.name())),
        text: match wait {
            Some(seconds) => {
                let until = error.until().map(|until| time::in_ontario(until, language)).unwrap_or_default();
                let wait = waiting_time(translator, seconds);
                translator.message_with_all(&text, &[("wait", &wait), ("time", &until)])
            }
            None => translator.message(&text),
        },
        next,
        go_on: translator.message(go_on),
        help: match error.name() {
            "no-cookies" => Some(HelpTopic::Cookies),
            _ => wait.map(|_| HelpTopic::TooManyAttempts),
        },
        typed: if *error.next() == Next::Form { parts.typed() } else { Vec::new() },
        csrf: parts.csrf(),
        contact: (error.is_failure() || error.status() == StatusCode::NOT_FOUND)
            .then(|| parts.href("/contact")),
        request_id: if error.is_failure() { parts.request_id().to_owned() } else { String::new() },
        translator,
    };
    let form = error.until().and_then(|until| {
        let (title, text, next) =
            (page.title.clone(), page.text.clone(), (page.next.clone(), page.go_on.clone()));
        RateLimitedPage::new(parts, translator, title, text, next, RetryAfter(until))
    });
    let response = match form {
        Some(form) => response(&form, language),
        None => response(&page, language),
    };
    let response = response.with_status(error.status());
    match wait {
        Some(seconds) => response.with_retry_after(seconds),
        None => response,
    }
}

/// The label of the link from an error to an address.
fn address_label(parts: &Parts, address: &str) -> &'static str {
    if address == ReturnTo::Services.page_or_services() {
        return_label(&ReturnTo::Services)
    } else if address == parts.current_page() {
        "problem-try-again"
    } else {
        // The other pages that limits lead to ask for codes that were sent before.
        "problem-enter-code"
    }
}

/// The response of a page of the kernel: one whose template can't be rendered is empty.
pub(crate) fn response(page: &impl Page, language: Language) -> Response {
    layout::content(page, language).map_or_else(|_| Response::nothing(), Response::page)
}

/// How long to wait, rounded up, so that nobody comes back too early.
#[must_use]
pub fn waiting_time(translator: Translator, seconds: i64) -> String {
    match seconds {
        ..=90 => translator.message_with("wait-seconds", "count", seconds),
        91..=5400 => translator.message_with("wait-minutes", "count", (seconds + 59) / 60),
        _ => translator.message_with("wait-hours", "count", (seconds + 3599) / 3600),
    }
}
