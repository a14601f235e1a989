//! Browsers in which the resident verified before. Wrong codes that are typed there count for that browser alone, so that
//! somebody who has the password can't pause verification for the resident (RULES 3.11, 5.6).
//!
//! A browser that only knows the password is none of them, however often it signed in: all such browsers share the guesses
//! of the account. Nor is one that proved less than what can be guessed: on an account with a second factor, only that
//! factor makes a browser known.

use jiff::Timestamp;

use super::{Factors, Guesses};
use crate::{
    device::KNOWN_FOR,
    secret::{HashedSecret, kind},
};

/// How many browsers are known: those in which the resident verified last.
const MOST: usize = 5;

/// A browser, by the hash of its device cookie.
pub type BrowserId = HashedSecret<kind::Device>;

/// A browser in which the resident verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifiedBrowser {
    /// The browser.
    pub id: BrowserId,
    /// Whether it was by a second factor.
    pub by_second_factor: bool,
    /// When it last was.
    pub verified_at: Timestamp,
    /// The guesses in this browser since.
    pub guesses: Guesses,
}

impl Factors {
    /// The guesses that a code in this browser counts with: those of the browser if the resident verified in it before, else
    /// those of the account.
    #[must_use]
    pub fn guesses_in(&self, browser: Option<&BrowserId>, now: Timestamp) -> &Guesses {
        self.known(browser, now).map_or(&self.guesses, |index| &self.browsers[index].guesses)
    }

    pub(super) fn guesses_in_mut(&mut self, browser: Option<&BrowserId>, now: Timestamp) -> &mut Guesses {
        match self.known(browser, now) {
            Some(index) => &mut self.browsers[index].guesses,
            None => &mut self.guesses,
        }
    }

    /// The value after an email has told the resident of the pause in this browser, or in all others.
    #[must_use]
    pub fn with_pause_notified(&self, browser: Option<&BrowserId>, now: Timestamp) -> Self {
        let mut after = self.clone();
        after.guesses_in_mut(browser, now).is_notified = true;
        after
    }

    /// The value after the resident proved in this browser all that can be guessed.
    #[must_use]
    pub fn verified_in(
        mut self,
        browser: Option<&BrowserId>,
        by_second_factor: bool,
        now: Timestamp,
    ) -> Self {
        let Some(id) = browser else { return self };
        let earlier = self.browsers.iter().position(|known| known.id == *id);
        let earlier = earlier.map(|index| self.browsers.remove(index));
        let by_second_factor = by_second_factor || earlier.is_some_and(|known| known.by_second_factor);
        let guesses = Guesses::default();
        self.browsers
            .insert(0, VerifiedBrowser { id: id.clone(), by_second_factor, verified_at: now, guesses });
        self.browsers.truncate(MOST);
        self
    }

