//! Sessions: begun, found, kept alive, listed, ended (RULES 3.8).

use domain::{
    Timestamp,
    device::Device,
    id::{AccountId, TransactionId},
    keys::EmailKey,
    language::Language,
    secret::{HashedSecret, PreSession, kind},
    session::{Session, SessionCookie},
    transaction::Transaction,
};
use serde::{Deserialize, Serialize};

use crate::{
    DeviceUse, Table,
    accounts::AccountPlaceItem,
    audit::{About, Event},
    devices,
    error::{Unavailable, WriteError, is_refused},
    item::{self, Attributes, Kind, epoch},
    key,
    together::{Expression, Together},
    transactions,
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
}

impl Kind for SessionItem {
    const NAME: &'static str = "session";
}

/// A session that begins, and in which browser.
#[derive(Debug)]
pub struct SignedIn {
    /// The session.
    pub session: Session,
    /// The session that this browser had before: it ends.
    pub replaces: Option<SessionCookie>,
    /// The browser among those the account knows.
    pub device: DeviceUse,
    /// The secret this browser has from now on.
    pub browser: PreSession,
    /// The sign-in transaction of this browser, which goes on under that secret.
    pub transaction: Option<TransactionId>,
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
        Ok(self.session_and_transaction((Some(cookie), None), now).await?.0)
    }

    /// The session of this cookie and the transaction of this id, in one call.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn session_and_transaction(
        &self,
        (cookie, transaction): (Option<&SessionCookie>, Option<TransactionId>),
        now: Timestamp,
    ) -> Result<(Option<Session>, Option<Transaction>), Unavailable> {
        let session = cookie.map(|cookie| key::session(cookie.account, &cookie.secret.hash()));
        let place = cookie.map(|cookie| key::account_place(cookie.account));
        let transaction = transaction.map(key::transaction);
        let keys: Vec<_> = [&session, &place, &transaction].into_iter().flatten().cloned().collect();
        if keys.is_empty() {
            return Ok((None, None));
        }
        let mut found = self.get_all(&keys).await?;
        let transaction = self.read_transaction(transaction.and_then(|key| found.remove(&key)), now)?;
        let generation = generation(place.and_then(|key| found.remove(&key)), now)?;
        let session = read(session.and_then(|key| found.remove(&key)), generation, now)?;
        Ok((session, transaction))
    }

    /// The live sessions of an account, the one that was visited last first.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn sessions(&self, account: AccountId, now: Timestamp) -> Result<Vec<Session>, Unavailable> {
        let (mut sessions, mut place) = (Vec::new(), None);
        // The account's place sorts right before its sessions: one read finds both.
        let (from, to) = (key::PLACE, format!("{}~", key::SESSION_PREFIX));
        for item in self.query_between(&key::account_partition(account), (from, &to)).await? {
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

    /// Ends a session of an account, in the browser itself (signing out) or from another one. One that is over already
    /// stays so.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn end_session(
        &self,
        (account, hash): (AccountId, &HashedSecret<kind::Session>),
        (event, device): (Event, &Device),
        now: Timestamp,
    ) -> Result<(), Unavailable> {
        let there = Expression::new("attribute_exists(pk)");
        let together = self
            .together()
            .delete("session", &key::session(account, hash), there)
            .put("audit", self.audit(About::Account(account), (event, device), now));
        match together.commit().await {
            Ok(()) | Err(WriteError::Overtaken(_)) => Ok(()),
            Err(WriteError::Unavailable(error)) => Err(error),
        }
    }
}

/// Begins the session in its browser, whose transaction goes on under the browser's new secret.
pub(crate) fn begin_session<'a>(
    together: Together<'a>,
    place: &EmailKey,
    signed_in: &SignedIn,
) -> Together<'a> {
    let session = &signed_in.session;
    let content = SessionItem {
        generation: session.generation,
        language: session.language,
        device: session.device.clone(),
        began_at: session.began_at,
        seen_at: session.seen_at,
    };
    let key = key::session(session.account, &session.hash);
    let together = together.put("session", item::write(&key, &content, Some(session.ends_at())));
    let together = devices::remember(together, (place, &signed_in.device), session.began_at);
    let together = match &signed_in.replaces {
        Some(older) => together.forget("older session", &key::session(older.account, &older.secret.hash())),
        None => together,
    };
    match signed_in.transaction {
        Some(transaction) => {
            transactions::follow(together, (transaction, &signed_in.browser), session.began_at)
        }
        None => together,
    }
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
        hash,
        account,
        generation: item.generation,
        language: item.language,
        device: item.device,
        began_at: item.began_at,
        seen_at: item.seen_at,
    };
    Ok(Some(session).filter(|session| generation == Some(session.generation) && session.is_live(now)))
}
