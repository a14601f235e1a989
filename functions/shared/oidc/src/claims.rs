//! The `claims` parameter (OpenID Connect Core section 5.5).

use domain::{assurance::Assurance, authorization::RequestedClaims};
use serde::Deserialize;
use serde_json::{Map, Value};

/// What of it is understood. Everything else is ignored, as the specification says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Where the email address is wanted.
    pub claims: RequestedClaims,
    /// The subject that the resident has to be.
    pub subject: Option<String>,
    /// The levels of which one is essential; none of ours when the list is empty.
    pub essential: Option<Vec<Assurance>>,
}

/// It is not the JSON that the specification describes.
#[derive(Debug, PartialEq, Eq)]
pub struct Malformed;

#[derive(Default, Deserialize)]
#[serde(default)]
struct One {
    essential: bool,
    value: Option<Value>,
    values: Option<Vec<Value>>,
}

/// Reads it.
///
/// # Errors
/// [`Malformed`].
pub fn read(json: &str, issuer: &str) -> Result<Wanted, Malformed> {
    let mut whole: Map<String, Value> = serde_json::from_str(json).map_err(|_| Malformed)?;
    let mut place = |name| match whole.remove(name) {
        None | Some(Value::Null) => Ok(Map::new()),
        Some(Value::Object(place)) => Ok(place),
        Some(_) => Err(Malformed),
    };
    let (userinfo, id_token) = (place("userinfo")?, place("id_token")?);
    let claims = RequestedClaims {
        email_in_userinfo: asks_for_email(&userinfo),
        email_in_id_token: asks_for_email(&id_token),
    };
    let mut subject = None;
    for place in [&userinfo, &id_token] {
        if let Some(value) = one(place, "sub")?.value {
            let value = value.as_str().ok_or(Malformed)?.to_owned();
            if subject.as_ref().is_some_and(|other| *other != value) {
                return Err(Malformed);
            }
            subject = Some(value);
        }
    }
    let acr = one(&id_token, "acr")?;
    let values = acr.value.into_iter().chain(acr.values.unwrap_or_default());
    let levels: Vec<_> = values.map(|value| value.as_str().map(ToOwned::to_owned)).collect();
    let essential = (acr.essential && !levels.is_empty())
        .then(|| levels.iter().flatten().filter_map(|value| Assurance::from_acr(value, issuer)).collect());
    Ok(Wanted { claims, subject, essential })
}

fn asks_for_email(place: &Map<String, Value>) -> bool {
    place.contains_key("email") || place.contains_key("email_verified")
}

/// What is asked of one claim; `null` asks for it and no more.
fn one(place: &Map<String, Value>, name: &str) -> Result<One, Malformed> {
    match place.get(name) {
        None | Some(Value::Null) => Ok(One::default()),
        Some(value @ Value::Object(_)) => serde_json::from_value(value.clone()).map_err(|_| Malformed),
        Some(_) => Err(Malformed),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(json: &str) -> Result<Wanted, Malformed> {
        read(json, "https://account.example")
    }

    #[test]
    fn rule_6_1_claims_that_are_understood_count_and_others_are_ignored() {
        let wanted =
            of(r#"{"userinfo":{"email":null,"name":{"essential":true}},"id_token":{"sub":{"value":"s"}}}"#);
        let claims = RequestedClaims { email_in_userinfo: true, email_in_id_token: false };
        assert_eq!(wanted, Ok(Wanted { claims, subject: Some("s".into()), essential: None }));
        assert_eq!(of(r#"{"other":1,"userinfo":null}"#), Ok(Wanted::default()));
        assert!(
            of(r#"{"id_token":{"email_verified":{"essential":true}}}"#).unwrap().claims.email_in_id_token
        );
    }

    #[test]
    fn rule_6_2_an_essential_acr_is_a_condition() {
        let acr = |acr: &str| of(&format!(r#"{{"id_token":{{"acr":{acr}}}}}"#)).unwrap().essential;
        assert_eq!(acr(r#"{"essential":true,"values":["mfa","x"]}"#), Some(vec![Assurance::Mfa]));
        assert_eq!(acr(r#"{"essential":true,"value":"x"}"#), Some(vec![]));
        assert_eq!(acr(r#"{"values":["mfa"]}"#), None, "voluntary");
        assert_eq!(acr(r#"{"essential":true}"#), None);
        assert_eq!(acr("null"), None);
    }

    #[test]
    fn what_is_not_a_claims_request_is_refused() {
        for json in [
            "",
            "1",
            "[]",
            "{",
            r#"{"userinfo":1}"#,
            r#"{"id_token":{"sub":{"value":1}}}"#,
            r#"{"id_token":{"acr":3}}"#,
            r#"{"userinfo":{"sub":{"value":"a"}},"id_token":{"sub":{"value":"b"}}}"#,
        ] {
            assert_eq!(of(json), Err(Malformed), "{json}");
        }
    }
}
