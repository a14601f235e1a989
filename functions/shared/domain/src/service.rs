//! Government services, registered as clients of OpenID Connect (RULES 6.3).

use std::{collections::BTreeSet, fmt, str::FromStr};

use crate::{
    assurance::Assurance,
    language::Language,
    secret::{HashedSecret, kind},
};

/// The client identifier of a service (RFC 6749 section 2.2).
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ClientId(String);

/// The text is not a client identifier: 1 to 64 letters, digits, `.`, `_`, `~` and `-`.
#[derive(Debug, PartialEq, Eq)]
pub struct NotAClientId;

/// A text in both languages.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Bilingual {
    /// The text in English.
    pub en: String,
    /// The text in French.
    pub fr: String,
}

/// A scope that a service can request (RFC 6749 section 3.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// A subject identifier of the resident.
    #[serde(rename = "openid")]
    OpenId,
    /// The resident's email address.
    Email,
    /// Refresh tokens (OpenID Connect Core section 11).
    OfflineAccess,
}

/// A set of scopes.
pub type Scopes = BTreeSet<Scope>;

/// How a client authenticates at the token endpoint (OpenID Connect Core section 9).
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AuthMethod {
    /// A JWT that is signed by the client's own key.
    PrivateKeyJwt,
    /// A secret in the `Authorization` header.
    ClientSecretBasic,
    /// A secret in the form body.
    ClientSecretPost,
}

/// The signature algorithm of a service's ID tokens.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize,
)]
pub enum SigningAlgorithm {
    /// ECDSA on P-256.
    #[default]
    #[serde(rename = "ES256")]
    Es256,
    /// RSA with PKCS #1 v1.5.
    #[serde(rename = "RS256")]
    Rs256,
}

/// The type of subject identifier that a service gets (OpenID Connect Core section 8).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SubjectType {
    /// An identifier that differs between sectors.
    #[default]
    Pairwise,
    /// An identifier that is the same for every service of this type.
    Public,
}

/// The registration of a client, written by operators. The names are those of RFC 7591 and OpenID Connect, where they
/// have one.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct ClientRegistration {
    /// The client identifier in the protocol.
    pub client_id: ClientId,
    /// The name on pages, in both languages.
    pub client_name: Bilingual,
    /// The home page of the service.
    pub client_uri: String,
    /// Where its users get help: a URL, `mailto:` or `tel:` address.
    pub support_contact: Bilingual,
    /// The redirect URIs, compared exactly.
    pub redirect_uris: Vec<String>,
    /// Where to redirect after a logout; compared exactly.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub post_logout_redirect_uris: Vec<String>,
    /// Where a sign-in to the service starts (OpenID Connect Core section 4).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub initiate_login_uri: Option<String>,
    /// How the client authenticates.
    pub token_endpoint_auth_method: AuthMethod,
    /// The URL of its public keys.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub jwks_uri: Option<String>,
    /// Its public keys themselves (RFC 7517), instead of a URL.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub jwks: Option<serde_json::Value>,
    /// The signature algorithm of its ID tokens.
    #[serde(default)]
    pub id_token_signed_response_alg: SigningAlgorithm,
    /// The type of its subject identifiers.
    #[serde(default)]
    pub subject_type: SubjectType,
    /// The host for which pairwise identifiers are derived; by default that of its redirect URIs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sector_identifier: Option<String>,
    /// The minimum assurance level (RULES 5.1).
    #[serde(default)]
    pub assurance: Assurance,
    /// The scopes that it may request.
    pub scopes: Scopes,
    /// Whether its requests must use PKCE.
    #[serde(default = "yes")]
    pub require_pkce: bool,
}

/// A client in the registry.
#[derive(Clone, Debug)]
pub struct Client {
    /// The registration that operators wrote.
    pub registration: ClientRegistration,
    /// The hashes of its secrets: two while one replaces the other.
    pub secrets: Vec<HashedSecret<kind::Client>>,
    /// Whether residents can sign in to it.
    pub is_on: bool,
    /// Changes with every write of the registration.
    pub revision: u64,
}

fn yes() -> bool {
    true
}

impl ClientId {
    /// The identifier as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for ClientId {
    type Err = NotAClientId;

    fn from_str(text: &str) -> Result<Self, NotAClientId> {
        let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '~' | '-');
        let is_one = (1..=64).contains(&text.len()) && text.chars().all(is_plain);
        if is_one { Ok(Self(text.to_owned())) } else { Err(NotAClientId) }
    }
}

impl TryFrom<String> for ClientId {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse().map_err(|NotAClientId| "not a client id: 1 to 64 letters, digits, '.', '_', '~' or '-'")
    }
}

impl From<ClientId> for String {
    fn from(id: ClientId) -> Self {
        id.0
    }
}

impl fmt::Display for ClientId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Bilingual {
    /// The text in a page's language.
    #[must_use]
    pub fn in_language(&self, language: Language) -> &str {
        match language {
            Language::English => &self.en,
            Language::French => &self.fr,
        }
    }
}

impl Scope {
    /// Every scope that is known.
    pub const ALL: [Self; 3] = [Self::OpenId, Self::Email, Self::OfflineAccess];

    /// The value in the protocol.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::OpenId => "openid",
            Self::Email => "email",
            Self::OfflineAccess => "offline_access",
        }
    }

    /// The scope with this name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.as_str() == text)
    }

    /// Several scopes, separated by spaces.
    #[must_use]
    pub fn join(scopes: &Scopes) -> String {
        scopes.iter().map(|scope| scope.as_str()).collect::<Vec<_>>().join(" ")
    }
}

impl SigningAlgorithm {
    /// The value in a JWT header.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Es256 => "ES256",
            Self::Rs256 => "RS256",
        }
    }
}

impl ClientRegistration {
    /// Where a sign-in to the service starts: `initiate_login_uri`, else its home page.
    #[must_use]
    pub fn start_url(&self) -> &str {
        self.initiate_login_uri.as_deref().unwrap_or(&self.client_uri)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rule_6_3_a_client_id_is_plain() {
        for text in ["health-card", "a", "A.b_c~9", &"x".repeat(64)] {
            assert_eq!(text.parse::<ClientId>().unwrap().as_str(), text);
        }
        for text in ["", " ", "a b", "a/b", "a#b", "a\n", "é", &"x".repeat(65)] {
            assert_eq!(text.parse::<ClientId>(), Err(NotAClientId), "{text}");
        }
    }

    #[test]
    fn rule_6_1_scopes_are_stored_under_the_protocols_names() {
        for scope in Scope::ALL {
            assert_eq!(serde_json::to_string(&scope).unwrap(), format!("\"{}\"", scope.as_str()));
            assert_eq!(Scope::parse(scope.as_str()), Some(scope));
        }
        assert_eq!(
            Scope::join(&Scopes::from([Scope::OfflineAccess, Scope::OpenId])),
            "openid offline_access"
        );
        assert_eq!(Scope::parse("profile"), None);
    }

    #[test]
    fn rule_8_1_a_service_has_a_name_in_each_language() {
        let name = Bilingual { en: "Health card".into(), fr: "Carte Santé".into() };
        assert_eq!(name.in_language(Language::English), "Health card");
        assert_eq!(name.in_language(Language::French), "Carte Santé");
    }
}
