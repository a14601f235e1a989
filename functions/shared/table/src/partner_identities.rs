//! Identities at sign-in partners (RULES 4.2 to 4.8).
//!
//! An identity belongs to one account, and an account has one identity at each partner. Both directions are items: see
//! `identity_items.rs`.

use std::collections::HashMap;

use domain::{
    Timestamp,
    account::Account,
    device::Device,
    email::EmailAddress,
    factors::{ChangeProof, Factors},
    form::GuessId,
    id::AccountId,
    keys::IdentityKey,
    language::Language,
    partner::{Assertion, PartnerId, PendingIdentity},
    secret::{HashedSecret, kind},
    session::Session,
};

use crate::{
    AccountEmail, LimitedNotice, NewSession, NoticeLimit, Table,
    accounts::{NewAccount, change, state, unchanged},
    audit::{AuditEvent, AuditSubject},
    current_sessions::check_session,
    deliveries::DeliverabilityItem,
    devices,
    error::{Conflict, Unavailable, WriteError},
    factors::check_factors,
    generations::check_unmoved,
    identity_items::{IdentityItem, read_all},
    item, key,
    linked_account::{LinkedAccount, check_owner},
    notices::DailyLimit,
    sessions::begin_session,
};

/// The identity of an account at a partner.
#[derive(Clone, Debug)]
pub struct PartnerIdentity {
    /// The partner that asserts it.
    pub partner: PartnerId,
    /// The keyed hash of issuer and subject, by which its owner is stored.
    pub identity: IdentityKey,
    /// When the account was linked to it.
    pub linked_at: Timestamp,
    /// Whether a reset asks about it.
    pub in_review: bool,
}

/// A sign-in that a partner asserted.
#[derive(Debug)]
pub struct PartnerSignIn<'a> {
    /// The account that owns the identity.
    pub linked: &'a LinkedAccount,
    /// The session that begins.
    pub session: &'a NewSession,
    /// The email about a new browser, if the account doesn't know it.
    pub notice: Option<&'a LimitedNotice>,
    /// The email about a closed account that the sign-in opens again.
    pub reopened: Option<&'a AccountEmail>,
}

/// The linking of a partner to an account.
#[derive(Debug)]
pub struct PartnerLink<'a> {
    /// The identity that the partner asserted.
    pub pending_identity: &'a PendingIdentity,
    /// What the resident proved for the change.
    pub change_proof: ChangeProof,
    /// The factors of the account, on which that was decided.
    pub factors: &'a Factors,
}

/// An account without a password, created from a pending identity.
#[derive(Debug)]
pub struct NewPartnerAccount<'a> {
    /// The identity, whose address is proven.
    pub pending_identity: &'a PendingIdentity,
    /// The address that was proven.
    pub email: &'a EmailAddress,
    /// The form with the code that proved it.
    pub form: Option<&'a GuessId>,
    /// The language of emails to the resident.
    pub language: Language,
    /// The session that begins.
    pub session: &'a NewSession,
}

