//! The factors of an account: authenticators, recovery codes, codes that were sent, and guesses (RULES 5.2 to 5.9).
//!
//! They are one item with a revision. A write replaces the whole item, if the revision is the one that was read, so
//! that limits are exact with any number of parallel requests.

use domain::{
    Timestamp,
    factors::{
        Authenticator, AuthenticatorName, Factors, Guesses, RecoveryCodes, SentCode, TimeStep, TotpSecret,
        VerifiedBrowser,
    },
    id::{AccountId, AuthenticatorId},
    keys::Sealed,
    secret::HashedSecret,
};
use serde::{Deserialize, Serialize};

use crate::{
    Table,
    error::{Conflict, Unavailable},
    item::{self, Attributes, Kind, epoch, epoch_option, epochs},
    key,
    write_transaction::{Expression, WriteTransaction},
};

#[derive(Serialize, Deserialize)]
pub(crate) struct FactorsItem {
    revision: u64,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    authenticators: Vec<AuthenticatorItem>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    recovery_codes: Option<RecoveryCodesItem>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    codes: Vec<CodeItem>,
    #[serde(with = "epochs", default, skip_serializing_if = "Vec::is_empty")]
    codes_sent: Vec<Timestamp>,
    #[serde(with = "epoch_option", default, skip_serializing_if = "Option::is_none")]
    email_code_used_at: Option<Timestamp>,
    #[serde(with = "epoch_option", default, skip_serializing_if = "Option::is_none")]
    email_code_off_at: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    had_second: bool,
    /// Written and read as `had_second` of an account without authenticators, for the previous version.
    #[serde(with = "epoch_option", default, skip_serializing_if = "Option::is_none")]
    lost_at: Option<Timestamp>,
    guesses: GuessesItem,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    browsers: Vec<BrowserItem>,
}

#[derive(Serialize, Deserialize)]
struct AuthenticatorItem {
    id: AuthenticatorId,
    /// Chosen by the resident, so it is personal data.
    name: Sealed,
    secret: Sealed,
    #[serde(with = "epoch")]
    enrolled_at: Timestamp,
    #[serde(with = "epoch")]
    counts_from: Timestamp,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    in_review: bool,
    #[serde(with = "epoch")]
    used_at: Timestamp,
    last_step: u64,
}

#[derive(Serialize, Deserialize)]
struct RecoveryCodesItem {
    #[serde(with = "epoch")]
    made_at: Timestamp,
    #[serde(with = "epoch")]
    counts_from: Timestamp,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    in_review: bool,
    #[serde(with = "epoch_option", default, skip_serializing_if = "Option::is_none")]
    used_at: Option<Timestamp>,
    /// The hashes of the unused codes.
    unused: Vec<String>,
}

impl RecoveryCodesItem {
    fn new(codes: &RecoveryCodes) -> Self {
        Self {
            made_at: codes.made_at,
            counts_from: codes.counts_from,
            in_review: codes.in_review,
            used_at: codes.used_at,
            unused: codes.unused.iter().map(|code| code.as_str().to_owned()).collect(),
        }
    }

    fn read(self) -> RecoveryCodes {
        RecoveryCodes {
            made_at: self.made_at,
            counts_from: self.counts_from,
            in_review: self.in_review,
            used_at: self.used_at,
            unused: self.unused.into_iter().map(HashedSecret::stored).collect(),
        }
    }
}

#[derive(Serialize, Deserialize)]
struct CodeItem {
    session: String,
    #[serde(rename = "proof")]
    code_mac: String,
    #[serde(with = "epoch")]
    sent_at: Timestamp,
    tries: u32,
}

#[derive(Serialize, Deserialize)]
struct BrowserItem {
    id: String,
    by_second_factor: bool,
    #[serde(with = "epoch")]
    verified_at: Timestamp,
    guesses: GuessesItem,
}

