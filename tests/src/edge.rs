//! What runs at CloudFront: the function that replaces API Gateway's own errors, the one that removes foreign cookies, and
//! the limits of what `template.yaml` declares.

use std::{
    io::Write as _,
    process::{Command, Stdio},
};

use serde_json::{Value, json};

use crate::support::html::Html;

/// The statuses that API Gateway responds with itself.
const OWN_STATUSES: [u16; 7] = [413, 429, 431, 500, 502, 503, 504];

const FOR_SERVICES: [&str; 4] =
    ["/token", "/userinfo", "/.well-known/openid-configuration", "/.well-known/jwks.json"];

/// What a program of Node prints, which reads JSON from standard input.
fn node(program: &str, input: &Value) -> Value {
    let mut node = Command::new("node")
        .args(["--input-type=module", "--eval", program])
        .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    node.stdin.take().unwrap().write_all(input.to_string().as_bytes()).unwrap();
    let output = node.wait_with_output().unwrap();
    serde_json::from_slice(&output.stdout).unwrap()
}

/// The responses of `infra/edge/gateway_errors.mjs` to these pairs of request and response.
fn replaced(cases: &[Value]) -> Vec<Value> {
    let program = r"
        import { handler } from './infra/edge/gateway_errors.mjs';
        import { readFileSync } from 'node:fs';
        const answer = (cf) => { let result; handler({ Records: [{ cf }] }, {}, (_, response) => { result = response; }); return result; };
        console.log(JSON.stringify(JSON.parse(readFileSync(0)).map(answer)));
    ";
    node(program, &json!(cases)).as_array().unwrap().clone()
}

fn request(method: &str, uri: &str, query: &str, headers: &Value) -> Value {
    json!({ "method": method, "uri": uri, "querystring": query, "headers": headers })
}

fn gateways(status: u16) -> Value {
    let headers = json!({ "content-type": [{ "key": "content-type", "value": "application/json" }] });
    json!({ "status": status.to_string(), "statusDescription": "x", "headers": headers })
}

fn header<'a>(response: &'a Value, name: &str) -> &'a str {
    response["headers"][name][0]["value"].as_str().unwrap_or_default()
}

#[test]
fn rule_9_10_no_resident_sees_an_error_of_the_gateway() {
    for status in OWN_STATUSES {
        for (accepted, language, other) in [("en-CA", "en", "fr"), ("fr-CA,fr;q=0.9,en;q=0.5", "fr", "en")] {
            let headers = json!({ "accept-language": [{ "value": accepted }] });
            let asked = request("GET", "/login", "interaction=a&b=%22", &headers);
            let [page] = &replaced(&[json!({ "request": asked, "response": gateways(status) })])[..] else {
                panic!()
            };
            let html: Html = page["body"].as_str().unwrap().to_owned().into();
            assert!(html.contains(&format!("<html lang=\"{language}\">")), "{html}");
            for code in [language, other] {
                assert!(html.contains(&format!("<section lang=\"{code}\">")), "{html}");
            }
            // The way on leads to the same interaction.
            assert!(html.contains("href=\"/login?interaction=a&#38;b=%22\""), "{html}");
            assert!(!html.contains("message"), "{html}");
            assert_eq!(header(page, "content-type"), "text/html; charset=utf-8");
            assert_eq!(header(page, "cache-control"), "no-store");
            // CloudFront has a page of its own for 502 and 504.
            let expected = if [502, 504].contains(&status) { 503 } else { status };
            assert_eq!(page["status"], expected.to_string());
            assert_eq!(header(page, "retry-after").is_empty(), [413, 431].contains(&status), "{status}");
        }
    }
}

#[test]
fn rule_9_10_a_service_gets_an_oauth_error() {
    for uri in FOR_SERVICES {
        for status in OWN_STATUSES {
            let asked = request("POST", uri, "", &json!({}));
            let [answer] = &replaced(&[json!({ "request": asked, "response": gateways(status) })])[..] else {
                panic!()
            };
            let body: Value = serde_json::from_str(answer["body"].as_str().unwrap()).unwrap();
            let is_request = [413, 431].contains(&status);
            assert_eq!(body["error"], if is_request { "invalid_request" } else { "temporarily_unavailable" });
            assert!(body["error_description"].as_str().unwrap().len() > 20, "{body}");
            assert_eq!(header(answer, "content-type"), "application/json");
        }
    }
}

#[test]
fn rule_9_10_responses_of_the_functions_pass_unchanged() {
    let own = json!({ "content-security-policy": [{ "value": "default-src 'none'" }] });
    let own = |status: &str| json!({ "status": status, "headers": own, "body": "ours" });
    let asked = || request("GET", "/login", "", &json!({}));
    for response in [own("200"), own("404"), own("503"), json!({ "status": "200", "headers": {} })] {
        let [passed] = &replaced(&[json!({ "request": asked(), "response": response.clone() })])[..] else {
            panic!()
        };
        assert_eq!(*passed, response);
    }
}

#[test]
fn rule_9_10_what_was_sent_is_escaped() {
    for uri in ["/\"><script>alert(1)</script>", "//evil.example", "/'&<"] {
        let headers = json!({ "cookie": [{ "value": "a=b; __Host-language=fr" }], "accept-language": [{ "value": "en" }] });
        let asked = request("GET", uri, "<\"'>", &headers);
        let [page] = &replaced(&[json!({ "request": asked, "response": gateways(503) })])[..] else {
            panic!()
        };
        let html = page["body"].as_str().unwrap();
        assert!(!html.contains("<script") && !html.contains("href=\"//"), "{html}");
        assert!(html.contains("<html lang=\"fr\">"), "{html}");
    }
}

#[test]
fn rule_9_10_cookies_of_other_applications_are_not_forwarded() {
    let template = include_str!("../../template.yaml");
    let code = template.split("FunctionCode: |\n").nth(1).unwrap();
    let code: String = code
        .lines()
        .take_while(|line| line.starts_with("        "))
        .fold(String::new(), |all, line| all + line + "\n");
    let program = format!(
        "import {{ readFileSync }} from 'node:fs';\n{code}\nconsole.log(JSON.stringify(handler(JSON.parse(readFileSync(0)))));"
    );
    let cookie = |value: &str| json!({ "value": value });
    let names = ["__Host-pre", "__Host-session", "__Host-link-abc", "_ga", "session", "__Secure-x"];
    let cookies: serde_json::Map<_, _> = names.iter().map(|name| ((*name).to_owned(), cookie("v"))).collect();
    let event = json!({ "request": { "uri": "/login", "cookies": cookies } });
    let left = node(&program, &event)["cookies"].as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_eq!(left, ["__Host-link-abc", "__Host-pre", "__Host-session"]);
}

/// The gateway reads 300 routes of an API; twice today's have to fit.
#[test]
fn rule_9_3_twice_the_routes_fit_into_the_quota() {
    let template = local::Template::parse(include_str!("../../template.yaml")).unwrap();
    assert!(template.routes.len() * 2 <= 300, "{}", template.routes.len());
}
