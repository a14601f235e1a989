//! Every method of every path is answered, and HEAD like GET (RULES 6.1).

use std::collections::{BTreeMap, BTreeSet};

use local::{DEFAULT_ROUTE, FLOWS, Incoming};

use crate::support::env::{ANA, TestEnv};

/// The endpoints that services call, and whether scripts of their pages may.
const ENDPOINTS: [(&str, bool); 4] = [
    ("/token", false),
    ("/userinfo", true),
    ("/.well-known/openid-configuration", true),
    ("/.well-known/jwks.json", true),
];

/// The flows' paths, and the methods of each, from the list that the template is compared with.
fn routes() -> BTreeMap<String, BTreeSet<String>> {
    let mut routes: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for route in FLOWS.iter().flat_map(|(_, flow)| flow.routes()) {
        if route.path() != DEFAULT_ROUTE {
            let path = route.path().replace("{partner}", "demo-bank").replace("{topic}", "tls");
            routes.entry(path).or_default().insert(format!("{:?}", route.method()));
        }
    }
    routes
}

#[tokio::test]
async fn rule_6_1_every_method_of_every_path_is_answered() {
    let env = TestEnv::begin().await;
    for (path, methods) in routes() {
        let endpoint = ENDPOINTS.iter().find(|(endpoint, _)| *endpoint == path);
        let is_cross_origin = endpoint.is_some_and(|(_, is_cross_origin)| *is_cross_origin);
        let of = |method: &String| if method == "Get" { "GET, HEAD" } else { "POST" };
        let allowed: Vec<_> = methods.iter().map(of).chain(is_cross_origin.then_some("OPTIONS")).collect();
        let allowed = allowed.join(", ");
        for method in ["GET", "HEAD", "POST", "OPTIONS", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND"] {
            let request = Incoming::new(method, &path)
                .header("origin", "https://health.example")
                .header("access-control-request-method", "GET")
                .header("access-control-request-headers", "authorization");
            let reply = env.browser().send(request).await;
            let (text, kind) = (reply.text(), reply.header("content-type").unwrap_or_default().to_owned());
            let has_method = allowed.split(", ").any(|allowed| allowed == method);
            if method == "OPTIONS" && has_method {
                assert_eq!(
                    (reply.status, &*text, reply.header("allow")),
                    (204, "", Some(&*allowed)),
                    "{path}"
                );
                assert_eq!(reply.header("access-control-allow-methods"), Some(&*allowed));
                assert_eq!(reply.header("access-control-allow-headers"), Some("authorization, *"));
            } else if has_method {
                let is_missing = reply.status == 405 || text.contains("<h1>Page not found</h1>");
                assert!(!is_missing, "{method} {path}: {}", reply.status);
            } else {
                assert_eq!((reply.status, reply.header("allow")), (405, Some(&*allowed)), "{method} {path}");
                assert_eq!(reply.set_cookies().count(), 0, "{method} {path}");
                if method == "HEAD" {
                    assert_eq!(text, "");
                } else if endpoint.is_some() {
                    let body: serde_json::Value = serde_json::from_str(&text).unwrap_or_default();
                    assert_eq!(
                        (&*kind, &body["error"]),
                        ("application/json", &"invalid_request".into()),
                        "{text}"
                    );
                } else {
                    assert!(text.contains("<h1>You cannot open this page this way</h1>"), "{method} {path}");
                }
            }
            if endpoint.is_some() {
                let any = is_cross_origin.then_some("*");
                assert_eq!(reply.header("access-control-allow-origin"), any, "{method} {path}");
                assert_eq!(reply.set_cookies().count(), 0, "{method} {path}");
            }
        }
    }
}

#[tokio::test]
async fn rule_6_1_head_is_answered_like_get_without_the_body() {
    let env = TestEnv::begin().await;
    let service = env.service("health").await;
    let browser = env.activated(ANA).await;
    let mut targets: Vec<String> =
        routes().into_iter().filter(|(_, methods)| methods.contains("Get")).map(|(path, _)| path).collect();
    targets.extend(["/nowhere".to_owned(), service.asks(&[]), service.asks(&[("redirect_uri", "x")])]);
    for target in targets {
        for browser in [env.browser(), browser.clone()] {
            let request = |method| Incoming::new(method, &target).header("sec-fetch-site", "none");
            let get = browser.clone().send(request("GET")).await;
            let head = browser.clone().send(request("HEAD")).await;
            let with_head = |name: &str| !["set-cookie", "location"].contains(&name);
            let headers = |reply: &local::GatewayResponse| {
                let pairs = reply.headers.iter().filter(|(name, _)| with_head(name.as_str()));
                pairs.map(|(name, value)| format!("{name}: {value:?}")).collect::<BTreeSet<_>>()
            };
            assert_eq!((head.status, headers(&head)), (get.status, headers(&get)), "{target}");
            assert_eq!(head.header("location").is_some(), get.header("location").is_some(), "{target}");
            assert!(head.body.is_empty(), "{target}");
        }
    }
}

#[tokio::test]
async fn rule_2_7_head_of_an_emailed_link_uses_it_up_no_more_than_get() {
    let env = TestEnv::begin().await;
    env.activated(ANA).await;
    env.browser().get("/reset").await;
    let mut browser = env.browser();
    browser.get("/reset").await;
    crate::support::env::wait(31);
    browser.post("/reset", &[("email", ANA)]).await;
    let link = env.last_link().await;
    let _ = env.watch.take_calls();
    for _ in 0..3 {
        let reply = env.browser().send(Incoming::new("HEAD", &link)).await;
        assert!(reply.status < 400 && reply.body.is_empty(), "{}", reply.status);
    }
    assert_eq!(browser.get(&link).await.status, 200);
    let page = browser.post("/reset/link", &[("password", crate::support::env::OTHER)]).await;
    assert_eq!(page.path, "/reset/done");
}
