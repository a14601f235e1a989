//! Emailed links: single use, limited lifetime, and a token that is not stored anywhere (RULES 2.4, 2.7).
//!
//! A [`Token`] is in the URL of the email. The table stores a [`SentLink`], which [`SentLink::check`] turns into a
//! [`ValidLink`]. The type parameter is what the link is for.

use std::{fmt, marker::PhantomData};

use data_encoding::BASE64URL_NOPAD;
use jiff::{SignedDuration, Timestamp};

use crate::{
    id::{AccountId, LinkId},
    keys::{EmailKey, LinkKeys},
};

/// How long an expired link is kept, so that its page can say that it has expired.
pub const REMEMBERED: SignedDuration = SignedDuration::from_hours(48);

/// How many links of one purpose work at the same time for one account or registration (RULES 2.11).
pub const MOST: usize = 5;

/// The links of one purpose that work for one account or registration, newest first: at most [`MOST`] (RULES 2.11).
///
/// A link in the list may have expired; [`SentLink::check`] says so. Using one, or achieving its purpose in another way,
/// empties the list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LiveLinks(Vec<LinkId>);

impl LiveLinks {
    /// Reads the list as it is stored: the newest link, which the previous release writes alone, and the list, which it
    /// leaves as it is. Without a newest link, none works.
    #[must_use]
    pub fn stored(newest: Option<LinkId>, listed: &[LinkId]) -> Self {
        newest.map_or_else(Self::default, |newest| Self(listed.to_vec()).with(newest))
    }

    /// The list with a newer link. The oldest stops working when there are too many.
    #[must_use]
    pub fn with(&self, newest: LinkId) -> Self {
        let older = self.0.iter().copied().filter(|link| *link != newest);
        Self(std::iter::once(newest).chain(older).take(MOST).collect())
    }

    /// Whether this link is one of them.
    #[must_use]
    pub fn contains(&self, link: LinkId) -> bool {
        self.0.contains(&link)
    }

    /// The newest link.
    #[must_use]
    pub fn newest(&self) -> Option<LinkId> {
        self.0.first().copied()
    }

    /// The links, newest first.
    #[must_use]
    pub fn ids(&self) -> &[LinkId] {
        &self.0
    }
}

/// What a link is for. A reset link passed to unlock does not compile.
pub trait LinkPurpose {
    /// The name that the token's authentication code covers.
    const NAME: &'static str;
    /// How long the link works.
    const LIFETIME: SignedDuration;
    /// Whether the link can work after its account has left the address that it was sent to (RULES 7.3).
    const OUTLIVES_ADDRESS: bool = false;
}

const HALF_AN_HOUR: SignedDuration = SignedDuration::from_mins(30);

/// Activates a registration (RULES 2.4).
#[derive(Debug)]
pub enum Activation {}

impl LinkPurpose for Activation {
    const NAME: &'static str = "activation";
    const LIFETIME: SignedDuration = HALF_AN_HOUR;
}

/// Unlocks a locked account (RULES 3.5).
#[derive(Debug)]
pub enum Unlock {}

impl LinkPurpose for Unlock {
    const NAME: &'static str = "unlock";
    const LIFETIME: SignedDuration = HALF_AN_HOUR;
}

/// Sets a new password (RULES 3.6).
#[derive(Debug)]
pub enum Reset {}

impl LinkPurpose for Reset {
    const NAME: &'static str = "reset";
    const LIFETIME: SignedDuration = HALF_AN_HOUR;
}

/// Removes the sign-in partners of an account (RULES 4.8).
#[derive(Debug)]
pub enum PartnerRemoval {}

impl LinkPurpose for PartnerRemoval {
    const NAME: &'static str = "removal";
    const LIFETIME: SignedDuration = HALF_AN_HOUR;
}

/// Confirms another email address of an account (RULES 7.3). It is sent to that address.
#[derive(Debug)]
pub enum EmailChange {}

impl LinkPurpose for EmailChange {
    const NAME: &'static str = "email_change";
    const LIFETIME: SignedDuration = HALF_AN_HOUR;
}

/// Reports *This wasn't me* (RULES 3.10).
#[derive(Debug)]
pub enum Dispute {}

impl LinkPurpose for Dispute {
    const NAME: &'static str = "objection";
    const LIFETIME: SignedDuration = SignedDuration::from_hours(10 * 24);
    const OUTLIVES_ADDRESS: bool = true;
}

/// The token in a link's URL: the link's id and a 256-bit authentication code.
///
/// It is derived when the email is rendered, so nothing stored opens anything (RULES 2.7).
pub struct Token<U> {
    id: LinkId,
    text: String,
    purpose: PhantomData<fn() -> U>,
}

