//! Why something came to nothing, as the page says it.

use axum::http::StatusCode;
use openidconnect::{
    ClaimsVerificationError, ConfigurationError, DiscoveryError, UserInfoError, core::CoreRequestTokenError,
};
use serde_json::{Value, json};

use crate::calls::{CallFailed, sentence};

/// An error with the status of its page.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) status: StatusCode,
    error: String,
    description: Option<String>,
}

impl Failure {
    /// The provider can't be reached, or what answers there is none.
    pub(crate) fn unreachable(description: String) -> Self {
        Self::new(StatusCode::BAD_GATEWAY, "provider_unreachable", description)
    }

    /// The provider answered, and its answer is an error or can't be accepted.
    pub(crate) fn answered(error: &str, description: impl Into<String>) -> Self {
        Self::new(StatusCode::OK, error, description)
    }

    /// The browser asked for something that is not given.
    pub(crate) fn refused(error: &str, description: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, error, description)
    }

    /// The service can't do its own part.
    pub(crate) fn broken(description: String) -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "service_broken", description)
    }

    fn new(status: StatusCode, error: &str, description: impl Into<String>) -> Self {
        Self { status, error: error.to_owned(), description: Some(description.into()) }
    }

    /// As JSON; a description that isn't there is left out.
    pub(crate) fn said(&self) -> Value {
        match &self.description {
            Some(description) => json!({"error": self.error, "error_description": description}),
            None => json!({"error": self.error}),
        }
    }

    /// Neither pending nor signed in.
    pub(crate) fn unknown_state() -> Self {
        Self { description: None, ..Self::refused("unknown_state", "") }
    }

    /// The session is gone, or never was.
    pub(crate) fn not_signed_in() -> Self {
        Self { description: None, ..Self::refused("not_signed_in", "") }
    }
}

impl From<DiscoveryError<CallFailed>> for Failure {
    fn from(error: DiscoveryError<CallFailed>) -> Self {
        Self::unreachable(sentence(&error))
    }
}

impl From<CoreRequestTokenError<CallFailed>> for Failure {
    fn from(error: CoreRequestTokenError<CallFailed>) -> Self {
        match error {
            CoreRequestTokenError::ServerResponse(answer) => Self {
                status: StatusCode::OK,
                error: answer.error().to_string(),
                description: answer.error_description().cloned(),
            },
            CoreRequestTokenError::Request(error) => Self::unreachable(sentence(&error)),
            error => Self::answered("invalid_token_response", sentence(&error)),
        }
    }
}

impl From<UserInfoError<CallFailed>> for Failure {
    fn from(error: UserInfoError<CallFailed>) -> Self {
        match error {
            UserInfoError::Request(error) => Self::unreachable(sentence(&error)),
            UserInfoError::Response(status, _, reason) => {
                Self::answered("userinfo_refused", format!("{status}: {reason}"))
            }
            error => Self::answered("invalid_userinfo", sentence(&error)),
        }
    }
}

impl From<ClaimsVerificationError> for Failure {
    fn from(error: ClaimsVerificationError) -> Self {
        Self::answered("invalid_id_token", sentence(&error))
    }
}

impl From<ConfigurationError> for Failure {
    fn from(error: ConfigurationError) -> Self {
        Self::unreachable(sentence(&error))
    }
}

impl From<jsonwebtoken::errors::Error> for Failure {
    fn from(error: jsonwebtoken::errors::Error) -> Self {
        Self::broken(sentence(&error))
    }
}
