//! Signed-in sessions (RULES 3.8).
//!
//! A session starts when a resident signs in. It ends after 30 minutes without a request ([`INACTIVITY_TIMEOUT`]),
//! after 12 hours ([`OVERALL_TIMEOUT`]), when the resident signs out, or when the account gets a newer generation.
//!
//! It holds a list of [`Proof`]s. [`Session::assurance`], the `amr` claim and the rules for changes are derived from
//! that list alone.

use std::{collections::BTreeSet, fmt};

use data_encoding::BASE64URL_NOPAD;
use jiff::{SignedDuration, Timestamp};
use zeroize::Zeroizing;

use crate::{
    assurance::Assurance,
    device::Device,
    email::EmailAddress,
    id::AccountId,
    language::Language,
    proof::{self, FactorKind, PROOF_LASTS, Proof},
    secret::{HashedSecret, SessionSecret, kind},
};

/// How long a session lasts without a request (NIST SP 800-63B: inactivity timeout).
pub const INACTIVITY_TIMEOUT: SignedDuration = SignedDuration::from_mins(30);

/// How long a session lasts at most (NIST SP 800-63B: overall timeout).
pub const OVERALL_TIMEOUT: SignedDuration = SignedDuration::from_hours(12);

/// How long before the end of a session the page warns the resident.
pub const WARNING: SignedDuration = SignedDuration::from_mins(2);

/// How old the recorded activity becomes before a request records it again: one write a minute instead of one a
/// request.
pub const ACTIVITY_UPDATE_INTERVAL: SignedDuration = SignedDuration::from_secs(60);

/// Identifies a session over its whole life: the hash of its first secret. A change of privilege gives the session another
/// secret, but not another id. Email codes belong to the id.
pub type SessionId = HashedSecret<kind::Session>;

/// A session that has not expired.
#[derive(Clone, Debug)]
pub struct Session {
    /// The hash of its present secret, which is part of its item's key.
    pub hash: HashedSecret<kind::Session>,
    /// The account that is signed in.
    pub account: AccountId,
    /// The account's generation when the session started. A newer generation ends the session.
    pub generation: u64,
    /// The account's language when the session started.
    pub language: Language,
    /// The browser in which it started.
    pub device: Device,
    /// When it started.
    pub began_at: Timestamp,
    /// When a request was last recorded.
    pub last_active_at: Timestamp,
    /// The id, which stays the same when the secret, and so [`Session::hash`], changes.
    pub id: SessionId,
    /// What was proven in it, oldest first: the factor that it started by, then what was verified since. A factor has one
    /// proof of each strength, the newest.
    pub proofs: Vec<Proof>,
    /// The account's address, by which pages say who is signed in. It is read beside the session and not stored with it, so
    /// that it is never an earlier one; `None` when the session starts, and for accounts of an earlier release.
    pub email: Option<EmailAddress>,
}

/// The value of the session cookie: the account and a 256-bit secret. Never stored, never printed.
#[derive(Clone)]
pub struct SessionCookie {
    /// The account that the cookie claims. It grants nothing without the secret.
    pub account: AccountId,
    /// The secret, whose hash identifies the session's item.
    pub secret: SessionSecret,
}

impl SessionCookie {
    /// Reads the value of a cookie; `None` when it does not have the form of one.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = Zeroizing::new(BASE64URL_NOPAD.decode(text.as_bytes()).ok()?);
        let (account, secret) = bytes.split_first_chunk::<16>()?;
        let secret = SessionSecret::from_random(secret.try_into().ok()?);
        Some(Self { account: AccountId::from_bytes(*account), secret })
    }

    /// The value for the browser that owns it, and for nobody else.
    #[must_use]
    pub fn expose(&self) -> String {
        let bytes = Zeroizing::new([self.account.to_bytes().as_slice(), self.secret.bytes()].concat());
        BASE64URL_NOPAD.encode(&bytes)
    }
}

impl fmt::Debug for SessionCookie {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionCookie")
    }
}

impl Session {
    /// The assurance level that its proofs reach (RULES 6.2).
    #[must_use]
    pub fn assurance(&self) -> Assurance {
        proof::assurance(&self.proofs)
    }

