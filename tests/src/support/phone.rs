//! Authenticators, and codes by email. The codes are computed here, independently of the library that checks them.

use aws_lc_rs::hmac;
use data_encoding::BASE32_NOPAD;

use crate::support::{
    browser::Browser,
    env::{Message, TestEnv},
    page::Page,
};

/// An authenticator that knows a secret.
#[derive(Clone)]
pub(crate) struct Phone {
    /// In base32.
    pub(crate) secret: String,
}

impl Phone {
    /// The authenticator after somebody scanned or typed what the page shows.
    pub(crate) fn scanning(browser: &Browser) -> Self {
        let groups = browser.html.text("code").expect("the page shows a key");
        Self { secret: groups.replace(' ', "") }
    }

    /// The code of the present time step.
    pub(crate) fn code(&self) -> String {
        self.code_at(app::clock::now().as_second())
    }

    /// The code at this second of Unix time (RFC 4226 section 5.3, RFC 6238 section 4).
    pub(crate) fn code_at(&self, second: i64) -> String {
        let secret = BASE32_NOPAD.decode(self.secret.as_bytes()).unwrap();
        let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &secret);
        let mac = hmac::sign(&key, &(second / 30).to_be_bytes());
        let mac = mac.as_ref();
        let start = usize::from(mac[19] & 15);
        let number = u32::from_be_bytes(mac[start..start + 4].try_into().unwrap()) & 0x7fff_ffff;
        format!("{:06}", number % 1_000_000)
    }

    /// A code of neither this time step nor those near it.
    pub(crate) fn wrong(&self) -> String {
        let now = app::clock::now().as_second();
        let near: Vec<_> = (-2..=2).map(|steps| self.code_at(now + steps * 30)).collect();
        (0..9).map(|n| format!("{n}{n}{n}{n}{n}{n}")).find(|code| !near.contains(code)).unwrap()
    }
}

impl TestEnv {
    /// Adds an authenticator with this name. The session has recently signed in, or has another recent proof. Proves the
    /// mailbox, too, where that is asked for.
    pub(crate) async fn add_app(&self, browser: &mut Browser, name: &str) -> Phone {
        if browser.get("/factors/add").await.path == "/mfa" {
            self.verify_by_email(browser).await;
        }
        browser.press("/factors/add", &[]).await;
        let phone = Phone::scanning(browser);
        let code = phone.code();
        let page = browser.press("/factors/confirm", &[("name", name), ("code", &code)]).await;
        assert_eq!((page.status, page.path.as_str()), (200, "/factors"), "{}", page.html);
        phone
    }

    /// The code in the newest email.
    pub(crate) async fn emailed_code(&self) -> String {
        code_in(self.emails().await.last().unwrap())
    }

    /// Requests a code by email on the page that is open, and enters it.
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

/// The code in an email, if it has one.
pub(crate) fn code_of(email: &Message) -> Option<String> {
    let is_code = |line: &&str| line.len() == 6 && line.bytes().all(|byte| byte.is_ascii_digit());
    email.text.lines().find(is_code).map(ToOwned::to_owned)
}
