//! Password sign-in: the view that it is decided on, and the write of its success (RULES 3.1, 3.3).

use domain::{
    Timestamp,
    account::{AcceptingAccount, Account},
    delivery::Deliverability,
    device::AddressBlock,
    email::EmailAddress,
    hashing::PasswordHash,
    id::InteractionId,
    interaction::Interaction,
    keys::EmailKey,
    secret::{HashedSecret, kind},
};

use crate::{
    AccountEmail, AttemptCounter, CountedAttempts, DeviceStatus, LimitedAction, LimitedNotice, NewSession,
    NoticeLimit, RateLimit, RateSlot, Table,
    accounts::{change, state, unchanged},
    audit::{AuditEvent, AuditSubject},
    deliveries::DeliverabilityItem,
    devices,
    error::{Conflict, Unavailable, WriteError},
    item, key,
    limits::return_slot,
    sessions::begin_session_in_device,
    write_transaction::Expression,
};

/// Everything that a password sign-in is decided on.
#[derive(Debug)]
pub struct SignInView {
    /// The place of the account, or the one that an account of this address would have.
    pub place: EmailKey,
    /// The account of the address.
    pub account: Option<Account>,
    /// Whether the account's password hash is encrypted with a previous key.
    pub is_wrapped_by_older_key: bool,
    /// The attempts: those of the browser if the account knows it, else those of the address, with or without an account.
    pub attempts: CountedAttempts,
    /// Whether the account knows the browser.
    pub device_status: DeviceStatus,
    /// The notices about new browsers that the account was sent.
    pub notice_limit: NoticeLimit,
    /// Whether the address receives emails.
    pub deliverability: Deliverability,
    /// The counters of the source for [`LimitedAction::Tries`].
    pub rate_limit: RateLimit,
    /// The interaction of the query. It may belong to another browser.
    pub interaction: Option<Interaction>,
}

/// Which sign-in a view is for.
#[derive(Clone, Debug)]
pub struct SignInQuery<'a> {
    /// The address that was entered.
    pub email: &'a EmailAddress,
    /// The source of the request.
    pub block: AddressBlock,
    /// The hash of the browser's device cookie.
    pub device: &'a HashedSecret<kind::Device>,
    /// The interaction that the sign-in is part of.
    pub interaction: Option<InteractionId>,
}

/// A sign-in whose password was right.
#[derive(Debug)]
pub struct SignIn<'a> {
    /// The account as it was when the password was compared.
    pub account: AcceptingAccount<'a>,
    /// Where the attempt was reserved.
    pub counter: &'a AttemptCounter,
    /// The slot that was taken for the attempt, which is returned.
    pub source: Option<&'a RateSlot>,
    /// The email about a new browser, if the account doesn't know it.
    pub notice: Option<LimitedNotice>,
    /// The session that begins.
    pub session: &'a NewSession,
    /// The email about a closed account that the sign-in opens again.
    pub reopened: Option<&'a AccountEmail>,
    /// The password's new hash, when its parameters or its encryption key are out of date.
    pub rehashed: Option<&'a PasswordHash>,
}

