//! Partners, logins at them and pending identities.

use super::*;
use crate::keys::ring;

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
    let all =
        [state(1).nonce(&ring), state(1).verifier(&ring), state(2).nonce(&ring), state(2).verifier(&ring)];
    for (n, one) in all.iter().enumerate() {
        assert_eq!(one.len(), 43);
        assert!(all[n + 1..].iter().all(|other| other != one));
    }
    assert_eq!(all[0], state(1).nonce(&ring));
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

#[test]
fn rule_4_3_an_address_is_proven_by_its_newest_code_in_ten_minutes_and_five_tries() {
    let (ring, code) = (ring(&[1]), |text| OneTimeCode::parse(text).unwrap());
    let came = PendingIdentity {
        secret: PendingIdentitySecret::from_random([1; 32]).hash(),
        partner: "bank".parse().unwrap(),
        identity: Identity { issuer: "https://bank.example".into(), subject: "ana".into() },
        authenticated_at: None,
        claimed: None,
        arrived_at: at(0),
        ended_at: None,
        revision: 1,
    };
    assert!(matches!(came.tried(at(0)), Err(NoCode)));
    let email: EmailAddress = "ana@exemple.ca".parse().unwrap();
    let sent = |text, now| came.claiming(email.clone(), ring.code_mac(&came.secret, &code(text)), at(now));
    let waiting = sent("123456", 0);
    assert!(waiting.waits_for_code(at(599)).is_some() && waiting.waits_for_code(at(600)).is_none());
    assert_eq!(waiting.proven_email(), None);
    assert!(waiting.proven_by(&code("123457"), &ring).is_none());
    let mut tried = waiting.clone();
    for _ in 0..5 {
        tried = tried.tried(at(1)).unwrap();
    }
    assert!(matches!(tried.tried(at(1)), Err(NoCode)));
    let proven = tried.proven_by(&code("123456"), &ring).unwrap();
    assert_eq!(proven.proven_email(), Some(&email));
    assert!(matches!(proven.tried(at(1)), Err(NoCode)), "once");
    let compared = waiting.proven_by(&code("123456"), &ring).unwrap();
    assert_eq!(tried.proven_like(&compared).unwrap().proven_email(), Some(&email), "beside other tries");
    assert!(sent("654321", 30).proven_like(&compared).is_none() && came.proven_like(&compared).is_none());
    assert!(sent("654321", 30).proven_by(&code("123456"), &ring).is_none(), "a newer one voids it");
    assert_eq!(proven.claiming(email, String::new(), at(60)).proven_email(), None);
    assert_eq!(format!("{:?}", came.identity), "Identity");
    assert!(waiting.was_just_sent_to(&"ana@exemple.ca".parse().unwrap(), at(9)));
    assert!(!waiting.was_just_sent_to(&"ana@exemple.ca".parse().unwrap(), at(10)));
    assert!(!waiting.was_just_sent_to(&"bob@exemple.ca".parse().unwrap(), at(9)));
    let ended = proven.ended(at(60));
    assert!(
        ended.has_just_ended(at(119)) && !ended.has_just_ended(at(120)) && !proven.has_just_ended(at(60))
    );
    assert_eq!(ended.proven_email(), None, "it does nothing more");
}
