//! Emailed links: following one consumes nothing (RULES 2.7), and a page says why one can't be used.

use domain::{
    account::Account,
    interaction::{Interaction, Service},
    language::Language,
    link::{LinkError, Live, Token, Use},
};
use http_kernel::{CookieName, Error, Request, Response, Result, ReturnTo, StatusCode};
use i18n::{Messages, Translator};
use pages::OutcomePage;
use table::FoundAccountLink;

/// Follows an emailed link: its token moves into a cookie, and nothing else happens, since mail scanners follow links, too
/// (RULES 2.7). A token that isn't one of ours counts as an attempt of the source (RULES 3.11) and gets the page of
/// `unknown`.
///
/// # Errors
/// When the source has reached its rate limit, or the table is unavailable.
pub async fn keep_link_token<U: Use>(
    request: &Request<'_>,
    token: Option<&Token<U>>,
    cookie: CookieName,
    unknown: impl FnOnce() -> Result<Response>,
) -> Result<Response> {
    if let Some(token) = token {
        return Ok(Response::see_other(request.path()).with_token(cookie, token.expose()));
    }
    let table = request.table();
    let count = |slot| async move { Ok(table.take_rate_slot(&slot).await?) };
    request.with_rate_slot("follow link", "/services", count).await?;
    unknown()
}

/// Where a resident continues after an emailed link that was sent while they were signing in to a service.
pub enum LinkReturn {
    /// At the sign-in page, and then at the service if this browser's interaction continues.
    SignIn(ReturnTo, Option<Language>),
    /// At the service's start page: the interaction belongs to another browser.
    StartAgain(Service),
}

impl LinkReturn {
    /// Where this browser continues.
    #[must_use]
    pub fn new(request: &Request<'_>, interaction: Option<Interaction>) -> Self {
        let Some(interaction) = interaction else { return Self::SignIn(ReturnTo::Services, None) };
        match request.own(interaction.clone()) {
            Some(own) => Self::SignIn(ReturnTo::Service(own.id), request.ui_locale()),
            None => Self::StartAgain(interaction.service),
        }
    }

    /// The address of a page of ours, with the return to the service.
    #[must_use]
    pub fn href(&self, path: &str) -> String {
        match self {
            Self::SignIn(return_to, ui_locale) => http_kernel::href(path, return_to, *ui_locale),
            Self::StartAgain(_) => path.to_owned(),
        }
    }

    /// The address where signing in begins, and its label.
    #[must_use]
    pub fn sign_in(&self, translator: Translator) -> (String, String) {
        match self {
            Self::SignIn(..) => (self.href("/login"), translator.message("link-sign-in")),
            Self::StartAgain(service) => {
                let name = service.name(translator.language());
                let label = translator.message_with("way-to-service", "service", name);
                (service.start_url.clone(), label)
            }
        }
    }
}

/// The emailed links of one kind, with the messages of the flow that they belong to.
pub struct AccountLinks {
    /// The cookie that keeps the token of a link that was followed.
    pub cookie: CookieName,
    /// The flow's messages.
    pub messages: &'static Messages,
    /// The message of a link that has expired.
    pub expired: &'static str,
    /// The message of a link that was used.
    pub used: &'static str,
    /// The path of the page that sends another link.
    pub again: &'static str,
}

/// An emailed link that can be used.
pub struct OpenedLink<U> {
    /// The link.
    pub link: Live<U>,
    /// The account that it was sent to, in whatever state.
    pub account: Account,
    /// Where the resident continues.
    pub return_to: LinkReturn,
}

impl AccountLinks {
    /// Follows a link: see [`keep_link_token`].
    ///
    /// # Errors
    /// As [`keep_link_token`].
    pub async fn follow<U: Use>(&self, request: &Request<'_>, token: Option<&Token<U>>) -> Result<Response> {
        let unknown = || self.dead_link_page(request, None, &LinkReturn::new(request, None));
        keep_link_token(request, token, self.cookie, unknown).await
    }

    /// The link whose token is in this browser's cookie.
    ///
    /// # Errors
    /// The page that says why it can't be used.
    pub async fn open<U: Use>(&self, request: &Request<'_>) -> Result<OpenedLink<U>> {
        let Some(found) = self.find::<U>(request).await? else {
            return Err(self.dead_link(request, None, &LinkReturn::new(request, None)));
        };
        let return_to = LinkReturn::new(request, found.interaction);
        match (found.sent.live(request.now()), found.account) {
            (Ok(link), Some(account)) => Ok(OpenedLink { link, account, return_to }),
            (_, None) => Err(self.dead_link(request, None, &return_to)),
            (Err(error), _) => Err(self.dead_link(request, Some(error), &return_to)),
        }
    }

    /// The account whose link this browser has used, and where the resident continues; `None` when it has used none. The
    /// page that says what was done can so be shown again, in the other language, too.
    ///
    /// # Errors
    /// When the table is unavailable.
    pub async fn used<U: Use>(&self, request: &Request<'_>) -> Result<Option<(Account, LinkReturn)>> {
        let found = self.find::<U>(request).await?.filter(|found| found.sent.is_used);
        let Some(found) = found else { return Ok(None) };
        let return_to = LinkReturn::new(request, found.interaction);
        Ok(found.account.map(|account| (account, return_to)))
    }

    async fn find<U: Use>(&self, request: &Request<'_>) -> Result<Option<FoundAccountLink<U>>> {
        match request.link_token::<U>(self.cookie) {
            Some(token) => Ok(request.table().find_account_link(token.id(), request.now()).await?),
            None => Ok(None),
        }
    }

    /// Ends a handler with the page of a link that can't be used. `None` is a link that isn't one of ours.
    #[must_use]
    pub fn dead_link(&self, request: &Request<'_>, why: Option<LinkError>, return_to: &LinkReturn) -> Error {
        self.dead_link_page(request, why, return_to).into()
    }

    fn dead_link_page(
        &self,
        request: &Request<'_>,
        why: Option<LinkError>,
        return_to: &LinkReturn,
    ) -> Result<Response> {
        let again = (return_to.href(self.again), "link-again");
        let sign_in = (return_to.href("/login"), "link-sign-in");
        let (title, text, next, status) = match why {
            None => ("link-unknown-title", "link-unknown-text", vec![again], StatusCode::NOT_FOUND),
            Some(LinkError::Expired) => ("link-expired-title", self.expired, vec![again], StatusCode::GONE),
            Some(LinkError::Used) => ("link-used-title", self.used, vec![sign_in, again], StatusCode::GONE),
            Some(LinkError::Superseded) => {
                ("link-overtaken-title", "link-overtaken-text", vec![again], StatusCode::GONE)
            }
        };
        OutcomePage::respond_with(request, self.messages, title, text, &next, status)
    }
}
