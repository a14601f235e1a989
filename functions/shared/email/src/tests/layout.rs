//! How every email is laid out, whichever kind it is.

use std::{
    collections::{BTreeSet, HashSet},
    mem,
};

use domain::{contact::ReplyTo, language::Language};
use scraper::{ElementRef, Html, Selector};
use strum::EnumCount;

use super::{keys, renderer};
use crate::{ContainedLink, EmailKind, RenderedEmail, Sample, samples, samples::kinds};

/// Gmail shows no more than the first 102 kB of an email.
const LARGEST: usize = 40_000;

/// The colour of the one button that stands out.
const FILLED: &str = "#0066cc";

/// Each sample in each language.
pub(super) fn all() -> Vec<(Language, Sample)> {
    let keys = keys();
    let in_language = |language: Language| {
        let samples = samples(language, renderer(&keys, &ReplyTo::Nobody)).unwrap();
        samples.into_iter().map(move |sample| (language, sample))
    };
    Language::ALL.into_iter().flat_map(in_language).collect()
}

pub(super) fn select<'a>(document: &'a Html, selector: &str) -> Vec<ElementRef<'a>> {
    document.select(&Selector::parse(selector).unwrap()).collect()
}

fn text(element: ElementRef<'_>) -> String {
    element.text().collect::<String>().split_ascii_whitespace().collect::<Vec<_>>().join(" ")
}

fn is_filled(cell: ElementRef<'_>) -> bool {
    cell.attr("bgcolor") == Some(FILLED)
}

/// The elements of the email's card in their order.
fn content(document: &Html) -> Vec<ElementRef<'_>> {
    select(document, ".content *")
}

/// Whether an element is the code, or a button that stands out.
fn is_action(element: ElementRef<'_>) -> bool {
    let classes: Vec<_> = element.value().classes().collect();
    classes.contains(&"code") || (element.value().name() == "td" && is_filled(element))
}

/// Whether an email says something else once its code or its link has expired.
fn expires(kind: &EmailKind) -> bool {
    let is_of_action =
        |link: &ContainedLink| !matches!(link, ContainedLink::Dispute(_) | ContainedLink::Report(_));
    matches!(kind, EmailKind::Code(_) | EmailKind::AddressCode(_) | EmailKind::ActivationLinks(_))
        || kind.links().iter().any(is_of_action)
}

#[test]
fn every_kind_has_a_sample_and_one_that_is_late_if_it_expires() {
    let samples = all();
    let names = |is_late| {
        let of_time = samples.iter().filter(move |(_, sample)| sample.is_late == is_late);
        of_time.map(|(_, sample)| sample.kind.clone()).collect::<BTreeSet<_>>()
    };
    assert_eq!(names(false).len(), EmailKind::COUNT, "{:?}", names(false));
    let expiring: HashSet<_> = kinds().filter(expires).map(|kind| mem::discriminant(&kind)).collect();
    assert_eq!(names(true).len(), expiring.len(), "{:?}", names(true));
}

#[test]
fn rule_8_6_every_email_is_laid_out_by_tables_whose_styles_are_inlined() {
    for (language, Sample { kind, email, .. }) in all() {
        let document = Html::parse_document(&email.html);
        let at = format!("{kind} in {language}");
        assert!(email.html.len() < LARGEST, "{at}: {} bytes", email.html.len());
        assert_eq!(text(select(&document, "title")[0]), email.subject, "{at}");
        assert_eq!(text(select(&document, "h1")[0]), email.subject, "{at}");
        for wrapper in [select(&document, "html")[0], select(&document, "body > table")[0]] {
            assert_eq!(wrapper.attr("lang"), Some(format!("{language}-CA").as_str()), "{at}");
            assert_eq!(wrapper.attr("dir"), Some("ltr"), "{at}");
        }
        assert!(select(&document, "div, img, script, link, object, form").is_empty(), "{at}");
        for remote in ["src=", "url(", "@import", "@font-face"] {
            assert!(!email.html.contains(remote), "{at}: an email loads nothing, and it has {remote}");
        }
        for element in select(&document, "body, table, td, th, p, h1, h2, a, blockquote") {
            assert!(element.attr("style").is_some_and(|style| !style.is_empty()), "{at}: {}", element.html());
        }
        for table in select(&document, "table") {
            let is_data = table.children().filter_map(ElementRef::wrap).any(|body| {
                let mut rows = body.children().filter_map(ElementRef::wrap);
                rows.any(|row| {
                    row.children().filter_map(ElementRef::wrap).any(|cell| cell.value().name() == "th")
                })
            });
            assert_eq!(table.attr("role"), (!is_data).then_some("presentation"), "{at}: {}", table.html());
        }
        assert!(
            !email.html.contains("{{") && !email.html.contains("{%") && !email.html.contains("<!--%"),
            "{at}"
        );
    }
}

