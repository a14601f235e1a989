//! Connections: the services that an account has used, and what is shared with them (RULES 6.4, 6.5).

use domain::{
    Timestamp,
    device::Device,
    email::EmailAddress,
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
    error::{Conflict, Unavailable, WriteError},
    item::{self, Attributes, Kind, epoch},
    key, sessions,
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
    /// Its name; grants hang on it.
    pub id: ConnectionId,
    /// The service.
    pub client: ClientId,
    /// When the service was first used.
    pub connected_at: Timestamp,
    /// When it was last used.
    pub used_at: Timestamp,
    /// What the resident agreed to share beyond an identifier.
    pub shared: Scopes,
}

/// Who is there when a service asks for a resident.
#[derive(Clone, Debug)]
pub struct Resident {
    /// Their session.
    pub session: Session,
    /// Their account's place, and the key of their identifiers.
    pub place: AccountPlace,
    /// The account's connection to the service.
    pub connection: Option<Connection>,
}

/// What hangs on an account's name.
#[derive(Clone, Debug)]
pub struct AccountPlace {
    /// Where its email's items are.
    pub email: EmailKey,
    /// The key that its identifiers are made by.
    pub subject_key: u8,
}

impl Connection {
    /// Whether the resident agreed to share the email address.
    #[must_use]
    pub fn shares_email(&self) -> bool {
        self.shared.contains(&Scope::Email)
    }
}

impl Table {
    /// Who is signed in by this cookie, and their connection to the service.
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
        let session = sessions::read(found.remove(&session), Some(place.generation), now)?;
        let connection = read(found.remove(&connection), now)?;
        let place = AccountPlace { email: place.place, subject_key: place.subject_key };
        Ok(session.map(|session| Resident { session, place, connection }))
    }

    /// The email address of an account that is at this place.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn email_at(
        &self,
        account: AccountId,
        place: &EmailKey,
        now: Timestamp,
    ) -> Result<Option<EmailAddress>, Unavailable> {
        let found = self.account_at(account, place, now).await?;
        Ok(found.map(|account| account.details().email.clone()))
    }

    /// The services that an account has used, the last first.
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

    /// Ends a connection, and with it all that was granted by it; told by email (RULES 6.4).
    ///
    /// # Errors
    /// [`Conflict::Connection`] when it is gone already.
    pub async fn disconnect(
        &self,
        account: AccountId,
        connection: &Connection,
        notice: &AccountEmail,
        device: &Device,
        now: Timestamp,
    ) -> Result<(), WriteError> {
        let same = Expression::new("#id = :id").names(&["id"]).value("id", item::text(connection.id));
        let audit = self.audit(AuditSubject::Account(account), AuditEvent::Disconnected, device, now);
        let transaction = self
            .write_transaction()
            .delete(Conflict::Connection, &key::connection(account, &connection.client), same)
            .put(Conflict::Audit, audit);
        self.with_account_email(transaction, notice).commit().await
    }

    /// The transaction, the session and the connection that a resident on the way goes on by.
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

/// Records that the service is used, and what is shared with it from now on; refused as `connection` when it is another
/// one than was read.
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
    let same = Expression::new("SET #used_at = :used")
        .names(&["used_at", "id"])
        .value("used", item::seconds(connection.used_at))
        .value("id", item::text(connection.id));
    // What was agreed to meanwhile in another tab is not taken back.
    let used = if connection.shared.is_empty() {
        same
    } else {
        same.instead("SET #used_at = :used, #shared = :shared")
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
