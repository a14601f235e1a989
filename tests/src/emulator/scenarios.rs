//! What residents and services do with the deployed binaries.

use local::Incoming;
use serde_json::Value;
use url::Url;

use super::{Deployment, Visitor};
use crate::support::{
    browser::CONFIRMED,
    env::{ANA, OTHER, PASSWORD, links},
    partner::{At, START, answer},
    phone::{Phone, code_of},
    services::operator,
};

/// All scenarios, from registration; checks what the functions logged.
pub(super) async fn story(deployment: &Deployment) {
    let mut ana = Visitor::of(deployment);
    let account = [("email", ANA), ("password", PASSWORD)];

    assert_eq!(ana.get("/register").0, 200);
    assert_eq!(ana.post("/register", &account), (303, "/register/sent?registered=true".into()));
    let [email] = &deployment.emails()[..] else { panic!("one email is sent") };
    let link = links(email).remove(0);

    assert_eq!(ana.get(&link), (303, "/activate".into()));
    let token = link.split_once('=').unwrap().1.to_owned();
    assert_eq!(ana.get("/activate").0, 200);
    assert_eq!(ana.post("/activate", &[]), (303, "/services".into()));
    assert_eq!(ana.get("/logout").0, 200);
    assert_eq!(ana.post("/logout", &[]), (303, "/logout".into()));

    assert_eq!(ana.get("/login").0, 200);
    assert_eq!(ana.post("/login", &account), (303, "/services".into()));
    assert_eq!(ana.get("/services").0, 200);
    assert!(ana.html.contains("<h1>My connected services</h1>"), "{}", ana.html);

    // Activation and signing out leave these items to be deleted; a used link is remembered.
    assert_eq!(deployment.removed(), ["outbox", "registration", "session"]);
    deployment.deliver("expire");
    assert_eq!(deployment.removed().len(), 3);
    let other = recovers(deployment, &mut ana);
    let session = ana.jar["__Host-session"].clone();
    let mut told = verifies(deployment, &mut ana);
    told.extend(serves(deployment, &mut ana).await);
    told.extend(comes_by_the_bank(deployment).await);

    for (name, function) in deployment.functions() {
        let log = function.log();
        let secrets = [ANA, PASSWORD, &other, &token, &session, &ana.jar["__Host-pre"]];
        for secret in secrets.into_iter().chain(told.iter().map(String::as_str)) {
            assert!(!log.contains(secret), "{name} logs {secret}:\n{log}");
        }
    }
}

/// Locks an account, unlocks it, resets the password, signs in and ends the other sessions; returns the link to reset.
fn recovers(deployment: &Deployment, ana: &mut Visitor<'_>) -> String {
    let newest = || {
        let [email] = &deployment.emails()[..] else { panic!("one email is sent") };
        links(email).remove(0)
    };
    let mut attacker = Visitor::of(deployment);
    for _ in 0..5 {
        attacker.get("/login");
        attacker.post("/login", &[("email", ANA), ("password", "Wrong-9-password")]);
    }
    assert!(attacker.html.contains("Sign-in is locked for this email address"));
    assert_eq!(ana.get(&newest()), (303, "/unlock/link".into()));
    assert_eq!(ana.get("/unlock/link").0, 200);
    assert_eq!(ana.post("/unlock/link", CONFIRMED), (303, "/unlock/done".into()));
    assert_eq!(ana.get("/unlock/done").0, 200);
    assert!(ana.html.contains("Your account is unlocked"), "{}", ana.html);
    newest();

    assert_eq!(ana.get("/reset").0, 200);
    assert_eq!(ana.post("/reset", &[("email", ANA)]), (303, "/reset/sent".into()));
    let reset = newest();
    assert_eq!(ana.get(&reset), (303, "/reset/link".into()));
    assert_eq!(ana.get("/reset/link").0, 200);
    assert_eq!(ana.post("/reset/link", &[("password", OTHER)]), (303, "/reset/done".into()));
    assert_eq!(ana.get("/services").0, 303, "every session is over");
    assert_eq!(ana.get(&newest()), (303, "/dispute".into()));
    assert_eq!(ana.get("/dispute").0, 200);

    assert_eq!(ana.get("/login").0, 200);
    assert_eq!(ana.post("/login", &[("email", ANA), ("password", OTHER)]), (303, "/services".into()));
    assert_eq!(ana.get("/settings/sessions").0, 200);
    reset.split_once('=').unwrap().1.to_owned()
}

