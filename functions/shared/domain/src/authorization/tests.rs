//! Decisions about authorization requests.

use super::*;
use crate::{proof::FactorKind, proof::Proof, secret::SessionSecret};

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

fn session(began: i64) -> Session {
    let hash = SessionSecret::from_random([u8::try_from(began % 250).unwrap(); 32]).hash();
    let like = crate::session::tests::session(began);
    let proofs = vec![Proof::new(FactorKind::Password, at(began))];
    Session { id: hash.clone(), hash, began_at: at(began), proofs, ..like }
}

pub(crate) fn request(prompts: &[Prompt]) -> AuthorizationRequest {
    AuthorizationRequest {
        client: "a".parse().unwrap(),
        redirect_uri: "https://a.example/".into(),
        response_mode: ResponseMode::Query,
        state: None,
        nonce: None,
        scopes: Scopes::from([Scope::OpenId]),
        code_challenge: None,
        prompts: prompts.iter().copied().collect(),
        max_age: None,
        assurance: Assurance::Password,
        claims: RequestedClaims::default(),
        login_hint: None,
        subject: None,
        language: None,
    }
}

fn decide(request: &AuthorizationRequest, session: Option<&Session>, done: CompletedPrompts) -> Decision {
    let again = request.required_reauthentication(session, at(1000));
    let nothing = Scopes::new();
    let present = session.map(|session| EndUser { session, subject: "ana", agreed: &nothing });
    request.decide(present, again.as_ref(), done)
}

#[test]
fn rule_6_1_who_is_signed_in_goes_on_and_nobody_signs_in() {
    assert_eq!(decide(&request(&[]), Some(&session(900)), CompletedPrompts::default()), Decision::Issue);
    assert_eq!(decide(&request(&[]), None, CompletedPrompts::default()), Decision::SignIn);
}

#[test]
fn rule_6_1_prompt_none_asks_nothing() {
    let mut silent = request(&[Prompt::None]);
    let refused = |refusal| Decision::Refuse(refusal);
    assert_eq!(decide(&silent, Some(&session(900)), CompletedPrompts::default()), Decision::Issue);
    assert_eq!(decide(&silent, None, CompletedPrompts::default()), refused(Refusal::LoginRequired));
    silent.max_age = Some(10);
    assert_eq!(
        decide(&silent, Some(&session(900)), CompletedPrompts::default()),
        refused(Refusal::LoginRequired)
    );
    assert_eq!(decide(&silent, Some(&session(990)), CompletedPrompts::default()), Decision::Issue);
    silent.scopes.insert(Scope::Email);
    assert_eq!(
        decide(&silent, Some(&session(990)), CompletedPrompts::default()),
        refused(Refusal::ConsentRequired)
    );
    silent.subject = Some("bob".into());
    assert_eq!(
        decide(&silent, Some(&session(990)), CompletedPrompts::default()),
        refused(Refusal::LoginRequired)
    );
}

#[test]
fn rule_6_1_prompt_login_and_max_age_0_take_no_session_that_was_there() {
    let login = request(&[Prompt::Login]);
    let (there, new) = (session(1000), session(1001));
    let again = login.required_reauthentication(Some(&there), at(1000)).unwrap();
    assert!(!again.is_met_by(&there), "however lately it began");
    assert!(again.is_met_by(&new) && !again.is_met_by(&session(999)));
    let aged = AuthorizationRequest { max_age: Some(0), ..request(&[]) };
    assert_eq!(aged.required_reauthentication(Some(&there), at(1000)).unwrap(), again);
    let json = serde_json::to_string(&again).unwrap();
    assert_eq!(serde_json::from_str::<Reauthentication>(&json).unwrap(), again);
}

#[test]
fn rule_6_1_max_age_is_counted_from_the_request() {
    let mut aged = request(&[]);
    aged.max_age = Some(10);
    let again = aged.required_reauthentication(None, at(1010)).unwrap();
    assert!(again.is_met_by(&session(1000)) && !again.is_met_by(&session(999)));
    let sso = Session { began_at: at(1000), ..session(999) };
    assert!(!again.is_met_by(&sso), "the partner's authentication counts, not our session's start");
    aged.max_age = Some(u64::MAX);
    assert!(aged.required_reauthentication(None, at(1000)).unwrap().is_met_by(&session(1)));
}