impl Table {
    /// Finds the account that owns an identity.
    ///
    /// Calls `BatchGetItem` for the identity, `GetItem` for the account's place and the account, and `BatchGetItem` for
    /// the browser and the notices about new ones.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn find_linked_account(
        &self,
        assertion: &Assertion,
        device: &HashedSecret<kind::Device>,
        now: Timestamp,
    ) -> Result<Option<LinkedAccount>, Unavailable> {
        let Assertion { identity, authenticated_at } = assertion;
        let keys = self.data()?.identity_keys(&identity.issuer, &identity.subject);
        let identities: Vec<_> = keys.iter().map(key::identity).collect();
        let mut found = self.get_all_following(&identities, &identities, now).await?;
        for identity in keys {
            let item: Option<IdentityItem> = item::read(found.remove(&key::identity(&identity)), now)?;
            let Some(item) = item else { continue };
            let Some(account) = self.account_by_id(item.account, now).await? else {
                self.release_identity(&identity, item.account).await?;
                continue;
            };
            let place = &account.details().place;
            let (device, notices) = (key::device(place, device), key::notice_limit(place));
            let places = self.data()?.email_keys(&account.details().email);
            let delivery: Vec<_> = places.iter().map(key::deliverability).collect();
            let mut found = self.get_all(&[&[device.clone(), notices.clone()], &*delivery].concat()).await?;
            let known = delivery.iter().filter_map(|key| found.remove(key)).collect::<Vec<_>>();
            let device_status = devices::status(found.remove(&device), account.details(), now)?;
            let notice_limit = NoticeLimit::read(found.remove(&notices), now)?;
            let proof = item.proof(*authenticated_at, now);
            let missing = match item.asserted {
                Some(_) => None,
                None => Some(self.sealed_identity(item.account, &assertion.identity)?),
            };
            let is_in_review = item.in_review;
            return Ok(Some(LinkedAccount {
                identity,
                account,
                device_status,
                proof,
                is_in_review,
                missing,
                notice_limit,
                deliverability: DeliverabilityItem::together(known, now)?,
            }));
        }
        Ok(None)
    }

    /// The identities of an account, at most one for each partner (`Query`).
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn partner_identities(
        &self,
        account: AccountId,
        now: Timestamp,
    ) -> Result<Vec<PartnerIdentity>, Unavailable> {
        read_all(self.query(&key::account_partition(account), key::PARTNER_PREFIX).await?, now)
    }

    /// The identities of an account at these partners (`BatchGetItem`).
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn identities_at(
        &self,
        account: AccountId,
        partners: &[&PartnerId],
        now: Timestamp,
    ) -> Result<Vec<PartnerIdentity>, Unavailable> {
        let keys: Vec<_> = partners.iter().map(|partner| key::partner_identity(account, partner)).collect();
        let found = if keys.is_empty() { HashMap::new() } else { self.get_all(&keys).await? };
        read_all(found.into_values().collect(), now)
    }

    /// Signs in with an identity at a partner: begins the session (`TransactWriteItems`).
    ///
    /// # Errors
    /// - [`Conflict::Identity`] when the account no longer owns the identity, or its review began or ended meanwhile.
    /// - [`Conflict::Account`] when a closed account changed since it was read.
    /// - [`Conflict::Generation`] when the sessions of the account were ended, or it was moved.
    /// - [`Conflict::Device`] when the account learned the browser meanwhile.
    /// - [`Conflict::Interaction`] when the interaction expired.
    /// - [`Conflict::NoticeLimit`] when the account was notified of another browser meanwhile.
    pub async fn sign_in_with_partner(&self, sign_in: &PartnerSignIn<'_>) -> Result<(), WriteError> {
        let (details, session) = (sign_in.linked.account.details(), &sign_in.session.session);
        let event =
            if sign_in.notice.is_some() { AuditEvent::SignedInOnNewDevice } else { AuditEvent::NewSession };
        let (subject, emails) =
            (AuditSubject::Account(details.id), sign_in.notice.map(|notice| &notice.email));
        let audit = self.audit_notified(subject, event, emails, &session.device, session.began_at);
        let transaction = check_owner(self.write_transaction(), sign_in.linked);
        let transaction = match sign_in.reopened {
            Some(notice) => {
                let opened = unchanged(state(&sign_in.linked.account), details)
                    .instead("SET #revision = #revision + :one REMOVE #ttl")
                    .names(&["ttl"])
                    .value("one", item::number(1));
                let (account, device) = (&sign_in.linked.account, &session.device);
                let transaction = change(transaction, details, opened);
                self.with_reopened(transaction, account, notice, device, session.began_at)
            }
            None => check_unmoved(transaction, details, session.generation),
        };
        let transaction = transaction.put(Conflict::Audit, audit);
        let transaction = begin_session(transaction, &details.place, sign_in.session);
        match sign_in.notice {
            Some(notice) => self.with_limited_notice(transaction, &details.place, notice),
            None => transaction,
        }
        .commit()
        .await
    }

    /// Creates an account without a password, linked to an identity, and begins its session (`TransactWriteItems`,
    /// RULES 4.3).
    ///
    /// # Errors
    /// - [`Conflict::EmailTaken`] when the address has an account, or is reserved for one.
    /// - [`Conflict::PendingIdentity`] when the pending identity changed or ended since it was read.
    /// - [`Conflict::Identity`] when an account owns the identity.
    /// - [`Conflict::Device`] when the account knows the browser already.
    /// - [`Conflict::Interaction`] when the interaction expired.
    pub async fn create_account_with_partner(&self, new: &NewPartnerAccount<'_>) -> Result<(), WriteError> {
        let (session, now) = (&new.session.session, new.session.session.began_at);
        let transaction = self.with_new_account(
            self.write_transaction(),
            &NewAccount {
                id: session.account,
                email: new.email,
                password: None,
                language: new.language,
                device: &session.device,
                device_generation: new.session.device.generation,
                at: now,
            },
        )?;
        let transaction = self.with_pending_identity_ended(transaction, new.pending_identity, new.form, now);
        let transaction =
            self.with_identity(transaction, new.pending_identity, session.account, false, now)?;
        begin_session(transaction, &self.data()?.email_key(new.email), new.session).commit().await
    }

    /// Links a pending identity to the signed-in account, and queues the email about it (`TransactWriteItems`, RULES
    /// 4.4).
    ///
    /// It increments the account's revision, so that a dispute or reset in progress reads the new identity (RULES 3.10).
    ///
    /// # Errors
    /// - [`Conflict::Session`] when the session ended or was renewed meanwhile.
    /// - [`Conflict::Generation`] when it was ended together with others.
    /// - [`Conflict::Account`] when the account changed since it was read.
    /// - [`Conflict::Factors`] when the factors changed since they were read.
    /// - [`Conflict::PendingIdentity`] when the pending identity changed or ended since it was read.
    /// - [`Conflict::Identity`] when an account owns the identity.
    /// - [`Conflict::PartnerIdentity`] when the account has an identity at the partner.
    /// - [`Conflict::DailyLimit`] when the account was changed often enough today.
    pub async fn link_partner(
        &self,
        link: &PartnerLink<'_>,
        session: &Session,
        account: &Account,
        notice: &AccountEmail,
        device: &Device,
        now: Timestamp,
    ) -> Result<(), WriteError> {
        let subject = AuditSubject::Account(session.account);
        let audit = self.audit_notified(subject, AuditEvent::PartnerLinked, [notice], device, now);
        let changed = unchanged(state(account), account.details())
            .instead("SET #revision = #revision + :one")
            .value("one", item::number(1));
        let transaction = check_session(self.write_transaction(), session);
        let transaction = check_factors(change(transaction, account.details(), changed), link.factors);
        let transaction = self.with_pending_identity_ended(transaction, link.pending_identity, None, now);
        let by_mailbox = link.change_proof == ChangeProof::SharedRoot;
        let transaction =
            self.with_identity(transaction, link.pending_identity, session.account, by_mailbox, now)?;
        let transaction =
            DailyLimit::Changes.count(transaction.put(Conflict::Audit, audit), session.account, now);
        self.with_account_email(transaction, notice).commit().await
    }
}
