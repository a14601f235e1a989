//! Authenticators: any app that implements TOTP (RFC 6238; RULES 5.2).

use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretBox};
use totp_rs::{Builder, Secret, Totp};
use zeroize::Zeroizing;

use super::OneTimeCode;
use crate::{
    id::AuthenticatorId,
    proof::{FactorKind, Proof},
};

/// How many authenticators an account has at most.
pub const MOST: usize = 5;

/// The maximum length of a name in characters.
pub const LONGEST_NAME: usize = 50;

/// The shared secret of an authenticator: 160 bits (RFC 4226 section 4). Never printed.
#[derive(Debug)]
pub struct TotpSecret(SecretBox<[u8; 20]>);

/// A TOTP time step of thirty seconds (RFC 6238 section 4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct TimeStep(pub u64);

impl TotpSecret {
    /// A secret of these random bytes.
    #[must_use]
    pub fn from_random(bytes: [u8; 20]) -> Self {
        Self(SecretBox::new(bytes.into()))
    }

    /// Reads the bytes that [`TotpSecret::expose`] returned.
    #[must_use]
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self::from_random)
    }

    /// The bytes of the secret, to be sealed.
    #[must_use]
    pub fn expose(&self) -> &[u8] {
        self.0.expose_secret()
    }

    /// The secret for typing by hand: base32 in groups of four.
    #[must_use]
    pub fn to_groups(&self) -> String {
        let text = Zeroizing::new(Secret::new_stack(*self.0.expose_secret()).to_base32());
        let groups: Vec<&str> =
            text.as_bytes().chunks(4).filter_map(|group| str::from_utf8(group).ok()).collect();
        groups.join(" ")
    }

    /// The `otpauth` URL for the QR code. The label holds the issuer and the account; a colon separates them, so
    /// neither may contain one.
    #[must_use]
    pub fn to_url(&self, issuer: &str, account: &str) -> String {
        let without_colons = |text: &str| text.replace(':', " ");
        let named = Builder::new()
            .with_secret(Secret::new_stack(*self.0.expose_secret()))
            .with_issuer(Some(without_colons(issuer)))
            .with_account_name(without_colons(account));
        named.build().and_then(|totp| totp.to_url()).unwrap_or_default()
    }

    /// The time step that the code belongs to, if it is the current one, the previous or the next. A guess at the code must
    /// have been counted, unless the secret was just shown to the resident.
    #[must_use]
    pub fn step_of(&self, code: &OneTimeCode, now: Timestamp) -> Option<TimeStep> {
        let seconds = u64::try_from(now.as_second()).ok()?;
        self.totp().check(code.expose(), seconds).map(TimeStep)
    }

    /// SHA-1, six digits, thirty seconds, one step of drift (RULES 5.2).
    fn totp(&self) -> Totp {
        Builder::new()
            .with_secret(Secret::new_stack(*self.0.expose_secret()))
            .with_skew(1)
            .build_noncompliant()
    }
}

impl Clone for TotpSecret {
    fn clone(&self) -> Self {
        Self::from_random(*self.0.expose_secret())
    }
}

/// The name that the resident gives an authenticator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuthenticatorName(String);

/// Why a text can't be a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotAName {
    /// There are no visible characters.
    Empty,
    /// It is longer than [`LONGEST_NAME`].
    TooLong,
}

impl AuthenticatorName {
    /// The name without surrounding spaces and control characters.
    ///
    /// # Errors
    /// [`NotAName`] when nothing is left, or too much.
    pub fn parse(text: &str) -> Result<Self, NotAName> {
        let kept: String = text.chars().filter(|c| !c.is_control()).collect();
        let name = kept.trim();
        match name.chars().count() {
            0 => Err(NotAName::Empty),
            1..=LONGEST_NAME => Ok(Self(name.to_owned())),
            _ => Err(NotAName::TooLong),
        }
    }

    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether two names look the same in a list.
    #[must_use]
    pub fn is_like(&self, other: &Self) -> bool {
        self.0.to_lowercase() == other.0.to_lowercase()
    }
}