#[test]
fn rule_8_6_what_is_to_be_done_comes_first() {
    for (language, Sample { kind, email, .. }) in all() {
        let document = Html::parse_document(&email.html);
        let at = format!("{kind} in {language}: {}", email.text);
        let content = content(&document);
        let Some(action) = content.iter().position(|element| is_action(*element)) else { continue };
        let before: Vec<_> = content[..action]
            .iter()
            .filter(|element| element.value().name() == "p")
            .map(|p| text(*p))
            .collect();
        let [lead] = before.as_slice() else { panic!("{at}: one sentence, not {before:?}") };
        assert!(
            lead.ends_with('.') && !lead.trim_end_matches('.').contains(". "),
            "{at}: one sentence: {lead}"
        );
        let of_action = text(content[action]);
        let lines: Vec<_> = email.text.lines().filter(|line| !line.is_empty()).collect();
        assert_eq!(lines[..2], [lead.as_str(), of_action.as_str()], "{at}");
    }
}

#[test]
fn rule_8_6_one_button_at_most_stands_out_and_it_is_not_this_wasnt_me() {
    let mut filled = 0;
    for (language, Sample { kind, email, .. }) in all() {
        let document = Html::parse_document(&email.html);
        let at = format!("{kind} in {language}");
        let cells: Vec<_> = select(&document, "td").into_iter().filter(|cell| is_filled(*cell)).collect();
        assert!(cells.len() <= 1, "{at}: {} buttons stand out", cells.len());
        filled += cells.len();
        let links = select(&document, ".content a");
        for (nth, link) in links.iter().enumerate() {
            let cell = link.ancestors().find_map(ElementRef::wrap).unwrap();
            if link.attr("href").unwrap().contains("/dispute?") {
                assert!(
                    !is_filled(cell) && nth + 1 == links.len(),
                    "{at}: This wasn’t me is last, and outlined"
                );
            }
        }
    }
    assert!(filled > 20, "most emails with a link have a button");
}

#[test]
fn rule_8_6_the_preheader_is_the_first_text_and_says_more_than_the_subject() {
    for (language, Sample { kind, is_late, email }) in all() {
        let document = Html::parse_document(&email.html);
        let RenderedEmail { subject, preheader, .. } = &email;
        let at = format!("{kind} in {language}: “{preheader}”");
        let previews = select(&document, "body > .preview");
        assert_eq!(text(previews[0]), *preheader, "{at}");
        assert!(
            previews[0].prev_siblings().all(|node| ElementRef::wrap(node).is_none()),
            "{at}: comes first"
        );
        assert!(previews[0].attr("style").unwrap().contains("display:none"), "{at}");
        let padding: String = previews[1].text().collect();
        let only_invisible = padding.chars().all(|letter| matches!(letter, '\u{200c}' | '\u{a0}'));
        assert!(
            padding.chars().count() >= 200 && only_invisible,
            "{at}: keeps the header out of the preview"
        );
        assert!((40..=130).contains(&preheader.chars().count()), "{at}: {}", preheader.chars().count());
        assert!(!preheader.contains(subject) && !subject.contains(preheader.trim_end_matches('.')), "{at}");
        if let [code] = select(&document, ".code")[..] {
            assert!(preheader.starts_with(&text(code)) && !subject.contains(&text(code)), "{at}");
            assert!(preheader.contains("10"), "{at}: for how long");
        }
        let has_link = email.text.contains("/link?token=") || email.text.contains("/activate?token=");
        if has_link && !is_late {
            assert!(preheader.contains("30") || preheader.contains("2026"), "{at}: until when");
        }
    }
}

#[test]
fn rule_8_6_every_address_can_be_copied_and_is_in_the_text() {
    for (language, Sample { kind, email, .. }) in all() {
        let document = Html::parse_document(&email.html);
        let at = format!("{kind} in {language}");
        for link in select(&document, "a") {
            let href = link.attr("href").unwrap();
            assert!(email.text.contains(href), "{at}: the text lacks {href}");
        }
        let buttons: Vec<_> =
            select(&document, ".content a").iter().map(|a| a.attr("href").unwrap().to_owned()).collect();
        let addresses: Vec<_> = select(&document, ".address").into_iter().map(text).collect();
        assert_eq!(addresses, buttons, "{at}");
        for verbatim in select(&document, ".address, .code") {
            assert_eq!(verbatim.attr("translate"), Some("no"), "{at}");
        }
    }
}

#[test]
fn rule_8_6_every_email_is_signed_and_says_why_one_gets_it() {
    for (language, Sample { kind, email, .. }) in all() {
        let document = Html::parse_document(&email.html);
        let footer = text(select(&document, ".footer")[0]);
        let (government, copyright, why) = match language {
            Language::English => (
                "Government of Ontario",
                "© King’s Printer for Ontario, 2026",
                "We sent you this email because",
            ),
            Language::French => (
                "Gouvernement de l’Ontario",
                "© Imprimeur du Roi pour l’Ontario, 2026",
                "Nous vous avons envoyé ce courriel parce que",
            ),
        };
        assert!(text(select(&document, ".header")[0]).starts_with(government), "{kind}");
        for part in [government, copyright] {
            assert!(footer.contains(part) && email.text.contains(part), "{kind}: {part}");
        }
        // The support team knows.
        assert_eq!(footer.contains(why), kind != "Contact", "{kind}: {footer}");
        for note in select(&document, ".footer [lang]") {
            assert_eq!(note.attr("lang"), Some(format!("{}-CA", language.other()).as_str()));
        }
    }
}
