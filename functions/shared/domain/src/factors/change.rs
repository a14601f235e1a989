//! What a session must prove before factors change (RULES 5.4, 5.7, 7.2). The table of RULES 5.7 is its test
//! (`table.rs`).

use jiff::Timestamp;

use super::Factors;
use crate::{
    account::AccountDetails,
    proof::{FactorKind, ProofStrength, ROOT_LASTS, RootOfTrust},
    session::Session,
};

/// What proved a change of factors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChangeProof {
    /// A second factor that counts.
    SecondFactor,
    /// A first factor and the mailbox, on an account that never had a second factor. They have different roots.
    TwoRoots,
    /// A first factor and the mailbox where the mailbox is the root of both, or the lost-device procedure (RULES 5.4).
    SharedRoot,
}

impl ChangeProof {
    /// When what is added by this proof starts to count for `mfa` (RULES 5.7).
    #[must_use]
    pub fn counts_from(self, now: Timestamp) -> Timestamp {
        match self {
            Self::SecondFactor | Self::TwoRoots => now,
            Self::SharedRoot => now + ROOT_LASTS,
        }
    }
}

/// The proof that a change still requires.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MissingProof {
    /// The resident must sign in again.
    SignIn,
    /// The resident must verify by an authenticator or by an email code.
    Verification,
    /// The resident must verify by an authenticator, or, if it is lost, sign in again and then verify by an email code.
    SecondFactorOrSignIn,
}

/// Decides whether the session's recent proofs suffice for a change of sign-in methods or factors, and which of them it
/// rests on. Neither a password nor a mailbox alone suffices.
///
/// # Errors
/// [`MissingProof`] when they don't.
pub fn may_change(
    session: &Session,
    factors: &Factors,
    account: &AccountDetails,
    now: Timestamp,
) -> Result<ChangeProof, MissingProof> {
    // Also when the authenticator was removed since: the old phone proves the new one (RULES 5.4).
    if session.recent_proofs(now).any(|proof| proof.strength == ProofStrength::SecondFactor) {
        return Ok(ChangeProof::SecondFactor);
    }
    let first_factor = session.recent_proofs(now).find(|proof| proof.factor.is_first_factor());
    let is_barred = !factors.email_code_works(account, now);
    let has_second_proof = session.recent_proofs(now).any(|proof| match proof.factor {
        FactorKind::EmailCode => !is_barred,
        FactorKind::ActivationLink => !factors.had_second,
        // One that does not count yet. One that a reset asks about may be somebody else's.
        FactorKind::Authenticator | FactorKind::RecoveryCode => !factors.has_in_review(),
        FactorKind::Password | FactorKind::Partner => false,
    });
    match first_factor {
        Some(first) if has_second_proof => {
            let is_independent = !factors.had_second && first.root != RootOfTrust::Mailbox;
            Ok(if is_independent { ChangeProof::TwoRoots } else { ChangeProof::SharedRoot })
        }
        Some(_) => Err(MissingProof::Verification),
        None if factors.has_second() => Err(MissingProof::SecondFactorOrSignIn),
        None => Err(MissingProof::SignIn),
    }
}

#[cfg(test)]
mod tests {
    use super::{super::tests::totp, *};
    use crate::{account::tests::details, proof::Proof, session::tests::session};

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    /// What a session that started and verified at these seconds proves at second 1000.
    fn proven(has_authenticator: bool, began: i64, second: Proof) -> Result<ChangeProof, MissingProof> {
        let proofs = vec![Proof::new(FactorKind::Password, at(began)), second];
        let session = Session { began_at: at(began), proofs, ..session(began) };
        let mut factors = Factors::none(session.account);
        if has_authenticator {
            factors = factors.enrolled(totp(1)).unwrap();
        }
        may_change(&session, &factors, &details(), at(1000))
    }

    #[test]
    fn rule_7_2_each_proof_is_recent_for_five_minutes() {
        let email_code = |second| Proof::new(FactorKind::EmailCode, at(second));
        let authenticator = |second| Proof::new(FactorKind::Authenticator, at(second));
        assert_eq!(proven(false, 701, email_code(701)), Ok(ChangeProof::TwoRoots));
        assert_eq!(proven(false, 701, email_code(700)), Err(MissingProof::Verification));
        assert_eq!(proven(false, 700, email_code(701)), Err(MissingProof::SignIn));
        assert_eq!(proven(true, 701, email_code(701)), Ok(ChangeProof::SharedRoot));
        assert_eq!(proven(true, 700, email_code(701)), Err(MissingProof::SecondFactorOrSignIn));
        assert_eq!(proven(true, 0, authenticator(701)), Ok(ChangeProof::SecondFactor));
        assert_eq!(proven(true, 701, authenticator(700)), Err(MissingProof::Verification));
        assert_eq!(proven(true, 0, authenticator(700)), Err(MissingProof::SecondFactorOrSignIn));
        assert_eq!(proven(false, 0, authenticator(701)), Ok(ChangeProof::SecondFactor), "removed since");
    }
}
