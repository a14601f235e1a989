//! Wherever a resident is stopped, they continue at the same page, with its interaction, its parameters and what was typed
//! (RULES 3.2, 8.3, 8.4).

use http_kernel::Method;
use local::{FLOWS, Incoming};

use crate::support::{
    browser::Browser,
    env::{ANA, PASSWORD, TestEnv},
    html::Html,
    partner::{At, START},
    phone::Phone,
};

const FORM: &str = "application/x-www-form-urlencoded";

/// Path and parameters of an address.
fn parsed(address: &str) -> (String, Vec<(String, String)>) {
    let (path, query) = address.split_once('?').unwrap_or((address, ""));
    let mut pairs: Vec<_> = url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
    pairs.sort();
    (path.to_owned(), pairs)
}

/// Where the page of an error leads: by a form with what was typed, or by a link.
fn continuation(html: &Html) -> String {
    let button = html.attribute("main form:not(.site-way)", "action");
    button.or_else(|| html.attribute("main a.ontario-button--primary", "href")).expect("it leads on")
}

/// Method, path and page of each route of a page.
fn routes() -> Vec<(Method, &'static str, &'static str)> {
    let json = ["discovery", "token", "userinfo"];
    let flows = FLOWS.iter().filter(|(name, _)| !json.contains(name));
    let routes = flows.flat_map(|(_, flow)| flow.routes());
    let routes = routes.filter(|route| !route.path().contains(['{', '$']));
    routes.map(|route| (route.method(), route.path(), route.page().unwrap_or(route.path()))).collect()
}

#[tokio::test]
async fn rule_8_4_whatever_is_wrong_with_a_form_its_page_is_next_whole() {
    let env = TestEnv::begin().await;
    let mut browser = env.activated(ANA).await;
    let interaction = env.interaction(&browser).await;
    let query = format!(
        "again=true&app=0-1&factor=email&interaction={interaction}&next=%2Fmfa%3Ffactor%3Demail%26a%3D1\
         &partner=bank&service=a%26b&state=x+y%2B&ui_locales=fr"
    );
    browser.get("/services").await;
    let csrf = browser.html.value("csrf").unwrap();
    let mut forms = 0;
    // A service posts the authorization request.
    for (_, path, page) in
        routes().into_iter().filter(|(method, path, _)| *method == Method::Post && *path != "/authorize")
    {
        let is_page = |(method, found, _): &(Method, &str, &str)| *method == Method::Get && *found == page;
        assert!(routes().iter().any(is_page), "{path}: no page has the path {page}");
        let typed = "email=ana%40exemple.ca&password=Secret-9&code=123456&name=App";
        for (site, content_type, body, status) in [
            // A browser that restores a tab.
            ("none", "", String::new(), 400),
            ("same-origin", FORM, format!("{typed}&csrf=1.AAAA"), 403),
            ("same-origin", FORM, format!("{typed}&email=other&csrf={csrf}"), 400),
            ("same-origin", FORM, "x".repeat(40_000), 413),
            ("cross-site", FORM, format!("{typed}&csrf={csrf}"), 403),
        ] {
            let request = Incoming::post(&format!("{path}?{query}&switch_language=en"));
            let request = request.header("sec-fetch-site", site).body(content_type, body);
            let reply = browser.clone().send(request).await;
            let html: Html = reply.text().into_owned().into();
            assert_eq!(reply.status, status, "{path} {site}: {html}");
            let without_language = query.replace("&ui_locales=fr", "");
            assert_eq!(
                parsed(&continuation(&html)),
                parsed(&format!("{page}?{without_language}")),
                "{path} {status}"
            );
            assert!(!html.contains("Secret-9") && !html.contains("123456"), "{path}: a secret is shown");
            let is_foreign = site == "cross-site";
            assert!(
                !is_foreign || html.count("main form:not(.site-way)") == 0,
                "{path}: another site chose what is typed"
            );
        }
        forms += 1;
    }
    assert!(forms > 20, "{forms}");
}

#[tokio::test]
async fn rule_8_4_an_address_that_does_not_exist_keeps_the_interaction() {
    let env = TestEnv::begin().await;
    let mut browser = env.browser();
    browser.get("/login").await;
    let interaction = env.interaction(&browser).await;
    for (target, next, label) in [
        (
            format!("/nothing?interaction={interaction}"),
            format!("/authorize/continue?interaction={interaction}"),
            "Continue to the service",
        ),
        ("/nothing?next=/factors".to_owned(), "/factors".to_owned(), "Continue to the page you asked for"),
        ("/nothing".to_owned(), "/services".to_owned(), "Go to my connected services"),
    ] {
        let page = browser.get(&target).await;
        assert_eq!((page.status, continuation(&page.html)), (404, next), "{target}");
        assert_eq!(
            page.html.href_of(label),
            continuation(&page.html),
            "{target}: the link says where it leads"
        );
    }
    // A path that only GET has.
    let target = format!("/register/sent?interaction={interaction}");
    let reply = browser.send(Incoming::post(&target)).await;
    let html: Html = reply.text().into_owned().into();
    assert_eq!((reply.status, continuation(&html)), (405, target.clone()));
    assert_eq!(html.href_of("Open the page again"), target);
}

