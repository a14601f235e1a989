//! Sends one message: leases it, renders it, passes it to SES, then deletes, postpones or fails it.

use std::{sync::Arc, time::Duration};

use app::{
    App, Failure, clock,
    telemetry::{self, Counter},
};
use aws_sdk_sesv2::{
    Client,
    config::http::HttpResponse,
    error::{ProvideErrorMetadata, SdkError},
    operation::delete_suppressed_destination::DeleteSuppressedDestinationError as Unlisted,
    operation::send_email::{SendEmailError, builders::SendEmailFluentBuilder},
    types::{Body, Content, Destination, EmailContent, Message, MessageHeader, MessageTag},
};
use domain::{SignedDuration, delivery::DeliveryState, id::OutboxId, keys::LinkKeys, outbox::Started};
use email::{Email, EmailRenderer, RenderedEmail};
use table::{Claimed, EmailTag, Payload, SentEmail};

use crate::pacer::Pacer;

/// How long sending is tried: longer than an outage of days, but an error that never ends does not stay hidden.
const GIVE_UP_AFTER: SignedDuration = SignedDuration::from_hours(72);

/// How often an email that SES rejects is tried: the rejection may be due to a passing mistake of ours.
const MAX_REJECTIONS: u32 = 5;

/// The longest pause between two attempts.
const LONGEST_PAUSE: SignedDuration = SignedDuration::from_mins(15);

/// How often a request is sent again at once whose connection ended before anything was answered.
const RESENT: u32 = 2;

/// How long after the first one a request is sent again.
const RESENT_WITHIN: Duration = Duration::from_secs(3);

/// The longest that one message takes, once its turn has come: the lease, the suppression list, the last request to SES, the
/// deletion and the record, or the return to the outbox.
pub(crate) const LONGEST: Duration = Duration::from_secs(
    4 * app::LONGEST_CALL.as_secs() + 2 * app::LONGEST_EMAIL_CALL.as_secs() + RESENT_WITHIN.as_secs(),
);

pub(crate) struct Sender<'a> {
    app: &'a App,
    links: &'a LinkKeys,
    ses: &'a Client,
    pacer: Arc<Pacer>,
}

/// A message that this sender has leased.
pub(crate) struct Held {
    claimed: Claimed,
    lease: OutboxId,
}

/// What became of a message.
pub(crate) enum Outcome {
    /// It is sent, postponed or given up.
    Done,
    /// SES takes no more emails at the moment. The message is still leased.
    Throttled(Held),
}

/// How SES answered.
enum Delivery {
    Accepted {
        /// The id by which SES reports what became of it.
        message_id: String,
    },
    /// SES takes no more emails at the moment.
    Throttled,
    /// SES is down, or gave no answer.
    Unavailable,
    /// SES rejects this email.
    Rejected,
}

impl Held {
    pub(crate) fn id(&self) -> OutboxId {
        self.claimed.id
    }
}

impl<'a> Sender<'a> {
    pub(crate) fn new(app: &'a App) -> Result<Self, Failure> {
        let pacer: Arc<Pacer> = app.cached();
        pacer.limit_to(app.config.ses_rate);
        Ok(Self { app, links: app.keys.link()?, ses: app.email_client()?, pacer })
    }

    /// The pace of this instance of the function.
    pub(crate) fn pacer(&self) -> &Pacer {
        &self.pacer
    }

    /// Leases a message, if it is pending and no other sender has leased it.
    pub(crate) async fn claim(&self, id: OutboxId) -> Result<Option<Held>, Failure> {
        let lease = self.app.new_id();
        let claimed = self.app.table.claim(id, lease, self.app.now()).await?;
        Ok(claimed.map(|claimed| Held { claimed, lease }))
    }

    /// Returns a message to the outbox as it was.
    pub(crate) async fn release(&self, held: &Held) -> Result<(), Failure> {
        Ok(self.app.table.release(held.id(), held.lease, self.app.now()).await?)
    }