    fn known(&self, browser: Option<&BrowserId>, now: Timestamp) -> Option<usize> {
        let has_second_factor = self.has_guessable_second_factor(now);
        self.browsers.iter().position(|known| {
            Some(&known.id) == browser
                && now < known.verified_at + KNOWN_FOR
                && (known.by_second_factor || !has_second_factor)
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{
        super::{Factor, MatchedCode, TimeStep, tests::totp},
        *,
    };
    use crate::{
        account::tests::details,
        factors::guesses::LIMIT,
        secret::{DeviceSecret, SessionSecret},
    };

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn browser(n: u8) -> BrowserId {
        DeviceSecret::from_random([n; 32]).hash()
    }

    fn with_authenticator() -> Factors {
        Factors::none(details().id).enrolled(totp(1)).unwrap()
    }

    /// The value after a wrong code in this browser; `None` while verification pauses there.
    fn wrong(factors: &Factors, n: u8, now: i64) -> Option<Factors> {
        let session = SessionSecret::from_random([n; 32]).hash();
        let form = Factor::Authenticator(totp(1).id);
        let guess = factors.guess_in_form(form, (&session, Some(&browser(n))), &details(), at(now));
        factors.guess(&guess, at(now)).ok()
    }

    fn right(factors: &Factors, n: u8, now: i64) -> Factors {
        let session = SessionSecret::from_random([n; 32]).hash();
        let matched = MatchedCode::Authenticator(totp(1).id, TimeStep(now.unsigned_abs()));
        let guess =
            factors.guess_in_form(matched.factor(), (&session, Some(&browser(n))), &details(), at(now));
        factors.verified(&matched, &guess, at(now)).unwrap()
    }

    fn pauses_in(factors: &Factors, n: u8, now: i64) -> bool {
        factors.guesses_in(Some(&browser(n)), at(now)).pause(at(now)).is_some()
    }

    #[test]
    fn rule_5_6_wrong_codes_in_strange_browsers_pause_no_browser_in_which_the_resident_verified() {
        let mut factors = right(&with_authenticator(), 1, 10);
        for n in 0..10 {
            factors = wrong(&factors, 2 + n, 11).unwrap();
        }
        assert!(pauses_in(&factors, 99, 11) && pauses_in(&factors, 2, 11) && !pauses_in(&factors, 1, 11));
        let mut owner = factors.clone();
        for _ in 0..10 {
            owner = wrong(&owner, 1, 11).unwrap();
        }
        assert!(pauses_in(&owner, 1, 11), "it has ten of its own");
        // A success there ends no pause of the others, or the thief would get ten more each time.
        let owner = right(&factors, 1, 12);
        assert!(pauses_in(&owner, 99, 12));
        let later = at(12) + KNOWN_FOR;
        assert_eq!(owner.guesses_in(Some(&browser(1)), later), &owner.guesses, "400 days");
    }

    #[test]
    fn rule_5_6_a_browser_is_known_by_what_can_be_guessed_and_by_nothing_less() {
        let none = Factors::none(details().id);
        let by_mailbox = none.clone().verified_in(Some(&browser(1)), false, at(1));
        assert!(by_mailbox.known(Some(&browser(1)), at(1)).is_some(), "nothing more can be guessed");
        let enrolled = by_mailbox.enrolled(totp(1)).unwrap();
        assert_eq!(enrolled.known(Some(&browser(1)), at(1)), None);
        let known = right(&enrolled, 1, 10);
        assert!(known.known(Some(&browser(1)), at(11)).is_some());
        let again = known.clone().verified_in(Some(&browser(1)), false, at(12));
        assert!(again.known(Some(&browser(1)), at(12)).is_some(), "the mailbox takes nothing away");
        assert_eq!(known.known(None, at(11)), None);
        let (removed, _) = known.removed(totp(1).id).unwrap();
        assert!(removed.browsers.is_empty(), "whoever has the old phone may have used it there");
        assert!(known.disputed(at(0)).browsers.is_empty());
        let many = (0..9).fold(with_authenticator(), |factors, n| right(&factors, n, i64::from(n) + 10));
        let known: Vec<_> = many.browsers.iter().map(|known| known.id.clone()).collect();
        assert!(known == [8, 7, 6, 5, 4].map(browser), "the last five");
    }

    proptest! {
        /// However many browsers a thief uses, and whatever the resident does in a known one: until the pause, the thief has
        /// ten guesses, and the resident is not paused by them.
        #[test]
        fn rule_5_6_a_thief_in_any_number_of_browsers_has_ten_guesses(
            moves in proptest::collection::vec((0u8..5, 2u8..200), 1..120),
        ) {
            let mut factors = right(&with_authenticator(), 1, 10);
            let (mut stolen, mut own) = (0, 0);
            for (n, (what, thief)) in (0..).zip(moves) {
                let now = 11 + n;
                match what {
                    0 => { factors = right(&factors, 1, now); own = 0; }
                    1 if own < 9 => { factors = wrong(&factors, 1, now).unwrap(); own += 1; }
                    _ => if let Some(after) = wrong(&factors, thief, now) { factors = after; stolen += 1; }
                }
                prop_assert!(stolen <= LIMIT && !pauses_in(&factors, 1, now));
                prop_assert_eq!(pauses_in(&factors, 250, now), stolen == LIMIT);
            }
        }
    }
}
