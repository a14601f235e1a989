//! The partners of the deployment, and which of them sign the resident in (RULES 4.4, 4.8).

use account::{PartnerError, SignedIn};
use askama::Template;
use domain::partner::Partner;
use http_kernel::{Request, Response, Result};
use i18n::{Translator, time};
use pages::{Alert, HelpTopic, Page};
use table::PartnerIdentity;

use crate::MESSAGES;

#[derive(Template)]
#[template(path = "list.html")]
struct ListPage {
    translator: Translator,
    alert: Option<Alert>,
    rows: Vec<Row>,
}

struct Row {
    name: String,
    /// Since when the partner is linked.
    linked: Option<String>,
    /// The address of the page that links or unlinks the partner.
    change_href: String,
    change_label: String,
}

impl ListPage {
    fn new(signed_in: &SignedIn<'_>, identities: &[PartnerIdentity]) -> Self {
        let request = &signed_in.request;
        let translator = request.translator(&MESSAGES);
        let row = |partner: &Partner| {
            let identity = identities.iter().find(|identity| identity.partner == partner.id);
            Row::new(signed_in, translator, partner, identity)
        };
        let alert = PartnerError::from_query(request).map(|error| match error {
            // What was cancelled is not signing in.
            PartnerError::Cancelled => {
                let (title, text) = ("list-cancelled-title", "list-cancelled-text");
                Alert::new("informational", translator.message(title), &translator.message(text))
            }
            error => error.alert(translator),
        });
        Self { alert, rows: request.config().partners.iter().filter_map(row).collect(), translator }
    }
}

impl Row {
    /// The row of a partner; `None` when the partner is switched off and the account has no identity there.
    fn new(
        signed_in: &SignedIn<'_>,
        translator: Translator,
        partner: &Partner,
        identity: Option<&PartnerIdentity>,
    ) -> Option<Self> {
        let name = partner.name.in_language(translator.language());
        let (path, label) = match identity {
            Some(_) => ("/federated/unlink?", "list-remove"),
            None if !partner.is_on => return None,
            None => ("/federated/start?link=yes&", "list-link"),
        };
        let linked = identity.map(|identity| {
            let linked_at = time::in_ontario(identity.linked_at, translator.language());
            translator.message_with("list-linked", "time", &*linked_at)
        });
        Some(Self {
            name: name.to_owned(),
            linked,
            change_href: signed_in.href(&format!("{path}partner={}", partner.id)),
            change_label: translator.message_with(label, "partner", name),
        })
    }
}

impl Page for ListPage {
    const HAS_FORM: bool = false;

    fn title(&self) -> String {
        self.translator.message("list-title")
    }

    fn has_errors(&self) -> bool {
        self.alert.as_ref().is_some_and(Alert::is_error)
    }

    fn help(&self) -> Option<HelpTopic> {
        Some(HelpTopic::SignInPartner)
    }
}

pub(crate) async fn show(request: &Request<'_>) -> Result<Response> {
    let signed_in = SignedIn::require(request).await?;
    let identities = request.table().partner_identities(signed_in.session.account, request.now()).await?;
    signed_in.respond(&ListPage::new(&signed_in, &identities))
}
