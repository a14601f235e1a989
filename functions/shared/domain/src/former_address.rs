//! The addresses that an account had before (RULES 7.3), and the return to one of them by *This wasn't me* (RULES 3.10).
//!
//! Each former address is kept for [`KEPT`] after the account left it. Until then, nobody else can have it, and a notice
//! that was sent there can bring the account back. The addresses are listed in the order in which the account first had
//! them: an earlier one prevails over a later one. So somebody who changes the address of an account that isn't theirs
//! can't change it so often, or back, that the previous address loses its right.

use jiff::{SignedDuration, Timestamp};

use crate::{
    email::EmailAddress,
    id::AccountId,
    keys::EmailKey,
    language::Language,
    limits::RetryAfter,
    link::{Dispute, LinkPurpose},
};

/// How long an address is kept for the account that left it: as long as the notice that was sent there can be disputed.
pub const KEPT: SignedDuration = Dispute::LIFETIME;

/// The maximum number of addresses that are kept for one account, and thus of changes within that time.
pub const MOST: usize = 5;

/// An address that an account had.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormerAddress {
    /// The address.
    pub email: EmailAddress,
    /// The place of the account while it had the address.
    pub place: EmailKey,
    /// Until when it is kept, after the account left it last.
    pub until: Timestamp,
}

impl FormerAddress {
    /// When the account left it last. What *This wasn't me* undoes from there began then.
    #[must_use]
    pub fn left_at(&self) -> Timestamp {
        self.until - KEPT
    }
}

/// The reservation of an address for the account that left it, as it is found by the address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reservation {
    /// The account.
    pub account: AccountId,
    /// The address, with its place and its end.
    pub address: FormerAddress,
    /// The language of the account when it left.
    pub language: Language,
}

/// The former addresses of an account, each once, in the order in which the account first had them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FormerAddresses(Vec<FormerAddress>);

/// An account's return to an address that it had.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddressReturn {
    /// The address.
    pub email: EmailAddress,
    /// The place of the account at that address.
    pub place: EmailKey,
    /// The places that were kept for the account until now: those of the addresses that it had later.
    pub released: Vec<EmailKey>,
    /// The former addresses from now on: those that it had earlier.
    pub former: FormerAddresses,
    /// Until when the address that it leaves is kept, if that is an earlier one: it prevails.
    pub keeps_left_until: Option<Timestamp>,
}

impl FormerAddresses {
    /// The list as it is stored.
    #[must_use]
    pub fn stored(addresses: Vec<FormerAddress>) -> Self {
        Self(addresses)
    }

    /// The addresses, in the order in which the account first had them.
    #[must_use]
    pub fn all(&self) -> &[FormerAddress] {
        &self.0
    }

    /// Until when any of them is kept, if there is one.
    #[must_use]
    pub fn kept_until(&self) -> Option<Timestamp> {
        self.0.iter().map(|address| address.until).max()
    }

    /// Those that can bring back the account, which is at the `current` place.
    pub fn elsewhere(&self, current: &EmailKey, now: Timestamp) -> impl Iterator<Item = &FormerAddress> {
        self.0.iter().filter(move |address| now < address.until && address.place != *current)
    }

    /// The list without those that are no longer kept. The one at the `current` place stays, so that those that the account
    /// had later don't prevail over it.
    fn kept(&self, current: &EmailKey, now: Timestamp) -> Vec<FormerAddress> {
        self.0.iter().filter(|address| now < address.until || address.place == *current).cloned().collect()
    }

    /// The place at which an address is kept for the account.
    #[must_use]
    pub fn place_of(&self, email: &EmailAddress, now: Timestamp) -> Option<&EmailKey> {
        let kept = self.0.iter().find(|address| address.email == *email && now < address.until);
        kept.map(|address| &address.place)
    }

    /// The list after the account left the address `email` at `place`.
    ///
    /// # Errors
    /// [`RetryAfter`] while [`MOST`] other addresses are kept.
    pub fn after_leaving(
        &self,
        email: &EmailAddress,
        place: &EmailKey,
        now: Timestamp,
    ) -> Result<Self, RetryAfter> {
        let (mut kept, until) = (self.kept(place, now), now + KEPT);
        if let Some(known) = kept.iter_mut().find(|address| address.place == *place) {
            known.until = until;
            return Ok(Self(kept));
        }
        self.check_room(place, now)?;
        kept.push(FormerAddress { email: email.clone(), place: place.clone(), until });
        Ok(Self(kept))
    }

