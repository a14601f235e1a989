//! Grants: what a resident has granted a service, as an authorization code and then as tokens (RULES 6.1).
//!
//! Codes and tokens are derived from the id of their [`Grant`] by a key. They are valid only while the grant exists.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};

use crate::{
    assurance::Assurance,
    authorization::RequestedClaims,
    id::{AccountId, ConnectionId, GrantId},
    keys::{EmailKey, TicketKeys},
    proof::FactorKind,
    service::{ClientId, Scope, Scopes},
};

/// How long an authorization code can be exchanged.
pub const CODE_LIFETIME: SignedDuration = SignedDuration::from_secs(60);

/// How long an access token is accepted.
pub const ACCESS_LIFETIME: SignedDuration = SignedDuration::from_mins(10);

/// How long a refresh token can be used after it was issued.
pub const REFRESH_IDLE: SignedDuration = SignedDuration::from_hours(30 * 24);

/// How long refresh tokens are issued for one grant.
pub const REFRESH_TOTAL: SignedDuration = SignedDuration::from_hours(180 * 24);

/// How long the previous refresh token is accepted again, because the response with the new one may have been lost.
pub const GRACE: SignedDuration = SignedDuration::from_secs(30);

/// What a service was granted by a resident, and for how long.
#[derive(Clone, Debug)]
pub struct Grant {
    /// The id that codes and tokens are derived from.
    pub id: GrantId,
    /// The service that it was granted to.
    pub client: ClientId,
    /// The account of the resident.
    pub account: AccountId,
    /// The key of the account's items when it was granted.
    pub place: EmailKey,
    /// The account's generation. A newer generation ends the grant.
    pub generation: u64,
    /// The connection of the account and the service. Without it, the grant has ended.
    pub connection: ConnectionId,
    /// The service's subject identifier for the resident.
    pub subject: String,
    /// The scopes that were granted.
    pub scopes: Scopes,
    /// The individually requested claims.
    pub claims: RequestedClaims,
    /// The value that the ID token repeats.
    pub nonce: Option<String>,
    /// When the resident signed in: the `auth_time` claim.
    pub authenticated_at: Timestamp,
    /// The assurance level that was reached.
    pub assurance: Assurance,
    /// The factors that were proven, for the `amr` claim.
    pub methods: BTreeSet<FactorKind>,
    /// When the authorization code was issued.
    pub issued_at: Timestamp,
    /// What has been issued for it.
    pub stage: Stage,
}

/// What has been issued for a grant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stage {
    /// An authorization code that has not been exchanged.
    Code(CodeBinding),
    /// Tokens, in exchange for the code.
    Tokens(Tokens),
}

/// What the token request must match.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CodeBinding {
    /// The redirect URI of the authorization request.
    pub redirect_uri: String,
    /// The PKCE challenge, if the request had one.
    pub code_challenge: Option<String>,
}

/// The newest tokens of a grant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tokens {
    /// The sequence number of the newest refresh token; the first is 1.
    pub sequence: u64,
    /// When they were issued.
    pub at: Timestamp,
}

/// What happens to a presented refresh token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RefreshOutcome {
    /// It is the newest: a new one replaces it.
    Rotate(Tokens),
    /// It is the previous one, and the response may have been lost: the newest is issued again.
    Repeat(Tokens),
    /// It was exchanged before: there is a copy of it, and the grant ends (RFC 9700 section 4.14).
    Reused,
    /// It is not valid any more.
    Invalid,
}

impl Grant {
    /// Whether refresh tokens are issued for it.
    #[must_use]
    pub fn is_offline(&self) -> bool {
        self.scopes.contains(&Scope::OfflineAccess)
    }

    /// Whether the userinfo endpoint returns the email address.
    #[must_use]
    pub fn gives_email(&self) -> bool {
        self.scopes.contains(&Scope::Email) || self.claims.email_in_userinfo
    }

    /// When it expires, with these newest tokens.
    #[must_use]
    pub fn ends_at(&self, tokens: Tokens) -> Timestamp {
        if self.is_offline() {
            (tokens.at + REFRESH_IDLE).min(self.issued_at + REFRESH_TOTAL)
        } else {
            tokens.at + ACCESS_LIFETIME
        }
    }

    /// What happens to its refresh token with this sequence number.
    #[must_use]
    pub fn refresh(&self, sequence: u64, now: Timestamp) -> RefreshOutcome {
        let Stage::Tokens(newest) = self.stage else { return RefreshOutcome::Invalid };
        if !self.is_offline() || now >= self.ends_at(newest) {
            return RefreshOutcome::Invalid;
        }
        if sequence == newest.sequence {
            return RefreshOutcome::Rotate(Tokens { sequence: sequence + 1, at: now });
        }
        let is_lately = now < newest.at + GRACE;
        if sequence.checked_add(1) == Some(newest.sequence) && is_lately {
            RefreshOutcome::Repeat(newest)
        } else {
            RefreshOutcome::Reused
        }
    }
}

