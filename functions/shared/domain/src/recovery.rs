//! What is sent to an email address for which somebody requests a link (RULES 2.5, 3.5, 3.6, 4.8).
//!
//! The page is the same for every address. Only the email differs, so the page does not reveal whether an account
//! exists.

use crate::{account::Account, former_address::Reservation, registration::Registration, secret::Registering};

/// The maximum number of registrations that an email has links for: the newest.
pub const MOST: usize = 10;

/// The link that was requested.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RequestedLink {
    /// Another activation link for a registration.
    Activation,
    /// The link that unlocks.
    Unlock,
    /// The link that resets the password.
    Reset,
    /// The link that removes the sign-in partners.
    PartnerRemoval,
}

/// What is sent to an address.
#[derive(Clone, Debug)]
pub enum LinkDelivery<'a> {
    /// No email: there is neither an account nor a registration.
    Nothing,
    /// New activation links for these registrations, newest first.
    Registrations(Vec<&'a Registration>),
    /// An email to the account.
    Account(&'a Account, LinkEmail),
    /// The way back to an address that an account left (RULES 7.3), whatever was requested.
    Reserved(&'a Reservation),
}

/// The content of an email to an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkEmail {
    /// The account is active and needs no link.
    Open,
    /// The link that unlocks.
    Unlock,
    /// The link that unlocks, which is necessary before the requested one.
    UnlockFirst,
    /// The link that resets the password.
    Reset,
    /// The link that removes the sign-in partners. It is sent whether or not there are any.
    PartnerRemoval,
    /// The link that sets a password, which is necessary before a partner is removed: nobody may lock themselves out.
    PasswordFirst,
}

/// Decides what is sent to an address with this account, or a reservation, and these registrations (newest first).
/// Registrations of the requesting `browser` come before others. None can be activated while the address is reserved.
#[must_use]
pub fn decide<'a>(
    requested: RequestedLink,
    account: Option<&'a Account>,
    reservation: Option<&'a Reservation>,
    registrations: &'a [Registration],
    browser: Option<&Registering>,
) -> LinkDelivery<'a> {
    let Some(account) = account else {
        if let Some(reservation) = reservation {
            return LinkDelivery::Reserved(reservation);
        }
        let has_own = registrations.iter().any(|registration| registration.is_from(browser));
        let chosen = registrations.iter().filter(|registration| !has_own || registration.is_from(browser));
        let chosen: Vec<_> = chosen.take(MOST).collect();
        return if chosen.is_empty() { LinkDelivery::Nothing } else { LinkDelivery::Registrations(chosen) };
    };
    let link_email = match (account, requested) {
        (_, RequestedLink::PartnerRemoval) if account.details().password.is_some() => {
            LinkEmail::PartnerRemoval
        }
        (Account::Active(_), RequestedLink::PartnerRemoval) => LinkEmail::PasswordFirst,
        (Account::Locked(_), RequestedLink::Unlock) => LinkEmail::Unlock,
        (Account::Locked(_), _) => LinkEmail::UnlockFirst,
        (Account::Active(_), RequestedLink::Reset) => LinkEmail::Reset,
        // Without a password, a reset is the only way to sign in, whatever was requested (RULES 3.10).
        (Account::Active(active), _) if active.0.password.is_none() => LinkEmail::Reset,
        (Account::Active(_), _) => LinkEmail::Open,
    };
    LinkDelivery::Account(account, link_email)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        account::{
            AccountDetails, ActiveAccount, LockScope, LockedAccount,
            tests::{details, locked},
        },
        former_address::FormerAddress,
        keys::Sealed,
        registration::tests::registration,
    };
    use jiff::Timestamp;

    fn kind(
        requested: RequestedLink,
        account: Option<&Account>,
        registrations: &[Registration],
    ) -> &'static str {
        match decide(requested, account, None, registrations, None) {
            LinkDelivery::Reserved(_) => "reserved",
            LinkDelivery::Nothing => "nothing",
            LinkDelivery::Registrations(_) => "registrations",
            LinkDelivery::Account(_, LinkEmail::Open) => "open",
            LinkDelivery::Account(_, LinkEmail::Unlock) => "unlock",
            LinkDelivery::Account(_, LinkEmail::UnlockFirst) => "unlock first",
            LinkDelivery::Account(_, LinkEmail::Reset) => "reset",
            LinkDelivery::Account(_, LinkEmail::PartnerRemoval) => "removal",
            LinkDelivery::Account(_, LinkEmail::PasswordFirst) => "password first",
        }
    }

    #[test]
    fn rule_3_6_what_an_address_gets_depends_on_what_it_has() {
        let password = Some(Sealed::stored("wrapped".into()));
        let active =
            Account::Active(ActiveAccount(AccountDetails { password: password.clone(), ..details() }));
        let shut = Account::Locked(LockedAccount {
            details: AccountDetails { password, ..details() },
            ..locked(LockScope::AllBrowsers)
        });
        let (disputed, locked) =
            (Account::Active(ActiveAccount(details())), Account::Locked(locked(LockScope::AllBrowsers)));
        let waiting = [registration()];
        let rows = [
            (None, &[][..], ["nothing"; 4]),
            (None, &waiting[..], ["registrations"; 4]),
            (Some(&active), &[][..], ["open", "open", "reset", "removal"]),
            (Some(&active), &waiting[..], ["open", "open", "reset", "removal"]),
            (Some(&disputed), &[][..], ["reset", "reset", "reset", "password first"]),
            (Some(&locked), &[][..], ["unlock first", "unlock", "unlock first", "unlock first"]),
            (Some(&shut), &[][..], ["unlock first", "unlock", "unlock first", "removal"]),
        ];
        for (account, registrations, expected) in rows {
            let all = [
                RequestedLink::Activation,
                RequestedLink::Unlock,
                RequestedLink::Reset,
                RequestedLink::PartnerRemoval,
            ];
            assert_eq!(all.map(|requested| kind(requested, account, registrations)), expected);
        }
    }

    #[test]
    fn rule_7_3_a_reserved_address_gets_the_way_back_whatever_is_requested() {
        let AccountDetails { id, email, place, language, .. } = details();
        let address = FormerAddress { email, place, until: Timestamp::UNIX_EPOCH };
        let reservation = Reservation { account: id, address, language };
        let requests = [RequestedLink::Activation, RequestedLink::Unlock, RequestedLink::Reset];
        for requested in requests.into_iter().chain([RequestedLink::PartnerRemoval]) {
            for registrations in [&[][..], &[registration()]] {
                let delivery = decide(requested, None, Some(&reservation), registrations, None);
                assert!(matches!(delivery, LinkDelivery::Reserved(to) if *to == reservation));
            }
        }
    }

    #[test]
    fn rule_2_5_the_browsers_own_registrations_come_before_others_and_ten_at_most() {
        let own = Registering::from_random([1; 32]);
        let other = Registration { browser: Registering::from_random([2; 32]).hash(), ..registration() };
        let chosen = |registrations: &[Registration], browser| match decide(
            RequestedLink::Activation,
            None,
            None,
            registrations,
            browser,
        ) {
            LinkDelivery::Registrations(chosen) => chosen.len(),
            _ => 0,
        };
        let both = [registration(), other.clone()];
        assert_eq!(chosen(&both, Some(&own)), 1);
        assert_eq!(chosen(&both, None), 2);
        assert_eq!(chosen(&vec![other; 12], Some(&own)), 10);
    }
}
