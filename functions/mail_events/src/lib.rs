//! Records what became of emails: SES reports it to `EventBridge`, a rule of which invokes this function (RULES 8.11).
//!
//! An event leads back to its email by the tags that the function `outbox` gave it. They name the address by its keyed hash, so
//! that this function neither reads nor stores an address.
//!
//! `EventBridge` delivers events late, in any order, and more than once. What is written doesn't depend on that: see
//! [`domain::delivery`]. The address comes first, since an event that is delivered again because the second write failed is
//! only counted by the second.

use app::{
    App, Failure,
    telemetry::{self, Counter},
};
use domain::{
    Timestamp,
    delivery::{ADDRESS_CHECK, AddressEvent, DeliveryState},
};
use email::EmailKind;
use table::SentEmail;

mod event;

pub use event::Event;

/// Records what an event says of its email, and of the address.
///
/// # Errors
/// [`Failure`] when the table can't be reached. Lambda then delivers the event again.
pub async fn handle(app: &App, event: Event) -> Result<(), Failure> {
    let (Some(email), Some(news)) = (event.detail.email(), event.detail.news()) else { return Ok(()) };
    for address_event in address_events(&email, news.state) {
        app.table.record_address_event(&email.place, *address_event, news.at, app.now()).await?;
    }
    if app.table.record_delivery(&email, news.state, news.at).await? {
        count(&email, news.state, news.reason, news.at);
    }
    Ok(())
}

/// What the state of an email says of its address. A passing failure says nothing.
fn address_events(email: &SentEmail, state: DeliveryState) -> &'static [AddressEvent] {
    match state {
        DeliveryState::Delivered if email.kind == ADDRESS_CHECK => {
            &[AddressEvent::Delivered, AddressEvent::Cleared]
        }
        DeliveryState::Delivered => &[AddressEvent::Delivered],
        DeliveryState::Bounced => &[AddressEvent::Bounced],
        DeliveryState::Complained => &[AddressEvent::Complained],
        DeliveryState::Sent
        | DeliveryState::Delayed
        | DeliveryState::SoftBounced
        | DeliveryState::Rejected => &[],
    }
}

/// Counts an email by what became of it, and logs its kind. A kind of another release is `other`.
fn count(email: &SentEmail, state: DeliveryState, reason: &str, at: Timestamp) {
    let kind = EmailKind::known_name(&email.kind).unwrap_or("other");
    let counter = match state {
        DeliveryState::Sent => return,
        DeliveryState::Delayed => Counter::EmailsDelayed(kind),
        DeliveryState::Delivered => Counter::EmailsDelivered,
        DeliveryState::SoftBounced => Counter::EmailsSoftBounced(kind),
        DeliveryState::Rejected => Counter::EmailsRejected,
        DeliveryState::Bounced => Counter::EmailsBounced(kind),
        DeliveryState::Complained => Counter::EmailsComplained,
    };
    telemetry::count(counter);
    let seconds = at.as_second() - email.sent_at.as_second();
    let outbox = email.message;
    if state == DeliveryState::Delivered {
        tracing::info!(%outbox, kind, seconds, "an email was delivered");
    } else {
        tracing::warn!(%outbox, kind, state = state.name(), reason, seconds, "an email was not delivered");
    }
}
