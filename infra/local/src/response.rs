//! The response of API Gateway, created from the result of a function.

use std::borrow::Cow;

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use data_encoding::BASE64;
use serde_json::{Value, json};

/// The response that the client receives.
#[derive(Clone, Debug)]
pub struct GatewayResponse {
    /// The HTTP status code.
    pub status: u16,
    /// The headers, with one `set-cookie` per cookie.
    pub headers: HeaderMap,
    /// The decoded body.
    pub body: Vec<u8>,
}

impl GatewayResponse {
    /// Creates the response from a function's result (payload format 2.0).
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
            _ => Self::from_returned(&gateway_error(500, "Internal Server Error")),
        }
    }

    pub(crate) fn too_large() -> Self {
        Self::from_returned(&gateway_error(413, "Request Entity Too Large"))
    }

    /// The body as UTF-8 text.
    #[must_use]
    pub fn text(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(&self.body)
    }

    /// The first header with this name.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// The values of the `set-cookie` headers.
    pub fn set_cookies(&self) -> impl Iterator<Item = &str> {
        self.headers.get_all(header::SET_COOKIE).iter().filter_map(|value| value.to_str().ok())
    }

    /// The value of a cookie that the response sets.
    #[must_use]
    pub fn cookie(&self, name: &str) -> Option<&str> {
        let pairs = self.set_cookies().filter_map(|line| line.split(';').next()?.split_once('='));
        pairs.filter(|(found, _)| *found == name).map(|(_, value)| value).last()
    }
}

/// API Gateway's own error response, in the format of a function's result.
pub(crate) fn gateway_error(status: u16, message: &str) -> Value {
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
    fn each_cookie_has_its_own_header() {
        let response = GatewayResponse::from_returned(
            &json!({ "statusCode": 303, "headers": { "location": "/" }, "cookies": ["a=1; Path=/", "b=2"] }),
        );
        assert_eq!((response.status, response.header("location")), (303, Some("/")));
        assert_eq!(response.set_cookies().collect::<Vec<_>>(), ["a=1; Path=/", "b=2"]);
        assert_eq!(
            (response.cookie("a"), response.cookie("b"), response.cookie("c")),
            (Some("1"), Some("2"), None)
        );
    }

    #[test]
    fn an_encoded_body_is_decoded() {
        let response = GatewayResponse::from_returned(
            &json!({ "statusCode": 200, "body": "/wA=", "isBase64Encoded": true }),
        );
        assert_eq!(response.body, [0xff, 0]);
    }

    #[test]
    fn an_invalid_result_becomes_a_500_of_the_gateway() {
        let line_break = json!({ "statusCode": 200, "headers": { "a": "b\nc" } });
        let broken = json!({ "statusCode": 200, "body": "!", "isBase64Encoded": true });
        for returned in [json!({}), json!({ "statusCode": "200" }), json!(null), line_break, broken] {
            let response = GatewayResponse::from_returned(&returned);
            assert_eq!(
                (response.status, &*response.text()),
                (500, r#"{"message":"Internal Server Error"}"#),
                "{returned}"
            );
        }
    }
}
