//! Why a resident who did not ask to sign in is on the sign-in page (RULES 8.10).

use domain::{
    interaction::{Interaction, LocalPath},
    session::Session,
};
use http_kernel::Request;
use i18n::Translator;
use pages::Alert;

/// The reason.
pub(crate) enum Reason {
    /// The browser's session ended. The resident was on a page with this name, if it has one.
    SessionEnded(Option<&'static str>),
    /// A page with this name requires it.
    Page(&'static str),
    /// A service requires a new sign-in of a resident who is signed in; its name.
    Service(String),
    /// The resident closed the account, and comes from the page that said how to open it again (RULES 7.5).
    Reopening,
}

impl Reason {
    /// The reason of this request. Whoever opened the page themselves needs none.
    pub(crate) fn of(
        request: &Request<'_>,
        session: Option<&Session>,
        interaction: Option<&Interaction>,
    ) -> Option<Self> {
        let page = request.return_to().page().and_then(page_name);
        match (session, interaction) {
            (Some(_), Some(interaction)) if interaction.requires_fresh_sign_in() => {
                Some(Self::Service(interaction.service.name(request.language()).to_owned()))
            }
            (Some(_), _) => None,
            (None, _) if request.session_cookie().is_some() => Some(Self::SessionEnded(page)),
            (None, _) => page.map(Self::Page),
        }
    }

    pub(crate) fn alert(&self, translator: Translator) -> Alert {
        let to_page = |page: &str| {
            let name = translator.message(page);
            translator.message_with("reason-page-text", "page", name)
        };
        let (heading, text) = match self {
            Self::SessionEnded(page) => {
                let text = translator.message("reason-ended-text");
                let text = page.map_or_else(|| text.clone(), |page| format!("{text} {}", to_page(page)));
                (translator.message("reason-ended-title"), text)
            }
            Self::Page(page) => (translator.message("reason-page-title"), to_page(page)),
            Self::Service(service) => (
                translator.message_with("reason-service-title", "service", service.as_str()),
                translator.message("reason-service-text"),
            ),
            Self::Reopening => {
                (translator.message("reason-reopen-title"), translator.message("reason-reopen-text"))
            }
        };
        Alert::new("informational", heading, &text)
    }
}

/// The message with the name of a page of ours. Pages between others, such as a code's, have none.
fn page_name(path: &LocalPath) -> Option<&'static str> {
    let path = path.as_str().split('?').next().unwrap_or_default();
    match path {
        "/settings/sessions" => Some("page-sessions"),
        "/services" => Some("page-services"),
        _ => match path.split('/').nth(1)? {
            "services" => Some("page-services"),
            "settings" => Some("page-settings"),
            "factors" => Some("page-factors"),
            "federated" => Some("page-partners"),
            _ => None,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rule_8_10_pages_have_names_and_steps_have_none() {
        let name = |path: &str| page_name(&LocalPath::parse(path).unwrap());
        assert_eq!(name("/settings/sessions"), Some("page-sessions"));
        assert_eq!(name("/factors/remove?app=0-1"), Some("page-factors"));
        assert_eq!(name("/services/disconnect?service=health"), Some("page-services"));
        for path in ["/mfa?factor=email", "/login", "/authorize/continue"] {
            assert_eq!(name(path), None, "{path}");
        }
    }
}