/// Verifies by email, adds an authenticator, signs in again and verifies by it; returns what no log may hold.
fn verifies(deployment: &Deployment, ana: &mut Visitor<'_>) -> Vec<String> {
    assert_eq!(ana.get("/mfa?next=/services&factor=email").0, 200);
    assert_eq!(ana.post("/mfa/send?next=/services", &[]).0, 303);
    let mailed = deployment.emails().iter().find_map(code_of).unwrap();
    assert_eq!(ana.get("/mfa?next=/services&factor=email").0, 200);
    let typed = [("factor", "email"), ("code", mailed.as_str())];
    assert_eq!(ana.post("/mfa?next=/services", &typed), (303, "/services".into()));

    assert_eq!(ana.get("/factors/add").0, 200);
    assert_eq!(ana.post("/factors/add", &[]), (303, "/factors/confirm".into()));
    assert_eq!(ana.get("/factors/confirm").0, 200);
    let phone = Phone { secret: ana.html.text("code").unwrap().replace(' ', "") };
    let first = phone.code();
    let named = [("name", "Ana's telephone"), ("code", first.as_str())];
    assert_eq!(ana.post("/factors/confirm", &named), (303, "/factors".into()));

    assert_eq!(ana.get("/login?again=true").0, 200);
    assert_eq!(ana.post("/login", &[("email", ANA), ("password", OTHER)]), (303, "/services".into()));
    assert_eq!(ana.get("/mfa?next=/services").0, 200);
    let factor = ana.html.value("factor").unwrap();
    let next = phone.code_at(app::clock::now().as_second() + 30);
    let typed = [("factor", factor.as_str()), ("code", next.as_str())];
    assert_eq!(ana.post("/mfa?next=/services", &typed), (303, "/services".into()));
    vec![phone.secret, first, next, mailed, "telephone".into(), ana.jar["__Host-session"].clone()]
}

/// A service signs the resident in and out; returns what no log may hold.
async fn serves(deployment: &Deployment, ana: &mut Visitor<'_>) -> Vec<String> {
    let app = &deployment.stack.app;
    let registration = ops::parse(include_str!("../../../infra/services/demo-2.yaml"), true).unwrap();
    ops::apply(app, std::slice::from_ref(&registration), &operator()).await.unwrap();
    let secret = ops::new_secret(app, &registration.client_id, &operator()).await.unwrap().expose();
    // RFC 7636 appendix B.
    let (verifier, challenge) =
        ("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    let (status, location) = ana.get(&format!(
        "/authorize?response_type=code&client_id=demo-2&redirect_uri=http%3A%2F%2Flocalhost%3A4002%2Freturn&scope=openid&state=s&code_challenge={challenge}&code_challenge_method=S256"
    ));
    let came = Url::parse(&location).unwrap_or_else(|_| panic!("{status} {location} {}", ana.html));
    let code = came.query_pairs().find(|(name, _)| name == "code").unwrap().1.into_owned();
    let basic = data_encoding::BASE64.encode(format!("demo-2:{secret}").as_bytes());
    let exchange = Incoming::post("/token").header("authorization", &format!("Basic {basic}")).form(&[
        ("grant_type", "authorization_code"),
        ("code", &code),
        ("redirect_uri", "http://localhost:4002/return"),
        ("code_verifier", verifier),
    ]);
    let tokens: Value = serde_json::from_str(&deployment.answer(&exchange).text()).unwrap();
    let token = |name: &str| tokens[name].as_str().unwrap_or_else(|| panic!("{tokens}")).to_owned();
    let bearer = format!("Bearer {}", token("access_token"));
    let told = deployment.answer(&Incoming::get("/userinfo").header("authorization", &bearer));
    assert!(told.status == 200 && told.text().contains("sub"), "{}", told.text());
    let hint = format!("/logout?id_token_hint={}", token("id_token"));
    let back = "&post_logout_redirect_uri=http%3A%2F%2Flocalhost%3A4002%2Fsigned-out";
    assert_eq!(ana.get(&format!("{hint}{back}")), (303, "http://localhost:4002/signed-out".into()));
    vec![secret, code, token("access_token"), token("id_token")]
}

/// Creates an account with the bank, and asks for the bank to be removed; returns what no log may hold.
async fn comes_by_the_bank(deployment: &Deployment) -> Vec<String> {
    let mut zoe = Visitor::of(deployment);
    assert_eq!(zoe.get("/login").0, 200);
    let (status, location) = zoe.get(START);
    let leaves = Url::parse(&location).unwrap_or_else(|_| panic!("{status} {location} {}", zoe.html));
    let with: Vec<_> = leaves.query_pairs().into_owned().collect();
    let mut told: Vec<_> = with
        .iter()
        .filter(|(name, _)| name == "state" || name == "nonce")
        .map(|(_, value)| value.clone())
        .collect();
    let back =
        answer(&format!("{}/authorize", leaves.origin().ascii_serialization()), with, (At::SignIn(0), None))
            .await;
    assert_eq!(zoe.get(&back), (303, "/federated/first".into()));
    assert_eq!(zoe.get("/federated/first").0, 200);
    assert_eq!(zoe.post("/federated/first", &[("email", "zoe@exemple.ca")]), (303, "/federated/code".into()));
    let code = deployment.emails().iter().find_map(code_of).unwrap();
    assert_eq!(zoe.get("/federated/code").0, 200);
    assert_eq!(zoe.post("/federated/code", &[("code", &code)]), (303, "/services".into()));
    assert_eq!(zoe.get("/federated").0, 200);
    assert!(zoe.html.contains("Remove Demo bank"), "{}", zoe.html);
    let typed = [("topic", "partner"), ("email", "zoe@exemple.ca"), ("message", "")];
    assert_eq!(zoe.get("/contact").0, 200);
    assert_eq!(zoe.post("/contact", &typed), (307, "/federated/remove".into()));
    told.extend([code, "zoe@".into(), bank::RESIDENTS[0].subject.into(), zoe.jar["__Host-session"].clone()]);
    told
}