    /// When the resident authenticated: the `auth_time` of ID tokens. A partner states it for its sign-ins (RULES 4.5).
    /// [`Timestamp::UNIX_EPOCH`] when the partner did not.
    #[must_use]
    pub fn authenticated_at(&self) -> Timestamp {
        let sign_in = self.proofs.iter().find(|proof| proof.factor.is_first_factor());
        sign_in.map_or(self.began_at, |proof| proof.at)
    }

    /// The factors that it was authenticated by: a grant keeps them for the `amr` claim.
    #[must_use]
    pub fn methods(&self) -> BTreeSet<FactorKind> {
        let factors = self.proofs.iter().map(|proof| proof.factor);
        factors.filter(|factor| *factor != FactorKind::ActivationLink).collect()
    }

    /// What was proven within the last [`PROOF_LASTS`]: it is recent enough for a change (RULES 7.2).
    pub fn recent_proofs(&self, now: Timestamp) -> impl Iterator<Item = &Proof> {
        self.proofs.iter().filter(move |proof| now < proof.at + PROOF_LASTS)
    }

    /// Whether the resident verified, beyond the sign-in, recently enough for a change (RULES 7.2).
    #[must_use]
    pub fn has_verified_lately(&self, now: Timestamp) -> bool {
        self.recent_proofs(now).any(Proof::is_step_up)
    }

    /// Whether the resident verified, beyond the sign-in, at this time or later.
    #[must_use]
    pub fn has_verified_since(&self, since: Timestamp) -> bool {
        self.proofs.iter().any(|proof| proof.is_step_up() && proof.at >= since)
    }

    /// The session with one more proof. Its privilege changes, so it continues under another secret (RULES 3.8).
    #[must_use]
    pub fn with_proof(&self, next: &SessionSecret, proof: Proof) -> Self {
        let mut session = Self { hash: next.hash(), last_active_at: proof.at, ..self.clone() };
        session.proofs.retain(|earlier| (earlier.factor, earlier.strength) != (proof.factor, proof.strength));
        session.proofs.push(proof);
        session
    }

    /// When it ends without another request.
    #[must_use]
    pub fn ends_at(&self) -> Timestamp {
        (self.last_active_at + INACTIVITY_TIMEOUT).min(self.began_at + OVERALL_TIMEOUT)
    }

    /// When it would end if this were its last request.
    #[must_use]
    pub fn would_end_at(&self, now: Timestamp) -> Timestamp {
        (now + INACTIVITY_TIMEOUT).min(self.began_at + OVERALL_TIMEOUT)
    }

    /// Whether another request extends it. It does not once the overall timeout is what ends the session.
    #[must_use]
    pub fn can_be_extended(&self) -> bool {
        self.ends_at() < self.began_at + OVERALL_TIMEOUT
    }

    /// Whether it has not expired at this time.
    #[must_use]
    pub fn is_live(&self, now: Timestamp) -> bool {
        now < self.ends_at()
    }

