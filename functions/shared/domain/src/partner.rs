//! Sign-in partners: OpenID providers whose credentials residents can sign in with, such as their bank's (RULES 4.1).
//!
//! A [`PartnerLogin`] is a browser that was sent to a partner. When the partner asserts an [`Identity`] that no account
//! is linked to, a [`PendingIdentity`] waits until the resident has proven an email address.

use std::{fmt, str::FromStr};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{
    id::InteractionId,
    interaction::LocalPath,
    keys::SessionKeys,
    language::Language,
    limits::TakenSlot,
    proof::{FactorKind, Proof},
    secret::{HashedSecret, PreSession, Secret, kind},
    service::Bilingual,
};

mod pending;

pub use pending::{AccountForm, AddressCode, ClaimedEmail, NoCode, PendingIdentity};

/// How long a sign-in at a partner may take.
pub const LOGIN_LIFETIME: SignedDuration = SignedDuration::from_mins(30);

/// How far a partner's clock may be from ours.
pub const MAX_CLOCK_SKEW: SignedDuration = SignedDuration::from_secs(60);

/// How long a pending identity waits for an email address.
pub const PENDING_LIFETIME: SignedDuration = SignedDuration::from_mins(30);

/// The id of a partner in URLs and items: lower-case letters, digits and hyphens.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PartnerId(String);

/// The text is not the id of a partner.
#[derive(Debug, PartialEq, Eq)]
pub struct NotAPartner;

impl FromStr for PartnerId {
    type Err = NotAPartner;

    fn from_str(text: &str) -> Result<Self, NotAPartner> {
        let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        let is_name = (1..=32).contains(&text.len()) && text.chars().all(is_plain);
        if is_name { Ok(Self(text.to_owned())) } else { Err(NotAPartner) }
    }
}

impl TryFrom<String> for PartnerId {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse().map_err(|NotAPartner| "not a partner's name")
    }
}

impl From<PartnerId> for String {
    fn from(id: PartnerId) -> Self {
        id.0
    }
}

impl fmt::Display for PartnerId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A partner, as a deployment configures it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Partner {
    /// The id in URLs and items.
    pub id: PartnerId,
    /// The issuer identifier (OpenID Connect Discovery).
    pub issuer: String,
    /// Our client identifier at the partner.
    pub client_id: String,
    /// The name on pages, in both languages.
    pub name: Bilingual,
    /// Whether residents can sign in by it.
    #[serde(rename = "on")]
    pub is_on: bool,
    /// Whether its ID tokens have `auth_time`. Without, it is not offered where a new sign-in is required (RULES 4.5).
    #[serde(rename = "auth_time", default = "yes")]
    pub has_auth_time: bool,
    /// Values of `error` by which it says that the resident cancelled, besides the standard ones (RULES 4.7).
    #[serde(rename = "cancelled", default)]
    pub cancel_errors: Vec<String>,
}

fn yes() -> bool {
    true
}

/// The parameter `state` that a browser brings back from a partner (RFC 6749 section 10.12).
pub type State = Secret<kind::State>;

/// The secret of a browser that has a pending identity.
pub type PendingIdentitySecret = Secret<kind::PendingIdentity>;

/// A browser that was sent to a partner.
#[derive(Clone, Debug)]
pub struct PartnerLogin {
    /// The hash of the `state`, which identifies it.
    pub state: HashedSecret<kind::State>,
    /// The browser that was sent.
    pub browser: HashedSecret<kind::PreSession>,
    /// The partner that it was sent to.
    pub partner: PartnerId,
    /// The interaction that the sign-in is for.
    pub interaction: Option<InteractionId>,
    /// The local page to redirect to afterwards.
    pub next: Option<LocalPath>,
    /// The language that the service requested.
    pub language: Option<Language>,
    /// When the browser was sent.
    pub started_at: Timestamp,
    /// Whether the identity is to be linked to the account that is signed in.
    pub is_linking: bool,
    /// Whether the partner was asked to authenticate the resident anew (`prompt=login`, `max_age=0`).
    pub is_reauthentication: bool,
    /// Whether the browser has come back.
    pub is_used: bool,
    /// The count of its source, until the partner has asserted an identity.
    pub slot: Option<TakenSlot>,
}

/// The partner did not confirm that it authenticated the resident anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotReauthenticated;

impl PartnerLogin {
    /// When it expires and is deleted.
    #[must_use]
    pub fn ends_at(&self) -> Timestamp {
        self.started_at + LOGIN_LIFETIME
    }

    /// When the resident authenticated at the partner, whose ID token has this `auth_time`; `None` when the partner does
    /// not say. The partner's clock may be [`MAX_CLOCK_SKEW`] behind.
    ///
    /// # Errors
    /// [`NotReauthenticated`] when the resident was to authenticate anew, and the partner does not confirm it.
    pub fn authenticated_at(
        &self,
        auth_time: Option<Timestamp>,
        now: Timestamp,
    ) -> Result<Option<Timestamp>, NotReauthenticated> {
        if !self.is_reauthentication {
            return Ok(auth_time.map(|at| at.min(now)));
        }
        let anew = auth_time.filter(|at| *at >= self.started_at - MAX_CLOCK_SKEW);
        let at = anew.ok_or(NotReauthenticated)?;
        Ok(Some(at.max(self.started_at).min(now)))
    }

    /// Whether it began in the browser that holds these secrets.
    #[must_use]
    pub fn is_of<'a>(&self, secrets: impl IntoIterator<Item = &'a PreSession>) -> bool {
        secrets.into_iter().any(|secret| secret.hash() == self.browser)
    }
}

/// An identity at a partner: its `iss` and `sub` (OpenID Connect Core section 2). Nothing else of the assertion is
/// stored.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// The issuer identifier of the partner.
    pub issuer: String,
    /// The subject identifier at the partner.
    pub subject: String,
}

/// What a partner asserts of a resident who signed in there.
#[derive(Clone, Debug)]
pub struct Assertion {
    /// Who it is.
    pub identity: Identity,
    /// When they authenticated there, if the partner says.
    pub authenticated_at: Option<Timestamp>,
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Identity")
    }
}

/// The proof that a partner's assertion gives: as old as the authentication at the partner. One of unknown age is as old as
/// can be, and recent enough for nothing (RULES 4.5, 7.2).
#[must_use]
pub fn proof(authenticated_at: Option<Timestamp>) -> Proof {
    Proof::new(FactorKind::Partner, authenticated_at.unwrap_or(Timestamp::UNIX_EPOCH))
}

impl State {
    /// The `nonce` that the partner's ID token must repeat.
    #[must_use]
    pub fn nonce(&self, keys: &SessionKeys) -> String {
        keys.state_value(b"nonce", self)
    }

    /// The PKCE verifier (RFC 7636 section 4.1): 43 characters.
    #[must_use]
    pub fn verifier(&self, keys: &SessionKeys) -> String {
        keys.state_value(b"verifier", self)
    }
}

#[cfg(test)]
mod tests;
