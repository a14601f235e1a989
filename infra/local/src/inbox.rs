//! The emails that were sent, and the test clock, for people and for tests (RULES 9.2).

use std::sync::Arc;

use askama::Template;
use axum::{
    Form, Json, Router,
    extract::State,
    http::{StatusCode, header},
    response::{Html, IntoResponse, Response},
    routing::get,
};
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{ses::Message, stack::Stack};

/// The clock moves by at most this much at once: ten years.
const FARTHEST: SignedDuration = SignedDuration::from_hours(10 * 365 * 24);

pub(crate) fn router(stack: Arc<Stack>) -> Router {
    Router::new()
        .route("/_local/inbox", get(show))
        .route("/_local/inbox.json", get(list))
        .route("/_local/clock", get(tell_time).post(move_clock))
        .with_state(stack)
}

#[derive(Template)]
#[template(path = "inbox.html")]
struct Page {
    now: Timestamp,
    letters: Vec<InboxMessage>,
}

struct InboxMessage {
    to: String,
    subject: String,
    words: Vec<Word>,
    html: String,
    sent_at: Timestamp,
}

#[derive(Debug, PartialEq, Eq)]
struct Word {
    text: String,
    is_link: bool,
}

async fn show(State(stack): State<Arc<Stack>>) -> Response {
    let letters = stack.ses.inbox().into_iter().rev().map(letter).collect();
    match (Page { now: app::clock::now(), letters }).render() {
        Ok(page) => ([(header::CACHE_CONTROL, "no-store")], Html(page)).into_response(),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
    }
}

fn letter(message: Message) -> InboxMessage {
    let Message { to, subject, html, sent_at, .. } = message;
    InboxMessage { to, subject, words: words(&message.text), html, sent_at }
}

/// A text with its links told apart.
fn words(text: &str) -> Vec<Word> {
    let pieces = text.split_inclusive(char::is_whitespace).flat_map(|piece| {
        let word = piece.trim_end();
        [word, &piece[word.len()..]]
    });
    let pieces = pieces.filter(|piece| !piece.is_empty());
    let is_link = |piece: &str| piece.starts_with("https://") || piece.starts_with("http://");
    pieces.map(|piece| Word { text: piece.to_owned(), is_link: is_link(piece) }).collect()
}

async fn list(State(stack): State<Arc<Stack>>) -> Json<Vec<Value>> {
    Json(stack.ses.inbox().iter().map(listed).collect())
}

fn listed(message: &Message) -> Value {
    let Message { to, subject, text, html, sent_at, .. } = message;
    json!({ "to": to, "subject": subject, "text": text, "html": html, "sent_at": sent_at })
}

#[derive(Deserialize)]
struct Move {
    advance_seconds: i64,
}

/// The time now, in seconds since 1970: authenticator apps of tests go by it.
async fn tell_time() -> String {
    app::clock::now().as_second().to_string()
}

async fn move_clock(State(stack): State<Arc<Stack>>, Form(by): Form<Move>) -> Response {
    let by = SignedDuration::from_secs(by.advance_seconds);
    if by.is_negative() || by > FARTHEST {
        return (StatusCode::BAD_REQUEST, "The clock moves forward, by ten years at most.\n").into_response();
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
    fn an_email_is_shown_safely() {
        let page = Page { now: Timestamp::UNIX_EPOCH, letters: vec![letter(message())] }.render().unwrap();
        assert!(!page.contains("<script>"), "{page}");
        assert!(!page.contains("class=\"a\""), "{page}");
        assert!(page.contains("<a href=\"https://example.com/?a=1&#38;b=2\">"), "{page}");
    }

    #[test]
    fn a_text_keeps_its_spaces() {
        let text = message().text;
        let words = words(&text);
        assert_eq!(words.iter().map(|word| word.text.as_str()).collect::<String>(), text);
        let links: Vec<_> = words.iter().filter(|word| word.is_link).map(|word| word.text.as_str()).collect();
        assert_eq!(links, ["https://example.com/?a=1&b=2"]);
    }

    #[test]
    fn the_list_has_what_the_rules_name() {
        let listed = listed(&message());
        let names: Vec<_> = listed.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(names, ["html", "sent_at", "subject", "text", "to"]);
        assert_eq!(listed["sent_at"], "1970-01-01T00:00:00Z");
    }
}