    /// Whether a request at this time is to be recorded.
    #[must_use]
    pub fn needs_activity_update(&self, now: Timestamp) -> bool {
        now >= self.last_active_at + ACTIVITY_UPDATE_INTERVAL
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) fn session(seen: i64) -> Session {
        Session {
            hash: SessionSecret::from_random([0; 32]).hash(),
            account: AccountId::from_random([0; 16]),
            generation: 1,
            language: Language::English,
            device: Device::default(),
            began_at: Timestamp::UNIX_EPOCH,
            last_active_at: at(seen),
            id: SessionSecret::from_random([0; 32]).hash(),
            proofs: vec![Proof::new(FactorKind::Password, Timestamp::UNIX_EPOCH)],
            email: None,
        }
    }

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(seconds).unwrap()
    }

    #[test]
    fn rule_3_8_a_session_ends_after_thirty_idle_minutes() {
        assert!(session(0).is_live(at(1799)));
        assert!(!session(0).is_live(at(1800)));
        assert!(session(60).is_live(at(1800)));
    }

    #[test]
    fn rule_3_8_a_session_ends_after_twelve_hours_whatever_is_visited() {
        assert!(session(43_190).is_live(at(43_199)));
        assert!(!session(43_190).is_live(at(43_200)));
        assert_eq!(session(43_000).would_end_at(at(43_100)), at(43_200));
        assert_eq!(session(0).would_end_at(at(100)), at(1900));
    }

    #[test]
    fn rule_3_8_a_visit_makes_a_session_last_until_its_twelve_hours_end_it() {
        assert!(session(0).can_be_extended());
        assert!(session(41_000).can_be_extended(), "from 42 800 to 43 200");
        assert!(!session(41_500).can_be_extended(), "its twelve hours end it");
    }

    #[test]
    fn rule_3_8_a_visit_is_recorded_at_most_once_a_minute() {
        assert!(!session(0).needs_activity_update(at(59)));
        assert!(session(0).needs_activity_update(at(60)));
    }

    #[test]
    fn rule_3_8_a_session_cookie_is_read_back_and_nothing_else_is() {
        let (account, secret) = (AccountId::from_random([7; 16]), SessionSecret::from_random([9; 32]));
        let cookie = SessionCookie { account, secret };
        let read = SessionCookie::parse(&cookie.expose()).unwrap();
        assert!(read.account == account && read.secret.hash() == cookie.secret.hash());
        assert_eq!(format!("{cookie:?}"), "SessionCookie");
        for junk in ["", "AAAA", "\u{e9}", &"A".repeat(43), &"A".repeat(66), &"A".repeat(9000)] {
            assert!(SessionCookie::parse(junk).is_none(), "{junk}");
        }
    }

    #[test]
    fn rule_6_2_a_session_says_what_was_verified_in_it_and_no_more() {
        let next = SessionSecret::from_random([1; 32]);
        let email_code = |second| Proof::new(FactorKind::EmailCode, at(second));
        let authenticator = |second| Proof::new(FactorKind::Authenticator, at(second));
        let began = session(0);
        assert_eq!(began.assurance(), Assurance::Password);
        let by_email = began.with_proof(&next, email_code(60));
        assert_eq!((by_email.assurance(), by_email.last_active_at), (Assurance::TwoStep, at(60)));
        assert!(by_email.hash == next.hash() && by_email.id == began.hash);
        let by_new_app = began.with_proof(&next, authenticator(60).as_second_step());
        assert_eq!(by_new_app.assurance(), Assurance::TwoStep, "it does not count yet");
        let by_both = by_email.with_proof(&next, authenticator(90));
        assert_eq!(by_both.assurance(), Assurance::Mfa);
        let again = by_both.with_proof(&next, authenticator(95).as_second_step());
        assert_eq!(again.assurance(), Assurance::Mfa, "what was proven stays proven");
        let all = [FactorKind::Password, FactorKind::EmailCode, FactorKind::Authenticator];
        assert_eq!(again.methods().into_iter().collect::<Vec<_>>(), all);
        assert_eq!(began.methods().into_iter().collect::<Vec<_>>(), [FactorKind::Password]);
        let mut by_partner = by_email;
        by_partner.proofs[0] = Proof::new(FactorKind::Partner, at(0));
        assert_eq!(by_partner.assurance(), Assurance::TwoStep, "a partner is one factor");
        assert_eq!(
            by_partner.methods().into_iter().collect::<Vec<_>>(),
            [FactorKind::Partner, FactorKind::EmailCode]
        );
    }

    #[test]
    fn rule_6_2_a_factor_has_one_proof_of_each_strength_the_newest() {
        let next = SessionSecret::from_random([1; 32]);
        let authenticator = |second| Proof::new(FactorKind::Authenticator, at(second));
        let mut session = session(0);
        for second in [10, 20, 30] {
            session = session.with_proof(&next, authenticator(second).as_second_step());
            session = session.with_proof(&next, authenticator(second));
        }
        let newest = [authenticator(30).as_second_step(), authenticator(30)];
        assert_eq!(session.proofs[1..], newest);
    }

    #[test]
    fn rule_7_2_signing_in_is_no_verification_and_a_verification_is_recent_for_five_minutes() {
        let began = session(0);
        assert!(!began.has_verified_lately(at(0)) && !began.has_verified_since(at(0)));
        let next = SessionSecret::from_random([1; 32]);
        let verified = began.with_proof(&next, Proof::new(FactorKind::EmailCode, at(60)));
        assert!(verified.has_verified_lately(at(359)) && !verified.has_verified_lately(at(360)));
        assert!(verified.has_verified_since(at(60)) && !verified.has_verified_since(at(61)));
    }
}
