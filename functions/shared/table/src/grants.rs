//! Grants: a code is issued, exchanged once, and its refresh tokens are rotated (RULES 6.1). The code and the tokens
//! themselves are never stored: they are made of the grant's name by a key.

use std::collections::BTreeSet;

use domain::{
    Timestamp,
    assurance::Assurance,
    authorization::Claims,
    email::EmailAddress,
    factors::FactorKind,
    grant::{CODE_LIFETIME, Grant, Stage, Tokens, Waiting},
    id::{AccountId, ConnectionId, GrantId, InteractionId},
    keys::EmailKey,
    service::{ClientId, Scopes},
};
use serde::{Deserialize, Serialize};

use crate::{
    Connection, Table,
    accounts::AccountPlaceItem,
    connections,
    error::{Conflict, Unavailable, WriteError},
    interactions,
    item::{self, Attributes, Kind, epoch},
    key,
    write_transaction::{Expression, WriteTransaction},
};

#[derive(Serialize, Deserialize)]
struct GrantItem {
    id: GrantId,
    client: ClientId,
    account: AccountId,
    place: EmailKey,
    generation: u64,
    connection: ConnectionId,
    subject: String,
    scopes: Scopes,
    claims: Claims,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    nonce: Option<String>,
    #[serde(with = "epoch")]
    authenticated_at: Timestamp,
    assurance: Assurance,
    #[serde(default = "by_password")]
    methods: BTreeSet<FactorKind>,
    #[serde(with = "epoch")]
    issued_at: Timestamp,
    redirect_uri: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    code_challenge: Option<String>,
    /// The number of the newest refresh token; 0 while the code waits.
    sequence: u64,
    #[serde(with = "epoch")]
    tokens_at: Timestamp,
}

/// Of grants that were made before there was anything else.
fn by_password() -> BTreeSet<FactorKind> {
    BTreeSet::from([FactorKind::Password])
}

impl Kind for GrantItem {
    const NAME: &'static str = "grant";
}

/// A JWT by which a service proved to be itself: it is good once.
#[derive(Clone, Debug)]
pub struct Assertion {
    /// The service.
    pub client: ClientId,
    /// The hash of its name.
    pub hash: String,
    /// Until when it is remembered.
    pub until: Timestamp,
}

#[derive(Serialize, Deserialize)]
struct AssertionItem {}

impl Kind for AssertionItem {
    const NAME: &'static str = "assertion";
}

/// A code that is issued, with what is recorded by it.
#[derive(Clone, Debug)]
pub struct Issue<'a> {
    /// What is granted.
    pub grant: &'a Grant,
    /// The connection to record.
    pub connection: &'a Connection,
    /// Whether the account was not connected to the service before.
    pub is_new_connection: bool,
    /// The transaction that comes to its end by it.
    pub interaction: Option<InteractionId>,
}

impl Table {
    /// Issues a code, and records the connection, together or not at all (RULES 6.4).
    ///
    /// # Errors
    /// [`Conflict::Account`] when its sessions were ended meanwhile, [`Conflict::Connection`] when that has changed,
    /// [`Conflict::Interaction`] when that is over.
    pub async fn issue_code(&self, issue: &Issue<'_>) -> Result<(), WriteError> {
        let grant = issue.grant;
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
        let transaction = same_generation(self.write_transaction(), grant)
            .put(Conflict::Grant, item::write(&key::grant(grant.id), &content, Some(ends_at)));
        let transaction =
            connections::record(transaction, grant.account, issue.connection, issue.is_new_connection);
        match issue.interaction {
            Some(interaction) => interactions::end(transaction, interaction, grant.issued_at),
            None => transaction,
        }
        .commit()
        .await
    }

    /// The grant of this name.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn grant(&self, id: GrantId, now: Timestamp) -> Result<Option<Grant>, Unavailable> {
        read(self.get(&key::grant(id)).await?, now)
    }

    /// Exchanges a grant's code, or its newest refresh token, for `newer` tokens: once, while the account's sessions and
    /// its connection to the service last. The service's assertion is good once with it.
    ///
    /// # Errors
    /// [`Conflict::Assertion`] when that came before, [`Conflict::Grant`] when the code or token was exchanged or
    /// ran out meanwhile, [`Conflict::Account`] and [`Conflict::Connection`] when those are over.
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
            Some(assertion) => remember(self.write_transaction(), assertion, newer.at),
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
        same_connection(same_generation(transaction, grant), grant).commit().await
    }

    /// Ends a grant: nothing that was given for it opens anything from now on.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn revoke_grant(&self, id: GrantId) -> Result<(), Unavailable> {
        self.remove(&key::grant(id)).await
    }

    /// Remembers an assertion that was spent for nothing.
    ///
    /// # Errors
    /// [`Conflict::Assertion`] when it came before.
    pub async fn spend_assertion(&self, assertion: &Assertion, now: Timestamp) -> Result<(), WriteError> {
        remember(self.write_transaction(), assertion, now).commit().await
    }

    /// The email address of the account, if what was granted still holds.
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
        let account = match found.remove(&account) {
            Some(account) if place.place == grant.place => Some(account),
            // The account's email is another one by now.
            _ => self.get(&key::account(&place.place)).await?,
        };
        let account = self.read_account(account, now)?.map(|(account, _)| account);
        Ok(account
            .filter(|account| account.details().id == grant.account)
            .map(|account| account.details().email.clone()))
    }
}

fn same_generation<'a>(transaction: WriteTransaction<'a>, grant: &Grant) -> WriteTransaction<'a> {
    let same = Expression::new("#generation = :generation")
        .names(&["generation"])
        .value("generation", item::number(grant.generation));
    transaction.check(Conflict::Account, &key::account_place(grant.account), same)
}

fn same_connection<'a>(transaction: WriteTransaction<'a>, grant: &Grant) -> WriteTransaction<'a> {
    let same = Expression::new("#id = :id").names(&["id"]).value("id", item::text(grant.connection));
    transaction.check(Conflict::Connection, &key::connection(grant.account, &grant.client), same)
}

fn remember<'a>(
    transaction: WriteTransaction<'a>,
    assertion: &Assertion,
    now: Timestamp,
) -> WriteTransaction<'a> {
    let key = key::assertion(&assertion.client, &assertion.hash);
    let item = item::write(&key, &AssertionItem {}, Some(assertion.until));
    let is_new = Expression::new("attribute_not_exists(pk) OR #ttl <= :now")
        .names(&["ttl"])
        .value("now", item::seconds(now));
    transaction.replace(Conflict::Assertion, item, is_new)
}

fn read(item: Option<Attributes>, now: Timestamp) -> Result<Option<Grant>, Unavailable> {
    let found: Option<GrantItem> = item::read(item, now)?;
    Ok(found.map(|item| {
        let stage = match item.sequence {
            0 => {
                Stage::Code(Waiting { redirect_uri: item.redirect_uri, code_challenge: item.code_challenge })
            }
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
