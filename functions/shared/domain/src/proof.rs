//! What a session has proven, and what each proof counts for (RULES 5.1, 5.2, 6.2).
//!
//! A new factor (a passkey, a push notification) is a variant of [`FactorKind`]. The compiler then asks
//! for its [strength](FactorKind::strength), its [root of trust](FactorKind::root) and its [`amr`](FactorKind::amr) value
//! here; sessions, assurance levels and ID tokens follow from those, and it needs a column in the table of RULES 5.7, which
//! `factors/table.rs` reads. If residents choose among several of them, it is a variant of [`Factor`](crate::factors::Factor) too.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::assurance::Assurance;

/// How long a proof suffices for a change (RULES 7.2).
pub const PROOF_LASTS: SignedDuration = SignedDuration::from_mins(5);

/// How long what a proof created has the root of that proof (RULES 5.7).
pub const ROOT_LASTS: SignedDuration = SignedDuration::from_hours(24);

/// One thing that was proven in a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Proof {
    /// What was proven.
    pub factor: FactorKind,
    /// When it was verified.
    pub at: Timestamp,
    /// What it counts for. It stays as it was when the factor was verified: an authenticator that begins to count later
    /// does not change earlier proofs.
    pub strength: ProofStrength,
    /// What it ultimately relies on. It stays as it was, too.
    pub root: RootOfTrust,
}

impl Proof {
    /// A proof of a factor that counts in full.
    #[must_use]
    pub fn new(factor: FactorKind, at: Timestamp) -> Self {
        Self { factor, at, strength: factor.strength(), root: factor.root() }
    }

    /// The same proof of a factor that relies on the mailbox: for [`ROOT_LASTS`], a factor that the mailbox alone created
    /// proves nothing but the mailbox (RULES 5.7).
    #[must_use]
    pub fn rooted_in_mailbox(self) -> Self {
        Self { root: RootOfTrust::Mailbox, ..self }
    }

    /// The same proof of a factor that does not count as a second factor yet (RULES 5.7). No proof becomes stronger.
    #[must_use]
    pub fn as_second_step(self) -> Self {
        Self { strength: self.strength.min(ProofStrength::SecondStep), ..self }
    }

    /// Whether it was verified after the sign-in, and not by it.
    #[must_use]
    pub fn is_step_up(&self) -> bool {
        self.strength > ProofStrength::SingleFactor
    }
}

/// A kind of factor that a session can hold a proof of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FactorKind {
    /// The password of the account.
    #[default]
    Password,
    /// A sign-in partner's assertion (RULES 4.5).
    Partner,
    /// A code sent to the account's email address (RULES 5.5).
    EmailCode,
    /// A code of an authenticator (TOTP).
    Authenticator,
    /// A recovery code (RULES 5.9).
    RecoveryCode,
    /// The emailed link that activated the account (RULES 7.2). It proves the mailbox for a change, and is no second step.
    ActivationLink,
}

/// What a proof counts for, weakest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ProofStrength {
    /// A single factor, by which a session starts.
    SingleFactor,
    /// A second step that is not an independent factor: an email code, or an authenticator that does not count yet
    /// (RULES 5.7).
    SecondStep,
    /// A second factor of its own, in the sense of NIST SP 800-63B.
    SecondFactor,
}

/// What a proof ultimately relies on. Two proofs with the same root are not two factors: whoever controls the root can
/// produce both (RULES 5.7).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RootOfTrust {
    /// Knowledge of the password.
    Password,
    /// Control of the mailbox.
    Mailbox,
    /// The partner's own authentication.
    Partner,
    /// Possession of a device, or of the paper with the recovery codes.
    #[serde(rename = "authenticator")]
    Device,
}

impl FactorKind {
    /// What a proof of this factor counts for once the factor counts in full.
    #[must_use]
    pub fn strength(self) -> ProofStrength {
        match self {
            Self::Password | Self::Partner | Self::ActivationLink => ProofStrength::SingleFactor,
            Self::EmailCode => ProofStrength::SecondStep,
            Self::Authenticator | Self::RecoveryCode => ProofStrength::SecondFactor,
        }
    }

    /// What a proof of this factor ultimately relies on.
    #[must_use]
    pub fn root(self) -> RootOfTrust {
        match self {
            Self::Password => RootOfTrust::Password,
            Self::Partner => RootOfTrust::Partner,
            Self::EmailCode | Self::ActivationLink => RootOfTrust::Mailbox,
            Self::Authenticator | Self::RecoveryCode => RootOfTrust::Device,
        }
    }

    /// Whether residents sign in by it.
    #[must_use]
    pub fn is_first_factor(self) -> bool {
        match self {
            Self::Password | Self::Partner => true,
            Self::EmailCode | Self::Authenticator | Self::RecoveryCode | Self::ActivationLink => false,
        }
    }

    /// Whether it proves that the resident reads the account's mailbox.
    #[must_use]
    pub fn is_mailbox(self) -> bool {
        match self {
            Self::EmailCode | Self::ActivationLink => true,
            Self::Password | Self::Partner | Self::Authenticator | Self::RecoveryCode => false,
        }
    }

    /// The factor's value in the `amr` claim (RFC 8176 section 2), which has none for a federated sign-in. A code is `otp`
    /// however it was delivered (RULES 6.2).
    #[must_use]
    pub fn amr(self) -> Option<&'static str> {
        match self {
            Self::Password => Some("pwd"),
            Self::Partner | Self::ActivationLink => None,
            Self::EmailCode | Self::Authenticator | Self::RecoveryCode => Some("otp"),
        }
    }
}

impl ProofStrength {
    /// The assurance level that a session with a proof of this strength reaches (RULES 6.2).
    #[must_use]
    pub fn assurance(self) -> Assurance {
        match self {
            Self::SingleFactor => Assurance::Password,
            Self::SecondStep => Assurance::TwoStep,
            Self::SecondFactor => Assurance::Mfa,
        }
    }
}

/// The assurance level that these proofs reach together (RULES 5.7, 6.2). Without two roots among them, they are not two
/// factors.
#[must_use]
pub fn assurance(proofs: &[Proof]) -> Assurance {
    let strongest = proofs.iter().map(|proof| proof.strength).max();
    let level = strongest.map(ProofStrength::assurance).unwrap_or_default();
    let has_two_roots = proofs.iter().any(|proof| proof.root != proofs[0].root);
    if has_two_roots { level } else { level.min(Assurance::TwoStep) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rule_6_2_a_stronger_proof_reaches_a_higher_level() {
        let strengths = [ProofStrength::SingleFactor, ProofStrength::SecondStep, ProofStrength::SecondFactor];
        assert!(strengths.is_sorted() && strengths.map(ProofStrength::assurance).is_sorted());
    }

    #[test]
    fn rule_5_7_one_root_is_never_two_factors() {
        let now = Timestamp::UNIX_EPOCH;
        let password = Proof::new(FactorKind::Password, now);
        let authenticator = Proof::new(FactorKind::Authenticator, now);
        let by_mailbox = [password.rooted_in_mailbox(), authenticator.rooted_in_mailbox()];
        assert_eq!(assurance(&by_mailbox), Assurance::TwoStep);
        assert_eq!(assurance(&[by_mailbox[0], authenticator]), Assurance::Mfa);
        assert_eq!(assurance(&[password, by_mailbox[1]]), Assurance::Mfa);
        assert_eq!(assurance(&[]), Assurance::Password);
    }
}