#[derive(Default, Serialize, Deserialize)]
struct GuessesItem {
    taken: u32,
    #[serde(default, skip_serializing_if = "is_zero")]
    taken_at_second_factor: u32,
    #[serde(with = "epoch_option", default, skip_serializing_if = "Option::is_none")]
    second_factor_at: Option<Timestamp>,
    pauses: u32,
    #[serde(with = "epoch_option", default, skip_serializing_if = "Option::is_none")]
    paused_until: Option<Timestamp>,
    is_told: bool,
    #[serde(with = "epoch")]
    last_at: Timestamp,
}

impl GuessesItem {
    fn new(guesses: &Guesses) -> Self {
        Self {
            taken: guesses.taken,
            taken_at_second_factor: guesses.taken_at_second_factor,
            second_factor_at: guesses.second_factor_at,
            pauses: guesses.pauses,
            paused_until: guesses.paused_until,
            is_told: guesses.is_notified,
            last_at: guesses.last_at,
        }
    }

    fn read(self) -> Guesses {
        Guesses {
            taken: self.taken,
            taken_at_second_factor: self.taken_at_second_factor,
            second_factor_at: self.second_factor_at,
            pauses: self.pauses,
            paused_until: self.paused_until,
            is_notified: self.is_told,
            last_at: self.last_at,
        }
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_zero(number: &u32) -> bool {
    *number == 0
}

impl Kind for FactorsItem {
    const NAME: &'static str = "factors";
}

impl Table {
    /// The factors of an account (`GetItem`).
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn factors(&self, account: AccountId, now: Timestamp) -> Result<Factors, Unavailable> {
        self.read_factors(account, self.get(&key::factors(account)).await?, now)
    }

    /// Decodes the factors of an account. An absent item means none.
    pub(crate) fn read_factors(
        &self,
        account: AccountId,
        item: Option<Attributes>,
        now: Timestamp,
    ) -> Result<Factors, Unavailable> {
        let found: Option<FactorsItem> = item::read(item, now)?;
        let Some(item) = found else { return Ok(Factors::none(account)) };
        // The previous version doesn't write `had_second`.
        let had_second = item.had_second || item.lost_at.is_some() || !item.authenticators.is_empty();
        let authenticators =
            item.authenticators.iter().map(|authenticator| self.read_authenticator(account, authenticator));
        let code = |code: CodeItem| SentCode {
            session: HashedSecret::stored(code.session),
            code_mac: code.code_mac,
            sent_at: code.sent_at,
            tries: code.tries,
        };
        let browser = |browser: BrowserItem| VerifiedBrowser {
            id: HashedSecret::stored(browser.id),
            by_second_factor: browser.by_second_factor,
            verified_at: browser.verified_at,
            guesses: browser.guesses.read(),
        };
        Ok(Factors {
            account,
            revision: item.revision,
            authenticators: authenticators.collect::<Result<_, _>>()?,
            recovery_codes: item.recovery_codes.map(RecoveryCodesItem::read),
            codes: item.codes.into_iter().map(code).collect(),
            codes_sent: item.codes_sent,
            email_code_used_at: item.email_code_used_at,
            email_code_off_at: item.email_code_off_at,
            had_second,
            guesses: item.guesses.read(),
            browsers: item.browsers.into_iter().map(browser).collect(),
        })
    }

    fn read_authenticator(
        &self,
        account: AccountId,
        item: &AuthenticatorItem,
    ) -> Result<Authenticator, Unavailable> {
        let name = self.open(&authenticator_owner(account, item.id), &item.name)?;
        let unreadable = || Unavailable::unreadable(FactorsItem::NAME);
        Ok(Authenticator {
            id: item.id,
            name: AuthenticatorName::parse(&name).map_err(|_| unreadable())?,
            secret: self.open_totp_secret(&authenticator_owner(account, item.id), &item.secret)?,
            enrolled_at: item.enrolled_at,
            counts_from: item.counts_from,
            in_review: item.in_review,
            used_at: item.used_at,
            last_step: TimeStep(item.last_step),
        })
    }

    fn factors_item(&self, factors: &Factors) -> Result<FactorsItem, Unavailable> {
        let authenticator = |authenticator: &Authenticator| {
            let owner = authenticator_owner(factors.account, authenticator.id);
            Ok::<_, Unavailable>(AuthenticatorItem {
                id: authenticator.id,
                name: self.seal(&owner, authenticator.name.as_str().as_bytes())?,
                secret: self.seal_totp_secret(&owner, &authenticator.secret)?,
                enrolled_at: authenticator.enrolled_at,
                counts_from: authenticator.counts_from,
                in_review: authenticator.in_review,
                used_at: authenticator.used_at,
                last_step: authenticator.last_step.0,
            })
        };
        let code = |code: &SentCode| CodeItem {
            session: code.session.as_str().to_owned(),
            code_mac: code.code_mac.clone(),
            sent_at: code.sent_at,
            tries: code.tries,
        };
        let browser = |browser: &VerifiedBrowser| BrowserItem {
            id: browser.id.as_str().to_owned(),
            by_second_factor: browser.by_second_factor,
            verified_at: browser.verified_at,
            guesses: GuessesItem::new(&browser.guesses),
        };
        Ok(FactorsItem {
            revision: factors.revision + 1,
            authenticators: factors.authenticators.iter().map(authenticator).collect::<Result<_, _>>()?,
            recovery_codes: factors.recovery_codes.as_ref().map(RecoveryCodesItem::new),
            codes: factors.codes.iter().map(code).collect(),
            codes_sent: factors.codes_sent.clone(),
            email_code_used_at: factors.email_code_used_at,
            email_code_off_at: factors.email_code_off_at,
            had_second: factors.had_second,
            // For the previous version, which drops `had_second` when it writes the item.
            lost_at: (factors.had_second && factors.authenticators.is_empty())
                .then_some(Timestamp::UNIX_EPOCH),
            guesses: GuessesItem::new(&factors.guesses),
            browsers: factors.browsers.iter().map(browser).collect(),
        })
    }

    /// Replaces the factors by what follows from them; kinds of factors that a newer release wrote stay. [`Conflict::Factors`]
    /// when they changed since they were read.
    pub(crate) fn with_factors<'a>(
        &self,
        transaction: WriteTransaction<'a>,
        after: &Factors,
    ) -> WriteTransaction<'a> {
        let item = self.factors_item(after);
        let key = key::factors(after.account);
        let item = item.and_then(|item| item::write(&key, &item, None));
        transaction.rewrite::<FactorsItem>(Conflict::Factors, &key, item, has_revision(after.revision))
    }

