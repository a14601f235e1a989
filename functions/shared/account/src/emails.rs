//! Composes the emails about accounts, together with the links in them.
//!
//! [`compose`] turns a kind of email into what the table stores in the transaction that causes it: an outbox message and
//! an item for each of its links. Flows and `ops` choose the kind:
//!
//! ```ignore
//! let email = emails::compose(app, &account, email::Unlocked { event });
//! app.table.unlock(&unlocked, &email, &device).await?;
//! ```

use app::App;
use domain::{
    Timestamp,
    account::AccountDetails,
    closing::Closed,
    device::Device,
    email::EmailAddress,
    email_change::PendingEmailChange,
    former_address::{FormerAddress, Reservation},
    id::{InteractionId, OutboxId},
    language::Language,
    link::{Dispute, PartnerRemoval, Reset, Unlock},
    notices::{NextNotice, Notices},
    registration::Registration,
    session::Session,
};
use email::{
    ActivationLink, ActivationLinks, ContainedLink, Email, EmailKind, EmailedLink, RequestOrigin,
    SecurityEvent,
};
use table::{AccountEmail, AccountLink, LimitedNotice, NoticeLimit, OutboxMessage, Payload};

/// An email to an account.
#[must_use]
pub fn compose(app: &App, details: &AccountDetails, kind: impl Into<EmailKind>) -> AccountEmail {
    compose_in_interaction(app, details, kind, None)
}

/// An email to an account, caused by a request within an interaction. Its links lead back to the interaction, except
/// the one that disputes a security event.
#[must_use]
pub fn compose_in_interaction(
    app: &App,
    details: &AccountDetails,
    kind: impl Into<EmailKind>,
    interaction: Option<InteractionId>,
) -> AccountEmail {
    let kind = kind.into();
    let links =
        kind.links().into_iter().filter_map(|link| account_link(link, details, interaction)).collect();
    let email = Email { to: details.email.clone(), language: details.language, kind };
    AccountEmail { message: message(app.new_id(), &email, app.now()), links }
}

/// The email that says that the code by email works again, if a change turned it on (RULES 5.9).
#[must_use]
pub fn email_code_on(
    app: &App,
    details: &AccountDetails,
    event: SecurityEvent,
    is_turned_on: bool,
) -> Option<AccountEmail> {
    is_turned_on.then(|| compose(app, details, email::EmailCodeSwitched { is_on: true, event }))
}

/// An email to an address that an account may change to, with the link that confirms it (RULES 7.3).
#[must_use]
pub fn email_change(
    app: &App,
    details: &AccountDetails,
    session: &Session,
    new: &EmailAddress,
) -> AccountEmail {
    let link = EmailedLink::new(app.new_id(), app.now());
    let pending = PendingEmailChange {
        email: new.clone(),
        generation: details.generation,
        session: Some(session.id.clone()),
        is_session_ended: false,
    };
    let email =
        Email { to: new.clone(), language: details.language, kind: email::EmailChangeLink { link }.into() };
    AccountEmail {
        message: message(app.new_id(), &email, app.now()),
        links: vec![AccountLink::email_change(link.id, details, pending, link.sent_at)],
    }
}

/// An email to an address that the account had. Its links are those of the account at that address.
#[must_use]
pub fn compose_to_former(
    app: &App,
    details: &AccountDetails,
    former: &FormerAddress,
    kind: impl Into<EmailKind>,
) -> AccountEmail {
    let FormerAddress { email, place, .. } = former.clone();
    compose(app, &AccountDetails { email, place, ..details.clone() }, kind)
}

/// The email with the way back to an address that an account left (RULES 7.3). It works as long as the address is reserved.
#[must_use]
pub fn email_change_reminder(app: &App, reservation: &Reservation) -> AccountEmail {
    let Reservation { account, address, language } = reservation;
    let kind = email::EmailChangeReminder { left_at: address.left_at(), dispute: app.new_id() };
    let link = AccountLink::dispute(kind.dispute, *account, &address.place, kind.left_at);
    let email = Email { to: address.email.clone(), language: *language, kind: kind.into() };
    AccountEmail { message: message(app.new_id(), &email, app.now()), links: vec![link] }
}

/// An email without a link to an address that isn't an account's, or isn't yet.
#[must_use]
pub fn compose_without_account(
    app: &App,
    to: &EmailAddress,
    language: Language,
    kind: impl Into<EmailKind>,
) -> OutboxMessage {
    message(app.new_id(), &Email { to: to.clone(), language, kind: kind.into() }, app.now())
}