    /// Sends a message, as the request that the pacer started.
    pub(crate) async fn send(&self, held: Held, started: Started) -> Result<Outcome, Failure> {
        let Held { claimed, lease } = &held;
        let (id, lease) = (claimed.id, *lease);
        let is_old = self.app.now() >= claimed.queued_at + GIVE_UP_AFTER;
        let rendered = match &claimed.payload {
            Some(Payload::Email(json)) => self.render(json),
            None => None,
        };
        let Some((email, rendered)) = rendered else {
            self.fail(claimed, lease, "unreadable").await?;
            return Ok(Outcome::Done);
        };
        let mut sent = self.sent(id, &email)?;
        match self.deliver(&sent, &email, rendered).await {
            Delivery::Accepted { message_id } => {
                self.pacer.accepted();
                telemetry::count(Counter::OutboxSent(email.kind.name()));
                self.app.table.sent(id).await?;
                sent.message_id = message_id;
                self.record(&sent).await;
                return Ok(Outcome::Done);
            }
            Delivery::Throttled if !is_old => {
                self.pacer.refused(started);
                telemetry::count(Counter::OutboxThrottled);
                return Ok(Outcome::Throttled(held));
            }
            Delivery::Rejected if claimed.rejections + 1 >= MAX_REJECTIONS => {
                self.fail(claimed, lease, "rejected").await?;
            }
            _ if is_old => self.fail(claimed, lease, "expired").await?,
            delivery => {
                telemetry::count(Counter::OutboxPostponed);
                let rejections = claimed.rejections + u32::from(matches!(delivery, Delivery::Rejected));
                let due_at = self.app.now() + pause(claimed.tries);
                self.app.table.postpone(id, lease, due_at, rejections).await?;
            }
        }
        Ok(Outcome::Done)
    }

    /// The email in a payload, as it is sent now; `None` if the payload can't be read.
    fn render(&self, json: &str) -> Option<(Email, RenderedEmail)> {
        let email = Email::from_json(json).ok()?;
        let config = &self.app.config;
        let renderer = EmailRenderer {
            origin: &config.origin,
            keys: self.links,
            support: config.support_email.as_str(),
            contact_reply_to: &config.contact_reply_to,
        };
        let output = email.render(renderer, self.app.now()).ok()?;
        Some((email, output))
    }

    async fn fail(&self, claimed: &Claimed, lease: OutboxId, reason: &str) -> Result<(), Failure> {
        telemetry::count(Counter::OutboxFailed);
        tracing::error!(outbox = %claimed.id, tries = claimed.tries, reason, "an outbox message was not sent");
        Ok(self.app.table.failed(claimed.id, lease, reason, self.app.now()).await?)
    }

    /// The email as it will be recorded when SES has accepted it.
    fn sent(&self, message: OutboxId, email: &Email) -> Result<SentEmail, Failure> {
        Ok(SentEmail {
            place: self.app.table.email_place(&email.to)?,
            sent_at: self.app.now(),
            message,
            kind: email.kind.name().to_owned(),
            message_id: String::new(),
        })
    }

    /// Records that SES accepted an email. If that fails, the first event about the email records it: a message that is sent
    /// must not be sent again for the sake of its record.
    async fn record(&self, sent: &SentEmail) {
        let recorded = self.app.table.record_delivery(sent, DeliveryState::Sent, sent.sent_at).await;
        if let Err(error) = recorded {
            tracing::warn!(outbox = %sent.message, reason = error.reason, "a sent email was not recorded");
        }
    }

    async fn deliver(&self, sent: &SentEmail, email: &Email, rendered: RenderedEmail) -> Delivery {
        let id = sent.message;
        let Some(request) = self.request(sent, email, rendered) else { return Delivery::Rejected };
        if email.kind.checks_address() && !self.is_tried_again(email).await {
            return Delivery::Unavailable;
        }
        let (mut resent, began) = (0, clock::elapsed());
        loop {
            let error = match request.clone().send().await {
                Ok(accepted) => {
                    return Delivery::Accepted { message_id: accepted.message_id.unwrap_or_default() };
                }
                Err(error) => error,
            };
            tracing::warn!(outbox = %id, error = %app::code(&error), "SES did not accept an email");
            let is_late = clock::elapsed() >= began + RESENT_WITHIN;
            if !is_unanswered(&error) || resent == RESENT || is_late {
                return classify(&error);
            }
            resent += 1;
        }
    }

