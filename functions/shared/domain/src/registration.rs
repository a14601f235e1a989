//! Registrations: an email address and a password that wait for activation (RULES 2.4 to 2.6, 2.9).
//!
//! A registration reserves nothing. Several can exist for one address; the first that is activated becomes the account.

use jiff::{SignedDuration, Timestamp};

use crate::{
    device::Device,
    email::EmailAddress,
    hashing::PasswordHash,
    id::{AccountId, InteractionId, LinkId, RegistrationId},
    keys::EmailKey,
    language::Language,
    link,
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
    /// The hash of the chosen password.
    pub password: PasswordHash,
    /// The language of its emails.
    pub language: Language,
    /// The browser in which it was made.
    pub browser: HashedSecret<kind::Registering>,
    /// The name and country of that browser.
    pub device: Device,
    /// When it was made.
    pub registered_at: Timestamp,
    /// The only link that activates it. A newer link voids it (RULES 2.4).
    pub link: LinkId,
    /// When that link was created.
    pub link_sent_at: Timestamp,
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
    /// When it was activated.
    pub at: Timestamp,
}

/// Why a link does not activate a registration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotActivated {
    /// A newer link was sent for the registration.
    Superseded,
    /// The link has expired (30 minutes).
    LinkExpired,
    /// The registration has expired (24 hours), or its attempts are used up.
    Gone,
    /// The link was opened in another browser, which requires the password (RULES 2.6).
    NeedsPassword,
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

    /// Whether it was made in this browser.
    #[must_use]
    pub fn is_from(&self, browser: Option<&Registering>) -> bool {
        browser.is_some_and(|browser| browser.hash() == self.browser)
    }

    /// The registration with a new link, which voids the older one (RULES 2.4).
    #[must_use]
    pub fn renew(self, link: LinkId, now: Timestamp) -> Self {
        Self { link, link_sent_at: now, ..self }
    }

    /// Checks whether a link activates it.
    ///
    /// # Errors
    /// [`NotActivated`], with the reason.
    pub fn check(
        &self,
        link: LinkId,
        proof: ActivationProof<'_>,
        now: Timestamp,
    ) -> Result<(), NotActivated> {
        if !self.is_live(now) {
            Err(NotActivated::Gone)
        } else if link != self.link {
            Err(NotActivated::Superseded)
        } else if link::is_expired::<link::Activation>(self.link_sent_at, now) {
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
        link: LinkId,
        proof: ActivationProof<'_>,
        now: Timestamp,
    ) -> Result<Activated, NotActivated> {
        self.check(link, proof, now)?;
        Ok(Activated { account, registration: self, at: now })
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) const START: Timestamp = Timestamp::UNIX_EPOCH;

    fn link(n: u8) -> LinkId {
        LinkId::from_random([n; 16])
    }

    fn browser(n: u8) -> Registering {
        Registering::from_random([n; 32])
    }

    pub(crate) fn registration() -> Registration {
        Registration {
            id: RegistrationId::from_random([1; 16]),
            email: "ana@exemple.ca".parse().unwrap(),
            place: EmailKey::stored("1.a".into()),
            password: PasswordHash::stored(String::new()),
            language: Language::French,
            browser: browser(1).hash(),
            device: Device::default(),
            registered_at: START,
            link: link(1),
            link_sent_at: START,
            tries: 0,
            interaction: None,
        }
    }

    #[test]
    fn rule_2_4_a_newer_link_voids_the_older() {
        let proof = browser(1);
        let renewed = registration().renew(link(2), START);
        assert_eq!(
            renewed.check(link(1), ActivationProof::Browser(Some(&proof)), START),
            Err(NotActivated::Superseded)
        );
        assert_eq!(renewed.check(link(2), ActivationProof::Browser(Some(&proof)), START), Ok(()));
    }

    #[test]
    fn rule_2_4_the_link_lasts_half_an_hour_and_the_registration_a_day() {
        let proof = browser(1);
        let check = |registration: &Registration, now| {
            registration.check(registration.link, ActivationProof::Browser(Some(&proof)), now)
        };
        let seconds = SignedDuration::from_secs;
        assert_eq!(check(&registration(), START + seconds(1799)), Ok(()));
        assert_eq!(check(&registration(), START + seconds(1800)), Err(NotActivated::LinkExpired));
        let late = registration().renew(link(2), START + seconds(86_390));
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
