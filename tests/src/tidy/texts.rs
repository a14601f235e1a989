//! How messages read: their language, their typography, their words and how hard they are to read
//! (`docs/develop/words.md`).

use fluent_syntax::ast::{Entry, Expression, InlineExpression, Pattern, PatternElement};
use whatlang::{Detector, Lang};

use super::{MESSAGES, files, read, root};

const LANGUAGES: [(&str, &str, Lang); 2] = [("en", "English", Lang::Eng), ("fr", "French", Lang::Fra)];

/// A text shorter than this has too few letters to tell its language by.
const TELLING_LETTERS: usize = 30;

/// How sure the detector has to be that an English text is French: many English words are of French origin. No French text
/// is taken for an English one.
const CONFIDENCE: f64 = 0.6;

/// The grade, by the formula of Flesch and Kincaid, that all English sentences together have at most.
const GRADE: f64 = 6.0;

/// The grade that each English sentence has at most. In sentences of fewer than [`LONG_SENTENCE`] words, one long word decides.
const SENTENCE_GRADE: f64 = 11.0;

const LONG_SENTENCE: usize = 8;

/// Words with which a number has to stay on one line.
const UNITS: [&str; 14] = [
    "caractère",
    "caractères",
    "seconde",
    "secondes",
    "minute",
    "minutes",
    "heure",
    "heures",
    "jour",
    "jours",
    "h",
    "ans",
    "%",
    "$",
];

/// One text of a message: each of its variants is one. Variables are their names in braces.
struct Text {
    /// The crate and key of the message.
    id: String,
    text: String,
}

/// The texts of all messages in a language.
fn texts(language: &str) -> Vec<Text> {
    let name = format!("{language}.ftl");
    let mut found = Vec::new();
    for file in files(&MESSAGES, &[&name]) {
        let folder = super::folder_of(&file);
        let source = read(&file);
        let resource = fluent_syntax::parser::parse(source.as_str()).unwrap();
        for entry in &resource.body {
            let Entry::Message(message) = entry else { continue };
            let texts = message.value.as_ref().map(variants).unwrap_or_default();
            let id = format!("{folder}: {}", message.id.name);
            found.extend(texts.into_iter().map(|text| Text { id: id.clone(), text }));
        }
    }
    assert!(found.len() > 400, "{}", found.len());
    found
}

/// Each text that a pattern can be.
fn variants(pattern: &Pattern<&str>) -> Vec<String> {
    let mut texts = vec![String::new()];
    for element in &pattern.elements {
        let parts = match element {
            PatternElement::TextElement { value } => vec![(*value).to_owned()],
            PatternElement::Placeable { expression: Expression::Select { variants: all, .. } } => {
                all.iter().flat_map(|variant| variants(&variant.value)).collect()
            }
            PatternElement::Placeable {
                expression: Expression::Inline(InlineExpression::VariableReference { id }),
            } => vec![format!("{{{}}}", id.name)],
            PatternElement::Placeable { .. } => panic!("a message has an expression of another kind"),
        };
        texts = texts.iter().flat_map(|text| parts.iter().map(move |part| format!("{text}{part}"))).collect();
    }
    texts
}

