//! Each fault is visible to the relying party.

use std::time::{Duration, Instant};

use axum::http::StatusCode;
use serde_json::{Value, json};
use tokio::time::timeout;

use super::{
    Fault,
    relying_party::{CLIENT, ISSUER, Page, RelyingParty, part},
};

/// The token response of a sign-in for which this fault was selected.
async fn exchange_with(party: &RelyingParty, fault: Fault) -> Page {
    let code = party.code(&[("fault", Some(fault.name()))]).await;
    party.exchange(&code, &[]).await
}

#[tokio::test]
async fn the_last_form_selects_a_fault() {
    let party = RelyingParty::start().await;
    let page = party.get(&RelyingParty::authorize_path(&[("ui_locales", Some("fr"))])).await;
    let (method, mut fields) = page.forms().pop().unwrap();
    assert_eq!(method, "get");
    fields.push(("fault".to_owned(), "no-state".to_owned()));
    let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(&fields).finish();
    let page = party.get(&format!("/authorize?{query}")).await;
    assert!(page.text.contains("<strong translate=\"no\">no-state</strong> (aucun état (state))"));
    assert!(page.text.contains("<option value=\"no-state\" selected>"));
    assert!(!party.press(&page, 1).await.callback().contains_key("state"));

    let again = party.press(&page, page.forms().len() - 1).await;
    assert!(again.all("main strong").is_empty(), "the selection does not apply to the next one");
    for fault in Fault::ALL {
        assert!(page.text.contains(&format!("<option value=\"{fault}\"")), "{fault}");
    }
}

#[tokio::test]
async fn the_authorization_response_has_the_selected_fault() {
    let party = RelyingParty::start().await;
    let defaults = json!({"state": "the state", "iss": ISSUER, "error": null, "code": "a code"});
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
        let mut expected = defaults.as_object().unwrap().clone();
        expected.extend(differs.as_object().unwrap().clone());
        for (name, value) in expected {
            assert_eq!(back.get(&name).map(String::as_str), value.as_str(), "{fault}: {name}");
        }
    }
}

#[tokio::test]
async fn the_token_endpoint_has_the_selected_fault() {
    let party = RelyingParty::start().await;
    assert_eq!(exchange_with(&party, Fault::TokenError).await.error(), (400, "invalid_grant".to_owned()));
    assert_eq!(exchange_with(&party, Fault::TokenDown).await.status, StatusCode::SERVICE_UNAVAILABLE);
    let garbage = exchange_with(&party, Fault::TokenGarbage).await;
    assert_eq!(garbage.status, StatusCode::OK);
    assert!(serde_json::from_str::<Value>(&garbage.text).is_err());
    let huge = exchange_with(&party, Fault::TokenHuge).await;
    assert!(huge.status == StatusCode::OK && huge.text.len() > 1024 * 1024);
    assert!(party.verify(&huge.id_token()).await.is_ok(), "its size is all that is wrong");
    let without = exchange_with(&party, Fault::NoIdToken).await;
    assert!(without.json()["access_token"].is_string() && without.json().get("id_token").is_none());
}

#[tokio::test]
#[expect(clippy::disallowed_methods, reason = "measures the bank's delay in real time")]
async fn a_slow_token_endpoint_responds_after_eight_seconds() {
    let party = RelyingParty::start().await;
    let began = Instant::now();
    let slow = exchange_with(&party, Fault::TokenSlow).await;
    assert!(began.elapsed() >= Duration::from_secs(8));
    assert!(party.verify(&slow.id_token()).await.is_ok());
}

#[tokio::test]
async fn a_trickling_response_never_ends() {
    let party = RelyingParty::start().await;
    let code = party.code(&[("fault", Some(Fault::TokenTrickle.name()))]).await;
    assert!(timeout(Duration::from_millis(300), party.exchange(&code, &[])).await.is_err());
    party.bank.fail_with(Some(Fault::JwksTrickle));
    assert!(timeout(Duration::from_millis(300), party.get("/jwks")).await.is_err());
}

#[tokio::test]
async fn the_id_token_has_the_selected_fault() {
    let party = RelyingParty::start().await;
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
        let id_token = exchange_with(&party, fault).await.id_token();
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
async fn rotated_keys_verify_and_the_old_key_is_withdrawn() {
    let party = RelyingParty::start().await;
    let before = exchange_with(&party, Fault::TokenHuge).await.id_token();
    let after = exchange_with(&party, Fault::RotatedKeys).await.id_token();
    assert!(party.verify(&after).await.is_ok());
    assert_eq!(party.verify(&before).await, Err("kid"));
    assert_eq!(party.keys().await.keys.len(), 1);
    assert_ne!(part(&before, 0)["kid"], part(&after, 0)["kid"]);
}

#[tokio::test]
async fn an_outage_ends_with_the_next_sign_in() {
    let party = RelyingParty::start().await;
    let configuration = "/.well-known/openid-configuration";
    for (fault, down, up) in
        [(Fault::DiscoveryDown, configuration, "/jwks"), (Fault::JwksDown, "/jwks", configuration)]
    {
        let response = exchange_with(&party, fault).await;
        assert_eq!(response.status, StatusCode::OK);
        assert_eq!(party.get(down).await.status, StatusCode::SERVICE_UNAVAILABLE, "{fault}");
        assert_eq!(party.get(up).await.status, StatusCode::OK, "{fault}");
        party.code(&[]).await;
        assert_eq!(party.get(down).await.status, StatusCode::OK, "the next sign-in ends it");
    }
}

#[tokio::test]
async fn a_fault_of_the_bank_applies_to_all_sign_ins() {
    let party = RelyingParty::start().await;
    let code = party.code(&[]).await;
    party.bank.fail_with(Some(Fault::TokenDown));
    assert_eq!(party.exchange(&code, &[]).await.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(exchange_with(&party, Fault::TokenError).await.status, StatusCode::SERVICE_UNAVAILABLE);
    party.bank.fail_with(Some(Fault::JwksDown));
    assert_eq!(party.get("/jwks").await.status, StatusCode::SERVICE_UNAVAILABLE);
    party.bank.fail_with(Some(Fault::NoIss));
    assert!(!party.sign_in(&[]).await.contains_key("iss"));

    party.bank.fail_with(None);
    assert_eq!(party.get("/jwks").await.status, StatusCode::OK);
    assert_eq!(party.exchange(&code, &[]).await.status, StatusCode::OK);
}