impl<U: LinkPurpose> Token<U> {
    /// The token of a link, by the current key.
    #[must_use]
    pub fn derive(id: LinkId, keys: &LinkKeys) -> Self {
        let (version, tag) = keys.mac(&covered::<U>(id));
        let text = BASE64URL_NOPAD.encode(&[&[version][..], &id.to_bytes(), &tag].concat());
        Self { id, text, purpose: PhantomData }
    }

    /// Reads a token; `None` unless it was derived for this purpose.
    #[must_use]
    pub fn parse(text: &str, keys: &LinkKeys) -> Option<Self> {
        let bytes = BASE64URL_NOPAD.decode(text.as_bytes()).ok()?;
        let (&version, rest) = bytes.split_first()?;
        let (id, tag) = rest.split_first_chunk::<16>()?;
        let id = LinkId::from_bytes(*id);
        let is_ours = keys.is_mac(&covered::<U>(id), version, tag);
        is_ours.then(|| Self { id, text: text.to_owned(), purpose: PhantomData })
    }

    /// The id of the link.
    #[must_use]
    pub fn id(&self) -> LinkId {
        self.id
    }

    /// The text for the URL in the email, and for the cookie of the browser that followed it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.text
    }
}

fn covered<U: LinkPurpose>(id: LinkId) -> Vec<u8> {
    [U::NAME.as_bytes(), &[0], &id.to_bytes()].concat()
}

impl<U> fmt::Debug for Token<U> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token")
    }
}

/// When a link expires: after its lifetime, unless another time is stored with it, because its address is sent no other
/// link for longer (RULES 3.11).
#[must_use]
pub fn expires_at<U: LinkPurpose>(sent_at: Timestamp, stored: Option<Timestamp>) -> Timestamp {
    stored.unwrap_or(sent_at + U::LIFETIME)
}

/// An emailed link of an account, as it is stored.
#[derive(Clone, Debug)]
pub struct SentLink<U> {
    /// The id that the token carries.
    pub id: LinkId,
    /// The account that it was sent for.
    pub account: AccountId,
    /// The place of the account when it was sent.
    pub place: EmailKey,
    /// When it was created.
    pub sent_at: Timestamp,
    /// When it expires ([`expires_at`]).
    pub expires_at: Timestamp,
    /// Whether it was used.
    pub is_used: bool,
    /// Whether somebody who was signed in asked for it, as for a report of the activity (RULES 7.5).
    pub is_reported: bool,
    /// The purpose, as a type.
    pub purpose: PhantomData<fn() -> U>,
}

/// An emailed link that has neither expired nor been used.
#[non_exhaustive] // only `SentLink::check` makes one
#[derive(Clone, Debug)]
pub struct ValidLink<U> {
    /// The id that the token carries.
    pub id: LinkId,
    /// The account that it was sent for.
    pub account: AccountId,
    /// The place of the account when it was sent.
    pub place: EmailKey,
    /// When it was created; of *This wasn't me*, when that happened which it is about.
    pub sent_at: Timestamp,
    /// Whether somebody who was signed in asked for it, as for a report of the activity (RULES 7.5).
    pub is_reported: bool,
    purpose: PhantomData<fn() -> U>,
}

/// Why a link is not valid, whatever the state of the account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkError {
    /// It was used before.
    Used,
    /// Its lifetime is over.
    Expired,
    /// Another link of its purpose was used, [`MOST`] newer ones were sent, it belongs to another account, or the account has
    /// left the address that it was sent to.
    Superseded,
}

