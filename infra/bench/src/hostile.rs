//! Requests that anybody can send, each as costly as it can be made: every route with each of several inputs.

use data_encoding::BASE64URL_NOPAD;
use local::{Incoming, Stack, Template};

/// The largest form that is read, and one that is not.
const FORM: usize = 32 * 1024;
const LARGE_FORM: usize = 256 * 1024;

/// What fits into the request line and headers beside the rest.
const HEAD: usize = 8_000;

/// The names of the fields in the forms of all flows.
const FIELDS: [&str; 20] = [
    "email", "password", "code", "once", "name", "message", "topic", "choice", "answer", "factor", "partner",
    "action", "sign_in", "session", "token", "link", "id", "app", "account", "state",
];

/// Characters that the strength estimator reads as letters, in several ways.
const LOOK_ALIKES: &str = "4@8({[<3691!|70$5+%2";

/// A service that sign-ins can be asked for.
#[derive(Clone, Debug)]
pub struct Target {
    /// The id of the service.
    pub client_id: String,
    /// One of its redirect URIs.
    pub redirect_uri: String,
}

/// A request, and what is hostile in it.
#[derive(Clone, Debug)]
pub struct HostileRequest {
    /// The route and the input.
    pub name: String,
    /// The request.
    pub request: Incoming,
}

/// A browser that has opened the sign-in page: its cookies and the token of its forms.
struct Visitor {
    cookies: Vec<(String, String)>,
    csrf: String,
    origin: String,
}

impl Visitor {
    async fn arrive(stack: &Stack) -> Self {
        let response = stack.call(&Incoming::get("/login").header("sec-fetch-dest", "document")).await;
        let cookies = response.set_cookies().filter_map(|line| line.split(';').next()?.split_once('='));
        let cookies = cookies.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        let text = response.text().into_owned();
        let csrf = text.split("name=\"csrf\" value=\"").nth(1).and_then(|rest| rest.split('"').next());
        Self { cookies, csrf: csrf.unwrap_or_default().to_owned(), origin: stack.origins.product.clone() }
    }

    fn get(&self, target: &str) -> Incoming {
        let request = Incoming::get(target).header("sec-fetch-dest", "document");
        self.cookies.iter().fold(request, |request, (name, value)| request.cookie(name, value))
    }

    fn post(&self, target: &str, fields: &[(&str, &str)]) -> Incoming {
        let fields: Vec<_> =
            [("csrf", self.csrf.as_str())].into_iter().chain(fields.iter().copied()).collect();
        let request = Incoming::post(target).header("origin", &self.origin).form(&fields);
        self.cookies.iter().fold(request, |request, (name, value)| request.cookie(name, value))
    }
}

/// Every route with every input.
pub async fn requests(stack: &Stack, target: &Target) -> Vec<HostileRequest> {
    let visitor = Visitor::arrive(stack).await;
    let mut all = Vec::new();
    for path in paths() {
        all.extend(shown(&visitor, &path));
        all.extend(posted(&visitor, &path));
    }
    all.extend(authorizations(&visitor, target));
    all.extend(token_requests(target));
    all
}

/// The paths of the template's routes.
fn paths() -> Vec<String> {
    let template = Template::parse(include_str!("../../../template.yaml"));
    let routes = template.map(|template| template.routes).unwrap_or_default();
    let path =
        |key: &String| Some(key.split_once(' ')?.1.replace("{partner}", "bank").replace("{topic}", "tls"));
    routes.keys().filter_map(path).chain(["/no/such/page".into()]).collect()
}

fn named(route: &str, input: &str, request: Incoming) -> HostileRequest {
    HostileRequest { name: format!("{route}: {input}"), request }
}

