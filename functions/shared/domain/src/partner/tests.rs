//! Partners, logins at them and pending identities.

use super::*;
use crate::{factors::OneTimeCode, form::GuessId, keys::ring};

#[test]
fn rule_4_1_a_partner_is_named_plainly() {
    for text in ["bank", "interac-2", "a"] {
        assert_eq!(text.parse::<PartnerId>().unwrap().to_string(), text);
    }
    for text in ["", "Bank", "a/b", "é", "a b", &"a".repeat(33)] {
        assert!(text.parse::<PartnerId>().is_err(), "{text}");
    }
}

#[test]
fn rule_4_1_nonce_and_verifier_are_a_states_own() {
    let (ring, state) = (ring(&[1]), |n| State::from_random([n; 32]));
    let ring = ring.session().unwrap();
    let all = [state(1).nonce(ring), state(1).verifier(ring), state(2).nonce(ring), state(2).verifier(ring)];
    for (n, one) in all.iter().enumerate() {
        assert_eq!(one.len(), 43);
        assert!(all[n + 1..].iter().all(|other| other != one));
    }
    assert_eq!(all[0], state(1).nonce(ring));
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

#[test]
fn rule_4_5_a_new_sign_in_counts_only_if_the_partner_confirms_it() {
    let login = |is_reauthentication| PartnerLogin {
        state: State::from_random([1; 32]).hash(),
        browser: PreSession::from_random([1; 32]).hash(),
        partner: "bank".parse().unwrap(),
        interaction: None,
        next: None,
        language: None,
        started_at: at(1000),
        is_linking: false,
        is_reauthentication,
        is_used: false,
        slot: None,
    };
    let anew = |auth_time: Option<i64>| login(true).authenticated_at(auth_time.map(at), at(1100));
    assert_eq!(anew(None), Err(NotReauthenticated));
    assert_eq!(anew(Some(939)), Err(NotReauthenticated));
    assert_eq!(anew(Some(940)), Ok(Some(at(1000))), "the partner's clock is a minute behind");
    assert_eq!(anew(Some(1050)), Ok(Some(at(1050))));
    assert_eq!(anew(Some(9999)), Ok(Some(at(1100))), "its clock is ahead");
    let usual = |auth_time: Option<i64>| login(false).authenticated_at(auth_time.map(at), at(1100));
    assert_eq!(usual(Some(5)), Ok(Some(at(5))));
    assert_eq!(usual(Some(9999)), Ok(Some(at(1100))));
    assert_eq!(usual(None), Ok(None));
    assert_eq!(proof(None).at, Timestamp::UNIX_EPOCH);
}

fn arrived() -> PendingIdentity {
    PendingIdentity {
        secret: PendingIdentitySecret::from_random([1; 32]).hash(),
        partner: "bank".parse().unwrap(),
        identity: Identity { issuer: "https://bank.example".into(), subject: "ana".into() },
        authenticated_at: None,
        claimed: None,
        arrived_at: at(0),
        ended_at: None,
        ended_by: None,
        revision: 1,
    }
}

fn code(text: &str) -> OneTimeCode {
    OneTimeCode::parse(text).unwrap()
}

fn sent(to: &PendingIdentity, email: &str, text: &str, now: i64) -> PendingIdentity {
    let code_mac = ring(&[1]).session().unwrap().code_mac(&to.secret, &code(text));
    to.claiming(email.parse().unwrap(), code_mac, at(now))
}

fn proven(pending: &PendingIdentity, text: &str, now: i64) -> Option<PendingIdentity> {
    pending.proven_by(&code(text), ring(&[1]).session().unwrap(), at(now))
}

const ANA: &str = "ana@exemple.ca";

#[test]
fn rule_4_3_an_address_is_proven_by_a_code_in_ten_minutes_and_five_tries() {
    let came = arrived();
    assert!(matches!(came.tried(at(0)), Err(NoCode)));
    let waiting = sent(&came, ANA, "123456", 0);
    assert!(waiting.waits_for_code(at(599)).is_some() && waiting.waits_for_code(at(600)).is_none());
    assert_eq!(waiting.proven_email(), None);
    assert!(proven(&waiting, "123457", 1).is_none() && proven(&waiting, "123456", 600).is_none());
    let mut tried = waiting.clone();
    for _ in 0..5 {
        tried = tried.tried(at(1)).unwrap();
    }
    assert!(matches!(tried.tried(at(1)), Err(NoCode)));
    let first = proven(&tried, "123456", 1).unwrap();
    assert_eq!(first.proven_email(), Some(&ANA.parse().unwrap()));
    assert!(matches!(first.tried(at(1)), Err(NoCode)), "once");
    let compared = proven(&waiting, "123456", 1).unwrap();
    assert_eq!(
        tried.proven_like(&compared).unwrap().proven_email(),
        first.proven_email(),
        "beside other tries"
    );
    assert!(came.proven_like(&compared).is_none());
    assert_eq!(sent(&first, ANA, "000000", 60).proven_email(), None);
    assert_eq!(format!("{:?}", came.identity), "Identity");
    assert!(waiting.was_just_sent_to(&ANA.parse().unwrap(), at(9)));
    assert!(!waiting.was_just_sent_to(&ANA.parse().unwrap(), at(10)));
    assert!(!waiting.was_just_sent_to(&"bob@exemple.ca".parse().unwrap(), at(9)));
}

#[test]
fn rule_5_5_an_address_is_proven_by_any_code_of_the_last_ten_minutes_and_they_share_five_tries() {
    let first = sent(&arrived(), ANA, "111111", 0);
    let both = sent(&first.tried(at(1)).unwrap(), ANA, "222222", 300);
    for (text, now) in [("111111", 599), ("222222", 599), ("222222", 899)] {
        let proven = proven(&both, text, now).unwrap();
        assert_eq!(proven.claimed.as_ref().unwrap().proven_at, Some(at(now)));
        assert_eq!(proven.claimed.unwrap().codes.len(), 1, "the others are used up");
    }
    assert!(proven(&both, "111111", 600).is_none() && proven(&both, "222222", 900).is_none());
    // A code that was sent while the other one was compared does not void it.
    let compared = proven(&first, "111111", 300).unwrap();
    assert_eq!(both.proven_like(&compared).unwrap().claimed.unwrap().proven_at, Some(at(300)));
    // One attempt was counted at the first: four are left for both.
    let tried = (0..4).fold(both.clone(), |both, _| both.tried(at(301)).unwrap());
    assert!(matches!(tried.tried(at(301)), Err(NoCode)));
    let renewed = sent(&tried, ANA, "333333", 330);
    assert!(renewed.tried(at(330)).is_ok() && proven(&renewed, "222222", 330).is_none(), "spent");
    // Codes to another address prove nothing about this one.
    let other = sent(&both, "bob@exemple.ca", "333333", 330);
    assert!(proven(&other, "111111", 330).is_none() && proven(&other, "333333", 330).is_some());
    assert_eq!(other.claimed.unwrap().tries, 0);
    let many =
        (0..9).fold(arrived(), |pending, n| sent(&pending, ANA, &format!("{n}{n}{n}{n}{n}{n}"), n * 30));
    assert_eq!(many.claimed.as_ref().unwrap().codes.len(), 5);
    assert!(proven(&many, "333333", 240).is_none() && proven(&many, "444444", 240).is_some());
}

#[test]
fn rule_4_3_the_form_that_made_an_account_is_recognized_for_a_minute_and_no_other() {
    let [form, other] = ["one", "other"].map(|text| GuessId::stored(text.into()));
    let ready = proven(&sent(&arrived(), ANA, "123456", 0), "123456", 5).unwrap();
    let ended = ready.ended(Some(&form), at(60));
    assert_eq!(ended.just_ended_by(Some(&form), at(119)), Some(at(5)));
    assert_eq!(ended.just_ended_by(Some(&form), at(120)), None);
    assert_eq!(ended.just_ended_by(Some(&other), at(61)), None);
    assert_eq!(ended.just_ended_by(None, at(61)), None);
    let linked = ready.ended(None, at(60));
    assert_eq!(linked.just_ended_by(Some(&form), at(61)), None);
    assert!(
        linked.has_just_ended(at(119)) && !linked.has_just_ended(at(120)) && !ready.has_just_ended(at(60))
    );
    assert_eq!(ended.proven_email(), None, "it does nothing more");
    let times: Vec<_> = ready.proofs(at(5)).iter().map(|proof| (proof.factor, proof.at)).collect();
    assert_eq!(times, [(FactorKind::Partner, at(0)), (FactorKind::EmailCode, at(5))]);
}
