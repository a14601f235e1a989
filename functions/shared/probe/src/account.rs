//! The account that the checks sign in with.

use aws_lc_rs::hmac;
use data_encoding::{BASE32_NOPAD, BASE64URL_NOPAD};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use totp_rs::{Builder, Secret};

/// An account that exists for the checks: with a password and an authenticator, and no resident.
#[derive(Debug)]
pub struct TestAccount {
    pub(crate) email: SecretString,
    pub(crate) password: SecretString,
    authenticator: Vec<u8>,
}

/// The account is not written as [`TestAccount::parse`] reads it.
#[derive(Debug, PartialEq, Eq)]
pub struct MalformedAccount;

impl TestAccount {
    /// Parses a JSON object with `email`, `password` and `totp_secret`: the key that the page shows when an authenticator is
    /// added, with or without spaces.
    ///
    /// # Errors
    /// [`MalformedAccount`].
    pub fn parse(json: &str) -> Result<Self, MalformedAccount> {
        #[derive(Deserialize)]
        struct Written {
            email: String,
            password: String,
            totp_secret: String,
        }
        let Written { email, password, totp_secret } =
            serde_json::from_str(json).map_err(|_| MalformedAccount)?;
        let key: String = totp_secret.chars().filter(|c| *c != ' ' && *c != '=').collect();
        let authenticator =
            BASE32_NOPAD.decode(key.to_ascii_uppercase().as_bytes()).map_err(|_| MalformedAccount)?;
        if authenticator.is_empty() {
            return Err(MalformedAccount);
        }
        Ok(Self { email: email.into(), password: password.into(), authenticator })
    }

    /// The authenticator's code at this second of Unix time (RFC 6238).
    pub(crate) fn code_at(&self, second: i64) -> String {
        let secret = Secret::from(self.authenticator.clone());
        let totp = Builder::new().with_secret(secret).build_noncompliant();
        totp.generate(second.unsigned_abs()).to_string()
    }

    /// The device cookie of this account's one browser. It is derived, so that a function that forgets its cookies is still
    /// the browser that the account knows: a new one each time would be told to the account by email (RULES 3.9), and its
    /// wrong passwords would lock the account for strangers (RULES 3.3).
    pub(crate) fn device_cookie(&self) -> String {
        let key = hmac::Key::new(hmac::HMAC_SHA256, &self.authenticator);
        let text = format!("the browser of {}", self.email.expose_secret());
        BASE64URL_NOPAD.encode(hmac::sign(&key, text.as_bytes()).as_ref())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rule_9_12_codes_are_those_of_the_rfc() {
        // RFC 6238 appendix B, the last six of eight digits.
        let json =
            r#"{"email":"a@b.ca","password":"x","totp_secret":"gezd gnbv gy3t qojq gezd gnbv gy3t qojq"}"#;
        let account = TestAccount::parse(json).unwrap();
        for (second, code) in [(59, "287082"), (1_111_111_109, "081804"), (20_000_000_000, "353130")] {
            assert_eq!(account.code_at(second), code);
        }
        assert_eq!(account.device_cookie().len(), 43);
        assert_eq!(account.device_cookie(), TestAccount::parse(json).unwrap().device_cookie());
        assert!(!format!("{account:?}").contains("a@b.ca"));
    }

    #[test]
    fn rule_9_12_an_account_without_an_authenticator_is_malformed() {
        for json in [
            "",
            "{}",
            r#"{"email":"a@b.ca","password":"x"}"#,
            r#"{"email":"a","password":"x","totp_secret":"1"}"#,
        ] {
            assert_eq!(TestAccount::parse(json).err(), Some(MalformedAccount), "{json}");
        }
    }
}
