//! Transitions of the recovery codes, and of the code by email that they can stand in for.

use proptest::prelude::*;

use super::{tests::totp, *};
use crate::{
    account::tests::details,
    proof::{FactorKind, Proof},
    secret::{DeviceSecret, SessionSecret},
};

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

fn code(n: u8) -> RecoveryCode {
    RecoveryCode::from_random([n; 16])
}

fn made(factors: &Factors, numbers: std::ops::Range<u8>, made_at: i64, counts_from: i64) -> Factors {
    let codes: Vec<_> = numbers.map(code).collect();
    factors.with_recovery_codes(RecoveryCodes::new(&codes, at(made_at), at(counts_from)))
}

fn none() -> Factors {
    Factors::none(details().id)
}

/// What a recovery code that is typed in a session leads to: the factors after it, if it was right.
fn typed(factors: &Factors, n: u8, now: i64) -> (Factors, Option<Factors>) {
    let session = SessionSecret::from_random([1; 32]).hash();
    let browser = DeviceSecret::from_random([1; 32]).hash();
    let guess = factors.guess_recovery_code((&session, Some(&browser)), at(now));
    let counted = factors.guess(&guess, at(now)).unwrap();
    let matched = counted.compare_recovery_code(&guess, &code(n));
    let after = matched.map(|matched| counted.verified(&matched, &guess, at(now)).unwrap());
    (counted, after)
}

#[test]
fn rule_5_9_a_code_is_right_once_and_makes_the_browser_known() {
    let factors = made(&none(), 0..10, 0, 0);
    let (counted, after) = typed(&factors, 3, 10);
    assert_eq!((counted.guesses.taken, counted.guesses.taken_at_second_factor), (1, 1));
    let after = after.unwrap();
    let codes = after.recovery_codes.as_ref().unwrap();
    assert_eq!((codes.unused.len(), codes.used_at), (9, Some(at(10))));
    assert!(after.guesses == Guesses::default() && after.browsers.len() == 1);
    assert!(typed(&after, 3, 11).1.is_none() && typed(&after, 99, 11).1.is_none());
    let (wrong, _) = typed(&after, 99, 11);
    assert_eq!(wrong.browsers[0].guesses.taken, 1);
    // Of two requests at once, the second finds the code used.
    let stale = MatchedCode::RecoveryCode(code(3).hash());
    let session = SessionSecret::from_random([1; 32]).hash();
    let guess = after.guess_recovery_code((&session, None), at(11));
    assert_eq!(after.verified(&stale, &guess, at(11)).err(), Some(StaleCode));
    let gone = none().guess_recovery_code((&session, None), at(11));
    assert_eq!(none().guess(&gone, at(11)).err(), Some(GuessError::NoSuchFactor));
}

#[test]
fn rule_5_9_new_codes_replace_all_others_and_forget_the_browsers() {
    let (_, used) = typed(&made(&none(), 0..10, 0, 0), 3, 10);
    let renewed = made(&used.unwrap(), 10..20, 20, 20);
    assert!(renewed.browsers.is_empty() && typed(&renewed, 4, 30).1.is_none());
    assert!(typed(&renewed, 14, 30).1.is_some());
    let removed = renewed.without_recovery_codes().unwrap();
    assert!(removed.had_second && !removed.has_second() && removed.without_recovery_codes().is_none());
    assert!(!none().had_second && !none().has(Factor::RecoveryCode));
}

#[test]
fn rule_3_10_this_was_not_me_removes_codes_that_were_made_since_and_turns_the_email_code_on() {
    let factors = made(&none().enrolled(totp(1)).unwrap(), 0..10, 100, 100);
    let off = factors.with_email_code_off(at(200)).unwrap();
    assert!(off.disputed(at(100)).recovery_codes.is_none());
    let later = off.disputed(at(101));
    assert!(later.recovery_codes.is_some() && !later.is_email_code_off(at(200)));
    assert!(off.disputed(at(201)).is_email_code_off(at(201)), "it was turned off before");
}

#[test]
fn rule_5_9_the_email_code_is_off_only_where_the_account_can_do_without_it() {
    let now = at(1000);
    let app = none().enrolled(totp(1)).unwrap();
    assert!(app.with_email_code_off(now).is_none(), "no recovery codes");
    assert!(made(&none(), 0..10, 0, 0).with_email_code_off(now).is_none(), "nothing else");
    assert!(made(&app, 0..10, 0, 1001).with_email_code_off(now).is_none(), "they do not count yet");
    let off = made(&app, 0..2, 0, 0).with_email_code_off(now).unwrap();
    assert!(off.is_email_code_off(now) && !off.email_code_works(&details(), now));
    let reset = AccountDetails { reset_at: Some(at(999)), ..details() };
    assert!(!off.with_email_code_on().email_code_works(&reset, now), "a reset bars it all the same");
    for lesser in [
        off.removed(totp(1).id).unwrap().0,
        off.without_recovery_codes().unwrap(),
        made(&off, 0..10, 1000, 2000),
        off.under_review(&[Factor::RecoveryCode]),
        off.under_review(&[Factor::Authenticator(totp(1).id)]),
    ] {
        assert!(lesser.email_code_works(&details(), now));
        let (on, is_turned_on) = lesser.with_email_code_if_needed(now);
        assert!(is_turned_on && on.email_code_off_at.is_none());
    }
    let kept = off.under_review(&[Factor::RecoveryCode]).kept(&[Factor::RecoveryCode]);
    assert!(kept.is_email_code_off(now));
    assert!(!off.clone().with_email_code_if_needed(now).1, "nothing to do");
    let (_, one) = typed(&off, 0, 1000);
    let one = one.unwrap();
    assert!(one.is_email_code_off(now), "one is left");
    let (_, last) = typed(&one, 1, 1001);
    assert!(last.unwrap().email_code_works(&details(), at(1001)));
}

proptest! {
    /// Whatever happens, somebody can verify: the email code is off only beside an authenticator and a recovery code that count.
    #[test]
    fn rule_5_9_nobody_is_locked_out(moves in proptest::collection::vec((0u8..8, 0u8..20), 1..60)) {
        let mut factors = made(&none().enrolled(totp(1)).unwrap(), 0..3, 0, 0);
        for (second, (what, n)) in (100..).zip(moves) {
            let now = at(second);
            let next = match what {
                0 => factors.with_email_code_off(now),
                1 => factors.removed(totp(1).id).map(|(factors, _)| factors),
                2 => factors.without_recovery_codes(),
                3 => factors.enrolled(totp(1)).ok(),
                4 => Some(made(&factors, 0..3, second, second + i64::from(n))),
                5 => factors.recovery_codes.is_some().then(|| typed(&factors, n % 3, second).1).flatten(),
                6 => Some(factors.under_review(&[Factor::RecoveryCode])),
                _ => Some(factors.disputed(at(second - i64::from(n)))),
            };
            factors = next.unwrap_or(factors);
            factors.guesses = Guesses::default();
            for known in &mut factors.browsers { known.guesses = Guesses::default(); }
            let off = factors.is_email_code_off(now);
            prop_assert!(!off || (factors.has_second_factor(now) && factors.has(Factor::RecoveryCode)));
            let proof = factors.proof(Factor::RecoveryCode, now);
            prop_assert!(!off || proof == Proof::new(FactorKind::RecoveryCode, now));
        }
    }
}
