//! Keys for what happens in a session: hashes of email codes, the secrets of renewed sessions, and logins at partners
//! (RULES 3.8, 4.1, 5.5).

use data_encoding::BASE64URL_NOPAD;

use super::{Versions, mac};
use crate::{
    comparisons::{self, GuessableSecret},
    factors::OneTimeCode,
    partner::State,
    secret::{HashedSecret, SessionSecret},
};

/// The keys of sessions, codes and logins at partners.
#[derive(serde::Deserialize)]
pub struct SessionKeys {
    session: Versions,
}

impl SessionKeys {
    /// The keyed hash under which a code is stored. It covers where the code was requested: a session, by its id, or a
    /// pending identity of a partner.
    #[must_use]
    pub fn code_mac<K>(&self, asked_in: &HashedSecret<K>, code: &OneTimeCode) -> String {
        self.session.tag(b"code", &covered(asked_in, code))
    }

    /// The one of these hashes of [`SessionKeys::code_mac`] that the code belongs to. It is compared with each of them, in
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
        self.session.is_tag(b"code", &covered(asked_in, code), tag)
    }

    /// The next secret of a session after a change of privilege. It is derived from the previous one, so a double click
    /// gets the same response.
    #[must_use]
    pub fn next_session_secret(&self, before: &SessionSecret) -> SessionSecret {
        SessionSecret::from_random(mac(&self.session.newest, b"session", before.bytes()))
    }

    /// A value that is sent to a partner together with a state, or must come back with it.
    pub(crate) fn state_value(&self, use_name: &[u8], state: &State) -> String {
        BASE64URL_NOPAD.encode(&mac(&self.session.newest, use_name, state.bytes()))
    }
}

fn covered<K>(asked_in: &HashedSecret<K>, code: &OneTimeCode) -> Vec<u8> {
    [asked_in.as_str().as_bytes(), &[0], code.expose().as_bytes()].concat()
}

#[cfg(test)]
mod tests {
    use super::{super::ring, *};

    #[test]
    fn rule_5_5_a_code_is_proven_in_its_own_session_alone_while_its_key_is_known() {
        let (old, both, new) = (ring(&[1]), ring(&[1, 2]), ring(&[2]));
        let (old, both, new) = (old.session().unwrap(), both.session().unwrap(), new.session().unwrap());
        let session = |n| SessionSecret::from_random([n; 32]).hash();
        let code = |text| OneTimeCode::parse(text).unwrap();
        let tag = old.code_mac(&session(1), &code("123456"));
        assert!(both.is_code_mac(&session(1), &code("123456"), &tag));
        assert!(!both.is_code_mac(&session(2), &code("123456"), &tag));
        assert!(!both.is_code_mac(&session(1), &code("123457"), &tag));
        assert!(!new.is_code_mac(&session(1), &code("123456"), &tag));
        for junk in ["", "1.", "1.AAAA", "x.AAAA", "."] {
            assert!(!old.is_code_mac(&session(1), &code("123456"), junk), "{junk}");
        }
    }

    #[test]
    fn rule_5_5_a_code_is_found_among_several_in_one_guess() {
        let (ring, session) = (ring(&[1]), SessionSecret::from_random([1; 32]).hash());
        let code = |text| OneTimeCode::parse(text).unwrap();
        let tags = ["123456", "654321", "111111"]
            .map(|text| ring.session().unwrap().code_mac(&session, &code(text)));
        let found = |text| {
            ring.session().unwrap().matching_code_mac(&session, &code(text), tags.iter().map(String::as_str))
        };
        assert_eq!(found("123456"), Some(&*tags[0]));
        assert_eq!(found("654321"), Some(&*tags[1]));
        assert_eq!(found("000000"), None);
    }

    #[test]
    fn rule_3_8_a_session_goes_on_under_one_secret_that_nobody_can_tell_from_the_one_before() {
        let (ring, other) = (ring(&[1]), ring(&[2]));
        let (ring, other) = (ring.session().unwrap(), other.session().unwrap());
        let before = SessionSecret::from_random([7; 32]);
        let next = ring.next_session_secret(&before);
        assert_eq!(next.hash(), ring.next_session_secret(&before).hash());
        assert!(next.hash() != before.hash() && next.hash() != other.next_session_secret(&before).hash());
    }
}
