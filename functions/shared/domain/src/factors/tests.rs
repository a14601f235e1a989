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
        in_review: false,
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
    let code_mac = ring(&[1]).session().unwrap().code_mac(&session(n), &code(text));
    factors.send(&session(n), code_mac, &rates(), at(now)).unwrap()
}

/// The guess in the form of this factor.
fn guess(factors: &Factors, form: Factor, n: u8, now: i64) -> Guess {
    factors.guess_in_form(form, (&session(n), None), &details(), at(now))
}

fn guessed(factors: &Factors, form: Factor, n: u8, now: i64) -> Result<Factors, GuessError> {
    factors.guess(&guess(factors, form, n, now), at(now))
}

fn compared(factors: &Factors, form: Factor, text: &str, now: i64) -> Option<MatchedCode> {
    factors.compare(&guess(factors, form, 1, now), &code(text), ring(&[1]).session().unwrap(), at(now))
}

fn verified(factors: &Factors, matched: &MatchedCode, now: i64) -> Result<Factors, StaleCode> {
    factors.verified(matched, &guess(factors, matched.factor(), 1, now), at(now))
}

#[test]
fn rule_5_5_every_code_of_the_last_ten_minutes_is_good_once_in_its_own_session() {
    let factors = sent(&none(), 1, "123456", 0);
    let matched = compared(&factors, Factor::EmailCode, "123456", 599).unwrap();
    assert_eq!(compared(&factors, Factor::EmailCode, "123457", 0), None);
    assert_eq!(compared(&factors, Factor::EmailCode, "123456", 600), None, "ten minutes");
    assert_eq!(compared(&sent(&none(), 2, "123456", 0), Factor::EmailCode, "123456", 0), None);
    let both = sent(&factors, 1, "654321", 30);
    for text in ["123456", "654321"] {
        let matched = compared(&both, Factor::EmailCode, text, 599).unwrap();
        let used = verified(&both, &matched, 599).unwrap();
        assert!(used.codes.is_empty() && used.email_code_used_at == Some(at(599)), "one uses up all");
        assert_eq!(verified(&used, &matched, 599).err(), Some(StaleCode));
    }
    assert_eq!(compared(&both, Factor::EmailCode, "123456", 600), None);
    assert!(compared(&both, Factor::EmailCode, "654321", 629).is_some());
    assert!(verified(&both, &matched, 30).is_ok(), "another code was sent while this one was compared");
    let other = sent(&both, 2, "111111", 60);
    let used = verified(&other, &matched, 60).unwrap();
    assert!(used.code_of(&session(2), at(60)).is_some(), "another session's voids nothing");
}

#[test]
fn rule_5_5_the_five_newest_codes_of_a_session_work() {
    let texts = ["111111", "222222", "333333", "444444", "555555", "666666"];
    let factors = (0..).zip(texts).fold(none(), |factors, (n, text)| sent(&factors, 1, text, n * 30));
    let works = texts.map(|text| compared(&factors, Factor::EmailCode, text, 150).is_some());
    assert_eq!(works, [false, true, true, true, true, true]);
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
    assert_eq!(factors.codes.len(), code::MOST);
    assert_eq!(send(&factors, 1, 3600).unwrap().codes.len(), 1, "the others have expired");
}

#[test]
fn rule_5_5_five_tries_of_all_codes_and_no_more() {
    let mut factors = sent(&none(), 1, "123456", 0);
    for n in 0..5 {
        if n == 3 {
            factors = sent(&factors, 1, "654321", 30);
        }
        assert!(factors.code_of(&session(1), at(31)).is_some());
        factors = guessed(&factors, Factor::EmailCode, 1, 31).unwrap();
    }
    assert_eq!(guessed(&factors, Factor::EmailCode, 1, 31).err(), Some(GuessError::NoCode));
    assert!(factors.is_code_spent(&session(1), at(31)) && !factors.is_code_spent(&session(2), at(31)));
    assert_eq!(guessed(&factors, Factor::EmailCode, 2, 31).err(), Some(GuessError::NoCode));
    let renewed = sent(&factors, 1, "111111", 60);
    assert_eq!(renewed.code_of(&session(1), at(60)).unwrap().tries, 0);
    assert_eq!(renewed.codes.len(), 1, "the older ones are used up");
}

