//! Grants: issuing a code, exchanging it once, and rotating refresh tokens (RULES 6.1).
//!
//! The code and the tokens are never stored: a key derives them from the grant's id and a sequence number. A grant
//! counts as long as its account has the generation, and its service the connection, that it was issued under.

use std::collections::BTreeSet;

use domain::{
    Timestamp,
    assurance::Assurance,
    authorization::RequestedClaims,
    email::EmailAddress,
    grant::{CODE_LIFETIME, CodeBinding, Grant, REFRESH_TOTAL, Stage, Tokens},
    id::{AccountId, ConnectionId, GrantId},
    interaction::Interaction,
    keys::EmailKey,
    proof::FactorKind,
    service::{ClientId, Scopes},
};
use serde::{Deserialize, Serialize};

use crate::{
    Connection, Table,
    accounts::AccountPlaceItem,
    connections,
    error::{Conflict, Unavailable, WriteError},
    generations::check_generation,
    interactions,
    item::{self, Attributes, Kind, epoch},
    key,
    write_transaction::{Expression, WriteTransaction, absent_at},
};

#[derive(Serialize, Deserialize)]
pub(crate) struct GrantItem {
    id: GrantId,
    client: ClientId,
    account: AccountId,
    place: EmailKey,
    generation: u64,
    connection: ConnectionId,
    subject: String,
    scopes: Scopes,
    claims: RequestedClaims,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    nonce: Option<String>,
    #[serde(with = "epoch")]
    authenticated_at: Timestamp,
    assurance: Assurance,
    #[serde(default = "by_password", with = "methods")]
    methods: BTreeSet<FactorKind>,
    #[serde(with = "epoch")]
    issued_at: Timestamp,
    redirect_uri: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    code_challenge: Option<String>,
    /// The number of the latest refresh token. 0 while the code isn't exchanged.
    sequence: u64,
    #[serde(with = "epoch")]
    tokens_at: Timestamp,
}

/// The methods of grants that were issued before other methods existed.
fn by_password() -> BTreeSet<FactorKind> {
    BTreeSet::from([FactorKind::Password])
}

/// The methods of a grant as its item holds them.
///
/// The previous release can't read a grant with a method that it doesn't know, such as a recovery code. That one is written as
/// an authenticator, whose value in `amr` is the same. Methods of a newer release are skipped (RULES 9.7).
mod methods {
    use std::collections::BTreeSet;

    use domain::proof::FactorKind;
    use serde::{Deserialize, Deserializer, Serialize, Serializer, de::IgnoredAny};

    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Method {
        Known(FactorKind),
        /// Of a newer release.
        Unknown(IgnoredAny),
    }

