//! A browser that keeps cookies and follows redirects within the site.

use std::{collections::BTreeMap, time::Duration};

use http::{HeaderMap, Method, Request, StatusCode, header};
use tokio::time::timeout;

use crate::{Fault, Result, Site, form::form};

/// The time limit of a request: longer than the time budget of a response (RULES 9.9).
const REQUEST_TIMEOUT: Duration = Duration::from_secs(8);

const MAX_REDIRECTS: usize = 5;

pub(crate) struct Browser<'a> {
    site: &'a Site,
    cookies: BTreeMap<String, String>,
}

/// The response after the redirects.
pub(crate) struct Page {
    pub(crate) status: StatusCode,
    pub(crate) path: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Page {
    /// The page, if it has this path and was found.
    pub(crate) fn expect(self, path: &str) -> Result<Self> {
        if self.status == StatusCode::OK && self.path == path {
            return Ok(self);
        }
        Err(Fault::Broken(format!("expected {path}, got {} at {}", self.status.as_u16(), self.path)))
    }

    /// The value of a header; empty without it.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }
}

impl<'a> Browser<'a> {
    pub(crate) fn new(site: &'a Site) -> Self {
        Self { site, cookies: BTreeMap::new() }
    }

    pub(crate) fn with_cookie(mut self, name: &str, value: String) -> Self {
        self.cookies.insert(name.to_owned(), value);
        self
    }

    pub(crate) fn has_cookie(&self, name: &str) -> bool {
        self.cookies.contains_key(name)
    }

    /// Opens a page.
    pub(crate) async fn get(&mut self, target: &str) -> Result<Page> {
        self.follow(Method::GET, target, None, "none").await
    }

    /// Sends the form of a page that is posted to this path, with these values.
    pub(crate) async fn submit(&mut self, page: &Page, path: &str, typed: &[(&str, &str)]) -> Result<Page> {
        let form = form(&page.body, path)
            .ok_or_else(|| Fault::Broken(format!("{} has no form for {path}", page.path)))?;
        let hidden = form.hidden.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let body = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(hidden.chain(typed.iter().copied()))
            .finish();
        self.follow(Method::POST, &form.action, Some(body), "same-origin").await
    }

    async fn follow(
        &mut self,
        method: Method,
        target: &str,
        body: Option<String>,
        from: &str,
    ) -> Result<Page> {
        let (mut method, mut target, mut body, mut from) = (method, target.to_owned(), body, from);
        for _ in 0..=MAX_REDIRECTS {
            let page = self.send(&method, &target, body.take(), from).await?;
            let location = page.header("location").to_owned();
            if !page.status.is_redirection() || location.is_empty() {
                return Ok(page);
            }
            // What leads to another origin is none of the pages that are checked here.
            if !location.starts_with('/') {
                return Err(Fault::Broken(format!("{} leads to another origin", page.path)));
            }
            (method, target, from) = (Method::GET, location, "same-origin");
        }
        Err(Fault::broken("too many redirects"))
    }

    pub(crate) async fn send(
        &mut self,
        method: &Method,
        target: &str,
        body: Option<String>,
        from: &str,
    ) -> Result<Page> {
        let path = target.split('?').next().unwrap_or_default().to_owned();
        let cookies: Vec<_> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let mut request = Request::builder()
            .method(method)
            .uri(format!("{}{target}", self.site.origin))
            .header(header::USER_AGENT, "Mozilla/5.0 (compatible; health check of My Ontario Account)")
            .header(header::ACCEPT, "text/html")
            .header("sec-fetch-site", from);
        if !cookies.is_empty() {
            request = request.header(header::COOKIE, cookies.join("; "));
        }
        if body.is_some() {
            request = request
                .header(header::ORIGIN, &self.site.origin)
                .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        }
        let request = request.body(body.unwrap_or_default().into_bytes());
        let request = request.map_err(|_| Fault::Broken(format!("{path} is no address")))?;
        let response = timeout(REQUEST_TIMEOUT, outbound::send(request, self.site.loopback)).await;
        let response = response
            .map_err(|_| {
                Fault::Broken(format!("{path}: no response within {} s", REQUEST_TIMEOUT.as_secs()))
            })?
            .map_err(|error| Fault::Broken(format!("{path}: {}", error.0)))?;
        let (parts, body) = response.into_parts();
        self.keep_cookies(&parts.headers);
        let body = String::from_utf8_lossy(&body).into_owned();
        Ok(Page { status: parts.status, path, headers: parts.headers, body })
    }

    fn keep_cookies(&mut self, headers: &HeaderMap) {
        for line in headers.get_all(header::SET_COOKIE).iter().filter_map(|line| line.to_str().ok()) {
            let Some((name, value)) = line.split(';').next().and_then(|pair| pair.split_once('=')) else {
                continue;
            };
            let is_removed =
                line.split(';').any(|attribute| attribute.trim().eq_ignore_ascii_case("max-age=0"));
            if is_removed {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
    }
}
