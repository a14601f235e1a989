//! The strength of new passwords: a compiled list of the most common leaked ones, and an estimator (RULES 2.3).

use fst::Set;
use zxcvbn::zxcvbn;

use crate::{
    password::{PRODUCT_NAMES, SHORTEST_LOCAL_PART},
    work::{self, CostlyWork},
};

/// The most common leaked passwords in lower case, as a finite state set that needs no loading.
static LEAKED: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/leaked.fst"));

/// The minimum number of guesses, as a power of ten: the estimate for eight random characters. The estimator's own step
/// "safely unguessable" is slightly higher and would make nine the minimum length.
const FEWEST_GUESSES: f64 = 7.99;

/// How much of a password is estimated, in characters. The work grows with more than the square of the length.
const ESTIMATED: usize = 32;

/// How many ways to read look-alikes as letters the estimator may try. It searches the dictionaries once for each.
const MOST_READINGS: usize = 16;

/// The letters that the estimator reads look-alikes as (`L33T_TABLE` of the crate `zxcvbn`).
const LOOK_ALIKES: [(char, &[char]); 12] = [
    ('a', &['4', '@']),
    ('b', &['8']),
    ('c', &['(', '{', '[', '<']),
    ('e', &['3']),
    ('g', &['6', '9']),
    ('i', &['1', '!', '|']),
    ('l', &['1', '|', '7']),
    ('o', &['0']),
    ('s', &['$', '5']),
    ('t', &['+', '7']),
    ('x', &['%']),
    ('z', &['2']),
];

/// The letters whose look-alikes become one character, in this order, while there are more than [`MOST_READINGS`].
const MERGED: [char; 6] = ['c', 'i', 't', 'a', 'g', 's'];

/// Whether the password contains the email's local part or a name of the product.
pub(crate) fn is_personal(text: &str, local_part: &str) -> bool {
    let lower = text.to_lowercase();
    let letters: String = lower.chars().filter(|c| c.is_alphanumeric()).collect();
    let holds_local = local_part.len() >= SHORTEST_LOCAL_PART && lower.contains(local_part);
    holds_local || PRODUCT_NAMES.iter().any(|name| letters.contains(name))
}

/// Whether the password is leaked, or similar enough to common ones that few guesses find it. The work is bounded for every
/// text (RULES 3.11).
pub(crate) fn is_common(text: &str, local_part: &str) -> bool {
    work::record(CostlyWork::Estimate);
    let known: Vec<&str> = PRODUCT_NAMES
        .iter()
        .copied()
        .chain(["ontario", local_part])
        .filter(|word| !word.is_empty())
        .collect();
    is_leaked(&text.to_lowercase()) || zxcvbn(&estimated(text), &known).guesses_log10() < FEWEST_GUESSES
}

/// The part of the password that is estimated, with few ways to read its look-alikes. It is at most as strong as the password.
fn estimated(text: &str) -> String {
    let mut part: String = text.chars().take(ESTIMATED).collect();
    for letter in MERGED {
        if readings(&part) <= MOST_READINGS {
            break;
        }
        let look_alikes = LOOK_ALIKES.iter().find(|(of, _)| *of == letter).map_or(&[][..], |(_, all)| *all);
        if let Some(one) = part.chars().find(|c| look_alikes.contains(c)) {
            part = part.chars().map(|c| if look_alikes.contains(&c) { one } else { c }).collect();
        }
    }
    part
}

/// The maximum number of ways in which the estimator reads the look-alikes of a text as letters.
fn readings(text: &str) -> usize {
    // A character that stands for two letters is read as either.
    let letters_of = |c: &char| LOOK_ALIKES.iter().filter(|(_, all)| all.contains(c)).count();
    let of_letter = |all: &[char]| all.iter().filter(|c| text.contains(**c)).map(letters_of).sum::<usize>();
    LOOK_ALIKES.iter().map(|(_, all)| of_letter(all).max(1)).product()
}

fn is_leaked(lower: &str) -> bool {
    Set::new(LEAKED).is_ok_and(|set| set.contains(lower))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_list_is_there() {
        let set = Set::new(LEAKED).unwrap();
        assert!(set.len() > 20_000, "{}", set.len());
        assert!(is_leaked("123456") && is_leaked("p@ssw0rd") && !is_leaked("vk9#qlw2"));
    }

    #[test]
    fn rule_3_11_the_estimator_reads_the_look_alikes_of_the_list_and_no_others() {
        // Words with one letter that occurs in no other place of a common word of the same shape.
        let words = [
            "dragon", "bubbles", "chicken", "freedom", "ginger", "silver", "letmein", "cookie", "summer",
            "tigger", "maxwell", "pizza", "hunter", "jordan", "killer", "phoenix", "qwerty", "victor",
            "yellow", "whatever", "naughty",
        ];
        let mut found = std::collections::BTreeSet::new();
        for word in words {
            for letter in word.chars().collect::<std::collections::BTreeSet<_>>() {
                for c in (' '..='~').filter(|c| !c.is_ascii_alphabetic()) {
                    let text = word.replace(letter, &c.to_string());
                    let is_read = zxcvbn(&text, &[]).sequence().iter().any(|part| match &part.pattern {
                        zxcvbn::matching::patterns::MatchPattern::Dictionary(dictionary) => {
                            dictionary.sub.as_ref().is_some_and(|sub| sub.get(&c) == Some(&letter))
                        }
                        _ => false,
                    });
                    if is_read {
                        found.insert((letter, c));
                    }
                }
            }
        }
        let listed = LOOK_ALIKES.iter().flat_map(|(letter, all)| all.iter().map(|c| (*letter, *c)));
        assert_eq!(found, listed.collect());
    }

    #[test]
    fn rule_3_11_what_is_estimated_is_bounded_and_no_stronger_than_the_password() {
        let all: String = LOOK_ALIKES.iter().flat_map(|(_, all)| all.iter()).collect();
        assert_eq!(readings("vK9#qLw2-zebra"), 1);
        assert_eq!(estimated("l33t 1! 4@"), "l33t 1! 4@", "an ordinary password stays as it is");
        assert!(readings(&all) > 1000, "{}", readings(&all));
        assert!(!is_common(&all, "ana"), "merged, it is still long");
        for text in [all.repeat(6), "x".repeat(100_000), "🦉".repeat(600)] {
            let part = estimated(&text);
            assert!(part.chars().count() <= ESTIMATED && readings(&part) <= MOST_READINGS, "{part}");
        }
    }

    proptest! {
        #[test]
        fn rule_3_11_no_text_makes_the_estimator_search_more(text in r"[48@({\[<3691!|70$5+%2a-e]{0,80}") {
            let part = estimated(&text);
            prop_assert!(part.chars().count() <= ESTIMATED && readings(&part) <= MOST_READINGS, "{}", part);
        }
    }

    #[test]
    fn a_short_local_part_forbids_nothing() {
        assert!(!is_personal("vK9#qLw2", "v"));
        assert!(is_personal("vK9#qLw2", "qlw"));
    }
}
