//! Passwords that browsers and password managers generate meet each policy (RULES 2.3).

use super::{LONGEST, Password, PasswordPolicy, PasswordRule, tests::counted};

fn broken(policy: PasswordPolicy, typed: &str) -> Vec<PasswordRule> {
    policy.broken_by(&Password::new(typed), "maxine.tremblay@exemple.ca".parse().ok().as_ref(), &counted())
}

/// Characters drawn by a fixed sequence; the first come from one class each.
fn draw(classes: &[&str], length: usize, seed: u64) -> String {
    let mut random = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let mut next = |bound: usize| {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        usize::try_from(random % u64::try_from(bound).unwrap()).unwrap()
    };
    let all: Vec<char> = classes.iter().flat_map(|class| class.chars()).collect();
    let mut drawn = Vec::new();
    for place in 0..length {
        let class = classes.get(place).map_or_else(|| all.clone(), |class| class.chars().collect());
        drawn.insert(next(place + 1), class[next(class.len())]);
    }
    drawn.into_iter().collect()
}

const LOWER: &str = "abcdefghijklmnopqrstuvwxyz";
const UPPER: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const DIGITS: &str = "0123456789";

#[test]
fn rule_2_3_passwords_that_browsers_generate_meet_each_policy() {
    for seed in 1..=100 {
        // Chrome and Firefox: 15 letters and digits, without those that look alike.
        let classes = ["abcdefghijkmnpqrstuvwxyz", "ABCDEFGHJKLMNPQRSTUVWXYZ", "23456789"];
        let chrome_or_firefox = draw(&classes, 15, seed);
        // Safari: three groups of six with one upper case letter and one digit.
        let letters = draw(&["ABCDEFGHJKLMNPQRSTUVWXYZ", "23456789", LOWER, LOWER], 4, seed)
            + &draw(&[LOWER], 14, seed + 1_000);
        let safari = format!("{}-{}-{}", &letters[..6], &letters[6..12], &letters[12..]);
        for policy in [PasswordPolicy::Predecessor, PasswordPolicy::Standards] {
            assert_eq!(broken(policy, &chrome_or_firefox), [], "{policy:?} {chrome_or_firefox}");
            assert_eq!(broken(policy, &safari), [], "{policy:?} {safari}");
        }
    }
}

/// A generator that reads `passwordrules`: minimum length, required classes, and the classes to draw from.
fn generator(rules: &str) -> (usize, Vec<String>, Vec<String>) {
    let class = |name: &str| match name {
        "lower" => LOWER.to_owned(),
        "upper" => UPPER.to_owned(),
        "digit" => DIGITS.to_owned(),
        own => own.strip_prefix('[').and_then(|own| own.strip_suffix(']')).unwrap().to_owned(),
    };
    let (mut shortest, mut required, mut allowed) = (0, Vec::new(), Vec::new());
    for rule in rules.split_terminator(';') {
        match rule.trim().split_once(": ").unwrap() {
            ("minlength", length) => shortest = length.parse().unwrap(),
            ("maxlength", length) => assert_eq!(length.parse(), Ok(LONGEST)),
            ("required", name) => required.push(class(name)),
            ("allowed", names) => allowed.extend(names.split(", ").map(class)),
            rule => panic!("unknown {rule:?}"),
        }
    }
    (shortest, required, allowed)
}

#[test]
fn rule_2_3_what_the_field_asks_of_generators_meets_the_policy() {
    for policy in [PasswordPolicy::Predecessor, PasswordPolicy::Standards] {
        let (shortest, required, allowed) = generator(policy.for_generators());
        let classes: Vec<&str> = required.iter().chain(&allowed).map(String::as_str).collect();
        assert!(!classes.is_empty() && classes.iter().all(|class| !class.contains(' ')));
        for seed in 1..=100 {
            let password = draw(&classes, shortest, seed);
            assert_eq!(broken(policy, &password), [], "{policy:?} {password}");
            // Bitwarden draws 14 characters by default, and adds what is required.
            if policy == PasswordPolicy::Predecessor {
                assert_eq!(broken(policy, &draw(&classes, 14, seed)), [], "by its classes alone");
            }
            let by_length_alone = draw(&[LOWER, UPPER, DIGITS], shortest, seed);
            assert_eq!(broken(policy, &by_length_alone), [], "{policy:?} {by_length_alone}");
        }
    }
}