impl<U: LinkPurpose> SentLink<U> {
    /// Checks that the link can be used.
    ///
    /// # Errors
    /// [`LinkError::Used`] or [`LinkError::Expired`].
    pub fn check(self, now: Timestamp) -> Result<ValidLink<U>, LinkError> {
        match (self.is_used, now >= self.expires_at) {
            (true, _) => Err(LinkError::Used),
            (false, true) => Err(LinkError::Expired),
            (false, false) => {
                let Self { id, account, place, sent_at, is_reported, .. } = self;
                Ok(ValidLink { id, account, place, sent_at, is_reported, purpose: PhantomData })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::ring;

    #[test]
    fn rule_2_7_a_token_is_read_back_for_its_own_use_alone() {
        let (keys, id) = (ring(&[1]), LinkId::from_random([5; 16]));
        let keys = keys.link().unwrap();
        let token = Token::<Activation>::derive(id, keys);
        let (both, other) = (ring(&[1, 2]), ring(&[3]));
        assert_eq!(Token::<Activation>::parse(token.expose(), both.link().unwrap()).unwrap().id(), id);
        assert!(Token::<Unlock>::parse(token.expose(), keys).is_none());
        assert!(Token::<Activation>::parse(token.expose(), other.link().unwrap()).is_none());
        assert!(
            BASE64URL_NOPAD.decode(token.expose().as_bytes()).unwrap().len() - 17 >= 16,
            "at least 128 bits"
        );
    }

    #[test]
    fn rule_2_11_the_five_newest_links_work_and_the_previous_release_knows_the_newest() {
        let link = |n: u8| LinkId::from_random([n; 16]);
        let links = (1..=6).fold(LiveLinks::default(), |links, n| links.with(link(n)));
        assert_eq!(links.ids(), [6, 5, 4, 3, 2].map(link));
        assert_eq!(links.newest(), Some(link(6)));
        assert!(!links.contains(link(1)));
        assert_eq!(links.with(link(4)).ids(), [4, 6, 5, 3, 2].map(link), "no link is listed twice");
        assert_eq!(LiveLinks::stored(links.newest(), links.ids()), links);
        // As the previous release leaves them: it writes and removes the newest link alone.
        assert_eq!(LiveLinks::stored(Some(link(7)), &[]).ids(), [link(7)]);
        assert_eq!(LiveLinks::stored(Some(link(7)), links.ids()).ids(), [7, 6, 5, 4, 3].map(link));
        assert_eq!(LiveLinks::stored(None, links.ids()), LiveLinks::default());
    }

    #[test]
    fn rule_9_6_a_token_does_not_print() {
        let token = Token::<Activation>::derive(LinkId::from_random([5; 16]), ring(&[1]).link().unwrap());
        assert_eq!(format!("{token:?}"), "Token");
    }

    #[test]
    fn rule_2_7_a_changed_token_is_refused() {
        let keys = ring(&[1]);
        let keys = keys.link().unwrap();
        let token = Token::<Activation>::derive(LinkId::from_random([5; 16]), keys);
        let bytes = BASE64URL_NOPAD.decode(token.expose().as_bytes()).unwrap();
        for at in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[at] ^= 1;
            assert!(
                Token::<Activation>::parse(&BASE64URL_NOPAD.encode(&changed), keys).is_none(),
                "byte {at}"
            );
        }
        for junk in ["", "A", "\u{e9}", &token.expose()[..20]] {
            assert!(Token::<Activation>::parse(junk, keys).is_none(), "{junk}");
        }
    }

    #[test]
    fn rule_2_4_a_link_works_for_thirty_minutes() {
        let sent: Timestamp = "2026-11-24T12:00:00Z".parse().unwrap();
        let half_an_hour_later: Timestamp = "2026-11-24T12:30:00Z".parse().unwrap();
        assert_eq!(expires_at::<Activation>(sent, None), half_an_hour_later);
    }

    #[test]
    fn rule_3_11_a_link_can_be_kept_for_longer() {
        let at = |seconds| Timestamp::from_second(seconds).unwrap();
        let expires_at = expires_at::<Unlock>(at(0), Some(at(7200)));
        let check = |is_used, now| SentLink { expires_at, ..sent::<Unlock>(is_used) }.check(at(now));
        assert!(check(false, 7199).is_ok());
        assert_eq!(check(false, 7200).err(), Some(LinkError::Expired));
        assert_eq!(check(true, 60).err(), Some(LinkError::Used));
    }

    fn sent<U: LinkPurpose>(is_used: bool) -> SentLink<U> {
        let (id, account) = (LinkId::from_random([1; 16]), AccountId::from_random([2; 16]));
        let (place, sent_at) = (EmailKey::stored("1.a".into()), Timestamp::UNIX_EPOCH);
        let expires_at = expires_at::<U>(sent_at, None);
        SentLink {
            id,
            account,
            place,
            sent_at,
            expires_at,
            is_used,
            is_reported: false,
            purpose: PhantomData,
        }
    }

    #[test]
    fn rule_3_5_a_link_works_once_and_for_half_an_hour() {
        let at = |seconds| Timestamp::from_second(seconds).unwrap();
        assert!(sent::<Unlock>(false).check(at(1799)).is_ok());
        assert_eq!(sent::<Unlock>(false).check(at(1800)).err(), Some(LinkError::Expired));
        assert_eq!(sent::<Unlock>(true).check(at(1800)).err(), Some(LinkError::Used));
        assert!(sent::<Reset>(false).check(at(1799)).is_ok());
        assert_eq!(sent::<Reset>(false).check(at(1800)).err(), Some(LinkError::Expired));
    }

    #[test]
    fn rule_3_10_an_objection_can_be_made_for_ten_days() {
        let at = |seconds| Timestamp::from_second(seconds).unwrap();
        assert!(sent::<Dispute>(false).check(at(863_999)).is_ok());
        assert_eq!(sent::<Dispute>(false).check(at(864_000)).err(), Some(LinkError::Expired));
    }
}
