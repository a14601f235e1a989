//! A request to the API, and the event that API Gateway creates from it (HTTP API, payload format 2.0).

use std::{
    collections::BTreeMap,
    net::{IpAddr, Ipv4Addr},
};

use data_encoding::BASE64;
use jiff::Timestamp;
use serde_json::{Map, Value, json};

/// The maximum size of a body, in bytes.
pub const BODY_LIMIT: usize = 10 * 1024 * 1024;

/// The maximum size of the request line and the headers together, in bytes.
pub const HEAD_LIMIT: usize = 10_240;

/// The headers that `CloudFront` sets; it drops those that a client sends.
const CLOUDFRONT_HEADERS: [&str; 3] =
    ["x-origin-secret", "cloudfront-viewer-address", "cloudfront-viewer-country"];

/// A request to the API. It can be malformed in ways that no client library would send.
#[derive(Clone, Debug)]
pub struct Incoming {
    pub(crate) method: String,
    pub(crate) path: String,
    query: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
    address: IpAddr,
}

impl Incoming {
    /// A request with this method. `target` is the path and query.
    #[must_use]
    pub fn new(method: &str, target: &str) -> Self {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        Self {
            method: method.to_owned(),
            path: path.to_owned(),
            query: query.to_owned(),
            headers: Vec::new(),
            body: Vec::new(),
            address: Ipv4Addr::LOCALHOST.into(),
        }
    }

    /// A GET request. `target` is the path and query.
    #[must_use]
    pub fn get(target: &str) -> Self {
        Self::new("GET", target)
    }

    /// A POST request. `target` is the path and query.
    #[must_use]
    pub fn post(target: &str) -> Self {
        Self::new("POST", target)
    }

    /// The same request to another target, as browsers repeat it (RFC 9110 section 15.4.8).
    #[must_use]
    pub fn repeated_at(self, target: &str) -> Self {
        let Self { path, query, .. } = Self::new(&self.method, target);
        Self { path, query, ..self }
    }

    /// The path and query.
    #[must_use]
    pub fn target(&self) -> String {
        if self.query.is_empty() { self.path.clone() } else { format!("{}?{}", self.path, self.query) }
    }

