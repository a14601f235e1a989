//! Registrations: an email address and a password that wait for activation (RULES 2.4 to 2.6, 2.9).
//!
//! A registration reserves nothing. Several can exist for one address; the first that is activated becomes the account.

use jiff::{SignedDuration, Timestamp};

use crate::{
    device::Device,
    email::EmailAddress,
    id::{AccountId, InteractionId, LinkId, RegistrationId},
    keys::{EmailKey, Sealed},
    language::Language,
    link::LiveLinks,
    secret::{HashedSecret, Registering, kind},
};

/// How long a registration waits for activation.
pub const LIFETIME: SignedDuration = SignedDuration::from_hours(24);

/// How many times the password may be attempted when the link is opened in another browser (RULES 2.6).
pub const TRIES: u32 = 5;

/// A registration that has not expired. It does not reserve its email address (RULES 2.5).
#[derive(Clone, Debug)]
pub struct Registration {
    /// The id, unique for all addresses.
    pub id: RegistrationId,
    /// The email address that was typed.
    pub email: EmailAddress,
    /// The key of the items that belong to the address.
    pub place: EmailKey,
    /// The hash of the chosen password, wrapped by a key that few functions have.
    pub password: Sealed,
    /// The language of its emails.
    pub language: Language,
    /// The browser in which it was made.
    pub browser: HashedSecret<kind::Registering>,
    /// The name and country of that browser.
    pub device: Device,
    /// When it was made.
    pub registered_at: Timestamp,
    /// The newest link that activates it.
    pub link: LinkId,
    /// When that link was created.
    pub link_sent_at: Timestamp,
    /// The links that activate it, with [`Registration::link`] (RULES 2.11).
    pub links: LiveLinks,
    /// How many times its password was attempted in another browser.
    pub tries: u32,
    /// The interaction during which it was made.
    pub interaction: Option<InteractionId>,
}

/// A registration that its link has activated.
#[non_exhaustive] // only `Registration::activate` makes one
#[derive(Debug)]
pub struct Activated {
    /// The id of the new account.
    pub account: AccountId,
    /// The registration that it was made from.
    pub registration: Registration,
    /// The link that is used up.
    pub link: LinkId,
    /// When it was activated.
    pub at: Timestamp,
}

/// Why a link does not activate a registration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotActivated {
    /// [`MOST`](crate::link::MOST) newer links were sent for the registration, or the link is another one's.
    Superseded,
    /// The link has expired (30 minutes).
    LinkExpired,
    /// The registration has expired (24 hours), or its attempts are used up.
    Gone,
    /// The link was opened in another browser, which requires the password (RULES 2.6).
    NeedsPassword,
}

/// An emailed link that activates, as it is stored.
#[derive(Clone, Copy, Debug)]
pub struct ActivationLink {
    /// The id that its token carries.
    pub id: LinkId,
    /// When it expires ([`expires_at`](crate::link::expires_at)).
    pub expires_at: Timestamp,
}

/// What proves that the person who follows an activation link is the one who registered.
#[derive(Clone, Copy, Debug)]
pub enum ActivationProof<'a> {
    /// A browser, possibly with the cookie of the registration.
    Browser(Option<&'a Registering>),
    /// The password of the registration, compared with its hash.
    Password,
}

impl Registration {
    /// When it expires and is deleted (RULES 2.9).
    #[must_use]
    pub fn expires_at(&self) -> Timestamp {
        self.registered_at + LIFETIME
    }

    /// Whether it has neither expired nor used up its attempts. Expired items may still be stored (RULES 2.9).
    #[must_use]
    pub fn is_live(&self, now: Timestamp) -> bool {
        now < self.expires_at() && self.tries < TRIES
    }

    /// How many attempts at its password are left.
    #[must_use]
    pub fn tries_left(&self) -> u32 {
        TRIES.saturating_sub(self.tries)
    }

    /// Whether it was made in this browser.
    #[must_use]
    pub fn is_from(&self, browser: Option<&Registering>) -> bool {
        browser.is_some_and(|browser| browser.hash() == self.browser)
    }

    /// The registration with one more link. The older ones continue to work (RULES 2.11).
    #[must_use]
    pub fn renew(self, link: LinkId, now: Timestamp) -> Self {
        Self { link, link_sent_at: now, links: self.links.with(link), ..self }
    }