fn shown(visitor: &Visitor, path: &str) -> Vec<HostileRequest> {
    let route = format!("GET {path}");
    let many = (0..64).map(|n| format!("p{n}=%F0%9F%A6%89{}", "x".repeat(HEAD / 64 - 20)));
    let many = format!("{path}?{}", many.collect::<Vec<_>>().join("&"));
    let long = |name: &str, text: &str| format!("{path}?{name}={}", text.repeat(HEAD / text.len()));
    let cookies = (0..600).map(|n| format!("c{n}=1")).collect::<Vec<_>>().join("; ");
    let own = ["session", "pre", "device", "registering", "address", "arrival"];
    let own: Vec<_> = own.iter().map(|name| format!("__Host-{name}={}", "A".repeat(HEAD / 6 - 30))).collect();
    let kept: Vec<_> = (0..HEAD / 64).map(|n| format!("__Host-pre-{n}={}", "A".repeat(43))).collect();
    let languages = (0..HEAD / 12).map(|n| format!("fr-{:02};q=0.{}", n % 100, n % 10));
    let languages = languages.collect::<Vec<_>>().join(",");
    vec![
        named(&route, "nothing", visitor.get(path)),
        named(&route, "64 parameters", visitor.get(&many)),
        named(&route, "a long token", visitor.get(&long("token", "A"))),
        named(&route, "a long interaction", visitor.get(&long("interaction", "%22"))),
        named(&route, "a long path to continue at", visitor.get(&long("next", "%2Fa"))),
        named(&route, "a long link", visitor.get(&long("link", "A"))),
        named(&route, "a long code", visitor.get(&long("code", "A"))),
        named(&route, "a long hint", visitor.get(&long("id_token_hint", "e30."))),
        named(&route, "many languages of the service", visitor.get(&long("ui_locales", "fr-CA%20"))),
        named(&route, "600 cookies", Incoming::get(path).header("cookie", &cookies)),
        named(&route, "our cookies with anything", Incoming::get(path).header("cookie", &own.join("; "))),
        named(&route, "many browsers", Incoming::get(path).header("cookie", &kept.join("; "))),
        named(
            &route,
            "many languages of the browser",
            visitor.get(path).header("accept-language", &languages),
        ),
        named(
            &route,
            "a long user agent",
            visitor.get(path).header("user-agent", &"Firefox/1 ".repeat(HEAD / 10)),
        ),
        named(
            &route,
            "a long token of access",
            visitor.get(path).header("authorization", &format!("Bearer {}", "A".repeat(HEAD))),
        ),
    ]
}

fn posted(visitor: &Visitor, path: &str) -> Vec<HostileRequest> {
    let route = format!("POST {path}");
    let look_alikes: String = LOOK_ALIKES.chars().cycle().take(128).collect();
    let nested = "1!11!".repeat(25);
    let expanding = "\u{fdfa}".repeat(500);
    let labels = format!("a@{}", "ü".repeat(60)) + &".ü".repeat(60) + ".ca";
    let invisible = format!("a{}@exemple.ca", "\u{200b}".repeat(9_000));
    let local = format!("{}@exemple.ca", "a".repeat(64));
    // Each of these replaces the value of some fields; the others are ordinary.
    let inputs: [(&str, &[(&str, &str)]); 8] = [
        ("ordinary values", &[]),
        ("a password of look-alikes", &[("password", &look_alikes)]),
        ("a password that repeats itself", &[("password", &nested)]),
        (
            "characters that normalization expands",
            &[("password", &expanding), ("name", &expanding), ("code", &expanding)],
        ),
        ("a domain of many labels", &[("email", &labels)]),
        ("an address of invisible characters", &[("email", &invisible)]),
        ("a long address", &[("email", &local), ("password", &look_alikes)]),
        ("a password of 128 spaces", &[("password", &" ".repeat(128))]),
    ];
    let mut all: Vec<_> = inputs
        .iter()
        .map(|(input, replaced)| {
            let value = |name: &&'static str| {
                let replacement = replaced.iter().find(|(replaced, _)| replaced == name);
                (*name, replacement.map_or_else(|| ordinary(name), |(_, value)| *value))
            };
            named(&route, input, visitor.post(path, &FIELDS.iter().map(value).collect::<Vec<_>>()))
        })
        .collect();
    // A text as long as the form may be, in one field at a time.
    for field in ["email", "password", "code", "name", "message"] {
        for (text, what) in
            [("x", "letters"), ("\u{fdfa}", "expanding characters"), ("<&\"", "escaped characters")]
        {
            let encoded = serde_length(text);
            let value = text.repeat((FORM - 2_000) / encoded);
            let fields =
                FIELDS.map(|name| (name, if name == field { value.as_str() } else { ordinary(name) }));
            all.push(named(&route, &format!("{field} of 32 kB of {what}"), visitor.post(path, &fields)));
        }
    }
    let names: Vec<String> = (0..60).map(|n| format!("f{n}")).collect();
    let fields: Vec<_> = names.iter().map(|name| (name.as_str(), "x")).collect();
    all.push(named(&route, "64 fields", visitor.post(path, &fields)));
    let large = Incoming::post(path).body("application/x-www-form-urlencoded", vec![b'a'; LARGE_FORM]);
    all.push(named(&route, "a form of 256 kB", large));
    let ampersands = Incoming::post(path).body("application/x-www-form-urlencoded", vec![b'&'; FORM - 1]);
    all.push(named(&route, "a form of ampersands", ampersands));
    all
}

/// How many bytes a text has in a form.
fn serde_length(text: &str) -> usize {
    text.bytes().map(|byte| if byte.is_ascii_alphanumeric() { 1 } else { 3 }).sum()
}

fn ordinary(field: &str) -> &'static str {
    match field {
        "email" => "stranger@exemple.ca",
        "password" => "vK9#qLw2-zebra",
        "code" => "123456",
        "topic" => "other",
        "answer" => "yes",
        "choice" => "confirmed",
        "factor" => "email",
        "partner" => "bank",
        _ => "x",
    }
}

