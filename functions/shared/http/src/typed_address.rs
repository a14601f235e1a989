//! The address that somebody typed to get an email. The pages after it show it (RULES 2.10), and it is in no URL and no log:
//! a cookie keeps it for half an hour, sealed for this browser.

use cookie::Cookie;
use domain::{Timestamp, email::EmailAddress, keys::DataKeys, limits::RetryAfter, secret::PreSession};

use crate::{CookieName, Request, Response, Result, cookies};

/// An address that was typed, sealed for the next secret of its browser.
pub struct NextTypedAddress(Cookie<'static>);

impl Request<'_> {
    /// The response, with the address that was typed.
    ///
    /// # Errors
    /// When the function has no data keys.
    pub fn with_typed_address(&self, response: Response, email: &EmailAddress) -> Result<Response> {
        self.with_typed_address_until(response, email, None)
    }

    /// The response, with the address that was typed, and until when that is sent no other email.
    ///
    /// # Errors
    /// When the function has no data keys.
    pub fn with_typed_address_until(
        &self,
        response: Response,
        email: &EmailAddress,
        until: Option<RetryAfter>,
    ) -> Result<Response> {
        let plain = format!("{} {}", until.map_or(0, |until| until.0.as_second()), email.as_str());
        Ok(response.with_cookie(seal(self.keys().data()?, &plain, self.browser())))
    }

    /// The address that was typed in this browser, for the same browser under its next secret.
    #[must_use]
    pub fn next_typed_address(&self, next: &PreSession) -> Option<NextTypedAddress> {
        Some(NextTypedAddress(seal(self.keys().data().ok()?, &self.typed()?, next)))
    }

    /// The address that was typed in this browser within half an hour.
    #[must_use]
    pub fn typed_address(&self) -> Option<EmailAddress> {
        let plain = self.typed()?;
        // Cookies of earlier releases have no time.
        plain.split_once(' ').map_or(plain.as_str(), |(_, address)| address).parse().ok()
    }

    /// Until when that address is sent no other email.
    #[must_use]
    pub fn typed_address_until(&self) -> Option<RetryAfter> {
        let seconds = self.typed()?.split_once(' ')?.0.parse().ok()?;
        Timestamp::from_second(seconds).ok().map(RetryAfter).filter(|until| self.now() < until.0)
    }

    fn typed(&self) -> Option<String> {
        let sealed = domain::keys::Sealed::stored(self.cookie(CookieName::TypedAddress)?.to_owned());
        let owner = owner(self.browser());
        let plain = self.keys().data().ok()?.open(&owner, &sealed).ok()?;
        String::from_utf8(plain.to_vec()).ok()
    }
}

fn seal(keys: &DataKeys, plain: &str, browser: &PreSession) -> Cookie<'static> {
    let sealed = keys.seal(&owner(browser), plain.as_bytes(), app::random());
    cookies::set(CookieName::TypedAddress, sealed.as_str())
}

impl Response {
    /// The response, with the address that was typed under the browser's secret before.
    #[must_use]
    pub fn with_next_typed_address(self, typed: &NextTypedAddress) -> Self {
        self.with_cookie(typed.0.clone())
    }
}

fn owner(browser: &PreSession) -> String {
    format!("typed#{}", browser.hash().as_str())
}
