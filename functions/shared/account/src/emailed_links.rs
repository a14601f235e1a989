//! Emailed links: following one consumes nothing (RULES 2.7), and a page says why one can't be used.

use domain::{
    Timestamp,
    account::Account,
    email_change::PendingEmailChange,
    id::LinkId,
    interaction::{Interaction, ServiceInfo},
    language::Language,
    link::{LinkError, LinkPurpose, SentLink, Token, ValidLink},
};
use http_kernel::{Error, Request, Response, Result, ReturnTo, ServiceAhead, StatusCode};
use i18n::{Messages, Translator};
use pages::OutcomePage;
use table::{FoundAccountLink, LinkUse};

/// Follows an emailed link to its page: its token moves into a cookie, and nothing else happens, since mail scanners follow
/// links, too (RULES 2.7). A token that isn't one of ours gets the page of `unknown`; it counts for nothing, since 256 bits
/// need no counting. What isn't opened as a page, such as an image, does nothing at all (RULES 3.11).
///
/// # Errors
/// Those of `unknown`.
pub fn keep_link_token<U: LinkPurpose>(
    request: &Request<'_>,
    token: Option<&Token<U>>,
    page: &str,
    unknown: impl FnOnce() -> Result<Response>,
) -> Result<Response> {
    match token {
        _ if !request.is_navigation() => Ok(Response::nothing()),
        Some(token) => Ok(request.link_redirect(page, token)),
        None => unknown(),
    }
}

/// Where a resident continues after an emailed link that was sent while they were signing in to a service.
pub enum LinkReturn {
    /// At the sign-in page, and then at the service if this browser's interaction continues.
    SignIn(Option<ServiceAhead>, Option<Language>),
    /// At the service's start page: the interaction belongs to another browser.
    StartAgain(ServiceInfo),
}

impl LinkReturn {
    /// Where this browser continues.
    #[must_use]
    pub fn new(request: &Request<'_>, interaction: Option<Interaction>) -> Self {
        let Some(interaction) = interaction else { return Self::SignIn(None, None) };
        match request.own(interaction.clone()) {
            Some(own) => Self::SignIn(Some(ServiceAhead::from(&own)), request.ui_locale()),
            None => Self::StartAgain(interaction.service),
        }
    }

    /// The address of a page of ours, with the return to the service.
    #[must_use]
    pub fn href(&self, path: &str) -> String {
        match self {
            Self::SignIn(ahead, ui_locale) => {
                let interaction = ahead.as_ref().and_then(|ahead| ahead.interaction);
                http_kernel::href(path, &ReturnTo::new(None, interaction), *ui_locale)
            }
            Self::StartAgain(_) => path.to_owned(),
        }
    }

