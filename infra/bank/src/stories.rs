//! Stories of a browser, a relying party and the bank.

mod faults;
mod relying;

use axum::http::{StatusCode, header};
use serde_json::json;

use self::relying::{CLIENT, ISSUER, NOW, RETURN, Relying, assertion, options};
use crate::{Bank, Fault, Options, RESIDENTS};

#[tokio::test]
async fn a_sign_in_says_who_it_is() {
    let party = Relying::begin().await;
    let page = party.get(&Relying::asks(&[])).await;
    assert_eq!(page.status, StatusCode::OK);
    let mut subjects = Vec::new();
    for (number, resident) in RESIDENTS.iter().enumerate() {
        let back = party.press(&page, number).await.came_back();
        assert_eq!((back["state"].as_str(), back["iss"].as_str(), back.len()), ("the state", ISSUER, 3));

        let answer = party.exchange(&back["code"], &[]).await;
        assert_eq!(
            (answer.status, &answer.headers[header::CACHE_CONTROL]),
            (StatusCode::OK, &"no-store".parse().unwrap())
        );
        let tokens = answer.json();
        assert_eq!((&tokens["token_type"], &tokens["expires_in"]), (&json!("Bearer"), &json!(300)));
        assert!(tokens["access_token"].is_string());
        let expected = json!({
            "iss": ISSUER, "sub": resident.subject, "aud": CLIENT, "nonce": "the nonce",
            "exp": NOW + 300, "iat": NOW, "auth_time": NOW,
        });
        assert_eq!(party.verify(&answer.id_token()).await, Ok(expected));
        subjects.push(resident.subject);
    }
    subjects.sort_unstable();
    subjects.dedup();
    assert_eq!(subjects.len(), RESIDENTS.len());
}

