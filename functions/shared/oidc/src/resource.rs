//! The parameter `resource` of authorization and token requests (RFC 8707 section 2).

use url::Url;

use crate::{
    Parameters,
    error::{ErrorCode, OAuthError},
};

/// Checks `resource`. One value is accepted, however often it is repeated: access tokens are for the `UserInfo` endpoint
/// alone, so nothing else follows from it.
///
/// # Errors
/// `invalid_target` when the values differ, or one isn't an absolute URI without a fragment.
pub(crate) fn check(parameters: Parameters<'_>) -> Result<(), OAuthError> {
    let invalid = |description| OAuthError::new(ErrorCode::InvalidTarget, description);
    let mut values = parameters.all("resource");
    let Some(first) = values.next() else { return Ok(()) };
    if values.any(|other| other != first) {
        return Err(invalid("a token can be requested for one resource only"));
    }
    let is_absolute = Url::parse(first).is_ok_and(|url| url.fragment().is_none());
    if is_absolute { Ok(()) } else { Err(invalid("resource must be an absolute URI without a fragment")) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::registration::tests::pairs;

    #[test]
    fn rule_6_1_one_resource_is_accepted_however_often_it_is_named() {
        let error = |values: &[&str]| {
            let pairs = pairs(&values.iter().map(|value| ("resource", *value)).collect::<Vec<_>>());
            check(Parameters::new(&pairs)).err().map(|error| error.code)
        };
        let (one, other) = ("https://api.example/", "https://api.example/other");
        for accepted in [&[][..], &[one], &[one, one], &["", one], &["urn:example:api"]] {
            assert_eq!(error(accepted), None, "{accepted:?}");
        }
        for refused in [&[one, other][..], &["api"], &["/api"], &["https://api.example/#x"]] {
            assert_eq!(error(refused), Some(ErrorCode::InvalidTarget), "{refused:?}");
        }
    }
}
