//! Identities at sign-in partners: each belongs to one account, and an account has one at a partner (RULES 4.2 to 4.8).

use domain::{
    Timestamp,
    account::Account,
    device::Device,
    email::EmailAddress,
    id::{AccountId, LinkId},
    keys::IdentityKey,
    language::Language,
    link::PartnerRemoval,
    partner::{Identity, PartnerId, PendingIdentity},
    secret::{HashedSecret, kind},
    session::Session,
};
use serde::{Deserialize, Serialize};

use crate::{
    AccountEmail, DeviceStatus, NewSession, Table,
    accounts::{NewAccount, change, state, unchanged},
    audit::{AuditEvent, AuditSubject},
    devices,
    error::{Conflict, Unavailable, WriteError},
    item::{self, Kind, epoch},
    key,
    links::spend,
    sessions::{begin_session, same_generation},
    write_transaction::{Expression, WriteTransaction},
};

#[derive(Serialize, Deserialize)]
struct IdentityItem {
    account: AccountId,
    partner: PartnerId,
    #[serde(with = "epoch")]
    linked_at: Timestamp,
}

impl Kind for IdentityItem {
    const NAME: &'static str = "identity";
}

/// The account's side of it.
#[derive(Serialize, Deserialize)]
struct PartnerLinkItem {
    identity: IdentityKey,
    #[serde(with = "epoch")]
    linked_at: Timestamp,
}

impl Kind for PartnerLinkItem {
    const NAME: &'static str = "partner_link";
}

/// An account's identity at a partner.
#[derive(Clone, Debug)]
pub struct PartnerIdentity {
    /// The partner.
    pub partner: PartnerId,
    /// Where the identity is.
    pub identity: IdentityKey,
    /// Since when it is the account's.
    pub linked_at: Timestamp,
}

/// An account that an identity belongs to.
#[derive(Debug)]
pub struct Linked {
    /// Where the identity is.
    pub identity: IdentityKey,
    /// The account.
    pub account: Account,
    /// Whether it knows the browser.
    pub known: DeviceStatus,
}

/// A sign-in by a partner.
#[derive(Debug)]
pub struct PartnerSignIn<'a> {
    /// Whose, and by which identity.
    pub linked: &'a Linked,
    /// The session it begins.
    pub session: &'a NewSession,
    /// The email that tells of a new browser, if it is one.
    pub notice: Option<&'a AccountEmail>,
}

/// An account that is made by a partner and an address that was proven.
#[derive(Debug)]
pub struct PartnerAccount<'a> {
    /// Who arrived.
    pub pending_identity: &'a PendingIdentity,
    /// Their address.
    pub email: &'a EmailAddress,
    /// In which language they are written to.
    pub language: Language,
    /// The session it begins.
    pub session: &'a NewSession,
}

