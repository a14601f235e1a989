//! The pages of the bank.

use askama::Template;
use axum::{
    http::{StatusCode, header},
    response::{Html, IntoResponse, Response},
};

use url::form_urlencoded;

use crate::{
    Fault, RESIDENTS, Resident, Stage,
    fields::Fields,
    language::Language,
    messages::{Messages, describe},
};

/// The fields that the page's forms add to the authorization request.
const PAGE_FIELDS: [&str; 4] = ["resident", "name", "cancel", "fault"];

/// The parameters of the page of accounts.
pub(crate) struct Choose<'a> {
    pub(crate) language: Language,
    pub(crate) fields: &'a Fields,
    pub(crate) fault: Option<Fault>,
}

#[derive(Template)]
#[template(path = "choose.html")]
struct ChoosePage<'a> {
    lang: &'static str,
    messages: &'static Messages,
    /// The authorization request, as hidden fields of each form.
    request: Vec<(&'a str, &'a str)>,
    residents: &'static [Resident],
    /// The same page in the other language.
    toggle: String,
    stages: Vec<(&'static str, Vec<FaultOption>)>,
    selected: Option<FaultOption>,
}

/// A fault on the page.
struct FaultOption {
    name: &'static str,
    description: &'static str,
    is_selected: bool,
}

#[derive(Template)]
#[template(path = "home.html")]
struct HomePage<'a> {
    lang: &'static str,
    messages: &'static Messages,
    client: &'a str,
}

#[derive(Template)]
#[template(path = "rejected.html")]
struct RejectedPage {
    lang: &'static str,
    messages: &'static Messages,
    parameter: &'static str,
}

/// The page of accounts and faults.
pub(crate) fn choose(choose: &Choose<'_>) -> Response {
    let Choose { language, fields, fault } = *choose;
    let messages = Messages::of(language);
    let option = |listed: Fault| FaultOption {
        name: listed.name(),
        description: describe(listed, language),
        is_selected: fault == Some(listed),
    };
    let stage = |(stage, title): (Stage, &'static str)| {
        let faults = Fault::ALL.iter().copied().filter(|listed| listed.stage() == stage);
        (title, faults.map(option).collect())
    };
    let page = ChoosePage {
        lang: language.tag(),
        messages,
        request: fields.without(&PAGE_FIELDS),
        residents: &RESIDENTS,
        toggle: format!("/authorize?{}", in_language(fields, messages.other_tag)),
        stages: messages.stages.into_iter().map(stage).collect(),
        selected: fault.map(option),
    };
    respond(StatusCode::OK, &page)
}

/// The authorization request with the language, as a query.
fn in_language(fields: &Fields, tag: &str) -> String {
    let page_fields = ["ui_locales", "resident", "name", "cancel"];
    let request = fields.without(&page_fields);
    form_urlencoded::Serializer::new(String::new())
        .extend_pairs(request)
        .append_pair("ui_locales", tag)
        .finish()
}

/// The page of those who come without a request of the client, whose origin it names.
pub(crate) fn home(language: Language, client: &str) -> Response {
    respond(StatusCode::OK, &HomePage { lang: language.tag(), messages: Messages::of(language), client })
}

/// The page for a request whose client or redirect URI is invalid: it names this parameter.
pub(crate) fn rejected(language: Language, parameter: &'static str) -> Response {
    let page = RejectedPage { lang: language.tag(), messages: Messages::of(language), parameter };
    respond(StatusCode::BAD_REQUEST, &page)
}

/// Has no `form-action`: browsers also apply it to redirects, whose final address is unknown here.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; \
                      frame-ancestors 'none'";

/// Keeps requests out of caches, frames and other sites' logs.
fn respond(status: StatusCode, page: &impl Template) -> Response {
    let headers = [
        (header::CACHE_CONTROL, "no-store"),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    match page.render() {
        Ok(page) => (status, headers, Html(page)).into_response(),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
    }
}
