//! Password hashing: Argon2id (RFC 9106) with parameters at or above OWASP's minimum, in PHC string format.

use std::fmt;

use argon2::{
    Algorithm, Argon2, Params, Version,
    password_hash::{PasswordHasher, PasswordVerifier, phc},
};
use secrecy::{ExposeSecret, SecretString};

use crate::{
    comparisons::{self, GuessableSecret},
    password::Password,
    work::{self, CostlyWork},
};

/// Hashes passwords with the current parameters.
#[derive(Clone)]
pub struct Hasher {
    argon2: Argon2<'static>,
}

/// The hash of a password with its salt and parameters, in PHC string format.
#[derive(Clone, Debug)]
pub struct PasswordHash(SecretString);

/// The result of comparing a password with a hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Match {
    /// The password is correct.
    Right,
    /// The password is correct, but its hash has other parameters than the current ones: hash it again.
    RightButStale,
    /// The password is wrong.
    Wrong,
}

/// The parameters are below OWASP's minimum, or outside the range of Argon2.
#[derive(Debug, PartialEq, Eq)]
pub struct WeakParameters;

impl Hasher {
    /// Argon2id with `memory` in KiB and `passes` over it, one lane.
    ///
    /// # Errors
    /// [`WeakParameters`] below the equivalents of the OWASP Password Storage Cheat Sheet
    /// (46 MiB and 1 pass, 19 MiB and 2, 12 MiB and 3, 9 MiB and 4, 7 MiB and 5), or above 1 GiB.
    pub fn new(memory: u32, passes: u32) -> Result<Self, WeakParameters> {
        let minimum = match passes {
            0 => return Err(WeakParameters),
            1 => 47_104,
            2 => 19_456,
            3 => 12_288,
            4 => 9_216,
            _ => 7_168,
        };
        if !(minimum..=1_048_576).contains(&memory) {
            return Err(WeakParameters);
        }
        let params = Params::new(memory, passes, 1, Some(32)).map_err(|_| WeakParameters)?;
        Ok(Self { argon2: Argon2::new(Algorithm::Argon2id, Version::V0x13, params) })
    }

    /// Hashes a password with fresh random `salt`.
    #[must_use]
    pub fn hash(&self, password: &Password, salt: [u8; 16]) -> PasswordHash {
        work::record(CostlyWork::Hash);
        let hash = self.argon2.hash_password_with_salt(password.expose().as_bytes(), &salt);
        PasswordHash(hash.map(|hash| hash.to_string()).unwrap_or_default().into())
    }

    /// Compares a password with a hash, as typed and, if it has white space at its ends, once more without it (RULES 2.3).
    /// Returns the spelling that matched.
    ///
    /// Both spellings are always compared, so that the time depends only on what was typed.
    #[must_use]
    pub fn compare(&self, typed: Password, hash: &PasswordHash) -> (Match, Password) {
        comparisons::record_comparison(GuessableSecret::Password);
        let as_typed = self.compare_spelling(&typed, hash);
        let Some(trimmed) = typed.trimmed() else { return (as_typed, typed) };
        comparisons::record_second_spelling();
        match (as_typed, self.compare_spelling(&trimmed, hash)) {
            (Match::Wrong, without_spaces) => (without_spaces, trimmed),
            (as_typed, _) => (as_typed, typed),
        }
    }

    /// Compares one spelling, by the parameters of the hash.
    fn compare_spelling(&self, password: &Password, hash: &PasswordHash) -> Match {
        work::record(CostlyWork::Hash);
        let Ok(parsed) = phc::PasswordHash::new(hash.as_str()) else { return Match::Wrong };
        if self.argon2.verify_password(password.expose().as_bytes(), &parsed).is_err() {
            return Match::Wrong;
        }
        let is_current = Params::try_from(&parsed).is_ok_and(|params| {
            let now = self.argon2.params();
            (params.m_cost(), params.t_cost(), params.p_cost()) == (now.m_cost(), now.t_cost(), now.p_cost())
        });
        if is_current && parsed.algorithm.as_str() == "argon2id" {
            Match::Right
        } else {
            Match::RightButStale
        }
    }

