//! The field for a new password, and the list of rules that the password has to meet (RULES 2.3).

use askama::Template;
use domain::password::{LONG, PRODUCT_NAMES, PasswordPolicy, PasswordRule, SHORTEST_LOCAL_PART};
use i18n::Translator;

use crate::Field;

/// The rules for a new password and, after one was posted, whether it meets them.
#[derive(Template)]
#[template(path = "password_rules.html")]
pub struct PasswordRules {
    translator: Translator,
    rules: Vec<Rule>,
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
        let rule = |rule: &PasswordRule| Rule {
            text: text(translator, *rule),
            is_met: broken.map(|broken| !broken.contains(rule)),
            local: local(*rule),
        };
        Self { rules: policy.rules().iter().map(rule).collect(), translator }
    }

    /// The password field, described by the rules.
    #[must_use]
    pub fn field(
        translator: Translator,
        label: String,
        policy: PasswordPolicy,
        error: Option<String>,
    ) -> Field {
        let field = Field::password(label, "new-password")
            .with_hint(translator.message("password-hint"))
            .with_error(error);
        Field {
            describedby_extra: Some("password-rules".into()),
            password_rules: Some(policy.for_generators()),
            ..field
        }
    }
}

fn text(translator: Translator, rule: PasswordRule) -> String {
    match rule {
        PasswordRule::AtLeast(least) => translator.message_with("password-rule-at-least", "count", least),
        PasswordRule::AtMost(most) => translator.message_with("password-rule-at-most", "count", most),
        PasswordRule::UpperCase => translator.message_with("password-rule-upper-case", "count", LONG),
        PasswordRule::LowerCase => translator.message_with("password-rule-lower-case", "count", LONG),
        PasswordRule::Digit => translator.message_with("password-rule-digit", "count", LONG),
        PasswordRule::Symbol => translator.message_with("password-rule-symbol", "count", LONG),
        PasswordRule::NotPersonal => translator.message("password-rule-not-personal"),
        PasswordRule::NotCommon => translator.message("password-rule-not-common"),
    }
}

/// The name of a rule in `infra/static/scripts/rules.js`. Only the server has the list of common passwords.
fn local(rule: PasswordRule) -> Option<(&'static str, usize)> {
    match rule {
        PasswordRule::AtLeast(least) => Some(("at-least", least)),
        PasswordRule::AtMost(most) => Some(("at-most", most)),
        PasswordRule::UpperCase => Some(("upper-case", LONG)),
        PasswordRule::LowerCase => Some(("lower-case", LONG)),
        PasswordRule::Digit => Some(("digit", LONG)),
        PasswordRule::Symbol => Some(("symbol", LONG)),
        PasswordRule::NotPersonal => Some(("not-personal", SHORTEST_LOCAL_PART)),
        PasswordRule::NotCommon => None,
    }
}
