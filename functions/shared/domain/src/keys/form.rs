//! Keys for forms: what the forms of a browser carry, and what identifies a submission of one.

use data_encoding::BASE64URL_NOPAD;

use super::{Versions, mac};
use crate::{
    factors::{RecoveryCode, recovery_codes},
    form::{GuessId, Submission},
    id::{AccountId, LinkId, RegistrationId},
    secret::{HashedSecret, PreSession, Registering, Secret, kind},
};

/// The keys of forms.
#[derive(serde::Deserialize)]
pub struct FormKeys {
    form: Versions,
}

impl FormKeys {
    /// The CSRF token of this browser's forms.
    #[must_use]
    pub fn csrf_token(&self, browser: &str) -> String {
        self.form.tag(b"form", browser.as_bytes())
    }

    /// Verifies the CSRF token of a posted form, in constant time.
    #[must_use]
    pub fn is_csrf_token(&self, browser: &str, token: &str) -> bool {
        self.form.is_tag(b"form", browser.as_bytes(), token)
    }

    /// Identifies the submission of this form by this browser.
    #[must_use]
    pub fn submission(&self, browser: &str, form: &str) -> Submission {
        Submission(self.form.tag(b"submission", &submitted(browser, form)))
    }

    /// Verifies a value of [`FormKeys::submission`], in constant time.
    #[must_use]
    pub fn is_submission(&self, browser: &str, form: &str, submission: &Submission) -> bool {
        self.form.is_tag(b"submission", &submitted(browser, form), &submission.0)
    }

    /// The id of the guess in a form that this browser posted to a path. The body holds the random id of the page's form, so
    /// that nobody finds out its values by trying bodies.
    #[must_use]
    pub fn guess_id(&self, browser: &HashedSecret<kind::PreSession>, path: &str, body: &[u8]) -> GuessId {
        let parts = [browser.as_str().as_bytes(), path.as_bytes(), body];
        let tag = mac(&self.form.newest, b"guess", &parts.join(&0));
        GuessId(BASE64URL_NOPAD.encode(&tag))
    }

    /// A secret for a browser that uses a link: repeated requests of the browser get the same one (RULES 3.3). Only the
    /// browser's own secret yields it. `label` tells the secrets of one use apart.
    #[must_use]
    pub fn secret_of_use<K>(&self, label: &[u8], browser: &PreSession, link: LinkId) -> Secret<K> {
        let covered = [browser.bytes().as_slice(), link.to_bytes().as_slice(), label].concat();
        Secret::from_random(mac(&self.form.newest, b"use", &covered))
    }

    /// A secret for a browser that registers by this form: the form that is sent again gets the same one. Another form gets
    /// another, so that who registered before in a shared browser has no part in it (RULES 2.6).
    #[must_use]
    pub fn secret_of_registration(&self, browser: &PreSession, form: RegistrationId) -> Registering {
        let covered = [browser.bytes().as_slice(), form.to_bytes().as_slice()].concat();
        Secret::from_random(mac(&self.form.newest, b"registration", &covered))
    }

    /// The recovery codes that this form of a browser makes for an account: the form that is sent again makes the same ones, so
    /// that a lost response or a double click leaves nobody with codes that they never saw (RULES 5.9). The random id of the
    /// form, which is stored nowhere, gives them their entropy.
    #[must_use]
    pub fn recovery_codes(
        &self,
        browser: &PreSession,
        form: &Secret<kind::Form>,
        account: AccountId,
    ) -> Vec<RecoveryCode> {
        let code = |number: usize| {
            let number = u8::try_from(number).unwrap_or(u8::MAX);
            let parts = [browser.bytes().as_slice(), form.bytes(), &account.to_bytes(), &[number]];
            let tag = mac(&self.form.newest, b"recovery", &parts.concat());
            let (bytes, _) = tag.split_first_chunk().unwrap_or((&[0; 16], &[]));
            RecoveryCode::from_random(*bytes)
        };
        (0..recovery_codes::COUNT).map(code).collect()
    }
}

fn submitted(browser: &str, form: &str) -> Vec<u8> {
    [browser.as_bytes(), &[0], form.as_bytes()].concat()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        keys::{KeyRing, ring},
        secret::kind,
    };

    #[test]
    fn rule_3_3_a_submission_is_that_of_a_form_and_a_browser() {
        let (keys, newer) = (ring(&[1]), ring(&[1, 2]));
        let keys = keys.form().unwrap();
        let submission = keys.submission("browser", "/unlock/link?choice=yes");
        assert!(keys.is_submission("browser", "/unlock/link?choice=yes", &submission));
        assert!(
            newer.form().unwrap().is_submission("browser", "/unlock/link?choice=yes", &submission),
            "by its version"
        );
        assert!(!keys.is_submission("other", "/unlock/link?choice=yes", &submission));
        assert!(!keys.is_submission("browser", "/unlock/link?choice=no", &submission));
        assert!(!keys.is_submission("browser", "/unlock/link?choice=yes", &Submission::default()));
    }

    #[test]
    fn rule_3_3_a_guess_is_of_its_browser_its_path_and_its_body() {
        let browser = |n| PreSession::from_random([n; 32]).hash();
        let ring = ring(&[1]);
        let ring = ring.form().unwrap();
        let name = ring.guess_id(&browser(1), "/mfa", b"form=x&code=1");
        assert_eq!(name, ring.guess_id(&browser(1), "/mfa", b"form=x&code=1"));
        for (n, path, body) in
            [(2, "/mfa", "form=x&code=1"), (1, "/mf", "form=x&code=1"), (1, "/mfa", "form=x&code=2")]
        {
            assert_ne!(name, ring.guess_id(&browser(n), path, body.as_bytes()));
        }
    }

    #[test]
    fn rule_5_9_a_form_makes_the_same_codes_again_and_no_other_form_does() {
        let codes = |ring: &KeyRing, browser, form, account| -> Vec<_> {
            let browser = PreSession::from_random([browser; 32]);
            let (form, account) = (Secret::from_random([form; 32]), AccountId::from_random([account; 16]));
            let codes = ring.form().unwrap().recovery_codes(&browser, &form, account);
            codes.iter().map(RecoveryCode::to_groups).collect()
        };
        let all = codes(&ring(&[1]), 1, 1, 1);
        assert_eq!(all, codes(&ring(&[1]), 1, 1, 1));
        let mut different = all.clone();
        for (key, browser, form, account) in [(2, 1, 1, 1), (1, 2, 1, 1), (1, 1, 2, 1), (1, 1, 1, 2)] {
            different.extend(codes(&ring(&[key]), browser, form, account));
        }
        assert_eq!(all.len(), 10);
        let count = different.len();
        different.sort_unstable();
        different.dedup();
        assert_eq!(different.len(), count);
    }

    #[test]
    fn rule_3_3_the_secrets_of_a_use_are_a_browsers_own() {
        let secret = |keys: &KeyRing, label: &[u8], browser, link| {
            let (browser, link) = (PreSession::from_random([browser; 32]), LinkId::from_random([link; 16]));
            keys.form().unwrap().secret_of_use::<kind::Session>(label, &browser, link).expose()
        };
        let own = secret(&ring(&[1]), b"session", 1, 1);
        assert_eq!(own, secret(&ring(&[1]), b"session", 1, 1));
        for other in [
            secret(&ring(&[2]), b"session", 1, 1),
            secret(&ring(&[1]), b"device", 1, 1),
            secret(&ring(&[1]), b"session", 2, 1),
            secret(&ring(&[1]), b"session", 1, 2),
        ] {
            assert_ne!(own, other);
        }
    }
}
