//! The pages of the local run: the emails that were sent, what becomes of them, and the test clock.

use std::sync::Arc;

use askama::Template;
use axum::{
    Form, Json, Router,
    extract::State,
    http::{StatusCode, header},
    response::{Html, IntoResponse, Redirect, Response},
    routing::{get, post},
};
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{ses::Message, stack::Stack};

/// The most by which a request moves the clock: ten years.
const MAX_ADVANCE: SignedDuration = SignedDuration::from_hours(10 * 365 * 24);

pub(crate) fn router(stack: Arc<Stack>) -> Router {
    Router::new()
        .route("/_local/inbox", get(show))
        .route("/_local/inbox.json", get(list))
        .route("/_local/report", post(report))
        .route("/_local/clock", get(show_time).post(move_clock))
        .with_state(stack)
}

#[derive(Template)]
#[template(path = "inbox.html")]
struct Page {
    now: Timestamp,
    messages: Vec<InboxMessage>,
}

struct InboxMessage {
    id: String,
    to: String,
    subject: String,
    parts: Vec<Part>,
    html: String,
    sent_at: Timestamp,
}

#[derive(Debug, PartialEq, Eq)]
struct Part {
    text: String,
    is_link: bool,
}

async fn show(State(stack): State<Arc<Stack>>) -> Response {
    let messages = stack.ses.inbox().into_iter().rev().map(inbox_message).collect();
    match (Page { now: app::clock::now(), messages }).render() {
        Ok(page) => ([(header::CACHE_CONTROL, "no-store")], Html(page)).into_response(),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
    }
}

fn inbox_message(message: Message) -> InboxMessage {
    let Message { id, to, subject, html, sent_at, .. } = message;
    InboxMessage { id, to, subject, parts: split_links(&message.text), html, sent_at }
}

/// Splits a text into words, links and white space.
fn split_links(text: &str) -> Vec<Part> {
    let pieces = text.split_inclusive(char::is_whitespace).flat_map(|piece| {
        let word = piece.trim_end();
        [word, &piece[word.len()..]]
    });
    let pieces = pieces.filter(|piece| !piece.is_empty());
    let is_link = |piece: &str| piece.starts_with("https://") || piece.starts_with("http://");
    pieces.map(|piece| Part { text: piece.to_owned(), is_link: is_link(piece) }).collect()
}

async fn list(State(stack): State<Arc<Stack>>) -> Json<Vec<Value>> {
    Json(stack.ses.inbox().iter().map(to_json).collect())
}

fn to_json(message: &Message) -> Value {
    let Message { id, to, subject, text, html, sent_at, .. } = message;
    json!({ "id": id, "to": to, "subject": subject, "text": text, "html": html, "sent_at": sent_at })
}

#[derive(Deserialize)]
struct ReportForm {
    id: String,
    fate: String,
}

/// Reports what becomes of an email, as SES does.
async fn report(State(stack): State<Arc<Stack>>, Form(form): Form<ReportForm>) -> Response {
    let is_reported = form.fate.parse().is_ok_and(|fate| stack.ses.report(&form.id, fate));
    if !is_reported {
        return (
            StatusCode::BAD_REQUEST,
            "There is no such email, or nothing like this becomes of emails.\n",
        )
            .into_response();
    }
    stack.deliver_events().await;
    Redirect::to("/_local/inbox").into_response()
}

#[derive(Deserialize)]
struct ClockForm {
    advance_seconds: i64,
}

/// The current time in seconds since 1970; the authenticators of the tests use it.
async fn show_time() -> String {
    app::clock::now().as_second().to_string()
}

async fn move_clock(State(stack): State<Arc<Stack>>, Form(form): Form<ClockForm>) -> Response {
    let by = SignedDuration::from_secs(form.advance_seconds);
    if by.is_negative() || by > MAX_ADVANCE {
        return (StatusCode::BAD_REQUEST, "The clock only moves forward, by at most ten years.\n")
            .into_response();
    }
    match stack.advance(by).await {
        Ok(_) => {
            Html(format!("<p>It is {}.</p><p><a href=\"/_local/inbox\">Inbox</a></p>\n", app::clock::now()))
                .into_response()
        }
        Err(failure) => (StatusCode::INTERNAL_SERVER_ERROR, failure.to_string()).into_response(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message() -> Message {
        Message {
            id: "local-000001".into(),
            configuration_set: None,
            tags: Vec::new(),
            from: "us@example.com".into(),
            to: "<ana@example.com>".into(),
            subject: "<script>".into(),
            text: "Go to\n  https://example.com/?a=1&b=2 now".into(),
            html: "<p class=\"a\">Hi</p><script>alert(1)</script>".into(),
            reply_to: vec!["help@example.com".into()],
            headers: Vec::new(),
            sent_at: Timestamp::UNIX_EPOCH,
        }
    }

    #[test]
    fn the_markup_of_an_email_is_escaped() {
        let page =
            Page { now: Timestamp::UNIX_EPOCH, messages: vec![inbox_message(message())] }.render().unwrap();
        assert!(!page.contains("<script>"), "{page}");
        assert!(!page.contains("class=\"a\""), "{page}");
        assert!(page.contains("<a href=\"https://example.com/?a=1&#38;b=2\">"), "{page}");
    }

    #[test]
    fn splitting_keeps_white_space() {
        let text = message().text;
        let parts = split_links(&text);
        assert_eq!(parts.iter().map(|part| part.text.as_str()).collect::<String>(), text);
        let links: Vec<_> = parts.iter().filter(|part| part.is_link).map(|part| part.text.as_str()).collect();
        assert_eq!(links, ["https://example.com/?a=1&b=2"]);
    }

    #[test]
    fn the_list_has_these_fields() {
        let to_json = to_json(&message());
        let names: Vec<_> = to_json.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(names, ["html", "id", "sent_at", "subject", "text", "to"]);
        assert_eq!(to_json["sent_at"], "1970-01-01T00:00:00Z");
    }
}