#[tokio::test]
async fn discovery_leads_to_the_endpoints_and_the_keys_are_public_halves() {
    let party = Relying::begin().await;
    let metadata = party.get("/.well-known/openid-configuration").await.json();
    assert_eq!(metadata["issuer"], ISSUER);
    for (name, path) in
        [("authorization_endpoint", "authorize"), ("token_endpoint", "token"), ("jwks_uri", "jwks")]
    {
        assert_eq!(metadata[name], format!("{ISSUER}/{path}"));
    }
    let keys = party.get("/jwks").await.json();
    let names: Vec<_> = keys["keys"][0].as_object().unwrap().keys().collect();
    assert_eq!(names, ["alg", "e", "kid", "kty", "n", "use"]);
    assert_eq!(keys["keys"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn the_page_is_in_the_language_that_was_asked_for() {
    let party = Relying::begin().await;
    let english = party.get(&Relying::asks(&[("ui_locales", Some("en-CA"))])).await;
    assert!(english.text.contains("<html lang=\"en-CA\">") && english.text.contains("<h1>Demo bank</h1>"));
    assert!(english.text.contains("<button>Sign in as Marie Tremblay</button>"));
    let french = party.get_in(&Relying::asks(&[("ui_locales", Some("fr-CA"))]), "en").await;
    assert!(french.text.contains("<html lang=\"fr-CA\">"));
    assert!(french.text.contains("<h1>Banque de démonstration</h1>"));
    assert!(french.text.contains("<button class=\"second\">Annuler</button>"));
    assert_eq!(party.get_in(&Relying::asks(&[]), "fr-CA").await.text.matches("fr-CA").count(), 1);

    let wrong = [("client_id", Some("another")), ("ui_locales", Some("fr-CA"))];
    assert!(party.get(&Relying::asks(&wrong)).await.text.contains("La banque ne peut pas ouvrir de session"));
    let policy = english.headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
    assert!(policy.starts_with("default-src 'none';") && !english.text.contains("<script"));
}

#[tokio::test]
async fn whoever_gives_a_name_is_the_same_each_time_and_nobody_else() {
    let party = Relying::begin().await;
    let mut subjects: Vec<_> = RESIDENTS.iter().map(|resident| resident.subject.to_owned()).collect();
    for name in ["Anne Roy", "Anne Roy ", "Zoé Roy", "marie"] {
        let back = party.sign_in_by_name(name).await.came_back();
        let id_token = party.exchange(&back["code"], &[]).await.id_token();
        subjects.push(party.verify(&id_token).await.unwrap()["sub"].as_str().unwrap().to_owned());
    }
    assert_eq!(subjects[4], subjects[5], "spaces around it are no part of a name");
    assert!(subjects.iter().all(|subject| (22..256).contains(&subject.len())), "{subjects:?}");
    subjects.sort_unstable();
    subjects.dedup();
    assert_eq!(subjects.len(), RESIDENTS.len() + 3);

    let page = party.sign_in_by_name(" ").await;
    assert!(page.status == StatusCode::OK && page.text.contains("<input id=\"name\""), "nobody has no name");
}

#[tokio::test]
async fn cancelling_denies_access() {
    let party = Relying::begin().await;
    let page = party.get(&Relying::asks(&[])).await;
    let back = party.press(&page, RESIDENTS.len() + 1).await.came_back();
    assert_eq!((back["error"].as_str(), back["state"].as_str()), ("access_denied", "the state"));
    assert!(back["iss"] == ISSUER && !back.contains_key("code"));
}

#[tokio::test]
async fn nobody_is_sent_to_an_address_that_is_not_registered() {
    let party = Relying::begin().await;
    for wrong in [
        ("client_id", None),
        ("client_id", Some("another")),
        ("redirect_uri", None),
        ("redirect_uri", Some("https://signin.example/partner/return/")),
        ("redirect_uri", Some("https://SIGNIN.example/partner/return")),
    ] {
        let page = party.get(&Relying::asks(&[wrong])).await;
        assert_eq!(page.status, StatusCode::BAD_REQUEST, "{wrong:?}");
        assert!(!page.headers.contains_key(header::LOCATION));
    }
    let twice = format!("{}&redirect_uri={RETURN}", Relying::asks(&[]));
    assert_eq!(party.get(&twice).await.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn other_mistakes_go_back_as_errors() {
    let party = Relying::begin().await;
    for (name, value, error) in [
        ("response_type", None, "invalid_request"),
        ("response_type", Some("code id_token"), "unsupported_response_type"),
        ("scope", None, "invalid_scope"),
        ("scope", Some("openid_email"), "invalid_scope"),
        ("nonce", None, "invalid_request"),
        ("code_challenge", None, "invalid_request"),
        ("code_challenge", Some("short"), "invalid_request"),
        ("code_challenge_method", None, "invalid_request"),
        ("code_challenge_method", Some("plain"), "invalid_request"),
        ("fault", Some("no-such"), "invalid_request"),
    ] {
        let back = party.get(&Relying::asks(&[(name, value)])).await.came_back();
        let said = (back["error"].as_str(), back["state"].as_str(), back["iss"].as_str());
        assert_eq!(said, (error, "the state", ISSUER), "{name}");
    }
    let back = party.get(&Relying::asks(&[("state", None)])).await.came_back();
    assert!(back["error"] == "invalid_request" && !back.contains_key("state"));
    let back = party.get(&format!("{}&nonce=another", Relying::asks(&[]))).await.came_back();
    assert_eq!(back["error"], "invalid_request");
}

#[tokio::test]
async fn looking_at_an_address_signs_nobody_in() {
    let party = Relying::begin().await;
    let page = party.get(&Relying::asks(&[("resident", Some("marie"))])).await;
    assert_eq!(page.status, StatusCode::OK);
    let once =
        |(_, fields): &relying::Form| fields.iter().filter(|(name, _)| name == "resident").count() <= 1;
    assert!(page.forms().iter().all(once));
}

#[tokio::test]
async fn a_code_is_exchanged_once_by_whom_it_was_given_to() {
    let party = Relying::begin().await;
    let code = party.code(&[]).await;
    assert_eq!(party.exchange(&code, &[]).await.status, StatusCode::OK);
    assert_eq!(party.exchange(&code, &[]).await.error(), (400, "invalid_grant".to_owned()));

    let other_verifier = "x".repeat(43);
    for (name, value, error) in [
        ("code_verifier", Some(other_verifier.as_str()), "invalid_grant"),
        ("code_verifier", None, "invalid_request"),
        ("redirect_uri", Some("https://signin.example/other"), "invalid_grant"),
        ("redirect_uri", None, "invalid_grant"),
    ] {
        let code = party.code(&[]).await;
        let answer = party.exchange(&code, &[(name, value)]).await;
        assert_eq!(answer.error(), (400, error.to_owned()), "{name}");
        assert_eq!(party.exchange(&code, &[]).await.error().1, "invalid_grant", "the wrong try has spent it");
    }
}

#[tokio::test]
async fn a_request_that_is_none_leaves_the_code_as_it_was() {
    let party = Relying::begin().await;
    let code = party.code(&[]).await;
    for (name, value, error) in [
        ("grant_type", None, "invalid_request"),
        ("grant_type", Some("refresh_token"), "unsupported_grant_type"),
        ("code", None, "invalid_request"),
    ] {
        assert_eq!(party.exchange(&code, &[(name, value)]).await.error(), (400, error.to_owned()), "{name}");
    }
    let mut twice = Relying::exchanges(&code, &[]);
    twice.push(("code".to_owned(), code.clone()));
    assert_eq!(party.post("/token", &twice).await.error(), (400, "invalid_request".to_owned()));
    assert_eq!(party.exchange(&code, &[]).await.status, StatusCode::OK);
}

#[tokio::test]
async fn only_the_clients_own_fresh_assertion_is_accepted() {
    let party = Relying::begin().await;
    let code = party.code(&[]).await;
    let refused = (401, "invalid_client".to_owned());
    for wrong in [
        json!({"iss": "another"}),
        json!({"sub": "another"}),
        json!({"aud": "https://another-bank.example"}),
        json!({"aud": [ISSUER, "https://another-bank.example"]}),
        json!({"aud": []}),
        json!({"exp": NOW}),
        json!({"exp": NOW + 301}),
        json!({"exp": null}),
        json!({"jti": ""}),
        json!({"jti": null}),
    ] {
        let assertion = assertion(&wrong);
        let answer = party.exchange(&code, &[("client_assertion", Some(&assertion))]).await;
        assert_eq!(answer.error(), refused, "{wrong}");
    }
    let assertion = assertion(&json!({"aud": format!("{ISSUER}/token"), "exp": NOW + 300}));
    let (said, _) = assertion.rsplit_once('.').unwrap();
    let other = relying::assertion(&json!({}));
    let forged = format!("{said}.{}", other.rsplit_once('.').unwrap().1);
    for (name, value) in [
        ("client_assertion", None),
        ("client_assertion", Some(forged.as_str())),
        ("client_assertion", Some("no")),
        ("client_assertion_type", None),
        ("client_secret", Some("a secret")),
        ("client_id", Some("another")),
    ] {
        assert_eq!(party.exchange(&code, &[(name, value)]).await.error(), refused, "{name}");
    }

    let own = [("client_assertion", Some(assertion.as_str())), ("client_id", Some(CLIENT))];
    assert_eq!(party.exchange(&code, &own).await.status, StatusCode::OK);
    let replayed = party.exchange(&party.code(&[]).await, &own).await;
    assert_eq!(replayed.error(), refused);
}

#[tokio::test]
async fn every_request_is_seen_as_it_came() {
    let party = Relying::begin().await;
    let asks = Relying::asks(&[]);
    party.get(&asks).await;
    party.exchange("a code", &[]).await;
    let seen = party.bank.seen();
    assert_eq!((seen.len(), seen[0].method.as_str(), &seen[0].target), (2, "GET", &asks));
    assert!(seen[0].body.is_empty());
    assert!(seen[1].headers.iter().any(|(name, _)| name == "content-type"));
    assert!(seen[1].body.starts_with(b"grant_type=authorization_code&code=a+code&"));
    party.bank.forget_seen();
    assert_eq!(party.bank.seen(), []);
    assert_eq!(party.get("/nowhere").await.status, StatusCode::NOT_FOUND);
    assert_eq!(party.bank.seen()[0].target, "/nowhere");
}

#[tokio::test]
async fn the_first_key_is_made_when_it_is_needed_and_can_be_kept() {
    let bank = Bank::new(Options { key: None, ..options("http://localhost:4000".to_owned()) }).unwrap();
    assert_eq!(bank.key(), None);
    let made = bank.inner.keys.current().await.unwrap();
    let kept = bank.key();
    let again = Options { key: kept.clone(), ..options("http://localhost:4000".to_owned()) };
    let again = Bank::new(again).unwrap();
    assert_eq!(again.key(), kept);
    assert_eq!(again.inner.keys.current().await.unwrap().id(), made.id());

    bank.rotate_keys().await.unwrap();
    assert_ne!(bank.key(), kept);
}

#[test]
fn a_bank_with_a_wrong_address_does_not_open() {
    let usual = || options("http://localhost:4000".to_owned());
    for wrong in [
        Options { issuer: format!("{ISSUER}/"), ..usual() },
        Options { redirect_uris: vec!["/return".to_owned()], ..usual() },
        Options { client_jwks_uri: "jwks.json".to_owned(), ..usual() },
        Options { reached_at: None, ..usual() },
        Options { key: Some("no key".to_owned()), ..usual() },
    ] {
        assert!(Bank::new(wrong).is_err());
    }
}
