//! A message with values that no translation program may change, such as an email address.

use askama::Template;
use i18n::Translator;

/// A message whose variables are marked with `translate="no"`: a browser that translates the page leaves them as they are.
#[derive(Template)]
#[template(path = "sentence.html")]
pub struct Sentence {
    /// Text between values, and the value after it.
    parts: Vec<(String, Option<String>)>,
}

/// The message of this id with these variables, for a template: `{{ pages::sentence(…)|safe }}`. Texts and values are
/// escaped.
#[must_use]
pub fn sentence(translator: &Translator, id: &str, variables: &[(&str, &str)]) -> Sentence {
    // Characters for private use stand for the values: no message has them.
    let marks: Vec<(char, &(&str, &str))> = ('\u{e000}'..).zip(variables).collect();
    let marked: Vec<(&str, String)> =
        marks.iter().map(|(mark, (name, _))| (*name, mark.to_string())).collect();
    let marked: Vec<(&str, &str)> = marked.iter().map(|(name, mark)| (*name, mark.as_str())).collect();
    let text = translator.message_with_all(id, &marked);
    let value =
        |end: char| marks.iter().find(|(mark, _)| *mark == end).map(|(_, (_, value))| (*value).to_owned());
    let parts = text.split_inclusive(|c| value(c).is_some()).map(|part| {
        let mut text = part.to_owned();
        let value = part.chars().next_back().and_then(value);
        if value.is_some() {
            text.pop();
        }
        (text, value)
    });
    Sentence { parts: parts.collect() }
}

/// A finished text whose email addresses are marked.
#[must_use]
pub fn with_addresses(text: &str) -> Sentence {
    let part = |word: &str| {
        let ends = |c: char| c.is_whitespace() || ".,;:".contains(c);
        let address = if word.contains('@') { word.trim_end_matches(ends) } else { "" };
        (address.to_owned(), word.get(address.len()..).unwrap_or_default().to_owned())
    };
    let mut parts = vec![(String::new(), None)];
    for (address, rest) in text.split_inclusive(char::is_whitespace).map(part) {
        if let Some(last) = parts.last_mut().filter(|_| !address.is_empty()) {
            last.1 = Some(address);
            parts.push((String::new(), None));
        }
        if let Some((last, _)) = parts.last_mut() {
            last.push_str(&rest);
        }
    }
    Sentence { parts }
}

#[cfg(test)]
mod tests {
    use domain::language::Language;
    use i18n::Messages;

    use super::*;

    static MESSAGES: Messages = Messages::new("sent = To { $email } & { $name }.", "sent = À { $email }");

    fn html(language: Language, email: &str) -> String {
        let translator = Translator::new(language, &MESSAGES, &MESSAGES);
        sentence(&translator, "sent", &[("email", email), ("name", "Ana")]).render().unwrap()
    }

    #[test]
    fn rule_8_2_values_are_not_translated_and_are_escaped() {
        let english = html(Language::English, "<b>@x.ca");
        assert_eq!(
            english,
            "To <span translate=\"no\">&#60;b&#62;@x.ca</span> &#38; <span translate=\"no\">Ana</span>."
        );
        assert_eq!(html(Language::French, "a@x.ca"), "À <span translate=\"no\">a@x.ca</span>");
    }

    #[test]
    fn rule_8_2_addresses_in_a_text_are_not_translated() {
        let html = |text| with_addresses(text).render().unwrap();
        assert_eq!(html("To a@x.ca, & on."), "To <span translate=\"no\">a@x.ca</span>, &#38; on.");
        assert_eq!(html("a@x.ca"), "<span translate=\"no\">a@x.ca</span>");
        assert_eq!(html("at last"), "at last");
    }
}
