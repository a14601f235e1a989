//! A relying party that can send malformed requests and that verifies responses.

use std::{
    collections::BTreeMap,
    sync::{
        OnceLock,
        atomic::{AtomicU32, Ordering},
    },
};

use aws_lc_rs::{
    digest::{SHA256, digest},
    rand,
};
use axum::{
    Json, Router,
    http::{HeaderMap, StatusCode, header},
    routing::get,
};
use data_encoding::BASE64URL_NOPAD;
use jiff::Timestamp;
use jsonwebtoken::{
    Algorithm, DecodingKey, EncodingKey, Header, Validation, encode,
    jwk::{Jwk, JwkSet},
};
use reqwest::{Client, RequestBuilder, redirect::Policy};
use scraper::{ElementRef, Html, Selector};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use url::{Url, form_urlencoded};

use crate::{Bank, Options, RESIDENTS, fresh_key};

pub(super) const ISSUER: &str = "http://localhost:4003";
pub(super) const CLIENT: &str = "account";
pub(super) const RETURN: &str = "https://signin.example/partner/return";
pub(super) const NOW: i64 = 1_800_000_000;
const VERIFIER: &str = "0123456789012345678901234567890123456789012";
const ASSERTION: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// Parameters to replace, or to omit with `None`.
pub(super) type Changes<'a> = &'a [(&'a str, Option<&'a str>)];

/// A relying party and a browser.
pub(super) struct RelyingParty {
    pub(super) bank: Bank,
    address: String,
}

/// A response of the bank.
pub(super) struct Page {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) text: String,
}

/// A form: its method, and its fields.
pub(super) type Form = (String, Vec<(String, String)>);

/// The keys of the bank and the client, shared by all tests: generating them takes seconds.
fn keys() -> &'static [String; 2] {
    static KEYS: OnceLock<[String; 2]> = OnceLock::new();
    KEYS.get_or_init(|| [fresh_key().unwrap(), fresh_key().unwrap()])
}

fn client_key() -> EncodingKey {
    EncodingKey::from_rsa_pem(keys()[1].as_bytes()).unwrap()
}

#[expect(clippy::disallowed_methods, reason = "a test's bank takes the system's randomness")]
pub(super) fn options(reached_at: String) -> Options {
    Options {
        issuer: ISSUER.to_owned(),
        client_id: CLIENT.to_owned(),
        redirect_uris: vec!["https://signin.example/other".to_owned(), RETURN.to_owned()],
        client_jwks_uri: "https://signin.example/jwks.json".to_owned(),
        reached_at: Some(reached_at),
        key: Some(keys()[0].clone()),
        now: || Timestamp::from_second(NOW).unwrap(),
        random: |bytes| rand::fill(bytes).unwrap(),
    }
}

impl RelyingParty {
    pub(super) async fn start() -> Self {
        let mut published = Jwk::from_encoding_key(&client_key(), Algorithm::RS256).unwrap();
        published.common.key_id = Some("client".to_owned());
        let published = JwkSet { keys: vec![published] };
        let client = Router::new().route("/jwks.json", get(async move || Json(published)));
        let bank = Bank::new(options(serve(client).await)).unwrap();
        Self { address: serve(bank.router()).await, bank }
    }

    pub(super) async fn get(&self, target: &str) -> Page {
        self.get_in(target, "").await
    }

    pub(super) async fn get_in(&self, target: &str, languages: &str) -> Page {
        let request = client().get(format!("{}{target}", self.address));
        send(request.header(header::ACCEPT_LANGUAGE, languages)).await
    }

    pub(super) async fn post(&self, target: &str, fields: &[(String, String)]) -> Page {
        send(client().post(format!("{}{target}", self.address)).form(fields)).await
    }

    /// The path of an authorization request.
    pub(super) fn authorize_path(changes: Changes<'_>) -> String {
        let challenge = BASE64URL_NOPAD.encode(digest(&SHA256, VERIFIER.as_bytes()).as_ref());
        let defaults = [
            ("response_type", "code"),
            ("client_id", CLIENT),
            ("redirect_uri", RETURN),
            ("scope", "openid"),
            ("state", "the state"),
            ("nonce", "the nonce"),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
        ];
        let query =
            form_urlencoded::Serializer::new(String::new()).extend_pairs(with(&defaults, changes)).finish();
        format!("/authorize?{query}")
    }

    /// Submits the form with this number.
    pub(super) async fn press(&self, page: &Page, number: usize) -> Page {
        let (method, fields) = &page.forms()[number];
        if method == "post" {
            return self.post("/authorize", fields).await;
        }
        let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        self.get(&format!("/authorize?{query}")).await
    }

    /// Signs in the first resident; returns the parameters of the callback.
    pub(super) async fn sign_in(&self, changes: Changes<'_>) -> BTreeMap<String, String> {
        let page = self.get(&Self::authorize_path(changes)).await;
        self.press(&page, 0).await.callback()
    }

    /// Signs in with a name, in the form after those of the residents.
    pub(super) async fn sign_in_by_name(&self, name: &str) -> Page {
        let page = self.get(&Self::authorize_path(&[])).await;
        let (_, mut fields) = page.forms().swap_remove(RESIDENTS.len());
        fields.push(("name".to_owned(), name.to_owned()));
        self.post("/authorize", &fields).await
    }

    pub(super) async fn code(&self, changes: Changes<'_>) -> String {
        self.sign_in(changes).await["code"].clone()
    }

    /// Exchanges a code for tokens.
    pub(super) async fn exchange(&self, code: &str, changes: Changes<'_>) -> Page {
        self.post("/token", &Self::token_request(code, changes)).await
    }

