//! The `SendEmail` call of the SES v2 API. Emails go to an inbox in memory; tests can make calls fail.

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

/// The stand-in for SES.
#[derive(Default)]
pub struct Ses(Mutex<Inner>);

#[derive(Default)]
struct Inner {
    inbox: Vec<Message>,
    calls: Vec<Call>,
    rule: Option<Rule>,
}

type Rule = Box<dyn Fn(&Message) -> Outcome + Send>;

/// An email that was sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// The address of the sender.
    pub from: String,
    /// The address of the recipient.
    pub to: String,
    /// The subject line.
    pub subject: String,
    /// The plain-text body.
    pub text: String,
    /// The HTML body.
    pub html: String,
    /// The reply addresses; without any, replies go to the sender.
    #[serde(default)]
    pub reply_to: Vec<String>,
    /// Additional headers: names and values.
    pub headers: Vec<(String, String)>,
    /// The time of the call, by the test clock.
    pub sent_at: Timestamp,
}

/// The outcome of a call of `SendEmail`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The email is sent.
    Sent,
    /// The email is not sent, and the response has this status.
    Rejected(u16),
    /// The email is sent, but the response has this status.
    ResponseLost(u16),
    /// The email is not sent, and there is no response.
    NoResponse,
}

/// A call of `SendEmail` with its outcome.
#[derive(Clone, Debug)]
pub struct Call {
    /// The email of the call.
    pub message: Message,
    /// The outcome of the call.
    pub outcome: Outcome,
}

impl Ses {
    /// Starts with the emails of an earlier run.
    #[must_use]
    pub fn with_inbox(inbox: Vec<Message>) -> Self {
        Self(Mutex::new(Inner { inbox, ..Inner::default() }))
    }

    /// The emails that were sent, oldest first.
    #[must_use]
    pub fn inbox(&self) -> Vec<Message> {
        self.lock().inbox.clone()
    }

    /// Every call, oldest first, including failed ones.
    #[must_use]
    pub fn calls(&self) -> Vec<Call> {
        self.lock().calls.clone()
    }

    /// Sets a function that decides the outcome of each call.
    pub fn decide_by(&self, rule: impl Fn(&Message) -> Outcome + Send + 'static) {
        self.lock().rule = Some(Box::new(rule));
    }

    /// Makes every call fail with this status.
    pub fn fail_with(&self, status: u16) {
        self.decide_by(move |_| Outcome::Rejected(status));
    }

    /// Makes every call succeed again.
    pub fn recover(&self) {
        self.lock().rule = None;
    }

    fn take(&self, message: Message) -> Outcome {
        let mut inner = self.lock();
        // SES does not support SMTPUTF8 and requires A-labels for domains.
        let decided = if message.to.is_ascii() {
            inner.rule.as_ref().map(|rule| rule(&message))
        } else {
            Some(Outcome::Rejected(400))
        };
        let outcome = decided.unwrap_or(Outcome::Sent);
        if matches!(outcome, Outcome::Sent | Outcome::ResponseLost(_)) {
            inner.inbox.push(message.clone());
        }
        inner.calls.push(Call { message, outcome });
        outcome
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The HTTP endpoint.
pub(crate) fn router(ses: Arc<Ses>) -> Router {
    Router::new().route("/v2/email/outbound-emails", post(send)).with_state(ses)
}

async fn send(State(ses): State<Arc<Ses>>, Json(request): Json<Value>) -> Response {
    let Some(message) = read(&request) else { return error(400) };
    match ses.take(message) {
        Outcome::Sent => {
            Json(json!({ "MessageId": format!("local-{:06}", ses.calls().len()) })).into_response()
        }
        Outcome::Rejected(status) | Outcome::ResponseLost(status) => error(status),
        Outcome::NoResponse => future::pending().await,
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
    (status, [("x-amzn-errortype", kind)], Json(json!({ "message": "The stand-in rejected the call." })))
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
    async fn sent_emails_are_in_the_inbox() {
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
    async fn an_email_is_sent_even_if_the_response_is_lost() {
        let ses = Arc::new(Ses::default());
        ses.fail_with(503);
        assert_eq!(status(&ses, "a@example.com").await, 503);
        ses.decide_by(|_| Outcome::ResponseLost(500));
        assert_eq!(status(&ses, "b@example.com").await, 500);
        ses.recover();
        assert_eq!(status(&ses, "c@example.com").await, 200);

        let sent: Vec<_> = ses.inbox().into_iter().map(|message| message.to).collect();
        assert_eq!(sent, ["b@example.com", "c@example.com"]);
        let outcomes: Vec<_> = ses.calls().into_iter().map(|call| call.outcome).collect();
        assert_eq!(outcomes, [Outcome::Rejected(503), Outcome::ResponseLost(500), Outcome::Sent]);
    }
}
