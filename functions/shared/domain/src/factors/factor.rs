//! The factors of an account that a resident can choose among (RULES 5.1, 5.2).

use std::{fmt, str::FromStr};

use crate::{comparisons::GuessableSecret, id::AuthenticatorId, proof::FactorKind};

/// A factor of an account that a resident can choose to verify by. Its text form is used in URLs and forms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Factor {
    /// A code by email.
    EmailCode,
    /// The authenticator with this id.
    Authenticator(AuthenticatorId),
    /// One of the recovery codes.
    RecoveryCode,
}

/// The text names no factor.
#[derive(Debug, PartialEq, Eq)]
pub struct NotAFactor;

impl Factor {
    /// The kind of its codes.
    #[must_use]
    pub fn guessable_secret(self) -> GuessableSecret {
        match self {
            Self::EmailCode => GuessableSecret::EmailedCode,
            Self::Authenticator(_) => GuessableSecret::AuthenticatorCode,
            Self::RecoveryCode => GuessableSecret::RecoveryCode,
        }
    }

    /// The kind of this factor.
    #[must_use]
    pub fn kind(self) -> FactorKind {
        match self {
            Self::EmailCode => FactorKind::EmailCode,
            Self::Authenticator(_) => FactorKind::Authenticator,
            Self::RecoveryCode => FactorKind::RecoveryCode,
        }
    }
}

impl fmt::Display for Factor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::EmailCode => f.write_str("email"),
            Self::Authenticator(id) => id.fmt(f),
            Self::RecoveryCode => f.write_str("recovery"),
        }
    }
}

impl FromStr for Factor {
    type Err = NotAFactor;

    fn from_str(text: &str) -> Result<Self, NotAFactor> {
        match text {
            "email" => Ok(Self::EmailCode),
            "recovery" => Ok(Self::RecoveryCode),
            id => id.parse().map(Self::Authenticator).map_err(|_| NotAFactor),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_factor_is_known_by_its_name() {
        let authenticator = Factor::Authenticator(AuthenticatorId::from_random([1; 16]));
        for factor in [Factor::EmailCode, authenticator, Factor::RecoveryCode] {
            assert_eq!(factor.to_string().parse(), Ok(factor));
        }
        assert_eq!("sms".parse::<Factor>(), Err(NotAFactor));
    }
}