#[test]
fn rule_5_2_a_step_that_was_used_or_passed_is_not_accepted_again() {
    let mut factors = none();
    factors.authenticators.push(totp(1));
    let by_authenticator = Factor::Authenticator(totp(1).id);
    // RFC 4226 appendix D: the codes of steps 2 and 3.
    let third = compared(&factors, by_authenticator, "969429", 75).unwrap();
    assert_eq!(third, MatchedCode::Authenticator(totp(1).id, TimeStep(3)));
    let after = verified(&factors, &third, 75).unwrap();
    assert_eq!(verified(&after, &third, 75).err(), Some(StaleCode));
    assert_eq!(compared(&after, by_authenticator, "969429", 100), None, "used");
    assert_eq!(compared(&after, by_authenticator, "359152", 75), None, "passed");
    assert_eq!(after.authenticators[0].used_at, at(75));
    let gone = Factor::Authenticator(totp(2).id);
    assert_eq!(guessed(&after, gone, 1, 75).err(), Some(GuessError::NoSuchFactor));
}

#[test]
fn rule_5_6_failures_count_across_codes_and_factors_until_a_success() {
    let mut factors = none();
    factors.authenticators.extend([totp(1), totp(2)]);
    factors.guesses.taken = 4;
    factors = sent(&factors, 1, "123456", 0);
    for _ in 0..4 {
        factors = guessed(&factors, Factor::EmailCode, 1, 0).unwrap();
    }
    factors = guessed(&factors, Factor::Authenticator(totp(1).id), 1, 60).unwrap();
    let success = MatchedCode::Authenticator(totp(1).id, TimeStep(2));
    assert_eq!(verified(&factors, &success, 60).unwrap().guesses, Guesses::default());
    factors = guessed(&factors, Factor::Authenticator(totp(2).id), 2, 60).unwrap();
    let paused = GuessError::Paused(RetryAfter(at(60 + 900)));
    assert_eq!(guessed(&factors, Factor::EmailCode, 1, 60).err(), Some(paused));
}

#[test]
fn rule_5_6_a_code_of_another_factor_is_recognized_and_a_wrong_one_counts_once_for_each() {
    let mut factors = sent(&none(), 1, "123456", 60);
    factors.authenticators.extend([totp(1), totp(2)]);
    // RFC 4226 appendix D: the code of step 2.
    let (by_app, by_other) = (Factor::Authenticator(totp(1).id), Factor::Authenticator(totp(2).id));
    assert_eq!(compared(&factors, by_app, "123456", 60).unwrap().factor(), Factor::EmailCode);
    let by_code = compared(&factors, Factor::EmailCode, "359152", 60).unwrap();
    assert_eq!(by_code, MatchedCode::Authenticator(totp(1).id, TimeStep(2)));
    assert_eq!(
        compared(&factors, by_other, "359152", 60).unwrap().factor(),
        by_other,
        "first the form's own"
    );
    // Three comparisons each, and then one each: ten.
    let mut wrong = factors.clone();
    for taken in [3, 6, 7, 8, 9] {
        assert_eq!(guess(&wrong, by_app, 1, 60).factors().len(), if taken <= 6 { 3 } else { 1 });
        wrong = guessed(&wrong, by_app, 1, 60).unwrap();
        assert_eq!((wrong.guesses.taken, wrong.codes[0].tries), (taken, u32::min(taken / 3, 2)));
    }
    assert!(guessed(&wrong, by_app, 1, 60).unwrap().guesses.pause(at(60)).is_some());
    // What was recognized was a guess at nothing else.
    let form = guess(&factors, Factor::EmailCode, 1, 60);
    let counted = factors.guess(&form, at(60)).unwrap();
    let after = counted.verified(&by_code, &form, at(60)).unwrap();
    assert_eq!((after.codes[0].tries, after.guesses), (0, Guesses::default()));
    let told = counted.recognized(&form, at(60));
    assert_eq!((told.guesses.taken, told.guesses.taken_at_second_factor, told.codes[0].tries), (0, 0, 0));
    // On the day after a reset, the email code does not verify in any form.
    let reset = AccountDetails { reset_at: Some(at(0)), ..details() };
    factors.had_second = true;
    let barred = factors.guess_in_form(by_app, (&session(1), None), &reset, at(60));
    assert_eq!(barred.factors(), [by_app, by_other]);
}