    /// Adds a header.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_ascii_lowercase(), value.to_owned()));
        self
    }

    /// Adds a cookie.
    #[must_use]
    pub fn cookie(self, name: &str, value: &str) -> Self {
        self.header("cookie", &format!("{name}={value}"))
    }

    /// Sets the body to the fields of a form.
    #[must_use]
    pub fn form(self, fields: &[(&str, &str)]) -> Self {
        let body = serde_html_form::to_string(fields).unwrap_or_default();
        self.body("application/x-www-form-urlencoded", body)
    }

    /// Sets the body and its content type.
    #[must_use]
    pub fn body(mut self, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self.header("content-type", content_type)
    }

    /// Sets the client's address; the default is 127.0.0.1.
    #[must_use]
    pub fn from_address(mut self, address: IpAddr) -> Self {
        self.address = address;
        self
    }

    pub(crate) fn with_body(mut self, body: Vec<u8>) -> Self {
        self.body = body;
        self
    }

    /// The status and message with which API Gateway rejects a request that is too large.
    pub(crate) fn rejection(&self) -> Option<(u16, &'static str)> {
        let line = self.method.len() + self.path.len() + self.query.len() + " ? HTTP/1.1\r\n".len();
        let headers: usize =
            self.headers.iter().map(|(name, value)| name.len() + value.len() + ": \r\n".len()).sum();
        if line + headers > HEAD_LIMIT {
            return Some((431, "Request Header Fields Too Large"));
        }
        (self.body.len() > BODY_LIMIT).then_some((413, "Request Entity Too Large"))
    }

    /// The event for the route with this key.
    pub(crate) fn event(&self, route_key: &str, arrival: &ReceivedRequest) -> Value {
        let mut event = json!({
            "version": "2.0",
            "routeKey": route_key,
            "rawPath": self.path,
            "rawQueryString": self.query,
            "headers": self.joined_headers(arrival),
            "requestContext": self.context(route_key, arrival),
            "isBase64Encoded": false,
        });
        let cookies = self.cookies();
        if !cookies.is_empty() {
            event["cookies"] = json!(cookies);
        }
        if !self.query.is_empty() {
            event["queryStringParameters"] = self.query_parameters();
        }
        match std::str::from_utf8(&self.body) {
            Ok("") => {}
            Ok(text) if self.is_text() => event["body"] = json!(text),
            _ => {
                event["body"] = json!(BASE64.encode(&self.body));
                event["isBase64Encoded"] = json!(true);
            }
        }
        event
    }

    fn context(&self, route_key: &str, arrival: &ReceivedRequest) -> Value {
        json!({
            "accountId": "000000000000",
            "apiId": "local",
            "domainName": self.first("host").unwrap_or("localhost"),
            "domainPrefix": "localhost",
            "http": {
                "method": self.method,
                "path": self.path,
                "protocol": "HTTP/1.1",
                "sourceIp": self.address.to_string(),
                "userAgent": self.first("user-agent").unwrap_or_default(),
            },
            "requestId": arrival.id(),
            "routeKey": route_key,
            "stage": "$default",
            "time": arrival.at.strftime("%d/%b/%Y:%H:%M:%S +0000").to_string(),
            "timeEpoch": arrival.at.as_millisecond(),
        })
    }

    /// The headers without cookies, with those that `CloudFront` and API Gateway add. Repeated headers are joined by commas.
    fn joined_headers(&self, arrival: &ReceivedRequest) -> Value {
        let address = self.address.to_string();
        let viewer = format!("{address}:4711");
        let trace = arrival.trace_id();
        let added = [
            ("x-amzn-trace-id", trace.as_str()),
            ("x-forwarded-for", &address),
            ("x-forwarded-proto", "https"),
            ("x-origin-secret", &arrival.origin_secret),
            ("cloudfront-viewer-address", &viewer),
            ("cloudfront-viewer-country", "CA"),
        ];
        let sent = self.headers.iter().map(|(name, value)| (name.as_str(), value.as_str()));

        let mut joined: BTreeMap<&str, String> = BTreeMap::new();
        let is_forwarded = |(name, _): &(&str, &str)| *name != "cookie" && !CLOUDFRONT_HEADERS.contains(name);
        for (name, value) in sent.filter(is_forwarded).chain(added) {
            joined
                .entry(name)
                .and_modify(|all| *all = format!("{all},{value}"))
                .or_insert_with(|| value.to_owned());
        }
        json!(joined)
    }

    fn cookies(&self) -> Vec<&str> {
        let lines = self.headers.iter().filter(|(name, _)| name == "cookie");
        lines
            .flat_map(|(_, line)| line.split(';'))
            .map(str::trim)
            .filter(|cookie| !cookie.is_empty())
            .collect()
    }

    fn query_parameters(&self) -> Value {
        let pairs: Vec<(String, String)> = serde_html_form::from_str(&self.query).unwrap_or_default();
        let mut joined = Map::new();
        for (name, value) in pairs {
            let value = match joined.get(&name).and_then(Value::as_str) {
                Some(all) => format!("{all},{value}"),
                None => value,
            };
            joined.insert(name, value.into());
        }
        joined.into()
    }

    /// Whether API Gateway passes the body as text. It encodes other bodies, forms among them, in base64.
    fn is_text(&self) -> bool {
        let essence =
            self.first("content-type").and_then(|value| value.split(';').next()).unwrap_or_default();
        let essence = essence.trim().to_ascii_lowercase();
        essence.starts_with("text/")
            || ["application/json", "application/javascript", "application/xml"].contains(&essence.as_str())
            || ["+json", "+xml"].iter().any(|suffix| essence.ends_with(suffix))
    }

    fn first(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
    }
}