#[test]
fn rule_6_5_sharing_is_asked_for_once_and_whenever_the_service_wants() {
    let mut email = request(&[]);
    email.claims.email_in_id_token = true;
    let agreed = CompletedPrompts { agreed: true, ..CompletedPrompts::default() };
    assert_eq!(decide(&email, Some(&session(900)), CompletedPrompts::default()), Decision::Consent);
    assert_eq!(decide(&email, Some(&session(900)), agreed), Decision::Issue);
    let session = session(900);
    let shared = Scopes::from([Scope::Email]);
    let before = EndUser { session: &session, subject: "ana", agreed: &shared };
    assert_eq!(email.decide(Some(before), None, CompletedPrompts::default()), Decision::Issue);
    let mut offline = email.clone();
    offline.scopes.insert(Scope::OfflineAccess);
    assert_eq!(
        offline.decide(Some(before), None, CompletedPrompts::default()),
        Decision::Consent,
        "it is new"
    );
    assert_eq!(offline.decide(Some(before), None, agreed), Decision::Issue);
    let more = Scopes::from([Scope::Email, Scope::OfflineAccess]);
    let after = EndUser { agreed: &more, ..before };
    for request in [&email, &offline, &request(&[])] {
        assert_eq!(request.decide(Some(after), None, CompletedPrompts::default()), Decision::Issue);
    }
    let consent = request(&[Prompt::Consent]);
    assert_eq!(consent.decide(Some(before), None, CompletedPrompts::default()), Decision::Consent);
    assert_eq!(consent.decide(Some(before), None, agreed), Decision::Issue);
}

#[test]
fn rule_6_1_an_account_is_made_or_chosen_when_the_service_wants() {
    let signed_in = CompletedPrompts { signed_in: true, ..CompletedPrompts::default() };
    let selected = CompletedPrompts { selected: true, ..CompletedPrompts::default() };
    let create = request(&[Prompt::Create]);
    assert_eq!(decide(&create, Some(&session(900)), CompletedPrompts::default()), Decision::Register);
    assert_eq!(decide(&create, None, signed_in), Decision::SignIn);
    assert_eq!(decide(&create, Some(&session(900)), signed_in), Decision::Issue);
    let select = request(&[Prompt::SelectAccount]);
    assert_eq!(decide(&select, None, CompletedPrompts::default()), Decision::SignIn);
    assert_eq!(decide(&select, Some(&session(900)), CompletedPrompts::default()), Decision::SelectAccount);
    assert_eq!(decide(&select, Some(&session(900)), selected), Decision::Issue);
    assert_eq!(decide(&select, Some(&session(900)), signed_in), Decision::Issue);
}

#[test]
fn rule_6_1_somebody_else_than_was_asked_for_is_refused_after_signing_in() {
    let mut hinted = request(&[]);
    hinted.subject = Some("bob".into());
    assert_eq!(decide(&hinted, Some(&session(900)), CompletedPrompts::default()), Decision::SignIn);
    let signed_in = CompletedPrompts { signed_in: true, ..CompletedPrompts::default() };
    let refused = Decision::Refuse(Refusal::LoginRequired);
    assert_eq!(decide(&hinted, Some(&session(900)), signed_in), refused);
    hinted.subject = Some("ana".into());
    assert_eq!(decide(&hinted, Some(&session(900)), CompletedPrompts::default()), Decision::Issue);
}

#[test]
fn rule_6_2_a_service_never_gets_less_than_it_asked_for() {
    use Assurance::{Mfa, Password, PhishingResistant, TwoStep};
    for (asked, proven, expected) in [
        (Password, Password, Decision::Issue),
        (TwoStep, Password, Decision::StepUp),
        (TwoStep, TwoStep, Decision::Issue),
        (TwoStep, Mfa, Decision::Issue),
        (Mfa, TwoStep, Decision::StepUp),
        (Mfa, Mfa, Decision::Issue),
        (PhishingResistant, Mfa, Decision::Refuse(Refusal::UnmetAssurance)),
    ] {
        let verified = match proven {
            Password => None,
            TwoStep => Some(FactorKind::EmailCode),
            Mfa | PhishingResistant => Some(FactorKind::Authenticator),
        };
        let mut session = session(900);
        session.proofs.extend(verified.map(|factor| Proof::new(factor, at(950))));
        let mut loud = request(&[]);
        loud.assurance = asked;
        assert_eq!(
            decide(&loud, Some(&session), CompletedPrompts::default()),
            expected,
            "{asked:?} {proven:?}"
        );
        let mut silent = request(&[Prompt::None]);
        silent.assurance = asked;
        let refused = Decision::Refuse(Refusal::InteractionRequired);
        let expected = if expected == Decision::StepUp { refused } else { expected };
        assert_eq!(
            decide(&silent, Some(&session), CompletedPrompts::default()),
            expected,
            "{asked:?} {proven:?}"
        );
    }
}
