//! The colours of every email, in the light and the dark scheme.

use std::collections::BTreeSet;

use scraper::{ElementRef, Html};

use super::layout::{all, select};
use crate::Sample;

/// The contrast of texts that WCAG 1.4.3 asks for.
const TEXT: f64 = 4.5;

/// The contrast of a button's boundary that WCAG 1.4.11 asks for.
const BOUNDARY: f64 = 3.0;

/// A declaration for the elements of a class.
type Rule = (String, String, String);

/// The rules that are in effect in the dark scheme.
fn dark_rules(styles: &str) -> Vec<Rule> {
    let dark = styles.split_once("@media (prefers-color-scheme: dark) {").unwrap().1;
    rules(dark.split_once("\n}").unwrap().0, ".")
}

/// The rules of a stylesheet whose selectors begin so.
fn rules(styles: &str, selector: &str) -> Vec<Rule> {
    let blocks = styles.split('}').filter_map(|block| block.split_once('{'));
    let rules = blocks.flat_map(|(selectors, declarations)| {
        let classes = selectors.split(',').filter_map(|one| one.trim().strip_prefix(selector));
        let declarations: Vec<_> = declarations.split(';').filter_map(|one| one.split_once(':')).collect();
        let of_class = move |class: &str| {
            let to_rule = |(name, value): &(&str, &str)| {
                let value = value.replace("!important", "");
                (class.trim_start_matches('.').to_owned(), name.trim().to_owned(), value.trim().to_owned())
            };
            declarations.iter().map(to_rule).collect::<Vec<_>>()
        };
        classes.flat_map(of_class).collect::<Vec<_>>()
    });
    rules.collect()
}

/// A property of an element: by the rules of a scheme, or by its style.
fn own(element: ElementRef<'_>, property: &str, scheme: &[Rule]) -> Option<String> {
    let is_meant =
        |(class, name, _): &&Rule| name == property && element.value().classes().any(|own| own == class);
    let of_scheme = scheme.iter().rev().find(is_meant).map(|(_, _, value)| value.clone());
    let of_style = || {
        let declarations = element.attr("style").unwrap_or_default().split(';');
        let mut values = declarations.filter_map(|one| one.split_once(':'));
        values.find(|(name, _)| *name == property).map(|(_, value)| value.to_owned())
    };
    of_scheme.or_else(of_style)
}

/// A property of an element, or of the nearest one around it that has it.
fn inherited(element: ElementRef<'_>, property: &str, scheme: &[Rule]) -> String {
    let around = element.ancestors().filter_map(ElementRef::wrap);
    let found = std::iter::once(element).chain(around).find_map(|element| own(element, property, scheme));
    found.unwrap_or_else(|| panic!("no {property}: {}", element.html()))
}

/// The contrast of two colours (WCAG 2.2, *contrast ratio*).
fn contrast(one: &str, other: &str) -> f64 {
    let luminance = |colour: &str| {
        let channel = |nth: usize| {
            let value = u8::from_str_radix(&colour[1 + 2 * nth..3 + 2 * nth], 16);
            let share =
                f64::from(value.unwrap_or_else(|_| panic!("a colour with six digits, not {colour}"))) / 255.0;
            if share <= 0.040_45 { share / 12.92 } else { ((share + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * channel(0) + 0.7152 * channel(1) + 0.0722 * channel(2)
    };
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

#[test]
fn rule_8_6_texts_and_buttons_stand_out_in_both_schemes() {
    assert!((contrast("#ffffff", "#000000") - 21.0).abs() < 0.01 && contrast("#777777", "#ffffff") < TEXT);
    for (language, Sample { kind, email, .. }) in all() {
        let document = Html::parse_document(&email.html);
        let styles: String = select(&document, "style").into_iter().flat_map(|style| style.text()).collect();
        for (scheme, rules) in [("light", Vec::new()), ("dark", dark_rules(&styles))] {
            let at = format!("{kind} in {language}, {scheme}");
            let texts = select(&document, "body *").into_iter().filter(|element| {
                let has_text = element
                    .children()
                    .any(|node| node.value().as_text().is_some_and(|text| !text.trim().is_empty()));
                has_text && !element.value().classes().any(|class| class == "preview")
            });
            for element in texts {
                let ratio = contrast(
                    &inherited(element, "color", &rules),
                    &inherited(element, "background-color", &rules),
                );
                assert!(ratio >= TEXT, "{at}: {ratio:.2}:1 for {}", element.html());
            }
            for button in select(&document, ".filled, .outlined") {
                let border = own(button, "border-color", &rules).or_else(|| {
                    own(button, "border", &rules)?.split_once('#').map(|(_, hex)| format!("#{hex}"))
                });
                let around = ElementRef::wrap(button.parent().unwrap()).unwrap();
                let ratio = contrast(&border.unwrap(), &inherited(around, "background-color", &rules));
                assert!(ratio >= BOUNDARY, "{at}: {ratio:.2}:1 around {}", button.html());
            }
        }
    }
}

/// Outlook.com has no media query for the dark scheme, and marks what it changed by attributes.
#[test]
fn rule_8_6_the_dark_scheme_of_outlook_is_the_same() {
    let (_, Sample { email, .. }) = all().remove(0);
    let document = Html::parse_document(&email.html);
    let styles: Vec<String> =
        select(&document, "style").into_iter().map(|style| style.text().collect()).collect();
    let [colours, fills] = ["[data-ogsc]", "[data-ogsb]"].map(|attribute| rules(&styles[1], attribute));
    assert!(fills.iter().all(|(_, name, _)| name == "background-color"), "{fills:?}");
    let without_dot =
        |(class, name, value): Rule| (class.trim().trim_start_matches('.').to_owned(), name, value);
    let outlook: BTreeSet<_> = colours.into_iter().chain(fills).map(without_dot).collect();
    assert_eq!(outlook, dark_rules(&styles[0]).into_iter().collect());
}
