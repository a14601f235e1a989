//! Transitions of the factors: attempts, codes, authenticators.

use proptest::prelude::*;

use super::*;
use crate::{account::tests::details, keys::ring, secret::SessionSecret};

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

/// An authenticator that counts from its enrolment, with the secret of the RFCs' test vectors.
pub(crate) fn totp(n: u8) -> Authenticator {
    Authenticator {
        id: AuthenticatorId::from_random([n; 16]),
        name: AuthenticatorName::parse(&format!("App {n}")).unwrap(),
        secret: TotpSecret::parse(b"12345678901234567890").unwrap(),
        enrolled_at: at(0),
        counts_from: at(0),
        used_at: at(0),
        last_step: TimeStep(0),
    }
}

fn session(n: u8) -> SessionId {
    SessionSecret::from_random([n; 32]).hash()
}

fn code(text: &str) -> OneTimeCode {
    OneTimeCode::parse(text).unwrap()
}

fn rates() -> Rates {
    "1/30s,20/1h".parse().unwrap()
}

fn none() -> Factors {
    Factors::none(AccountId::from_random([1; 16]))
}

fn sent(factors: &Factors, n: u8, text: &str, now: i64) -> Factors {
    let code_mac = ring(&[1]).code_mac(&session(n), &code(text));
    factors.send(&session(n), code_mac, &rates(), at(now)).unwrap()
}

fn compared(factors: &Factors, factor: Factor, text: &str, now: i64) -> Option<MatchedCode> {
    factors.compare(factor, &code(text), &session(1), &ring(&[1]), at(now))
}

#[test]
fn rule_5_5_a_code_is_good_once_in_its_own_session_and_only_the_newest() {
    let factors = sent(&none(), 1, "123456", 0);
    let matched = compared(&factors, Factor::EmailCode, "123456", 599).unwrap();
    assert_eq!(compared(&factors, Factor::EmailCode, "123457", 0), None);
    assert_eq!(compared(&factors, Factor::EmailCode, "123456", 600), None, "ten minutes");
    assert_eq!(compared(&sent(&none(), 2, "123456", 0), Factor::EmailCode, "123456", 0), None);
    let newer = sent(&factors, 1, "654321", 30);
    assert_eq!(compared(&newer, Factor::EmailCode, "123456", 30), None);
    assert_eq!(newer.verified(&matched, at(30)).err(), Some(StaleCode));
    let other = sent(&newer, 2, "111111", 60);
    assert!(compared(&other, Factor::EmailCode, "654321", 60).is_some(), "another session's voids nothing");
    let used = factors.verified(&matched, at(5)).unwrap();
    assert_eq!(used.email_code_used_at, Some(at(5)));
    assert_eq!(used.verified(&matched, at(5)).err(), Some(StaleCode));
}

#[test]
fn rule_5_5_another_code_is_sent_after_thirty_seconds_and_twenty_in_an_hour() {
    let mut factors = sent(&none(), 1, "123456", 0);
    let code_mac = || "1.AAAA".to_owned();
    let send = |factors: &Factors, n, now| factors.send(&session(n), code_mac(), &rates(), at(now));
    assert_eq!(send(&factors, 1, 29).err(), Some(RetryAfter(at(30))));
    assert_eq!(send(&factors, 2, 29).err(), Some(RetryAfter(at(30))), "whichever session asks");
    for n in 1..20 {
        factors = sent(&factors, 1, "123456", n * 30);
    }
    assert_eq!(send(&factors, 1, 3599).err(), Some(RetryAfter(at(3600))));
    assert!(send(&factors, 1, 3600).is_ok());
    assert_eq!(factors.codes.len(), 1);
}

#[test]
fn rule_5_5_five_tries_of_a_code_and_no_more() {
    let mut factors = sent(&none(), 1, "123456", 0);
    for _ in 0..5 {
        assert!(factors.code_of(&session(1), at(1)).is_some());
        factors = factors.guess(Factor::EmailCode, &session(1), at(1)).unwrap();
    }
    assert_eq!(factors.guess(Factor::EmailCode, &session(1), at(1)).err(), Some(GuessError::NoCode));
    assert!(factors.is_code_spent(&session(1), at(1)) && !factors.is_code_spent(&session(2), at(1)));
    assert_eq!(factors.guess(Factor::EmailCode, &session(2), at(1)).err(), Some(GuessError::NoCode));
    assert!(sent(&factors, 1, "111111", 30).code_of(&session(1), at(30)).is_some());
}

#[test]
fn rule_5_2_a_step_that_was_used_or_passed_is_not_accepted_again() {
    let mut factors = none();
    factors.authenticators.push(totp(1));
    let by_authenticator = Factor::Authenticator(totp(1).id);
    // RFC 4226 appendix D: the codes of steps 2 and 3.
    let third = compared(&factors, by_authenticator, "969429", 75).unwrap();
    assert_eq!(third, MatchedCode::Authenticator(totp(1).id, TimeStep(3)));
    let after = factors.verified(&third, at(75)).unwrap();
    assert_eq!(after.verified(&third, at(75)).err(), Some(StaleCode));
    assert_eq!(compared(&after, by_authenticator, "969429", 100), None, "used");
    assert_eq!(compared(&after, by_authenticator, "359152", 75), None, "passed");
    assert_eq!(after.authenticators[0].used_at, at(75));
    assert_eq!(compared(&after, Factor::Authenticator(totp(2).id), "338314", 100), None);
    let gone = Factor::Authenticator(totp(2).id);
    assert_eq!(after.guess(gone, &session(1), at(75)).err(), Some(GuessError::NoSuchAuthenticator));
}

