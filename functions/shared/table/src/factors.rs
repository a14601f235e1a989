//! What an account verifies by, in one item with a revision: read with who comes to verify, written whole in the place
//! of what it was decided on (RULES 5.2 to 5.7).

use domain::{
    Timestamp,
    account::Account,
    device::AddressBlock,
    factors::{Authenticator, AuthenticatorName, Factors, Guesses, SentCode, TimeStep, TotpSecret},
    id::{AccountId, AuthenticatorId, InteractionId},
    interaction::Interaction,
    keys::{Sealed, SealingPurpose},
    secret::HashedSecret,
    session::{Session, SessionCookie},
};
use serde::{Deserialize, Serialize};

use crate::{
    LimitedAction, RateLimit, Table,
    accounts::AccountPlaceItem,
    error::{Conflict, Unavailable},
    item::{self, Attributes, Kind, epoch, epoch_option, epochs},
    key, sessions,
    write_transaction::{Expression, WriteTransaction},
};

#[derive(Serialize, Deserialize)]
struct FactorsItem {
    revision: u64,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    authenticators: Vec<AuthenticatorItem>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    codes: Vec<CodeItem>,
    #[serde(with = "epochs", default, skip_serializing_if = "Vec::is_empty")]
    codes_sent: Vec<Timestamp>,
    #[serde(with = "epoch_option", default, skip_serializing_if = "Option::is_none")]
    email_code_used_at: Option<Timestamp>,
    #[serde(with = "epoch_option", default, skip_serializing_if = "Option::is_none")]
    lost_at: Option<Timestamp>,
    guesses: GuessesItem,
}

#[derive(Serialize, Deserialize)]
struct AuthenticatorItem {
    id: AuthenticatorId,
    /// The resident's own words: personal.
    name: Sealed,
    secret: Sealed,
    #[serde(with = "epoch")]
    enrolled_at: Timestamp,
    #[serde(with = "epoch")]
    counts_from: Timestamp,
    #[serde(with = "epoch")]
    used_at: Timestamp,
    last_step: u64,
}

#[derive(Serialize, Deserialize)]
struct CodeItem {
    session: String,
    proof: String,
    #[serde(with = "epoch")]
    sent_at: Timestamp,
    tries: u32,
}

#[derive(Default, Serialize, Deserialize)]
struct GuessesItem {
    taken: u32,
    pauses: u32,
    #[serde(with = "epoch_option", default, skip_serializing_if = "Option::is_none")]
    paused_until: Option<Timestamp>,
    is_told: bool,
    #[serde(with = "epoch")]
    last_at: Timestamp,
}

impl Kind for FactorsItem {
    const NAME: &'static str = "factors";
}

/// Who comes to verify, and from where.
#[derive(Clone, Copy, Debug)]
pub struct SignedInQuery<'a> {
    /// The session's cookie.
    pub cookie: &'a SessionCookie,
    /// The transaction that the browser is on.
    pub interaction: Option<InteractionId>,
    /// The source of the request, when something is tried and not only shown.
    pub tries: Option<AddressBlock>,
}

/// All that verifying is decided on.
#[derive(Debug)]
pub struct SignedInView {
    /// Who is signed in by the cookie.
    pub signed_in: Option<SessionView>,
    /// What the cookie's session went on by, when it goes on under another secret since a moment ago and something is
    /// tried: the keyed hash of the code.
    pub renewed_by: Option<String>,
    /// The sign-in transaction asked for, whoever's it is.
    pub interaction: Option<Interaction>,
    /// How far the source has counted, when something is tried.
    pub rate_limit: Option<RateLimit>,
}

/// Who is signed in, with what they verify by.
#[derive(Debug)]
pub struct SessionView {
    /// Their session.
    pub session: Session,
    /// Their account.
    pub account: Account,
    /// What they verify by.
    pub factors: Factors,
}