    pub(super) fn serialize<S: Serializer>(
        methods: &BTreeSet<FactorKind>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        let known = |method: &FactorKind| match method {
            FactorKind::RecoveryCode => FactorKind::Authenticator,
            other => *other,
        };
        methods.iter().map(known).collect::<BTreeSet<_>>().serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<BTreeSet<FactorKind>, D::Error> {
        let methods = Vec::<Method>::deserialize(deserializer)?;
        let known = |method: &Method| match method {
            Method::Known(method) => Some(*method),
            Method::Unknown(_) => None,
        };
        Ok(methods.iter().filter_map(known).collect())
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[derive(Serialize, Deserialize)]
        struct Item(#[serde(with = "super")] BTreeSet<FactorKind>);

        #[test]
        fn rule_9_7_a_release_reads_the_methods_of_the_other() {
            let methods = [FactorKind::Password, FactorKind::RecoveryCode].into();
            let written = serde_json::to_value(Item(methods)).unwrap();
            assert_eq!(written, serde_json::json!(["password", "authenticator"]));
            let newer = serde_json::json!(["password", "telepathy", 7, "recovery-code"]);
            let read: Item = serde_json::from_value(newer).unwrap();
            assert_eq!(read.0, [FactorKind::Password, FactorKind::RecoveryCode].into());
        }
    }
}

impl Kind for GrantItem {
    const NAME: &'static str = "grant";
}

/// The record, in the partition of the account, that a grant has refresh tokens. The grant is deleted with the account.
#[derive(Serialize, Deserialize)]
struct AccountGrantItem {}

impl Kind for AccountGrantItem {
    const NAME: &'static str = "account_grant";
}

/// A client assertion, which is accepted once (RFC 7523 section 3).
#[derive(Clone, Debug)]
pub struct Assertion {
    /// The client id of the service.
    pub client: ClientId,
    /// The hash of its `jti`.
    pub hash: String,
    /// When the assertion expires, so that it no longer needs to be remembered.
    pub until: Timestamp,
}

#[derive(Serialize, Deserialize)]
struct AssertionItem {}

impl Kind for AssertionItem {
    const NAME: &'static str = "assertion";
}

/// A grant to issue, with what is written beside it.
#[derive(Clone, Debug)]
pub struct NewGrant<'a> {
    /// The grant, in the stage of a code.
    pub grant: &'a Grant,
    /// The connection that the grant is issued under.
    pub connection: &'a Connection,
    /// Whether the connection is created by this grant.
    pub is_new_connection: bool,
    /// The interaction that the grant completes.
    pub interaction: Option<&'a Interaction>,
}

impl Table {
    /// Issues a code: stores its grant, records the connection and ends the interaction (`TransactWriteItems`, RULES
    /// 6.4).
    ///
    /// # Errors
    /// - [`Conflict::Generation`] when the sessions of the account were ended.
    /// - [`Conflict::Connection`] when the connection isn't the one that was read.
    /// - [`Conflict::Interaction`] when the interaction expired, or another request returned its slot.
    pub async fn issue_code(&self, new: &NewGrant<'_>) -> Result<(), WriteError> {
        let grant = new.grant;
        let Stage::Code(waiting) = &grant.stage else {
            return Err(Unavailable::new("a grant without a code").into());
        };
        let content = GrantItem {
            id: grant.id,
            client: grant.client.clone(),
            account: grant.account,
            place: grant.place.clone(),
            generation: grant.generation,
            connection: grant.connection,
            subject: grant.subject.clone(),
            scopes: grant.scopes.clone(),
            claims: grant.claims,
            nonce: grant.nonce.clone(),
            authenticated_at: grant.authenticated_at,
            assurance: grant.assurance,
            methods: grant.methods.clone(),
            issued_at: grant.issued_at,
            redirect_uri: waiting.redirect_uri.clone(),
            code_challenge: waiting.code_challenge.clone(),
            sequence: 0,
            tokens_at: grant.issued_at,
        };
        let ends_at = grant.issued_at + CODE_LIFETIME;
        let transaction = check_generation(self.write_transaction(), grant.account, grant.generation)
            .put(Conflict::NewGrant, item::write(&key::grant(grant.id), &content, Some(ends_at)));
        let transaction =
            connections::record(transaction, grant.account, new.connection, new.is_new_connection);
        match new.interaction {
            Some(interaction) => interactions::end(transaction, interaction, grant.issued_at),
            None => transaction,
        }
        .commit()
        .await
    }

    /// The grant with this id (`GetItem`).
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn grant(&self, id: GrantId, now: Timestamp) -> Result<Option<Grant>, Unavailable> {
        read(self.get(&key::grant(id)).await?, now)
    }

    /// Exchanges a grant's code, or its latest refresh token, for `newer` tokens (`TransactWriteItems`).
    ///
    /// The assertion that authenticated the service is used with it.
    ///
    /// # Errors
    /// - [`Conflict::Assertion`] when the assertion was used before.
    /// - [`Conflict::Grant`] when the code or token was exchanged, expired, or was revoked.
    /// - [`Conflict::Generation`] when the sessions and grants of the account were ended.
    /// - [`Conflict::Connection`] when the connection ended.
    pub async fn exchange(
        &self,
        grant: &Grant,
        newer: Tokens,
        assertion: Option<&Assertion>,
    ) -> Result<(), WriteError> {
        let older = match &grant.stage {
            Stage::Code(_) => 0,
            Stage::Tokens(tokens) => tokens.sequence,
        };
        let transaction = match assertion {
            Some(assertion) => use_assertion(self.write_transaction(), assertion, newer.at),
            None => self.write_transaction(),
        };
        let exchange = Expression::new("SET #sequence = :newer, #tokens_at = :now, #ttl = :ttl")
            .names(&["sequence", "tokens_at", "ttl"])
            .value("newer", item::number(newer.sequence))
            .value("older", item::number(older))
            .value("now", item::seconds(newer.at))
            .value("ttl", item::seconds(grant.ends_at(newer)));
        let transaction = transaction.update(
            Conflict::Grant,
            &key::grant(grant.id),
            "#sequence = :older AND #ttl > :now",
            exchange,
        );
        let transaction = check_generation(transaction, grant.account, grant.generation);
        let transaction = if older == 0 && grant.is_offline() {
            let key = key::account_grant(grant.account, grant.id);
            transaction.put_any(item::write(
                &key,
                &AccountGrantItem {},
                Some(grant.issued_at + REFRESH_TOTAL),
            ))
        } else {
            transaction
        };
        check_connection(transaction, grant).commit().await
    }