    /// Takes the time of [`Hasher::compare`] for an email address without a password. It never succeeds (RULES 3.3).
    #[must_use]
    pub fn compare_decoy(&self, password: &Password, salt: [u8; 16]) -> Match {
        comparisons::record_comparison(GuessableSecret::Password);
        std::hint::black_box(self.hash(password, salt));
        if let Some(trimmed) = password.trimmed() {
            comparisons::record_second_spelling();
            std::hint::black_box(self.hash(&trimmed, salt));
        }
        Match::Wrong
    }
}

impl PasswordHash {
    /// The hash in PHC string format, as it was stored.
    #[must_use]
    pub fn stored(phc: String) -> Self {
        Self(phc.into())
    }

    /// The hash in PHC string format.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.expose_secret()
    }
}

impl fmt::Debug for Hasher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Hasher")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn compared(hasher: &Hasher, typed: &str, hash: &PasswordHash) -> Match {
        hasher.compare(Password::new(typed), hash).0
    }

    #[test]
    fn rule_2_3_a_password_matches_as_typed_or_without_white_space_at_its_ends() {
        let hasher = Hasher::new(7_168, 5).unwrap();
        let plain = hasher.hash(&Password::new("Corr3ct horse"), [1; 16]);
        for typed in ["Corr3ct horse ", " Corr3ct horse", "Corr3ct horse\r\n", "\tCorr3ct horse\u{a0}"] {
            let (matched, spelling) = hasher.compare(Password::new(typed), &plain);
            assert_eq!((matched, spelling.expose()), (Match::Right, "Corr3ct horse"), "{typed:?}");
        }
        for typed in ["Corr3cthorse", "Corr3ct  horse", " ", ""] {
            assert_eq!(compared(&hasher, typed, &plain), Match::Wrong, "{typed:?}");
        }
        let spaced = hasher.hash(&Password::new("Corr3ct horse "), [1; 16]);
        let (matched, spelling) = hasher.compare(Password::new("Corr3ct horse "), &spaced);
        assert_eq!((matched, spelling.expose()), (Match::Right, "Corr3ct horse "), "as typed comes first");
        assert_eq!(compared(&hasher, "Corr3ct horse", &spaced), Match::Wrong, "spaces are not made up");
        // The parameters are those of the spelling that matched.
        let (matched, _) = Hasher::new(9_216, 4).unwrap().compare(Password::new("Corr3ct horse\n"), &plain);
        assert_eq!(matched, Match::RightButStale);
    }

    #[test]
    fn a_password_matches_its_hash_and_no_other() {
        let hasher = Hasher::new(19_456, 2).unwrap();
        let hash = hasher.hash(&Password::new("Corr3ct-horse"), [1; 16]);
        assert!(hash.as_str().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{}", hash.as_str());
        assert_eq!(compared(&hasher, "Corr3ct-horse", &hash), Match::Right);
        assert_eq!(compared(&hasher, "corr3ct-horse", &hash), Match::Wrong);
        assert_eq!(compared(&hasher, "", &PasswordHash::stored(String::new())), Match::Wrong);
        assert_eq!(hasher.compare_decoy(&Password::new("Corr3ct-horse"), [1; 16]), Match::Wrong);
    }

    #[test]
    fn rule_9_6_hashes_do_not_print() {
        let hasher = Hasher::new(19_456, 2).unwrap();
        let hash = PasswordHash::stored("$argon2id$".into());
        assert_eq!(format!("{hasher:?} {hash:?}"), "Hasher PasswordHash(SecretBox<str>([REDACTED]))");
    }

    #[test]
    fn a_hash_by_other_parameters_is_right_but_stale() {
        let (old, new) = (Hasher::new(7_168, 5).unwrap(), Hasher::new(9_216, 4).unwrap());
        let hash = old.hash(&Password::new("Corr3ct-horse"), [1; 16]);
        assert_eq!(compared(&new, "Corr3ct-horse", &hash), Match::RightButStale);
        assert_eq!(compared(&new, "wrong", &hash), Match::Wrong);
    }

    #[test]
    fn parameters_below_the_minimum_are_refused() {
        for (memory, passes) in
            [(19_455, 2), (47_103, 1), (12_287, 3), (9_215, 4), (7_167, 9), (1_000_000, 0), (2_000_000, 2)]
        {
            assert_eq!(Hasher::new(memory, passes).err(), Some(WeakParameters), "{memory} {passes}");
        }
        assert!(Hasher::new(47_104, 1).is_ok() && Hasher::new(12_288, 3).is_ok());
    }
}