/// The names of the fields of the page's forms that somebody types in, without secrets.
fn typed_fields(html: &Html) -> Vec<String> {
    let fields = ["input[type='email']:not([readonly])", "input[type='text']", "textarea", "select"];
    let find = |field: &&str| html.attribute(&format!("main form {field}"), "name");
    fields.iter().filter_map(find).filter(|name| name != "code").collect()
}

/// Types into the page's form, which then cannot be taken, and continues: what was typed is there again.
async fn keeps_what_is_typed(browser: &mut Browser, target: &str) -> bool {
    let names = typed_fields(&browser.html);
    if names.is_empty() {
        return false;
    }
    let action = browser.html.attribute("main form", "action").unwrap();
    let value = |name: &str| if name == "topic" { "signing-in" } else { "\"typed\"\nà <b>" };
    let fields: Vec<_> = names.iter().map(|name| (name.as_str(), value(name))).collect();
    let secrets = [("password", "Secret-9"), ("code", "123456")];
    for without_cookies in [false, true] {
        let mut stale = browser.clone();
        if without_cookies {
            stale.jar.retain(|name, _| !name.starts_with("__Host-pre"));
        }
        let csrf = if without_cookies { stale.html.value("csrf").unwrap() } else { "1.AAAA".to_owned() };
        let all = [&fields[..], &secrets, &[("csrf", &csrf)]].concat();
        let request = Incoming::post(&action).header("sec-fetch-site", "same-origin").form(&all);
        let reply = stale.send(request).await;
        assert_eq!(reply.status, 403, "{target}");
        stale.html = reply.text().into_owned().into();
        assert!(!stale.html.contains("Secret-9") && !stale.html.contains("123456"), "{target}");
        let form = continuation(&stale.html);
        let hidden = stale.html.part("main").unwrap();
        stale.html = hidden;
        let page = stale.press(form.split('?').next().unwrap(), &[]).await;
        assert_eq!(page.status, 200, "{target}: {}", page.html);
        for (name, value) in &fields {
            let shown = match *name {
                "topic" => page.html.attribute("select option[selected]", "value"),
                "message" => page.html.text("textarea").map(|text| text.trim_start().to_owned()),
                _ => page.html.value(name),
            };
            assert_eq!(shown.as_deref(), Some(*value), "{target}: {name}");
        }
    }
    true
}

#[tokio::test]
async fn rule_8_4_what_was_typed_in_a_form_that_expired_is_there_again() {
    let env = TestEnv::begin().await;
    let signed_in = env.activated(ANA).await;
    let mut kept = Vec::new();
    for (_, path, _) in routes().into_iter().filter(|(method, ..)| *method == Method::Get) {
        for mut browser in [env.browser(), signed_in.clone()] {
            let page = browser.get(path).await;
            if page.status == 200 && page.path == path && keeps_what_is_typed(&mut browser, path).await {
                kept.push(path);
            }
        }
    }
    kept.dedup();
    kept.sort_unstable();
    let pages = [
        "/contact",
        "/federated/remove",
        "/login",
        "/register",
        "/register/again",
        "/reset",
        "/settings/email",
        "/unlock",
    ];
    assert_eq!(kept, pages);

    let mut browser = signed_in.clone();
    browser.get("/factors/add").await;
    browser.press("/factors/add", &[]).await;
    Phone::scanning(&browser);
    assert!(keeps_what_is_typed(&mut browser, "/factors/confirm").await);
}

#[tokio::test]
async fn rule_8_4_what_was_typed_on_the_way_from_a_partner_is_there_again() {
    let env = TestEnv::at_the_bank().await;
    let mut browser = env.browser();
    let page = env.by_bank(&mut browser, START, At::SignIn(0)).await;
    assert_eq!(page.path, "/federated/first");
    assert!(keeps_what_is_typed(&mut browser, "/federated/first").await);
}

