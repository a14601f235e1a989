//! Choosing another factor (RULES 5.3).

use account::{SignedIn, lost_device_barred, support_link};
use askama::Template;
use domain::{
    factors::{Authenticator, Factor},
    verification::VerificationReason,
};
use http_kernel::{Request, Response, Result};
use i18n::{Translator, time};
use pages::{HelpTopic, Page};

use crate::{MESSAGES, code_page::barred_text, reason::reason};

#[derive(Template)]
#[template(path = "choose.html")]
struct ChoosePage {
    translator: Translator,
    rows: Vec<Row>,
    add: String,
    /// Where a lost authenticator is removed, if there is one.
    lost: Option<String>,
    /// While the email code does not verify, it removes nothing, either: until when, and who can help.
    barred: Option<(String, (String, String))>,
}

/// A factor of the account; without an address when it does not verify now.
struct Row {
    name: String,
    address: Option<String>,
    note: Option<String>,
}

impl Page for ChoosePage {
    const HAS_FORM: bool = false;

    fn title(&self) -> String {
        self.translator.message("choose-title")
    }

    fn help(&self) -> Option<HelpTopic> {
        Some(HelpTopic::LostDevice)
    }
}

pub(crate) async fn show(request: &Request<'_>) -> Result<Response> {
    let signed_in = SignedIn::require(request).await?;
    let request = &signed_in.request;
    let authenticators = signed_in.factors.authenticators.iter();
    let rows = authenticators.map(|authenticator| Row::authenticator(&signed_in, authenticator));
    let has_second = signed_in.factors.has_second();
    let barred = lost_device_barred(&signed_in).filter(|_| has_second);
    let page = ChoosePage {
        translator: request.translator(&MESSAGES),
        rows: rows.chain([Row::email_code(&signed_in)]).collect(),
        add: request.href("/factors/add"),
        lost: (has_second && barred.is_none()).then(|| removal_href(request)),
        barred: barred.map(|text| (text, support_link(&signed_in))),
    };
    signed_in.respond(&page)
}

/// Where the resident verifies by the email code and continues with the list of authenticators, whatever the service
/// requires: this is how a lost one is removed (RULES 5.4).
fn removal_href(request: &Request<'_>) -> String {
    http_kernel::href("/mfa?factor=email", &request.return_to().via("/factors"), request.ui_locale())
}

impl Row {
    fn authenticator(signed_in: &SignedIn<'_>, authenticator: &Authenticator) -> Self {
        let request = &signed_in.request;
        let translator = request.translator(&MESSAGES);
        let reason = reason(signed_in);
        let counts_later = (reason.requires_second_factor() && !authenticator.counts(request.now()))
            || (reason == VerificationReason::Change
                && !signed_in.factors.permits_change(authenticator, request.now()));
        let from = time::in_ontario(authenticator.counts_from, translator.language());
        let factor = Factor::Authenticator(authenticator.id);
        Self {
            name: translator.message_with("choose-app", "name", authenticator.name.as_str()),
            address: (!counts_later).then(|| request.href(&format!("/mfa?factor={factor}"))),
            note: counts_later.then(|| {
                if authenticator.in_review {
                    translator.message("choose-app-review")
                } else {
                    translator.message_with("choose-app-later", "time", &*from)
                }
            }),
        }
    }

    /// The email code is always listed. Where the service requires an authenticator, it leads to the removal of a lost
    /// one.
    fn email_code(signed_in: &SignedIn<'_>) -> Self {
        let request = &signed_in.request;
        let (translator, details) = (request.translator(&MESSAGES), signed_in.account.details());
        let name = translator.message_with("choose-email", "email", details.email.to_unicode());
        if let Some(note) = barred_text(signed_in) {
            return Self { name, address: None, note: Some(note) };
        }
        if reason(signed_in).requires_second_factor() {
            let note = translator.message("choose-email-too-little");
            return Self { name, address: Some(removal_href(request)), note: Some(note) };
        }
        Self { name, address: Some(request.href("/mfa?factor=email")), note: None }
    }
}
