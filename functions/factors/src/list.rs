//! The list of the account's factors.

use account::SignedIn;
use askama::Template;
use domain::factors::{Authenticator, authenticator::MOST};
use http_kernel::{Request, Response, Result};
use i18n::{Translator, time};
use pages::{HelpTopic, Page};

use crate::{MESSAGES, recovery_codes::status};

#[derive(Template)]
#[template(path = "list.html")]
struct ListPage {
    translator: Translator,
    email: String,
    barred: Option<String>,
    rows: Vec<Row>,
    /// Whether the code by email is off.
    is_email_off: bool,
    /// Where it is turned off or on, if the account can do without it.
    switch: Option<String>,
    /// The state of the recovery codes, if there are any.
    recovery_codes: Option<Vec<String>>,
    /// The advice to make new ones when few are left.
    few: Option<String>,
    /// Where recovery codes are made.
    make: String,
    /// Where another authenticator is added, if there is room.
    add: Option<String>,
    /// The address and label of the link that continues to the service.
    to_service: Option<(String, String)>,
}

struct Row {
    name: String,
    added: String,
    used: String,
    later: Option<String>,
    remove: String,
}

pub(crate) async fn show(request: &Request<'_>) -> Result<Response> {
    let signed_in = SignedIn::require(request).await?;
    signed_in.respond(&ListPage::new(&signed_in))
}

impl ListPage {
    fn new(signed_in: &SignedIn<'_>) -> Self {
        let request = &signed_in.request;
        let (translator, details) = (request.translator(&MESSAGES), signed_in.account.details());
        let format = |at| time::in_ontario(at, translator.language());
        let row = |authenticator: &Authenticator| Row {
            name: authenticator.name.as_str().to_owned(),
            added: translator.message_with("list-added", "time", &*format(authenticator.enrolled_at)),
            used: translator.message_with("list-used", "time", &*format(authenticator.used_at)),
            later: (!authenticator.counts(request.now())).then(|| {
                if authenticator.in_review {
                    translator.message("list-review")
                } else {
                    translator.message_with("list-later", "time", &*format(authenticator.counts_from))
                }
            }),
            remove: signed_in.href(&format!("/factors/remove?app={}", authenticator.id)),
        };
        let barred = signed_in.factors.email_code_barred(details, request.now());
        let to_service = signed_in.interaction.as_ref().map(|interaction| {
            let name = interaction.service.name(translator.language());
            let label = translator.message_with("way-to-service", "service", name);
            (signed_in.href("/authorize/continue"), label)
        });
        let authenticators = &signed_in.factors.authenticators;
        let codes = signed_in.factors.recovery_codes.as_ref();
        Self {
            email: details.email.to_unicode(),
            barred: barred.map(|until| translator.message_with("list-barred", "time", &*format(until))),
            rows: authenticators.iter().map(row).collect(),
            add: (authenticators.len() < MOST).then(|| signed_in.href("/factors/add")),
            is_email_off: signed_in.factors.is_email_code_off(request.now()),
            switch: signed_in
                .factors
                .can_spare_email_code(request.now())
                .then(|| signed_in.href("/factors/email-code")),
            recovery_codes: codes.map(|codes| status(translator, codes, signed_in)),
            few: codes.filter(|codes| codes.are_few()).map(|_| translator.message("recovery-few")),
            make: signed_in.href("/factors/recovery-codes"),
            to_service,
            translator,
        }
    }
}

impl Page for ListPage {
    const HAS_FORM: bool = false;

    fn title(&self) -> String {
        self.translator.message("list-title")
    }

    fn help(&self) -> Option<HelpTopic> {
        Some(HelpTopic::AuthenticatorApps)
    }
}
