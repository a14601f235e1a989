//! Signing in: one read of all that a password sign-in needs, and the transaction of its success (RULES 3.1, 3.3).

use domain::{
    Timestamp,
    account::{Account, Active},
    attempts::Attempts,
    email::EmailAddress,
    hashing::PasswordHash,
    id::{AttemptId, TransactionId},
    keys::{EmailKey, Purpose},
    transaction::Transaction,
};

use crate::{
    SignedIn, Table,
    activate::unchanged,
    attempts,
    audit::{About, Event},
    error::{Unavailable, WriteError},
    item, key,
    sessions::begin_session,
    together::Expression,
    transactions,
};

/// All that a password sign-in is decided on.
#[derive(Debug)]
pub struct SignInView {
    /// Where the email's items are: its account's, else where one would be.
    pub place: EmailKey,
    /// The account, if the email has one.
    pub account: Option<Account>,
    /// Whether its password hash is wrapped by an older key.
    pub is_wrapped_by_older_key: bool,
    /// The attempts of the email.
    pub attempts: Attempts,
    /// The sign-in transaction asked for, whoever's it is.
    pub transaction: Option<Transaction>,
}

/// A password that was right.
#[derive(Debug)]
pub struct SignIn<'a> {
    /// Whose.
    pub account: &'a Active,
    /// The attempt that was reserved for it.
    pub attempt: AttemptId,
    /// The session it begins.
    pub session: &'a SignedIn,
    /// The password's new hash, when it was hashed or wrapped as is no longer done.
    pub rehashed: Option<&'a PasswordHash>,
}

impl Table {
    /// Reads all that a password sign-in is decided on, in one call.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn view_sign_in(
        &self,
        email: &EmailAddress,
        transaction: Option<TransactionId>,
        now: Timestamp,
    ) -> Result<SignInView, Unavailable> {
        let places = self.keys.email_keys(email);
        let mut keys: Vec<_> =
            places.iter().flat_map(|place| [key::account(place), key::attempts(place)]).collect();
        keys.extend(transaction.map(key::transaction));
        let mut found = self.get_all(&keys).await?;
        let transaction = transaction.and_then(|id| found.remove(&key::transaction(id)));
        let transaction = transactions::read(transaction, now)?;
        for place in &places {
            if let Some((account, password)) = self.read_account(found.remove(&key::account(place)), now)? {
                let attempts = attempts::read(found.remove(&key::attempts(place)), now)?;
                let is_wrapped_by_older_key = self.keys.is_stale(Purpose::Password, &password);
                return Ok(SignInView {
                    place: place.clone(),
                    account: Some(account),
                    is_wrapped_by_older_key,
                    attempts,
                    transaction,
                });
            }
        }
        let place = self.keys.email_key(email);
        let attempts = attempts::read(found.remove(&key::attempts(&place)), now)?;
        Ok(SignInView { place, account: None, is_wrapped_by_older_key: false, attempts, transaction })
    }

    /// Begins the session and clears the attempts, if the account is as it was when its password was compared.
    ///
    /// # Errors
    /// `Overtaken("account")` when it has changed or was locked meanwhile, `Overtaken("attempts")` when the attempt
    /// no longer counts, `Overtaken("transaction")` when that is over.
    pub async fn sign_in(&self, sign_in: &SignIn<'_>) -> Result<(), WriteError> {
        let (details, session) = (&sign_in.account.0, &sign_in.session.session);
        let account = key::account(&details.place);
        let together = match sign_in.rehashed {
            None => self.together().check("account", &account, unchanged(details)),
            Some(hash) => {
                let password = self.seal_password(&details.id.to_string(), hash);
                let rehash = unchanged(details)
                    .instead("SET #password = :password, #revision = #revision + :one")
                    .names(&["password"]);
                let rehash =
                    rehash.value("password", item::text(password.as_str())).value("one", item::number(1));
                self.together().update(
                    "account",
                    (&account, "#state = :active AND #revision = :revision"),
                    rehash,
                )
            }
        };
        let cleared = Expression::new("contains(#reserved, :id)")
            .names(&["reserved"])
            .value("id", item::text(sign_in.attempt));
        let together = together.delete("attempts", &key::attempts(&details.place), cleared).put(
            "audit",
            self.audit(
                About::Account(details.id),
                (Event::SignedIn, &sign_in.session.device),
                session.began_at,
            ),
        );
        begin_session(together, sign_in.session).commit().await
    }
}
