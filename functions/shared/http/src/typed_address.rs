//! The address that somebody typed to get an email. The pages after it show it (RULES 2.10), and it is in no URL and no log:
//! a cookie keeps it for half an hour, sealed for this browser.

use domain::{Timestamp, email::EmailAddress, keys::SealingPurpose};

use crate::{CookieName, Request, Response, cookies};

impl Request<'_> {
    /// The response, with the address that was typed.
    #[must_use]
    pub fn with_typed_address(&self, response: Response, email: &EmailAddress) -> Response {
        let plain = format!("{} {}", self.now().as_second(), email.as_str());
        let sealed = self.keys().seal(
            SealingPurpose::Personal,
            &self.address_owner(),
            plain.as_bytes(),
            app::random(),
        );
        response.with_cookie(cookies::set(CookieName::TypedAddress, sealed.as_str()))
    }

    /// The address that was typed in this browser within half an hour.
    #[must_use]
    pub fn typed_address(&self) -> Option<EmailAddress> {
        let plain = self.typed()?;
        // Cookies of earlier releases have no time.
        plain.split_once(' ').map_or(plain.as_str(), |(_, address)| address).parse().ok()
    }

    /// When that address was typed.
    #[must_use]
    pub fn typed_address_at(&self) -> Option<Timestamp> {
        let seconds = self.typed()?.split_once(' ')?.0.parse().ok()?;
        Timestamp::from_second(seconds).ok()
    }

    fn typed(&self) -> Option<String> {
        let sealed = domain::keys::Sealed::stored(self.cookie(CookieName::TypedAddress)?.to_owned());
        let plain = self.keys().open(SealingPurpose::Personal, &self.address_owner(), &sealed).ok()?;
        String::from_utf8(plain.to_vec()).ok()
    }

    fn address_owner(&self) -> String {
        format!("typed#{}", self.browser().hash().as_str())
    }
}
