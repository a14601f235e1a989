//! What a service was granted: a code, then tokens (RULES 6.1). All of it hangs on one grant, and ends with it.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};

use crate::{
    assurance::Assurance,
    authorization::Claims,
    factors::FactorKind,
    id::{AccountId, ConnectionId, GrantId},
    keys::{EmailKey, KeyRing},
    service::{ClientId, Scope, Scopes},
};

/// How long a code can be exchanged.
pub const CODE_LIFETIME: SignedDuration = SignedDuration::from_secs(60);

/// How long an access token is accepted.
pub const ACCESS_LIFETIME: SignedDuration = SignedDuration::from_mins(10);

/// How long a refresh token waits for its use.
pub const REFRESH_IDLE: SignedDuration = SignedDuration::from_hours(30 * 24);

/// How long refresh tokens are given in all.
pub const REFRESH_TOTAL: SignedDuration = SignedDuration::from_hours(180 * 24);

/// How long after a refresh token was exchanged it may come again because the answer was lost.
pub const GRACE: SignedDuration = SignedDuration::from_secs(30);

/// What a service was granted by a resident.
#[derive(Clone, Debug)]
pub struct Grant {
    /// Its name.
    pub id: GrantId,
    /// The service.
    pub client: ClientId,
    /// The resident's account.
    pub account: AccountId,
    /// Where the account's items were when it was granted.
    pub place: EmailKey,
    /// The account's generation: under a newer one the grant is over.
    pub generation: u64,
    /// The connection of the account and the service: without it the grant is over.
    pub connection: ConnectionId,
    /// The service's identifier of the resident.
    pub subject: String,
    /// What was granted.
    pub scopes: Scopes,
    /// Where the email address goes besides.
    pub claims: Claims,
    /// What the ID token repeats.
    pub nonce: Option<String>,
    /// When the resident signed in.
    pub authenticated_at: Timestamp,
    /// How surely.
    pub assurance: Assurance,
    /// By what.
    pub methods: BTreeSet<FactorKind>,
    /// When the code was issued.
    pub issued_at: Timestamp,
    /// How far it has come.
    pub stage: Stage,
}

/// How far a grant has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Its code waits to be exchanged.
    Code(Waiting),
    /// Tokens were given for it.
    Tokens(Tokens),
}

/// What a code is exchanged against.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// Where the code was sent.
    pub redirect_uri: String,
    /// The PKCE challenge, if there was one.
    pub code_challenge: Option<String>,
}

/// The newest tokens of a grant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tokens {
    /// Which refresh token is the newest; the first is 1.
    pub sequence: u64,
    /// When it was given.
    pub at: Timestamp,
}

/// What a refresh token that came is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refresh {
    /// It is the newest: a newer one takes its place.
    Rotate(Tokens),
    /// It is the one before, and the answer may have been lost: the newest is given again.
    Again(Tokens),
    /// It was exchanged before: somebody has a copy, and everything ends.
    Reused,
    /// It is worth nothing.
    Over,
}

impl Grant {
    /// Whether refresh tokens belong to it.
    #[must_use]
    pub fn is_offline(&self) -> bool {
        self.scopes.contains(&Scope::OfflineAccess)
    }

    /// Whether it gives the email address at the userinfo endpoint.
    #[must_use]
    pub fn gives_email(&self) -> bool {
        self.scopes.contains(&Scope::Email) || self.claims.email_in_userinfo
    }

    /// From when on it is forgotten, with tokens of this time.
    #[must_use]
    pub fn ends_at(&self, tokens: Tokens) -> Timestamp {
        if self.is_offline() {
            (tokens.at + REFRESH_IDLE).min(self.issued_at + REFRESH_TOTAL)
        } else {
            tokens.at + ACCESS_LIFETIME
        }
    }

    /// What its refresh token of this number is worth.
    #[must_use]
    pub fn refresh(&self, sequence: u64, now: Timestamp) -> Refresh {
        let Stage::Tokens(newest) = self.stage else { return Refresh::Over };
        if !self.is_offline() || now >= self.ends_at(newest) {
            return Refresh::Over;
        }
        if sequence == newest.sequence {
            return Refresh::Rotate(Tokens { sequence: sequence + 1, at: now });
        }
        let is_lately = now < newest.at + GRACE;
        if sequence.checked_add(1) == Some(newest.sequence) && is_lately {
            Refresh::Again(newest)
        } else {
            Refresh::Reused
        }
    }
}

/// The first tokens of a grant.
#[must_use]
pub fn first_tokens(now: Timestamp) -> Tokens {
    Tokens { sequence: 1, at: now }
}

/// What opens a grant. Each is made of the grant's name by a key when it is given out; nothing stored opens anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ticket {
    /// An authorization code.
    Code(GrantId),
    /// An access token.
    Access(Access),
    /// A refresh token, and its number.
    Refresh(GrantId, u64),
}

/// What an access token says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Access {
    /// What it opens.
    pub grant: GrantId,
    /// When it ends.
    pub ends_at: Timestamp,
    /// Whether it gives the email address, if that was granted.
    pub gives_email: bool,
    /// The number of the refresh token that it was given with: each exchange gives another access token.
    pub sequence: u64,
}

impl Ticket {
    /// As it is given out: it tells its holder nothing.
    #[must_use]
    pub fn write(self, keys: &KeyRing) -> String {
        keys.ticket(&self.bytes())
    }

