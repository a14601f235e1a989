//! What a client gets: API Gateway's answer, made of what a function returned.

use std::borrow::Cow;

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use data_encoding::BASE64;
use serde_json::{Value, json};

/// What a client gets.
#[derive(Clone, Debug)]
pub struct GatewayResponse {
    /// The status code.
    pub status: u16,
    /// The headers; each cookie that is set is a `set-cookie` of its own.
    pub headers: HeaderMap,
    /// The body.
    pub body: Vec<u8>,
}

impl GatewayResponse {
    /// The answer that API Gateway makes of what a function returned (payload format 2.0).
    #[must_use]
    pub fn from_returned(returned: &Value) -> Self {
        let status = returned["statusCode"].as_u64().and_then(|status| status.try_into().ok());
        let body = returned["body"].as_str().unwrap_or_default();
        let body = match returned["isBase64Encoded"] {
            Value::Bool(true) => BASE64.decode(body.as_bytes()).ok(),
            _ => Some(body.as_bytes().to_vec()),
        };
        match (status, headers(returned), body) {
            (Some(status), Some(headers), Some(body)) => Self { status, headers, body },
            _ => Self::from_returned(&of_gateway(500, "Internal Server Error")),
        }
    }

    pub(crate) fn too_large() -> Self {
        Self::from_returned(&of_gateway(413, "Request Entity Too Large"))
    }

    /// The body as text.
    #[must_use]
    pub fn text(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(&self.body)
    }

    /// The first header of this name.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// The whole `set-cookie` lines.
    pub fn set_cookies(&self) -> impl Iterator<Item = &str> {
        self.headers.get_all(header::SET_COOKIE).iter().filter_map(|value| value.to_str().ok())
    }

    /// The value to which a cookie is set.
    #[must_use]
    pub fn cookie(&self, name: &str) -> Option<&str> {
        let pairs = self.set_cookies().filter_map(|line| line.split(';').next()?.split_once('='));
        pairs.filter(|(own, _)| *own == name).map(|(_, value)| value).last()
    }
}

/// An answer of API Gateway's own, as if a function had returned it.
pub(crate) fn of_gateway(status: u16, message: &str) -> Value {
    json!({
        "statusCode": status,
        "headers": { "content-type": "application/json" },
        "body": json!({ "message": message }).to_string(),
    })
}

fn headers(returned: &Value) -> Option<HeaderMap> {
    let mut headers = HeaderMap::new();
    for (name, value) in returned["headers"].as_object().into_iter().flatten() {
        let name: HeaderName = name.parse().ok()?;
        headers.insert(name, HeaderValue::from_str(value.as_str()?).ok()?);
    }
    for cookie in returned["cookies"].as_array().into_iter().flatten() {
        headers.append(header::SET_COOKIE, HeaderValue::from_str(cookie.as_str()?).ok()?);
    }
    Some(headers)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_cookie_is_a_header_of_its_own() {
        let reply = GatewayResponse::from_returned(
            &json!({ "statusCode": 303, "headers": { "location": "/" }, "cookies": ["a=1; Path=/", "b=2"] }),
        );
        assert_eq!((reply.status, reply.header("location")), (303, Some("/")));
        assert_eq!(reply.set_cookies().collect::<Vec<_>>(), ["a=1; Path=/", "b=2"]);
        assert_eq!((reply.cookie("a"), reply.cookie("b"), reply.cookie("c")), (Some("1"), Some("2"), None));
    }

    #[test]
    fn an_encoded_body_is_decoded() {
        let reply = GatewayResponse::from_returned(
            &json!({ "statusCode": 200, "body": "/wA=", "isBase64Encoded": true }),
        );
        assert_eq!(reply.body, [0xff, 0]);
    }

    #[test]
    fn what_is_no_response_is_a_500_of_the_gateways() {
        let line_break = json!({ "statusCode": 200, "headers": { "a": "b\nc" } });
        let broken = json!({ "statusCode": 200, "body": "!", "isBase64Encoded": true });
        for returned in [json!({}), json!({ "statusCode": "200" }), json!(null), line_break, broken] {
            let reply = GatewayResponse::from_returned(&returned);
            assert_eq!(
                (reply.status, &*reply.text()),
                (500, r#"{"message":"Internal Server Error"}"#),
                "{returned}"
            );
        }
    }
}
