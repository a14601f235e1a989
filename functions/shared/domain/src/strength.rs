//! The strength of new passwords: a compiled list of the most common leaked ones, and an estimator (RULES 2.3).

use fst::Set;
use zxcvbn::zxcvbn;

/// The most common leaked passwords in lower case, as a finite state set that needs no loading.
static LEAKED: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/leaked.fst"));

/// The product's names without spaces.
const PRODUCT: [&str; 3] = ["myontario", "monontario", "comptemonontario"];

/// The minimum length of a local part that counts as personal: `a@b.ca` must not forbid every "a".
const SHORTEST_LOCAL_PART: usize = 3;

/// The minimum number of guesses, as a power of ten: the estimate for eight random characters. The estimator's own step
/// "safely unguessable" is slightly higher and would make nine the minimum length.
const FEWEST_GUESSES: f64 = 7.99;

/// Whether the password contains the email's local part or a name of the product.
pub(crate) fn is_personal(text: &str, local_part: &str) -> bool {
    let lower = text.to_lowercase();
    let letters: String = lower.chars().filter(|c| c.is_alphanumeric()).collect();
    let holds_local = local_part.len() >= SHORTEST_LOCAL_PART && lower.contains(local_part);
    holds_local || PRODUCT.iter().any(|name| letters.contains(name))
}

/// Whether the password is leaked, or similar enough to common ones that few guesses find it.
pub(crate) fn is_common(text: &str, local_part: &str) -> bool {
    let lower = text.to_lowercase();
    let known: Vec<&str> =
        PRODUCT.iter().copied().chain(["ontario", local_part]).filter(|word| !word.is_empty()).collect();
    // The estimator's work grows with the square of the length. Only the beginning of a long password is estimated.
    let beginning: String = text.chars().take(64).collect();
    is_leaked(&lower) || zxcvbn(&beginning, &known).guesses_log10() < FEWEST_GUESSES
}

fn is_leaked(lower: &str) -> bool {
    Set::new(LEAKED).is_ok_and(|set| set.contains(lower))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_there() {
        let set = Set::new(LEAKED).unwrap();
        assert!(set.len() > 20_000, "{}", set.len());
        assert!(is_leaked("123456") && is_leaked("p@ssw0rd") && !is_leaked("vk9#qlw2"));
    }

    #[test]
    fn a_short_local_part_forbids_nothing() {
        assert!(!is_personal("vK9#qLw2", "v"));
        assert!(is_personal("vK9#qLw2", "qlw"));
    }
}
