//! What everybody sees: metadata, keys, the sign-in page, static files, errors of endpoints.

use std::collections::BTreeSet;

use http::{Method, StatusCode};
use jsonwebtoken::{DecodingKey, jwk::Jwk};
use serde_json::Value;

use crate::{
    Check, Fault, Result, Site,
    browser::{Browser, Page},
    checks::Checks,
    form::{attribute, form, tags},
};

/// The security headers of a page, each with what its value begins with or contains.
const HEADERS: [(&str, &str); 6] = [
    ("strict-transport-security", "max-age="),
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "same-origin"),
    ("cache-control", "no-store"),
    ("content-security-policy", "default-src 'none'"),
    ("content-security-policy", "frame-ancestors 'none'"),
];

/// Checks what everybody sees. A check that fails does not keep the others from being made.
pub async fn health(site: &Site) -> Vec<Check> {
    let mut checks = Checks::default();
    let keys = checks.run("discovery", discovery(site)).await;
    if let Some(keys) = keys {
        checks.run("keys", published_keys(site, &keys)).await;
    }
    let english = checks.run("sign-in page in English", sign_in_page(site, "en")).await;
    checks.run("sign-in page in French", sign_in_page(site, "fr")).await;
    if let Some(page) = english {
        checks.run("static files", static_files(site, &page)).await;
    }
    checks.run("page that does not exist", missing_page(site)).await;
    checks.run("token endpoint", token_endpoint(site)).await;
    checks.done
}

/// Checks the metadata of `OpenID` Connect Discovery, and returns the path of the keys.
async fn discovery(site: &Site) -> Result<String> {
    let metadata = json(site, "/.well-known/openid-configuration").await?;
    if metadata["issuer"] != site.origin.as_str() {
        return Err(Fault::broken("the issuer is not the origin"));
    }
    for name in
        ["authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri", "end_session_endpoint"]
    {
        own_path(site, &metadata[name])
            .ok_or_else(|| Fault::Broken(format!("{name} is not at the origin")))?;
    }
    own_path(site, &metadata["jwks_uri"]).ok_or_else(|| Fault::broken("there is no jwks_uri"))
}

/// The path of an address at the origin.
fn own_path(site: &Site, address: &Value) -> Option<String> {
    let path = address.as_str()?.strip_prefix(site.origin.as_str())?;
    path.starts_with('/').then(|| path.to_owned())
}

async fn published_keys(site: &Site, path: &str) -> Result<()> {
    check_keys(&json(site, path).await?)
}

/// Every key can be used, has an id of its own, and is public.
fn check_keys(set: &Value) -> Result<()> {
    let keys = set["keys"].as_array().filter(|keys| !keys.is_empty());
    let keys = keys.ok_or_else(|| Fault::broken("there is no key"))?;
    let mut ids = BTreeSet::new();
    for key in keys {
        if ["d", "p", "q", "k"].iter().any(|private| !key[private].is_null()) {
            return Err(Fault::broken("a private key is published"));
        }
        let key: Jwk =
            serde_json::from_value(key.clone()).map_err(|_| Fault::broken("a key is malformed"))?;
        DecodingKey::from_jwk(&key).map_err(|_| Fault::broken("a key is malformed"))?;
        let id = key.common.key_id.ok_or_else(|| Fault::broken("a key has no id"))?;
        if !ids.insert(id) {
            return Err(Fault::broken("two keys have the same id"));
        }
    }
    Ok(())
}

async fn sign_in_page(site: &Site, language: &str) -> Result<Page> {
    let page = Browser::new(site).get(&format!("/login?ui_locales={language}")).await?.expect("/login")?;
    if !page.body.contains(&format!("<html lang=\"{language}\"")) {
        return Err(Fault::Broken(format!("the page is not in the language {language}")));
    }
    let form = form(&page.body, "/login").ok_or_else(|| Fault::broken("the page has no form"))?;
    if !form.hidden.iter().any(|(name, value)| name == "csrf" && !value.is_empty()) {
        return Err(Fault::broken("the form has no token"));
    }
    for (name, value) in HEADERS {
        if !page.header(name).contains(value) {
            return Err(Fault::Broken(format!("the header {name} lacks {value}")));
        }
    }
    Ok(page)
}

