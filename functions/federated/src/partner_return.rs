//! Where a resident continues after a partner (RULES 4.7).

use account::PartnerError;
use domain::{interaction::Interaction, language::Language, partner::PartnerLogin};
use http_kernel::{Request, Response, ReturnTo};

/// Where a resident continues after a partner. A partner login keeps it, since nothing that is sent to the partner depends
/// on the service (RULES 4.2).
#[derive(Default)]
pub(crate) struct PartnerReturn {
    pub(crate) return_to: ReturnTo,
    /// The language that the service asked for.
    pub(crate) ui_locale: Option<Language>,
    /// Whether the partner is to be linked to the account that is signed in.
    pub(crate) is_linking: bool,
    /// Whether the resident has to authenticate anew.
    pub(crate) is_reauthentication: bool,
}

impl PartnerReturn {
    /// The return of a request for signing in, rather than for linking.
    pub(crate) fn from_request(request: &Request<'_>) -> Self {
        Self { return_to: request.return_to(), ui_locale: request.ui_locale(), ..Self::default() }
    }

    pub(crate) fn from_login(login: &PartnerLogin) -> Self {
        Self {
            return_to: ReturnTo::new(login.next.clone(), login.interaction),
            ui_locale: login.language,
            is_linking: login.is_linking,
            is_reauthentication: login.is_reauthentication,
        }
    }

    /// The address of a page of ours, with the return target.
    pub(crate) fn href(&self, path: &str) -> String {
        http_kernel::href(path, &self.return_to, self.ui_locale)
    }

    /// Continues after signing in. `interaction` is that of the return target, if it belongs to this browser.
    pub(crate) fn redirect(&self, interaction: Option<&Interaction>) -> Response {
        self.return_to.redirect(interaction, self.ui_locale)
    }

    /// Shows an error on the page that the resident left for the partner: the list of partners, or the sign-in page.
    pub(crate) fn error_redirect(&self, error: PartnerError) -> Response {
        let page = error.on(if self.is_linking { "/federated" } else { "/login" });
        let again = if self.is_reauthentication && !self.is_linking { "&again=true" } else { "" };
        Response::see_other(&self.href(&format!("{page}{again}")))
    }
}
