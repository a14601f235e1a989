//! Assurance levels: how strongly a resident has authenticated (RULES 6.2).
//!
//! They follow the authentication assurance levels of NIST SP 800-63B, and are the `acr` values of the provider.

use std::str::FromStr;

/// An assurance level. A higher level satisfies a request for a lower one.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum Assurance {
    /// A password, or a sign-in partner's assertion.
    #[default]
    Password,
    /// A first factor and a second step, such as an email code.
    TwoStep,
    /// A first factor and an independent second factor: designed to AAL2 of NIST SP 800-63B.
    Mfa,
    /// A passkey with user verification.
    PhishingResistant,
}

/// The text names no level.
#[derive(Debug, PartialEq, Eq)]
pub struct NotALevel;

impl Assurance {
    /// Every level, lowest first.
    pub const ALL: [Self; 4] = [Self::Password, Self::TwoStep, Self::Mfa, Self::PhishingResistant];

    /// The levels that residents can reach with the factors that exist.
    pub const REACHABLE: [Self; 3] = [Self::Password, Self::TwoStep, Self::Mfa];

    /// The short name, as it is stored.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::TwoStep => "two-step",
            Self::Mfa => "mfa",
            Self::PhishingResistant => "phishing-resistant",
        }
    }

    /// The authentication context class reference: a URI under the issuer.
    #[must_use]
    pub fn acr(self, issuer: &str) -> String {
        format!("{issuer}/assurance/{}", self.name())
    }

    /// Parses an authentication context class reference. Short names are accepted too.
    #[must_use]
    pub fn from_acr(text: &str, issuer: &str) -> Option<Self> {
        let name = text.strip_prefix(issuer).and_then(|rest| rest.strip_prefix("/assurance/"));
        name.unwrap_or(text).parse().ok()
    }
}

impl FromStr for Assurance {
    type Err = NotALevel;

    fn from_str(text: &str) -> Result<Self, NotALevel> {
        Self::ALL.into_iter().find(|level| level.name() == text).ok_or(NotALevel)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ISSUER: &str = "https://account.example";

    #[test]
    fn rule_6_2_a_level_is_known_by_its_uri_and_by_its_short_name() {
        for level in Assurance::ALL {
            assert_eq!(Assurance::from_acr(&level.acr(ISSUER), ISSUER), Some(level));
            assert_eq!(Assurance::from_acr(level.name(), ISSUER), Some(level));
            let json = serde_json::to_string(&level).unwrap();
            assert_eq!(json, format!("\"{}\"", level.name()), "stored under the same name");
        }
        for other in ["", "1", "https://evil.example/assurance/mfa", "https://account.example/mfa", "MFA"] {
            assert_eq!(Assurance::from_acr(other, ISSUER), None, "{other}");
        }
    }

    #[test]
    fn rule_6_2_levels_are_ordered() {
        assert!(Assurance::ALL.is_sorted());
        assert!(Assurance::Mfa > Assurance::TwoStep);
    }
}
