//! The SES v2 API's `SendEmail`, into an inbox in memory, with switches that make it fail.

use std::{
    future,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use axum::{
    Json, Router,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::post,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// The email service.
#[derive(Default)]
pub struct Ses(Mutex<Inner>);

#[derive(Default)]
struct Inner {
    inbox: Vec<Message>,
    calls: Vec<Call>,
    rule: Option<Rule>,
}

type Rule = Box<dyn Fn(&Message) -> Outcome + Send>;

/// An email.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// The sender.
    pub from: String,
    /// The one it goes to.
    pub to: String,
    /// Its subject.
    pub subject: String,
    /// Its text.
    pub text: String,
    /// Its HTML.
    pub html: String,
    /// Where answers go; none: to its sender.
    #[serde(default)]
    pub reply_to: Vec<String>,
    /// Headers of its own: names and values.
    pub headers: Vec<(String, String)>,
    /// When it was sent, by the test clock.
    pub sent_at: Timestamp,
}

/// What becomes of an email, and what its sender hears of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is sent.
    Sent,
    /// It is not, and the answer is this status.
    Refused(u16),
    /// It is sent, but the answer is this status.
    AnswerLost(u16),
    /// It is not, and no answer ever comes.
    Silence,
}

/// A call of `SendEmail`, and what became of it.
#[derive(Clone, Debug)]
pub struct Call {
    /// The email.
    pub message: Message,
    /// What became of it.
    pub outcome: Outcome,
}

impl Ses {
    /// With the emails of an earlier run.
    #[must_use]
    pub fn with_inbox(inbox: Vec<Message>) -> Self {
        Self(Mutex::new(Inner { inbox, ..Inner::default() }))
    }

    /// The emails that were sent, oldest first.
    #[must_use]
    pub fn inbox(&self) -> Vec<Message> {
        self.lock().inbox.clone()
    }

    /// Every call, oldest first, tries that failed included.
    #[must_use]
    pub fn calls(&self) -> Vec<Call> {
        self.lock().calls.clone()
    }

    /// From now on this decides what becomes of each email.
    pub fn decide_by(&self, rule: impl Fn(&Message) -> Outcome + Send + 'static) {
        self.lock().rule = Some(Box::new(rule));
    }

    /// From now on every call is refused with this status.
    pub fn fail_with(&self, status: u16) {
        self.decide_by(move |_| Outcome::Refused(status));
    }

    /// From now on every email is sent again.
    pub fn recover(&self) {
        self.lock().rule = None;
    }

    fn take(&self, message: Message) -> Outcome {
        let mut inner = self.lock();
        // Addresses have to be ASCII: SES knows no SMTPUTF8, and wants domains as A-labels.
        let decided = if message.to.is_ascii() {
            inner.rule.as_ref().map(|rule| rule(&message))
        } else {
            Some(Outcome::Refused(400))
        };
        let outcome = decided.unwrap_or(Outcome::Sent);
        if matches!(outcome, Outcome::Sent | Outcome::AnswerLost(_)) {
            inner.inbox.push(message.clone());
        }
        inner.calls.push(Call { message, outcome });
        outcome
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The endpoint.
pub(crate) fn router(ses: Arc<Ses>) -> Router {
    Router::new().route("/v2/email/outbound-emails", post(send)).with_state(ses)
}

async fn send(State(ses): State<Arc<Ses>>, Json(request): Json<Value>) -> Response {
    let Some(message) = read(&request) else { return error(400) };
    match ses.take(message) {
        Outcome::Sent => {
            Json(json!({ "MessageId": format!("local-{:06}", ses.calls().len()) })).into_response()
        }
        Outcome::Refused(status) | Outcome::AnswerLost(status) => error(status),
        Outcome::Silence => future::pending().await,
    }
}

fn read(request: &Value) -> Option<Message> {
    let [to] = request["Destination"]["ToAddresses"].as_array()?.as_slice() else { return None };
    let simple = &request["Content"]["Simple"];
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let headers = simple["Headers"].as_array().into_iter().flatten();
    let reply_to = request["ReplyToAddresses"].as_array().into_iter().flatten();
    Some(Message {
        from: text(&request["FromEmailAddress"])?,
        to: text(to)?,
        subject: text(&simple["Subject"]["Data"])?,
        text: text(&simple["Body"]["Text"]["Data"])?,
        html: text(&simple["Body"]["Html"]["Data"])?,
        reply_to: reply_to.filter_map(text).collect(),
        headers: headers
            .filter_map(|header| Some((text(&header["Name"])?, text(&header["Value"])?)))
            .collect(),
        sent_at: app::clock::now(),
    })
}

fn error(status: u16) -> Response {
    let kind = match status {
        429 => "TooManyRequestsException",
        400..500 => "BadRequestException",
        _ => "InternalServiceErrorException",
    };
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    (status, [("x-amzn-errortype", kind)], Json(json!({ "message": "The stand-in was told to fail." })))
        .into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(to: &str) -> Value {
        json!({
            "FromEmailAddress": "us@example.com",
            "Destination": { "ToAddresses": [to] },
            "ReplyToAddresses": ["help@example.com"],
            "Content": { "Simple": {
                "Subject": { "Data": "Subject" },
                "Body": { "Text": { "Data": "Text" }, "Html": { "Data": "<p>Text" } },
                "Headers": [{ "Name": "X-One", "Value": "1" }],
            } },
        })
    }

    async fn status(ses: &Arc<Ses>, to: &str) -> u16 {
        send(State(ses.clone()), Json(request(to))).await.status().as_u16()
    }

    #[tokio::test]
    async fn what_is_sent_is_in_the_inbox() {
        let ses = Arc::new(Ses::default());
        assert_eq!(status(&ses, "ana@example.com").await, 200);
        let inbox = ses.inbox();
        assert_eq!((inbox[0].to.as_str(), inbox[0].html.as_str()), ("ana@example.com", "<p>Text"));
        assert_eq!(inbox[0].reply_to, ["help@example.com"]);
        assert_eq!(inbox[0].headers, [("X-One".to_owned(), "1".to_owned())]);
        assert_eq!(status(&ses, "é@example.com").await, 400);
        assert_eq!(send(State(ses), Json(json!({}))).await.status().as_u16(), 400);
    }

    #[tokio::test]
    async fn an_email_whose_answer_was_lost_was_sent() {
        let ses = Arc::new(Ses::default());
        ses.fail_with(503);
        assert_eq!(status(&ses, "a@example.com").await, 503);
        ses.decide_by(|_| Outcome::AnswerLost(500));
        assert_eq!(status(&ses, "b@example.com").await, 500);
        ses.recover();
        assert_eq!(status(&ses, "c@example.com").await, 200);

        let sent: Vec<_> = ses.inbox().into_iter().map(|message| message.to).collect();
        assert_eq!(sent, ["b@example.com", "c@example.com"]);
        let outcomes: Vec<_> = ses.calls().into_iter().map(|call| call.outcome).collect();
        assert_eq!(outcomes, [Outcome::Refused(503), Outcome::AnswerLost(500), Outcome::Sent]);
    }
}
