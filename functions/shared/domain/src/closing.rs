//! Closing an account (RULES 7.5).

use jiff::{SignedDuration, Timestamp};

use crate::account::Account;

/// How long an account that its resident closed can be opened again, at least.
pub const CLOSING_LASTS: SignedDuration = SignedDuration::from_hours(7 * 24);

/// An account that its resident closes.
#[non_exhaustive] // only `Account::close` makes one
#[derive(Clone, Debug)]
pub struct Closed {
    /// The account before the transition.
    pub account: Account,
    /// When it was closed.
    pub at: Timestamp,
}

impl Account {
    /// Closes the account. A locked account stays locked.
    #[must_use]
    pub fn close(self, now: Timestamp) -> Closed {
        Closed { account: self, at: now }
    }
}

impl Closed {
    /// When the account is deleted, unless it is opened again before: not as long as a former address can bring it back (RULES
    /// 3.10).
    #[must_use]
    pub fn deleted_at(&self) -> Timestamp {
        let kept_until = self.account.details().former_addresses.kept_until();
        kept_until.into_iter().fold(self.at + CLOSING_LASTS, Timestamp::max)
    }

    /// The number of whole days until then.
    #[must_use]
    pub fn days(&self) -> i64 {
        self.deleted_at().duration_since(self.at).as_hours() / 24
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        account::{AccountDetails, ActiveAccount, tests::details},
        former_address::{FormerAddress, FormerAddresses},
        keys::EmailKey,
    };
    use proptest::prelude::*;

    const DAY: i64 = 24 * 3600;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(seconds).unwrap()
    }

    /// An account that is closed at `now`, whose former addresses are kept until these times.
    fn closed(kept_until: &[i64], now: i64) -> Closed {
        let former = kept_until.iter().zip(0..).map(|(until, name)| FormerAddress {
            email: format!("{name}@exemple.ca").parse().unwrap(),
            place: EmailKey::stored(format!("1.{name}")),
            until: at(*until),
        });
        let former_addresses = FormerAddresses::stored(former.collect());
        Account::Active(ActiveAccount(AccountDetails { former_addresses, ..details() })).close(at(now))
    }

    #[test]
    fn rule_7_5_a_closed_account_is_deleted_after_seven_days_or_with_its_last_reservation() {
        for (kept_until, now, deleted_at, days) in [
            (&[][..], DAY, 8 * DAY, 7),
            (&[4 * DAY], DAY, 8 * DAY, 7),
            (&[11 * DAY], DAY, 11 * DAY, 10),
            (&[11 * DAY, 9 * DAY], DAY, 11 * DAY, 10),
            (&[11 * DAY], DAY + 60, 11 * DAY, 9),
        ] {
            let closed = closed(kept_until, now);
            assert_eq!((closed.deleted_at(), closed.days()), (at(deleted_at), days), "{kept_until:?}");
        }
    }

    proptest! {
        #[test]
        fn rule_7_5_closing_cuts_no_reservation_short(
            kept_until in proptest::collection::vec(0..40 * DAY, 0..6), now in 0..30 * DAY
        ) {
            let closed = closed(&kept_until, now);
            prop_assert!(kept_until.iter().all(|until| closed.deleted_at() >= at(*until)));
            prop_assert!(closed.deleted_at() >= at(now + 7 * DAY));
            prop_assert!((7..40).contains(&closed.days()));
        }
    }
}