#[test]
fn rule_5_6_failures_count_across_codes_and_factors_until_a_success() {
    let mut factors = none();
    factors.authenticators.extend([totp(1), totp(2)]);
    for round in 0..2 {
        factors = sent(&factors, 1, "123456", round * 30);
        for _ in 0..4 {
            factors = factors.guess(Factor::EmailCode, &session(1), at(round * 30)).unwrap();
        }
    }
    factors = factors.guess(Factor::Authenticator(totp(1).id), &session(1), at(60)).unwrap();
    let forgiven = factors.verified(&MatchedCode::Authenticator(totp(1).id, TimeStep(2)), at(60)).unwrap();
    assert_eq!(forgiven.guesses, Guesses::default());
    factors = factors.guess(Factor::Authenticator(totp(2).id), &session(2), at(60)).unwrap();
    let paused = GuessError::Paused(RetryAfter(at(60 + 900)));
    assert_eq!(factors.guess(Factor::EmailCode, &session(1), at(60)).err(), Some(paused));
}

#[test]
fn rule_5_2_an_account_has_five_apps_with_different_names() {
    let mut factors = none();
    for n in 1..=5 {
        factors = factors.enrolled(totp(n)).unwrap();
    }
    assert_eq!(factors.enrolled(totp(6)).err(), Some(EnrolError::TooMany));
    let (fewer, gone) = factors.removed(totp(3).id).unwrap();
    assert_eq!((fewer.authenticators.len(), gone.id), (4, totp(3).id));
    assert!(fewer.removed(totp(3).id).is_none());
    let taken = Authenticator { name: AuthenticatorName::parse("APP 1").unwrap(), ..totp(6) };
    assert_eq!(fewer.enrolled(taken).err(), Some(EnrolError::NameTaken));
}

#[test]
fn rule_5_7_what_is_added_by_a_shared_root_counts_a_day_later() {
    assert_eq!(ChangeProof::TwoRoots.counts_from(at(1)), at(1));
    assert_eq!(ChangeProof::SecondFactor.counts_from(at(1)), at(1), "a surviving one proves the next");
    assert_eq!(ChangeProof::SharedRoot.counts_from(at(1)), at(1 + 86_400));
}

#[test]
fn rule_5_7_an_account_that_had_a_second_factor_is_treated_as_having_one() {
    let enrolled = none().enrolled(totp(1)).unwrap();
    let (removed, _) = enrolled.removed(totp(1).id).unwrap();
    let reset = AccountDetails { reset_at: Some(at(0)), ..details() };
    for factors in [&enrolled, &removed, &enrolled.disputed(at(0))] {
        assert!(factors.had_second);
        assert_eq!(factors.email_code_barred(&reset, at(86_399)), Some(at(86_400)));
        assert_eq!(factors.email_code_barred(&reset, at(86_400)), None);
        assert_eq!(factors.email_code_barred(&details(), at(0)), None);
    }
    assert!(!removed.has_second());
    assert_eq!(none().email_code_barred(&reset, at(0)), None, "nothing else verifies");
}

#[test]
fn rule_3_10_this_was_not_me_removes_what_was_set_up_since_and_nothing_else() {
    let late = Authenticator { enrolled_at: at(100), ..totp(2) };
    let mut factors = sent(&none(), 1, "123456", 0);
    factors.authenticators.extend([totp(1), late]);
    let after = factors.disputed(at(100));
    assert_eq!(
        after.authenticators.iter().map(|authenticator| authenticator.id).collect::<Vec<_>>(),
        [totp(1).id]
    );
    assert!(after.codes.is_empty());
    let nothing = factors.disputed(at(101));
    assert_eq!(nothing.authenticators.len(), 2);
}

proptest! {
    /// In any order of requests, a code has at most five attempts, and ten attempts in a row are compared.
    #[test]
    fn rule_5_6_never_more_than_ten_in_a_row(moves in proptest::collection::vec((0u8..3, 1u8..3, 0i64..40), 1..200)) {
        let mut factors = none();
        factors.authenticators.push(totp(1));
        let (mut now, mut in_a_row) = (0, 0);
        for (what, n, later) in moves {
            now += later;
            let paused = factors.guesses.pause(at(now)).is_some();
            let factor = if what == 0 { Factor::EmailCode } else { Factor::Authenticator(totp(1).id) };
            if what == 2 {
                let code_mac = ring(&[1]).code_mac(&session(n), &code("123456"));
                if let Ok(after) = factors.send(&session(n), code_mac, &rates(), at(now)) { factors = after; }
            } else if let Ok(after) = factors.guess(factor, &session(n), at(now)) {
                prop_assert!(!paused);
                in_a_row = if after.guesses.taken == 0 { 0 } else { in_a_row + 1 };
                prop_assert!(in_a_row < 10 && after.codes.iter().all(|code| code.tries <= 5));
                factors = after;
            }
        }
    }
}