    /// Deletes a grant, which revokes its tokens (`DeleteItem`).
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn revoke_grant(&self, id: GrantId) -> Result<(), Unavailable> {
        self.remove(&key::grant(id)).await
    }

    /// Uses an assertion of a request that exchanges nothing (`TransactWriteItems`).
    ///
    /// # Errors
    /// [`Conflict::Assertion`] when it was used before.
    pub async fn spend_assertion(&self, assertion: &Assertion, now: Timestamp) -> Result<(), WriteError> {
        use_assertion(self.write_transaction(), assertion, now).commit().await
    }

    /// The email address of a grant's account, if the grant still counts.
    ///
    /// Calls `BatchGetItem`, and `GetItem` when the account has moved to another email key.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn granted_email(
        &self,
        grant: &Grant,
        now: Timestamp,
    ) -> Result<Option<EmailAddress>, Unavailable> {
        let place = key::account_place(grant.account);
        let connection = key::connection(grant.account, &grant.client);
        let account = key::account(&grant.place);
        let mut found = self.get_all(&[place.clone(), connection.clone(), account.clone()]).await?;
        let place: Option<AccountPlaceItem> = item::read(found.remove(&place), now)?;
        let Some(place) = place.filter(|place| place.generation == grant.generation) else { return Ok(None) };
        let connection = connections::read(found.remove(&connection), now)?;
        if connection.is_none_or(|connection| connection.id != grant.connection) {
            return Ok(None);
        }
        let account = found.remove(&account).filter(|_| place.place == grant.place);
        let account = self.read_account(account, now)?;
        let account = match account.filter(|account| account.details().id == grant.account) {
            Some(account) => Some(account),
            // The account has moved to another email key.
            None => self.account_from(grant.account, &place.place, now).await?,
        };
        Ok(account.map(|account| account.details().email.clone()))
    }
}

/// Checks that the connection is the one the grant was issued under. [`Conflict::Connection`] when it ended.
fn check_connection<'a>(transaction: WriteTransaction<'a>, grant: &Grant) -> WriteTransaction<'a> {
    let same = Expression::new("#id = :id").names(&["id"]).value("id", item::text(grant.connection));
    transaction.check(Conflict::Connection, &key::connection(grant.account, &grant.client), same)
}

/// Stores an assertion until it expires. [`Conflict::Assertion`] when it was used before.
fn use_assertion<'a>(
    transaction: WriteTransaction<'a>,
    assertion: &Assertion,
    now: Timestamp,
) -> WriteTransaction<'a> {
    let key = key::assertion(&assertion.client, &assertion.hash);
    let item = item::write(&key, &AssertionItem {}, Some(assertion.until));
    transaction.replace(Conflict::Assertion, item, absent_at(now))
}

fn read(item: Option<Attributes>, now: Timestamp) -> Result<Option<Grant>, Unavailable> {
    let found: Option<GrantItem> = item::read(item, now)?;
    Ok(found.map(|item| {
        let stage = match item.sequence {
            0 => Stage::Code(CodeBinding {
                redirect_uri: item.redirect_uri,
                code_challenge: item.code_challenge,
            }),
            sequence => Stage::Tokens(Tokens { sequence, at: item.tokens_at }),
        };
        Grant {
            id: item.id,
            client: item.client,
            account: item.account,
            place: item.place,
            generation: item.generation,
            connection: item.connection,
            subject: item.subject,
            scopes: item.scopes,
            claims: item.claims,
            nonce: item.nonce,
            authenticated_at: item.authenticated_at,
            assurance: item.assurance,
            methods: item.methods,
            issued_at: item.issued_at,
            stage,
        }
    }))
}
