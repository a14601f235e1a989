//! The pages, in one language each.

use askama::Template;
use axum::{
    http::{StatusCode, header},
    response::{Html, IntoResponse, Response},
};

use crate::{
    Fault, RESIDENTS, Resident, Stage,
    authorize::OWN,
    fields::Fields,
    language::Language,
    words::{Words, described},
};

/// What the page of residents depends on.
pub(crate) struct Choose<'a> {
    pub(crate) language: Language,
    pub(crate) fields: &'a Fields,
    pub(crate) fault: Option<Fault>,
}

#[derive(Template)]
#[template(path = "choose.html")]
struct ChoosePage<'a> {
    lang: &'static str,
    words: &'static Words,
    /// The request, which each form sends along.
    carried: Vec<(&'a str, &'a str)>,
    first: Resident,
    others: &'static [Resident],
    switches: Vec<(&'static str, Vec<Switch>)>,
    chosen: Option<Switch>,
}

/// A fault as the page shows it.
struct Switch {
    name: &'static str,
    said: &'static str,
    is_chosen: bool,
}

#[derive(Template)]
#[template(path = "refused.html")]
struct RefusedPage {
    lang: &'static str,
    words: &'static Words,
    wrong: &'static str,
}

/// Who can sign in, and what can be made to go wrong.
pub(crate) fn choose(choose: &Choose<'_>) -> Response {
    let Choose { language, fields, fault } = *choose;
    let words = Words::of(language);
    let [first, others @ ..] = &RESIDENTS;
    let switch = |one: Fault| Switch {
        name: one.name(),
        said: described(one, language),
        is_chosen: fault == Some(one),
    };
    let stage = |(stage, title): (Stage, &'static str)| {
        let own = Fault::ALL.into_iter().filter(|one| one.stage() == stage);
        (title, own.map(switch).collect())
    };
    let page = ChoosePage {
        lang: language.tag(),
        words,
        carried: fields.without(&OWN),
        first: *first,
        others,
        switches: words.stages.into_iter().map(stage).collect(),
        chosen: fault.map(switch),
    };
    answer(StatusCode::OK, &page)
}

/// The request is wrong in a way that can't be sent back: this parameter of it.
pub(crate) fn refused(language: Language, wrong: &'static str) -> Response {
    let page = RefusedPage { lang: language.tag(), words: Words::of(language), wrong };
    answer(StatusCode::BAD_REQUEST, &page)
}

/// There is no `form-action`: browsers hold redirects to it too, and where those lead in the end is not known here.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; \
                      frame-ancestors 'none'";

/// Requests stay out of caches, frames and other sites' logs.
fn answer(status: StatusCode, page: &impl Template) -> Response {
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
