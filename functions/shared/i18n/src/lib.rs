//! Messages in French and English (Project Fluent), looked up in the language of a page or an email (RULES 8.1).

use std::sync::OnceLock;

use domain::language::Language;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue, concurrent::FluentBundle};
use unic_langid::{LanguageIdentifier, langid};

pub mod time;

/// The messages of one crate in both languages; each language is parsed when it is first used.
pub struct Messages {
    english: Catalogue,
    french: Catalogue,
}

struct Catalogue {
    source: &'static str,
    parsed: OnceLock<FluentBundle<FluentResource>>,
}

/// Includes `messages/en.ftl` and `messages/fr.ftl` of the calling crate as its [`Messages`].
#[macro_export]
macro_rules! messages {
    () => {
        $crate::Messages::new(
            include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/messages/en.ftl")),
            include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/messages/fr.ftl")),
        )
    };
}

impl Messages {
    /// The messages of these two Fluent sources; [`messages!`] calls it.
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
            // A source with a mistake still gives its other messages; a test refuses mistakes.
            let resource =
                FluentResource::try_new(self.source.to_owned()).unwrap_or_else(|(resource, _)| resource);
            let mut bundle = FluentBundle::new_concurrent(vec![language]);
            // Isolation marks are for mixed directions, which neither language has, and would be read out in HTML.
            bundle.set_use_isolating(false);
            bundle.add_resource_overriding(resource);
            bundle
        })
    }
}

/// The messages of a page or an email, in its language: the flow's own first, then those all share.
#[derive(Clone, Copy)]
pub struct Translator {
    language: Language,
    own: &'static Messages,
    shared: &'static Messages,
}

impl Translator {
    /// The words of `own`, then `shared`, in a language.
    #[must_use]
    pub fn new(language: Language, own: &'static Messages, shared: &'static Messages) -> Self {
        Self { language, own, shared }
    }

    /// The language.
    #[must_use]
    pub fn language(&self) -> Language {
        self.language
    }

    /// A message without variables.
    #[must_use]
    pub fn message(&self, key: &str) -> String {
        self.find(key, None)
    }

    /// A message with one variable.
    #[must_use]
    pub fn message_with<'a>(&self, key: &str, name: &'a str, value: impl Into<FluentValue<'a>>) -> String {
        let mut args = FluentArgs::with_capacity(1);
        args.set(name, value);
        self.find(key, Some(&args))
    }

    /// A message with variables.
    #[must_use]
    pub fn message_with_all(&self, key: &str, variables: &[(&str, &str)]) -> String {
        self.find(
            key,
            Some(&variables.iter().map(|(name, value)| (*name, FluentValue::from(*value))).collect()),
        )
    }

    fn find(&self, key: &str, args: Option<&FluentArgs<'_>>) -> String {
        [self.own, self.shared]
            .into_iter()
            .find_map(|messages| format(messages.catalogue(self.language), key, args))
            .unwrap_or_else(|| key.to_owned())
    }
}

fn format(bundle: &FluentBundle<FluentResource>, key: &str, args: Option<&FluentArgs<'_>>) -> Option<String> {
    let pattern = bundle.get_message(key)?.value()?;
    Some(bundle.format_pattern(pattern, args, &mut Vec::new()).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    static OWN: Messages = Messages::new("hello = Hello { $name }\n", "hello = Bonjour { $name }\n");
    static SHARED: Messages = Messages::new(
        "hello = never\nitems = { $n -> \n [one] one item\n *[other] { $n } items\n}\n",
        "items = { $n -> \n [one] { $n } chose\n *[other] { $n } choses\n}\n",
    );

    #[test]
    fn each_language_has_its_own_words_and_plurals() {
        let (en, fr) = (
            Translator::new(Language::English, &OWN, &SHARED),
            Translator::new(Language::French, &OWN, &SHARED),
        );
        assert_eq!(en.message_with("hello", "name", "Ana"), "Hello Ana");
        assert_eq!(fr.message_with_all("hello", &[("name", "Ana")]), "Bonjour Ana");
        assert_eq!(
            (en.message_with("items", "n", 0), fr.message_with("items", "n", 0)),
            ("0 items".into(), "0 chose".into())
        );
        assert_eq!(en.message("missing"), "missing");
    }
}
