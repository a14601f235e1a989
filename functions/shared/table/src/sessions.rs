//! Sessions: begun, found, kept alive, listed, ended (RULES 3.8).

use domain::{
    SignedDuration, Timestamp,
    device::Device,
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
    devices,
    error::{Conflict, Unavailable, WriteError, is_refused},
    interactions,
    item::{self, Attributes, Kind, epoch},
    key,
    proofs::ProofsItem,
    write_transaction::{Expression, WriteTransaction},
};

/// A session, under its account's name and its secret's hash.
#[derive(Serialize, Deserialize)]
struct SessionItem {
    generation: u64,
    language: Language,
    device: Device,
    #[serde(with = "epoch")]
    began_at: Timestamp,
    #[serde(with = "epoch")]
    seen_at: Timestamp,
    /// None while it is the hash that it lies under.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    begun_as: Option<String>,
    #[serde(flatten)]
    proofs: ProofsItem,
}

impl Kind for SessionItem {
    const NAME: &'static str = "session";
}

/// That a session goes on under another secret, for who comes with the one before: a double click.
#[derive(Serialize, Deserialize)]
struct RenewalItem {
    /// By what: the keyed hash of a code.
    proof: String,
}

impl Kind for RenewalItem {
    const NAME: &'static str = "renewal";
}

/// How long a double click may take.
const RENEWAL_REMEMBERED: SignedDuration = SignedDuration::from_secs(60);

/// A session that goes on under another secret, since more was proven in it (RULES 3.8).
#[derive(Debug)]
pub struct Renewal {
    /// The hash of the secret before.
    pub before: HashedSecret<kind::Session>,
    /// The session, as it goes on.
    pub session: Session,
    /// By what: the keyed hash of a code.
    pub proof: String,
    /// When.
    pub at: Timestamp,
}

/// A session that begins, and in which browser.
#[derive(Debug)]
pub struct NewSession {
    /// The session.
    pub session: Session,
    /// The session that this browser had before: it ends.
    pub replaces: Option<SessionCookie>,
    /// The browser among those the account knows.
    pub device: DeviceUse,
    /// The secret this browser has from now on.
    pub browser: PreSession,
    /// The sign-in transaction of this browser, which goes on under that secret.
    pub interaction: Option<InteractionId>,
}

impl Table {
    /// The session of this cookie, if it is within its time.
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

    /// The session of this cookie and the transaction of this id, in one call.
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
        let generation = generation(place.and_then(|key| found.remove(&key)), now)?;
        let session = read(session.and_then(|key| found.remove(&key)), generation, now)?;
        Ok((session, interaction))
    }

    /// The live sessions of an account, the one that was visited last first.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn sessions(&self, account: AccountId, now: Timestamp) -> Result<Vec<Session>, Unavailable> {
        let (mut sessions, mut place) = (Vec::new(), None);
        // The account's place sorts right before its sessions: one read finds both.
        let (from, to) = (key::PLACE, format!("{}~", key::SESSION_PREFIX));
        for item in self.query_between(&key::account_partition(account), from, &to).await? {
            if item::kind(&item) == SessionItem::NAME { sessions.push(item) } else { place = Some(item) }
        }
        let generation = generation(place, now)?;
        let mut live = Vec::new();
        for item in sessions {
            live.extend(read(Some(item), generation, now)?);
        }
        live.sort_by_key(|session| std::cmp::Reverse(session.seen_at));
        Ok(live)
    }

    /// Records a visit, so that the session's idle time begins again. One that ended meanwhile stays ended.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn see(&self, session: &Session, now: Timestamp) -> Result<(), Unavailable> {
        let see = self
            .client
            .update_item()
            .table_name(&*self.name)
            .set_key(Some(item::attributes(&key::session(session.account, &session.hash))));
        let see = see
            .update_expression("SET seen_at = :now, #ttl = :ttl")
            .condition_expression("#ttl > :now AND seen_at < :now");
        let see = see.expression_attribute_names("#ttl", "ttl");
        let see = see
            .expression_attribute_values(":now", item::seconds(now))
            .expression_attribute_values(":ttl", item::seconds(session.would_end_at(now)));
        match see.send().await {
            Ok(_) => Ok(()),
            Err(error) if is_refused(&error) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// Ends a session of an account from another one. One that is over already stays so.
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
        self.try_to_end(account, hash, event, device, now).await.map(|_| ())
    }

    /// Ends the session of this browser, also when it goes on under another secret since a moment ago.
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
        if !self.try_to_end(cookie.account, &cookie.secret.hash(), event, device, now).await? {
            let next = self.keys.next_session_secret(&cookie.secret).hash();
            self.try_to_end(cookie.account, &next, event, device, now).await?;
        }
        Ok(())
    }

    /// Whether the session was there to be ended.
    async fn try_to_end(
        &self,
        account: AccountId,
        hash: &HashedSecret<kind::Session>,
        event: AuditEvent,
        device: &Device,
        now: Timestamp,
    ) -> Result<bool, Unavailable> {
        let there = Expression::new("attribute_exists(pk)");
        let transaction = self
            .write_transaction()
            .delete(Conflict::Session, &key::session(account, hash), there)
            .put(Conflict::Audit, self.audit(AuditSubject::Account(account), event, device, now));
        match transaction.commit().await {
            Ok(()) => Ok(true),
            Err(WriteError::Conflict(_)) => Ok(false),
            Err(WriteError::Unavailable(error)) => Err(error),
        }
    }
}