    pub(crate) fn seal_totp_secret(&self, owner: &str, secret: &TotpSecret) -> Result<Sealed, Unavailable> {
        self.seal(owner, secret.expose())
    }

    pub(crate) fn open_totp_secret(&self, owner: &str, sealed: &Sealed) -> Result<TotpSecret, Unavailable> {
        let plain = self.data()?.open(owner, sealed);
        let plain = plain.map_err(|_| Unavailable::new("no key opens a sealed value"))?;
        TotpSecret::parse(&plain).ok_or_else(|| Unavailable::unreadable(FactorsItem::NAME))
    }
}

/// The condition that the factors are those that were read with this revision.
fn has_revision(revision: u64) -> Expression {
    match revision {
        0 => Expression::new("attribute_not_exists(pk)"),
        revision => Expression::new("#revision = :before")
            .names(&["revision"])
            .value("before", item::number(revision)),
    }
}

/// Checks that the factors are as they were read. [`Conflict::Factors`] otherwise.
pub(crate) fn check_factors<'a>(
    transaction: WriteTransaction<'a>,
    factors: &Factors,
) -> WriteTransaction<'a> {
    transaction.check(Conflict::Factors, &key::factors(factors.account), has_revision(factors.revision))
}

/// The owner of an authenticator's sealed values: they open for that authenticator of that account alone.
pub(crate) fn authenticator_owner(account: AccountId, id: AuthenticatorId) -> String {
    format!("{account} {id}")
}
