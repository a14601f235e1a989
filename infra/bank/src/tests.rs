//! Tests of the bank with a browser and a relying party.

mod faults;
mod relying_party;

use axum::http::{StatusCode, header};
use serde_json::json;

use self::relying_party::{CLIENT, ISSUER, NOW, RETURN, RelyingParty, assertion, options};
use crate::{Bank, Fault, Options, RESIDENTS};

#[tokio::test]
async fn a_sign_in_returns_an_id_token_of_the_resident() {
    let party = RelyingParty::start().await;
    let page = party.get(&RelyingParty::authorize_path(&[])).await;
    assert_eq!(page.status, StatusCode::OK);
    let mut subjects = Vec::new();
    for (number, resident) in RESIDENTS.iter().enumerate() {
        let back = party.press(&page, number).await.callback();
        assert_eq!((back["state"].as_str(), back["iss"].as_str(), back.len()), ("the state", ISSUER, 3));

        let response = party.exchange(&back["code"], &[]).await;
        assert_eq!(
            (response.status, &response.headers[header::CACHE_CONTROL]),
            (StatusCode::OK, &"no-store".parse().unwrap())
        );
        let tokens = response.json();
        assert_eq!((&tokens["token_type"], &tokens["expires_in"]), (&json!("Bearer"), &json!(300)));
        assert!(tokens["access_token"].is_string());
        let expected = json!({
            "iss": ISSUER, "sub": resident.subject, "aud": CLIENT, "nonce": "the nonce",
            "exp": NOW + 300, "iat": NOW, "auth_time": NOW,
        });
        assert_eq!(party.verify(&response.id_token()).await, Ok(expected));
        subjects.push(resident.subject);
    }
    subjects.sort_unstable();
    subjects.dedup();
    assert_eq!(subjects.len(), RESIDENTS.len());
}