/// Fails with every text that `find_fault` finds a fault in.
fn assert_none(texts: &[Text], find_fault: impl Fn(&str) -> Option<String>) {
    let faults: Vec<_> = texts
        .iter()
        .filter_map(|Text { id, text }| Some(format!("{id}: {}: {text}", find_fault(text)?)))
        .collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// A text without the names of its variables.
fn without_variables(text: &str) -> String {
    let mut rest = text.split('{');
    let first = rest.next().unwrap_or_default().to_owned();
    rest.fold(first, |text, part| text + part.split_once('}').map_or(part, |(_, after)| after))
}

/// The words of a text, without what stands around them, in lower case.
fn words(text: &str) -> Vec<String> {
    let words = text.split(|letter: char| !letter.is_alphanumeric() && !"-’@".contains(letter));
    words.filter(|word| word.chars().any(char::is_alphabetic)).map(str::to_lowercase).collect()
}

#[test]
fn rule_8_1_each_message_is_in_its_language() {
    for (language, _, expected) in LANGUAGES {
        assert_none(&texts(language), |text| of_another_language(text, expected));
        let planted = if expected == Lang::Eng {
            "Votre compte est verrouillé. Nous vous enverrons un lien par courriel."
        } else {
            "Your account is locked. We will send you a link by email."
        };
        assert!(of_another_language(planted, expected).is_some());
    }
}

fn of_another_language(text: &str, expected: Lang) -> Option<String> {
    let text = without_variables(text);
    if text.chars().filter(|letter| letter.is_alphabetic()).count() < TELLING_LETTERS {
        return None;
    }
    let detector = Detector::with_allowlist(vec![Lang::Eng, Lang::Fra]);
    let found = detector.detect(&text)?;
    let needed = if expected == Lang::Eng { CONFIDENCE } else { 0.0 };
    let is_other = found.lang() != expected && found.confidence() > needed;
    let [own, other] = if expected == Lang::Eng { [ENGLISH, FRENCH] } else { [FRENCH, ENGLISH] };
    let count = |list: &[&str]| words(&text).iter().filter(|word| list.contains(&word.as_str())).count();
    let is_other = is_other || (count(other) >= 3 && count(other) > count(own));
    is_other.then(|| format!("reads as {}", found.lang().eng_name()))
}

/// Frequent words of each language that the other one does not have.
const ENGLISH: &[&str] =
    &["the", "your", "you", "we", "will", "this", "of", "and", "with", "is", "are", "not", "it", "by", "can"];
const FRENCH: &[&str] =
    &["votre", "vous", "nous", "le", "la", "les", "de", "du", "des", "un", "une", "et", "est", "par", "pour"];

#[test]
fn rule_8_1_messages_have_the_typography_of_their_language() {
    assert_none(&texts("en"), straight_quotes);
    assert_none(&texts("fr"), french_typography);
    assert!(straight_quotes("Confirm it's you").is_some());
    for faulty in [
        "L'adresse",
        "Clé: x",
        "Clé : x",
        "Clé :",
        "Le « lien",
        "«\u{a0}lien » ici",
        "«lien»",
        "Perdu ?",
        "Perdu\u{a0}?",
        "fermée ;",
        "pendant 30 minutes",
        "jusqu’à {days} jours",
        "dans {count} heures.",
        "99 %",
        "2 000\u{a0}caractères",
        "à 19\u{a0}h 57",
        "à 19 h\u{a0}57",
    ] {
        assert!(french_typography(faulty).is_some(), "{faulty}");
    }
    let right = "Voir https://exemple.ca\u{a0}: «\u{a0}2\u{a0}000\u{a0}caractères\u{a0}» dans 30\u{a0}minutes, à 19\u{a0}h\u{a0}57; perdu?";
    assert_eq!(french_typography(right), None);
}

fn straight_quotes(text: &str) -> Option<String> {
    let found = text.chars().find(|letter| "'\"`".contains(*letter))?;
    Some(format!("has {found}, not ’ or “”"))
}

fn french_typography(text: &str) -> Option<String> {
    let letters: Vec<char> = text.chars().collect();
    let at = |index: Option<usize>| index.and_then(|index| letters.get(index).copied());
    let spaces = letters.iter().enumerate().find_map(|(index, letter)| {
        let (before, after) = (at(index.checked_sub(1)), at(Some(index + 1)));
        let is_right = match letter {
            // The colon of an address is not punctuation.
            ':' => after == Some('/') || before == Some('\u{a0}'),
            '«' => after == Some('\u{a0}'),
            '»' => before == Some('\u{a0}'),
            '?' | '!' | ';' => !before.is_some_and(char::is_whitespace),
            _ => true,
        };
        (!is_right).then(|| format!("has a wrong space at {letter}"))
    });
    straight_quotes(text).or(spaces).or_else(|| number_that_breaks(text))
}

/// A number that an ordinary space separates from its unit, or from its next three digits.
fn number_that_breaks(text: &str) -> Option<String> {
    let parts: Vec<&str> = text.split(' ').collect();
    parts.windows(2).find_map(|pair| {
        let ends_in_number = pair[0].ends_with(|last: char| last.is_ascii_digit())
            || ["{count}", "{days}", "{hours}", "{minutes}"].iter().any(|number| pair[0].ends_with(number))
            || pair[0].ends_with("\u{a0}h");
        let next = pair[1].trim_end_matches(['.', ',', ';', '?', '!', ')']);
        let next = next.split('\u{a0}').next().unwrap_or_default();
        let belongs =
            UNITS.contains(&next) || next.chars().next().is_some_and(|first| first.is_ascii_digit());
        (ends_in_number && belongs).then(|| format!("can break between {} and {}", pair[0], pair[1]))
    })
}

#[test]
fn rule_8_1_numbers_are_numerals() {
    for (language, ..) in LANGUAGES {
        assert_none(&texts(language), number_in_words);
    }
    for faulty in ["after five attempts", "Wait. You have ten codes", "(six chiffres)", "au plus cinq codes"]
    {
        assert!(number_in_words(faulty).is_some(), "{faulty}");
    }
    for right in
        ["Ten codes were entered. Five are left.", "Codes: 5, in two ways", "« Cinq codes »", "ten-digit"]
    {
        assert_eq!(number_in_words(right), None, "{right}");
    }
}

/// A number from 4 on in words. At the start of a sentence it has a capital letter, and is right.
fn number_in_words(text: &str) -> Option<String> {
    let text = without_variables(text);
    let words = text.split(|letter: char| !letter.is_alphanumeric() && !"-’".contains(letter));
    let found = words.into_iter().find(|word| NUMBERS.contains(word))?;
    Some(format!("has “{found}” in words"))
}

/// Numbers from 4 on in both languages.
const NUMBERS: &[&str] = &[
    "four", "five", "six", "seven", "eight", "nine", "ten", "twelve", "fifteen", "twenty", "thirty",
    "quatre", "cinq", "sept", "huit", "neuf", "dix", "douze", "quinze", "vingt", "trente",
];

#[test]
fn rule_8_1_no_message_has_a_word_to_avoid() {
    for (language, name, _) in LANGUAGES {
        let avoided = words_to_avoid(name);
        assert!(avoided.len() > 15, "{avoided:?}");
        assert_none(&texts(language), |text| word_to_avoid(text, &avoided));
        for word in &avoided {
            assert!(word_to_avoid(&format!("{{word}}, {word}."), &avoided).is_some(), "{word}");
        }
    }
}

/// The words that `docs/develop/words.md` lists for a language.
fn words_to_avoid(language: &str) -> Vec<String> {
    let text = read(root().join("docs/develop/words.md"));
    let list = text.split("## Words to avoid").nth(1).unwrap();
    let row = list.lines().find(|line| line.starts_with(&format!("| {language} |"))).unwrap();
    row.split('`').skip(1).step_by(2).map(str::to_lowercase).collect()
}

fn word_to_avoid(text: &str, avoided: &[String]) -> Option<String> {
    let text = format!(" {} ", words(&without_variables(text)).join(" "));
    let found = avoided.iter().find(|word| text.contains(&format!(" {word} ")))?;
    Some(format!("has “{found}”"))
}

#[test]
fn rule_8_1_a_sign_in_partner_is_named_in_full() {
    assert_none(&texts("en"), partner_alone);
    assert_none(&texts("fr"), partner_alone);
    for faulty in
        ["Remove your partner", "Partners", "Retirez le partenaire.", "Vos partenaires, comme une banque"]
    {
        assert!(partner_alone(faulty).is_some(), "{faulty}");
    }
}

/// *Partner* without *sign-in* can mean a spouse (docs/develop/words.md).
fn partner_alone(text: &str) -> Option<String> {
    let words = words(&without_variables(text));
    let is_alone = |(index, word): (usize, &String)| match word.as_str() {
        "partner" | "partners" => index == 0 || words[index - 1] != "sign-in",
        "partenaire" | "partenaires" => words.get(index + 2).is_none_or(|word| word != "connexion"),
        _ => false,
    };
    words.iter().enumerate().any(is_alone).then(|| "has a partner alone".to_owned())
}

#[test]
fn rule_8_1_english_is_easy_to_read() {
    let texts = texts("en");
    let all_sentences: Vec<_> = texts.iter().flat_map(|text| sentences(&text.text)).collect();
    assert!(all_sentences.len() > 500, "{}", all_sentences.len());
    let all = grade(all_sentences.iter().map(String::as_str));
    assert!(all < GRADE, "all messages together are at grade {all:.1}");
    assert_none(&texts, |text| sentences(text).iter().find_map(|sentence| hard_sentence(sentence)));
    let hard = "Verification of your authentication application was unsuccessful because synchronization is unavailable.";
    assert!(hard_sentence(hard).is_some());
    let long = "If you have an account and you want to use it again, then you have to open the link that we sent to you, which is in \
        the email that you got from us not long ago, and then you need to tell us that it was you who asked us for it.";
    assert!(hard_sentence(long).is_some());
}

/// The sentences of a text. A label is none.
fn sentences(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut open = Vec::new();
    for word in text.split_whitespace() {
        open.push(word);
        if word.trim_end_matches(['”', ')']).ends_with(['.', '?', '!', ':']) {
            found.push(open.join(" "));
            open.clear();
        }
    }
    found
}

fn hard_sentence(sentence: &str) -> Option<String> {
    let grade = grade([sentence].into_iter());
    let is_hard = sentence.split(' ').count() >= LONG_SENTENCE && grade > SENTENCE_GRADE;
    is_hard.then(|| format!("has a sentence at grade {grade:.1} (“{sentence}”)"))
}

/// The grade of sentences by the formula of Flesch and Kincaid.
fn grade<'a>(sentences: impl Iterator<Item = &'a str>) -> f64 {
    let (mut count, mut words, mut syllables) = (0.0, 0.0, 0.0);
    for sentence in sentences {
        count += 1.0;
        for (index, word) in
            sentence.split(' ').enumerate().filter(|(_, word)| word.contains(char::is_alphanumeric))
        {
            words += 1.0;
            syllables += syllables_of(word, index == 0);
        }
    }
    0.39 * words / count + 11.8 * syllables / words - 15.59
}

/// About how many syllables a word has. A name has two at most: nobody can choose a shorter one.
fn syllables_of(word: &str, is_first: bool) -> f64 {
    let is_name = !is_first && word.trim_start_matches(['“', '(']).starts_with(char::is_uppercase);
    let letters: String = word.to_lowercase().chars().filter(char::is_ascii_alphabetic).collect();
    let is_vowel = |letter: char| "aeiouy".contains(letter);
    let groups = letters.split(|letter| !is_vowel(letter)).filter(|group| !group.is_empty()).count();
    let is_silent = letters.ends_with('e') && !letters.ends_with("le")
        || letters.ends_with("ed") && !letters.ends_with("ted") && !letters.ends_with("ded");
    let syllables = groups.saturating_sub(usize::from(is_silent)).max(1);
    let syllables = if is_name { syllables.min(2) } else { syllables };
    f64::from(u32::try_from(syllables).unwrap())
}
