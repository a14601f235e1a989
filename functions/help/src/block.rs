//! What answers and statements are made of.

use domain::language::Language;
use http_kernel::Request;
use i18n::{Messages, Translator};
use pages::PasswordRules;

use crate::{MESSAGES, facts::Facts, place::Place};

/// A part of an answer or a statement. Texts are the names of messages.
pub(crate) enum Block {
    /// A paragraph.
    Text(&'static str),
    /// What to do, in this order.
    Steps(&'static [&'static str]),
    /// A list in no particular order.
    List(&'static [&'static str]),
    /// A link to the page where one does it.
    Go(Place),
    /// The rules for a new password in this deployment (RULES 2.3).
    PasswordRules,
    /// The sign-in partners of this deployment.
    Partners,
}

/// A block in the language of the page.
pub(crate) enum View {
    Text(String),
    Steps(Vec<String>),
    List(Vec<String>),
    Link { href: String, label: String },
    PasswordRules(PasswordRules),
}

/// Makes views of blocks.
pub(crate) struct Writer<'a> {
    request: &'a Request<'a>,
    translator: Translator,
    facts: Facts,
}

impl<'a> Writer<'a> {
    pub(crate) fn new(request: &'a Request<'a>, messages: &'static Messages) -> Self {
        let translator = Translator::new(request.language(), messages, &MESSAGES);
        Self { request, translator, facts: Facts::new(request.config()) }
    }

    /// The message, with all facts as its variables.
    pub(crate) fn text(&self, message: &str) -> String {
        self.translator.message_with_all(message, &self.facts.variables())
    }

    pub(crate) fn views(&self, blocks: &[Block]) -> Vec<View> {
        blocks.iter().flat_map(|block| self.view(block)).collect()
    }

    fn view(&self, block: &Block) -> Vec<View> {
        let texts = |messages: &[&str]| messages.iter().map(|message| self.text(message)).collect();
        let one = match block {
            Block::Text(message) => View::Text(self.text(message)),
            Block::Steps(messages) => View::Steps(texts(messages)),
            Block::List(messages) => View::List(texts(messages)),
            Block::Go(place) => View::Link {
                href: self.request.href(place.path()),
                label: self.request.translator(&MESSAGES).message(place.label()),
            },
            Block::PasswordRules => {
                let policy = self.request.config().password_policy;
                View::PasswordRules(PasswordRules::new(self.request.translator(&MESSAGES), policy, None))
            }
            Block::Partners => return self.partners(),
        };
        vec![one]
    }

    fn partners(&self) -> Vec<View> {
        let name = |language: Language| {
            move |partner: &domain::partner::Partner| partner.name.in_language(language).to_owned()
        };
        let names: Vec<_> = self.request.config().partners_on().map(name(self.request.language())).collect();
        if names.is_empty() {
            return vec![View::Text(self.text("partners-none"))];
        }
        vec![View::Text(self.text("partners-offered")), View::List(names)]
    }
}
