//! Pending identities: what a partner asserted about a resident, until an address is proven or somebody signs in
//! (RULES 4.3, 4.4).

use jiff::Timestamp;

use super::{Assertion, Identity, PENDING_LIFETIME, PartnerId, proof};
use crate::{
    email::EmailAddress,
    factors::{OneTimeCode, code},
    form::{self, GuessId},
    interaction::RESPONSE_REPEATABLE_FOR,
    keys::SessionKeys,
    proof::{FactorKind, Proof},
    secret::{HashedSecret, kind},
};

/// An identity that no account is linked to (RULES 4.3).
#[derive(Clone, Debug)]
pub struct PendingIdentity {
    /// The hash of the browser's secret, which identifies it.
    pub secret: HashedSecret<kind::PendingIdentity>,
    /// The partner that asserted it.
    pub partner: PartnerId,
    /// The identity that it asserted.
    pub identity: Identity,
    /// When the resident authenticated at the partner, if it says.
    pub authenticated_at: Option<Timestamp>,
    /// The email address that the resident claims, and the code that was sent to it.
    pub claimed: Option<ClaimedEmail>,
    /// When the browser came back with it.
    pub arrived_at: Timestamp,
    /// When it was linked to an account. It is kept for a double click.
    pub ended_at: Option<Timestamp>,
    /// The form by which an account was made for it.
    pub ended_by: Option<AccountForm>,
    /// Changes with every write.
    pub revision: u64,
}

/// The form with the code by which an address was proven, and an account made for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountForm {
    /// The form. The same form again gets the same answer (RULES 3.3).
    pub form: GuessId,
    /// When the address was proven.
    pub proven_at: Timestamp,
}

/// An email address that a resident claims as theirs.
#[derive(Clone, Debug)]
pub struct ClaimedEmail {
    /// The address that was typed.
    pub email: EmailAddress,
    /// The codes that were sent to it, newest first. Up to [`code::MOST`] of them work at the same time. Once the address
    /// is proven, it is the one that was verified.
    pub codes: Vec<AddressCode>,
    /// How many attempts were counted, at all of the codes.
    pub tries: u32,
    /// When a code was verified: since then, the address is theirs.
    pub proven_at: Option<Timestamp>,
}

/// A code that was sent to an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddressCode {
    /// The keyed hash of the code.
    pub code_mac: String,
    /// When it was sent.
    pub sent_at: Timestamp,
}

impl ClaimedEmail {
    /// The codes that have not expired.
    fn fresh_codes(&self, now: Timestamp) -> impl Iterator<Item = &AddressCode> {
        self.codes.iter().filter(move |code| !code::is_expired(code.sent_at, now))
    }

    /// Whether a code can be verified.
    fn waits_for_code(&self, now: Timestamp) -> bool {
        self.proven_at.is_none() && self.tries < code::TRIES && self.fresh_codes(now).next().is_some()
    }

    /// The address as proven at this time by this code.
    fn proven(&self, code_mac: &str, at: Timestamp) -> Option<Self> {
        let code = self.codes.iter().find(|code| code.code_mac == code_mac)?;
        Some(Self { codes: vec![code.clone()], proven_at: Some(at), ..self.clone() })
    }
}

/// No code can be verified: none was sent, or it has expired, or its attempts are used up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoCode;

impl PendingIdentity {
    /// What the partner asserted.
    #[must_use]
    pub fn assertion(&self) -> Assertion {
        Assertion { identity: self.identity.clone(), authenticated_at: self.authenticated_at }
    }

    /// When it expires. The resident then signs in at the partner again.
    #[must_use]
    pub fn ends_at(&self) -> Timestamp {
        self.arrived_at + PENDING_LIFETIME
    }

    /// The value after it was linked to an account, which `form` made, if a form with a code did.
    #[must_use]
    pub fn ended(&self, form: Option<&GuessId>, now: Timestamp) -> Self {
        let proven_at = self.claimed.as_ref().and_then(|claimed| claimed.proven_at);
        let ended_by =
            form.zip(proven_at).map(|(form, proven_at)| AccountForm { form: form.clone(), proven_at });
        Self { claimed: None, ended_at: Some(now), ended_by, ..self.clone() }
    }

    /// Whether it was linked a moment ago, so that a repeated request gets the same response.
    #[must_use]
    pub fn has_just_ended(&self, now: Timestamp) -> bool {
        self.ended_at.is_some_and(|ended_at| now < ended_at + RESPONSE_REPEATABLE_FOR)
    }

