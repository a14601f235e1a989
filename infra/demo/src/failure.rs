//! The errors that the service's pages show.

use axum::http::StatusCode;
use openidconnect::{
    ClaimsVerificationError, ConfigurationError, DiscoveryError, UserInfoError, core::CoreRequestTokenError,
};
use serde_json::{Value, json};

use crate::http::{HttpError, error_chain};

/// An error with the status of its page.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) status: StatusCode,
    error: String,
    description: Option<String>,
}

impl Failure {
    /// The provider can't be reached, or the server is not a provider.
    pub(crate) fn unreachable(description: String) -> Self {
        Self::new(StatusCode::BAD_GATEWAY, "provider_unreachable", description)
    }

    /// The provider's response is an error, or is invalid.
    pub(crate) fn provider(error: &str, description: impl Into<String>) -> Self {
        Self::new(StatusCode::OK, error, description)
    }

    /// The request of the browser is invalid.
    pub(crate) fn bad_request(error: &str, description: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, error, description)
    }

    /// The service itself fails.
    pub(crate) fn internal(description: String) -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "service_broken", description)
    }

    fn new(status: StatusCode, error: &str, description: impl Into<String>) -> Self {
        Self { status, error: error.to_owned(), description: Some(description.into()) }
    }

    /// The error as JSON, without a missing description.
    pub(crate) fn to_json(&self) -> Value {
        match &self.description {
            Some(description) => json!({"error": self.error, "error_description": description}),
            None => json!({"error": self.error}),
        }
    }

    /// The browser has neither a pending sign-in nor a session.
    pub(crate) fn unknown_state() -> Self {
        Self { description: None, ..Self::bad_request("unknown_state", "") }
    }

    /// The browser has no session.
    pub(crate) fn not_signed_in() -> Self {
        Self { description: None, ..Self::bad_request("not_signed_in", "") }
    }
}

impl From<DiscoveryError<HttpError>> for Failure {
    fn from(error: DiscoveryError<HttpError>) -> Self {
        Self::unreachable(error_chain(&error))
    }
}

impl From<CoreRequestTokenError<HttpError>> for Failure {
    fn from(error: CoreRequestTokenError<HttpError>) -> Self {
        match error {
            CoreRequestTokenError::ServerResponse(answer) => Self {
                status: StatusCode::OK,
                error: answer.error().to_string(),
                description: answer.error_description().cloned(),
            },
            CoreRequestTokenError::Request(error) => Self::unreachable(error_chain(&error)),
            error => Self::provider("invalid_token_response", error_chain(&error)),
        }
    }
}

impl From<UserInfoError<HttpError>> for Failure {
    fn from(error: UserInfoError<HttpError>) -> Self {
        match error {
            UserInfoError::Request(error) => Self::unreachable(error_chain(&error)),
            UserInfoError::Response(status, _, reason) => {
                Self::provider("userinfo_refused", format!("{status}: {reason}"))
            }
            error => Self::provider("invalid_userinfo", error_chain(&error)),
        }
    }
}

impl From<ClaimsVerificationError> for Failure {
    fn from(error: ClaimsVerificationError) -> Self {
        Self::provider("invalid_id_token", error_chain(&error))
    }
}

impl From<ConfigurationError> for Failure {
    fn from(error: ConfigurationError) -> Self {
        Self::unreachable(error_chain(&error))
    }
}

impl From<jsonwebtoken::errors::Error> for Failure {
    fn from(error: jsonwebtoken::errors::Error) -> Self {
        Self::internal(error_chain(&error))
    }
}
