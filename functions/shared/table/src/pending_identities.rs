//! Pending identities: what a partner asserted about a resident who has no account with that identity yet (RULES 4.2,
//! 4.3).
//!
//! A pending identity belongs to one browser, whose secret is in its key. Before it becomes an account, the resident
//! proves an email address by a code. It is one item with a revision: a write replaces the whole item, if the revision
//! is the one that was read. The stored kind and key still have the old name `arrival`.

use domain::{
    Timestamp,
    email::EmailAddress,
    form::{GuessId, GuessState},
    keys::Sealed,
    partner::{AccountForm, AddressCode, ClaimedEmail, Identity, PartnerId, PendingIdentity},
    secret::{HashedSecret, kind},
};
use serde::{Deserialize, Serialize};

use crate::{
    OutboxMessage, RateSlot, Table, TakenEmail,
    error::{Conflict, Unavailable, WriteError},
    guess_forms,
    item::{self, Attributes, Kind, epoch, epoch_option},
    key,
    limits::{return_slot, take_slot},
    write_transaction::{Expression, WriteTransaction},
};

#[derive(Serialize, Deserialize)]
struct PendingIdentityItem {
    partner: PartnerId,
    /// Issuer and subject, as JSON.
    identity: Sealed,
    /// The address to prove, with the keyed hash of the code that was sent to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    email: Option<Sealed>,
    #[serde(default, skip_serializing_if = "Option::is_none", rename = "proof")]
    code_mac: Option<String>,
    #[serde(with = "epoch_option", default, skip_serializing_if = "Option::is_none")]
    sent_at: Option<Timestamp>,
    /// The codes that were sent to the same address before, and work beside it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    earlier: Vec<CodeItem>,
    #[serde(default)]
    tries: u32,
    #[serde(default)]
    is_proven: bool,
    /// The previous version does not write it.
    #[serde(with = "epoch_option", default, skip_serializing_if = "Option::is_none")]
    proven_at: Option<Timestamp>,
    #[serde(with = "epoch_option", default, skip_serializing_if = "Option::is_none")]
    authenticated_at: Option<Timestamp>,
    #[serde(with = "epoch")]
    #[serde(rename = "came_at")]
    arrived_at: Timestamp,
    #[serde(with = "epoch_option", default, skip_serializing_if = "Option::is_none")]
    ended_at: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ended_by: Option<String>,
    revision: u64,
}

#[derive(Serialize, Deserialize)]
struct CodeItem {
    #[serde(rename = "proof")]
    code_mac: String,
    #[serde(with = "epoch")]
    sent_at: Timestamp,
}

impl Kind for PendingIdentityItem {
    const NAME: &'static str = "arrival";
}

impl Table {
    /// Stores a new pending identity (`PutItem`).
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn put_pending_identity(&self, pending_identity: &PendingIdentity) -> Result<(), Unavailable> {
        // Without a condition: the secret is random.
        self.put(self.pending_identity_item(pending_identity)?).await
    }

    /// The pending identity of the browser that has this secret (`GetItem`).
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn pending_identity(
        &self,
        secret: &HashedSecret<kind::PendingIdentity>,
        now: Timestamp,
    ) -> Result<Option<PendingIdentity>, Unavailable> {
        let found: Option<PendingIdentityItem> =
            item::read(self.get(&key::pending_identity(secret)).await?, now)?;
        let Some(item) = found else { return Ok(None) };
        let unreadable = || Unavailable::unreadable(PendingIdentityItem::NAME);
        let owner = secret.as_str();
        let identity: Identity =
            serde_json::from_str(&self.open(owner, &item.identity)?).map_err(|_| unreadable())?;
        let ended_by = item.ended_by.zip(item.proven_at);
        let ended_by =
            ended_by.map(|(form, proven_at)| AccountForm { form: GuessId::stored(form), proven_at });
        let claimed = match (item.email, item.code_mac, item.sent_at) {
            (Some(email), Some(code_mac), Some(sent_at)) => {
                let email: EmailAddress = self.open(owner, &email)?.parse().map_err(|_| unreadable())?;
                let earlier = item.earlier.into_iter();
                let earlier =
                    earlier.map(|code| AddressCode { code_mac: code.code_mac, sent_at: code.sent_at });
                let codes = [AddressCode { code_mac, sent_at }].into_iter().chain(earlier).collect();
                // Of an unknown time, but not before the code was sent.
                let proven_at = item.is_proven.then_some(item.proven_at.unwrap_or(sent_at));
                Some(ClaimedEmail { email, codes, tries: item.tries, proven_at })
            }
            _ => None,
        };
        Ok(Some(PendingIdentity {
            secret: secret.clone(),
            partner: item.partner,
            identity,
            authenticated_at: item.authenticated_at,
            claimed,
            arrived_at: item.arrived_at,
            ended_at: item.ended_at,
            ended_by,
            revision: item.revision,
        }))
    }