#[tokio::test]
async fn discovery_names_the_endpoints_and_the_key_set_has_public_keys() {
    let party = RelyingParty::start().await;
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
async fn the_page_has_the_requested_language() {
    let party = RelyingParty::start().await;
    let english = party.get(&RelyingParty::authorize_path(&[("ui_locales", Some("en-CA"))])).await;
    assert!(english.text.contains("<html lang=\"en-CA\">"));
    assert_eq!(english.all("title, h1"), ["Who is signing in? – Demo bank", "Who is signing in?"]);
    assert_eq!(english.all("button")[0], "MTSign in as Marie Tremblay");
    let french = party.get_in(&RelyingParty::authorize_path(&[("ui_locales", Some("fr-CA"))]), "en").await;
    assert!(french.text.contains("<html lang=\"fr-CA\">"));
    assert_eq!(
        french.all("title, h1"),
        ["Qui ouvre une session? – Banque de démonstration", "Qui ouvre une session?"]
    );
    assert_eq!(french.all("button.second")[0], "Annuler");
    let accepted = party.get_in(&RelyingParty::authorize_path(&[]), "fr-CA").await;
    assert!(accepted.text.contains("<html lang=\"fr-CA\">"));

    let wrong = [("client_id", Some("another")), ("ui_locales", Some("fr-CA"))];
    assert!(
        party
            .get(&RelyingParty::authorize_path(&wrong))
            .await
            .text
            .contains("La banque ne peut pas ouvrir de session")
    );
    let policy = english.headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
    assert!(policy.starts_with("default-src 'none';") && !english.text.contains("<script"));
}

#[tokio::test]
async fn each_entered_name_has_a_stable_subject() {
    let party = RelyingParty::start().await;
    let mut subjects: Vec<_> = RESIDENTS.iter().map(|resident| resident.subject.to_owned()).collect();
    for name in ["Anne Roy", "Anne Roy ", "Zoé Roy", "marie"] {
        let back = party.sign_in_by_name(name).await.callback();
        let id_token = party.exchange(&back["code"], &[]).await.id_token();
        subjects.push(party.verify(&id_token).await.unwrap()["sub"].as_str().unwrap().to_owned());
    }
    assert_eq!(subjects[4], subjects[5], "surrounding spaces are not part of a name");
    assert!(subjects.iter().all(|subject| (22..256).contains(&subject.len())), "{subjects:?}");
    subjects.sort_unstable();
    subjects.dedup();
    assert_eq!(subjects.len(), RESIDENTS.len() + 3);

    let page = party.sign_in_by_name(" ").await;
    assert!(
        page.status == StatusCode::OK && page.text.contains("<input id=\"name\""),
        "an empty name is not accepted"
    );
}

#[tokio::test]
async fn cancelling_denies_access() {
    let party = RelyingParty::start().await;
    let page = party.get(&RelyingParty::authorize_path(&[])).await;
    let back = party.press(&page, RESIDENTS.len() + 1).await.callback();
    assert_eq!((back["error"].as_str(), back["state"].as_str()), ("access_denied", "the state"));
    assert!(back["iss"] == ISSUER && !back.contains_key("code"));
}

#[tokio::test]
async fn an_unregistered_redirect_uri_gets_no_redirect() {
    let party = RelyingParty::start().await;
    for wrong in [
        ("client_id", None),
        ("client_id", Some("another")),
        ("redirect_uri", None),
        ("redirect_uri", Some("https://signin.example/partner/return/")),
        ("redirect_uri", Some("https://SIGNIN.example/partner/return")),
    ] {
        let page = party.get(&RelyingParty::authorize_path(&[wrong])).await;
        assert_eq!(page.status, StatusCode::BAD_REQUEST, "{wrong:?}");
        assert!(!page.headers.contains_key(header::LOCATION));
    }
    let twice = format!("{}&redirect_uri={RETURN}", RelyingParty::authorize_path(&[]));
    assert_eq!(party.get(&twice).await.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn other_errors_are_returned_to_the_client() {
    let party = RelyingParty::start().await;
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
        let back = party.get(&RelyingParty::authorize_path(&[(name, value)])).await.callback();
        let parameters = (back["error"].as_str(), back["state"].as_str(), back["iss"].as_str());
        assert_eq!(parameters, (error, "the state", ISSUER), "{name}");
    }
    let back = party.get(&RelyingParty::authorize_path(&[("state", None)])).await.callback();
    assert!(back["error"] == "invalid_request" && !back.contains_key("state"));
    let back = party.get(&format!("{}&nonce=another", RelyingParty::authorize_path(&[]))).await.callback();
    assert_eq!(back["error"], "invalid_request");
}

#[tokio::test]
async fn a_get_request_signs_nobody_in() {
    let party = RelyingParty::start().await;
    let page = party.get(&RelyingParty::authorize_path(&[("resident", Some("marie"))])).await;
    assert_eq!(page.status, StatusCode::OK);
    let once =
        |(_, fields): &relying_party::Form| fields.iter().filter(|(name, _)| name == "resident").count() <= 1;
    assert!(page.forms().iter().all(once));
}

#[tokio::test]
async fn a_code_is_exchanged_once_by_its_client() {
    let party = RelyingParty::start().await;
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
        let response = party.exchange(&code, &[(name, value)]).await;
        assert_eq!(response.error(), (400, error.to_owned()), "{name}");
        assert_eq!(
            party.exchange(&code, &[]).await.error().1,
            "invalid_grant",
            "the failed attempt used the code"
        );
    }
}

#[tokio::test]
async fn an_invalid_token_request_does_not_use_the_code() {
    let party = RelyingParty::start().await;
    let code = party.code(&[]).await;
    for (name, value, error) in [
        ("grant_type", None, "invalid_request"),
        ("grant_type", Some("refresh_token"), "unsupported_grant_type"),
        ("code", None, "invalid_request"),
    ] {
        assert_eq!(party.exchange(&code, &[(name, value)]).await.error(), (400, error.to_owned()), "{name}");
    }
    let mut twice = RelyingParty::token_request(&code, &[]);
    twice.push(("code".to_owned(), code.clone()));
    assert_eq!(party.post("/token", &twice).await.error(), (400, "invalid_request".to_owned()));
    assert_eq!(party.exchange(&code, &[]).await.status, StatusCode::OK);
}

#[tokio::test]
async fn only_a_new_assertion_of_the_client_is_accepted() {
    let party = RelyingParty::start().await;
    let code = party.code(&[]).await;
    let rejected = (401, "invalid_client".to_owned());
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
        let response = party.exchange(&code, &[("client_assertion", Some(&assertion))]).await;
        assert_eq!(response.error(), rejected, "{wrong}");
    }
    let assertion = assertion(&json!({"aud": format!("{ISSUER}/token"), "exp": NOW + 300}));
    let (signed, _) = assertion.rsplit_once('.').unwrap();
    let other = relying_party::assertion(&json!({}));
    let forged = format!("{signed}.{}", other.rsplit_once('.').unwrap().1);
    for (name, value) in [
        ("client_assertion", None),
        ("client_assertion", Some(forged.as_str())),
        ("client_assertion", Some("no")),
        ("client_assertion_type", None),
        ("client_secret", Some("a secret")),
        ("client_id", Some("another")),
    ] {
        assert_eq!(party.exchange(&code, &[(name, value)]).await.error(), rejected, "{name}");
    }

    let valid = [("client_assertion", Some(assertion.as_str())), ("client_id", Some(CLIENT))];
    assert_eq!(party.exchange(&code, &valid).await.status, StatusCode::OK);
    let replayed = party.exchange(&party.code(&[]).await, &valid).await;
    assert_eq!(replayed.error(), rejected);
}

