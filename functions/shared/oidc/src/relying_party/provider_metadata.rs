//! A partner's metadata (OpenID Connect Discovery 1.0 sections 3 and 4).

use std::fmt;

use serde::Deserialize;
use url::Url;

use crate::registration::is_secure;

/// The metadata that a sign-in needs, checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProviderMetadata {
    /// Where browsers are sent.
    pub authorization_endpoint: Url,
    /// Where codes are exchanged.
    pub token_endpoint: Url,
    /// Where the keys are.
    pub jwks_uri: Url,
    /// Whether authorization responses have `iss` (RFC 9207 section 3).
    pub authorization_response_iss_parameter_supported: bool,
}

/// Why metadata are rejected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MetadataError {
    /// The document is not JSON, or a required member is missing.
    Malformed,
    /// `issuer` is not the partner's (section 4.3).
    WrongIssuer,
    /// The endpoint of this name is not an HTTPS address.
    InsecureEndpoint(&'static str),
}

#[derive(Deserialize)]
struct Document {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
    #[serde(default)]
    authorization_response_iss_parameter_supported: bool,
}

/// Where an issuer publishes its metadata (section 4).
#[must_use]
pub fn metadata_url(issuer: &str) -> String {
    format!("{}/.well-known/openid-configuration", issuer.strip_suffix('/').unwrap_or(issuer))
}

impl ProviderMetadata {
    /// Parses and checks the document at [`metadata_url`]. `loopback` allows `http` addresses of this computer, for local
    /// runs and tests.
    ///
    /// # Errors
    /// [`MetadataError`].
    pub fn parse(json: &[u8], issuer: &str, loopback: bool) -> Result<Self, MetadataError> {
        let document: Document = serde_json::from_slice(json).map_err(|_| MetadataError::Malformed)?;
        if document.issuer != issuer {
            return Err(MetadataError::WrongIssuer);
        }
        let endpoint = |name, address: &str| {
            let url = Url::parse(address).ok().filter(|url| is_secure(url, loopback));
            url.filter(|url| url.fragment().is_none()).ok_or(MetadataError::InsecureEndpoint(name))
        };
        Ok(Self {
            authorization_endpoint: endpoint("authorization_endpoint", &document.authorization_endpoint)?,
            token_endpoint: endpoint("token_endpoint", &document.token_endpoint)?,
            jwks_uri: endpoint("jwks_uri", &document.jwks_uri)?,
            authorization_response_iss_parameter_supported: document
                .authorization_response_iss_parameter_supported,
        })
    }
}

impl fmt::Display for MetadataError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed => f.write_str("the metadata are malformed or incomplete"),
            Self::WrongIssuer => f.write_str("the metadata are another issuer's"),
            Self::InsecureEndpoint(name) => write!(f, "{name} is not an https address"),
        }
    }
}

impl std::error::Error for MetadataError {}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    const ISSUER: &str = "https://bank.example";

    fn document() -> Value {
        json!({
            "issuer": ISSUER,
            "authorization_endpoint": "https://bank.example/authorize?a=b",
            "token_endpoint": "https://api.bank.example/token",
            "jwks_uri": "https://bank.example/jwks",
            "more": true,
        })
    }

    fn parsed(document: &Value, loopback: bool) -> Result<ProviderMetadata, MetadataError> {
        ProviderMetadata::parse(document.to_string().as_bytes(), ISSUER, loopback)
    }

    #[test]
    fn rule_4_1_metadata_are_of_the_issuer_and_name_its_endpoints() {
        let metadata = parsed(&document(), false).unwrap();
        assert_eq!(metadata.token_endpoint.as_str(), "https://api.bank.example/token");
        assert!(!metadata.authorization_response_iss_parameter_supported);
        let mut announced = document();
        announced["authorization_response_iss_parameter_supported"] = true.into();
        assert!(parsed(&announced, false).unwrap().authorization_response_iss_parameter_supported);
        for other in ["https://bank.example/", "https://BANK.example", "https://other.example"] {
            let mut changed = document();
            changed["issuer"] = other.into();
            assert_eq!(parsed(&changed, false), Err(MetadataError::WrongIssuer), "{other}");
        }
        for name in ["issuer", "authorization_endpoint", "token_endpoint", "jwks_uri"] {
            let mut changed = document();
            changed.as_object_mut().unwrap().remove(name);
            assert_eq!(parsed(&changed, false), Err(MetadataError::Malformed), "{name}");
        }
        assert_eq!(ProviderMetadata::parse(b"<h1>", ISSUER, false), Err(MetadataError::Malformed));
    }

    #[test]
    fn rule_9_8_endpoints_of_a_partner_use_https() {
        for name in ["authorization_endpoint", "token_endpoint", "jwks_uri"] {
            for insecure in
                ["http://bank.example/", "javascript:alert(1)", "/path", "", "https://bank.example/#a"]
            {
                let mut changed = document();
                changed[name] = insecure.into();
                let expected = Err(MetadataError::InsecureEndpoint(name));
                assert_eq!(parsed(&changed, false), expected, "{name} {insecure}");
                assert_eq!(parsed(&changed, true), expected, "{name} {insecure}");
            }
            let mut local = document();
            local[name] = "http://localhost:4001/".into();
            assert!(parsed(&local, true).is_ok() && parsed(&local, false).is_err(), "{name}");
        }
    }

    #[test]
    fn rule_4_1_metadata_are_under_the_issuer() {
        for issuer in ["https://bank.example/a", "https://bank.example/a/"] {
            assert_eq!(metadata_url(issuer), "https://bank.example/a/.well-known/openid-configuration");
        }
    }
}