#[test]
fn rule_5_6_who_holds_one_factor_gets_no_more_guesses_at_a_stronger_one() {
    let waiting = Authenticator { counts_from: at(9999), ..totp(2) };
    let mut factors = none();
    factors.authenticators.extend([totp(1), waiting]);
    for _ in 0..3 {
        factors = guessed(&factors, Factor::Authenticator(totp(1).id), 1, 60).unwrap();
    }
    assert_eq!((factors.guesses.taken, factors.guesses.taken_at_second_factor), (6, 3));
    let by_mailbox = sent(&factors, 1, "123456", 60);
    let form = guess(&by_mailbox, Factor::EmailCode, 1, 60);
    let matched = compared(&by_mailbox, Factor::EmailCode, "123456", 60).unwrap();
    let after = by_mailbox.guess(&form, at(60)).unwrap().verified(&matched, &form, at(60)).unwrap();
    assert_eq!((after.guesses.taken, after.guesses.taken_at_second_factor), (3, 3), "the mailbox");
    let by_waiting = MatchedCode::Authenticator(totp(2).id, TimeStep(2));
    let after = verified(&factors, &by_waiting, 60).unwrap();
    assert_eq!(after.guesses.taken, 3, "an authenticator that does not count yet");
    let by_counting = MatchedCode::Authenticator(totp(1).id, TimeStep(2));
    assert_eq!(verified(&factors, &by_counting, 60).unwrap().guesses, Guesses::default());
    factors.authenticators.remove(0);
    assert_eq!(verified(&factors, &by_waiting, 60).unwrap().guesses, Guesses::default(), "nothing stronger");
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
    /// In any order of requests, an emailed code has at most five attempts, and at most ten comparisons in a row are made with
    /// any factor.
    #[test]
    fn rule_5_6_never_more_than_ten_in_a_row(moves in proptest::collection::vec((0u8..3, 1u8..3, 0i64..40), 1..200)) {
        let mut factors = none();
        factors.authenticators.push(totp(1));
        let (mut now, mut in_a_row) = (0, 0);
        for (what, n, later) in moves {
            now += later;
            let paused = factors.guesses.pause(at(now)).is_some();
            let form = if what == 0 { Factor::EmailCode } else { Factor::Authenticator(totp(1).id) };
            if what == 2 {
                let code_mac = ring(&[1]).session().unwrap().code_mac(&session(n), &code("123456"));
                if let Ok(after) = factors.send(&session(n), code_mac, &rates(), at(now)) { factors = after; }
            } else if let Ok(after) = guessed(&factors, form, n, now) {
                prop_assert!(!paused);
                in_a_row += guess(&factors, form, n, now).factors().len();
                prop_assert!(in_a_row <= 10 && after.codes.iter().all(|code| code.tries <= 5));
                if after.guesses.taken == 0 { in_a_row = 0; }
                factors = after;
            }
        }
    }
}

#[test]
fn rule_5_6_a_right_code_of_the_mailbox_is_not_tried_at_the_authenticator() {
    // The authenticator's code at second 59 (RFC 6238, appendix B) is that of an email, too.
    let factors = sent(&none().enrolled(totp(1)).unwrap(), 1, "287082", 50);
    let authenticator = Factor::Authenticator(totp(1).id);
    for form in [authenticator, Factor::EmailCode] {
        let matched = compared(&factors, form, "287082", 59).unwrap();
        assert_eq!(matched.factor(), Factor::EmailCode, "in the form of {form:?}");
    }
    let others = sent(&none().enrolled(totp(1)).unwrap(), 1, "123456", 50);
    assert_eq!(compared(&others, authenticator, "287082", 59).unwrap().factor(), authenticator);
}