/// The first tokens of a grant.
#[must_use]
pub fn first_tokens(now: Timestamp) -> Tokens {
    Tokens { sequence: 1, at: now }
}

/// A code or token as its holder presents it. It is derived from the grant's id by a key when it is issued; nothing
/// stored opens anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OpaqueToken {
    /// An authorization code (RFC 6749 section 1.3.1).
    Code(GrantId),
    /// An access token (RFC 6749 section 1.4).
    Access(AccessToken),
    /// A refresh token, and its sequence number.
    Refresh(GrantId, u64),
}

/// The content of an access token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AccessToken {
    /// The grant that it belongs to.
    pub grant: GrantId,
    /// When it stops being accepted.
    pub ends_at: Timestamp,
    /// Whether it may return the email address, if that was granted.
    pub gives_email: bool,
    /// The sequence number of the refresh token that was issued with it, so each exchange yields a different access
    /// token.
    pub sequence: u64,
}

impl OpaqueToken {
    /// The opaque text that the client receives.
    #[must_use]
    pub fn write(self, keys: &TicketKeys) -> String {
        keys.ticket(&self.bytes())
    }

    /// Reads a text; `None` unless it was derived by one of the keys.
    #[must_use]
    pub fn read(text: &str, keys: &TicketKeys) -> Option<Self> {
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
                Some(Self::Access(AccessToken { grant, ends_at, gives_email: *kind == 2, sequence: second }))
            }
            3 => Some(Self::Refresh(grant, first)),
            _ => None,
        }
    }

    /// The kind, the grant and two numbers.
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
            claims: RequestedClaims::default(),
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
        assert_eq!(grant.refresh(5, at(1001)), RefreshOutcome::Rotate(Tokens { sequence: 6, at: at(1001) }));
        assert_eq!(grant.refresh(4, at(1029)), RefreshOutcome::Repeat(Tokens { sequence: 5, at: at(1000) }));
        assert_eq!(grant.refresh(4, at(1030)), RefreshOutcome::Reused);
        assert_eq!(grant.refresh(3, at(1001)), RefreshOutcome::Reused);
        assert_eq!(grant.refresh(u64::MAX, at(1001)), RefreshOutcome::Reused);
    }

    #[test]
    fn rule_6_1_refresh_tokens_end_when_unused_and_in_all() {
        let (month, half_a_year) = (30 * 24 * 3600, 180 * 24 * 3600);
        let offline = |given| grant(&[Scope::OfflineAccess], 1, given);
        assert!(matches!(offline(0).refresh(1, at(month - 1)), RefreshOutcome::Rotate(_)));
        assert_eq!(offline(0).refresh(1, at(month)), RefreshOutcome::Invalid);
        assert!(matches!(
            offline(half_a_year - 10).refresh(1, at(half_a_year - 1)),
            RefreshOutcome::Rotate(_)
        ));
        assert_eq!(offline(half_a_year - 10).refresh(1, at(half_a_year)), RefreshOutcome::Invalid);
        assert_eq!(grant(&[], 1, 0).refresh(1, at(1)), RefreshOutcome::Invalid, "none were given");
        assert_eq!(grant(&[], 1, 0).ends_at(Tokens { sequence: 1, at: at(0) }), at(600));
    }

    #[test]
    fn a_ticket_is_read_back_and_nothing_else_is() {
        let (id, old, both) = (GrantId::from_random([7; 16]), ring(&[1]), ring(&[1, 2]));
        let (old, both) = (old.ticket().unwrap(), both.ticket().unwrap());
        let access = |gives_email| {
            let ends_at = at(1_700_000_000);
            OpaqueToken::Access(AccessToken { grant: id, ends_at, gives_email, sequence: 9 })
        };
        for ticket in [OpaqueToken::Code(id), access(true), access(false), OpaqueToken::Refresh(id, 3)] {
            let text = ticket.write(old);
            assert_eq!(OpaqueToken::read(&text, old), Some(ticket));
            assert_eq!(OpaqueToken::read(&text, both), Some(ticket), "an older key's");
            assert_eq!(OpaqueToken::read(&ticket.write(both), old), None, "a key that is not known");
            assert_eq!(OpaqueToken::read(&format!("{text}A"), old), None);
        }
        for junk in ["", "A", "é", &"A".repeat(88), &"A".repeat(87), &"A".repeat(9000)] {
            assert_eq!(OpaqueToken::read(junk, old), None, "{junk}");
        }
    }

    proptest! {
        #[test]
        fn a_ticket_with_any_bit_changed_opens_nothing(bit in 0..66_usize * 8) {
            let keys = ring(&[1]);
            let keys = keys.ticket().unwrap();
            let text = OpaqueToken::Refresh(GrantId::from_random([7; 16]), 3).write(keys);
            let mut bytes = data_encoding::BASE64URL_NOPAD.decode(text.as_bytes()).unwrap();
            bytes[bit / 8] ^= 1 << (bit % 8);
            let changed = data_encoding::BASE64URL_NOPAD.encode(&bytes);
            prop_assert_eq!(OpaqueToken::read(&changed, keys), None);
        }
    }
}
