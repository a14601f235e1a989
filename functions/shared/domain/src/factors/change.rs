//! What has to be proven before factors change (RULES 5.4, 7.2).

use jiff::{SignedDuration, Timestamp};

use super::{Factors, ProofStrength, RootOfTrust, barred};
use crate::session::Session;

/// How long a proof is good for a change.
pub const PROOF_LASTS: SignedDuration = SignedDuration::from_mins(5);

/// By what a change was proven.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Grade {
    /// By the password or the email code, on an account without a second factor.
    FirstFactor,
    /// By the password and the email code, or by a second factor that does not count yet, on an account with one: the
    /// way of who lost a device (RULES 5.4).
    LostDevice,
    /// By a second factor that counts.
    SecondFactor,
}

/// What is missing for a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Missing {
    /// To sign in again.
    SignIn,
    /// To verify: by a second factor, or by the email code.
    Verification,
    /// To verify by a second factor; or, for who has lost it, to sign in again and then verify by the email code.
    SecondFactorOrSignIn,
}

/// Whether what the session has proven lately is enough to change factors, and by what.
///
/// # Errors
/// [`Missing`].
pub fn may_change(
    session: &Session,
    factors: &Factors,
    reset_at: Option<Timestamp>,
    now: Timestamp,
) -> Result<Grade, Missing> {
    // One mailbox is not two factors: after a reset by email, the email code relies on the same root (RULES 5.7).
    let is_mailbox_barred = barred(reset_at, now).is_some();
    let has_proven = |strength| {
        session.recent_proofs(now).any(|proof| {
            proof.strength == strength && !(proof.root == RootOfTrust::Mailbox && is_mailbox_barred)
        })
    };
    // Also when the authenticator was removed since: the old phone proves the new one (RULES 5.4).
    if has_proven(ProofStrength::SecondFactor) {
        return Ok(Grade::SecondFactor);
    }
    let (signed_in, second_step) =
        (has_proven(ProofStrength::SingleFactor), has_proven(ProofStrength::SecondStep));
    if !factors.has_second() {
        return if signed_in || second_step { Ok(Grade::FirstFactor) } else { Err(Missing::SignIn) };
    }
    match (signed_in, second_step) {
        (true, true) => Ok(Grade::LostDevice),
        (true, false) => Err(Missing::Verification),
        (false, _) => Err(Missing::SecondFactorOrSignIn),
    }
}

#[cfg(test)]
mod tests {
    use super::{super::tests::app, *};
    use crate::{
        factors::FactorKind,
        session::{Proof, tests::session},
    };

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    /// What a session proves at the 1000th second that began and verified at these seconds.
    fn proven(has_app: bool, began: i64, proof: Option<Proof>, reset: Option<i64>) -> Result<Grade, Missing> {
        let sign_in = Proof::new(FactorKind::Password, at(began));
        let proofs = [sign_in].into_iter().chain(proof).collect();
        let session = Session { began_at: at(began), proofs, ..session(began) };
        let mut factors = Factors::none(session.account);
        factors.authenticators.extend(has_app.then(|| app(1)));
        may_change(&session, &factors, reset.map(at), at(1000))
    }

    const NONE: Option<Proof> = None;

    fn email(second: i64) -> Option<Proof> {
        Some(Proof::new(FactorKind::EmailCode, at(second)))
    }

    fn authenticator(second: i64) -> Option<Proof> {
        Some(Proof::new(FactorKind::Authenticator, at(second)))
    }

    #[test]
    fn rule_7_2_without_a_second_factor_any_proof_of_the_last_five_minutes_is_enough() {
        assert_eq!(proven(false, 701, NONE, None), Ok(Grade::FirstFactor));
        assert_eq!(proven(false, 700, NONE, None), Err(Missing::SignIn));
        assert_eq!(proven(false, 0, email(701), None), Ok(Grade::FirstFactor));
        assert_eq!(proven(false, 0, email(700), None), Err(Missing::SignIn));
    }

    #[test]
    fn rule_7_2_a_second_factor_is_needed_where_there_is_one_or_password_and_email_code() {
        assert_eq!(proven(true, 0, authenticator(701), None), Ok(Grade::SecondFactor));
        assert_eq!(proven(false, 0, authenticator(701), None), Ok(Grade::SecondFactor), "removed since");
        assert_eq!(proven(true, 0, authenticator(700), None), Err(Missing::SecondFactorOrSignIn));
        assert_eq!(proven(true, 701, NONE, None), Err(Missing::Verification));
        assert_eq!(proven(true, 701, email(701), None), Ok(Grade::LostDevice));
        assert_eq!(proven(true, 0, email(701), None), Err(Missing::SecondFactorOrSignIn));
        let by_new_app = authenticator(701).map(Proof::as_second_step);
        assert_eq!(proven(true, 701, by_new_app, None), Ok(Grade::LostDevice));
        assert_eq!(proven(true, 0, by_new_app, None), Err(Missing::SecondFactorOrSignIn));
    }

    #[test]
    fn rule_5_7_for_a_day_after_a_reset_the_email_code_proves_no_change() {
        assert_eq!(proven(true, 990, email(995), Some(900)), Err(Missing::Verification));
        assert_eq!(proven(false, 0, email(995), Some(900)), Err(Missing::SignIn));
        assert_eq!(proven(true, 990, email(995), Some(1000 - 86_400)), Ok(Grade::LostDevice));
        assert_eq!(proven(true, 990, email(995), Some(1001 - 86_400)), Err(Missing::Verification));
        assert_eq!(proven(true, 990, authenticator(999), Some(900)), Ok(Grade::SecondFactor));
    }
}
