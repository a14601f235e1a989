//! Identities at sign-in partners: each belongs to one account, and an account has one at a partner (RULES 4.2 to 4.8).

use domain::{
    Timestamp,
    account::Account,
    device::Device,
    email::EmailAddress,
    id::{AccountId, LinkId},
    keys::IdentityKey,
    language::Language,
    link::Removal,
    partner::{Arrival, Identity, PartnerId},
    secret::{HashedSecret, kind},
    session::Session,
};
use serde::{Deserialize, Serialize};

use crate::{
    Known, Notice, SignedIn, Table,
    accounts::{NewAccount, change, state, unchanged},
    audit::{About, Event},
    devices,
    error::{Unavailable, WriteError},
    item::{self, Kind, epoch},
    key,
    links::spend,
    sessions::{begin_session, same_generation},
    together::{Expression, Together},
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
pub struct PartnerLink {
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
    pub known: Known,
}

/// A sign-in by a partner.
#[derive(Debug)]
pub struct PartnerSignIn<'a> {
    /// Whose, and by which identity.
    pub linked: &'a Linked,
    /// The session it begins.
    pub session: &'a SignedIn,
    /// The email that tells of a new browser, if it is one.
    pub notice: Option<&'a Notice>,
}

/// An account that is made by a partner and an address that was proven.
#[derive(Debug)]
pub struct PartnerAccount<'a> {
    /// Who arrived.
    pub arrival: &'a Arrival,
    /// Their address.
    pub email: &'a EmailAddress,
    /// In which language they are written to.
    pub language: Language,
    /// The session it begins.
    pub session: &'a SignedIn,
}

