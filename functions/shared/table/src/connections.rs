//! Connections: the services that an account has used, and what it shares with them (RULES 6.4, 6.5).
//!
//! A grant refers to the connection by its id. Deleting the connection thus ends all grants of the service.

use domain::{
    Timestamp,
    device::Device,
    id::{AccountId, ConnectionId, InteractionId},
    interaction::Interaction,
    keys::EmailKey,
    service::{ClientId, Scope, Scopes},
    session::{Session, SessionCookie},
};
use serde::{Deserialize, Serialize};

use crate::{
    AccountEmail, Table,
    accounts::AccountPlaceItem,
    audit::{AuditEvent, AuditSubject},
    current_sessions::check_session,
    error::{Conflict, Unavailable, WriteError},
    item::{self, Attributes, Kind, epoch},
    key,
    notices::DailyLimit,
    write_transaction::{Expression, WriteTransaction},
};

#[derive(Serialize, Deserialize)]
struct ConnectionItem {
    id: ConnectionId,
    #[serde(with = "epoch")]
    connected_at: Timestamp,
    #[serde(with = "epoch")]
    used_at: Timestamp,
    shared: Scopes,
}

impl Kind for ConnectionItem {
    const NAME: &'static str = "connection";
}

/// An account's connection to a service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Connection {
    /// The id that grants refer to.
    pub id: ConnectionId,
    /// The client id of the service.
    pub client: ClientId,
    /// When the account first used the service.
    pub connected_at: Timestamp,
    /// When the account last used it.
    pub used_at: Timestamp,
    /// The scopes that the resident consented to, beyond the subject identifier.
    pub shared: Scopes,
}

/// The signed-in resident that an authorization request is about.
#[derive(Clone, Debug)]
pub struct Resident {
    /// The session of the browser.
    pub session: Session,
    /// Where the account is stored, and the key of its subject identifiers.
    pub place: AccountPlace,
    /// The account's connection to the service.
    pub connection: Option<Connection>,
}

/// The pointer from an account's id to its place.
#[derive(Clone, Debug)]
pub struct AccountPlace {
    /// The email key under which the account is stored.
    pub email: EmailKey,
    /// The version of the key that derives its subject identifiers.
    pub subject_key: u8,
}

impl Connection {
    /// Whether the resident consented to share the email address.
    #[must_use]
    pub fn shares_email(&self) -> bool {
        self.shared.contains(&Scope::Email)
    }

    /// Whether the service may get tokens while the resident is signed out.
    #[must_use]
    pub fn is_offline(&self) -> bool {
        self.shared.contains(&Scope::OfflineAccess)
    }
}

impl Table {
    /// The resident with this session cookie, and their connection to the service (`BatchGetItem`).
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn resident(
        &self,
        cookie: &SessionCookie,
        client: &ClientId,
        now: Timestamp,
    ) -> Result<Option<Resident>, Unavailable> {
        let session = key::session(cookie.account, &cookie.secret.hash());
        let place = key::account_place(cookie.account);
        let connection = key::connection(cookie.account, client);
        let mut found = self.get_all(&[session.clone(), place.clone(), connection.clone()]).await?;
        let Some(place): Option<AccountPlaceItem> = item::read(found.remove(&place), now)? else {
            return Ok(None);
        };
        let session = self.read_session(found.remove(&session), Some(&place), now)?;
        let connection = read(found.remove(&connection), now)?;
        let place = AccountPlace { email: place.place, subject_key: place.subject_key };
        Ok(session.map(|session| Resident { session, place, connection }))
    }

    /// The connections of an account, the last used first (`Query`).
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn connections(
        &self,
        account: AccountId,
        now: Timestamp,
    ) -> Result<Vec<Connection>, Unavailable> {
        let mut connections = Vec::new();
        for item in self.query(&key::account_partition(account), key::CONNECTION_PREFIX).await? {
            connections.extend(read(Some(item), now)?);
        }
        connections.sort_by_key(|connection| std::cmp::Reverse(connection.used_at));
        Ok(connections)
    }

    /// Deletes a connection, which ends its grants, and queues the email about it (`TransactWriteItems`, RULES 6.4).
    ///
    /// # Errors
    /// - [`Conflict::Session`] when the session ended or was renewed meanwhile.
    /// - [`Conflict::Generation`] when it was ended together with others.
    /// - [`Conflict::Connection`] when the connection ended, or is another one than was read.
    /// - [`Conflict::DailyLimit`] when the account was changed often enough today.
    pub async fn disconnect(
        &self,
        session: &Session,
        connection: &Connection,
        notice: &AccountEmail,
        device: &Device,
        now: Timestamp,
    ) -> Result<(), WriteError> {
        let account = session.account;
        let same = Expression::new("#id = :id").names(&["id"]).value("id", item::text(connection.id));
        let audit = self.audit_notified(
            AuditSubject::Account(account),
            AuditEvent::Disconnected,
            [notice],
            device,
            now,
        );
        let transaction = check_session(self.write_transaction(), session)
            .delete(Conflict::Connection, &key::connection(account, &connection.client), same)
            .put(Conflict::Audit, audit);
        let transaction = DailyLimit::Changes.count(transaction, account, now);
        self.with_account_email(transaction, notice).commit().await
    }

    /// The interaction with this id, and the resident with their connection to its service.
    ///
    /// Calls `GetItem`, and `BatchGetItem` when the browser has a session cookie.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn interaction_in_progress(
        &self,
        cookie: Option<&SessionCookie>,
        id: InteractionId,
        now: Timestamp,
    ) -> Result<(Option<Interaction>, Option<Resident>), Unavailable> {
        let Some(interaction) = self.interaction(id, now).await? else { return Ok((None, None)) };
        let resident = match cookie {
            Some(cookie) => self.resident(cookie, &interaction.request.client, now).await?,
            None => None,
        };
        Ok((Some(interaction), resident))
    }
}

/// Creates a connection, or records its use and what is shared from now on.
///
/// [`Conflict::Connection`] when the connection isn't the one that was read.
pub(crate) fn record<'a>(
    transaction: WriteTransaction<'a>,
    account: AccountId,
    connection: &Connection,
    is_new: bool,
) -> WriteTransaction<'a> {
    let key = key::connection(account, &connection.client);
    if is_new {
        let content = ConnectionItem {
            id: connection.id,
            connected_at: connection.connected_at,
            used_at: connection.used_at,
            shared: connection.shared.clone(),
        };
        return transaction.put(Conflict::Connection, item::write(&key, &content, None));
    }
    let used = Expression::new("SET #used_at = :used")
        .names(&["used_at", "id"])
        .value("used", item::seconds(connection.used_at))
        .value("id", item::text(connection.id));
    // An empty list leaves what the resident consented to in another tab meanwhile.
    let used = if connection.shared.is_empty() {
        used
    } else {
        used.instead("SET #used_at = :used, #shared = :shared")
            .names(&["shared"])
            .value("shared", item::texts(connection.shared.iter().map(|scope| scope.as_str())))
    };
    transaction.update(Conflict::Connection, &key, "#id = :id", used)
}

pub(crate) fn read(item: Option<Attributes>, now: Timestamp) -> Result<Option<Connection>, Unavailable> {
    let key = item.as_ref().and_then(item::key_of);
    let client = key.and_then(|key| key.sk.strip_prefix(key::CONNECTION_PREFIX)?.parse().ok());
    let found: Option<ConnectionItem> = item::read(item, now)?;
    Ok(client.zip(found).map(|(client, item)| Connection {
        id: item.id,
        client,
        connected_at: item.connected_at,
        used_at: item.used_at,
        shared: item.shared,
    }))
}
