//! Sessions: begun, found, kept alive, ended (RULES 3.8).

use domain::{
    Timestamp,
    id::{AccountId, TransactionId},
    language::Language,
    secret::{HashedSecret, SessionSecret},
    session::{Session, TOTAL},
    transaction::Transaction,
};
use serde::{Deserialize, Serialize};

use crate::{
    SignedIn, Table,
    error::{Unavailable, is_refused},
    item::{self, Attributes, Kind, epoch},
    key,
    together::Together,
    transactions,
};

/// The session itself, under its cookie's hash.
#[derive(Serialize, Deserialize)]
struct SessionItem {
    account: AccountId,
    language: Language,
    #[serde(with = "epoch")]
    began_at: Timestamp,
    #[serde(with = "epoch")]
    seen_at: Timestamp,
}

impl Kind for SessionItem {
    const NAME: &'static str = "session";
}

/// The session among its account's, so that they can be listed and ended together.
#[derive(Serialize, Deserialize)]
struct AccountSessionItem {
    session: String,
    device: String,
    #[serde(with = "epoch")]
    began_at: Timestamp,
}

impl Kind for AccountSessionItem {
    const NAME: &'static str = "account_session";
}

impl Table {
    /// The session of this cookie, if it is within its time.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn session(
        &self,
        cookie: &SessionSecret,
        now: Timestamp,
    ) -> Result<Option<Session>, Unavailable> {
        let hash = cookie.hash();
        read(self.get(&key::session(&hash)).await?, hash, now)
    }

    /// The session of this cookie and the transaction of this id, in one call.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn session_and_transaction(
        &self,
        (cookie, transaction): (Option<&SessionSecret>, Option<TransactionId>),
        now: Timestamp,
    ) -> Result<(Option<Session>, Option<Transaction>), Unavailable> {
        let hash = cookie.map(SessionSecret::hash);
        let keys: Vec<_> =
            hash.as_ref().map(key::session).into_iter().chain(transaction.map(key::transaction)).collect();
        if keys.is_empty() {
            return Ok((None, None));
        }
        let mut found = self.get_all(&keys).await?;
        let transaction = transaction.and_then(|id| found.remove(&key::transaction(id)));
        let session = match hash {
            Some(hash) => read(found.remove(&key::session(&hash)), hash, now)?,
            None => None,
        };
        Ok((session, transactions::read(transaction, now)?))
    }

    /// Records a visit, so that the session's idle time begins again. One that ended meanwhile stays ended.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn see(&self, session: &Session, now: Timestamp) -> Result<(), Unavailable> {
        let seen = Session { seen_at: now, ..session.clone() };
        let see = self
            .client
            .update_item()
            .table_name(&*self.name)
            .set_key(Some(item::attributes(&key::session(&session.hash))));
        let see = see
            .update_expression("SET seen_at = :now, #ttl = :ttl")
            .condition_expression("#ttl > :now AND seen_at < :now");
        let see = see.expression_attribute_names("#ttl", "ttl");
        let see = see
            .expression_attribute_values(":now", item::seconds(now))
            .expression_attribute_values(":ttl", item::seconds(seen.ends_at()));
        match see.send().await {
            Ok(_) => Ok(()),
            Err(error) if is_refused(&error) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// Ends the session of this cookie, if there is one.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn end_session(&self, cookie: &SessionSecret) -> Result<(), Unavailable> {
        self.remove(&key::session(&cookie.hash())).await
    }
}

/// Begins the session, and its browser's transaction goes on under the browser's new secret.
pub(crate) fn begin_session<'a>(together: Together<'a>, signed_in: &SignedIn) -> Together<'a> {
    let (session, device) = (&signed_in.session, signed_in.device.clone());
    let content = SessionItem {
        account: session.account,
        language: session.language,
        began_at: session.began_at,
        seen_at: session.seen_at,
    };
    let item = item::write(&key::session(&session.hash), &content, Some(session.ends_at()));
    let content =
        AccountSessionItem { session: session.hash.as_str().to_owned(), device, began_at: session.began_at };
    let of_account = item::write(
        &key::account_session(session.account, &session.hash),
        &content,
        Some(session.began_at + TOTAL),
    );
    let together = together.put("session", item).put("account session", of_account);
    match signed_in.transaction {
        Some(transaction) => {
            transactions::follow(together, (transaction, &signed_in.browser), session.began_at)
        }
        None => together,
    }
}

pub(crate) fn read(
    item: Option<Attributes>,
    hash: HashedSecret<domain::secret::kind::Session>,
    now: Timestamp,
) -> Result<Option<Session>, Unavailable> {
    let found: Option<SessionItem> = item::read(item, now)?;
    let session = found.map(|item| Session {
        hash,
        account: item.account,
        language: item.language,
        began_at: item.began_at,
        seen_at: item.seen_at,
    });
    Ok(session.filter(|session| session.is_live(now)))
}
