//! The field for a new password, and the list of rules it has to meet (RULES 2.3).

use askama::Template;
use domain::password::{PasswordPolicy, PasswordRule};
use words::Words;

use crate::Field;

/// Every rule for a new password; once one was sent, whether it met them.
#[derive(Template)]
#[template(path = "password_rules.html")]
pub struct PasswordRules {
    words: Words,
    rules: Vec<Rule>,
}

struct Rule {
    text: String,
    is_met: Option<bool>,
}

impl PasswordRules {
    /// The rules of this policy. `broken` are those that what was typed does not meet; none before anything was typed.
    #[must_use]
    pub fn new(words: Words, policy: PasswordPolicy, broken: Option<&[PasswordRule]>) -> Self {
        let rule = |rule: &PasswordRule| Rule {
            text: text(words, *rule),
            is_met: broken.map(|broken| !broken.contains(rule)),
        };
        Self { rules: policy.rules().iter().map(rule).collect(), words }
    }

    /// The field that the rules are about, with what is wrong with what was typed.
    #[must_use]
    pub fn field(words: Words, label: String, error: Option<String>) -> Field {
        let field =
            Field::password(label, "new-password").with_hint(words.say("password-hint")).with_error(error);
        Field { describedby_extra: Some("password-rules".into()), ..field }
    }
}

fn text(words: Words, rule: PasswordRule) -> String {
    match rule {
        PasswordRule::AtLeast(least) => words.say1("password-rule-at-least", "count", least),
        PasswordRule::AtMost(most) => words.say1("password-rule-at-most", "count", most),
        PasswordRule::UpperCase => words.say("password-rule-upper-case"),
        PasswordRule::LowerCase => words.say("password-rule-lower-case"),
        PasswordRule::Digit => words.say("password-rule-digit"),
        PasswordRule::Symbol => words.say("password-rule-symbol"),
        PasswordRule::NotPersonal => words.say("password-rule-not-personal"),
        PasswordRule::NotCommon => words.say("password-rule-not-common"),
    }
}
