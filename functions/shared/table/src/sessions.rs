//! Sessions: beginning, finding, renewing, listing and ending them (RULES 3.8).
//!
//! A session is stored under its account's id and the hash of its secret. It counts as long as its generation is the
//! account's, so that one update ends all sessions, and with them all grants. Another update of the same item ends all
//! sessions but one, and no grant. When a resident proves more, the session is renewed: it continues
//! under the hash of another secret, which a key derives from the previous one.

use domain::{
    Timestamp,
    device::Device,
    form::GuessId,
    id::{AccountId, InteractionId},
    interaction::Interaction,
    keys::EmailKey,
    language::Language,
    secret::{HashedSecret, PreSession, kind},
    session::{Session, SessionCookie},
};
use serde::{Deserialize, Serialize};

use crate::{
    DeviceUse, Table,
    accounts::AccountPlaceItem,
    audit::{AuditEvent, AuditSubject},
    current_sessions::{CurrentSessions, IS_CURRENT, check_exists, with_session},
    devices,
    error::{Conflict, Unavailable, WriteError, is_refused},
    interactions,
    item::{self, Attributes, Kind, epoch},
    key,
    proofs::ProofsItem,
    renewals::record_form,
    write_transaction::{Expression, WriteTransaction},
};

#[derive(Serialize, Deserialize)]
struct SessionItem {
    generation: u64,
    language: Language,
    device: Device,
    #[serde(with = "epoch")]
    began_at: Timestamp,
    #[serde(with = "epoch")]
    seen_at: Timestamp,
    /// The hash of its first secret. `None` if that is the one in its key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    begun_as: Option<String>,
    #[serde(flatten)]
    proofs: ProofsItem,
}

impl Kind for SessionItem {
    const NAME: &'static str = "session";
}

/// How many sessions of an account are read to list them. Whoever has the password can begin any number of them.
pub(crate) const MOST_LISTED: usize = 1_000;

/// The renewal of a session in which more was proven (RULES 3.8).
#[derive(Debug)]
pub struct Renewal {
    /// The hash of the previous secret.
    pub before: HashedSecret<kind::Session>,
    /// The session under its new secret.
    pub session: Session,
    /// The guess that was right, if the page gave its form an id.
    pub guess_id: Option<GuessId>,
    /// When the session is renewed.
    pub at: Timestamp,
}

/// The live sessions of an account.
#[derive(Debug)]
pub struct LiveSessions {
    /// The sessions, last used first.
    pub sessions: Vec<Session>,
    /// Whether there may be others, because not all were read.
    pub has_more: bool,
}

/// A session that begins, with its browser.
#[derive(Debug)]
pub struct NewSession {
    /// The session, under the hash of its first secret.
    pub session: Session,
    /// The cookie of the browser's previous session, which ends.
    pub replaces: Option<SessionCookie>,
    /// The browser, which the account knows from now on.
    pub device: DeviceUse,
    /// The new pre-session secret of the browser.
    pub browser: PreSession,
    /// The interaction of the browser, which it resumes with that secret.
    pub interaction: Option<InteractionId>,
}

impl Table {
    /// The session of a cookie, unless it expired or ended (`BatchGetItem`).
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn session(
        &self,
        cookie: &SessionCookie,
        now: Timestamp,
    ) -> Result<Option<Session>, Unavailable> {
        Ok(self.session_and_interaction(Some(cookie), None, now).await?.0)
    }

    /// The session of a cookie and the interaction with an id (`BatchGetItem`).
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn session_and_interaction(
        &self,
        cookie: Option<&SessionCookie>,
        interaction: Option<InteractionId>,
        now: Timestamp,
    ) -> Result<(Option<Session>, Option<Interaction>), Unavailable> {
        let session = cookie.map(|cookie| key::session(cookie.account, &cookie.secret.hash()));
        let place = cookie.map(|cookie| key::account_place(cookie.account));
        let interaction = interaction.map(key::interaction);
        let keys: Vec<_> = [&session, &place, &interaction].into_iter().flatten().cloned().collect();
        if keys.is_empty() {
            return Ok((None, None));
        }
        let mut found = self.get_all(&keys).await?;
        let interaction = self.read_interaction(interaction.and_then(|key| found.remove(&key)), now)?;
        let place = item::read(place.and_then(|key| found.remove(&key)), now)?;
        let session = self.read_session(session.and_then(|key| found.remove(&key)), place.as_ref(), now)?;
        Ok((session, interaction))
    }

