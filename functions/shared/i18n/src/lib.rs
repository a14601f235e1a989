//! Messages in French and English (RULES 8.1).
//!
//! Each crate that says something to residents has two [Project Fluent] files, `messages/en.ftl` and
//! `messages/fr.ftl`, with the same message ids and variables; a test compares them. [`messages!`] embeds the files in
//! the binary. A [`Translator`] formats messages in the language of one page or email:
//!
//! ```ignore
//! static MESSAGES: Messages = i18n::messages!();
//!
//! let translator = Translator::new(Language::French, &MESSAGES, &SHARED_MESSAGES);
//! translator.message("unlock-title");
//! translator.message_with("mail-help", "address", "help@account.example");
//! ```
//!
//! Templates call the same methods: `{{ translator.message("unlock-title") }}`. Messages are plain text, which
//! templates escape. Which language a request is answered in is not decided here, but where the request is read.
//!
//! [Project Fluent]: https://projectfluent.org

use std::sync::OnceLock;

use domain::language::Language;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue, concurrent::FluentBundle};
use unic_langid::{LanguageIdentifier, langid};

pub mod country;
pub mod time;

/// The messages of one crate in both languages. Each language is parsed when it is first used.
pub struct Messages {
    english: Catalogue,
    french: Catalogue,
}

struct Catalogue {
    source: &'static str,
    parsed: OnceLock<FluentBundle<FluentResource>>,
}

/// The [`Messages`] of the calling crate, from its files `messages/en.ftl` and `messages/fr.ftl`, or from those of a folder
/// in `messages`.
#[macro_export]
macro_rules! messages {
    () => {
        $crate::messages!("messages", "")
    };
    ($folder:literal) => {
        $crate::messages!("messages/", $folder)
    };
    ($parent:literal, $folder:literal) => {
        $crate::Messages::new(
            include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/", $parent, $folder, "/en.ftl")),
            include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/", $parent, $folder, "/fr.ftl")),
        )
    };
}

impl Messages {
    /// Messages from two Fluent sources. Use [`messages!`] instead, except in tests.
    #[must_use]
    pub const fn new(english: &'static str, french: &'static str) -> Self {
        Self { english: Catalogue::new(english), french: Catalogue::new(french) }
    }

    fn catalogue(&self, language: Language) -> &FluentBundle<FluentResource> {
        match language {
            Language::English => self.english.parsed(langid!("en-CA")),
            Language::French => self.french.parsed(langid!("fr-CA")),
        }
    }
}

impl Catalogue {
    const fn new(source: &'static str) -> Self {
        Self { source, parsed: OnceLock::new() }
    }

    fn parsed(&self, language: LanguageIdentifier) -> &FluentBundle<FluentResource> {
        self.parsed.get_or_init(|| {
            // The valid messages of a source with a syntax error are still used; a test finds the error.
            let resource =
                FluentResource::try_new(self.source.to_owned()).unwrap_or_else(|(resource, _)| resource);
            let mut bundle = FluentBundle::new_concurrent(vec![language]);
            // Isolation marks separate text of different directions. Both languages are written from left to right, and
            // screen readers may announce the marks.
            bundle.set_use_isolating(false);
            bundle.add_resource_overriding(resource);
            bundle
        })
    }
}

/// Formats messages in the language of one page or email. An id is looked up among the messages of a flow first, then
/// among those that all flows share.
///
/// An id without a message, or a message without the value of a variable, panics in a debug build, so that tests find it.
/// In a release build the id or the variable formats as itself, so that a mistake doesn't fail a request.
#[derive(Clone, Copy)]
pub struct Translator {
    language: Language,
    flow: &'static Messages,
    shared: &'static Messages,
}

impl Translator {
    /// A translator into `language`. A crate without shared messages passes the same ones twice.
    #[must_use]
    pub fn new(language: Language, flow: &'static Messages, shared: &'static Messages) -> Self {
        Self { language, flow, shared }
    }

    /// The language that it translates into.
    #[must_use]
    pub fn language(&self) -> Language {
        self.language
    }

    /// A message without variables.
    #[must_use]
    pub fn message(&self, id: &str) -> String {
        self.format(id, None)
    }

    /// A message with one variable. A number selects the plural form that the message has for it.
    #[must_use]
    pub fn message_with<'a>(&self, id: &str, name: &'a str, value: impl Into<FluentValue<'a>>) -> String {
        let mut args = FluentArgs::with_capacity(1);
        args.set(name, value);
        self.format(id, Some(&args))
    }

    /// A message with several variables, as pairs of name and value.
    #[must_use]
    pub fn message_with_all(&self, id: &str, variables: &[(&str, &str)]) -> String {
        self.format(
            id,
            Some(&variables.iter().map(|(name, value)| (*name, FluentValue::from(*value))).collect()),
        )
    }

    fn format(&self, id: &str, args: Option<&FluentArgs<'_>>) -> String {
        [self.flow, self.shared]
            .into_iter()
            .find_map(|messages| format_in(messages.catalogue(self.language), id, args))
            .unwrap_or_else(|| {
                debug_assert!(false, "no message {id}");
                id.to_owned()
            })
    }
}

fn format_in(
    bundle: &FluentBundle<FluentResource>,
    id: &str,
    args: Option<&FluentArgs<'_>>,
) -> Option<String> {
    let pattern = bundle.get_message(id)?.value()?;
    let mut errors = Vec::new();
    let text = bundle.format_pattern(pattern, args, &mut errors).into_owned();
    debug_assert!(errors.is_empty(), "message {id}: {errors:?}");
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    static FLOW: Messages = Messages::new("hello = Hello { $name }\n", "hello = Bonjour { $name }\n");
    static SHARED: Messages = Messages::new(
        "hello = never\nitems = { $n -> \n [one] one item\n *[other] { $n } items\n}\n",
        "items = { $n -> \n [one] { $n } chose\n *[other] { $n } choses\n}\n",
    );

    #[test]
    fn each_language_has_its_own_messages_and_plurals() {
        let (en, fr) = (
            Translator::new(Language::English, &FLOW, &SHARED),
            Translator::new(Language::French, &FLOW, &SHARED),
        );
        assert_eq!(en.message_with("hello", "name", "Ana"), "Hello Ana");
        assert_eq!(fr.message_with_all("hello", &[("name", "Ana")]), "Bonjour Ana");
        assert_eq!(
            (en.message_with("items", "n", 0), fr.message_with("items", "n", 0)),
            ("0 items".into(), "0 chose".into())
        );
    }

    #[test]
    #[should_panic(expected = "no message missing")]
    fn rule_8_1_a_missing_message_fails_a_test() {
        let _ = Translator::new(Language::English, &FLOW, &SHARED).message("missing");
    }

    #[test]
    #[should_panic(expected = "message hello")]
    fn rule_8_1_a_missing_value_of_a_variable_fails_a_test() {
        let _ = Translator::new(Language::English, &FLOW, &SHARED).message("hello");
    }
}
