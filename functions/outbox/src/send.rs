//! Sends one message: leases it, renders it, passes it to SES, then deletes, postpones or fails it.

use app::{App, Failure, telemetry};
use aws_sdk_sesv2::{
    Client,
    error::SdkError,
    operation::send_email::{SendEmailError, builders::SendEmailFluentBuilder},
    types::{Body, Content, Destination, EmailContent, Message},
};
use domain::{SignedDuration, id::OutboxId};
use email::{Email, EmailRenderer, RenderedEmail};
use table::{Claimed, Payload};

/// How long sending is tried: longer than an outage of days, but an error that never ends does not stay hidden.
const GIVE_UP_AFTER: SignedDuration = SignedDuration::from_hours(72);

/// How often an email that SES rejects is tried: the rejection may be due to a passing mistake of ours.
const MAX_REJECTIONS: u32 = 5;

/// The longest pause between two attempts.
const LONGEST_PAUSE: SignedDuration = SignedDuration::from_mins(15);

pub(crate) struct Sender<'a> {
    app: &'a App,
    ses: &'a Client,
}

/// How SES answered.
enum Delivery {
    Accepted,
    /// SES is down, throttles, or gave no answer.
    Unavailable,
    /// SES rejects this email.
    Rejected,
}

impl<'a> Sender<'a> {
    pub(crate) fn new(app: &'a App) -> Result<Self, Failure> {
        Ok(Self { app, ses: app.email_client()? })
    }

    /// Sends one message, if it is pending and no other sender has leased it.
    pub(crate) async fn send(&self, id: OutboxId) -> Result<(), Failure> {
        let lease = self.app.new_id();
        let Some(claimed) = self.app.table.claim(id, lease, self.app.now()).await? else { return Ok(()) };
        let is_old = self.app.now() >= claimed.queued_at + GIVE_UP_AFTER;
        let rendered = match &claimed.payload {
            Some(Payload::Email(json)) => self.render(json),
            None => None,
        };
        let Some((email, rendered)) = rendered else {
            return self.fail(&claimed, lease, "unreadable").await;
        };
        match self.deliver(id, &email, rendered).await {
            Delivery::Accepted => {
                telemetry::count("OutboxSent", 1);
                Ok(self.app.table.sent(id).await?)
            }
            Delivery::Rejected if claimed.rejections + 1 >= MAX_REJECTIONS => {
                self.fail(&claimed, lease, "rejected").await
            }
            Delivery::Unavailable | Delivery::Rejected if is_old => {
                self.fail(&claimed, lease, "expired").await
            }
            delivery @ (Delivery::Unavailable | Delivery::Rejected) => {
                telemetry::count("OutboxPostponed", 1);
                let rejections = claimed.rejections + u32::from(matches!(delivery, Delivery::Rejected));
                let due_at = self.app.now() + pause(claimed.tries);
                Ok(self.app.table.postpone(id, lease, due_at, rejections).await?)
            }
        }
    }

    /// The email in a payload, as it is sent now; `None` if the payload can't be read.
    fn render(&self, json: &str) -> Option<(Email, RenderedEmail)> {
        let email = Email::from_json(json).ok()?;
        let config = &self.app.config;
        let renderer = EmailRenderer {
            origin: &config.origin,
            keys: &self.app.keys,
            support: config.support_email.as_str(),
        };
        let output = email.render(renderer, self.app.now()).ok()?;
        Some((email, output))
    }

    async fn fail(&self, claimed: &Claimed, lease: OutboxId, reason: &str) -> Result<(), Failure> {
        telemetry::count("OutboxFailed", 1);
        tracing::error!(outbox = %claimed.id, tries = claimed.tries, reason, "an outbox message was not sent");
        Ok(self.app.table.failed(claimed.id, lease).await?)
    }

    async fn deliver(&self, id: OutboxId, email: &Email, rendered: RenderedEmail) -> Delivery {
        let Some(request) = self.request(email, rendered) else { return Delivery::Rejected };
        match request.send().await {
            Ok(_) => Delivery::Accepted,
            Err(error) => {
                let delivery = classify(&error);
                tracing::warn!(outbox = %id, error = %app::code(&error), "SES did not accept an email");
                delivery
            }
        }
    }

    fn request(&self, email: &Email, rendered: RenderedEmail) -> Option<SendEmailFluentBuilder> {
        let content = |text: String| Content::builder().data(text).charset("UTF-8").build().ok();
        let body = Body::builder().text(content(rendered.text)?).html(content(rendered.html)?).build();
        let message = Message::builder().subject(content(rendered.subject)?).body(body).build();
        let to = Destination::builder().to_addresses(email.to.as_str()).build();
        let content = EmailContent::builder().simple(message).build();
        Some(
            self.ses
                .send_email()
                .from_email_address(&self.app.config.mail_from)
                .destination(to)
                .set_reply_to_addresses(email.reply_to().map(|address| vec![address.as_str().to_owned()]))
                .content(content),
        )
    }
}

fn classify<R>(error: &SdkError<SendEmailError, R>) -> Delivery {
    match error.as_service_error() {
        Some(SendEmailError::BadRequestException(_) | SendEmailError::MessageRejected(_)) => {
            Delivery::Rejected
        }
        _ => Delivery::Unavailable,
    }
}

/// 30 seconds after the first attempt, doubled after each further one.
fn pause(tries: u32) -> SignedDuration {
    SignedDuration::from_secs(30 << tries.saturating_sub(1).min(10)).min(LONGEST_PAUSE)
}
