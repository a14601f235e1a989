//! What has to be proven before factors change (RULES 5.4, 7.2).

use jiff::{SignedDuration, Timestamp};

use super::{Factors, barred};
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
    let is_fresh = |at: Timestamp| now < at + PROOF_LASTS;
    let signed_in = is_fresh(session.began_at);
    // One mailbox is not two factors: it has just given a new password (RULES 5.7).
    let by_email = session.proofs.email_code_at.is_some_and(is_fresh) && barred(reset_at, now).is_none();
    // Also when it was removed since: the old phone proves the new one (RULES 5.4).
    if session.proofs.second_factor_at.is_some_and(is_fresh) {
        return Ok(Grade::SecondFactor);
    }
    let by_new_app = session.proofs.new_authenticator_at.is_some_and(is_fresh);
    if !factors.has_second() {
        let is_proven = signed_in || by_email || by_new_app;
        return if is_proven { Ok(Grade::FirstFactor) } else { Err(Missing::SignIn) };
    }
    match (signed_in, by_email || by_new_app) {
        (true, true) => Ok(Grade::LostDevice),
        (true, false) => Err(Missing::Verification),
        (false, _) => Err(Missing::SecondFactorOrSignIn),
    }
}

#[cfg(test)]
mod tests {
    use super::{super::tests::app, *};
    use crate::session::{Proofs, tests::session};

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    /// What a session proves at the 1000th second that began and verified at these seconds.
    fn proven(has_app: bool, began: i64, proofs: Proofs, reset: Option<i64>) -> Result<Grade, Missing> {
        let mut session = session(began);
        session.began_at = at(began);
        session.proofs = proofs;
        let mut factors = Factors::none(session.account);
        factors.authenticators.extend(has_app.then(|| app(1)));
        may_change(&session, &factors, reset.map(at), at(1000))
    }

    const NONE: Proofs = Proofs { email_code_at: None, new_authenticator_at: None, second_factor_at: None };

    fn email(second: i64) -> Proofs {
        Proofs { email_code_at: Some(at(second)), ..NONE }
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
        let by_app = |second| Proofs { second_factor_at: Some(at(second)), ..NONE };
        assert_eq!(proven(true, 0, by_app(701), None), Ok(Grade::SecondFactor));
        assert_eq!(proven(false, 0, by_app(701), None), Ok(Grade::SecondFactor), "removed since");
        assert_eq!(proven(true, 0, by_app(700), None), Err(Missing::SecondFactorOrSignIn));
        assert_eq!(proven(true, 701, NONE, None), Err(Missing::Verification));
        assert_eq!(proven(true, 701, email(701), None), Ok(Grade::LostDevice));
        assert_eq!(proven(true, 0, email(701), None), Err(Missing::SecondFactorOrSignIn));
        let by_new_app = Proofs { new_authenticator_at: Some(at(701)), ..NONE };
        assert_eq!(proven(true, 701, by_new_app.clone(), None), Ok(Grade::LostDevice));
        assert_eq!(proven(true, 0, by_new_app, None), Err(Missing::SecondFactorOrSignIn));
    }

    #[test]
    fn rule_5_7_for_a_day_after_a_reset_the_email_code_proves_no_change() {
        assert_eq!(proven(true, 990, email(995), Some(900)), Err(Missing::Verification));
        assert_eq!(proven(false, 0, email(995), Some(900)), Err(Missing::SignIn));
        assert_eq!(proven(true, 990, email(995), Some(1000 - 86_400)), Ok(Grade::LostDevice));
        assert_eq!(proven(true, 990, email(995), Some(1001 - 86_400)), Err(Missing::Verification));
        let by_app = Proofs { second_factor_at: Some(at(999)), ..NONE };
        assert_eq!(proven(true, 990, by_app, Some(900)), Ok(Grade::SecondFactor));
    }
}