    /// Checks whether a link activates it.
    ///
    /// # Errors
    /// [`NotActivated`], with the reason.
    pub fn check(
        &self,
        link: ActivationLink,
        proof: ActivationProof<'_>,
        now: Timestamp,
    ) -> Result<(), NotActivated> {
        if !self.is_live(now) {
            Err(NotActivated::Gone)
        } else if !self.links.contains(link.id) {
            Err(NotActivated::Superseded)
        } else if now >= link.expires_at {
            Err(NotActivated::LinkExpired)
        } else if matches!(proof, ActivationProof::Browser(browser) if !self.is_from(browser)) {
            Err(NotActivated::NeedsPassword)
        } else {
            Ok(())
        }
    }

    /// Activates it as this account.
    ///
    /// # Errors
    /// [`NotActivated`], with the reason.
    pub fn activate(
        self,
        account: AccountId,
        link: ActivationLink,
        proof: ActivationProof<'_>,
        now: Timestamp,
    ) -> Result<Activated, NotActivated> {
        self.check(link, proof, now)?;
        Ok(Activated { account, registration: self, link: link.id, at: now })
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) const START: Timestamp = Timestamp::UNIX_EPOCH;

    fn link(n: u8) -> ActivationLink {
        ActivationLink { id: LinkId::from_random([n; 16]), expires_at: START + SignedDuration::from_mins(30) }
    }

    fn browser(n: u8) -> Registering {
        Registering::from_random([n; 32])
    }

    pub(crate) fn registration() -> Registration {
        Registration {
            id: RegistrationId::from_random([1; 16]),
            email: "ana@exemple.ca".parse().unwrap(),
            place: EmailKey::stored("1.a".into()),
            password: Sealed::stored(String::new()),
            language: Language::French,
            browser: browser(1).hash(),
            device: Device::default(),
            registered_at: START,
            link: link(1).id,
            link_sent_at: START,
            links: LiveLinks::default().with(link(1).id),
            tries: 0,
            interaction: None,
        }
    }

    #[test]
    fn rule_2_11_the_five_newest_links_activate() {
        let proof = browser(1);
        let check = |registration: &Registration, n| {
            registration.check(link(n), ActivationProof::Browser(Some(&proof)), START)
        };
        let renewed = (2..=6).fold(registration(), |renewed, n| renewed.renew(link(n).id, START));
        assert_eq!(renewed.link, link(6).id);
        assert_eq!(check(&renewed, 1), Err(NotActivated::Superseded));
        for n in 2..=6 {
            assert_eq!(check(&renewed, n), Ok(()));
        }
    }

    #[test]
    fn rule_2_4_the_link_lasts_half_an_hour_and_the_registration_a_day() {
        let proof = browser(1);
        let check = |registration: &Registration, now| {
            let expires_at =
                crate::link::expires_at::<crate::link::Activation>(registration.link_sent_at, None);
            let link = ActivationLink { id: registration.link, expires_at };
            registration.check(link, ActivationProof::Browser(Some(&proof)), now)
        };
        let seconds = SignedDuration::from_secs;
        assert_eq!(check(&registration(), START + seconds(1799)), Ok(()));
        assert_eq!(check(&registration(), START + seconds(1800)), Err(NotActivated::LinkExpired));
        let late = registration().renew(link(2).id, START + seconds(86_390));
        assert_eq!(check(&late, START + seconds(86_399)), Ok(()));
        assert_eq!(check(&late, START + seconds(86_400)), Err(NotActivated::Gone));
        assert_eq!(check(&late, START + seconds(86_401)), Err(NotActivated::Gone));
    }

    #[test]
    fn rule_2_6_another_browser_needs_the_password() {
        let (own, other) = (browser(1), browser(2));
        let check = |proof| registration().check(link(1), proof, START);
        assert_eq!(check(ActivationProof::Browser(Some(&own))), Ok(()));
        assert_eq!(check(ActivationProof::Browser(Some(&other))), Err(NotActivated::NeedsPassword));
        assert_eq!(check(ActivationProof::Browser(None)), Err(NotActivated::NeedsPassword));
        assert_eq!(check(ActivationProof::Password), Ok(()));
    }

    #[test]
    fn rule_2_6_after_five_tries_it_is_gone() {
        let tried =
            |tries| Registration { tries, ..registration() }.check(link(1), ActivationProof::Password, START);
        assert_eq!(tried(4), Ok(()));
        assert_eq!(tried(5), Err(NotActivated::Gone));
    }
}