/// Asks for the stylesheets of a page, without their content.
async fn static_files(site: &Site, page: &Page) -> Result<()> {
    let is_stylesheet = |tag: &&str| attribute(tag, "rel").as_deref() == Some("stylesheet");
    let sheets: Vec<_> =
        tags(&page.body, "link").filter(is_stylesheet).filter_map(|tag| attribute(tag, "href")).collect();
    if sheets.is_empty() {
        return Err(Fault::broken("the page has no stylesheet"));
    }
    for sheet in sheets {
        let (site, target) = match sheet.strip_prefix('/') {
            Some(_) => (site.clone(), sheet),
            None => elsewhere(site, &sheet).ok_or_else(|| Fault::broken("a stylesheet has no address"))?,
        };
        let found = Browser::new(&site).send(&Method::HEAD, &target, None, "same-origin").await?;
        if found.status != StatusCode::OK || !found.header("content-type").starts_with("text/css") {
            return Err(Fault::Broken(format!("{}: status {}", found.path, found.status.as_u16())));
        }
    }
    Ok(())
}

/// The origin and the path of static files that are served elsewhere.
fn elsewhere(site: &Site, address: &str) -> Option<(Site, String)> {
    let url = url::Url::parse(address).ok()?;
    Some((Site { origin: url.origin().ascii_serialization(), ..site.clone() }, url.path().to_owned()))
}

/// A page that does not exist is a page of ours, with a way on.
async fn missing_page(site: &Site) -> Result<()> {
    let page = Browser::new(site).get("/health-check-of-a-missing-page").await?;
    if page.status != StatusCode::NOT_FOUND {
        return Err(Fault::Broken(format!("expected status 404, got {}", page.status.as_u16())));
    }
    if !page.body.contains("<main") {
        return Err(Fault::Broken("the response with status 404 is not a page of the service".to_owned()));
    }
    Ok(())
}

/// A service without credentials gets an OAuth error (RFC 6749 section 5.2).
async fn token_endpoint(site: &Site) -> Result<()> {
    let body = Some("grant_type=authorization_code".to_owned());
    let page = Browser::new(site).send(&Method::POST, "/token", body, "none").await?;
    let error: Value = serde_json::from_str(&page.body).unwrap_or_default();
    if !page.status.is_client_error() || !error["error"].is_string() {
        return Err(Fault::Broken(format!("expected an OAuth error, got status {}", page.status.as_u16())));
    }
    Ok(())
}

async fn json(site: &Site, path: &str) -> Result<Value> {
    let page = Browser::new(site).get(path).await?.expect(path)?;
    serde_json::from_str(&page.body).map_err(|_| Fault::Broken(format!("{path} is no JSON")))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn rule_9_12_keys_have_different_ids_and_are_public() {
        let key = |id: &str| json!({ "kty": "RSA", "n": "AQAB", "e": "AQAB", "kid": id, "use": "sig", "alg": "RS256" });
        let fault = |keys: Value| match check_keys(&json!({ "keys": keys })) {
            Err(Fault::Broken(text)) => text,
            _ => String::new(),
        };
        assert_eq!(fault(json!([key("a"), key("b")])), "");
        assert_eq!(fault(json!([key("a"), key("a")])), "two keys have the same id");
        assert_eq!(fault(json!([])), "there is no key");
        assert_eq!(fault(json!([{ "kty": "RSA", "n": "!", "e": "AQAB", "kid": "a" }])), "a key is malformed");
        assert_eq!(fault(json!([{ "kty": "RSA", "n": "AQAB", "e": "AQAB" }])), "a key has no id");
        assert_eq!(
            fault(json!([{ "kty": "RSA", "n": "AQAB", "e": "AQAB", "kid": "a", "d": "AQAB" }])),
            "a private key is published"
        );
    }
}