#[tokio::test]
async fn rule_3_1_a_deep_link_keeps_its_parameters_through_the_sign_in() {
    let env = TestEnv::begin().await;
    let service = env.service("health").await;
    let mut known = env.activated(ANA).await;
    env.code(&mut known, &service, &[]).await;
    for target in ["/services/disconnect?service=health", "/services/disconnect?a=b+c%26&service=health&d="] {
        let mut browser = env.browser();
        let reply = browser.send(Incoming::get(target)).await;
        let location = reply.header("location").unwrap().to_owned();
        assert_eq!(parsed(&location), ("/login".to_owned(), vec![("next".to_owned(), target.to_owned())]));
        browser.get(&location).await;
        let action = browser.html.attribute("main form", "action").unwrap();
        let page = browser.post(&action, &[("email", ANA), ("password", PASSWORD)]).await;
        assert_eq!((page.status, page.path.as_str()), (200, "/services/disconnect"), "{}", page.html);
    }
}

/// Every address that the warning before the end of the session has on this page.
fn warning_addresses(html: &Html) -> [String; 2] {
    let warning = html.part("#session-warning").unwrap();
    let stay = warning.attribute("form[method='post']", "action").unwrap();
    let escaped = stay.replace('&', "&#38;");
    assert_eq!(html.matches(&escaped).count(), 2, "the dialog, and the link without scripts: {stay}");
    [stay, warning.attribute("[data-when='over'] a", "href").unwrap()]
}

#[tokio::test]
async fn rule_3_2_the_session_warning_keeps_interaction_and_parameters_on_every_page() {
    let env = TestEnv::begin().await;
    let service = env.service("health").await;
    let mut browser = env.activated(ANA).await;
    env.code(&mut browser, &service, &[]).await;
    let interaction = env.interaction(&browser).await;
    let query =
        "factor=email&next=%2Ffactors%2Fremove%3Fapp%3D0-1%26a%3Db&partner=bank&service=health&x=a+b%26";
    let mut pages = Vec::new();
    for (_, path, _) in routes().into_iter().filter(|(method, ..)| *method == Method::Get) {
        // The page of a followed link has its id in its address, too.
        let of_links = [
            "/activate",
            "/dispute",
            "/reset/link",
            "/unlock/link",
            "/federated/remove/link",
            "/settings/email/link",
        ];
        if path == "/settings/stay" || of_links.contains(&path) || path.starts_with("/logout") {
            continue;
        }
        let target = format!("{path}?interaction={interaction}&{query}&ui_locales=fr");
        let page = browser.get(&target).await;
        if page.path != path || page.html.count("#session-warning") == 0 {
            continue;
        }
        pages.push(path);
        assert!(!page.html.contains("http-equiv"), "{path} leaves by itself, and what was typed is lost");
        assert!(page.html.contains("votre session sera fermée le "), "{path} does not say how long there is");
        let here = parsed(&format!("{path}?{query}"));
        for (address, name) in warning_addresses(&page.html).iter().zip(["/settings/stay", "/login"]) {
            let (found, pairs) = parsed(address);
            let value =
                |name: &str| pairs.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone());
            assert_eq!((&*found, pairs.len()), (name, 3), "{path}: {address}");
            assert_eq!(value("next").map(|next| parsed(&next)), Some(here.clone()), "{path}: {address}");
            assert_eq!(value("interaction"), Some(interaction.to_string()), "{path}");
            assert_eq!(value("ui_locales").as_deref(), Some("fr"), "{path}");
        }
        // The page without scripts leads back to the whole page, and so does signing in after the end.
        let [stay, sign_in] = warning_addresses(&page.html);
        let page = browser.get(&stay).await;
        assert_eq!((page.status, page.path.as_str()), (200, "/settings/stay"), "{path}");
        let main = page.html.part("main").unwrap();
        let request = Incoming::post(&main.attribute("form", "action").unwrap());
        let csrf = main.value("csrf").unwrap();
        let reply = browser.send(request.form(&[("csrf", &csrf)])).await;
        assert_eq!(parsed(reply.header("location").unwrap()), parsed(&target), "{path}");
        let mut over = browser.clone();
        over.jar.remove("__Host-session");
        let ended = over.get(&stay).await;
        assert_eq!(parsed(&ended.html.href("/login")), parsed(&sign_in), "{path}");
        over.get(&sign_in).await;
        let action = over.html.attribute("main form", "action").unwrap();
        let request = over.posting(&action, &[("email", ANA), ("password", PASSWORD)]);
        let reply = over.send(request).await;
        assert_eq!(parsed(reply.header("location").unwrap()), parsed(&target), "{path}: {action}");
        browser = over;
    }
    let expected =
        ["/contact", "/contact/sent", "/factors", "/federated", "/mfa", "/mfa/choose", "/services"];
    for path in expected.into_iter().chain(["/services/disconnect", "/settings", "/settings/sessions"]) {
        assert!(pages.contains(&path), "{path} is not among {pages:?}");
    }
}