impl Table {
    /// Reads everything that a password sign-in is decided on (`BatchGetItem`).
    ///
    /// The keys are as many for an address without an account.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn view_sign_in(
        &self,
        query: &SignInQuery<'_>,
        now: Timestamp,
    ) -> Result<SignInView, Unavailable> {
        let places = self.data()?.email_keys(query.email);
        let keys_at = |place| {
            [
                key::account(place),
                key::attempts(place),
                key::device(place, query.device),
                key::notice_limit(place),
                key::deliverability(place),
            ]
        };
        let mut keys: Vec<_> = places.iter().flat_map(keys_at).collect();
        keys.extend(query.interaction.map(key::interaction));
        let rate_limit = self.rate_limit(query.block, LimitedAction::Tries, now)?;
        keys.extend_from_slice(rate_limit.keys());
        let accounts: Vec<_> = places.iter().map(key::account).collect();
        let mut found = self.get_all_following(&accounts, &keys, now).await?;
        let interaction = query.interaction.and_then(|id| found.remove(&key::interaction(id)));
        let mut account = None;
        for place in &places {
            if let Some(found) = self.read_account(found.remove(&key::account(place)), now)? {
                account = Some((place.clone(), found));
                break;
            }
        }
        let place = match &account {
            Some((place, _)) => place.clone(),
            None => self.data()?.email_key(query.email),
        };
        let (mut device_status, mut attempts) = (DeviceStatus::Unknown, None);
        if let Some((_, account)) = &account {
            let (details, device) = (account.details(), found.remove(&key::device(&place, query.device)));
            device_status = devices::status(device.clone(), details, now)?;
            attempts = AttemptCounter::known_browser(details, query.device).read(device, now)?;
        }
        let attempts = match attempts {
            Some(attempts) => attempts,
            None => AttemptCounter::read_unknown(place.clone(), found.remove(&key::attempts(&place)), now)?,
        };
        let notices = found.remove(&key::notice_limit(&place)).filter(|_| account.is_some());
        let deliverability = places.iter().filter_map(|place| found.remove(&key::deliverability(place)));
        let deliverability = DeliverabilityItem::together(deliverability.collect::<Vec<_>>(), now)?;
        let account = account.map(|(_, account)| account);
        let wrapped = account.as_ref().and_then(|account| account.details().password.as_ref());
        let is_wrapped_by_older_key = match wrapped {
            Some(wrapped) => self.password_keys()?.is_stale(wrapped),
            None => false,
        };
        Ok(SignInView {
            place,
            account,
            is_wrapped_by_older_key,
            attempts,
            device_status,
            notice_limit: NoticeLimit::read(notices, now)?,
            deliverability,
            rate_limit: rate_limit.with_counts(&found),
            interaction: self.read_interaction(interaction, now)?,
        })
    }

    /// Signs in: begins the session, clears the attempts and returns the source's slot (`TransactWriteItems`). Another sign-in
    /// may have cleared them before.
    ///
    /// # Errors
    /// - [`Conflict::Account`] when the account changed or was locked since its password was compared.
    /// - [`Conflict::Generation`] when the sessions of a closed account were ended meanwhile.
    /// - [`Conflict::RateSlot`] when the counter of the slot is gone.
    /// - [`Conflict::Device`] when the account learned the browser meanwhile.
    /// - [`Conflict::Interaction`] when the interaction expired.
    /// - [`Conflict::NoticeLimit`] when the account was notified of another browser meanwhile.
    pub async fn sign_in(&self, sign_in: &SignIn<'_>) -> Result<(), WriteError> {
        let (account, session) = (sign_in.account.account(), &sign_in.session.session);
        let details = account.details();
        let transaction = match self.changed_by(sign_in)? {
            None => self.write_transaction().check(
                Conflict::Account,
                &key::account(&details.place),
                unchanged(state(account), details),
            ),
            Some(changed) => change(self.write_transaction(), details, changed),
        };
        let transaction = match sign_in.reopened {
            Some(notice) => {
                self.with_reopened(transaction, account, notice, &session.device, session.began_at)
            }
            None => transaction,
        };
        let event =
            if sign_in.notice.is_some() { AuditEvent::SignedInOnNewDevice } else { AuditEvent::NewSession };
        let (subject, notice) = (AuditSubject::Account(details.id), sign_in.notice.as_ref());
        let emails = notice.map(|notice| &notice.email);
        let audit = self.audit_notified(subject, event, emails, &session.device, session.began_at);
        let transaction = transaction.put(Conflict::Audit, audit);
        let transaction = match sign_in.source {
            Some(source) => return_slot(transaction, source, session.began_at),
            None => transaction,
        };
        let (device, now) = (&sign_in.session.device, session.began_at);
        let transaction = match sign_in.counter {
            AttemptCounter::KnownBrowser { place, .. } => devices::succeed(transaction, place, device, now),
            AttemptCounter::UnknownBrowsers(place) => {
                devices::remember(transaction.delete_any(&key::attempts(place)), place, device, now)
            }
        };
        let transaction = begin_session_in_device(transaction, sign_in.session);
        let transaction = match &sign_in.notice {
            Some(notice) => self.with_limited_notice(transaction, &details.place, notice),
            None => transaction,
        };
        transaction.commit().await
    }

    /// What a sign-in changes in the account's item.
    fn changed_by(&self, sign_in: &SignIn<'_>) -> Result<Option<Expression>, Unavailable> {
        let (account, details) = (sign_in.account.account(), sign_in.account.details());
        let update = match (sign_in.rehashed, sign_in.reopened) {
            (None, None) => return Ok(None),
            (Some(_), None) => "SET #revision = #revision + :one, #password = :password",
            (None, Some(_)) => "SET #revision = #revision + :one REMOVE #ttl",
            (Some(_), Some(_)) => "SET #revision = #revision + :one, #password = :password REMOVE #ttl",
        };
        let changed = unchanged(state(account), details).instead(update).value("one", item::number(1));
        let changed = match sign_in.rehashed {
            Some(hash) => {
                let password = self.wrap_password(&details.id.to_string(), hash)?;
                changed.names(&["password"]).value("password", item::text(password.as_str()))
            }
            None => changed,
        };
        Ok(Some(if sign_in.reopened.is_some() { changed.names(&["ttl"]) } else { changed }))
    }
}
