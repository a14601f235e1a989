//! What the pages of signing in and of sign-in partners say to each other by their addresses (RULES 4.4, 4.7).

use domain::{interaction::LocalPath, partner::PartnerId};
use i18n::Translator;

use crate::{Alert, Request};

/// The page that links whom a partner knows to the account that is signed in.
pub const LINK: &str = "/federated/link";

const LINK_OF: &str = "/federated/link?partner=";

/// That page for this partner: the sign-in page on the way there says what signing in leads to.
#[must_use]
pub fn link_page(partner: &PartnerId) -> String {
    format!("{LINK_OF}{partner}")
}

/// The partner that is linked by this page, if it is [`link_page`].
#[must_use]
pub fn linked_by(page: &LocalPath) -> Option<PartnerId> {
    page.as_str().strip_prefix(LINK_OF)?.parse().ok()
}

/// What kept a resident from coming by a partner; the page that they left for it says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FormError {
    /// They turned back there.
    Cancelled,
    /// The partner could not be reached, or not in time.
    Unavailable,
    /// What came back can't be relied on.
    Failed,
    /// They were away for too long, or had come back already.
    Expired,
}

impl FormError {
    /// What the address of this page says of it.
    #[must_use]
    pub fn from_query(request: &Request) -> Option<Self> {
        let all = [Self::Cancelled, Self::Unavailable, Self::Failed, Self::Expired];
        let name = request.query("partner")?;
        all.into_iter().find(|error| error.name() == name)
    }

    fn name(self) -> &'static str {
        match self {
            Self::Cancelled => "cancelled",
            Self::Unavailable => "unavailable",
            Self::Failed => "failed",
            Self::Expired => "expired",
        }
    }

    /// The address of a page that is to say so.
    #[must_use]
    pub fn on(self, page: &str) -> String {
        format!("{page}?partner={}", self.name())
    }

    /// How it is said.
    #[must_use]
    pub fn alert(self, translator: Translator) -> Alert {
        let (title, text) = match self {
            Self::Cancelled => ("partner-cancelled-title", "partner-cancelled-text"),
            Self::Unavailable => ("partner-unavailable-title", "partner-unavailable-text"),
            Self::Failed => ("partner-failed-title", "partner-failed-text"),
            Self::Expired => ("partner-expired-title", "partner-expired-text"),
        };
        // Turning back is no mistake.
        let kind = if self == Self::Cancelled { "informational" } else { "error" };
        // The messages are ours and hold no markup.
        Alert {
            kind,
            heading: translator.message(title),
            body: format!("<p>{}</p>", translator.message(text)),
        }
    }
}
