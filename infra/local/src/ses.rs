//! The calls of the SES v2 API that the system makes. Emails go to an inbox in memory; tests can make calls fail.
//!
//! Each email that is sent with a configuration set is reported as delivered. `Ses::report` reports something else of it.

use std::{
    collections::BTreeMap,
    future,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use axum::{
    Json, Router,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

mod events;
mod suppression;

pub use events::Fate;
pub use suppression::Suppressed;

/// The configuration set, by its logical id in the template: rules of `EventBridge` compare events with it.
pub(crate) const CONFIGURATION_SET: &str = "MailConfigurationSet";

/// The stand-in for SES.
#[derive(Default)]
pub struct Ses(Mutex<Inner>);

#[derive(Default)]
struct Inner {
    inbox: Vec<Message>,
    calls: Vec<Call>,
    rule: Option<Rule>,
    suppressed: BTreeMap<String, Suppressed>,
    refuses_to_unlist: bool,
    /// The events that `EventBridge` has not delivered yet.
    events: Vec<Value>,
}

type Rule = Box<dyn Fn(&Message) -> Outcome + Send>;

/// An email that was sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// The id by which SES reports what became of it.
    #[serde(default)]
    pub id: String,
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
    /// The configuration set, if there is one.
    #[serde(default)]
    pub configuration_set: Option<String>,
    /// The message tags: names and values.
    #[serde(default)]
    pub tags: Vec<(String, String)>,
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
    pub fn with_inbox(inbox: Vec<Message>, suppressed: BTreeMap<String, Suppressed>) -> Self {
        Self(Mutex::new(Inner { inbox, suppressed, ..Inner::default() }))
    }

    /// The suppression list.
    #[must_use]
    pub fn suppressed(&self) -> BTreeMap<String, Suppressed> {
        self.lock().suppressed.clone()
    }

    /// Reports what becomes of an email, by its id. Returns whether there is such an email.
    pub fn report(&self, id: &str, fate: Fate) -> bool {
        let mut inner = self.lock();
        let Some(message) = inner.inbox.iter().find(|message| message.id == id).cloned() else {
            return false;
        };
        let now = app::clock::now();
        if fate == Fate::Bounced {
            let suppressed = Suppressed { reason: "BOUNCE".to_owned(), since: now };
            inner.suppressed.insert(message.to.clone(), suppressed);
        }
        inner.events.push(events::event(&message, fate, now));
        true
    }

    /// Takes an address off the suppression list.
    pub fn unlist(&self, address: &str) {
        self.lock().suppressed.remove(address);
    }

    /// Makes `DeleteSuppressedDestination` fail, or succeed again.
    pub fn refuse_to_unlist(&self, refuses: bool) {
        self.lock().refuses_to_unlist = refuses;
    }

    /// The events since the last call, oldest first.
    #[must_use]
    pub fn take_events(&self) -> Vec<Value> {
        std::mem::take(&mut self.lock().events)
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

    /// Decides about an email, and sends it. Returns its id, too.
    fn take(&self, message: Message) -> (Outcome, String) {
        let mut inner = self.lock();
        let id = format!("local-{:06}", inner.calls.len() + 1);
        let message = Message { id: id.clone(), ..message };
        // SES does not support SMTPUTF8 and requires A-labels for domains.
        let decided = if message.to.is_ascii() {
            inner.rule.as_ref().map(|rule| rule(&message))
        } else {
            Some(Outcome::Rejected(400))
        };
        let outcome = decided.unwrap_or(Outcome::Sent);
        if matches!(outcome, Outcome::Sent | Outcome::ResponseLost(_)) {
            let is_suppressed = inner.suppressed.contains_key(&message.to);
            let fate = if is_suppressed { Fate::Suppressed } else { Fate::Delivered };
            if message.configuration_set.is_some() {
                inner.events.push(events::event(&message, fate, app::clock::now()));
            }
            if !is_suppressed {
                inner.inbox.push(message.clone());
            }
        }
        inner.calls.push(Call { message, outcome });
        (outcome, id)
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The HTTP endpoint.
pub(crate) fn router(ses: Arc<Ses>) -> Router {
    Router::new()
        .route("/v2/email/outbound-emails", post(send))
        .route("/v2/email/suppression/addresses/{address}", get(suppression::get).delete(suppression::delete))
        .with_state(ses)
}

async fn send(State(ses): State<Arc<Ses>>, Json(request): Json<Value>) -> Response {
    let Some(message) = read(&request) else { return error(400) };
    match ses.take(message) {
        (Outcome::Sent, id) => Json(json!({ "MessageId": id })).into_response(),
        (Outcome::Rejected(status) | Outcome::ResponseLost(status), _) => error(status),
        (Outcome::NoResponse, _) => future::pending().await,
    }
}

fn read(request: &Value) -> Option<Message> {
    let [to] = request["Destination"]["ToAddresses"].as_array()?.as_slice() else { return None };
    let simple = &request["Content"]["Simple"];
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let headers = simple["Headers"].as_array().into_iter().flatten();
    let reply_to = request["ReplyToAddresses"].as_array().into_iter().flatten();
    let tags = request["EmailTags"].as_array().into_iter().flatten();
    Some(Message {
        id: String::new(),
        configuration_set: text(&request["ConfigurationSetName"]),
        tags: tags.filter_map(|tag| Some((text(&tag["Name"])?, text(&tag["Value"])?))).collect(),
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
