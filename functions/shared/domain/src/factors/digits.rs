//! Digits as people type and paste them: of any script, with spaces, hyphens and characters that nobody sees (RULES 5.5).

use zeroize::Zeroizing;

/// How many characters of a text are read.
const LONGEST: usize = 256;

/// The zeros of all decimal digits in Unicode 16 (general category `Nd`). The digits one to nine follow each of them.
const ZEROS: [char; 75] = [
    '\u{30}',
    '\u{660}',
    '\u{6f0}',
    '\u{7c0}',
    '\u{966}',
    '\u{9e6}',
    '\u{a66}',
    '\u{ae6}',
    '\u{b66}',
    '\u{be6}',
    '\u{c66}',
    '\u{ce6}',
    '\u{d66}',
    '\u{de6}',
    '\u{e50}',
    '\u{ed0}',
    '\u{f20}',
    '\u{1040}',
    '\u{1090}',
    '\u{17e0}',
    '\u{1810}',
    '\u{1946}',
    '\u{19d0}',
    '\u{1a80}',
    '\u{1a90}',
    '\u{1b50}',
    '\u{1bb0}',
    '\u{1c40}',
    '\u{1c50}',
    '\u{a620}',
    '\u{a8d0}',
    '\u{a900}',
    '\u{a9d0}',
    '\u{a9f0}',
    '\u{aa50}',
    '\u{abf0}',
    '\u{ff10}',
    '\u{104a0}',
    '\u{10d30}',
    '\u{10d40}',
    '\u{11066}',
    '\u{110f0}',
    '\u{11136}',
    '\u{111d0}',
    '\u{112f0}',
    '\u{11450}',
    '\u{114d0}',
    '\u{11650}',
    '\u{116c0}',
    '\u{116d0}',
    '\u{116da}',
    '\u{11730}',
    '\u{118e0}',
    '\u{11950}',
    '\u{11bf0}',
    '\u{11c50}',
    '\u{11d50}',
    '\u{11da0}',
    '\u{11f50}',
    '\u{16a60}',
    '\u{16ac0}',
    '\u{16b50}',
    '\u{16d70}',
    '\u{1ccf0}',
    '\u{1d7ce}',
    '\u{1d7d8}',
    '\u{1d7e2}',
    '\u{1d7ec}',
    '\u{1d7f6}',
    '\u{1e140}',
    '\u{1e2f0}',
    '\u{1e4f0}',
    '\u{1e5f1}',
    '\u{1e950}',
    '\u{1fbf0}',
];

/// What was typed, with digits of any script as ASCII, and without spaces, hyphens and invisible characters.
#[must_use]
pub(crate) fn normalize(text: &str) -> Zeroizing<String> {
    Zeroizing::new(text.chars().take(LONGEST).filter(|c| !is_skipped(*c)).map(to_ascii).collect())
}

/// The ASCII digit for a decimal digit of any script; any other character as it is.
fn to_ascii(c: char) -> char {
    let following = ZEROS.partition_point(|zero| *zero <= c);
    let zero = following.checked_sub(1).map(|index| ZEROS[index]);
    let value = zero.map(|zero| u32::from(c) - u32::from(zero)).filter(|value| *value < 10);
    value.and_then(|value| char::from_digit(value, 10)).unwrap_or(c)
}

fn is_skipped(c: char) -> bool {
    c.is_whitespace() || c.is_control() || is_dash(c) || is_invisible(c)
}

fn is_dash(c: char) -> bool {
    matches!(c, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{fe58}' | '\u{fe63}' | '\u{ff0d}')
}

/// Whether the character is shown as nothing: `Default_Ignorable_Code_Point`, and the blank of Braille.
fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
        | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
        | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rule_5_5_digits_of_any_script_are_digits() {
        assert!(ZEROS.is_sorted());
        for zero in ZEROS {
            let digits: String = (0..10).map(|n| char::from_u32(u32::from(zero) + n).unwrap()).collect();
            assert_eq!(*normalize(&digits), "0123456789", "{zero:?}");
            assert!(digits.chars().all(char::is_numeric), "{zero:?}");
        }
        for (text, digits) in [
            ("१२३४५६", "123456"),
            ("١٢٣ ٤٥٦", "123456"),
            ("۱۲۳۴۵۶", "123456"),
            ("１２３－４５６", "123456"),
            ("\u{1d7cf}\u{1d7d8}\u{1d7ff}", "109"),
            ("ⅫⅡ", "ⅫⅡ"),
            ("/:", "/:"),
        ] {
            assert_eq!(*normalize(text), digits);
        }
    }

    #[test]
    fn rule_5_5_spaces_hyphens_and_what_nobody_sees_are_dropped() {
        for text in [
            "\u{feff}123456",
            "\u{202a}123\u{a0}456\u{202c}\n",
            "1\u{200b}2\u{200d}3\u{2060}4\u{ad}5\u{fe0f}6",
            "\u{3000}123\u{2011}456\u{e0041}",
            "\u{7}123\t456\u{2800}",
        ] {
            assert_eq!(*normalize(text), "123456", "{text:?}");
        }
        assert_eq!(normalize(&"1".repeat(9999)).len(), LONGEST);
    }
}
