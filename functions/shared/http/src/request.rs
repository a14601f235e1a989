//! What a handler gets.

use std::ops::Deref;

use app::{App, Config};
use domain::{
    Timestamp,
    id::Id,
    interaction::Interaction,
    keys::KeyRing,
    language::Language,
    limits::RetryAfter,
    secret::{PreSession, Secret},
};
use i18n::{Messages, Translator};
use table::Table;

use crate::{CookieName, HeaderName, HttpError, MESSAGES, Parts, Response, Result, ReturnTo};

/// A request and all that a handler works with: the app, the parsed request, and the language of the page.
///
/// It is a value: a handler that learns the account's language makes another one with [`Request::in_language_of`], and
/// the pages and errors of that one are in that language.
#[derive(Clone, Copy)]
pub struct Request<'a> {
    app: &'a App,
    parts: &'a Parts,
    language: Language,
}

impl Deref for Request<'_> {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        self.parts
    }
}

impl<'a> Request<'a> {
    pub(crate) fn new(app: &'a App, parts: &'a Parts) -> Self {
        Self { app, parts, language: parts.language() }
    }

    /// The same request, whose pages are for the resident of an account with this language (RULES 8.1).
    #[must_use]
    pub fn in_language_of(self, account: Language) -> Self {
        Self { language: self.parts.language_for(account), ..self }
    }

    /// The app.
    #[must_use]
    pub fn app(&self) -> &'a App {
        self.app
    }

    /// The parsed request.
    #[must_use]
    pub fn parts(&self) -> &'a Parts {
        self.parts
    }

    /// The table.
    #[must_use]
    pub fn table(&self) -> &'a Table {
        &self.app.table
    }

    /// The configuration of the function.
    #[must_use]
    pub fn config(&self) -> &'a Config {
        &self.app.config
    }

    /// Our keys.
    #[must_use]
    pub fn keys(&self) -> &'a KeyRing {
        &self.app.keys
    }

    /// The time now, in whole seconds.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.app.now()
    }

    /// A fresh id.
    #[must_use]
    pub fn new_id<K>(&self) -> Id<K> {
        self.app.new_id()
    }

    /// A fresh secret.
    #[must_use]
    pub fn new_secret<K>(&self) -> Secret<K> {
        self.app.new_secret()
    }

    /// A response after which nobody is signed in: it removes the session cookie, what is pending, and what the browser has
    /// cached, so that the next user of a shared computer finds nothing (RULES 3.8). The browser gets a new secret, so that
    /// forms of the session are stale.
    #[must_use]
    pub fn without_session(&self, response: Response) -> Response {
        self.without_session_in(&self.new_secret(), response)
    }

    /// A redirect to the page after an action that ended the session: see [`Request::without_session`] and
    /// [`Parts::is_done_page`].
    #[must_use]
    pub fn signed_out_done_redirect(&self, path: &str) -> Response {
        let browser = self.new_secret();
        let redirect = Response::see_other(&self.parts().done_page_in(&browser, path));
        self.without_session_in(&browser, redirect)
    }

    fn without_session_in(&self, browser: &PreSession, response: Response) -> Response {
        response
            .without(CookieName::Session)
            .without_pending(self.parts())
            .with_header(HeaderName::from_static("clear-site-data"), "\"cache\"")
            .with_secret(CookieName::Browser, browser)
    }

    /// The language of the page.
    #[must_use]
    pub fn language(&self) -> Language {
        self.language
    }

    /// The messages of a flow and those that all flows share, in the language of the page.
    #[must_use]
    pub fn translator(&self, messages: &'static Messages) -> Translator {
        Translator::new(self.language, messages, &MESSAGES)
    }

    /// The segment of the path that matches `{name}` in the route.
    #[must_use]
    pub fn path_parameter(&self, name: &str) -> Option<&'a str> {
        let is_named =
            |segment: &str| segment.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) == Some(name);
        let position = self.route()?.path().split('/').position(is_named)?;
        self.parts.path().split('/').nth(position)
    }

    /// The interaction that the resident is in, if this browser is the one it belongs to (RULES 3.2).
    ///
    /// # Errors
    /// [`Error`](crate::Error) when the table is unavailable.
    pub async fn interaction(&self) -> Result<Option<Interaction>> {
        self.interaction_of(&self.return_to()).await
    }

    /// The interaction of a return target, if it belongs to this browser.
    ///
    /// # Errors
    /// [`Error`](crate::Error) when the table is unavailable.
    pub async fn interaction_of(&self, return_to: &ReturnTo) -> Result<Option<Interaction>> {
        let Some(id) = return_to.interaction() else { return Ok(None) };
        let found = self.table().interaction(id, self.now()).await?;
        Ok(found.and_then(|found| self.own(found)))
    }

    /// The interaction, if it belongs to this browser and hasn't expired.
    #[must_use]
    pub fn own(&self, interaction: Interaction) -> Option<Interaction> {
        interaction.for_browser(self.browser_secrets(), self.now())
    }

    /// The response, with this cookie for its whole lifetime from now, and with a fresh secret for a browser that has none.
    #[must_use]
    pub fn with_new_secret<K>(&self, response: Response, name: CookieName) -> Response {
        response.with_secret(name, &self.secret(name).unwrap_or_else(|| self.new_secret::<K>()))
    }

    /// The error of a source that has reached its rate limit (RULES 3.11); its page leads back to this one.
    #[must_use]
    pub fn too_many_attempts(&self, until: RetryAfter) -> HttpError {
        HttpError::too_many_attempts(until, &self.current_page()).in_language(self.language)
    }

    /// The error of a source that sent too many messages by *Contact us* (RULES 3.11); its page leads back to this one.
    #[must_use]
    pub fn too_many_messages(&self, until: RetryAfter) -> HttpError {
        HttpError::too_many_messages(until, &self.current_page()).in_language(self.language)
    }

    /// The error of an address that was sent too many emails (RULES 3.11); its page leads to `next`.
    #[must_use]
    pub fn too_many_emails(&self, until: RetryAfter, next: &str) -> HttpError {
        HttpError::too_many_emails(until, next).in_language(self.language)
    }

    /// The error of an address that was sent an email a moment ago (RULES 3.11); its page leads to `next`.
    #[must_use]
    pub fn email_just_sent(&self, until: RetryAfter, next: &str) -> HttpError {
        HttpError::email_just_sent(until, next).in_language(self.language)
    }

    /// The error of an address whose newest link works until it can be sent another one (RULES 3.11); its page leads to
    /// `next`.
    #[must_use]
    pub fn link_kept(&self, until: RetryAfter, next: &str) -> HttpError {
        HttpError::link_kept(until, next).in_language(self.language)
    }

    /// As [`Request::link_kept`], for a source that has used up its half of the emails.
    #[must_use]
    pub fn link_kept_elsewhere(&self, until: RetryAfter, next: &str) -> HttpError {
        HttpError::link_kept_elsewhere(until, next).in_language(self.language)
    }
}
