//! The token request (RFC 6749 section 4.1.3, RFC 7636 section 4.5, RFC 7523 section 2.2).

use url::form_urlencoded;

use crate::client_assertion::ASSERTION_TYPE;

/// A request that exchanges an authorization code.
#[derive(Clone, Copy, Debug)]
pub struct CodeExchange<'a> {
    /// The code.
    pub code: &'a str,
    /// The redirect URI of the authentication request.
    pub redirect_uri: &'a str,
    /// The PKCE verifier of the authentication request.
    pub code_verifier: &'a str,
    /// Our client id at the partner.
    pub client_id: &'a str,
    /// What authenticates us: see [`client_assertion`](super::client_assertion::client_assertion).
    pub client_assertion: &'a str,
}

impl CodeExchange<'_> {
    /// The form, encoded.
    #[must_use]
    pub fn form(&self) -> String {
        form_urlencoded::Serializer::new(String::new())
            .append_pair("grant_type", "authorization_code")
            .append_pair("code", self.code)
            .append_pair("redirect_uri", self.redirect_uri)
            .append_pair("code_verifier", self.code_verifier)
            .append_pair("client_id", self.client_id)
            .append_pair("client_assertion_type", ASSERTION_TYPE)
            .append_pair("client_assertion", self.client_assertion)
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rule_4_1_a_token_request_is_a_form_with_verifier_and_assertion() {
        let request = CodeExchange {
            code: "a+b&c",
            redirect_uri: "https://account.example/callback",
            code_verifier: "v",
            client_id: "us",
            client_assertion: "a.b.c",
        };
        assert_eq!(
            request.form(),
            "grant_type=authorization_code&code=a%2Bb%26c&redirect_uri=https%3A%2F%2Faccount.example%2Fcallback\
             &code_verifier=v&client_id=us\
             &client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer\
             &client_assertion=a.b.c"
        );
    }
}
