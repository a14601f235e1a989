//! The authentication request (OpenID Connect Core section 3.1.2.1, RFC 7636 section 4.3).

use aws_lc_rs::digest;
use data_encoding::BASE64URL_NOPAD;
use url::Url;

/// The parameters of an authentication request that vary.
#[derive(Clone, Copy, Debug)]
pub struct AuthenticationRequest<'a> {
    /// Our client id at the partner.
    pub client_id: &'a str,
    /// Where the partner sends the browser back to.
    pub redirect_uri: &'a str,
    /// Ties the response to the browser (RFC 6749 section 10.12).
    pub state: &'a str,
    /// Ties the ID token to the request.
    pub nonce: &'a str,
    /// The PKCE verifier; its hash becomes the challenge.
    pub code_verifier: &'a str,
    /// The preferred languages of the partner's pages, as BCP 47 tags.
    pub ui_locales: &'a str,
    /// Whether the partner is to authenticate the resident anew, whatever session it has (`prompt=login`, `max_age=0`).
    /// It must then return `auth_time` (OpenID Connect Core section 3.1.2.1).
    pub reauthenticate: bool,
}

impl AuthenticationRequest<'_> {
    /// The URL that the browser is sent to: the endpoint, with the request added to its query.
    #[must_use]
    pub fn url(&self, authorization_endpoint: &Url) -> Url {
        let mut url = authorization_endpoint.clone();
        url.query_pairs_mut()
            .append_pair("response_type", "code")
            .append_pair("client_id", self.client_id)
            .append_pair("redirect_uri", self.redirect_uri)
            .append_pair("scope", "openid")
            .append_pair("state", self.state)
            .append_pair("nonce", self.nonce)
            .append_pair("code_challenge", &code_challenge(self.code_verifier))
            .append_pair("code_challenge_method", "S256")
            .append_pair("ui_locales", self.ui_locales);
        if self.reauthenticate {
            url.query_pairs_mut().append_pair("prompt", "login").append_pair("max_age", "0");
        }
        url
    }
}

/// `S256` (RFC 7636 section 4.2).
fn code_challenge(verifier: &str) -> String {
    BASE64URL_NOPAD.encode(digest::digest(&digest::SHA256, verifier.as_bytes()).as_ref())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn rule_4_1_an_authentication_request_has_state_nonce_and_pkce() {
        let request = AuthenticationRequest {
            client_id: "us",
            redirect_uri: "https://account.example/callback?a=b",
            state: "s&t",
            nonce: "n",
            // RFC 7636 appendix B.
            code_verifier: "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk",
            ui_locales: "fr-CA",
            reauthenticate: false,
        };
        let url = request.url(&"https://bank.example/authorize?tenant=1".parse().unwrap());
        assert!(url.as_str().starts_with("https://bank.example/authorize?tenant=1&response_type=code&"));
        let parameters: BTreeMap<_, _> = url.query_pairs().into_owned().collect();
        let expected = [
            ("client_id", "us"),
            ("code_challenge", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"),
            ("code_challenge_method", "S256"),
            ("nonce", "n"),
            ("redirect_uri", "https://account.example/callback?a=b"),
            ("response_type", "code"),
            ("scope", "openid"),
            ("state", "s&t"),
            ("tenant", "1"),
            ("ui_locales", "fr-CA"),
        ];
        assert_eq!(parameters, expected.map(|(name, value)| (name.to_owned(), value.to_owned())).into());
        let again = AuthenticationRequest { reauthenticate: true, ..request };
        let again = again.url(&"https://bank.example/authorize?tenant=1".parse().unwrap());
        assert_eq!(again.as_str(), format!("{url}&prompt=login&max_age=0"));
    }
}
