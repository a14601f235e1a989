//! What an error means to a resident.

/// The messages of an error's page.
pub(crate) struct Explanation {
    pub(crate) title: &'static str,
    pub(crate) text: &'static str,
}

impl Explanation {
    /// Explains an error code of OAuth 2.0, of OpenID Connect or of this service. A signed-in resident stays signed in when
    /// another sign-in fails.
    pub(crate) fn of(error: &str, is_signed_in: bool) -> Self {
        let (title, text) = match error {
            "access_denied" if is_signed_in => ("error-cancelled-title", "error-cancelled-text"),
            "access_denied" => ("error-denied-title", "error-denied-text"),
            "login_required" | "interaction_required" | "consent_required" | "account_selection_required" => {
                ("error-sign-in-title", "error-sign-in-text")
            }
            "unmet_authentication_requirements" => ("error-assurance-title", "error-assurance-text"),
            "temporarily_unavailable" | "server_error" | "provider_unreachable" => {
                ("error-unavailable-title", "error-unavailable-text")
            }
            "unknown_state" | "not_signed_in" => ("error-session-title", "error-session-text"),
            _ => ("error-other-title", "error-other-text"),
        };
        Self { title, text }
    }
}
