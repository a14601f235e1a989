//! The `claims` parameter (OpenID Connect Core section 5.5).

use domain::{assurance::Assurance, authorization::RequestedClaims};
use serde::Deserialize;
use serde_json::{Map, Value};

/// The longest subject identifier (OpenID Connect Core section 2).
const LONGEST_SUBJECT: usize = 255;

/// The supported part of the parameter. Everything else is ignored, as section 5.5 requires.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClaimsRequest {
    /// Where the email address is requested.
    pub claims: RequestedClaims,
    /// The subject that the resident has to be (section 5.5.1).
    pub subject: Option<String>,
    /// The values of an essential `acr` that are levels of ours (section 5.5.1.1). An empty list can't be met.
    pub essential_acr: Option<Vec<Assurance>>,
}

/// The parameter is not the JSON that section 5.5 describes.
#[derive(Debug, PartialEq, Eq)]
pub struct MalformedClaims;

#[derive(Default, Deserialize)]
#[serde(default)]
struct IndividualClaimRequest {
    essential: bool,
    value: Option<Value>,
    values: Option<Vec<Value>>,
}

/// Parses the parameter.
///
/// # Errors
/// [`MalformedClaims`].
pub fn parse(json: &str, issuer: &str) -> Result<ClaimsRequest, MalformedClaims> {
    let mut whole: Map<String, Value> = serde_json::from_str(json).map_err(|_| MalformedClaims)?;
    let mut member = |name| match whole.remove(name) {
        None | Some(Value::Null) => Ok(Map::new()),
        Some(Value::Object(members)) => Ok(members),
        Some(_) => Err(MalformedClaims),
    };
    let (userinfo, id_token) = (member("userinfo")?, member("id_token")?);
    let claims = RequestedClaims {
        email_in_userinfo: requests_email(&userinfo),
        email_in_id_token: requests_email(&id_token),
    };
    let mut subject = None;
    for member in [&userinfo, &id_token] {
        if let Some(value) = claim_request(member, "sub")?.value {
            let value = value.as_str().filter(|value| value.len() <= LONGEST_SUBJECT);
            let value = value.ok_or(MalformedClaims)?.to_owned();
            if subject.as_ref().is_some_and(|other| *other != value) {
                return Err(MalformedClaims);
            }
            subject = Some(value);
        }
    }
    let acr = claim_request(&id_token, "acr")?;
    let values = acr.value.into_iter().chain(acr.values.unwrap_or_default());
    let levels: Vec<_> = values.map(|value| value.as_str().map(ToOwned::to_owned)).collect();
    let essential_acr = (acr.essential && !levels.is_empty())
        .then(|| levels.iter().flatten().filter_map(|value| Assurance::from_acr(value, issuer)).collect());
    Ok(ClaimsRequest { claims, subject, essential_acr })
}

fn requests_email(member: &Map<String, Value>) -> bool {
    member.contains_key("email") || member.contains_key("email_verified")
}

/// The request for one claim; `null` requests it without conditions.
fn claim_request(member: &Map<String, Value>, name: &str) -> Result<IndividualClaimRequest, MalformedClaims> {
    match member.get(name) {
        None | Some(Value::Null) => Ok(IndividualClaimRequest::default()),
        Some(value @ Value::Object(_)) => serde_json::from_value(value.clone()).map_err(|_| MalformedClaims),
        Some(_) => Err(MalformedClaims),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(json: &str) -> Result<ClaimsRequest, MalformedClaims> {
        parse(json, "https://account.example")
    }

    #[test]
    fn rule_6_1_supported_claims_are_read_and_others_ignored() {
        let request = parsed(
            r#"{"userinfo":{"email":null,"name":{"essential":true}},"id_token":{"sub":{"value":"s"}}}"#,
        );
        let claims = RequestedClaims { email_in_userinfo: true, email_in_id_token: false };
        assert_eq!(request, Ok(ClaimsRequest { claims, subject: Some("s".into()), essential_acr: None }));
        assert_eq!(parsed(r#"{"other":1,"userinfo":null}"#), Ok(ClaimsRequest::default()));
        assert!(
            parsed(r#"{"id_token":{"email_verified":{"essential":true}}}"#).unwrap().claims.email_in_id_token
        );
    }

    #[test]
    fn rule_6_2_an_essential_acr_is_a_condition() {
        let acr = |acr: &str| parsed(&format!(r#"{{"id_token":{{"acr":{acr}}}}}"#)).unwrap().essential_acr;
        assert_eq!(acr(r#"{"essential":true,"values":["mfa","x"]}"#), Some(vec![Assurance::Mfa]));
        assert_eq!(acr(r#"{"essential":true,"value":"x"}"#), Some(vec![]));
        assert_eq!(acr(r#"{"values":["mfa"]}"#), None, "voluntary");
        assert_eq!(acr(r#"{"essential":true}"#), None);
        assert_eq!(acr("null"), None);
    }

    #[test]
    fn malformed_claims_are_rejected() {
        for json in [
            "",
            "1",
            "[]",
            "{",
            r#"{"userinfo":1}"#,
            r#"{"id_token":{"sub":{"value":1}}}"#,
            r#"{"id_token":{"acr":3}}"#,
            &format!(r#"{{"id_token":{{"sub":{{"value":"{}"}}}}}}"#, "x".repeat(256)),
            r#"{"userinfo":{"sub":{"value":"a"}},"id_token":{"sub":{"value":"b"}}}"#,
        ] {
            assert_eq!(parsed(json), Err(MalformedClaims), "{json}");
        }
    }
}