/// The email with the activation links of the registrations of one address, to the address and in the language of the
/// newest (RULES 2.4, 2.5). The links expire at `expires_at`, or after their lifetime.
#[must_use]
pub fn activation<'a>(
    app: &App,
    newest: &'a Registration,
    older: impl IntoIterator<Item = &'a Registration>,
    expires_at: Option<Timestamp>,
) -> OutboxMessage {
    let link = |registration| ActivationLink { expires_at, ..ActivationLink::from(registration) };
    let links = std::iter::once(newest).chain(older).map(link).collect();
    let kind = ActivationLinks { links }.into();
    let email = Email { to: newest.email.clone(), language: newest.language, kind };
    message(app.new_id(), &email, app.now())
}

/// The message that sends an email. The same id twice is queued once.
#[must_use]
pub fn message(id: OutboxId, email: &Email, at: Timestamp) -> OutboxMessage {
    OutboxMessage {
        id,
        payload: Payload::Email(email.to_json()),
        priority: email.kind.priority(),
        at,
        not_before: None,
    }
}

/// The notice that a browser signed in which the account did not know, or the email that counts it among others
/// (RULES 3.9, 3.11).
#[must_use]
pub fn new_device(
    app: &App,
    details: &AccountDetails,
    limit: &NoticeLimit,
    event: SecurityEvent,
) -> LimitedNotice {
    let (after, next) = Notices::next(limit.notices.as_ref(), app.new_id(), event.dispute, event.at);
    let replaces = matches!(next, NextNotice::Counted(_));
    let email = match next {
        NextNotice::Notice => compose(app, details, email::NewDevice { event }),
        NextNotice::NewSummary(summary) | NextNotice::Counted(summary) => {
            let first = SecurityEvent { at: summary.since, dispute: summary.dispute, ..event };
            let count = summary.count;
            let email = compose(app, details, email::NewDevices { count, event: first });
            let not_before = Some(after.ends_at());
            AccountEmail {
                message: OutboxMessage { id: summary.message, not_before, ..email.message },
                ..email
            }
        }
    };
    LimitedNotice { limit: limit.clone(), after, email, replaces }
}

/// The notice that a sign-in opened the account again, if its resident had closed it (RULES 7.5).
#[must_use]
pub fn reopened(
    app: &App,
    details: &AccountDetails,
    event: impl FnOnce() -> SecurityEvent,
) -> Option<AccountEmail> {
    details.closes_at.map(|_| compose(app, details, email::AccountReopened { event: event() }))
}

/// The notices that an account was closed: to its address, and to those that it had and that can bring it back (RULES
/// 7.5).
#[must_use]
pub fn account_closed(app: &App, closed: &Closed, device: &Device) -> Vec<AccountEmail> {
    let (details, deleted_at, at) = (closed.account.details(), closed.deleted_at(), closed.at);
    let event = SecurityEvent { at, device: device.clone(), dispute: app.new_id() };
    let former = details.former_addresses.elsewhere(&details.place, at).map(|former| {
        let kind = email::FormerAccountClosed {
            deleted_at,
            origin: RequestOrigin { at, device: device.clone() },
            left_at: former.left_at(),
            dispute: app.new_id(),
        };
        compose_to_former(app, details, former, kind)
    });
    let notice = compose(app, details, email::AccountClosed { deleted_at, event });
    std::iter::once(notice).chain(former).collect()
}

/// The item of a link. A link that confirms an address has one of its own: see [`email_change`].
fn account_link(
    link: ContainedLink,
    details: &AccountDetails,
    interaction: Option<InteractionId>,
) -> Option<AccountLink> {
    Some(match link {
        ContainedLink::Unlock(EmailedLink { id, sent_at, expires_at }) => {
            AccountLink::new::<Unlock>(id, details, interaction, sent_at, expires_at)
        }
        ContainedLink::Reset(EmailedLink { id, sent_at, expires_at }) => {
            AccountLink::new::<Reset>(id, details, interaction, sent_at, expires_at)
        }
        ContainedLink::PartnerRemoval(EmailedLink { id, sent_at, expires_at }) => {
            AccountLink::new::<PartnerRemoval>(id, details, interaction, sent_at, expires_at)
        }
        ContainedLink::EmailChange(_) => return None,
        ContainedLink::Dispute(EmailedLink { id, sent_at, expires_at }) => {
            AccountLink::new::<Dispute>(id, details, None, sent_at, expires_at)
        }
        ContainedLink::Report(EmailedLink { id, sent_at, expires_at }) => {
            AccountLink::new::<Dispute>(id, details, None, sent_at, expires_at).reported()
        }
    })
}