#[tokio::test]
async fn every_request_is_recorded() {
    let party = RelyingParty::start().await;
    let path = RelyingParty::authorize_path(&[]);
    party.get(&path).await;
    party.exchange("a code", &[]).await;
    let received = party.bank.received();
    assert_eq!((received.len(), received[0].method.as_str(), &received[0].target), (2, "GET", &path));
    assert!(received[0].body.is_empty());
    assert!(received[1].headers.iter().any(|(name, _)| name == "content-type"));
    assert!(received[1].body.starts_with(b"grant_type=authorization_code&code=a+code&"));
    party.bank.clear_received();
    assert_eq!(party.bank.received(), []);
    assert_eq!(party.get("/nowhere").await.status, StatusCode::NOT_FOUND);
    assert_eq!(party.bank.received()[0].target, "/nowhere");
}

#[tokio::test]
async fn the_first_key_is_generated_when_needed_and_can_be_reused() {
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
fn malformed_options_are_rejected() {
    let defaults = || options("http://localhost:4000".to_owned());
    for wrong in [
        Options { issuer: format!("{ISSUER}/"), ..defaults() },
        Options { redirect_uris: vec!["/return".to_owned()], ..defaults() },
        Options { client_jwks_uri: "jwks.json".to_owned(), ..defaults() },
        Options { reached_at: None, ..defaults() },
        Options { key: Some("no key".to_owned()), ..defaults() },
    ] {
        assert!(Bank::new(wrong).is_err());
    }
}

#[tokio::test]
async fn the_toggle_keeps_the_request_and_the_fault() {
    let party = RelyingParty::start().await;
    let path = RelyingParty::authorize_path(&[("ui_locales", Some("en-CA")), ("fault", Some("wrong-nonce"))]);
    let english = party.get(&path).await;
    let french = party.get(&english.toggle()).await;
    assert!(french.text.contains("<html lang=\"fr-CA\">") && french.text.contains("wrong-nonce</strong>"));
    let [mut before, mut after] = [english.forms().swap_remove(0).1, french.forms().swap_remove(0).1];
    before.retain(|(name, _)| name != "ui_locales");
    after.retain(|(name, _)| name != "ui_locales");
    assert_eq!(before, after);
    assert_eq!(party.get(&french.toggle()).await.text, english.text);
}

#[tokio::test]
async fn the_home_page_says_where_to_begin() {
    let party = RelyingParty::start().await;
    let english = party.get("/").await;
    assert_eq!(english.all("h1"), ["This bank is a sign-in partner"]);
    assert!(
        english.text.contains("href=\"https://signin.example/login?ui_locales=en-CA\""),
        "{}",
        english.text
    );
    let french = party.get(&english.toggle()).await;
    assert_eq!(french.all("h1"), ["Cette banque est un partenaire de connexion"]);
}
