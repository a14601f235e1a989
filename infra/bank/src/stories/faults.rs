//! What goes wrong is seen as what it is.

use std::time::{Duration, Instant};

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::{
    Fault,
    relying::{CLIENT, ISSUER, Page, Relying, part},
};

/// The answer of the token endpoint in a sign-in for which this was chosen.
async fn exchanged(party: &Relying, fault: Fault) -> Page {
    let code = party.code(&[("fault", Some(fault.name()))]).await;
    party.exchange(&code, &[]).await
}

#[tokio::test]
async fn a_fault_is_chosen_by_the_last_form_and_shown() {
    let party = Relying::begin().await;
    let page = party.get(&Relying::asks(&[("ui_locales", Some("fr"))])).await;
    let (method, mut fields) = page.forms().pop().unwrap();
    assert_eq!(method, "get");
    fields.push(("fault".to_owned(), "no-state".to_owned()));
    let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(&fields).finish();
    let page = party.get(&format!("/authorize?{query}")).await;
    assert!(page.text.contains("<strong>no-state</strong> (aucun état (state))"));
    assert!(page.text.contains("<option value=\"no-state\" selected>"));
    assert!(!party.press(&page, 1).await.came_back().contains_key("state"));

    let again = party.press(&page, page.forms().len() - 1).await;
    assert!(!again.text.contains("<strong>"), "the choice is not carried into the next one");
    for fault in Fault::ALL {
        assert!(page.text.contains(&format!("<option value=\"{fault}\"")), "{fault}");
    }
}

#[tokio::test]
async fn the_way_back_says_what_was_chosen() {
    let party = Relying::begin().await;
    let usual = json!({"state": "the state", "iss": ISSUER, "error": null, "code": "a code"});
    for (fault, differs) in [
        (Fault::ServerError, json!({"error": "server_error", "code": null})),
        (Fault::TemporarilyUnavailable, json!({"error": "temporarily_unavailable", "code": null})),
        (Fault::LoginRequired, json!({"error": "login_required", "code": null})),
        (Fault::WrongState, json!({"state": "another"})),
        (Fault::NoState, json!({"state": null})),
        (Fault::WrongIss, json!({"iss": "https://another-bank.example"})),
        (Fault::NoIss, json!({"iss": null})),
        (Fault::NoCode, json!({"code": null})),
        (Fault::TokenError, json!({})),
    ] {
        let mut back = party.sign_in(&[("fault", Some(fault.name()))]).await;
        back.entry("code".to_owned()).and_modify(|code| "a code".clone_into(code));
        back.entry("state".to_owned()).and_modify(|state| {
            if state != "the state" {
                "another".clone_into(state);
            }
        });
        let mut expected = usual.as_object().unwrap().clone();
        expected.extend(differs.as_object().unwrap().clone());
        for (name, value) in expected {
            assert_eq!(back.get(&name).map(String::as_str), value.as_str(), "{fault}: {name}");
        }
    }
}

#[tokio::test]
async fn the_token_endpoint_does_what_was_chosen() {
    let party = Relying::begin().await;
    assert_eq!(exchanged(&party, Fault::TokenError).await.error(), (400, "invalid_grant".to_owned()));
    assert_eq!(exchanged(&party, Fault::TokenDown).await.status, StatusCode::SERVICE_UNAVAILABLE);
    let garbage = exchanged(&party, Fault::TokenGarbage).await;
    assert_eq!(garbage.status, StatusCode::OK);
    assert!(serde_json::from_str::<Value>(&garbage.text).is_err());
    let huge = exchanged(&party, Fault::TokenHuge).await;
    assert!(huge.status == StatusCode::OK && huge.text.len() > 1024 * 1024);
    assert!(party.verify(&huge.id_token()).await.is_ok(), "its size is all that is wrong");
    let without = exchanged(&party, Fault::NoIdToken).await;
    assert!(without.json()["access_token"].is_string() && without.json().get("id_token").is_none());
}

