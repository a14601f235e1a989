//! Signing in: one read of all that a password sign-in needs, and the transaction of its success (RULES 3.1, 3.3).

use domain::{
    Timestamp,
    account::{Account, ActiveAccount},
    attempts::Attempts,
    device::AddressBlock,
    email::EmailAddress,
    hashing::PasswordHash,
    id::{AttemptId, InteractionId},
    interaction::Interaction,
    keys::{EmailKey, SealingPurpose},
    secret::{HashedSecret, kind},
};

use crate::{
    AccountEmail, DeviceStatus, LimitedAction, NewSession, RateLimit, RateSlot, Table,
    accounts::{ACTIVE, change, unchanged},
    attempts,
    audit::{AuditEvent, AuditSubject},
    devices,
    error::{Conflict, Unavailable, WriteError},
    item, key,
    limits::return_slot,
    sessions::begin_session,
    write_transaction::Expression,
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
    pub known: DeviceStatus,
    /// How far the source has counted.
    pub rate_limit: RateLimit,
    /// The sign-in transaction asked for, whoever's it is.
    pub interaction: Option<Interaction>,
}

/// Who signs in, and from where.
#[derive(Clone, Debug)]
pub struct SignInQuery<'a> {
    /// The email that was typed.
    pub email: &'a EmailAddress,
    /// The source of the request.
    pub block: AddressBlock,
    /// The browser's cookie, hashed.
    pub device: &'a HashedSecret<kind::Device>,
    /// The transaction that the browser is on.
    pub interaction: Option<InteractionId>,
}

/// A password that was right.
#[derive(Debug)]
pub struct SignIn<'a> {
    /// Whose.
    pub account: &'a ActiveAccount,
    /// The attempt that was reserved for it.
    pub attempt: AttemptId,
    /// What was counted for its source, which is taken back.
    pub source: &'a RateSlot,
    /// The email that tells of a new browser, if it is one.
    pub notice: Option<AccountEmail>,
    /// The session it begins.
    pub session: &'a NewSession,
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
        from: &SignInQuery<'_>,
        now: Timestamp,
    ) -> Result<SignInView, Unavailable> {
        let places = self.keys.email_keys(from.email);
        let of_place = |place| [key::account(place), key::attempts(place), key::device(place, from.device)];
        let mut keys: Vec<_> = places.iter().flat_map(of_place).collect();
        keys.extend(from.interaction.map(key::interaction));
        let rate_limit = self.rate_limit(from.block, LimitedAction::Tries, now);
        keys.extend_from_slice(rate_limit.keys());
        let mut found = self.get_all(&keys).await?;
        let interaction = from.interaction.and_then(|id| found.remove(&key::interaction(id)));
        let mut view = SignInView {
            place: self.keys.email_key(from.email),
            account: None,
            is_wrapped_by_older_key: false,
            attempts: Attempts::default(),
            known: DeviceStatus::Unknown,
            rate_limit: rate_limit.with_counts(&found),
            interaction: self.read_interaction(interaction, now)?,
        };
        for place in &places {
            if let Some((account, password)) = self.read_account(found.remove(&key::account(place)), now)? {
                view.place = place.clone();
                view.account = Some(account);
                view.is_wrapped_by_older_key =
                    password.is_some_and(|password| self.keys.is_stale(SealingPurpose::Password, &password));
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
    /// [`Conflict::Account`] when it has changed or was locked meanwhile, [`Conflict::Attempts`] when the attempt
    /// no longer counts, [`Conflict::Device`] when the browser became known, [`Conflict::Interaction`] when that
    /// is over.
    pub async fn sign_in(&self, sign_in: &SignIn<'_>) -> Result<(), WriteError> {
        let (details, session) = (&sign_in.account.0, &sign_in.session.session);
        let transaction = match sign_in.rehashed {
            None => self.write_transaction().check(
                Conflict::Account,
                &key::account(&details.place),
                unchanged(ACTIVE, details),
            ),
            Some(hash) => {
                let password = self.seal_password(&details.id.to_string(), hash);
                let rehash = unchanged(ACTIVE, details)
                    .instead("SET #password = :password, #revision = #revision + :one")
                    .names(&["password"])
                    .value("password", item::text(password.as_str()))
                    .value("one", item::number(1));
                change(self.write_transaction(), details, rehash)
            }
        };
        let cleared = Expression::new("contains(#reserved, :id)")
            .names(&["reserved"])
            .value("id", item::text(sign_in.attempt));
        let event =
            if sign_in.notice.is_some() { AuditEvent::SignedInOnNewDevice } else { AuditEvent::NewSession };
        let audit = self.audit(AuditSubject::Account(details.id), event, &session.device, session.began_at);
        let transaction = transaction
            .delete(Conflict::Attempts, &key::attempts(&details.place), cleared)
            .put(Conflict::Audit, audit);
        let transaction = return_slot(transaction, sign_in.source, session.began_at);
        let transaction = begin_session(transaction, &details.place, sign_in.session);
        let transaction = match &sign_in.notice {
            Some(notice) => self.with_account_email(transaction, notice),
            None => transaction,
        };
        transaction.commit().await
    }
}