    /// The live sessions of an account, among at most 1,000 that are read (`Query`).
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn sessions(&self, account: AccountId, now: Timestamp) -> Result<LiveSessions, Unavailable> {
        // The pointer to the place, with the generation, sorts right before the sessions: one query finds both.
        let range = (key::PLACE, &*format!("{}~", key::SESSION_PREFIX));
        let most = i32::try_from(MOST_LISTED).unwrap_or(i32::MAX);
        let (items, is_whole) =
            self.query_first_between(&key::account_partition(account), range, most).await?;
        let (sessions, others): (Vec<_>, Vec<_>) = items.into_iter().partition(is_session);
        let place = others.into_iter().find(|item| item::kind(item) == AccountPlaceItem::NAME);
        let place = item::read(place, now)?;
        let sessions = self.live_sessions(sessions, place.as_ref(), now)?;
        Ok(LiveSessions { sessions, has_more: !is_whole })
    }

    /// Records that a session is used, which restarts its idle time (`UpdateItem`).
    ///
    /// A session that ended meanwhile stays ended.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn touch_session(&self, session: &Session, now: Timestamp) -> Result<(), Unavailable> {
        let update = self
            .client
            .update_item()
            .table_name(&*self.name)
            .set_key(Some(item::attributes(&key::session(session.account, &session.hash))));
        let update = update
            .update_expression("SET seen_at = :now, #ttl = :ttl")
            .condition_expression("#ttl > :now AND seen_at < :now");
        let update = update.expression_attribute_names("#ttl", "ttl");
        let update = update
            .expression_attribute_values(":now", item::seconds(now))
            .expression_attribute_values(":ttl", item::seconds(session.would_end_at(now)));
        match update.send().await {
            Ok(_) => Ok(()),
            Err(error) if is_refused(&error) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// Ends a session from another one (`TransactWriteItems`). Does nothing if it ended already.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn end_session(
        &self,
        account: AccountId,
        hash: &HashedSecret<kind::Session>,
        event: AuditEvent,
        device: &Device,
        now: Timestamp,
    ) -> Result<(), Unavailable> {
        self.delete_session(account, hash, event, device, now).await.map(|_| ())
    }

    /// Ends all sessions of the account but this one (`TransactWriteItems`). Its grants stay.
    ///
    /// # Errors
    /// [`Conflict::Session`] when the session itself ended or was renewed, [`Conflict::Generation`] when it was ended from
    /// another one.
    pub async fn end_other_sessions(
        &self,
        session: &Session,
        device: &Device,
        now: Timestamp,
    ) -> Result<(), WriteError> {
        let end =
            Expression::new("SET #ended_at = :now, #kept_session = :kept").value("now", item::seconds(now));
        let end = with_session(end, session, session.generation);
        let audit =
            self.audit(AuditSubject::Account(session.account), AuditEvent::OtherSessionsEnded, device, now);
        check_exists(self.write_transaction(), session)
            .update(Conflict::Generation, &key::account_place(session.account), IS_CURRENT, end)
            .put(Conflict::Audit, audit)
            .commit()
            .await
    }

