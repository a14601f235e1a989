//! An email and a password that wait for activation (RULES 2.4 to 2.6, 2.9).

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

/// How often the password may be tried when the link is opened in another browser (RULES 2.6).
pub const TRIES: u32 = 5;

/// A registration within its 24 hours: it takes no email until it is activated (RULES 2.5).
#[derive(Clone, Debug)]
pub struct Registration {
    /// Its name.
    pub id: RegistrationId,
    /// The address it was made with.
    pub email: EmailAddress,
    /// Where the items of that address are.
    pub place: EmailKey,
    /// The password chosen for it.
    pub password: PasswordHash,
    /// In which language.
    pub language: Language,
    /// In which browser.
    pub browser: HashedSecret<kind::Registering>,
    /// That browser, as a person would call it.
    pub device: Device,
    /// When.
    pub registered_at: Timestamp,
    /// The one link that activates it: a newer one voids the older (RULES 2.4).
    pub link: LinkId,
    /// When that link was made.
    pub link_sent_at: Timestamp,
    /// How often its password was tried in another browser.
    pub tries: u32,
    /// The service its resident was on the way to.
    pub interaction: Option<InteractionId>,
}

/// A registration that its link has just made an account.
#[non_exhaustive] // only `Registration::activate` makes one
#[derive(Debug)]
pub struct Activated {
    /// The new account's name.
    pub account: AccountId,
    /// What it was made from.
    pub registration: Registration,
    /// When.
    pub at: Timestamp,
}

/// Why a link doesn't activate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotActivated {
    /// A newer link was sent for the same registration.
    Superseded,
    /// The link's 30 minutes are over.
    LinkExpired,
    /// The registration's 24 hours are over, or its tries are used up.
    Gone,
    /// The link was opened in another browser: the password is asked for (RULES 2.6).
    NeedsPassword,
}

/// Who follows an activation link.
#[derive(Clone, Copy, Debug)]
pub enum ActivationProof<'a> {
    /// A browser, which may hold the cookie of one that registered.
    Browser(Option<&'a Registering>),
    /// Someone who typed the registration's password, which was compared with its hash.
    Password,
}

impl Registration {
    /// When everything of it is gone (RULES 2.9).
    #[must_use]
    pub fn expires_at(&self) -> Timestamp {
        self.registered_at + LIFETIME
    }

    /// Whether it still exists for any purpose, swept or not (RULES 2.9).
    #[must_use]
    pub fn is_live(&self, now: Timestamp) -> bool {
        now < self.expires_at() && self.tries < TRIES
    }

    /// Whether this browser made it.
    #[must_use]
    pub fn is_from(&self, browser: Option<&Registering>) -> bool {
        browser.is_some_and(|browser| browser.hash() == self.browser)
    }

    /// The same registration with a fresh link, which voids the older one (RULES 2.4).
    #[must_use]
    pub fn renew(self, link: LinkId, now: Timestamp) -> Self {
        Self { link, link_sent_at: now, ..self }
    }

    /// Whether a link may activate it.
    ///
    /// # Errors
    /// Why not, of [`NotActivated`].
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

    /// Makes it an account.
    ///
    /// # Errors
    /// Why not, of [`NotActivated`].
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
