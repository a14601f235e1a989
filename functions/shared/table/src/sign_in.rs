//! Signing in: one read of all that a password sign-in needs, and the transaction of its success (RULES 3.1, 3.3).

use domain::{
    Timestamp,
    account::{Account, Active},
    attempts::Attempts,
    device::AddressBlock,
    email::EmailAddress,
    hashing::PasswordHash,
    id::{AttemptId, TransactionId},
    keys::{EmailKey, Purpose},
    secret::{HashedSecret, kind},
    transaction::Transaction,
};

use crate::{
    Counted, Known, Notice, SignedIn, Table, Tally, Try,
    accounts::{ACTIVE, change, unchanged},
    attempts,
    audit::{About, Event},
    devices,
    error::{Unavailable, WriteError},
    item, key,
    limits::uncount,
    sessions::begin_session,
    together::Expression,
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
    /// Whether the account knows the browser.
    pub known: Known,
    /// How far the source has counted.
    pub tally: Tally,
    /// The sign-in transaction asked for, whoever's it is.
    pub transaction: Option<Transaction>,
}

/// Who signs in, and from where.
#[derive(Clone, Debug)]
pub struct SignInFrom<'a> {
    /// The email that was typed.
    pub email: &'a EmailAddress,
    /// The source of the request.
    pub block: AddressBlock,
    /// The browser's cookie, hashed.
    pub device: &'a HashedSecret<kind::Device>,
    /// The transaction that the browser is on.
    pub transaction: Option<TransactionId>,
}

/// A password that was right.
#[derive(Debug)]
pub struct SignIn<'a> {
    /// Whose.
    pub account: &'a Active,
    /// The attempt that was reserved for it.
    pub attempt: AttemptId,
    /// What was counted for its source, which is taken back.
    pub source: &'a Try,
    /// The email that tells of a new browser, if it is one.
    pub notice: Option<Notice>,
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
        from: &SignInFrom<'_>,
        now: Timestamp,
    ) -> Result<SignInView, Unavailable> {
        let places = self.keys.email_keys(from.email);
        let of_place = |place| [key::account(place), key::attempts(place), key::device(place, from.device)];
        let mut keys: Vec<_> = places.iter().flat_map(of_place).collect();
        keys.extend(from.transaction.map(key::transaction));
        let tally = self.tally((from.block, Counted::Tries), now);
        keys.extend_from_slice(tally.keys());
        let mut found = self.get_all(&keys).await?;
        let transaction = from.transaction.and_then(|id| found.remove(&key::transaction(id)));
        let mut view = SignInView {
            place: self.keys.email_key(from.email),
            account: None,
            is_wrapped_by_older_key: false,
            attempts: Attempts::default(),
            known: Known::Not,
            tally: tally.counted(&found),
            transaction: self.read_transaction(transaction, now)?,
        };
        for place in &places {
            if let Some((account, password)) = self.read_account(found.remove(&key::account(place)), now)? {
                view.place = place.clone();
                view.account = Some(account);
                view.is_wrapped_by_older_key =
                    password.is_some_and(|password| self.keys.is_stale(Purpose::Password, &password));
                view.known = devices::read(found.remove(&key::device(place, from.device)), now)?;
                break;
            }
        }
        view.attempts = attempts::read(found.remove(&key::attempts(&view.place)), now)?;
        Ok(view)
    }

    /// Begins the session and clears the attempts, if the account is as it was when its password was compared.
    ///
    /// # Errors
    /// `Overtaken("account")` when it has changed or was locked meanwhile, `Overtaken("attempts")` when the attempt
    /// no longer counts, `Overtaken("device")` when the browser became known, `Overtaken("transaction")` when that
    /// is over.
    pub async fn sign_in(&self, sign_in: &SignIn<'_>) -> Result<(), WriteError> {
        let (details, session) = (&sign_in.account.0, &sign_in.session.session);
        let together = match sign_in.rehashed {
            None => {
                self.together().check("account", &key::account(&details.place), unchanged(ACTIVE, details))
            }
            Some(hash) => {
                let password = self.seal_password(&details.id.to_string(), hash);
                let rehash = unchanged(ACTIVE, details)
                    .instead("SET #password = :password, #revision = #revision + :one")
                    .names(&["password"])
                    .value("password", item::text(password.as_str()))
                    .value("one", item::number(1));
                change(self.together(), details, rehash)
            }
        };
        let cleared = Expression::new("contains(#reserved, :id)")
            .names(&["reserved"])
            .value("id", item::text(sign_in.attempt));
        let event = if sign_in.notice.is_some() { Event::SignedInOnNewDevice } else { Event::SignedIn };
        let audit = self.audit(About::Account(details.id), (event, &session.device), session.began_at);
        let together =
            together.delete("attempts", &key::attempts(&details.place), cleared).put("audit", audit);
        let together = uncount(together, sign_in.source, session.began_at);
        let together = begin_session(together, &details.place, sign_in.session);
        let together = match &sign_in.notice {
            Some(notice) => self.with_notice(together, notice),
            None => together,
        };
        together.commit().await
    }
}