impl Table {
    /// Reads all that verifying is decided on.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn view_signed_in(
        &self,
        from: &SignedInQuery<'_>,
        now: Timestamp,
    ) -> Result<SignedInView, Unavailable> {
        let (account, hash) = (from.cookie.account, from.cookie.secret.hash());
        let (session, renewal) = (key::session(account, &hash), key::renewal(account, &hash));
        let (place, factors) = (key::account_place(account), key::factors(account));
        let interaction = from.interaction.map(key::interaction);
        let rate_limit = from.tries.map(|block| self.rate_limit(block, LimitedAction::Tries, now));
        let mut keys = vec![session.clone(), place.clone(), factors.clone()];
        keys.extend(interaction.clone());
        if let Some(rate_limit) = &rate_limit {
            keys.push(renewal.clone());
            keys.extend_from_slice(rate_limit.keys());
        }
        let mut found = self.get_all(&keys).await?;
        let rate_limit = rate_limit.map(|rate_limit| rate_limit.with_counts(&found));
        let interaction = self.read_interaction(interaction.and_then(|key| found.remove(&key)), now)?;
        let renewed_by = sessions::read_renewal(found.remove(&renewal), now)?;
        let place: Option<AccountPlaceItem> = item::read(found.remove(&place), now)?;
        let session = match &place {
            Some(place) => sessions::read(found.remove(&session), Some(place.generation), now)?,
            None => None,
        };
        let factors = self.read_factors(account, found.remove(&factors), now)?;
        let account = match (&session, place) {
            (Some(_), Some(place)) => self.account_at(account, &place.place, now).await?,
            _ => None,
        };
        let signed_in =
            session.zip(account).map(|(session, account)| SessionView { session, account, factors });
        Ok(SignedInView { signed_in, renewed_by, interaction, rate_limit })
    }

    /// What an account verifies by.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn factors(&self, account: AccountId, now: Timestamp) -> Result<Factors, Unavailable> {
        self.read_factors(account, self.get(&key::factors(account)).await?, now)
    }

    fn read_factors(
        &self,
        account: AccountId,
        item: Option<Attributes>,
        now: Timestamp,
    ) -> Result<Factors, Unavailable> {
        let found: Option<FactorsItem> = item::read(item, now)?;
        let Some(item) = found else { return Ok(Factors::none(account)) };
        let authenticators = item.authenticators.iter().map(|own| self.read_authenticator(account, own));
        let code = |code: CodeItem| SentCode {
            session: HashedSecret::stored(code.session),
            proof: code.proof,
            sent_at: code.sent_at,
            tries: code.tries,
        };
        let guesses = Guesses {
            taken: item.guesses.taken,
            pauses: item.guesses.pauses,
            paused_until: item.guesses.paused_until,
            is_notified: item.guesses.is_told,
            last_at: item.guesses.last_at,
        };
        Ok(Factors {
            account,
            revision: item.revision,
            authenticators: authenticators.collect::<Result<_, _>>()?,
            codes: item.codes.into_iter().map(code).collect(),
            codes_sent: item.codes_sent,
            email_code_used_at: item.email_code_used_at,
            lost_at: item.lost_at,
            guesses,
        })
    }

    fn read_authenticator(
        &self,
        account: AccountId,
        item: &AuthenticatorItem,
    ) -> Result<Authenticator, Unavailable> {
        let name = self.open(&owner(account, item.id), &item.name)?;
        let unreadable = || Unavailable::unreadable(FactorsItem::NAME);
        Ok(Authenticator {
            id: item.id,
            name: AuthenticatorName::parse(&name).map_err(|_| unreadable())?,
            secret: self.open_totp_secret(&owner(account, item.id), &item.secret)?,
            enrolled_at: item.enrolled_at,
            counts_from: item.counts_from,
            used_at: item.used_at,
            last_step: TimeStep(item.last_step),
        })
    }

    fn factors_item(&self, factors: &Factors) -> FactorsItem {
        let authenticator = |own: &Authenticator| AuthenticatorItem {
            id: own.id,
            name: self.seal(&owner(factors.account, own.id), own.name.as_str().as_bytes()),
            secret: self.seal_totp_secret(&owner(factors.account, own.id), &own.secret),
            enrolled_at: own.enrolled_at,
            counts_from: own.counts_from,
            used_at: own.used_at,
            last_step: own.last_step.0,
        };
        let code = |code: &SentCode| CodeItem {
            session: code.session.as_str().to_owned(),
            proof: code.proof.clone(),
            sent_at: code.sent_at,
            tries: code.tries,
        };
        let guesses = &factors.guesses;
        FactorsItem {
            revision: factors.revision + 1,
            authenticators: factors.authenticators.iter().map(authenticator).collect(),
            codes: factors.codes.iter().map(code).collect(),
            codes_sent: factors.codes_sent.clone(),
            email_code_used_at: factors.email_code_used_at,
            lost_at: factors.lost_at,
            guesses: GuessesItem {
                taken: guesses.taken,
                pauses: guesses.pauses,
                paused_until: guesses.paused_until,
                is_told: guesses.is_notified,
                last_at: guesses.last_at,
            },
        }
    }

    /// Writes what came of a move in the place of what it was decided on; refused as `factors` when that has changed.
    pub(crate) fn with_factors<'a>(
        &self,
        transaction: WriteTransaction<'a>,
        after: &Factors,
    ) -> WriteTransaction<'a> {
        let item = item::write(&key::factors(after.account), &self.factors_item(after), None);
        let condition = match after.revision {
            0 => Expression::new("attribute_not_exists(pk)"),
            before => Expression::new("#revision = :before")
                .names(&["revision"])
                .value("before", item::number(before)),
        };
        transaction.replace(Conflict::Factors, item, condition)
    }

    pub(crate) fn seal_totp_secret(&self, owner: &str, secret: &TotpSecret) -> Sealed {
        self.keys.seal(SealingPurpose::Personal, owner, secret.expose(), self.random())
    }

    pub(crate) fn open_totp_secret(&self, owner: &str, sealed: &Sealed) -> Result<TotpSecret, Unavailable> {
        let plain = self.keys.open(SealingPurpose::Personal, owner, sealed);
        let plain = plain.map_err(|_| Unavailable::new("no key opens a sealed value"))?;
        TotpSecret::parse(&plain).ok_or_else(|| Unavailable::unreadable(FactorsItem::NAME))
    }
}

/// Whose a sealed secret is: it opens for its own account and app alone.
fn owner(account: AccountId, id: AuthenticatorId) -> String {
    format!("{account} {id}")
}