    /// Checks that the account may leave the address at the `current` place.
    ///
    /// # Errors
    /// [`RetryAfter`] while [`MOST`] other addresses are kept.
    pub fn check_room(&self, current: &EmailKey, now: Timestamp) -> Result<(), RetryAfter> {
        let kept = self.kept(current, now);
        let others = kept.iter().filter(|address| address.place != *current);
        if others.clone().count() < MOST {
            return Ok(());
        }
        Err(RetryAfter(others.map(|address| address.until).min().unwrap_or(now)))
    }

    /// The return to the address to which a notice was sent while the account was at the place `sent_to`. `None` if it is none
    /// of those that are kept. It may be the address that the account has: then it is those that it had later that lose their
    /// right.
    #[must_use]
    pub fn return_to(&self, sent_to: &EmailKey, current: &EmailKey, now: Timestamp) -> Option<AddressReturn> {
        let kept = self.kept(current, now);
        let position = kept.iter().position(|address| address.place == *sent_to)?;
        let (earlier, later) = kept.split_at(position);
        let (address, later) = later.split_first()?;
        let mut earlier = earlier.to_vec();
        let left = earlier.iter_mut().find(|address| address.place == *current);
        let keeps_left_until = left.map(|left| {
            left.until = now + KEPT;
            left.until
        });
        let released = later.iter().map(|address| address.place.clone());
        Some(AddressReturn {
            email: address.email.clone(),
            place: address.place.clone(),
            released: released.filter(|place| place != current).collect(),
            former: Self(earlier),
            keeps_left_until,
        })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use proptest::prelude::*;

    const DAY: i64 = 24 * 3600;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(seconds).unwrap()
    }

    fn email(name: u8) -> EmailAddress {
        format!("{}@exemple.ca", char::from(b'a' + name)).parse().unwrap()
    }

    fn place(name: u8) -> EmailKey {
        EmailKey::stored(format!("1.{name}"))
    }

    /// An account that had these addresses, one a day; it has the last one.
    fn had(names: &[u8]) -> FormerAddresses {
        let left = names.iter().take(names.len() - 1);
        left.zip(1..).fold(FormerAddresses::default(), |former, (name, day)| {
            former.after_leaving(&email(*name), &place(*name), at(day * DAY)).unwrap()
        })
    }

    fn places(former: &FormerAddresses) -> Vec<EmailKey> {
        former.all().iter().map(|address| address.place.clone()).collect()
    }

    #[test]
    fn rule_3_10_a_notice_to_a_former_address_brings_the_account_back_for_ten_days() {
        let former = had(&[0, 1]);
        let back = |now| former.return_to(&place(0), &place(1), at(now));
        let returned = back(11 * DAY - 1).unwrap();
        assert_eq!((returned.email, returned.place), (email(0), place(0)));
        assert!(returned.former.all().is_empty() && returned.released.is_empty());
        assert_eq!(back(11 * DAY), None);
        assert_eq!(former.return_to(&place(1), &place(1), at(2 * DAY)), None, "the current address");
    }

    #[test]
    fn rule_3_10_an_earlier_address_prevails_over_a_later_one() {
        // From a to b to c: a notice to a leaves nothing to b, and one to b leaves a its right.
        let former = had(&[0, 1, 2]);
        let first = former.return_to(&place(0), &place(2), at(3 * DAY)).unwrap();
        assert_eq!((first.released, places(&first.former)), (vec![place(1)], vec![]));
        let second = former.return_to(&place(1), &place(2), at(3 * DAY)).unwrap();
        assert_eq!((second.released, places(&second.former)), (vec![], vec![place(0)]));
    }

    #[test]
    fn rule_3_10_who_changes_the_address_and_back_keeps_no_right() {
        // From a to b and back: a notice to a, also one that was sent after the return, leaves nothing to b.
        let former = had(&[0, 1, 0]);
        assert_eq!(places(&former), [place(0), place(1)]);
        for now in [3 * DAY, 11 * DAY, 12 * DAY - 1] {
            let returned = former.return_to(&place(0), &place(0), at(now)).unwrap();
            assert_eq!((returned.place, returned.released), (place(0), vec![place(1)]), "{now}");
            assert!(returned.former.all().is_empty());
        }
        // A notice to b takes the account there, but a is kept from then on, and brings it back.
        let second = former.return_to(&place(1), &place(0), at(12 * DAY - 1)).unwrap();
        assert_eq!(second.keeps_left_until, Some(at(22 * DAY - 1)));
        let first = second.former.return_to(&place(0), &place(1), at(22 * DAY - 2)).unwrap();
        assert_eq!((first.place, first.former.all()), (place(0), &[][..]));
        // From a to b, back, and to c: a is still the first.
        let further = former.after_leaving(&email(0), &place(0), at(3 * DAY)).unwrap();
        assert_eq!(places(&further), [place(0), place(1)]);
        assert_eq!(further.all()[0].until, at(13 * DAY));
    }

