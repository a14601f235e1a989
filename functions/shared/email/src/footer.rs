//! The end of every email: where help is, why one gets the email, and the signature of the government.

use domain::{Timestamp, language::Language};
use i18n::{Translator, time};

use crate::{EmailRenderer, MESSAGES};

/// The answer of the help pages to what an address is used for.
const HELP: &str = "/help/email-address";

/// The end of an email.
pub(crate) struct Footer {
    pub(crate) help: Option<Help>,
    /// Where replies go, and why the recipient gets the email.
    pub(crate) notes: Vec<String>,
    /// How to get emails in the other language, in that language.
    pub(crate) other_language: Option<(Language, String)>,
    pub(crate) copyright: String,
}

/// Where help is.
pub(crate) struct Help {
    /// What stands before and after the address.
    pub(crate) text: [String; 2],
    pub(crate) address: String,
    pub(crate) label: String,
    pub(crate) url: String,
}

/// Why somebody gets an email.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reason {
    /// The address is that of an account.
    Account,
    /// The address is that of a suspended account, whose settings nobody can open.
    SuspendedAccount,
    /// The address was that of an account until what the email is about.
    FormerAddress,
    /// Someone entered the address, and nobody has proven whose it is.
    Entered,
    /// The recipient is the support team, which needs no help and no link.
    Support,
}

impl Footer {
    pub(crate) fn new(
        reason: Reason,
        renderer: &EmailRenderer<'_>,
        translator: Translator,
        now: Timestamp,
    ) -> Self {
        let year = time::year_in_ontario(now).to_string();
        let copyright = translator.message_with("mail-copyright", "year", &year);
        let why = match reason {
            Reason::Account | Reason::SuspendedAccount => "mail-reason-account",
            Reason::FormerAddress => "mail-reason-former-address",
            Reason::Entered => "mail-reason-entered",
            Reason::Support => {
                return Self { help: None, notes: Vec::new(), other_language: None, copyright };
            }
        };
        let other = translator.language().other();
        let in_other = || Translator::new(other, &MESSAGES, &MESSAGES).message("mail-choose-language");
        Self {
            help: Some(Help::new(renderer, translator)),
            notes: vec![format!("{} {}", translator.message("mail-no-reply"), translator.message(why))],
            other_language: (reason == Reason::Account).then(|| (other, in_other())),
            copyright,
        }
    }
}

impl Help {
    fn new(renderer: &EmailRenderer<'_>, translator: Translator) -> Self {
        let text = translator.message_with("mail-help", "address", renderer.support);
        let (before, after) = text.split_once(renderer.support).unwrap_or((&text, ""));
        Self {
            text: [before.to_owned(), after.to_owned()],
            address: renderer.support.to_owned(),
            label: translator.message("mail-help-link"),
            url: format!("{}{HELP}", renderer.origin),
        }
    }
}
