//! The field for a new password, and the rules that the password has to meet, in groups above the field (RULES 2.3).

use askama::Template;
use domain::password::{LONG, LONGEST, PRODUCT_NAMES, PasswordPolicy, PasswordRule, SHORTEST_LOCAL_PART};
use i18n::Translator;

use crate::Field;

/// The rules for a new password and, after one was posted, whether it meets them.
#[derive(Template)]
#[template(path = "password_rules.html")]
pub struct PasswordRules {
    translator: Translator,
    groups: Vec<Group>,
}

/// Rules that complete the same beginning of a sentence.
struct Group {
    /// Part of the id of the heading.
    id: &'static str,
    heading: String,
    rules: Vec<Rule>,
    /// An exception from the group.
    note: Option<String>,
}

struct Rule {
    text: String,
    is_met: Option<bool>,
    /// Name and number of a rule that the page's script decides while the password is typed.
    local: Option<(&'static str, usize)>,
}

impl PasswordRules {
    /// The rules of a policy. `broken` are those that the posted password does not meet; `None` before one was posted.
    #[must_use]
    pub fn new(translator: Translator, policy: PasswordPolicy, broken: Option<&[PasswordRule]>) -> Self {
        let group = |id, heading, is_of_group: fn(PasswordRule) -> bool| Group {
            id,
            heading: translator.message(heading),
            rules: policy
                .rules()
                .iter()
                .filter(|rule| is_of_group(**rule))
                .filter_map(|rule| Rule::new(translator, *rule, broken))
                .collect(),
            note: None,
        };
        let has_classes = policy.rules().contains(&PasswordRule::Symbol);
        let long = || translator.message_with("password-rules-long", "count", LONG);
        let has = group("has", "password-rules-has", |rule| {
            !matches!(rule, PasswordRule::NotPersonal | PasswordRule::NotCommon)
        });
        Self {
            groups: vec![
                Group { note: has_classes.then(long), ..has },
                group("lacks", "password-rules-lacks", |rule| rule == PasswordRule::NotPersonal),
                group("is-not", "password-rules-is-not", |rule| rule == PasswordRule::NotCommon),
            ],
            translator,
        }
    }

    /// The password field, below the rules, which describe it. `broken` is that of [`PasswordRules::new`].
    #[must_use]
    pub fn field(
        translator: Translator,
        label: String,
        policy: PasswordPolicy,
        error: Option<String>,
        broken: Option<&[PasswordRule]>,
    ) -> Field {
        let field = Field::password(label, "new-password")
            .with_hint(translator.message("password-hint"))
            .with_error(error);
        Field {
            rules: Some(Self::new(translator, policy, broken)),
            password_rules: Some(policy.for_generators()),
            ..field
        }
    }
}

impl Rule {
    /// The rule as the page lists it, except that the maximum length is listed with the minimum.
    fn new(translator: Translator, rule: PasswordRule, broken: Option<&[PasswordRule]>) -> Option<Self> {
        let (text, local) = match rule {
            PasswordRule::AtLeast(least) => {
                let (least_text, most) = (least.to_string(), LONGEST.to_string());
                let length = [("least", least_text.as_str()), ("most", most.as_str())];
                (translator.message_with_all("password-rule-length", &length), Some(("length", least)))
            }
            PasswordRule::AtMost(_) => return None,
            PasswordRule::UpperCase => {
                (translator.message("password-rule-upper-case"), Some(("upper-case", LONG)))
            }
            PasswordRule::LowerCase => {
                (translator.message("password-rule-lower-case"), Some(("lower-case", LONG)))
            }
            PasswordRule::Digit => (translator.message("password-rule-digit"), Some(("digit", LONG))),
            PasswordRule::Symbol => (translator.message("password-rule-symbol"), Some(("symbol", LONG))),
            PasswordRule::NotPersonal => {
                let local = ("not-personal", SHORTEST_LOCAL_PART);
                (translator.message("password-rule-not-personal"), Some(local))
            }
            // Only the server has the list of common passwords.
            PasswordRule::NotCommon => (translator.message("password-rule-not-common"), None),
        };
        let is_length =
            |rule: &PasswordRule| matches!(rule, PasswordRule::AtLeast(_) | PasswordRule::AtMost(_));
        let is_broken = |broken: &PasswordRule| *broken == rule || (is_length(broken) && is_length(&rule));
        Some(Self { text, is_met: broken.map(|broken| !broken.iter().any(is_broken)), local })
    }
}
