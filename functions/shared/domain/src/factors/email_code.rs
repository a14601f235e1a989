//! Turning the code by email off and on (RULES 5.9).

use jiff::Timestamp;

use super::Factors;
use crate::account::AccountDetails;

impl Factors {
    /// Whether the account could do without the email code: an authenticator counts, and so does a recovery code (RULES 5.9).
    #[must_use]
    pub fn can_spare_email_code(&self, now: Timestamp) -> bool {
        self.has_guessable_second_factor(now)
            && self.recovery_codes.as_ref().is_some_and(|codes| codes.counts(now))
    }

    /// Whether the email code is off. It works again as soon as the account can't do without it, so that nobody is locked out.
    #[must_use]
    pub fn is_email_code_off(&self, now: Timestamp) -> bool {
        self.email_code_off_at.is_some() && self.can_spare_email_code(now)
    }

    /// Whether the email code verifies: it is not off, and no reset keeps it from verifying.
    #[must_use]
    pub fn email_code_works(&self, account: &AccountDetails, now: Timestamp) -> bool {
        !self.is_email_code_off(now) && self.email_code_barred(account, now).is_none()
    }

    /// The value with the email code turned off; `None` when the account can't do without it.
    #[must_use]
    pub fn with_email_code_off(&self, now: Timestamp) -> Option<Self> {
        let after = Self { email_code_off_at: Some(now), codes: Vec::new(), ..self.clone() };
        self.can_spare_email_code(now).then_some(after)
    }

    /// The value with the email code turned on.
    #[must_use]
    pub fn with_email_code_on(&self) -> Self {
        Self { email_code_off_at: None, ..self.clone() }
    }

    /// The value with the email code turned on if it was off and the account can't do without it any more, and whether that was
    /// done.
    #[must_use]
    pub fn with_email_code_if_needed(self, now: Timestamp) -> (Self, bool) {
        let is_turned_on = self.email_code_off_at.is_some() && !self.can_spare_email_code(now);
        if is_turned_on { (self.with_email_code_on(), true) } else { (self, false) }
    }
}
