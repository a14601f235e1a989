//! Government services as they are registered: clients of OpenID Connect (RULES 6.3).

use std::{collections::BTreeSet, fmt, str::FromStr};

use crate::{
    assurance::Assurance,
    language::Language,
    secret::{HashedSecret, kind},
};

/// The name by which a service is known to the protocol (RFC 6749 section 2.2).
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ClientId(String);

/// The text can't be a client's id: 1 to 64 letters, digits, `.`, `_`, `~` and `-`.
#[derive(Debug, PartialEq, Eq)]
pub struct NotAClientId;

/// Something said in both languages.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Bilingual {
    /// In English.
    pub en: String,
    /// In French.
    pub fr: String,
}

/// What a service may ask for (RFC 6749 section 3.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// Who signed in: an identifier that means nothing elsewhere.
    #[serde(rename = "openid")]
    OpenId,
    /// The resident's email address.
    Email,
    /// Refresh tokens (OpenID Connect Core section 11).
    OfflineAccess,
}

/// Several of them.
pub type Scopes = BTreeSet<Scope>;

/// How a service proves at the token endpoint that it is itself (OpenID Connect Core section 9).
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AuthMethod {
    /// A JWT signed by a key of its own.
    PrivateKeyJwt,
    /// A secret in the `Authorization` header.
    ClientSecretBasic,
    /// A secret in the form.
    ClientSecretPost,
}

/// By which algorithm a service's ID tokens are signed.
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

/// What kind of identifier a service gets (OpenID Connect Core section 8).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SubjectType {
    /// One that no service of another sector gets.
    #[default]
    Pairwise,
    /// The same for every service that is registered so.
    Public,
}

/// What operators register of a service. The names are those of RFC 7591 and OpenID Connect where they have one.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct ClientRegistration {
    /// Its name in the protocol.
    pub client_id: ClientId,
    /// Its name on pages.
    pub client_name: Bilingual,
    /// Its home page.
    pub client_uri: String,
    /// Where its users get help: a page, `mailto:` or `tel:` address.
    pub support_contact: Bilingual,
    /// Where residents may be sent back to; compared exactly.
    pub redirect_uris: Vec<String>,
    /// Where they may be sent after signing out; compared exactly.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub post_logout_redirect_uris: Vec<String>,
    /// Where a sign-in to it begins afresh (OpenID Connect Core section 4).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub initiate_login_uri: Option<String>,
    /// How it proves that it is itself.
    pub token_endpoint_auth_method: AuthMethod,
    /// Where its public keys are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub jwks_uri: Option<String>,
    /// Its public keys themselves (RFC 7517), instead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub jwks: Option<serde_json::Value>,
    /// By which algorithm its ID tokens are signed.
    #[serde(default)]
    pub id_token_signed_response_alg: SigningAlgorithm,
    /// What kind of identifier it gets.
    #[serde(default)]
    pub subject_type: SubjectType,
    /// The host for which pairwise identifiers are made; that of its redirect URIs when none is given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sector_identifier: Option<String>,
    /// The least assurance that it needs (RULES 5.1).
    #[serde(default)]
    pub assurance: Assurance,
    /// What it may ask for.
    pub scopes: Scopes,
    /// Whether its requests have to use PKCE.
    #[serde(default = "yes")]
    pub require_pkce: bool,
}

/// A service in the registry.
#[derive(Clone, Debug)]
pub struct Client {
    /// What operators registered.
    pub registration: ClientRegistration,
    /// The hashes of its secrets: two while one takes the place of another.
    pub secrets: Vec<HashedSecret<kind::Client>>,
    /// Whether residents are signed in for it.
    pub is_on: bool,
    /// Changes whenever the registration does.
    pub revision: u64,
}

fn yes() -> bool {
    true
}

impl ClientId {
    /// As it stands in the protocol.
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
    /// In a page's language.
    #[must_use]
    pub fn in_language(&self, language: Language) -> &str {
        match language {
            Language::English => &self.en,
            Language::French => &self.fr,
        }
    }
}

impl Scope {
    /// All that there are.
    pub const ALL: [Self; 3] = [Self::OpenId, Self::Email, Self::OfflineAccess];

    /// As it stands in the protocol.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::OpenId => "openid",
            Self::Email => "email",
            Self::OfflineAccess => "offline_access",
        }
    }

    /// The scope of this name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.as_str() == text)
    }

    /// Several, as they stand in the protocol.
    #[must_use]
    pub fn join(scopes: &Scopes) -> String {
        scopes.iter().map(|scope| scope.as_str()).collect::<Vec<_>>().join(" ")
    }
}

impl SigningAlgorithm {
    /// As it stands in a JWT's header.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Es256 => "ES256",
            Self::Rs256 => "RS256",
        }
    }
}

impl ClientRegistration {
    /// Where a sign-in to it begins afresh: `initiate_login_uri`, else its home page.
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
