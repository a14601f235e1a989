//! Operators, who change services and accounts by the command `ops`.

use std::{fmt, str::FromStr};

use crate::{device::Device, language::Language};

/// The most characters of an ARN (AWS: resource name limits).
const MOST: usize = 2048;

/// An operator: the ARN that AWS STS gives for the credentials of a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Operator(String);

impl Operator {
    /// The ARN.
    #[must_use]
    pub fn arn(&self) -> &str {
        &self.0
    }
}

/// Support, as residents see it in place of a browser (RULES 7.6).
#[must_use]
pub fn support(language: Language) -> Device {
    let name = match language {
        Language::English => "My Ontario Account support",
        Language::French => "soutien de compte Mon Ontario",
    };
    Device { name: name.to_owned(), country: String::new() }
}

impl FromStr for Operator {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let is_arn =
            text.starts_with("arn:") && text.len() <= MOST && text.chars().all(|c| c.is_ascii_graphic());
        if is_arn { Ok(Self(text.to_owned())) } else { Err("not an ARN") }
    }
}

impl fmt::Display for Operator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rule_7_6_an_operator_is_an_arn() {
        let arn = "arn:aws:sts::123456789012:assumed-role/Support/ana";
        assert_eq!(arn.parse::<Operator>().unwrap().to_string(), arn);
        for wrong in [
            "",
            "ana",
            "arn:aws:sts::1:user/a b",
            "arn:aws:sts::1:user/a\n",
            &format!("arn:{}", "a".repeat(MOST)),
        ] {
            assert!(wrong.parse::<Operator>().is_err(), "{wrong:?}");
        }
    }
}
