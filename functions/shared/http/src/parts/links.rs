//! Followed links (RULES 2.7, 2.11): the page of a link names it by its id, and its token is in a cookie of its own. And
//! repeated submissions of forms, such as the button of a link (RULES 3.3).

use domain::{
    SignedDuration, Timestamp,
    form::{Submission, is_double_click},
    id::LinkId,
    keys::{FormKeys, KeyPurpose, LinkKeys, MissingKeys},
    link::{LinkPurpose, Token},
    secret::PreSession,
};

use crate::{Parts, Response, body, cookies};

/// The query parameter of the pages of a followed link: the id of the link.
const LINK: &str = "link";

/// How long the page after the use of a link can be shown.
const DONE_LASTS: SignedDuration = SignedDuration::from_mins(30);

fn done_text(path: &str, id: Option<LinkId>, at: i64) -> String {
    match id {
        Some(id) => format!("done {path} {id} {at}"),
        None => format!("done {path} {at}"),
    }
}

fn link_href(path: &str, id: LinkId) -> String {
    format!("{path}?{LINK}={id}")
}

impl Parts {
    /// The token of the followed link that this page is about: its id is in the query, and the token in a cookie of the
    /// browser that followed it. The id alone grants nothing.
    ///
    /// # Errors
    /// [`MissingKeys`] in a function without link keys.
    pub fn link_token<U: LinkPurpose>(&self) -> Result<Option<Token<U>>, MissingKeys> {
        let keys = self.link_keys()?;
        let id = self.link_id();
        let token = id.and_then(|id| Token::parse(cookies::link_token(&self.cookies, id)?, keys));
        Ok(token.filter(|token| Some(token.id()) == id))
    }

    /// The id of the followed link that this page is about.
    fn link_id(&self) -> Option<LinkId> {
        self.query(LINK).and_then(|id| id.parse().ok())
    }

    /// The address of a page about the same followed link as this one.
    #[must_use]
    pub fn link_page(&self, path: &str) -> String {
        self.link_id().map_or_else(|| path.to_owned(), |id| link_href(path, id))
    }

    /// The address of the page after the use of the followed link, or after another action. It proves that this browser did that
    /// now.
    #[must_use]
    pub fn done_page(&self, path: &str) -> String {
        self.done_page_in(&self.browser, path)
    }

    /// As [`Parts::done_page`], in a browser that gets this secret.
    pub(crate) fn done_page_in(&self, browser: &PreSession, path: &str) -> String {
        let at = app::clock::now().as_second();
        let Some(keys) = self.form_keys() else { return path.to_owned() };
        let id = self.link_id();
        let done = keys.submission(browser.hash().as_str(), &done_text(path, id, at));
        let (page, and) = id.map_or_else(|| (path.to_owned(), '?'), |id| (link_href(path, id), '&'));
        format!("{page}{and}at={at}&done={}", done.as_str())
    }

    /// Whether this is the page after what this browser did within [`DONE_LASTS`].
    #[must_use]
    pub fn is_done_page(&self, path: &str) -> bool {
        let at = self.query("at").and_then(|at| at.parse().ok());
        let (id, Some(keys), Some(at)) = (self.link_id(), self.form_keys(), at) else { return false };
        let done = Submission::stored(self.query("done").unwrap_or_default().to_owned());
        let age = app::clock::now().as_second().saturating_sub(at);
        let is_recent = (0..DONE_LASTS.as_secs()).contains(&age);
        is_recent && keys.is_submission(self.browser.hash().as_str(), &done_text(path, id, at), &done)
    }

    /// A redirect to the page of a link that is being followed. The token moves into a cookie of the browser.
    #[must_use]
    pub fn link_redirect<U: LinkPurpose>(&self, path: &str, token: &Token<U>) -> Response {
        let redirect = Response::see_other(&link_href(path, token.id()));
        let cookies = cookies::set_link(&self.cookies, token.id(), token.expose());
        cookies.into_iter().fold(redirect, Response::with_cookie)
    }

    /// The response, without the cookies of followed links: for sign-out (RULES 3.8).
    #[must_use]
    pub fn without_links(&self, response: Response) -> Response {
        cookies::remove_links(&self.cookies).fold(response, Response::with_cookie)
    }

    /// Whether the browser opens the response as a page, as far as it says. The `src` of an image says otherwise.
    #[must_use]
    pub fn is_navigation(&self) -> bool {
        self.headers.get("sec-fetch-dest").is_none_or(|destination| destination == "document")
    }

    /// What identifies this submission of a form: the browser, the page and the values. A password is left out, so that
    /// comparing two submissions compares no secret.
    #[must_use]
    pub fn submission(&self) -> Submission {
        let keys = self.form_keys();
        keys.map(|keys| keys.submission(self.browser.hash().as_str(), &self.form_text())).unwrap_or_default()
    }

    /// Whether this is the submission that was answered at `at`: a double click, or the Back button (RULES 3.3). Since
    /// passwords are not compared, a form with one is repeated within the time of a double click alone.
    #[must_use]
    pub fn repeats(&self, answered: &Submission, at: Timestamp, now: Timestamp) -> bool {
        let browser = self.browser.hash();
        let is_same = |keys: &FormKeys| keys.is_submission(browser.as_str(), &self.form_text(), answered);
        let is_repeatable = !self.form_has("password") || is_double_click(at, now);
        self.is_post() && is_repeatable && self.form_keys().is_some_and(is_same)
    }

    /// The page and the values of the posted form, except its token and the value of a password. A form without the
    /// password is another one.
    fn form_text(&self) -> String {
        let mut fields = body::pairs(&self.body);
        fields.retain(|(name, _)| name != "csrf");
        for (_, value) in fields.iter_mut().filter(|(name, _)| name == "password") {
            value.clear();
        }
        let pairs: Vec<_> = self.query.iter().chain(&fields).collect();
        format!("{}?{}", self.path, serde_html_form::to_string(&pairs).unwrap_or_default())
    }

    /// The token of the emailed link that is being followed, from the query; `Some(None)` when it isn't one of ours.
    ///
    /// # Errors
    /// [`MissingKeys`] in a function without link keys.
    pub fn followed_link<U: LinkPurpose>(&self) -> Result<Option<Option<Token<U>>>, MissingKeys> {
        let keys = self.link_keys()?;
        Ok(self.query("token").map(|text| Token::parse(text, keys)))
    }

    fn link_keys(&self) -> Result<&LinkKeys, MissingKeys> {
        self.keys.as_ref().ok_or(MissingKeys(KeyPurpose::Link))?.link()
    }
}
