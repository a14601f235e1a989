//! Bodies and forms. A body that is too large, not a form or not text is rejected before anything else reads it (RULES 10).

use lambda_http::http::{HeaderMap, header};

use crate::HttpError;

/// The largest body, in bytes. The largest of our forms is a small part of it.
const LARGEST: usize = 32 * 1024;

/// The largest number of fields in a form or a query.
const MOST_FIELDS: usize = 64;

/// The body, unless it is too large, or `None`: the event could not be decoded.
pub(crate) fn read(headers: &HeaderMap, body: Option<&[u8]>) -> Result<Vec<u8>, HttpError> {
    let announced =
        headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    let bytes = body.ok_or_else(HttpError::malformed)?;
    if bytes.len() > LARGEST || announced.is_some_and(|length| length > LARGEST) {
        Err(HttpError::too_large())
    } else {
        Ok(bytes.to_vec())
    }
}

/// Parses the fields of a form.
pub(crate) fn form(headers: &HeaderMap, body: &[u8]) -> Result<Vec<(String, String)>, HttpError> {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let is_form = kind
        .split(';')
        .next()
        .is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/x-www-form-urlencoded"));
    if !is_form || body.contains(&0) {
        return Err(HttpError::malformed());
    }
    let fields: Vec<(String, String)> =
        serde_html_form::from_bytes(body).map_err(|_| HttpError::malformed())?;
    let has_replacements =
        fields.iter().any(|(name, value)| name.contains('\u{fffd}') || value.contains('\u{fffd}'));
    if has_replacements || fields.len() > MOST_FIELDS { Err(HttpError::malformed()) } else { Ok(fields) }
}

/// Whether a name occurs more than once. No form of ours repeats one.
pub(crate) fn has_doubled_names(pairs: &[(String, String)]) -> bool {
    let mut names: Vec<&str> = pairs.iter().map(|(name, _)| name.as_str()).collect();
    names.sort_unstable();
    names.windows(2).any(|two| two[0] == two[1])
}

/// Parses the parameters of a query; there are none when it is malformed.
pub(crate) fn pairs(query: &[u8]) -> Vec<(String, String)> {
    let pairs: Vec<(String, String)> = serde_html_form::from_bytes(query).unwrap_or_default();
    if pairs.len() > MOST_FIELDS { Vec::new() } else { pairs }
}

/// The value of a name that occurs exactly once.
pub(crate) fn only<'a>(pairs: &'a [(String, String)], name: &str) -> Option<&'a str> {
    let mut values = pairs.iter().filter(|(key, _)| key == name).map(|(_, value)| value.as_str());
    let value = values.next();
    if values.next().is_some() { None } else { value }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(kind: &str) -> HeaderMap {
        HeaderMap::from_iter([(header::CONTENT_TYPE, kind.parse().unwrap())])
    }

    #[test]
    fn what_is_not_a_form_is_refused() {
        let form = |kind, body: &[u8]| super::form(&headers(kind), body).is_ok();
        assert!(form("application/x-www-form-urlencoded; charset=UTF-8", b"a=b&c=%C3%A9"));
        assert!(!form("application/json", b"{}"));
        assert!(!form("multipart/form-data; boundary=x", b"a=b"));
        assert!(!form("application/x-www-form-urlencoded", b"a=%FF"));
        assert!(!form("application/x-www-form-urlencoded", b"a=\xff"));
        assert!(!form("application/x-www-form-urlencoded", b"a=\0"));
        assert!(!form("application/x-www-form-urlencoded", "a=b&".repeat(65).as_bytes()));
    }

    #[test]
    fn a_doubled_name_has_no_value() {
        let pairs = pairs(b"a=1&b=2&a=3");
        assert_eq!((only(&pairs, "a"), only(&pairs, "b"), only(&pairs, "c")), (None, Some("2"), None));
    }

    #[test]
    fn a_large_body_is_refused() {
        assert!(read(&HeaderMap::new(), Some("x".repeat(LARGEST).as_bytes())).is_ok());
        assert!(read(&HeaderMap::new(), Some("x".repeat(LARGEST + 1).as_bytes())).is_err());
        assert!(read(&HeaderMap::new(), None).is_err());
    }
}