fn authorizations(visitor: &Visitor, target: &Target) -> Vec<HostileRequest> {
    let deep = format!("{}1{}", "{\"a\":".repeat(600), "}".repeat(600));
    let wide: Vec<_> = (0..300).map(|n| format!("\"c{n}\":null")).collect();
    let wide = format!("{{\"userinfo\":{{{}}}}}", wide.join(","));
    let values =
        format!(r#"{{"id_token":{{"acr":{{"essential":true,"values":[{}"x"]}}}}}}"#, "\"y\",".repeat(900));
    let hint = |algorithm: &str| {
        let header = BASE64URL_NOPAD.encode(format!(r#"{{"alg":"{algorithm}","kid":"x"}}"#).as_bytes());
        let payload = BASE64URL_NOPAD.encode(format!(r#"{{"sub":"{}"}}"#, "x".repeat(3_000)).as_bytes());
        format!("{header}.{payload}.{}", BASE64URL_NOPAD.encode(&[1; 384]))
    };
    let (half, third) = ("s".repeat(2048), "s".repeat(1900));
    let (controls, quotes) = ("\u{1}".repeat(2048), "\"".repeat(2048));
    let (rs, es) = (hint("RS256"), hint("ES256"));
    let scopes = format!("openid {}", "scope ".repeat(900));
    let levels = "urn:a ".repeat(900);
    let prompts = "login consent ".repeat(300);
    let inputs: [(&str, &[(&str, &str)]); 13] = [
        ("ordinary parameters", &[]),
        ("the longest state and nonce", &[("state", &half), ("nonce", &half)]),
        (
            "the longest parameters with a hint",
            &[("state", &third), ("nonce", &third), ("login_hint", &"h".repeat(254))],
        ),
        ("a state of control characters", &[("state", &controls)]),
        ("state and nonce of quotation marks", &[("state", &quotes), ("nonce", &quotes)]),
        ("deep claims", &[("claims", &deep)]),
        ("wide claims", &[("claims", &wide)]),
        ("claims of many levels", &[("claims", &values)]),
        ("a hint by RS256", &[("id_token_hint", &rs)]),
        ("a hint by ES256", &[("id_token_hint", &es)]),
        ("many scopes", &[("scope", &scopes)]),
        ("many levels", &[("acr_values", &levels)]),
        ("many prompts", &[("prompt", &prompts)]),
    ];
    let mut all = Vec::new();
    for (input, replaced) in inputs {
        let base = [
            ("client_id", target.client_id.as_str()),
            ("redirect_uri", &target.redirect_uri),
            ("response_type", "code"),
            ("scope", "openid"),
            ("state", "state"),
            ("nonce", "nonce"),
            ("code_challenge", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"),
            ("code_challenge_method", "S256"),
        ];
        let kept = base.into_iter().filter(|(name, _)| !replaced.iter().any(|(given, _)| given == name));
        let parameters: Vec<_> = kept.chain(replaced.iter().copied()).collect();
        let posted = Incoming::post("/authorize").header("sec-fetch-site", "cross-site").form(&parameters);
        let Some(query) = form_text(&parameters) else { continue };
        all.push(named("POST /authorize", input, posted));
        if query.len() < HEAD {
            all.push(named("GET /authorize", input, visitor.get(&format!("/authorize?{query}"))));
        }
    }
    all
}

fn form_text(parameters: &[(&str, &str)]) -> Option<String> {
    serde_html_form::to_string(parameters).ok()
}

fn token_requests(target: &Target) -> Vec<HostileRequest> {
    let assertion = |size: usize| {
        let header = BASE64URL_NOPAD.encode(br#"{"alg":"RS256","kid":"x"}"#);
        let claims = format!(r#"{{"iss":"{0}","sub":"{0}","x":"{1}"}}"#, target.client_id, "x".repeat(size));
        format!(
            "{header}.{}.{}",
            BASE64URL_NOPAD.encode(claims.as_bytes()),
            BASE64URL_NOPAD.encode(&[1; 512])
        )
    };
    let basic = |secret: &str| {
        let text = format!("{}:{secret}", target.client_id);
        format!("Basic {}", data_encoding::BASE64.encode(text.as_bytes()))
    };
    let form = [("grant_type", "authorization_code"), ("code", "A"), ("redirect_uri", "https://a.example/")];
    let kind = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
    let mut all = Vec::new();
    for (input, size) in [("an assertion", 10), ("an assertion of 20 kB", 15_000)] {
        let text = assertion(size);
        let fields = [("client_assertion_type", kind), ("client_assertion", text.as_str())];
        let fields: Vec<_> = form.into_iter().chain(fields).collect();
        all.push(named("POST /token", input, Incoming::post("/token").form(&fields)));
    }
    for (input, secret) in [("a secret", "A".repeat(43)), ("a long secret", "%41".repeat(1_500))] {
        let request = Incoming::post("/token").header("authorization", &basic(&secret)).form(&form);
        all.push(named("POST /token", input, request));
    }
    all
}
