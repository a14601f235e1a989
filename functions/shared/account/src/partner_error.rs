//! Why signing in with a partner failed, as the page that the resident left for the partner says it (RULES 4.7).

use http_kernel::Parts;
use i18n::Translator;
use pages::Alert;

/// Why signing in with a partner failed. It travels in the query of the page that says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, strum::EnumIter, strum::IntoStaticStr)]
#[strum(serialize_all = "kebab-case")]
pub enum PartnerError {
    /// The resident cancelled at the partner.
    Cancelled,
    /// The partner is unreachable, or too slow.
    Unavailable,
    /// The partner's response failed verification.
    Failed,
    /// The login expired, or its response was used before.
    Expired,
    /// The resident was to authenticate anew, and the partner does not confirm it (RULES 4.5).
    NotConfirmed,
    /// *This wasn't me* put the partner in review, and the password has not been reset since (RULES 3.10).
    InReview,
}

impl PartnerError {
    /// The error that this page is to show.
    #[must_use]
    pub fn from_query(parts: &Parts) -> Option<Self> {
        let name = parts.query("partner")?;
        <Self as strum::IntoEnumIterator>::iter().find(|error| error.name() == name)
    }

    fn name(self) -> &'static str {
        self.into()
    }

    /// The path of a page that is to show the error.
    #[must_use]
    pub fn on(self, page: &str) -> String {
        format!("{page}?partner={}", self.name())
    }

    /// The alert that says it.
    #[must_use]
    pub fn alert(self, translator: Translator) -> Alert {
        let (title, text) = match self {
            Self::Cancelled => ("partner-cancelled-title", "partner-cancelled-text"),
            Self::Unavailable => ("partner-unavailable-title", "partner-unavailable-text"),
            Self::Failed => ("partner-failed-title", "partner-failed-text"),
            Self::Expired => ("partner-expired-title", "partner-expired-text"),
            Self::NotConfirmed => ("partner-not-confirmed-title", "partner-not-confirmed-text"),
            Self::InReview => ("partner-in-review-title", "partner-in-review-text"),
        };
        // Cancelling is not an error.
        let kind = if self == Self::Cancelled { "informational" } else { "error" };
        Alert::new(kind, translator.message(title), &translator.message(text))
    }
}