    /// Reads one; `None` when we did not make it.
    #[must_use]
    pub fn read(text: &str, keys: &KeyRing) -> Option<Self> {
        let bytes = keys.open_ticket(text)?;
        let (kind, rest) = bytes.split_first()?;
        let (grant, rest) = rest.split_first_chunk::<16>()?;
        let (first, rest) = rest.split_first_chunk::<8>()?;
        let (first, second) = (u64::from_be_bytes(*first), u64::from_be_bytes(rest.try_into().ok()?));
        let grant = GrantId::from_bytes(*grant);
        match kind {
            1 => Some(Self::Code(grant)),
            2 | 4 => {
                let ends_at = Timestamp::from_second(i64::try_from(first).ok()?).ok()?;
                Some(Self::Access(Access { grant, ends_at, gives_email: *kind == 2, sequence: second }))
            }
            3 => Some(Self::Refresh(grant, first)),
            _ => None,
        }
    }

    /// What kind it is, its grant, and two numbers.
    fn bytes(self) -> [u8; 33] {
        let (kind, grant, first, second) = match self {
            Self::Code(grant) => (1, grant, 0, 0),
            Self::Access(access) => {
                let kind = if access.gives_email { 2 } else { 4 };
                let ends_at = u64::try_from(access.ends_at.as_second()).unwrap_or(0);
                (kind, access.grant, ends_at, access.sequence)
            }
            Self::Refresh(grant, sequence) => (3, grant, sequence, 0),
        };
        let mut bytes = [kind; 33];
        bytes[1..17].copy_from_slice(&grant.to_bytes());
        bytes[17..25].copy_from_slice(&first.to_be_bytes());
        bytes[25..].copy_from_slice(&second.to_be_bytes());
        bytes
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::keys::ring;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn grant(scopes: &[Scope], sequence: u64, given: i64) -> Grant {
        Grant {
            id: GrantId::from_random([1; 16]),
            client: "a".parse().unwrap(),
            account: AccountId::from_random([2; 16]),
            place: EmailKey::stored("1.a".into()),
            generation: 1,
            connection: ConnectionId::from_random([3; 16]),
            subject: "s".into(),
            scopes: scopes.iter().copied().collect(),
            claims: Claims::default(),
            nonce: None,
            authenticated_at: at(0),
            assurance: Assurance::Password,
            methods: BTreeSet::from([FactorKind::Password]),
            issued_at: at(0),
            stage: Stage::Tokens(Tokens { sequence, at: at(given) }),
        }
    }

    #[test]
    fn rule_6_1_a_refresh_token_is_exchanged_once_and_again_while_its_answer_may_be_lost() {
        let grant = grant(&[Scope::OfflineAccess], 5, 1000);
        assert_eq!(grant.refresh(5, at(1001)), Refresh::Rotate(Tokens { sequence: 6, at: at(1001) }));
        assert_eq!(grant.refresh(4, at(1029)), Refresh::Again(Tokens { sequence: 5, at: at(1000) }));
        assert_eq!(grant.refresh(4, at(1030)), Refresh::Reused);
        assert_eq!(grant.refresh(3, at(1001)), Refresh::Reused);
        assert_eq!(grant.refresh(u64::MAX, at(1001)), Refresh::Reused);
    }

    #[test]
    fn rule_6_1_refresh_tokens_end_when_unused_and_in_all() {
        let (month, half_a_year) = (30 * 24 * 3600, 180 * 24 * 3600);
        let offline = |given| grant(&[Scope::OfflineAccess], 1, given);
        assert!(matches!(offline(0).refresh(1, at(month - 1)), Refresh::Rotate(_)));
        assert_eq!(offline(0).refresh(1, at(month)), Refresh::Over);
        assert!(matches!(offline(half_a_year - 10).refresh(1, at(half_a_year - 1)), Refresh::Rotate(_)));
        assert_eq!(offline(half_a_year - 10).refresh(1, at(half_a_year)), Refresh::Over);
        assert_eq!(grant(&[], 1, 0).refresh(1, at(1)), Refresh::Over, "none were given");
        assert_eq!(grant(&[], 1, 0).ends_at(Tokens { sequence: 1, at: at(0) }), at(600));
    }

    #[test]
    fn a_ticket_is_read_back_and_nothing_else_is() {
        let (id, old, both) = (GrantId::from_random([7; 16]), ring(&[1]), ring(&[1, 2]));
        let access = |gives_email| {
            let ends_at = at(1_700_000_000);
            Ticket::Access(Access { grant: id, ends_at, gives_email, sequence: 9 })
        };
        for ticket in [Ticket::Code(id), access(true), access(false), Ticket::Refresh(id, 3)] {
            let text = ticket.write(&old);
            assert_eq!(Ticket::read(&text, &old), Some(ticket));
            assert_eq!(Ticket::read(&text, &both), Some(ticket), "an older key's");
            assert_eq!(Ticket::read(&ticket.write(&both), &old), None, "a key that is not known");
            assert_eq!(Ticket::read(&format!("{text}A"), &old), None);
        }
        for junk in ["", "A", "é", &"A".repeat(88), &"A".repeat(87), &"A".repeat(9000)] {
            assert_eq!(Ticket::read(junk, &old), None, "{junk}");
        }
    }

    proptest! {
        #[test]
        fn a_ticket_with_any_bit_changed_opens_nothing(bit in 0..66_usize * 8) {
            let keys = ring(&[1]);
            let text = Ticket::Refresh(GrantId::from_random([7; 16]), 3).write(&keys);
            let mut bytes = data_encoding::BASE64URL_NOPAD.decode(text.as_bytes()).unwrap();
            bytes[bit / 8] ^= 1 << (bit % 8);
            let changed = data_encoding::BASE64URL_NOPAD.encode(&bytes);
            prop_assert_eq!(Ticket::read(&changed, &keys), None);
        }
    }
}