impl Table {
    /// Whom an identity belongs to, and whether the account knows this browser.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn find_linked(
        &self,
        (identity, device): (&Identity, &HashedSecret<kind::Device>),
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
    pub async fn partner_links(
        &self,
        account: AccountId,
        now: Timestamp,
    ) -> Result<Vec<PartnerLink>, Unavailable> {
        let mut links = Vec::new();
        for found in self.query(&key::account_partition(account), key::PARTNER_PREFIX).await? {
            let partner =
                item::key_of(&found).and_then(|key| key.sk.strip_prefix(key::PARTNER_PREFIX)?.parse().ok());
            let item: Option<PartnerLinkItem> = item::read(Some(found), now)?;
            links.extend(partner.zip(item).map(|(partner, item)| PartnerLink {
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
    /// `Overtaken("identity")` when it isn't, `Overtaken("account")` when all sessions were ended meanwhile,
    /// `Overtaken("device")` when the browser became known, `Overtaken("transaction")` when that is over.
    pub async fn sign_in_by_partner(&self, sign_in: &PartnerSignIn<'_>) -> Result<(), WriteError> {
        let (details, session) = (sign_in.linked.account.details(), &sign_in.session.session);
        let event = if sign_in.notice.is_some() { Event::SignedInOnNewDevice } else { Event::SignedIn };
        let audit = self.audit(About::Account(details.id), (event, &session.device), session.began_at);
        let together = still_linked(self.together(), (&sign_in.linked.identity, details.id));
        let together = same_generation(together, session).put("audit", audit);
        let together = begin_session(together, &details.place, sign_in.session);
        match sign_in.notice {
            Some(notice) => self.with_notice(together, notice),
            None => together,
        }
        .commit()
        .await
    }

    /// Makes an account of an address that was proven, without a password, linked to the identity, and begins a session
    /// (RULES 4.3).
    ///
    /// # Errors
    /// `Overtaken("account")` when the email is taken by now, `Overtaken("identity")` when that belongs to an account,
    /// `Overtaken("arrival")` when it has come to its end, `Overtaken("transaction")` when that is over.
    pub async fn create_by_partner(&self, made: &PartnerAccount<'_>) -> Result<(), WriteError> {
        let (session, now) = (&made.session.session, made.session.session.began_at);
        let together = self.with_new_account(
            self.together(),
            &NewAccount {
                id: session.account,
                email: made.email,
                password: None,
                language: made.language,
                device: &session.device,
                at: now,
            },
        );
        let together = self.end_arrival(together, made.arrival, now);
        let together = self.with_identity(together, (made.arrival, session.account), now);
        begin_session(together, &self.keys.email_key(made.email), made.session).commit().await
    }

    /// Links the identity that arrived to the account that is signed in; told by email (RULES 4.4). The account counts it
    /// as a change, so that who objects meanwhile sees it (RULES 3.10).
    ///
    /// # Errors
    /// `Overtaken("identity")` when it belongs to an account, `Overtaken("link")` when the account has another one at the
    /// partner, `Overtaken("arrival")` when that has come to its end, `Overtaken("account")` when it has changed or the
    /// session ended.
    pub async fn link_partner(
        &self,
        (arrival, session, account): (&Arrival, &Session, &Account),
        notice: &Notice,
        (device, now): (&Device, Timestamp),
    ) -> Result<(), WriteError> {
        let audit = self.audit(About::Account(session.account), (Event::PartnerLinked, device), now);
        let changed = unchanged(state(account), account.details())
            .instead("SET #revision = #revision + :one")
            .value("one", item::number(1));
        let together = change(same_generation(self.together(), session), account.details(), changed);
        let together = self.end_arrival(together, arrival, now);
        let together = self.with_identity(together, (arrival, session.account), now).put("audit", audit);
        self.with_notice(together, notice).commit().await
    }

    /// Unlinks an identity from an account that has a password to come in by; told by email (RULES 4.8).
    ///
    /// # Errors
    /// `Overtaken("account")` when that has changed, `Overtaken("identity")` when it is gone.
    pub async fn unlink_partner(
        &self,
        (account, link): (&Account, &PartnerLink),
        notice: &Notice,
        (device, now): (&Device, Timestamp),
    ) -> Result<(), WriteError> {
        let id = account.details().id;
        let audit = self.audit(About::Account(id), (Event::PartnerUnlinked, device), now);
        let together = with_password(self.together(), account);
        let together = unlink(together, (id, link)).put("audit", audit);
        self.with_notice(together, notice).commit().await
    }

    /// Unlinks all of these by a link that was sent to the account's address, which is spent by it (RULES 4.8).
    ///
    /// # Errors
    /// `Overtaken("link")` when it is spent or ran out by now; else as [`Table::unlink_partner`].
    pub async fn remove_partners(
        &self,
        (link, account, links): (LinkId, &Account, &[PartnerLink]),
        notice: &Notice,
        (device, now): (&Device, Timestamp),
    ) -> Result<(), WriteError> {
        let id = account.details().id;
        let together = spend::<Removal>(self.together(), link, now);
        let together = with_password(together, account);
        let together = links.iter().fold(together, |together, own| unlink(together, (id, own)));
        let audit = self.audit(About::Account(id), (Event::PartnerUnlinked, device), now);
        self.with_notice(together.put("audit", audit), notice).commit().await
    }

    /// Writes that the identity is the account's, on both sides.
    fn with_identity<'a>(
        &self,
        together: Together<'a>,
        (arrival, account): (&Arrival, AccountId),
        now: Timestamp,
    ) -> Together<'a> {
        let Identity { issuer, subject } = &arrival.identity;
        let identity = self.keys.identity_key(issuer, subject);
        let others = self.keys.identity_keys(issuer, subject).into_iter().filter(|key| *key != identity);
        let content = IdentityItem { account, partner: arrival.partner.clone(), linked_at: now };
        let together = together.put("identity", item::write(&key::identity(&identity), &content, None));
        let together = together.unless_there("identity", others.map(|other| key::identity(&other)));
        let link_key = key::partner_link(account, &arrival.partner);
        together.put("link", item::write(&link_key, &PartnerLinkItem { identity, linked_at: now }, None))
    }
}

/// The account is as it was read, and has a password to come in by.
fn with_password<'a>(together: Together<'a>, account: &Account) -> Together<'a> {
    let same = unchanged(state(account), account.details())
        .instead("#state = :state AND #revision = :revision AND attribute_exists(#password)")
        .names(&["password"]);
    together.check("account", &key::account(&account.details().place), same)
}

fn is_of(account: AccountId) -> Expression {
    Expression::new("#account = :account").names(&["account"]).value("account", item::text(account))
}

fn still_linked<'a>(together: Together<'a>, (identity, account): (&IdentityKey, AccountId)) -> Together<'a> {
    together.check("identity", &key::identity(identity), is_of(account))
}

/// Removes an identity from its account, on both sides.
pub(crate) fn unlink<'a>(together: Together<'a>, (account, link): (AccountId, &PartnerLink)) -> Together<'a> {
    together
        .delete("identity", &key::identity(&link.identity), is_of(account))
        .forget("link", &key::partner_link(account, &link.partner))
}