    /// Takes the address off SES's suppression list, so that the email is tried. Returns whether it is off the list.
    async fn is_tried_again(&self, email: &Email) -> bool {
        match self.ses.delete_suppressed_destination().email_address(email.to.as_str()).send().await {
            Ok(_) => true,
            Err(error) if error.as_service_error().is_some_and(Unlisted::is_not_found_exception) => true,
            Err(error) => {
                tracing::warn!(error = %app::code(&error), "SES did not change its suppression list");
                false
            }
        }
    }

    fn request(
        &self,
        sent: &SentEmail,
        email: &Email,
        rendered: RenderedEmail,
    ) -> Option<SendEmailFluentBuilder> {
        let content = |text: String| Content::builder().data(text).charset("UTF-8").build().ok();
        let body = Body::builder().text(content(rendered.text)?).html(content(rendered.html)?).build();
        let mut message = Message::builder().subject(content(rendered.subject)?).body(body);
        for (name, value) in headers(sent.message, &self.app.config.origin) {
            message = message.headers(MessageHeader::builder().name(name).value(value).build().ok()?);
        }
        let to = Destination::builder().to_addresses(email.to.as_str()).build();
        let content = EmailContent::builder().simple(message.build()).build();
        let tags = EmailTag::of(sent).into_iter();
        let tags =
            tags.map(|(name, value)| MessageTag::builder().name(name.name()).value(value).build().ok());
        Some(
            self.ses
                .send_email()
                .configuration_set_name(&self.app.config.mail_configuration_set)
                .set_email_tags(Some(tags.collect::<Option<_>>()?))
                .from_email_address(&self.app.config.mail_from)
                .destination(to)
                .set_reply_to_addresses(rendered.reply_to.map(|address| vec![address.as_str().to_owned()]))
                .content(content),
        )
    }
}

/// The headers of every email besides those that SES makes.
///
/// - Programs that answer emails leave those alone that say that a program sent them (RFC 3834; Exchange has a header of
///   its own).
/// - Gmail shows emails with the same subject as one conversation, and hides the newer ones of similar text, unless each
///   refers to a message that no other refers to
///   (<https://workspaceupdates.googleblog.com/2019/03/threading-changes-in-gmail-conversation-view.html>).
fn headers(id: OutboxId, origin: &str) -> [(&'static str, String); 3] {
    let host =
        origin.split("://").last().and_then(|authority| authority.split(':').next()).unwrap_or_default();
    [
        ("Auto-Submitted", "auto-generated".to_owned()),
        ("X-Auto-Response-Suppress", "All".to_owned()),
        ("References", format!("<{id}@{host}>")),
    ]
}

/// Whether the connection could not be made, or ended before anything was answered.
///
/// After a time-out, SES may be about to send the email; here, at most a connection that broke at that very moment has
/// delivered it.
fn is_unanswered<E, R>(error: &SdkError<E, R>) -> bool {
    matches!(error, SdkError::DispatchFailure(failure) if !failure.is_timeout() && !failure.is_user())
}

fn classify(error: &SdkError<SendEmailError, HttpResponse>) -> Delivery {
    const TOO_MANY_REQUESTS: u16 = 429;
    let status = error.raw_response().map(|response| response.status().as_u16());
    match error.as_service_error() {
        Some(SendEmailError::TooManyRequestsException(_) | SendEmailError::LimitExceededException(_)) => {
            Delivery::Throttled
        }
        _ if status == Some(TOO_MANY_REQUESTS) => Delivery::Throttled,
        Some(error) if matches!(error.code(), Some("ThrottlingException" | "Throttling")) => {
            Delivery::Throttled
        }
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
