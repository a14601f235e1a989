//! Passwords, and the policies for new ones (RULES 2.3).

use std::str::FromStr;

use icu_normalizer::ComposingNormalizerBorrowed;
use secrecy::{ExposeSecret, SecretString};
use zeroize::Zeroizing;

/// A password as it was typed, in Unicode NFKC (NIST SP 800-63B-4 section 3.1.1.2). Never stored, never printed.
#[derive(Clone, Debug)]
pub struct Password(SecretString);

/// The maximum length of a password in characters, after NFKC.
pub const LONGEST: usize = 128;

/// From this length on, the predecessor's policy does not ask for classes of characters: browsers and password managers
/// generate passwords without symbols.
pub const LONG: usize = 15;

/// The product's names without spaces. No password may contain one.
pub const PRODUCT_NAMES: [&str; 3] = ["myontario", "monontario", "comptemonontario"];

/// The minimum length of a local part that counts as personal: `a@b.ca` must not forbid every "a".
pub const SHORTEST_LOCAL_PART: usize = 3;

impl Password {
    /// The password that was typed.
    #[must_use]
    pub fn new(typed: &str) -> Self {
        // A much too long text is cut before it is normalized. It stays too long.
        let typed: Zeroizing<String> = Zeroizing::new(typed.chars().take(LONGEST * 4).collect());
        Self(ComposingNormalizerBorrowed::new_nfkc().normalize(&typed).into_owned().into())
    }

    /// The password without white space at its ends, if it has any there: a pasted one often ends in it (RULES 2.3).
    #[must_use]
    pub fn trimmed(&self) -> Option<Self> {
        let (typed, trimmed) = (self.expose(), self.expose().trim());
        (!trimmed.is_empty() && trimmed.len() < typed.len()).then(|| Self(trimmed.to_owned().into()))
    }

    /// The characters, for hashing and for the policy alone.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

/// The policy for new passwords, a parameter of the deployment (RULES 2.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PasswordPolicy {
    /// The published policy of the previous service: length, and composition of passwords shorter than [`LONG`].
    Predecessor,
    /// NIST SP 800-63B-4 and ASVS 6.2.5: length, no composition.
    Standards,
}

impl FromStr for PasswordPolicy {
    type Err = &'static str;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        match name {
            "predecessor" => Ok(Self::Predecessor),
            "standards" => Ok(Self::Standards),
            _ => Err("neither `predecessor` nor `standards`"),
        }
    }
}

/// One rule of a policy, as the page lists it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PasswordRule {
    /// At least this many characters.
    AtLeast(usize),
    /// At most [`LONGEST`] characters.
    AtMost(usize),
    /// An upper case letter, or at least [`LONG`] characters.
    UpperCase,
    /// A lower case letter, or at least [`LONG`] characters.
    LowerCase,
    /// A digit, or at least [`LONG`] characters.
    Digit,
    /// A symbol, which is anything that is neither letter nor digit, a space included; or at least [`LONG`] characters.
    Symbol,
    /// Neither the local part of the email address nor this product's name.
    NotPersonal,
    /// No common or leaked password.
    NotCommon,
}

impl PasswordPolicy {
    /// The rules of the policy, in the order of the page.
    #[must_use]
    pub fn rules(self) -> &'static [PasswordRule] {
        use PasswordRule::{AtLeast, AtMost, Digit, LowerCase, NotCommon, NotPersonal, Symbol, UpperCase};
        match self {
            Self::Predecessor => {
                &[AtLeast(8), UpperCase, LowerCase, Digit, Symbol, NotPersonal, NotCommon, AtMost(LONGEST)]
            }
            Self::Standards => &[AtLeast(LONG), NotPersonal, NotCommon, AtMost(LONGEST)],
        }
    }

    /// The policy as the attribute `passwordrules` of a field states it to what generates passwords.
    ///
    /// It asks for more than the policy does, so that a generator that knows only lengths or only classes also meets the
    /// policy. Symbols are those that no other website rejects; a space could be lost at an end.
    #[must_use]
    pub fn for_generators(self) -> &'static str {
        match self {
            Self::Predecessor => {
                "minlength: 15; maxlength: 128; required: lower; required: upper; required: digit; required: [-!#$%*+=?_];"
            }
            Self::Standards => "minlength: 15; maxlength: 128; allowed: lower, upper, digit, [-!#$%*+=?_];",
        }
    }

    /// The rules that this password breaks. Every new password is judged here, and only after the source that sent it was
    /// counted (RULES 3.11).
    #[cfg(feature = "strength")]
    #[must_use]
    pub fn broken_by(
        self,
        password: &Password,
        email: Option<&crate::email::EmailAddress>,
        _counted: &crate::limits::TakenSlot,
    ) -> Vec<PasswordRule> {
        let text = password.expose();
        let local = email.map_or("", crate::email::EmailAddress::local_part);
        let judge = |rule: &PasswordRule| match *rule {
            PasswordRule::NotPersonal => !crate::strength::is_personal(text, local),
            PasswordRule::NotCommon => !crate::strength::is_common(text, local),
            ref rule => is_met_by_form(*rule, text),
        };
        self.rules().iter().filter(|rule| !judge(rule)).copied().collect()
    }
}

