//! The faults that a test or a developer can select.

use strum::{Display, EnumString, IntoStaticStr, VariantArray};

/// A fault of a provider that a relying party must handle. Its name is stable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Display, EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "kebab-case")]
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
    /// The token endpoint responds with `invalid_grant`.
    TokenError,
    /// The token endpoint responds with 503.
    TokenDown,
    /// The token endpoint responds correctly, but after eight seconds.
    TokenSlow,
    /// The token response arrives one byte at a time, without end.
    TokenTrickle,
    /// The token endpoint responds with 200 and the type JSON, but the body is HTML.
    TokenGarbage,
    /// The token response is correct, with two MiB of padding.
    TokenHuge,
    /// `iss` is another provider.
    WrongIssuer,
    /// `aud` is another client.
    WrongAudience,
    /// `aud` is the client and another client, without `azp`.
    SecondAudience,
    /// `nonce` is another value.
    WrongNonce,
    /// There is no `nonce`.
    NoNonce,
    /// `exp` is almost an hour ago.
    Expired,
    /// `iat` is tomorrow, and `exp` after it.
    IssuedInFuture,
    /// There is no `sub`.
    NoSubject,
    /// `auth_time` is an hour ago: the bank used a session of its own.
    OldAuthTime,
    /// There is no `auth_time`.
    NoAuthTime,
    /// The ID token is signed with an unpublished key and names the published one.
    BadSignature,
    /// The ID token is signed with an unpublished key and names it.
    UnknownKey,
    /// The ID token is not signed (`alg` is `none`).
    AlgNone,
    /// The ID token is signed with HMAC; the secret is the published key in PEM.
    AlgHs256,
    /// The token response has no ID token.
    NoIdToken,
    /// Discovery responds with 503. For a single sign-in, this lasts one minute.
    DiscoveryDown,
    /// The key set responds with 503. For a single sign-in, this lasts one minute.
    JwksDown,
    /// The key set arrives one byte at a time, without end. For a single sign-in, this lasts one minute.
    JwksTrickle,
    /// The keys are rotated just before the ID token is signed, which is allowed.
    RotatedKeys,
}

/// The stage at which a fault becomes visible.
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

impl Fault {
    /// All faults, ordered by stage.
    pub const ALL: &'static [Self] = Self::VARIANTS;

    /// The name in forms and addresses, in kebab case.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// The stage at which the fault becomes visible.
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
            Self::TokenError
            | Self::TokenDown
            | Self::TokenSlow
            | Self::TokenTrickle
            | Self::TokenGarbage
            | Self::TokenHuge => Stage::Token,
            Self::DiscoveryDown | Self::JwksDown | Self::JwksTrickle | Self::RotatedKeys => Stage::Provider,
            _ => Stage::IdToken,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_is_parsed_from_its_name() {
        for &fault in Fault::ALL {
            assert_eq!(fault.name().parse(), Ok(fault));
        }
        assert_eq!(Fault::AlgHs256.name(), "alg-hs256");
        assert!("wrong_state".parse::<Fault>().is_err());
    }

    #[test]
    fn faults_are_ordered_by_stage() {
        let mut stages: Vec<_> = Fault::ALL.iter().map(|fault| fault.stage()).collect();
        stages.dedup();
        assert_eq!(stages, [Stage::Authorization, Stage::Token, Stage::IdToken, Stage::Provider]);
    }
}
