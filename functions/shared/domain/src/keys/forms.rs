//! What the forms of a browser carry, and what identifies a submission of one.

use data_encoding::BASE64URL_NOPAD;

use super::{KeyRing, mac, same};
use crate::{
    form::Submission,
    id::{LinkId, RegistrationId},
    secret::{PreSession, Registering, Secret},
};

impl KeyRing {
    /// The CSRF token of this browser's forms.
    #[must_use]
    pub fn form_token(&self, browser: &str) -> String {
        let tag = mac(self.form.newest(), b"form", browser.as_bytes());
        format!("{}.{}", self.form.current, BASE64URL_NOPAD.encode(&tag))
    }

    /// Verifies the CSRF token of a posted form, in constant time.
    #[must_use]
    pub fn is_form_token(&self, browser: &str, token: &str) -> bool {
        let Some((version, tag)) = token.split_once('.') else { return false };
        let (Ok(version), Ok(tag)) = (version.parse(), BASE64URL_NOPAD.decode(tag.as_bytes())) else {
            return false;
        };
        self.form.keys.get(&version).is_some_and(|key| same(&mac(key, b"form", browser.as_bytes()), &tag))
    }

    /// Identifies the submission of this form by this browser.
    #[must_use]
    pub fn submission(&self, browser: &str, form: &str) -> Submission {
        let tag = mac(self.form.newest(), b"submission", &submitted(browser, form));
        Submission(format!("{}.{}", self.form.current, BASE64URL_NOPAD.encode(&tag)))
    }

    /// Verifies a value of [`KeyRing::submission`], in constant time.
    #[must_use]
    pub fn is_submission(&self, browser: &str, form: &str, submission: &Submission) -> bool {
        let Some((version, tag)) = submission.0.split_once('.') else { return false };
        let (Ok(version), Ok(tag)) = (version.parse(), BASE64URL_NOPAD.decode(tag.as_bytes())) else {
            return false;
        };
        let own = |key| mac(key, b"submission", &submitted(browser, form));
        self.form.keys.get(&version).is_some_and(|key| same(&own(key), &tag))
    }

    /// A secret for a browser that uses a link: repeated requests of the browser get the same one (RULES 3.3). Only the
    /// browser's own secret yields it. `label` tells the secrets of one use apart.
    #[must_use]
    pub fn secret_of_use<K>(&self, label: &[u8], browser: &PreSession, link: LinkId) -> Secret<K> {
        let covered = [browser.bytes().as_slice(), link.to_bytes().as_slice(), label].concat();
        Secret::from_random(mac(self.form.newest(), b"use", &covered))
    }

    /// A secret for a browser that registers by this form: the form that is sent again gets the same one. Another form gets
    /// another, so that who registered before in a shared browser has no part in it (RULES 2.6).
    #[must_use]
    pub fn secret_of_registration(&self, browser: &PreSession, form: RegistrationId) -> Registering {
        let covered = [browser.bytes().as_slice(), form.to_bytes().as_slice()].concat();
        Secret::from_random(mac(self.form.newest(), b"registration", &covered))
    }
}

fn submitted(browser: &str, form: &str) -> Vec<u8> {
    [browser.as_bytes(), &[0], form.as_bytes()].concat()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{keys::ring, secret::kind};

    #[test]
    fn rule_3_3_a_submission_is_that_of_a_form_and_a_browser() {
        let keys = ring(&[1]);
        let submission = keys.submission("browser", "/unlock/link?choice=yes");
        assert!(keys.is_submission("browser", "/unlock/link?choice=yes", &submission));
        assert!(
            ring(&[1, 2]).is_submission("browser", "/unlock/link?choice=yes", &submission),
            "by its version"
        );
        assert!(!keys.is_submission("other", "/unlock/link?choice=yes", &submission));
        assert!(!keys.is_submission("browser", "/unlock/link?choice=no", &submission));
        assert!(!keys.is_submission("browser", "/unlock/link?choice=yes", &Submission::default()));
    }

    #[test]
    fn rule_3_3_the_secrets_of_a_use_are_a_browsers_own() {
        let secret = |keys: &KeyRing, label: &[u8], browser, link| {
            let (browser, link) = (PreSession::from_random([browser; 32]), LinkId::from_random([link; 16]));
            keys.secret_of_use::<kind::Session>(label, &browser, link).expose()
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