#[tokio::test]
async fn a_slow_token_endpoint_answers_well_after_eight_seconds() {
    let party = Relying::begin().await;
    #[expect(clippy::disallowed_methods, reason = "measures the bank's delay in real time")]
    let began = Instant::now();
    let slow = exchanged(&party, Fault::TokenSlow).await;
    assert!(began.elapsed() >= Duration::from_secs(8));
    assert!(party.verify(&slow.id_token()).await.is_ok());
}

#[tokio::test]
async fn an_id_token_is_wrong_in_the_way_that_was_chosen() {
    let party = Relying::begin().await;
    for (fault, wrong) in [
        (Fault::WrongIssuer, "iss"),
        (Fault::WrongAudience, "aud"),
        (Fault::SecondAudience, "aud"),
        (Fault::WrongNonce, "nonce"),
        (Fault::NoNonce, "nonce"),
        (Fault::Expired, "exp"),
        (Fault::IssuedInFuture, "iat"),
        (Fault::NoSubject, "sub"),
        (Fault::BadSignature, "signature"),
        (Fault::UnknownKey, "kid"),
        (Fault::AlgNone, "alg"),
        (Fault::AlgHs256, "alg"),
    ] {
        let id_token = exchanged(&party, fault).await.id_token();
        assert_eq!(party.verify(&id_token).await, Err(wrong), "{fault}");
        let (header, claims) = (part(&id_token, 0), part(&id_token, 1));
        match fault {
            Fault::SecondAudience => {
                assert_eq!(claims["aud"], json!([CLIENT, "another-client"]));
                assert_eq!(claims.get("azp"), None);
            }
            Fault::NoNonce => assert_eq!(claims.get("nonce"), None),
            Fault::AlgNone => assert!(header["alg"] == "none" && id_token.ends_with('.')),
            Fault::AlgHs256 => assert_eq!(header["alg"], "HS256"),
            _ => {}
        }
    }
}

#[tokio::test]
async fn rotated_keys_verify_and_the_old_one_is_gone() {
    let party = Relying::begin().await;
    let before = exchanged(&party, Fault::TokenHuge).await.id_token();
    let after = exchanged(&party, Fault::RotatedKeys).await.id_token();
    assert!(party.verify(&after).await.is_ok());
    assert_eq!(party.verify(&before).await, Err("kid"));
    assert_eq!(party.keys().await.keys.len(), 1);
    assert_ne!(part(&before, 0)["kid"], part(&after, 0)["kid"]);
}

#[tokio::test]
async fn the_bank_as_a_whole_is_down_for_whom_it_was_chosen() {
    let party = Relying::begin().await;
    let configuration = "/.well-known/openid-configuration";
    for (fault, down, up) in
        [(Fault::DiscoveryDown, configuration, "/jwks"), (Fault::JwksDown, "/jwks", configuration)]
    {
        let answer = exchanged(&party, fault).await;
        assert_eq!(answer.status, StatusCode::OK);
        assert_eq!(party.get(down).await.status, StatusCode::SERVICE_UNAVAILABLE, "{fault}");
        assert_eq!(party.get(up).await.status, StatusCode::OK, "{fault}");
        party.code(&[]).await;
        assert_eq!(party.get(down).await.status, StatusCode::OK, "the next sign-in ends it");
    }
}

#[tokio::test]
async fn what_a_test_says_goes_for_all_until_it_says_otherwise() {
    let party = Relying::begin().await;
    let code = party.code(&[]).await;
    party.bank.fail_with(Some(Fault::TokenDown));
    assert_eq!(party.exchange(&code, &[]).await.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(exchanged(&party, Fault::TokenError).await.status, StatusCode::SERVICE_UNAVAILABLE);
    party.bank.fail_with(Some(Fault::JwksDown));
    assert_eq!(party.get("/jwks").await.status, StatusCode::SERVICE_UNAVAILABLE);
    party.bank.fail_with(Some(Fault::NoIss));
    assert!(!party.sign_in(&[]).await.contains_key("iss"));

    party.bank.fail_with(None);
    assert_eq!(party.get("/jwks").await.status, StatusCode::OK);
    assert_eq!(party.exchange(&code, &[]).await.status, StatusCode::OK);
}