    pub(super) fn token_request(code: &str, changes: Changes<'_>) -> Vec<(String, String)> {
        let assertion = assertion(&json!({}));
        let defaults = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", RETURN),
            ("code_verifier", VERIFIER),
            ("client_assertion_type", ASSERTION),
            ("client_assertion", &assertion),
        ];
        with(&defaults, changes)
    }

    /// The key set of the bank.
    pub(super) async fn keys(&self) -> JwkSet {
        serde_json::from_str(&self.get("/jwks").await.text).unwrap()
    }

    /// Verifies an ID token and returns its claims, or the name of the first invalid part.
    pub(super) async fn verify(&self, id_token: &str) -> Result<Value, &'static str> {
        let header: Value = part(id_token, 0);
        if header["alg"] != "RS256" {
            return Err("alg");
        }
        let keys = self.keys().await;
        let key = keys.find(header["kid"].as_str().unwrap()).ok_or("kid")?;
        let mut validation = Validation::new(Algorithm::RS256);
        validation.validate_exp = false;
        validation.validate_aud = false;
        validation.required_spec_claims.clear();
        let key = DecodingKey::from_jwk(key).unwrap();
        let token = jsonwebtoken::decode::<Value>(id_token, &key, &validation);
        let claims = token.map_err(|_| "signature")?.claims;
        for (name, expected) in [("iss", ISSUER), ("aud", CLIENT), ("nonce", "the nonce")] {
            if claims[name] != expected {
                return Err(name);
            }
        }
        let second = |name: &str| claims[name].as_i64().unwrap();
        match () {
            () if !claims["sub"].is_string() => Err("sub"),
            () if second("iat") > NOW => Err("iat"),
            () if second("exp") <= NOW => Err("exp"),
            () => Ok(claims),
        }
    }
}

impl Page {
    /// The texts of these elements.
    pub(super) fn all(&self, selector: &str) -> Vec<String> {
        let document = Html::parse_document(&self.text);
        let selector = Selector::parse(selector).unwrap();
        document.select(&selector).map(|found| found.text().collect::<String>().trim().to_owned()).collect()
    }

    /// The address of the page in the other language.
    pub(super) fn toggle(&self) -> String {
        let document = Html::parse_document(&self.text);
        let toggle = document.select(&Selector::parse("a[hreflang]").unwrap()).next().unwrap();
        toggle.attr("href").unwrap().to_owned()
    }

    pub(super) fn forms(&self) -> Vec<Form> {
        let document = Html::parse_document(&self.text);
        let [forms, fields] =
            ["form", "input[type='hidden']"].map(|selector| Selector::parse(selector).unwrap());
        let forms = document.select(&forms).map(|form| {
            assert_eq!(form.attr("action"), Some("/authorize"));
            let attribute = |field: ElementRef<'_>, name| field.attr(name).unwrap_or_default().to_owned();
            let inputs = form.select(&fields);
            let inputs = inputs.map(|field| (attribute(field, "name"), attribute(field, "value")));
            (attribute(form, "method"), inputs.collect())
        });
        forms.collect()
    }

    /// The parameters of the redirect to the relying party.
    pub(super) fn callback(&self) -> BTreeMap<String, String> {
        assert_eq!(self.status, StatusCode::SEE_OTHER, "{}", self.text);
        let location = self.headers[header::LOCATION].to_str().unwrap();
        assert!(location.starts_with(&format!("{RETURN}?")), "{location}");
        Url::parse(location).unwrap().query_pairs().into_owned().collect()
    }

    pub(super) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {}", self.text))
    }

    /// The status and error of a token response.
    pub(super) fn error(&self) -> (u16, String) {
        (self.status.as_u16(), self.json()["error"].as_str().unwrap().to_owned())
    }

    pub(super) fn id_token(&self) -> String {
        self.json()["id_token"].as_str().unwrap().to_owned()
    }
}

/// A client assertion with these changes; null omits a claim.
pub(super) fn assertion(changes: &Value) -> String {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let number = NUMBER.fetch_add(1, Ordering::Relaxed).to_string();
    let mut claims =
        json!({"iss": CLIENT, "sub": CLIENT, "aud": ISSUER, "jti": number, "iat": NOW, "exp": NOW + 60});
    let claims = claims.as_object_mut().unwrap();
    claims.extend(changes.as_object().unwrap().clone());
    claims.retain(|_, value| !value.is_null());
    let header = Header { kid: Some("client".to_owned()), ..Header::new(Algorithm::RS256) };
    encode(&header, claims, &client_key()).unwrap()
}

/// A decoded part of a JWT.
pub(super) fn part(token: &str, number: usize) -> Value {
    let part = token.split('.').nth(number).unwrap();
    serde_json::from_slice(&BASE64URL_NOPAD.decode(part.as_bytes()).unwrap()).unwrap()
}

fn with(defaults: &[(&str, &str)], changes: Changes<'_>) -> Vec<(String, String)> {
    let kept = defaults.iter().filter(|(name, _)| !changes.iter().any(|(other, _)| other == name));
    let given = changes.iter().filter_map(|(name, value)| Some((*name, (*value)?)));
    let all = kept.copied().chain(given);
    all.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

async fn serve(router: Router) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    format!("http://{address}")
}

async fn send(request: RequestBuilder) -> Page {
    let response = request.send().await.unwrap();
    let (status, headers) = (response.status(), response.headers().clone());
    Page { status, headers, text: response.text().await.unwrap() }
}

fn client() -> Client {
    Client::builder().redirect(Policy::none()).build().unwrap()
}