    /// Stores the code for an address, and queues the email with it (`TransactWriteItems`).
    ///
    /// # Errors
    /// - [`Conflict::PendingIdentity`] when the pending identity changed since it was read.
    /// - [`Conflict::EmailLimit`] when the address was sent another email meanwhile.
    /// - [`Conflict::RateLimit`] when the counter of the source is full.
    pub async fn send_address_code(
        &self,
        after: &PendingIdentity,
        taken: &TakenEmail,
        source: Option<&RateSlot>,
        message: &OutboxMessage,
    ) -> Result<(), WriteError> {
        let transaction = self.with_pending_identity(self.write_transaction(), after);
        let transaction = match source {
            Some(slot) => take_slot(transaction, slot, Conflict::RateLimit),
            None => transaction,
        };
        self.with_email_taken(transaction, taken).put(Conflict::Outbox, self.message(message)).commit().await
    }

    /// Takes a try of the code, and the slot of its source (`TransactWriteItems`).
    ///
    /// Only after this call may the code be compared.
    ///
    /// # Errors
    /// - [`Conflict::PendingIdentity`] when the pending identity changed since it was read.
    /// - [`Conflict::Guess`] when the guess was made before.
    /// - [`Conflict::RateLimit`] when the counter of the source is full.
    pub async fn try_address_code(
        &self,
        after: &PendingIdentity,
        guess_id: Option<&GuessId>,
        source: &RateSlot,
        now: Timestamp,
    ) -> Result<(), WriteError> {
        let transaction = self.with_pending_identity(self.write_transaction(), after);
        take_slot(guess_forms::begin(transaction, guess_id, now), source, Conflict::RateLimit).commit().await
    }

    /// What became of a guess (`GetItem`).
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn guess_state(&self, guess_id: &GuessId, now: Timestamp) -> Result<GuessState, Unavailable> {
        guess_forms::read(self.get(&key::guess(guess_id)).await?, now)
    }

    /// Records that a guess at the code was wrong (`TransactWriteItems`).
    ///
    /// # Errors
    /// [`Conflict::Guess`] when its record is gone.
    pub async fn fail_address_code(&self, guess_id: &GuessId) -> Result<(), WriteError> {
        guess_forms::fail(self.write_transaction(), Some(guess_id)).commit().await
    }

    /// Records that the code was right, and returns the source's slot (`TransactWriteItems`).
    ///
    /// # Errors
    /// - [`Conflict::PendingIdentity`] when the pending identity changed since it was read.
    /// - [`Conflict::RateSlot`] when the counter of the slot is gone.
    pub async fn prove_address(
        &self,
        after: &PendingIdentity,
        source: &RateSlot,
        at: Timestamp,
    ) -> Result<(), WriteError> {
        return_slot(self.with_pending_identity(self.write_transaction(), after), source, at).commit().await
    }

    /// Ends a pending identity that an account owns from now on, which this form made, if a form with a code did. [`Conflict::PendingIdentity`] when it changed.
    pub(crate) fn with_pending_identity_ended<'a>(
        &self,
        transaction: WriteTransaction<'a>,
        pending_identity: &PendingIdentity,
        form: Option<&GuessId>,
        now: Timestamp,
    ) -> WriteTransaction<'a> {
        self.with_pending_identity(transaction, &pending_identity.ended(form, now))
    }

    /// Replaces a pending identity by what follows from it. [`Conflict::PendingIdentity`] when it changed since it was
    /// read.
    fn with_pending_identity<'a>(
        &self,
        transaction: WriteTransaction<'a>,
        after: &PendingIdentity,
    ) -> WriteTransaction<'a> {
        let unchanged = Expression::new("#revision = :before")
            .names(&["revision"])
            .value("before", item::number(after.revision));
        transaction.replace(Conflict::PendingIdentity, self.pending_identity_item(after), unchanged)
    }

    fn pending_identity_item(&self, pending_identity: &PendingIdentity) -> Result<Attributes, Unavailable> {
        let owner = pending_identity.secret.as_str();
        let identity = serde_json::to_vec(&pending_identity.identity)
            .map_err(|_| Unavailable::unreadable(PendingIdentityItem::NAME))?;
        let claimed = pending_identity.claimed.as_ref();
        let newest = claimed.and_then(|claimed| claimed.codes.first());
        let earlier = claimed.into_iter().flat_map(|claimed| claimed.codes.iter().skip(1));
        let earlier = earlier.map(|code| CodeItem { code_mac: code.code_mac.clone(), sent_at: code.sent_at });
        let ended_by = pending_identity.ended_by.as_ref();
        let proven_at = claimed.and_then(|claimed| claimed.proven_at);
        let content = PendingIdentityItem {
            partner: pending_identity.partner.clone(),
            identity: self.seal(owner, &identity)?,
            email: claimed.map(|claimed| self.seal(owner, claimed.email.as_str().as_bytes())).transpose()?,
            code_mac: newest.map(|code| code.code_mac.clone()),
            sent_at: newest.map(|code| code.sent_at),
            earlier: earlier.collect(),
            tries: claimed.map_or(0, |claimed| claimed.tries),
            is_proven: proven_at.is_some(),
            proven_at: proven_at.or(ended_by.map(|ended_by| ended_by.proven_at)),
            authenticated_at: pending_identity.authenticated_at,
            arrived_at: pending_identity.arrived_at,
            ended_at: pending_identity.ended_at,
            ended_by: ended_by.map(|ended_by| ended_by.form.as_str().to_owned()),
            revision: pending_identity.revision + 1,
        };
        item::write(
            &key::pending_identity(&pending_identity.secret),
            &content,
            Some(pending_identity.ends_at()),
        )
    }
}