/// Begins the session in its browser, whose transaction goes on under the browser's new secret.
pub(crate) fn begin_session<'a>(
    transaction: WriteTransaction<'a>,
    place: &EmailKey,
    new_session: &NewSession,
) -> WriteTransaction<'a> {
    let session = &new_session.session;
    let transaction = transaction.put(Conflict::Session, write(session));
    let transaction = devices::remember(transaction, place, &new_session.device, session.began_at);
    let transaction = match &new_session.replaces {
        Some(older) => {
            transaction.forget(Conflict::PreviousSession, &key::session(older.account, &older.secret.hash()))
        }
        None => transaction,
    };
    match new_session.interaction {
        Some(interaction) => {
            interactions::follow(transaction, interaction, &new_session.browser, session.began_at)
        }
        None => transaction,
    }
}

/// Lets a session go on under another secret; refused as `older session` when it ended meanwhile.
pub(crate) fn renew<'a>(transaction: WriteTransaction<'a>, renewal: &Renewal) -> WriteTransaction<'a> {
    let (session, at) = (&renewal.session, renewal.at);
    let there = Expression::new("attribute_exists(pk)");
    let receipt = RenewalItem { proof: renewal.proof.clone() };
    let receipt_key = key::renewal(session.account, &renewal.before);
    transaction
        .delete(Conflict::PreviousSession, &key::session(session.account, &renewal.before), there)
        .put(Conflict::Session, write(session))
        .put(Conflict::Renewal, item::write(&receipt_key, &receipt, Some(at + RENEWAL_REMEMBERED)))
}

/// Refuses as `account` when all sessions of the account were ended meanwhile.
pub(crate) fn same_generation<'a>(
    transaction: WriteTransaction<'a>,
    session: &Session,
) -> WriteTransaction<'a> {
    let same = Expression::new("#generation = :generation")
        .names(&["generation"])
        .value("generation", item::number(session.generation));
    transaction.check(Conflict::Account, &key::account_place(session.account), same)
}

/// By what the session of this cookie went on, if it did a moment ago.
pub(crate) fn read_renewal(item: Option<Attributes>, now: Timestamp) -> Result<Option<String>, Unavailable> {
    let found: Option<RenewalItem> = item::read(item, now)?;
    Ok(found.map(|item| item.proof))
}

fn write(session: &Session) -> Result<Attributes, Unavailable> {
    let content = SessionItem {
        generation: session.generation,
        language: session.language,
        device: session.device.clone(),
        began_at: session.began_at,
        seen_at: session.seen_at,
        begun_as: (session.begun_as != session.hash).then(|| session.begun_as.as_str().to_owned()),
        proofs: ProofsItem::write(&session.proofs),
    };
    item::write(&key::session(session.account, &session.hash), &content, Some(session.ends_at()))
}

fn generation(place: Option<Attributes>, now: Timestamp) -> Result<Option<u64>, Unavailable> {
    let place: Option<AccountPlaceItem> = item::read(place, now)?;
    Ok(place.map(|place| place.generation))
}

pub(crate) fn read(
    item: Option<Attributes>,
    generation: Option<u64>,
    now: Timestamp,
) -> Result<Option<Session>, Unavailable> {
    let of = item.as_ref().and_then(item::key_of).and_then(|key| key::session_of(&key));
    let Some(((account, hash), item)) = of.zip(item::read::<SessionItem>(item, now)?) else {
        return Ok(None);
    };
    let session = Session {
        begun_as: item.begun_as.map_or_else(|| hash.clone(), HashedSecret::stored),
        hash,
        account,
        generation: item.generation,
        language: item.language,
        device: item.device,
        began_at: item.began_at,
        seen_at: item.seen_at,
        proofs: item.proofs.read(item.began_at),
    };
    Ok(Some(session).filter(|session| generation == Some(session.generation) && session.is_live(now)))
}
