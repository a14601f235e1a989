//! The authentication response, as the browser brings it to our redirect URI (OpenID Connect Core sections 3.1.2.5 and
//! 3.1.2.6, RFC 9207).

use std::fmt;

/// The parameters of an authentication response. `state` is not among them: it has already found the sign-in.
#[derive(Clone, Copy, Debug)]
pub struct AuthenticationResponse<'a> {
    /// `code`.
    pub code: Option<&'a str>,
    /// `error`.
    pub error: Option<&'a str>,
    /// `iss`: the issuer identifier of the partner that responds (RFC 9207).
    pub iss: Option<&'a str>,
}

/// Why a response has no usable code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AuthenticationResponseError {
    /// The resident has cancelled: `access_denied`, or another of [`CANCEL_ERRORS`], or an error of the partner's own.
    Cancelled,
    /// The partner is unavailable: `server_error` or `temporarily_unavailable`.
    Unavailable,
    /// `iss` is the issuer of someone else.
    WrongIssuer,
    /// `iss` is missing, although the metadata announce it.
    NoIssuer,
    /// Any other error.
    Rejected,
    /// There is neither a code nor an error.
    Empty,
}

/// The errors by which partners say that the resident did not complete the sign-in (RFC 6749 section 4.1.2.1, OpenID Connect
/// Core section 3.1.2.6).
pub const CANCEL_ERRORS: [&str; 4] =
    ["access_denied", "login_required", "interaction_required", "consent_required"];

impl<'a> AuthenticationResponse<'a> {
    /// Checks that the response is the partner's, and returns its code. `iss_supported` is
    /// `authorization_response_iss_parameter_supported` of the partner's metadata. `cancel_errors` are the partner's own
    /// besides [`CANCEL_ERRORS`].
    ///
    /// # Errors
    /// [`AuthenticationResponseError`]. `iss` comes first (RFC 9207 section 2.4): errors of someone else mean nothing.
    pub fn code(
        self,
        issuer: &str,
        iss_supported: bool,
        cancel_errors: &[String],
    ) -> Result<&'a str, AuthenticationResponseError> {
        match self.iss {
            Some(iss) if iss != issuer => return Err(AuthenticationResponseError::WrongIssuer),
            None if iss_supported => return Err(AuthenticationResponseError::NoIssuer),
            _ => {}
        }
        match (self.error, self.code) {
            (Some(error), _)
                if CANCEL_ERRORS.contains(&error) || cancel_errors.iter().any(|own| own == error) =>
            {
                Err(AuthenticationResponseError::Cancelled)
            }
            (Some("server_error" | "temporarily_unavailable"), _) => {
                Err(AuthenticationResponseError::Unavailable)
            }
            (Some(_), _) => Err(AuthenticationResponseError::Rejected),
            (None, None) => Err(AuthenticationResponseError::Empty),
            (None, Some(code)) => Ok(code),
        }
    }
}

impl fmt::Display for AuthenticationResponseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Cancelled => "the resident cancelled",
            Self::Unavailable => "it says that it is unavailable",
            Self::WrongIssuer => "iss is another issuer",
            Self::NoIssuer => "iss is missing",
            Self::Rejected => "it refuses",
            Self::Empty => "neither code nor error",
        })
    }
}

impl std::error::Error for AuthenticationResponseError {}

#[cfg(test)]
mod tests {
    use super::{AuthenticationResponseError as Error, *};

    const ISSUER: &str = "https://bank.example";

    #[test]
    fn rule_4_1_a_response_of_another_issuer_is_rejected_whatever_it_says() {
        let response = AuthenticationResponse { code: Some("c"), error: None, iss: Some(ISSUER) };
        assert_eq!(response.code(ISSUER, true, &[]), Ok("c"));
        assert_eq!(response.code(ISSUER, false, &[]), Ok("c"));
        let without = AuthenticationResponse { iss: None, ..response };
        assert_eq!(without.code(ISSUER, true, &[]), Err(Error::NoIssuer));
        assert_eq!(without.code(ISSUER, false, &[]), Ok("c"));
        let other = AuthenticationResponse {
            iss: Some("https://bank.example/"),
            error: Some("access_denied"),
            ..response
        };
        assert_eq!(other.code(ISSUER, false, &[]), Err(Error::WrongIssuer));
    }

    #[test]
    fn rule_4_7_each_error_of_a_partner_has_its_meaning() {
        for (error, expected) in [
            ("access_denied", Error::Cancelled),
            ("server_error", Error::Unavailable),
            ("temporarily_unavailable", Error::Unavailable),
            ("login_required", Error::Cancelled),
            ("interaction_required", Error::Cancelled),
            ("consent_required", Error::Cancelled),
            ("login_cancelled", Error::Cancelled),
            ("invalid_scope", Error::Rejected),
            ("", Error::Rejected),
        ] {
            let response = AuthenticationResponse { code: Some("c"), error: Some(error), iss: Some(ISSUER) };
            let own = ["login_cancelled".to_owned()];
            assert_eq!(response.code(ISSUER, true, &own), Err(expected), "{error}");
        }
        let empty = AuthenticationResponse { code: None, error: None, iss: Some(ISSUER) };
        assert_eq!(empty.code(ISSUER, true, &[]), Err(Error::Empty));
    }
}
