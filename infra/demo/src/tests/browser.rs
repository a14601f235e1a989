//! A browser that uses the service.

use std::collections::BTreeMap;

use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use openidconnect::{AsyncHttpClient, url::Url};
use scraper::{Html, Selector};
use serde_json::Value;
use tokio::net::TcpListener;

use crate::{Bilingual, Credentials, Kind, Setup, http::ProviderClient, router};

use super::provider::{ISSUER, NOW};

/// A browser with its cookies at a service.
pub(super) struct Browser {
    origin: String,
    pub(super) jar: BTreeMap<String, String>,
    /// `Accept-Language`.
    pub(super) languages: &'static str,
}

pub(super) struct Page {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) text: String,
}

impl Browser {
    /// Starts a service whose provider listens at `reached_at`, and a browser.
    pub(super) async fn new(reached_at: &str, credentials: Credentials) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let setup = Setup {
            origin: origin.clone(),
            kind: Kind::HealthCard,
            name: Bilingual { en: "Fish & game".to_owned(), fr: "Pêche et chasse".to_owned() },
            support: Bilingual {
                en: "mailto:help@fish.example".to_owned(),
                fr: "mailto:aide@fish.example".to_owned(),
            },
            static_base: "/static/1".to_owned(),
            issuer: ISSUER.to_owned(),
            reached_at: reached_at.to_owned(),
            client_id: "demo".to_owned(),
            credentials,
            cookie: "fish",
            now: || jiff::Timestamp::from_second(NOW).unwrap(),
        };
        let router = router(setup).unwrap();
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { origin, jar: BTreeMap::new(), languages: "" }
    }

    /// Another browser at the same service.
    pub(super) fn another_browser(&self) -> Self {
        Self { origin: self.origin.clone(), jar: BTreeMap::new(), languages: self.languages }
    }

    pub(super) async fn get(&mut self, path: &str) -> Page {
        let request = Request::get(format!("{}{path}", self.origin));
        self.send(request.header(header::HOST, "localhost")).await
    }

    /// Submits a form without fields from a page of `origin`, by default of the service.
    pub(super) async fn post(&mut self, path: &str, origin: Option<&str>) -> Page {
        let request = Request::builder().method(Method::POST).uri(format!("{}{path}", self.origin));
        let origin = origin.unwrap_or(&self.origin).to_owned();
        self.send(request.header(header::ORIGIN, origin)).await
    }

    async fn send(&mut self, request: axum::http::request::Builder) -> Page {
        let cookies = self.jar.iter().map(|(name, value)| format!("{name}={value}"));
        let request = request.header(header::COOKIE, cookies.collect::<Vec<_>>().join("; "));
        let request = request.header(header::ACCEPT_LANGUAGE, self.languages);
        let client = ProviderClient::new(&self.origin, &self.origin).unwrap();
        let answer = client.call(request.body(Vec::new()).unwrap()).await.unwrap();
        for cookie in answer.headers().get_all(header::SET_COOKIE) {
            let pair = cookie.to_str().unwrap().split(';').next().unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            self.jar.insert(name.to_owned(), value.to_owned());
        }
        let (head, body) = answer.into_parts();
        Page { status: head.status, headers: head.headers, text: String::from_utf8(body).unwrap() }
    }
}

impl Page {
    /// The redirect's URL and query parameters.
    pub(super) fn location(&self) -> (String, BTreeMap<String, String>) {
        assert_eq!(self.status, StatusCode::SEE_OTHER, "{}", self.text);
        let url = Url::parse(self.headers[header::LOCATION].to_str().unwrap()).unwrap();
        let query = url.query_pairs().into_owned().collect();
        (format!("{}{}", url.origin().ascii_serialization(), url.path()), query)
    }

    /// The JSON on the page.
    pub(super) fn claims(&self) -> Value {
        serde_json::from_str(&self.all("pre#claims")[0]).unwrap()
    }

    /// The texts of these elements.
    pub(super) fn all(&self, selector: &str) -> Vec<String> {
        let document = Html::parse_document(&self.text);
        let selector = Selector::parse(selector).unwrap();
        document.select(&selector).map(|found| found.text().collect::<String>().trim().to_owned()).collect()
    }

    /// An attribute of the only such element.
    pub(super) fn attribute(&self, selector: &str, name: &str) -> String {
        let document = Html::parse_document(&self.text);
        let selector = Selector::parse(selector).unwrap();
        let found: Vec<_> = document.select(&selector).collect();
        assert_eq!(found.len(), 1, "{}", self.text);
        found[0].attr(name).unwrap().to_owned()
    }
}