/// The arrival of a request: its time, its number since the start, and the origin secret that `CloudFront` adds.
pub(crate) struct ReceivedRequest {
    pub(crate) at: Timestamp,
    pub(crate) number: u64,
    pub(crate) origin_secret: String,
}

impl ReceivedRequest {
    pub(crate) fn id(&self) -> String {
        format!("local-{:06}", self.number)
    }

    fn trace_id(&self) -> String {
        format!("Root=1-{:08x}-{:024x}", self.at.as_second(), self.number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(incoming: &Incoming) -> Value {
        let at = "2026-11-24T12:00:05Z".parse().unwrap();
        incoming.event("GET /a", &ReceivedRequest { at, number: 7, origin_secret: "sent".into() })
    }

    #[test]
    fn repeated_headers_are_joined_and_cookies_are_listed() {
        let incoming = Incoming::get("/a")
            .header("X-Two", "1")
            .header("x-two", "2")
            .header("Cookie", "a=1; b=2")
            .cookie("c", "3");
        let event = event(&incoming);
        assert_eq!(event["headers"]["x-two"], "1,2");
        assert_eq!(event["headers"].get("cookie"), None);
        assert_eq!(event["cookies"], json!(["a=1", "b=2", "c=3"]));
    }

    #[test]
    fn the_event_has_the_raw_query_and_joined_parameters() {
        let event = event(&Incoming::get("/a?x=1&x=%C3%A9&y"));
        assert_eq!(event["rawPath"], "/a");
        assert_eq!(event["rawQueryString"], "x=1&x=%C3%A9&y");
        assert_eq!(event["queryStringParameters"], json!({ "x": "1,é", "y": "" }));
    }

    #[test]
    fn bodies_other_than_text_are_encoded() {
        let text = event(&Incoming::post("/a").body("application/json; charset=utf-8", r#"{"a":1}"#));
        assert_eq!((&text["body"], &text["isBase64Encoded"]), (&json!(r#"{"a":1}"#), &json!(false)));
        let form = event(&Incoming::post("/a").form(&[("a", "é&")]));
        assert_eq!(
            (&form["body"], &form["isBase64Encoded"]),
            (&json!(BASE64.encode(b"a=%C3%A9%26")), &json!(true))
        );
        let broken = event(&Incoming::post("/a").body("text/plain", [0xff, 0xfe]));
        assert_eq!((&broken["body"], &broken["isBase64Encoded"]), (&json!("//4="), &json!(true)));
        assert_eq!(event(&Incoming::post("/a")).get("body"), None);
    }

    #[test]
    fn the_context_has_the_client_and_the_time() {
        let incoming =
            Incoming::get("/a").from_address("2001:db8::1".parse().unwrap()).header("user-agent", "Agent");
        let context = event(&incoming)["requestContext"].clone();
        assert_eq!(context["http"]["sourceIp"], "2001:db8::1");
        assert_eq!(context["http"]["userAgent"], "Agent");
        assert_eq!(context["time"], "24/Nov/2026:12:00:05 +0000");
        assert_eq!(context["requestId"], "local-000007");
    }

    #[test]
    fn the_limits_are_those_of_api_gateway() {
        let with_cookie = |length| Incoming::get("/").cookie("a", &"x".repeat(length)).rejection();
        let rest = "GET / ? HTTP/1.1\r\ncookie: a=\r\n".len() - 1;
        assert_eq!(with_cookie(HEAD_LIMIT - rest), None);
        assert_eq!(with_cookie(HEAD_LIMIT - rest + 1), Some((431, "Request Header Fields Too Large")));
        assert_eq!(Incoming::post("/").with_body(vec![0; BODY_LIMIT]).rejection(), None);
        assert_eq!(
            Incoming::post("/").with_body(vec![0; BODY_LIMIT + 1]).rejection(),
            Some((413, "Request Entity Too Large"))
        );
    }
}
