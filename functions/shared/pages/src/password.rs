//! The field for a new password, and the list of rules it has to meet (RULES 2.3).

use askama::Template;
use domain::password::{PasswordPolicy, PasswordRule};
use i18n::Translator;

use crate::Field;

/// Every rule for a new password; once one was sent, whether it met them.
#[derive(Template)]
#[template(path = "password_rules.html")]
pub struct PasswordRules {
    translator: Translator,
    rules: Vec<Rule>,
}

struct Rule {
    text: String,
    is_met: Option<bool>,
}

impl PasswordRules {
    /// The rules of this policy. `broken` are those that what was typed does not meet; none before anything was typed.
    #[must_use]
    pub fn new(translator: Translator, policy: PasswordPolicy, broken: Option<&[PasswordRule]>) -> Self {
        let rule = |rule: &PasswordRule| Rule {
            text: text(translator, *rule),
            is_met: broken.map(|broken| !broken.contains(rule)),
        };
        Self { rules: policy.rules().iter().map(rule).collect(), translator }
    }

    /// The field that the rules are about, with what is wrong with what was typed.
    #[must_use]
    pub fn field(translator: Translator, label: String, error: Option<String>) -> Field {
        let field = Field::password(label, "new-password")
            .with_hint(translator.message("password-hint"))
            .with_error(error);
        Field { describedby_extra: Some("password-rules".into()), ..field }
    }
}

fn text(translator: Translator, rule: PasswordRule) -> String {
    match rule {
        PasswordRule::AtLeast(least) => translator.message_with("password-rule-at-least", "count", least),
        PasswordRule::AtMost(most) => translator.message_with("password-rule-at-most", "count", most),
        PasswordRule::UpperCase => translator.message("password-rule-upper-case"),
        PasswordRule::LowerCase => translator.message("password-rule-lower-case"),
        PasswordRule::Digit => translator.message("password-rule-digit"),
        PasswordRule::Symbol => translator.message("password-rule-symbol"),
        PasswordRule::NotPersonal => translator.message("password-rule-not-personal"),
        PasswordRule::NotCommon => translator.message("password-rule-not-common"),
    }
}
