//! What a session must prove before factors change (RULES 5.4, 7.2).

use jiff::Timestamp;

use super::{Factors, barred};
use crate::{
    proof::{ProofStrength, RootOfTrust},
    session::Session,
};

/// What proved a change of factors.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ChangeProof {
    /// The password or the email code, on an account without an authenticator.
    FirstFactor,
    /// The password and the email code, or an authenticator that does not count yet, on an account with an
    /// authenticator: the lost-device procedure (RULES 5.4).
    LostDevice,
    /// A second factor that counts.
    SecondFactor,
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

/// Decides whether the session's recent proofs suffice for a change of factors, and which of them it rests on.
///
/// # Errors
/// [`MissingProof`] when they don't.
pub fn may_change(
    session: &Session,
    factors: &Factors,
    reset_at: Option<Timestamp>,
    now: Timestamp,
) -> Result<ChangeProof, MissingProof> {
    // One mailbox is not two factors: after a reset by email, the email code relies on the same root (RULES 5.7).
    let is_mailbox_barred = barred(reset_at, now).is_some();
    let has_proven = |strength| {
        session.recent_proofs(now).any(|proof| {
            proof.strength == strength && !(proof.root == RootOfTrust::Mailbox && is_mailbox_barred)
        })
    };
    // Also when the authenticator was removed since: the old phone proves the new one (RULES 5.4).
    if has_proven(ProofStrength::SecondFactor) {
        return Ok(ChangeProof::SecondFactor);
    }
    let (signed_in, second_step) =
        (has_proven(ProofStrength::SingleFactor), has_proven(ProofStrength::SecondStep));
    if !factors.has_second() {
        return if signed_in || second_step {
            Ok(ChangeProof::FirstFactor)
        } else {
            Err(MissingProof::SignIn)
        };
    }
    match (signed_in, second_step) {
        (true, true) => Ok(ChangeProof::LostDevice),
        (true, false) => Err(MissingProof::Verification),
        (false, _) => Err(MissingProof::SecondFactorOrSignIn),
    }
}

#[cfg(test)]
mod tests {
    use super::{super::tests::totp, *};
    use crate::{proof::FactorKind, proof::Proof, session::tests::session};

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    /// What a session that started and verified at these seconds proves at second 1000.
    fn proven(
        has_authenticator: bool,
        began: i64,
        proof: Option<Proof>,
        reset: Option<i64>,
    ) -> Result<ChangeProof, MissingProof> {
        let sign_in = Proof::new(FactorKind::Password, at(began));
        let proofs = [sign_in].into_iter().chain(proof).collect();
        let session = Session { began_at: at(began), proofs, ..session(began) };
        let mut factors = Factors::none(session.account);
        factors.authenticators.extend(has_authenticator.then(|| totp(1)));
        may_change(&session, &factors, reset.map(at), at(1000))
    }

    const NONE: Option<Proof> = None;

    #[expect(clippy::unnecessary_wraps, reason = "stands beside NONE")]
    fn email(second: i64) -> Option<Proof> {
        Some(Proof::new(FactorKind::EmailCode, at(second)))
    }

    #[expect(clippy::unnecessary_wraps, reason = "stands beside NONE")]
    fn authenticator(second: i64) -> Option<Proof> {
        Some(Proof::new(FactorKind::Authenticator, at(second)))
    }

    #[test]
    fn rule_7_2_without_a_second_factor_any_proof_of_the_last_five_minutes_is_enough() {
        assert_eq!(proven(false, 701, NONE, None), Ok(ChangeProof::FirstFactor));
        assert_eq!(proven(false, 700, NONE, None), Err(MissingProof::SignIn));
        assert_eq!(proven(false, 0, email(701), None), Ok(ChangeProof::FirstFactor));
        assert_eq!(proven(false, 0, email(700), None), Err(MissingProof::SignIn));
    }

    #[test]
    fn rule_7_2_a_second_factor_is_needed_where_there_is_one_or_password_and_email_code() {
        assert_eq!(proven(true, 0, authenticator(701), None), Ok(ChangeProof::SecondFactor));
        assert_eq!(
            proven(false, 0, authenticator(701), None),
            Ok(ChangeProof::SecondFactor),
            "removed since"
        );
        assert_eq!(proven(true, 0, authenticator(700), None), Err(MissingProof::SecondFactorOrSignIn));
        assert_eq!(proven(true, 701, NONE, None), Err(MissingProof::Verification));
        assert_eq!(proven(true, 701, email(701), None), Ok(ChangeProof::LostDevice));
        assert_eq!(proven(true, 0, email(701), None), Err(MissingProof::SecondFactorOrSignIn));
        let by_new_authenticator = authenticator(701).map(Proof::as_second_step);
        assert_eq!(proven(true, 701, by_new_authenticator, None), Ok(ChangeProof::LostDevice));
        assert_eq!(proven(true, 0, by_new_authenticator, None), Err(MissingProof::SecondFactorOrSignIn));
    }

    #[test]
    fn rule_5_7_for_a_day_after_a_reset_the_email_code_proves_no_change() {
        assert_eq!(proven(true, 990, email(995), Some(900)), Err(MissingProof::Verification));
        assert_eq!(proven(false, 0, email(995), Some(900)), Err(MissingProof::SignIn));
        assert_eq!(proven(true, 990, email(995), Some(1000 - 86_400)), Ok(ChangeProof::LostDevice));
        assert_eq!(proven(true, 990, email(995), Some(1001 - 86_400)), Err(MissingProof::Verification));
        assert_eq!(proven(true, 990, authenticator(999), Some(900)), Ok(ChangeProof::SecondFactor));
    }
}
