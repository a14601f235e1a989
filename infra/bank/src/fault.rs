//! The switches: what can go wrong at a provider.

use std::{fmt, str::FromStr};

/// Something that a relying party must survive. Its name is stable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Fault {
    /// The authorization response is the error `server_error`.
    ServerError,
    /// The authorization response is the error `temporarily_unavailable`.
    TemporarilyUnavailable,
    /// The authorization response is the error `login_required`.
    LoginRequired,
    /// The authorization response has another `state`.
    WrongState,
    /// The authorization response has no `state`.
    NoState,
    /// The authorization response has another provider's `iss`.
    WrongIss,
    /// The authorization response has no `iss`.
    NoIss,
    /// The authorization response has neither a code nor an error.
    NoCode,
    /// The token endpoint answers `invalid_grant`.
    TokenError,
    /// The token endpoint answers 503.
    TokenDown,
    /// The token endpoint answers well, but only after eight seconds.
    TokenSlow,
    /// The token endpoint answers 200 and says that it is JSON, which it isn't.
    TokenGarbage,
    /// The token endpoint's answer is a good one with two MiB of padding.
    TokenHuge,
    /// `iss` is another provider.
    WrongIssuer,
    /// `aud` is another client.
    WrongAudience,
    /// `aud` is the client and another one, and there is no `azp`.
    SecondAudience,
    /// `nonce` is another one.
    WrongNonce,
    /// There is no `nonce`.
    NoNonce,
    /// `exp` is almost an hour ago.
    Expired,
    /// `iat` is tomorrow, and `exp` after it.
    IssuedInFuture,
    /// There is no `sub`.
    NoSubject,
    /// The ID token is signed by a key that is not published, under the id of one that is.
    BadSignature,
    /// The ID token is signed by a key that is not published, under its own id.
    UnknownKey,
    /// The ID token is not signed (`alg` is `none`).
    AlgNone,
    /// The ID token is signed by HMAC, whose secret is the published key in PEM.
    AlgHs256,
    /// The token response has no ID token.
    NoIdToken,
    /// Discovery answers 503. Chosen for one sign-in, it does so for the minute after it.
    DiscoveryDown,
    /// The key set answers 503. Chosen for one sign-in, it does so for the minute after it.
    JwksDown,
    /// The keys are rotated just before the ID token is signed. Nothing is wrong with that.
    RotatedKeys,
}

/// Where a fault is seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// In the authorization response.
    Authorization,
    /// At the token endpoint.
    Token,
    /// In the ID token.
    IdToken,
    /// At the provider as a whole.
    Provider,
}

/// No fault has this name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownFault;

impl Fault {
    /// Every fault, stage by stage.
    pub const ALL: [Self; 29] = [
        Self::ServerError,
        Self::TemporarilyUnavailable,
        Self::LoginRequired,
        Self::WrongState,
        Self::NoState,
        Self::WrongIss,
        Self::NoIss,
        Self::NoCode,
        Self::TokenError,
        Self::TokenDown,
        Self::TokenSlow,
        Self::TokenGarbage,
        Self::TokenHuge,
        Self::WrongIssuer,
        Self::WrongAudience,
        Self::SecondAudience,
        Self::WrongNonce,
        Self::NoNonce,
        Self::Expired,
        Self::IssuedInFuture,
        Self::NoSubject,
        Self::BadSignature,
        Self::UnknownKey,
        Self::AlgNone,
        Self::AlgHs256,
        Self::NoIdToken,
        Self::DiscoveryDown,
        Self::JwksDown,
        Self::RotatedKeys,
    ];

    /// What it is called in forms and addresses.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::ServerError => "server-error",
            Self::TemporarilyUnavailable => "temporarily-unavailable",
            Self::LoginRequired => "login-required",
            Self::WrongState => "wrong-state",
            Self::NoState => "no-state",
            Self::WrongIss => "wrong-iss",
            Self::NoIss => "no-iss",
            Self::NoCode => "no-code",
            Self::TokenError => "token-error",
            Self::TokenDown => "token-down",
            Self::TokenSlow => "token-slow",
            Self::TokenGarbage => "token-garbage",
            Self::TokenHuge => "token-huge",
            Self::WrongIssuer => "wrong-issuer",
            Self::WrongAudience => "wrong-audience",
            Self::SecondAudience => "second-audience",
            Self::WrongNonce => "wrong-nonce",
            Self::NoNonce => "no-nonce",
            Self::Expired => "expired",
            Self::IssuedInFuture => "issued-in-future",
            Self::NoSubject => "no-subject",
            Self::BadSignature => "bad-signature",
            Self::UnknownKey => "unknown-key",
            Self::AlgNone => "alg-none",
            Self::AlgHs256 => "alg-hs256",
            Self::NoIdToken => "no-id-token",
            Self::DiscoveryDown => "discovery-down",
            Self::JwksDown => "jwks-down",
            Self::RotatedKeys => "rotated-keys",
        }
    }

    /// Where it is seen.
    #[must_use]
    pub fn stage(self) -> Stage {
        match self {
            Self::ServerError
            | Self::TemporarilyUnavailable
            | Self::LoginRequired
            | Self::WrongState
            | Self::NoState
            | Self::WrongIss
            | Self::NoIss
            | Self::NoCode => Stage::Authorization,
            Self::TokenError | Self::TokenDown | Self::TokenSlow | Self::TokenGarbage | Self::TokenHuge => {
                Stage::Token
            }
            Self::DiscoveryDown | Self::JwksDown | Self::RotatedKeys => Stage::Provider,
            _ => Stage::IdToken,
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Fault {
    type Err = UnknownFault;

    fn from_str(name: &str) -> Result<Self, UnknownFault> {
        Self::ALL.into_iter().find(|fault| fault.name() == name).ok_or(UnknownFault)
    }
}

impl fmt::Display for UnknownFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no fault has this name")
    }
}

impl std::error::Error for UnknownFault {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_is_found_by_its_name() {
        for fault in Fault::ALL {
            assert_eq!(fault.to_string().parse(), Ok(fault));
        }
        assert_eq!("wrong_state".parse::<Fault>(), Err(UnknownFault));
    }

    #[test]
    fn the_stages_stand_in_order() {
        let mut stages: Vec<_> = Fault::ALL.into_iter().map(Fault::stage).collect();
        stages.dedup();
        assert_eq!(stages, [Stage::Authorization, Stage::Token, Stage::IdToken, Stage::Provider]);
    }
}