    /// Ends the session of this browser (`TransactWriteItems`).
    ///
    /// If it was renewed a moment ago, the cookie holds the previous secret: a second transaction ends the renewed
    /// session.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn sign_out(
        &self,
        cookie: &SessionCookie,
        device: &Device,
        now: Timestamp,
    ) -> Result<(), Unavailable> {
        let event = AuditEvent::SignedOut;
        if !self.delete_session(cookie.account, &cookie.secret.hash(), event, device, now).await? {
            let next = self.session_keys()?.next_session_secret(&cookie.secret).hash();
            self.delete_session(cookie.account, &next, event, device, now).await?;
        }
        Ok(())
    }

    /// Decodes a session, unless it expired or is none of the account's current ones.
    pub(crate) fn read_session(
        &self,
        item: Option<Attributes>,
        place: Option<&AccountPlaceItem>,
        now: Timestamp,
    ) -> Result<Option<Session>, Unavailable> {
        let key = item.as_ref().and_then(item::key_of).and_then(|key| key::parse_session(&key));
        let Some(((account, hash), item)) = key.zip(item::read::<SessionItem>(item, now)?) else {
            return Ok(None);
        };
        let Some(place) = place else { return Ok(None) };
        let email = match &place.email {
            Some(email) => self.open(&account.to_string(), email)?.parse().ok(),
            None => None,
        };
        let session = Session {
            id: item.begun_as.map_or_else(|| hash.clone(), HashedSecret::stored),
            hash,
            account,
            generation: item.generation,
            language: item.language,
            device: item.device,
            began_at: item.began_at,
            last_active_at: item.seen_at,
            proofs: item.proofs.read(item.began_at),
            email,
        };
        let is_current = CurrentSessions::from(place).include(&session);
        Ok(Some(session).filter(|session| is_current && session.is_live(now)))
    }

    /// Decodes the live sessions of an account from their items and that of its place, last used first.
    pub(crate) fn live_sessions(
        &self,
        sessions: Vec<Attributes>,
        place: Option<&AccountPlaceItem>,
        now: Timestamp,
    ) -> Result<Vec<Session>, Unavailable> {
        let mut live = Vec::new();
        for item in sessions {
            live.extend(self.read_session(Some(item), place, now)?);
        }
        live.sort_by_key(|session| std::cmp::Reverse(session.last_active_at));
        Ok(live)
    }

    /// Deletes a session and records it in the audit trail. Returns whether the session existed.
    async fn delete_session(
        &self,
        account: AccountId,
        hash: &HashedSecret<kind::Session>,
        event: AuditEvent,
        device: &Device,
        now: Timestamp,
    ) -> Result<bool, Unavailable> {
        let exists = Expression::new("attribute_exists(pk)");
        let transaction = self
            .write_transaction()
            .delete(Conflict::Session, &key::session(account, hash), exists)
            .put(Conflict::Audit, self.audit(AuditSubject::Account(account), event, device, now));
        match transaction.commit().await {
            Ok(()) => Ok(true),
            Err(WriteError::Conflict(_)) => Ok(false),
            Err(WriteError::Unavailable(error)) => Err(error),
        }
    }
}

/// Begins a session: ends the browser's previous one, records the browser, and lets it resume its interaction.
///
/// [`Conflict::Device`] as [`devices::remember`]; [`Conflict::Interaction`] when the interaction expired.
pub(crate) fn begin_session<'a>(
    transaction: WriteTransaction<'a>,
    place: &EmailKey,
    new_session: &NewSession,
) -> WriteTransaction<'a> {
    let (device, now) = (&new_session.device, new_session.session.began_at);
    begin_session_in_device(devices::remember(transaction, place, device, now), new_session)
}

/// Begins a session in a browser that is recorded already: ends the browser's previous one, and lets it resume its
/// interaction.
///
/// [`Conflict::Interaction`] when the interaction expired.
pub(crate) fn begin_session_in_device<'a>(
    transaction: WriteTransaction<'a>,
    new_session: &NewSession,
) -> WriteTransaction<'a> {
    let session = &new_session.session;
    let transaction = transaction.put(Conflict::NewSession, write(session));
    let transaction = match &new_session.replaces {
        Some(previous) => transaction.delete_any(&key::session(previous.account, &previous.secret.hash())),
        None => transaction,
    };
    match new_session.interaction {
        Some(interaction) => {
            interactions::add_browser(transaction, interaction, &new_session.browser, session.began_at)
        }
        None => transaction,
    }
}

/// Moves a session to its new secret. [`Conflict::Session`] when it ended or was renewed meanwhile.
pub(crate) fn renew_session<'a>(
    transaction: WriteTransaction<'a>,
    renewal: &Renewal,
) -> WriteTransaction<'a> {
    let (session, at) = (&renewal.session, renewal.at);
    let exists = Expression::new("attribute_exists(pk)");
    let transaction = transaction
        .delete(Conflict::Session, &key::session(session.account, &renewal.before), exists)
        .put(Conflict::NewSession, write(session));
    record_form(transaction, session.account, &renewal.before, renewal.guess_id.as_ref(), at)
}

/// Whether an item is a session, live or not.
pub(crate) fn is_session(item: &Attributes) -> bool {
    item::kind(item) == SessionItem::NAME
}

fn write(session: &Session) -> Result<Attributes, Unavailable> {
    let content = SessionItem {
        generation: session.generation,
        language: session.language,
        device: session.device.clone(),
        began_at: session.began_at,
        seen_at: session.last_active_at,
        begun_as: (session.id != session.hash).then(|| session.id.as_str().to_owned()),
        proofs: ProofsItem::write(&session.proofs),
    };
    item::write(&key::session(session.account, &session.hash), &content, Some(session.ends_at()))
}