#[cfg(feature = "strength")]
fn is_met_by_form(rule: PasswordRule, text: &str) -> bool {
    let length = text.chars().count();
    let is_long_or_has = |class: fn(char) -> bool| length >= LONG || text.chars().any(class);
    match rule {
        PasswordRule::AtLeast(least) => length >= least,
        PasswordRule::AtMost(most) => length <= most,
        PasswordRule::UpperCase => is_long_or_has(char::is_uppercase),
        PasswordRule::LowerCase => is_long_or_has(char::is_lowercase),
        PasswordRule::Digit => is_long_or_has(char::is_numeric),
        PasswordRule::Symbol => is_long_or_has(|c| !c.is_alphanumeric() && !c.is_control()),
        PasswordRule::NotPersonal | PasswordRule::NotCommon => true,
    }
}

#[cfg(test)]
#[cfg(feature = "strength")]
mod generators;

#[cfg(all(test, feature = "strength"))]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn broken(policy: PasswordPolicy, typed: &str) -> Vec<PasswordRule> {
        let email = "maxine.tremblay@exemple.ca".parse().ok();
        policy.broken_by(&Password::new(typed), email.as_ref(), &counted())
    }

    pub(super) fn counted() -> crate::limits::TakenSlot {
        crate::limits::TakenSlot::new(vec!["SOURCE#a".into()], jiff::Timestamp::UNIX_EPOCH)
    }

    #[test]
    fn rule_2_3_the_predecessor_asks_for_length_and_four_kinds() {
        use PasswordRule::{AtLeast, Digit, LowerCase, Symbol, UpperCase};
        let policy = PasswordPolicy::Predecessor;
        assert_eq!(broken(policy, "vK9#qLw2"), []);
        for (typed, rule) in
            [("vk9#qlw2z", UpperCase), ("VK9#QLW2Z", LowerCase), ("vKx#qLwyz", Digit), ("vK9xqLw2z", Symbol)]
        {
            assert_eq!(broken(policy, typed), [rule], "{typed}");
        }
        assert!(broken(policy, "vK9#qLw").contains(&AtLeast(8)));
        assert_eq!(broken(policy, "Étoile 9 noisettes"), [], "any letters, and a space is a symbol");
    }

    #[test]
    fn rule_2_3_the_predecessor_asks_a_long_password_for_no_classes() {
        let policy = PasswordPolicy::Predecessor;
        for long in ["vkzqlwxrtmbnpfh", "VKZQLWXRTMBNPFH", "onze pommes vertes", "7391 5820 4467 9"] {
            assert_eq!(broken(policy, long), [], "{long}");
        }
        assert_eq!(broken(policy, "vkzqlwxrtmbnpf").len(), 3, "14 characters");
        let leaked_or_personal = ["passwordpassword", "xq maxine.tremblay vw", "aaaaaaaaaaaaaaaaaaaa"];
        for long in leaked_or_personal {
            assert_eq!(broken(policy, long).len(), 1, "{long}: the other rules hold for every length");
        }
    }

    #[test]
    fn rule_2_3_the_standards_ask_for_length_alone() {
        let policy = PasswordPolicy::Standards;
        assert_eq!(broken(policy, "onze pommes et un vélo"), []);
        assert_eq!(broken(policy, "vK9#qLw2vK9#qL"), [PasswordRule::AtLeast(15)]);
    }

    #[test]
    fn rule_2_3_length_counts_characters_after_nfkc() {
        let policy = PasswordPolicy::Standards;
        let long: String = "kestrel 7 orbit ".chars().cycle().take(128).collect();
        assert!(!broken(policy, &long).contains(&PasswordRule::AtMost(128)));
        assert!(broken(policy, &format!("{long}x")).contains(&PasswordRule::AtMost(128)));
        assert!(
            broken(policy, &"\u{fb03}".repeat(43)).contains(&PasswordRule::AtMost(128)),
            "a ligature is three letters"
        );
        assert!(broken(policy, &"x".repeat(100_000)).contains(&PasswordRule::AtMost(128)));
        assert_eq!(Password::new("e\u{301}ﬁ").expose(), "éfi");
    }

    #[test]
    fn rule_2_3_neither_the_email_nor_the_product_may_stand_in_it() {
        let policy = PasswordPolicy::Predecessor;
        for typed in
            ["9!Maxine.Tremblay#Zq", "x7#MyOntarioAccount", "x7# mon ONTARIO k", "Mon-Ontario-77-zqx"]
        {
            assert!(broken(policy, typed).contains(&PasswordRule::NotPersonal), "{typed}");
        }
    }

    #[test]
    fn rule_2_3_common_and_leaked_passwords_are_refused() {
        let policy = PasswordPolicy::Predecessor;
        for typed in ["P@ssw0rd", "Password1!", "Motdepasse1!", "Qwerty123!", "Bonjour123!", "Abcd1234!"] {
            assert!(broken(policy, typed).contains(&PasswordRule::NotCommon), "{typed}");
        }
    }

    #[test]
    fn rule_2_3_a_policy_has_a_name_and_a_password_does_not_print() {
        assert_eq!("predecessor".parse(), Ok(PasswordPolicy::Predecessor));
        assert_eq!("standards".parse(), Ok(PasswordPolicy::Standards));
        assert!("other".parse::<PasswordPolicy>().is_err());
        assert_eq!(format!("{:?}", Password::new("vK9#qLw2")), "Password(SecretBox<str>([REDACTED]))");
    }

    proptest! {
        #[test]
        fn no_password_is_both_accepted_and_short(typed in "\\PC{0,20}") {
            let policy = PasswordPolicy::Predecessor;
            if policy.broken_by(&Password::new(&typed), None, &counted()).is_empty() {
                prop_assert!(Password::new(&typed).expose().chars().count() >= 8);
            }
        }
    }
}
