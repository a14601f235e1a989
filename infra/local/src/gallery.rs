//! The gallery of the local run: every kind of email in both languages, as it looks on a phone and on a computer.

use std::sync::Arc;

use app::App;
use askama::Template;
use axum::{
    Json, Router,
    extract::{Path, State},
    http::{StatusCode, header},
    response::{Html, IntoResponse, Response},
    routing::get,
};
use domain::language::Language;
use email::{EmailRenderer, Sample, samples};
use serde_json::{Value, json};

use crate::{
    failure::{Context, Failure},
    stack::Stack,
};

/// The path of the gallery. Below it is each email by its language and its number.
const PATH: &str = "/_local/emails";

/// An email loads nothing, and a page of the gallery runs nothing.
const EMAIL_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'";

pub(crate) fn router(stack: Arc<Stack>) -> Router {
    Router::new()
        .route(PATH, get(show))
        .route(&format!("{PATH}.json"), get(list))
        .route(&format!("{PATH}/{{language}}/{{number}}"), get(show_email))
        .with_state(stack)
}

#[derive(Template)]
#[template(path = "emails.html")]
struct Page {
    kinds: Vec<Kind>,
}

/// A sample in both languages.
struct Kind {
    name: String,
    is_late: bool,
    emails: Vec<Shown>,
}

struct Shown {
    language: Language,
    path: String,
    subject: String,
    preheader: String,
    text: String,
}

async fn show(State(stack): State<Arc<Stack>>) -> Response {
    let page = kinds(&stack.app).and_then(|kinds| Page { kinds }.render().context("rendering the gallery"));
    respond(page.map(|page| ([(header::CACHE_CONTROL, "no-store")], Html(page))))
}

async fn list(State(stack): State<Arc<Stack>>) -> Response {
    respond(kinds(&stack.app).map(|kinds| Json(kinds.iter().flat_map(to_json).collect::<Vec<_>>())))
}

async fn show_email(
    State(stack): State<Arc<Stack>>,
    Path((language, number)): Path<(String, usize)>,
) -> Response {
    let language = Language::ALL.into_iter().find(|one| one.to_string() == language);
    let Some(language) = language else { return StatusCode::NOT_FOUND.into_response() };
    respond(in_language(&stack.app, language).map(|mut samples| {
        if number >= samples.len() {
            return StatusCode::NOT_FOUND.into_response();
        }
        let headers = [(header::CACHE_CONTROL, "no-store"), (header::CONTENT_SECURITY_POLICY, EMAIL_POLICY)];
        (headers, Html(samples.swap_remove(number).email.html)).into_response()
    }))
}

fn respond(result: Result<impl IntoResponse, Failure>) -> Response {
    match result {
        Ok(response) => response.into_response(),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
    }
}

/// All samples in a language, as this deployment sends them. Their links lead to nothing.
fn in_language(app: &App, language: Language) -> Result<Vec<Sample>, Failure> {
    let renderer = EmailRenderer {
        origin: &app.config.origin,
        keys: app.keys.link().context("rendering the samples")?,
        support: app.config.support_email.as_str(),
        contact_reply_to: &app.config.contact_reply_to,
    };
    samples(language, renderer).context("rendering the samples")
}

fn kinds(app: &App) -> Result<Vec<Kind>, Failure> {
    let mut kinds: Vec<Kind> = Vec::new();
    for language in Language::ALL {
        for (number, Sample { kind: name, is_late, email }) in
            in_language(app, language)?.into_iter().enumerate()
        {
            if number == kinds.len() {
                kinds.push(Kind { name, is_late, emails: Vec::new() });
            }
            kinds[number].emails.push(Shown {
                language,
                path: format!("{PATH}/{language}/{number}"),
                subject: email.subject,
                preheader: email.preheader,
                text: email.text,
            });
        }
    }
    Ok(kinds)
}

fn to_json(kind: &Kind) -> Vec<Value> {
    let to_json = |email: &Shown| {
        let Shown { language, path, subject, preheader, .. } = email;
        json!({
            "kind": kind.name, "is_late": kind.is_late, "language": language, "path": path, "subject": subject,
            "preheader": preheader,
        })
    };
    kind.emails.iter().map(to_json).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Listen, Options};

    /// The samples come from `email`, whose tests ask for one of each kind.
    #[tokio::test]
    async fn rule_8_6_the_gallery_has_every_kind_of_email_in_both_languages() {
        let stack = Stack::start(Options { listen: Listen::No, ..Options::default() }).await.unwrap();
        let kinds = kinds(&stack.app).unwrap();
        for language in Language::ALL {
            let samples = in_language(&stack.app, language).unwrap();
            assert!(samples.len() > 40 && samples.len() == kinds.len());
            for (kind, sample) in kinds.iter().zip(samples) {
                let is_this =
                    |shown: &&Shown| shown.language == language && shown.subject == sample.email.subject;
                assert!(
                    kind.name == sample.kind && kind.emails.iter().find(is_this).is_some(),
                    "{}",
                    kind.name
                );
            }
        }
        let page = Page { kinds }.render().unwrap();
        let paths: Vec<_> = page.split("src=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
        assert_eq!(paths.len(), 2 * 2 * in_language(&stack.app, Language::French).unwrap().len());
        for path in paths {
            let (language, number) = path.strip_prefix(PATH).unwrap()[1..].split_once('/').unwrap();
            let address = Path((language.to_owned(), number.parse().unwrap()));
            assert_eq!(show_email(State(stack.clone()), address).await.status(), 200);
        }
        let none = Path(("en".to_owned(), 1000));
        assert_eq!(show_email(State(stack), none).await.status(), 404);
    }
}
