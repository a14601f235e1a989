//! Rate limits of the emails that anyone can cause, for each address (RULES 3.11).
//!
//! Emails are counted by their times, in one item with a revision for each address, and for each browser that the account
//! of the address knows.

use domain::{
    Timestamp,
    email_limits::{self, EmailRefusal, SentEmail},
    form::is_double_click,
    id::OutboxId,
    keys::SourceKey,
    limits::RetryAfter,
};
use serde::{Deserialize, Serialize};

use crate::{
    Table,
    error::{Conflict, Unavailable},
    item::{self, Attributes, Kind, epochs},
    key::Key,
    write_transaction::{Expression, WriteTransaction},
};

#[derive(Serialize, Deserialize)]
struct EmailLimitItem {
    #[serde(with = "epochs")]
    sent_at: Vec<Timestamp>,
    /// The source of each, or nothing where it isn't known. Absent for a browser, and in what the previous release wrote.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    sources: Vec<String>,
    revision: u64,
    /// The form that caused the last email.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    form: Option<OutboxId>,
}

impl Kind for EmailLimitItem {
    const NAME: &'static str = "email_limit";
}

/// The emails that an address was sent, as they were read: those that anybody caused, or those of one browser.
#[derive(Clone, Debug)]
pub struct EmailLimit {
    key: Key,
    /// The source of the request, which gets half of them at most; `None` for a browser that the account knows.
    source: Option<SourceKey>,
    /// Oldest first.
    sent: Vec<SentEmail>,
    /// The revision that a write is conditional on. `None` when the item is absent.
    revision: Option<u64>,
    /// The form that caused the last email.
    form: Option<OutboxId>,
}

/// One more email to an address, which is written in the transaction of the email.
#[derive(Clone, Debug)]
pub struct TakenEmail {
    key: Key,
    sent: Vec<SentEmail>,
    revision: Option<u64>,
    form: Option<OutboxId>,
    at: Timestamp,
}

impl EmailLimitItem {
    fn into_sent(self) -> Vec<SentEmail> {
        let sources =
            self.sources.into_iter().map(|source| (!source.is_empty()).then(|| SourceKey::stored(source)));
        let sources = sources.chain(std::iter::repeat(None));
        self.sent_at.into_iter().zip(sources).map(|(at, source)| SentEmail { at, source }).collect()
    }
}

impl EmailLimit {
    pub(crate) fn read(
        key: Key,
        source: Option<SourceKey>,
        item: Option<Attributes>,
        now: Timestamp,
    ) -> Result<Self, Unavailable> {
        // An expired item counts for nothing, but a write that replaces it is conditional on its revision.
        let revision = item.as_ref().and_then(|item| item.get("revision")?.as_n().ok()?.parse().ok());
        let found: Option<EmailLimitItem> = item::read(item, now)?;
        let form = found.as_ref().and_then(|item| item.form);
        let sent = found.map(EmailLimitItem::into_sent).unwrap_or_default();
        Ok(Self { key, source, sent, revision, form })
    }

    /// Whether this form caused the last email to the address.
    pub(crate) fn has_sent(&self, form: OutboxId) -> bool {
        self.form == Some(form)
    }

    /// Whether this form caused the last email a moment ago, as a double click does.
    #[must_use]
    pub fn has_just_sent(&self, form: OutboxId, now: Timestamp) -> bool {
        self.has_sent(form) && self.sent.iter().any(|email| is_double_click(email.at, now))
    }
}

impl TakenEmail {
    /// The same email, caused by a form whose id is stored.
    #[must_use]
    pub fn by_form(self, form: OutboxId) -> Self {
        Self { form: Some(form), ..self }
    }
}

impl Table {
    /// One more email to an address, to be written with [`Table::register`] and the like. Calls nothing.
    ///
    /// # Errors
    /// [`EmailRefusal`], with the time when the next email may be sent.
    pub fn take_email(&self, limit: &EmailLimit, now: Timestamp) -> Result<TakenEmail, EmailRefusal> {
        let sent = email_limits::take(&self.rules.limits.emails, &limit.sent, limit.source.as_ref(), now)?;
        let (key, revision) = (limit.key.clone(), limit.revision);
        Ok(TakenEmail { key, sent, revision, form: None, at: now })
    }

    /// When the address may be sent another email, if it has to wait. Calls nothing.
    #[must_use]
    pub fn next_email(&self, limit: &EmailLimit, now: Timestamp) -> Option<RetryAfter> {
        self.take_email(limit, now).err().map(EmailRefusal::until)
    }

    /// When the address may be sent another email after this one, if it has to wait. Calls nothing.
    #[must_use]
    pub fn next_email_after(&self, taken: &TakenEmail) -> Option<RetryAfter> {
        let source = taken.sent.last().and_then(|email| email.source.as_ref());
        let next = email_limits::take(&self.rules.limits.emails, &taken.sent, source, taken.at);
        next.err().map(EmailRefusal::until)
    }

    /// The emails to an address as they are, when none may be sent. They are written all the same, so that requests at the same
    /// time wait for each other at every address. Calls nothing.
    #[must_use]
    pub fn take_no_email(&self, limit: &EmailLimit, now: Timestamp) -> TakenEmail {
        let EmailLimit { key, sent, revision, form, .. } = limit.clone();
        TakenEmail { key, sent, revision, form, at: now }
    }

    /// Until when a link is kept whose address is sent no other one before `until` (RULES 3.11).
    #[must_use]
    pub fn link_kept_until(&self, sent_at: Timestamp, until: RetryAfter) -> Timestamp {
        email_limits::link_kept_until(&self.rules.limits.emails, sent_at, until)
    }

    /// Counts one more email to an address. [`Conflict::EmailLimit`] when another one was counted since the limit was
    /// read.
    pub(crate) fn with_email_taken<'a>(
        &self,
        transaction: WriteTransaction<'a>,
        taken: &TakenEmail,
    ) -> WriteTransaction<'a> {
        let revision = taken.revision.map_or(1, |revision| revision + 1);
        let source =
            |email: &SentEmail| email.source.as_ref().map_or_else(String::new, |key| key.as_str().to_owned());
        let has_sources = taken.sent.iter().any(|email| email.source.is_some());
        let content = EmailLimitItem {
            sent_at: taken.sent.iter().map(|email| email.at).collect(),
            sources: if has_sources { taken.sent.iter().map(source).collect() } else { Vec::new() },
            revision,
            form: taken.form,
        };
        let until = taken.at + self.rules.limits.emails.longest();
        let item = item::write(&taken.key, &content, Some(until));
        let condition = match taken.revision {
            None => Expression::new("attribute_not_exists(pk)"),
            Some(before) => Expression::new("#revision = :before")
                .names(&["revision"])
                .value("before", item::number(before)),
        };
        transaction.replace(Conflict::EmailLimit, item, condition)
    }
}
