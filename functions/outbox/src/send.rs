//! One item: leased, written out, handed to SES, and then done with, postponed or kept as failed.

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

/// When sending is given up: an outage of days passes by, an error without end does not stay hidden.
const GIVE_UP_AFTER: SignedDuration = SignedDuration::from_hours(72);

/// How often an email that SES refuses for itself is tried: its refusal may be our passing mistake.
const REFUSALS: u32 = 5;

/// The longest pause between two tries.
const LONGEST_PAUSE: SignedDuration = SignedDuration::from_mins(15);

pub(crate) struct Sender<'a> {
    app: &'a App,
    ses: &'a Client,
}

/// What became of handing an email over.
enum Handed {
    Over,
    /// Not now: SES is down, throttles, or gave no answer.
    Later,
    /// SES refuses this email.
    Refused,
}

impl<'a> Sender<'a> {
    pub(crate) fn new(app: &'a App) -> Result<Self, Failure> {
        Ok(Self { app, ses: app.email_client()? })
    }

    /// Sends one item, if it waits and no other sender has it.
    pub(crate) async fn send(&self, id: OutboxId) -> Result<(), Failure> {
        let lease = self.app.new_id();
        let Some(claimed) = self.app.table.claim(id, lease, self.app.now()).await? else { return Ok(()) };
        let Some((email, written)) = self.write(&claimed) else {
            return self.fail(&claimed, lease, "unreadable").await;
        };
        let is_old = self.app.now() >= claimed.queued_at + GIVE_UP_AFTER;
        match self.hand_over(&email, written).await {
            Handed::Over => {
                telemetry::count("OutboxSent", 1);
                Ok(self.app.table.sent(id).await?)
            }
            Handed::Refused if claimed.tries >= REFUSALS => self.fail(&claimed, lease, "refused").await,
            _ if is_old => self.fail(&claimed, lease, "gave up").await,
            Handed::Later | Handed::Refused => {
                telemetry::count("OutboxPostponed", 1);
                Ok(self.app.table.postpone(id, lease, self.app.now() + pause(claimed.tries)).await?)
            }
        }
    }

    fn write(&self, claimed: &Claimed) -> Option<(Email, RenderedEmail)> {
        let Payload::Email(json) = claimed.payload.as_ref()?;
        let email = Email::from_json(json).ok()?;
        let config = &self.app.config;
        let writer = EmailRenderer {
            origin: &config.origin,
            keys: &self.app.keys,
            support: config.support_email.as_str(),
        };
        let written = email.write(writer, self.app.now()).ok()?;
        Some((email, written))
    }

    async fn fail(&self, claimed: &Claimed, lease: OutboxId, why: &str) -> Result<(), Failure> {
        telemetry::count("OutboxFailed", 1);
        tracing::error!(outbox = %claimed.id, tries = claimed.tries, why, "an email was not sent");
        Ok(self.app.table.failed(claimed.id, lease).await?)
    }

    async fn hand_over(&self, email: &Email, written: RenderedEmail) -> Handed {
        let Some(request) = self.request(email, written) else { return Handed::Refused };
        match request.send().await {
            Ok(_) => Handed::Over,
            Err(error) => {
                let handed = judge(&error);
                tracing::warn!(error = %app::code(&error), "SES did not take an email");
                handed
            }
        }
    }

    fn request(&self, email: &Email, written: RenderedEmail) -> Option<SendEmailFluentBuilder> {
        let content = |text: String| Content::builder().data(text).charset("UTF-8").build().ok();
        let body = Body::builder().text(content(written.text)?).html(content(written.html)?).build();
        let message = Message::builder().subject(content(written.subject)?).body(body).build();
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

fn judge<R>(error: &SdkError<SendEmailError, R>) -> Handed {
    match error.as_service_error() {
        Some(SendEmailError::BadRequestException(_) | SendEmailError::MessageRejected(_)) => Handed::Refused,
        _ => Handed::Later,
    }
}

/// 30 seconds, then twice as long each time.
fn pause(tries: u32) -> SignedDuration {
    SignedDuration::from_secs(30 << tries.saturating_sub(1).min(10)).min(LONGEST_PAUSE)
}