    /// When the address was proven, if an account was made for it a moment ago by this form: the form was sent twice.
    #[must_use]
    pub fn just_ended_by(&self, form: Option<&GuessId>, now: Timestamp) -> Option<Timestamp> {
        let ended_by = self.ended_by.as_ref().filter(|_| self.has_just_ended(now));
        ended_by
            .zip(form)
            .filter(|(ended_by, form)| form.is(ended_by.form.as_str()))
            .map(|(by, _)| by.proven_at)
    }

    /// Whether a request for a code to this address is a double click.
    #[must_use]
    pub fn was_just_sent_to(&self, email: &EmailAddress, now: Timestamp) -> bool {
        let claimed = self.claimed.as_ref().filter(|claimed| claimed.email == *email);
        let last = claimed.and_then(|claimed| claimed.codes.first());
        last.is_some_and(|code| form::is_double_click(code.sent_at, now))
    }

    /// The value after a code was sent to this address. Older codes to the same address still work, and the attempts at them
    /// count for the new one; once their attempts are used up, it has five of its own (RULES 5.5). Codes to another
    /// address are void, and so is an address that was verified before.
    #[must_use]
    pub fn claiming(&self, email: EmailAddress, code_mac: String, now: Timestamp) -> Self {
        let waiting = self.waits_for_code(now).filter(|claimed| claimed.email == email);
        let earlier = waiting.into_iter().flat_map(|claimed| claimed.fresh_codes(now)).cloned();
        let codes = [AddressCode { code_mac, sent_at: now }].into_iter().chain(earlier);
        let codes = codes.take(code::MOST).collect();
        let tries = waiting.map_or(0, |claimed| claimed.tries);
        Self { claimed: Some(ClaimedEmail { email, codes, tries, proven_at: None }), ..self.clone() }
    }

    /// The claimed address of which a code can be verified.
    #[must_use]
    pub fn waits_for_code(&self, now: Timestamp) -> Option<&ClaimedEmail> {
        self.claimed.as_ref().filter(|claimed| claimed.waits_for_code(now))
    }

    /// The value after an attempt was counted, before the code is compared.
    ///
    /// # Errors
    /// [`NoCode`] when no code can be verified.
    pub fn tried(&self, now: Timestamp) -> Result<Self, NoCode> {
        let claimed = self.waits_for_code(now).ok_or(NoCode)?;
        let claimed = ClaimedEmail { tries: claimed.tries + 1, ..claimed.clone() };
        Ok(Self { claimed: Some(claimed), ..self.clone() })
    }

    /// The value after a correct code; `None` when the code is wrong.
    #[must_use]
    pub fn proven_by(&self, code: &OneTimeCode, keys: &SessionKeys, now: Timestamp) -> Option<Self> {
        let claimed = self.claimed.as_ref()?;
        let code_macs = claimed.fresh_codes(now).map(|sent| &*sent.code_mac);
        let code_mac = keys.matching_code_mac(&self.secret, code, code_macs)?;
        Some(Self { claimed: Some(claimed.proven(code_mac, now)?), ..self.clone() })
    }

    /// The value after a code that [`PendingIdentity::proven_by`] found correct for an earlier value, which became `proven`;
    /// `None` when the code is void since.
    #[must_use]
    pub fn proven_like(&self, proven: &Self) -> Option<Self> {
        let (claimed, before) = (self.claimed.as_ref()?, proven.claimed.as_ref()?);
        let (code, at) = (before.codes.first()?, before.proven_at?);
        let claimed = if claimed.email == before.email { claimed.proven(&code.code_mac, at) } else { None };
        Some(Self { claimed: Some(claimed?), ..self.clone() })
    }

    /// The address that the resident has proven.
    #[must_use]
    pub fn proven_email(&self) -> Option<&EmailAddress> {
        self.claimed.as_ref().filter(|claimed| claimed.proven_at.is_some()).map(|claimed| &claimed.email)
    }

    /// The proofs of the session that begins with the account: the partner's assertion, and the code by which the address
    /// was proven at this time, an email code like any other (RULES 4.3, 5.5).
    #[must_use]
    pub fn proofs(&self, proven_at: Timestamp) -> Vec<Proof> {
        vec![proof(self.authenticated_at), Proof::new(FactorKind::EmailCode, proven_at)]
    }

    /// The value after it was written.
    #[must_use]
    pub fn written(self) -> Self {
        Self { revision: self.revision + 1, ..self }
    }
}