impl Table {
    /// Whom an identity belongs to, and whether the account knows this browser.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn find_linked_account(
        &self,
        identity: &Identity,
        device: &HashedSecret<kind::Device>,
        now: Timestamp,
    ) -> Result<Option<Linked>, Unavailable> {
        let keys = self.keys.identity_keys(&identity.issuer, &identity.subject);
        let mut found = self.get_all(&keys.iter().map(key::identity).collect::<Vec<_>>()).await?;
        for identity in keys {
            let item: Option<IdentityItem> = item::read(found.remove(&key::identity(&identity)), now)?;
            let Some(item) = item else { continue };
            let Some(account) = self.account_of(item.account, now).await? else { continue };
            let device = self.get(&key::device(&account.details().place, device)).await?;
            return Ok(Some(Linked { identity, account, known: devices::read(device, now)? }));
        }
        Ok(None)
    }

    /// The account's identities at partners.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn partner_identities(
        &self,
        account: AccountId,
        now: Timestamp,
    ) -> Result<Vec<PartnerIdentity>, Unavailable> {
        let mut links = Vec::new();
        for found in self.query(&key::account_partition(account), key::PARTNER_PREFIX).await? {
            let partner =
                item::key_of(&found).and_then(|key| key.sk.strip_prefix(key::PARTNER_PREFIX)?.parse().ok());
            let item: Option<PartnerLinkItem> = item::read(Some(found), now)?;
            links.extend(partner.zip(item).map(|(partner, item)| PartnerIdentity {
                partner,
                identity: item.identity,
                linked_at: item.linked_at,
            }));
        }
        Ok(links)
    }

    /// Begins a session, if the identity is still the account's.
    ///
    /// # Errors
    /// [`Conflict::Identity`] when it isn't, [`Conflict::Account`] when all sessions were ended meanwhile,
    /// [`Conflict::Device`] when the browser became known, [`Conflict::Interaction`] when that is over.
    pub async fn sign_in_with_partner(&self, sign_in: &PartnerSignIn<'_>) -> Result<(), WriteError> {
        let (details, session) = (sign_in.linked.account.details(), &sign_in.session.session);
        let event =
            if sign_in.notice.is_some() { AuditEvent::SignedInOnNewDevice } else { AuditEvent::NewSession };
        let audit = self.audit(AuditSubject::Account(details.id), event, &session.device, session.began_at);
        let transaction = still_linked(self.write_transaction(), &sign_in.linked.identity, details.id);
        let transaction = same_generation(transaction, session).put(Conflict::Audit, audit);
        let transaction = begin_session(transaction, &details.place, sign_in.session);
        match sign_in.notice {
            Some(notice) => self.with_account_email(transaction, notice),
            None => transaction,
        }
        .commit()
        .await
    }

    /// Makes an account of an address that was proven, without a password, linked to the identity, and begins a session
    /// (RULES 4.3).
    ///
    /// # Errors
    /// [`Conflict::Account`] when the email is taken by now, [`Conflict::Identity`] when that belongs to an account,
    /// [`Conflict::PendingIdentity`] when it has come to its end, [`Conflict::Interaction`] when that is over.
    pub async fn create_account_with_partner(&self, made: &PartnerAccount<'_>) -> Result<(), WriteError> {
        let (session, now) = (&made.session.session, made.session.session.began_at);
        let transaction = self.with_new_account(
            self.write_transaction(),
            &NewAccount {
                id: session.account,
                email: made.email,
                password: None,
                language: made.language,
                device: &session.device,
                at: now,
            },
        );
        let transaction = self.end_arrival(transaction, made.pending_identity, now);
        let transaction = self.with_identity(transaction, made.pending_identity, session.account, now);
        begin_session(transaction, &self.keys.email_key(made.email), made.session).commit().await
    }

    /// Links the identity that arrived to the account that is signed in; told by email (RULES 4.4). The account counts it
    /// as a change, so that who objects meanwhile sees it (RULES 3.10).
    ///
    /// # Errors
    /// [`Conflict::Identity`] when it belongs to an account, [`Conflict::PartnerIdentity`] when the account has another one at the
    /// partner, [`Conflict::PendingIdentity`] when that has come to its end, [`Conflict::Account`] when it has changed or the
    /// session ended.
    pub async fn link_partner(
        &self,
        pending_identity: &PendingIdentity,
        session: &Session,
        account: &Account,
        notice: &AccountEmail,
        device: &Device,
        now: Timestamp,
    ) -> Result<(), WriteError> {
        let audit =
            self.audit(AuditSubject::Account(session.account), AuditEvent::PartnerLinked, device, now);
        let changed = unchanged(state(account), account.details())
            .instead("SET #revision = #revision + :one")
            .value("one", item::number(1));
        let transaction =
            change(same_generation(self.write_transaction(), session), account.details(), changed);
        let transaction = self.end_arrival(transaction, pending_identity, now);
        let transaction = self
            .with_identity(transaction, pending_identity, session.account, now)
            .put(Conflict::Audit, audit);
        self.with_account_email(transaction, notice).commit().await
    }

    /// Unlinks an identity from an account that has a password to come in by; told by email (RULES 4.8).
    ///
    /// # Errors
    /// [`Conflict::Account`] when that has changed, [`Conflict::Identity`] when it is gone.
    pub async fn unlink_partner(
        &self,
        account: &Account,
        link: &PartnerIdentity,
        notice: &AccountEmail,
        device: &Device,
        now: Timestamp,
    ) -> Result<(), WriteError> {
        let id = account.details().id;
        let audit = self.audit(AuditSubject::Account(id), AuditEvent::PartnerUnlinked, device, now);
        let transaction = with_password(self.write_transaction(), account);
        let transaction = unlink(transaction, id, link).put(Conflict::Audit, audit);
        self.with_account_email(transaction, notice).commit().await
    }

    /// Unlinks all of these by a link that was sent to the account's address, which is spent by it (RULES 4.8).
    ///
    /// # Errors
    /// [`Conflict::Link`] when it is spent or ran out by now; else as [`Table::unlink_partner`].
    pub async fn remove_partners(
        &self,
        link: LinkId,
        account: &Account,
        links: &[PartnerIdentity],
        notice: &AccountEmail,
        device: &Device,
        now: Timestamp,
    ) -> Result<(), WriteError> {
        let id = account.details().id;
        let transaction = spend::<PartnerRemoval>(self.write_transaction(), link, now);
        let transaction = with_password(transaction, account);
        let transaction = links.iter().fold(transaction, |transaction, own| unlink(transaction, id, own));
        let audit = self.audit(AuditSubject::Account(id), AuditEvent::PartnerUnlinked, device, now);
        self.with_account_email(transaction.put(Conflict::Audit, audit), notice).commit().await
    }

    /// Writes that the identity is the account's, on both sides.
    fn with_identity<'a>(
        &self,
        transaction: WriteTransaction<'a>,
        pending_identity: &PendingIdentity,
        account: AccountId,
        now: Timestamp,
    ) -> WriteTransaction<'a> {
        let Identity { issuer, subject } = &pending_identity.identity;
        let identity = self.keys.identity_key(issuer, subject);
        let others = self.keys.identity_keys(issuer, subject).into_iter().filter(|key| *key != identity);
        let content = IdentityItem { account, partner: pending_identity.partner.clone(), linked_at: now };
        let transaction =
            transaction.put(Conflict::Identity, item::write(&key::identity(&identity), &content, None));
        let transaction =
            transaction.unless_there(Conflict::Identity, others.map(|other| key::identity(&other)));
        let link_key = key::partner_link(account, &pending_identity.partner);
        transaction.put(
            Conflict::PartnerIdentity,
            item::write(&link_key, &PartnerLinkItem { identity, linked_at: now }, None),
        )
    }
}

/// The account is as it was read, and has a password to come in by.
fn with_password<'a>(transaction: WriteTransaction<'a>, account: &Account) -> WriteTransaction<'a> {
    let same = unchanged(state(account), account.details())
        .instead("#state = :state AND #revision = :revision AND attribute_exists(#password)")
        .names(&["password"]);
    transaction.check(Conflict::Account, &key::account(&account.details().place), same)
}

fn is_of(account: AccountId) -> Expression {
    Expression::new("#account = :account").names(&["account"]).value("account", item::text(account))
}

fn still_linked<'a>(
    transaction: WriteTransaction<'a>,
    identity: &IdentityKey,
    account: AccountId,
) -> WriteTransaction<'a> {
    transaction.check(Conflict::Identity, &key::identity(identity), is_of(account))
}

/// Removes an identity from its account, on both sides.
pub(crate) fn unlink<'a>(
    transaction: WriteTransaction<'a>,
    account: AccountId,
    link: &PartnerIdentity,
) -> WriteTransaction<'a> {
    transaction
        .delete(Conflict::Identity, &key::identity(&link.identity), is_of(account))
        .forget(Conflict::PartnerIdentity, &key::partner_link(account, &link.partner))
}
