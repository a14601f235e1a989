//! The page that shows new recovery codes, once (RULES 5.9). It can be printed, and has them as a file.

use account::SignedIn;
use askama::Template;
use data_encoding::BASE64;
use domain::{Timestamp, factors::RecoveryCode};
use http_kernel::Request;
use i18n::{Translator, time};
use pages::{HelpTopic, Page};

use crate::MESSAGES;

#[derive(Template)]
#[template(path = "codes.html")]
pub(crate) struct CodesPage {
    translator: Translator,
    made: String,
    codes: Vec<String>,
    /// The address of the file, which the browser itself makes: no other request has the codes.
    file: String,
    /// Where the form posts that shows the page in the other language.
    action: String,
    csrf: String,
    form_id: String,
    next: String,
}

impl CodesPage {
    pub(crate) fn new(signed_in: &SignedIn<'_>, codes: &[RecoveryCode], made_at: Timestamp) -> Self {
        let request = &signed_in.request;
        let translator = request.translator(&MESSAGES);
        let made_at = time::in_ontario(made_at, translator.language());
        let made = translator.message_with("recovery-made", "time", &*made_at);
        let codes: Vec<_> = codes.iter().map(RecoveryCode::to_groups).collect();
        Self {
            file: file(request, translator, &made, &codes),
            made,
            codes,
            action: signed_in.href("/factors/recovery-codes"),
            csrf: request.csrf(),
            form_id: request.posted_form_id(),
            next: signed_in.href("/factors"),
            translator,
        }
    }
}

/// The codes as a text file, in a `data:` URL (RFC 2397): a link downloads it without a script.
fn file(request: &Request<'_>, translator: Translator, made: &str, codes: &[String]) -> String {
    let title = translator.message("recovery-file-title");
    let lines = [title.as_str(), &request.config().origin, made, ""];
    let note = ["", &translator.message("recovery-file-note")].map(ToOwned::to_owned);
    let lines = lines.map(ToOwned::to_owned).into_iter().chain(codes.iter().cloned()).chain(note);
    let text: String = lines.map(|line| line + "\r\n").collect();
    format!("data:text/plain;charset=utf-8;base64,{}", BASE64.encode(text.as_bytes()))
}

impl Page for CodesPage {
    const HAS_FORM: bool = true;

    fn title(&self) -> String {
        self.translator.message("codes-title")
    }

    fn help(&self) -> Option<HelpTopic> {
        Some(HelpTopic::RecoveryCodes)
    }
}
