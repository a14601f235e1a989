//! Keyed values for verification: hashes of email codes, ids of guesses, and the secrets of renewed sessions
//! (RULES 3.3, 3.8, 5.5).

use data_encoding::BASE64URL_NOPAD;

use super::{KeyRing, mac, same};
use crate::{
    comparisons::{self, GuessableSecret},
    factors::OneTimeCode,
    form::GuessId,
    secret::{HashedSecret, SessionSecret, kind::PreSession},
};

impl KeyRing {
    /// The keyed hash under which a code is stored. It covers where the code was requested: a session, by its id, or a
    /// pending identity of a partner.
    #[must_use]
    pub fn code_mac<K>(&self, asked_in: &HashedSecret<K>, code: &OneTimeCode) -> String {
        let tag = mac(self.link.newest(), b"code", &covered(asked_in, code));
        format!("{}.{}", self.link.current, BASE64URL_NOPAD.encode(&tag))
    }

    /// The one of these hashes of [`KeyRing::code_mac`] that the code belongs to. It is compared with each of them, in
    /// constant time, and that is one guess (RULES 5.5).
    #[must_use]
    pub fn matching_code_mac<'a, K>(
        &self,
        asked_in: &HashedSecret<K>,
        code: &OneTimeCode,
        code_macs: impl Iterator<Item = &'a str>,
    ) -> Option<&'a str> {
        comparisons::record_comparison(GuessableSecret::EmailedCode);
        code_macs.filter(|tag| self.is_code_mac(asked_in, code, tag)).fold(None, |_, tag| Some(tag))
    }

    fn is_code_mac<K>(&self, asked_in: &HashedSecret<K>, code: &OneTimeCode, tag: &str) -> bool {
        let Some((version, tag)) = tag.split_once('.') else { return false };
        let (Ok(version), Ok(tag)) = (version.parse::<u8>(), BASE64URL_NOPAD.decode(tag.as_bytes())) else {
            return false;
        };
        let key = self.link.keys.get(&version);
        key.is_some_and(|key| same(&mac(key, b"code", &covered(asked_in, code)), &tag))
    }

    /// The id of the guess in a form that this browser posted to a path. The body holds the random id of the page's form, so
    /// that nobody finds out its values by trying bodies.
    #[must_use]
    pub fn guess_id(&self, browser: &HashedSecret<PreSession>, path: &str, body: &[u8]) -> GuessId {
        let parts = [browser.as_str().as_bytes(), path.as_bytes(), body];
        let tag = mac(self.link.newest(), b"guess", &parts.join(&0));
        GuessId(BASE64URL_NOPAD.encode(&tag))
    }

    /// The next secret of a session after a change of privilege. It is derived from the previous one, so a double click
    /// gets the same response.
    #[must_use]
    pub fn next_session_secret(&self, before: &SessionSecret) -> SessionSecret {
        SessionSecret::from_random(mac(self.link.newest(), b"session", before.bytes()))
    }
}

fn covered<K>(asked_in: &HashedSecret<K>, code: &OneTimeCode) -> Vec<u8> {
    [asked_in.as_str().as_bytes(), &[0], code.expose().as_bytes()].concat()
}

#[cfg(test)]
mod tests {
    use super::{super::ring, *};
    use crate::secret;

    #[test]
    fn rule_5_5_a_code_is_proven_in_its_own_session_alone_while_its_key_is_known() {
        let (old, both) = (ring(&[1]), ring(&[1, 2]));
        let session = |n| SessionSecret::from_random([n; 32]).hash();
        let code = |text| OneTimeCode::parse(text).unwrap();
        let tag = old.code_mac(&session(1), &code("123456"));
        assert!(both.is_code_mac(&session(1), &code("123456"), &tag));
        assert!(!both.is_code_mac(&session(2), &code("123456"), &tag));
        assert!(!both.is_code_mac(&session(1), &code("123457"), &tag));
        assert!(!ring(&[2]).is_code_mac(&session(1), &code("123456"), &tag));
        for junk in ["", "1.", "1.AAAA", "x.AAAA", "."] {
            assert!(!old.is_code_mac(&session(1), &code("123456"), junk), "{junk}");
        }
    }

    #[test]
    fn rule_5_5_a_code_is_found_among_several_in_one_guess() {
        let (ring, session) = (ring(&[1]), SessionSecret::from_random([1; 32]).hash());
        let code = |text| OneTimeCode::parse(text).unwrap();
        let tags = ["123456", "654321", "111111"].map(|text| ring.code_mac(&session, &code(text)));
        let found = |text| ring.matching_code_mac(&session, &code(text), tags.iter().map(String::as_str));
        assert_eq!(found("123456"), Some(&*tags[0]));
        assert_eq!(found("654321"), Some(&*tags[1]));
        assert_eq!(found("000000"), None);
    }

    #[test]
    fn rule_3_3_a_guess_is_of_its_browser_its_path_and_its_body() {
        let browser = |n| secret::PreSession::from_random([n; 32]).hash();
        let ring = ring(&[1]);
        let name = ring.guess_id(&browser(1), "/mfa", b"form=x&code=1");
        assert_eq!(name, ring.guess_id(&browser(1), "/mfa", b"form=x&code=1"));
        for (n, path, body) in
            [(2, "/mfa", "form=x&code=1"), (1, "/mf", "form=x&code=1"), (1, "/mfa", "form=x&code=2")]
        {
            assert_ne!(name, ring.guess_id(&browser(n), path, body.as_bytes()));
        }
    }

    #[test]
    fn rule_3_8_a_session_goes_on_under_one_secret_that_nobody_can_tell_from_the_one_before() {
        let (ring, other) = (ring(&[1]), ring(&[2]));
        let before = SessionSecret::from_random([7; 32]);
        let next = ring.next_session_secret(&before);
        assert_eq!(next.hash(), ring.next_session_secret(&before).hash());
        assert!(next.hash() != before.hash() && next.hash() != other.next_session_secret(&before).hash());
    }
}
