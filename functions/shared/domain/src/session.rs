//! Signed-in sessions (RULES 3.8).

use std::{collections::BTreeSet, fmt};

use data_encoding::BASE64URL_NOPAD;
use jiff::{SignedDuration, Timestamp};
use zeroize::Zeroizing;

use crate::{
    assurance::Assurance,
    device::Device,
    factors::{FactorKind, PROOF_LASTS, ProofStrength, RootOfTrust},
    id::AccountId,
    language::Language,
    secret::{HashedSecret, SessionSecret, kind},
};

/// How long a session lasts without a visit.
pub const IDLE: SignedDuration = SignedDuration::from_mins(30);

/// How long a session lasts in all.
pub const TOTAL: SignedDuration = SignedDuration::from_hours(12);

/// How long before its end a resident is warned.
pub const WARNING: SignedDuration = SignedDuration::from_mins(2);

/// How old the last recorded visit gets before another one is written.
pub const SEEN_EVERY: SignedDuration = SignedDuration::from_secs(60);

/// A session within its time.
#[derive(Clone, Debug)]
pub struct Session {
    /// The secret's hash: its name in the table.
    pub hash: HashedSecret<kind::Session>,
    /// Whose it is.
    pub account: AccountId,
    /// The account's generation when it began: under a newer one it is over.
    pub generation: u64,
    /// The language of the account when it began.
    pub language: Language,
    /// In which browser it began.
    pub device: Device,
    /// When it began.
    pub began_at: Timestamp,
    /// The last visit that was recorded.
    pub seen_at: Timestamp,
    /// The hash that it began under. It goes on under another one after each change of privilege, and is the same.
    pub begun_as: HashedSecret<kind::Session>,
    /// What was proven in it, oldest first: the factor that it started by, then what was verified since. A factor has one
    /// proof of each strength, the newest.
    pub proofs: Vec<Proof>,
}

/// One thing that was proven in a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Proof {
    /// What was proven.
    pub factor: FactorKind,
    /// When it was verified.
    pub at: Timestamp,
    /// What it counts for. It stays as it was when the factor was verified: an authenticator that begins to count later
    /// does not change earlier proofs.
    pub strength: ProofStrength,
    /// What it ultimately relies on.
    pub root: RootOfTrust,
}

impl Proof {
    /// A proof of a factor that counts in full.
    #[must_use]
    pub fn new(factor: FactorKind, at: Timestamp) -> Self {
        Self { factor, at, strength: factor.strength(), root: factor.root() }
    }

    /// The same proof of a factor that does not count as a second factor yet (RULES 5.7). No proof becomes stronger.
    #[must_use]
    pub fn as_second_step(self) -> Self {
        Self { strength: self.strength.min(ProofStrength::SecondStep), ..self }
    }

    /// Whether it was verified after the sign-in, and not by it.
    #[must_use]
    pub fn is_step_up(&self) -> bool {
        self.strength > ProofStrength::SingleFactor
    }
}

/// The session cookie's value: where the session is to be found, and a 256-bit secret. Never stored, never printed.
#[derive(Clone)]
pub struct SessionCookie {
    /// Whose session it is said to be. It grants nothing without the secret.
    pub account: AccountId,
    /// The secret, whose hash names the session.
    pub secret: SessionSecret,
}

impl SessionCookie {
    /// Reads a cookie's value; `None` when it isn't one of ours.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = Zeroizing::new(BASE64URL_NOPAD.decode(text.as_bytes()).ok()?);
        let (account, secret) = bytes.split_first_chunk::<16>()?;
        let secret = SessionSecret::from_random(secret.try_into().ok()?);
        Some(Self { account: AccountId::from_bytes(*account), secret })
    }

    /// The cookie's value: for the browser that owns it and nobody else.
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
    /// The assurance level that was reached in it (RULES 6.2).
    #[must_use]
    pub fn assurance(&self) -> Assurance {
        self.proofs.iter().map(|proof| proof.strength.assurance()).max().unwrap_or_default()
    }

    /// The factors that were proven in it: a grant keeps them for the `amr` claim.
    #[must_use]
    pub fn methods(&self) -> BTreeSet<FactorKind> {
        self.proofs.iter().map(|proof| proof.factor).collect()
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
        let mut session = Self { hash: next.hash(), seen_at: proof.at, ..self.clone() };
        session.proofs.retain(|earlier| (earlier.factor, earlier.strength) != (proof.factor, proof.strength));
        session.proofs.push(proof);
        session
    }

    /// When it ends unless there is a visit before.
    #[must_use]
    pub fn ends_at(&self) -> Timestamp {
        (self.seen_at + IDLE).min(self.began_at + TOTAL)
    }

    /// When it would end if this were its last visit.
    #[must_use]
    pub fn would_end_at(&self, now: Timestamp) -> Timestamp {
        (now + IDLE).min(self.began_at + TOTAL)
    }

    /// Whether a visit makes it last longer: not when its twelve hours are what ends it.
    #[must_use]
    pub fn can_stay(&self) -> bool {
        self.ends_at() < self.began_at + TOTAL
    }

    /// Whether it is within its time.
    #[must_use]
    pub fn is_live(&self, now: Timestamp) -> bool {
        now < self.ends_at()
    }

    /// Whether a visit now is to be recorded.
    #[must_use]
    pub fn is_to_be_seen(&self, now: Timestamp) -> bool {
        now >= self.seen_at + SEEN_EVERY
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
            seen_at: at(seen),
            begun_as: SessionSecret::from_random([0; 32]).hash(),
            proofs: vec![Proof::new(FactorKind::Password, Timestamp::UNIX_EPOCH)],
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
        assert!(session(0).can_stay());
        assert!(session(41_000).can_stay(), "from 42 800 to 43 200");
        assert!(!session(41_500).can_stay(), "its twelve hours end it");
    }

    #[test]
    fn rule_3_8_a_visit_is_recorded_at_most_once_a_minute() {
        assert!(!session(0).is_to_be_seen(at(59)));
        assert!(session(0).is_to_be_seen(at(60)));
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
        assert_eq!((by_email.assurance(), by_email.seen_at), (Assurance::TwoStep, at(60)));
        assert!(by_email.hash == next.hash() && by_email.begun_as == began.hash);
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