/// An authenticator that is enrolled in an account.
#[derive(Clone, Debug)]
pub struct Authenticator {
    /// The id, unique within all accounts.
    pub id: AuthenticatorId,
    /// The name that the resident gave it.
    pub name: AuthenticatorName,
    /// The secret that it shares with us.
    pub secret: TotpSecret,
    /// When it was enrolled in the account.
    pub enrolled_at: Timestamp,
    /// When it starts to count as a second factor (RULES 5.7).
    pub counts_from: Timestamp,
    /// Whether a reset asks about it. It does not count until the resident keeps it (RULES 5.7).
    pub in_review: bool,
    /// When it was last used.
    pub used_at: Timestamp,
    /// The last time step that was accepted. No code of it or of an earlier step is accepted again.
    pub last_step: TimeStep,
}

impl Authenticator {
    /// Whether it counts as a second factor at this time.
    #[must_use]
    pub fn counts(&self, now: Timestamp) -> bool {
        !self.in_review && now >= self.counts_from
    }

    /// The proof that a correct code of it gives at this time: a second step while it does not count (RULES 5.7).
    #[must_use]
    pub fn proof(&self, now: Timestamp) -> Proof {
        let proof = Proof::new(FactorKind::Authenticator, now);
        if self.counts(now) { proof } else { proof.as_second_step() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The secret of the test vectors of RFC 4226 and RFC 6238.
    fn vectors() -> TotpSecret {
        TotpSecret::parse(b"12345678901234567890").unwrap()
    }

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn code(text: &str) -> OneTimeCode {
        OneTimeCode::parse(text).unwrap()
    }

    /// RFC 4226 appendix D.
    #[test]
    fn rule_5_2_the_vectors_of_hotp_are_met() {
        let codes = [
            "755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871",
            "520489",
        ];
        for (counter, text) in (0..).zip(codes) {
            let step = vectors().step_of(&code(text), at(counter * 30));
            assert_eq!(step, Some(TimeStep(counter.unsigned_abs())), "{counter}");
        }
    }

    /// RFC 6238 appendix B. Its codes have eight digits, of which the last six are ours.
    #[test]
    fn rule_5_2_the_vectors_of_totp_are_met() {
        for (second, eight) in [
            (59, "94287082"),
            (1_111_111_109, "07081804"),
            (1_111_111_111, "14050471"),
            (1_234_567_890, "89005924"),
            (2_000_000_000, "69279037"),
            (20_000_000_000, "65353130"),
        ] {
            let step = vectors().step_of(&code(&eight[2..]), at(second));
            assert_eq!(step, Some(TimeStep(second.unsigned_abs() / 30)), "{second}");
        }
    }

    #[test]
    fn rule_5_2_one_step_of_drift_is_accepted_and_no_more() {
        let third = code("969429");
        for (second, accepted) in [(59, false), (60, true), (90, true), (149, true), (150, false)] {
            assert_eq!(vectors().step_of(&third, at(second)).is_some(), accepted, "{second}");
        }
        assert_eq!(vectors().step_of(&third, at(60)), Some(TimeStep(3)));
        assert_eq!(vectors().step_of(&code("755224"), at(0)), Some(TimeStep(0)), "nothing comes before");
    }

    #[test]
    fn rule_5_3_what_is_scanned_carries_the_products_name_and_the_email() {
        let url = vectors().to_url("Compte Mon Ontario", "ana+1@exemple.ca");
        assert_eq!(
            url,
            "otpauth://totp/Compte%20Mon%20Ontario:ana%2B1%40exemple.ca?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Compte%20Mon%20Ontario"
        );
        assert!(vectors().to_url("a:b", "c:d").starts_with("otpauth://totp/a%20b:c%20d?"));
        assert_eq!(vectors().to_groups(), "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ");
        assert_eq!(format!("{:?}", vectors()), "TotpSecret(SecretBox<[u8; 20]>([REDACTED]))");
    }

    #[test]
    fn rule_5_3_a_name_is_what_people_can_read() {
        assert_eq!(AuthenticatorName::parse("  Téléphone\u{7}\n ").unwrap().as_str(), "Téléphone");
        assert_eq!(AuthenticatorName::parse(" \t"), Err(NotAName::Empty));
        assert!(AuthenticatorName::parse(&"é".repeat(50)).is_ok());
        assert_eq!(AuthenticatorName::parse(&"é".repeat(51)), Err(NotAName::TooLong));
        let name = |text| AuthenticatorName::parse(text).unwrap();
        assert!(name("Téléphone").is_like(&name("TÉLÉPHONE")) && !name("a").is_like(&name("b")));
    }
}