    /// The service that the link leads to. Another browser's interaction can't be cancelled here.
    #[must_use]
    pub fn ahead(&self) -> Option<ServiceAhead> {
        match self {
            Self::SignIn(ahead, _) => ahead.clone(),
            Self::StartAgain(service) => Some(ServiceAhead { service: service.clone(), interaction: None }),
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

/// Whether the request repeats the submission that used a link.
#[must_use]
pub fn is_repeated(request: &Request<'_>, used: Option<&LinkUse>) -> bool {
    used.is_some_and(|used| request.repeats(&used.submission, used.at, request.now()))
}

/// The emailed links of one kind, with the messages of the flow that they belong to.
pub struct AccountLinks {
    /// The path of the page of a link that was followed.
    pub path: &'static str,
    /// The path of the page after its use.
    pub done: &'static str,
    /// The flow's messages.
    pub messages: &'static Messages,
    /// The message of a link that has expired.
    pub expired: &'static str,
    /// The message of a link that was used.
    pub used: &'static str,
    /// The path of the page that sends another link.
    pub again: &'static str,
    /// The message of the link to that page.
    pub again_label: &'static str,
}

/// An emailed link that can be used.
pub struct OpenedLink<U> {
    /// The link.
    pub link: ValidLink<U>,
    /// The account that it was sent to, in whatever state.
    pub account: Account,
    /// The change that it confirms, if that is what it is for (RULES 7.3).
    pub email_change: Option<PendingEmailChange>,
    /// Where the resident continues.
    pub return_to: LinkReturn,
}

/// An emailed link that was used.
pub struct UsedLink {
    /// The link.
    pub link: LinkId,
    /// The account that it was sent to.
    pub account: Account,
    /// Whether the account still has the address that it was sent to, or to which it returned the account.
    pub is_at_address: bool,
    /// Where the resident continues.
    pub return_to: LinkReturn,
    /// When it was used, if the release that it was used under recorded that.
    pub used_at: Option<Timestamp>,
    /// Whether the resident has said what to keep of what was added lately (RULES 5.7).
    pub is_reviewed: bool,
}

impl AccountLinks {
    /// Follows a link: see [`keep_link_token`].
    ///
    /// # Errors
    /// As [`keep_link_token`].
    pub fn follow<U: LinkPurpose>(
        &self,
        request: &Request<'_>,
        token: Option<&Token<U>>,
    ) -> Result<Response> {
        let unknown = || self.dead_link_page(request, None, &LinkReturn::new(request, None));
        keep_link_token(request, token, self.path, unknown)
    }

    /// The link that the page is about, if this browser followed it.
    ///
    /// # Errors
    /// The page that says why it can't be used. When this submission of its form has used it, as the first click of a
    /// double click does: the response to that (RULES 3.3).
    pub async fn open<U: LinkPurpose>(&self, request: &Request<'_>) -> Result<OpenedLink<U>> {
        let Some(found) = self.find::<U>(request).await? else {
            return Err(self.dead_link(request, None, &LinkReturn::new(request, None)));
        };
        if is_repeated(request, found.used.as_ref()) {
            return Err(self.done_redirect(request).into());
        }
        let return_to = LinkReturn::new(request, found.interaction);
        match (found.sent.check(request.now()), found.account) {
            // The account has left the address that the link was sent to (RULES 7.3).
            (Ok(link), Some(account)) if !U::OUTLIVES_ADDRESS && link.place != account.details().place => {
                Err(self.dead_link_or_done::<U>(request, LinkError::Superseded, &return_to).await)
            }
            (Ok(link), Some(account)) => {
                Ok(OpenedLink { link, account, email_change: found.email_change, return_to })
            }
            (_, None) => Err(self.dead_link(request, None, &return_to)),
            (Err(error), _) => Err(self.dead_link(request, Some(error), &return_to)),
        }
    }

    /// Ends a handler with this page, unless this submission of the form has used the link since it was read, as the first
    /// click of a double click does: then with the response to that (RULES 3.3).
    pub async fn done_or<U: LinkPurpose>(&self, request: &Request<'_>, page: Result<Response>) -> Error {
        if !request.is_post() {
            return page.into();
        }
        match self.find::<U>(request).await {
            Ok(Some(found)) if is_repeated(request, found.used.as_ref()) => {
                self.done_redirect(request).into()
            }
            Ok(_) => page.into(),
            Err(error) => error,
        }
    }

    /// The redirect to the page after the link's use. Its address works in this browser alone, and for a while.
    #[must_use]
    pub fn done_redirect(&self, request: &Request<'_>) -> Response {
        Response::see_other(&request.done_page(self.done))
    }

    /// The link that this browser has used within the last 30 minutes, if any. Its last page can then be shown again, for
    /// example in the other language, but not to anybody else who opens the link (RULES 3.6).
    ///
    /// # Errors
    /// When the table is unavailable.
    pub async fn used<U: LinkPurpose>(&self, request: &Request<'_>) -> Result<Option<UsedLink>> {
        if !request.is_done_page(self.done) {
            return Ok(None);
        }
        let found = self.find::<U>(request).await?.filter(|found| found.sent.is_used);
        let Some(found) = found else { return Ok(None) };
        let return_to = LinkReturn::new(request, found.interaction);
        let (SentLink { id: link, place, .. }, is_reviewed) = (found.sent, found.is_reviewed);
        let used_at = found.used.map(|used| used.at);
        Ok(found.account.map(|account| {
            let is_at_address = account.details().place == place;
            UsedLink { link, account, is_at_address, return_to, used_at, is_reviewed }
        }))
    }

    async fn find<U: LinkPurpose>(&self, request: &Request<'_>) -> Result<Option<FoundAccountLink<U>>> {
        match request.link_token::<U>()? {
            Some(token) => Ok(request.table().find_account_link(token.id(), request.now()).await?),
            None => Ok(None),
        }
    }

    /// Ends a handler with the page of a link that can't be used. `None` is a link that isn't one of ours.
    #[must_use]
    pub fn dead_link(&self, request: &Request<'_>, why: Option<LinkError>, return_to: &LinkReturn) -> Error {
        self.dead_link_page(request, why, return_to).into()
    }

    /// As [`AccountLinks::dead_link`], unless this submission has used the link: see [`AccountLinks::done_or`].
    pub async fn dead_link_or_done<U: LinkPurpose>(
        &self,
        request: &Request<'_>,
        why: LinkError,
        return_to: &LinkReturn,
    ) -> Error {
        self.done_or::<U>(request, self.dead_link_page(request, Some(why), return_to)).await
    }

    fn dead_link_page(
        &self,
        request: &Request<'_>,
        why: Option<LinkError>,
        return_to: &LinkReturn,
    ) -> Result<Response> {
        let again = (return_to.href(self.again), self.again_label);
        let sign_in = (return_to.href("/login"), "link-sign-in");
        let (title, text, next, status) = match why {
            None => ("link-unknown-title", "link-unknown-text", vec![again], StatusCode::NOT_FOUND),
            Some(LinkError::Expired) => ("link-expired-title", self.expired, vec![again], StatusCode::GONE),
            Some(LinkError::Used) => ("link-used-title", self.used, vec![sign_in, again], StatusCode::GONE),
            Some(LinkError::Superseded) => {
                ("link-overtaken-title", "link-overtaken-text", vec![again], StatusCode::GONE)
            }
        };
        let page = OutcomePage::respond_with(request, self.messages, title, text, &next, status)?;
        Ok(page.leading_to(return_to.ahead()))
    }
}
