//! Authenticator apps as residents have them, and codes by email. The codes are made here, not by the library that
//! checks them.

use aws_lc_rs::hmac;
use data_encoding::BASE32_NOPAD;

use crate::story::{Browser, Message, Page, Story, between};

/// An authenticator app that knows a secret.
#[derive(Clone)]
pub(crate) struct Phone {
    /// In base32.
    pub(crate) secret: String,
}

impl Phone {
    /// The app after somebody scanned or typed what the page shows.
    pub(crate) fn scanning(browser: &Browser) -> Self {
        let groups = between(&browser.html, "<code>", "</code>").expect("the page shows a key");
        Self { secret: groups.replace(' ', "") }
    }

    /// The code that it shows now.
    pub(crate) fn code(&self) -> String {
        self.code_at(app::clock::now().as_second())
    }

    /// The code that it shows at this second (RFC 4226 section 5.3, RFC 6238 section 4).
    pub(crate) fn code_at(&self, second: i64) -> String {
        let secret = BASE32_NOPAD.decode(self.secret.as_bytes()).unwrap();
        let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &secret);
        let mac = hmac::sign(&key, &(second / 30).to_be_bytes());
        let mac = mac.as_ref();
        let start = usize::from(mac[19] & 15);
        let number = u32::from_be_bytes(mac[start..start + 4].try_into().unwrap()) & 0x7fff_ffff;
        format!("{:06}", number % 1_000_000)
    }

    /// A code that it shows neither now nor before nor after.
    pub(crate) fn wrong(&self) -> String {
        let now = app::clock::now().as_second();
        let near: Vec<_> = (-2..=2).map(|steps| self.code_at(now + steps * 30)).collect();
        (0..9).map(|n| format!("{n}{n}{n}{n}{n}{n}")).find(|code| !near.contains(code)).unwrap()
    }
}

impl Story {
    /// Sets an app up from the list, under this name; a proof of the last five minutes is there.
    pub(crate) async fn add_app(&self, browser: &mut Browser, name: &str) -> Phone {
        browser.get("/factors/add").await;
        browser.press("/factors/add", &[]).await;
        let phone = Phone::scanning(browser);
        let code = phone.code();
        let page = browser.press("/factors/confirm", &[("name", name), ("code", &code)]).await;
        assert_eq!((page.status, page.path.as_str()), (200, "/factors"), "{}", page.html);
        phone
    }

    /// The code of the newest email.
    pub(crate) async fn emailed_code(&self) -> String {
        code_in(self.emails().await.last().unwrap())
    }

    /// Asks for a code by email on the page that offers it, and types it there.
    pub(crate) async fn verify_by_email(&self, browser: &mut Browser) -> Page {
        browser.press("/mfa/send", &[]).await;
        let code = self.emailed_code().await;
        browser.press("/mfa", &[("code", &code)]).await
    }
}

/// The code in an email.
pub(crate) fn code_in(email: &Message) -> String {
    code_of(email).unwrap_or_else(|| panic!("no code: {}", email.text))
}

/// The code in an email, if it brings one.
pub(crate) fn code_of(email: &Message) -> Option<String> {
    let is_code = |line: &&str| line.len() == 6 && line.bytes().all(|byte| byte.is_ascii_digit());
    email.text.lines().find(is_code).map(ToOwned::to_owned)
}