    #[test]
    fn rule_7_3_five_changes_in_ten_days_are_the_last() {
        let former = had(&[0, 1, 2, 3, 4, 5]);
        let sixth = |now| former.after_leaving(&email(5), &place(5), at(now));
        assert_eq!(sixth(6 * DAY).err(), Some(RetryAfter(at(11 * DAY))));
        assert_eq!(places(&sixth(11 * DAY).unwrap()), [1, 2, 3, 4, 5].map(place));
        // Leaving an address that is kept already adds none.
        assert!(former.after_leaving(&email(2), &place(2), at(6 * DAY)).is_ok());
    }

    #[test]
    fn rule_7_3_a_kept_address_has_its_place() {
        let former = had(&[0, 1]);
        assert_eq!(former.place_of(&email(0), at(2 * DAY)), Some(&place(0)));
        assert_eq!(former.place_of(&email(0), at(11 * DAY)), None);
        assert_eq!(former.place_of(&email(1), at(2 * DAY)), None);
    }

    proptest! {
        /// Whatever somebody does who took an account over on the first day, its address can bring it back within ten days.
        #[test]
        fn rule_3_10_no_sequence_of_changes_takes_the_right_of_the_first_address(
            steps in proptest::collection::vec((0_u8..7, any::<bool>(), 1_i64..DAY), 1..40)
        ) {
            let (mut former, mut current, mut now) = (FormerAddresses::default(), 0, DAY);
            let mut left_at = None;
            for (name, is_dispute, pause) in steps {
                let instant = at(now);
                if current != 0 && left_at.is_none_or(|left_at| now >= left_at + 10 * DAY) {
                    break;
                }
                if is_dispute && name != 0 {
                    if let Some(returned) = former.return_to(&place(name), &place(current), instant) {
                        if current == 0 {
                            left_at = Some(now);
                        }
                        former = returned.former;
                        current = name;
                    }
                } else if name != current
                    && let Ok(after) = former.after_leaving(&email(current), &place(current), instant)
                {
                    if current == 0 {
                        left_at = Some(now);
                    }
                    former = after;
                    current = name;
                }
                if left_at.is_some() {
                    let returned = former.return_to(&place(0), &place(current), instant);
                    prop_assert!(returned.is_some_and(|returned| returned.former.all().is_empty()));
                }
                prop_assert!(former.all().len() <= MOST + 1);
                now += pause;
            }
        }

        /// As the table writes them: a move reserves the address that it leaves, and takes the reservation of the new one.
        #[test]
        fn rule_7_3_after_any_moves_the_reservations_are_those_of_the_former_addresses(
            steps in proptest::collection::vec((0_u8..7, any::<bool>(), 1_i64..3 * DAY), 1..60)
        ) {
            let (mut former, mut current, mut now) = (FormerAddresses::default(), 0, DAY);
            let mut reserved = BTreeMap::new();
            for (name, is_dispute, pause) in steps {
                let instant = at(now);
                if is_dispute {
                    if let Some(returned) = former.return_to(&place(name), &place(current), instant) {
                        for released in &returned.released {
                            reserved.remove(released.as_str());
                        }
                        if name != current
                            && let Some(until) = returned.keeps_left_until
                        {
                            reserved.insert(place(current).as_str().to_owned(), until);
                        }
                        (former, current) = (returned.former, name);
                    }
                } else if name != current
                    && let Ok(after) = former.after_leaving(&email(current), &place(current), instant)
                {
                    reserved.insert(place(current).as_str().to_owned(), instant + KEPT);
                    (former, current) = (after, name);
                }
                reserved.remove(place(current).as_str());
                reserved.retain(|_, until| instant < *until);
                let here = place(current);
                let kept = former.elsewhere(&here, instant);
                let kept = kept.map(|address| (address.place.as_str().to_owned(), address.until));
                prop_assert_eq!(kept.collect::<BTreeMap<_, _>>(), reserved.clone());
                prop_assert!(reserved.values().all(|until| former.kept_until() >= Some(*until)));
                now += pause;
            }
        }
    }
}
