//! The layout around a flow's page: header with the navigation of a signed-in resident, language toggle, footer, what an
//! action before the page did, the service that the page leads to, and the warning before a session ends.

use app::clock;
use askama::Template;
use domain::{
    email::EmailAddress,
    language::Language,
    session::{Session, WARNING},
};
use http_kernel::{
    MESSAGES, PageContent, Parts, Request, Response, Result, ReturnTo, ServiceAhead, Visitor, Way,
};
use i18n::{Translator, time};

use crate::{HelpTopic, help};

/// A flow's page: the content of `<main>`.
pub trait Page: Template + Sized {
    /// Whether the page has a form with the id `page-form`. The language toggle then posts that form, so that what was
    /// typed is kept.
    const HAS_FORM: bool;

    /// The title, which is also the heading.
    fn title(&self) -> String;

    /// The address that the browser continues at by itself, at once.
    fn continues_at(&self) -> Option<&str> {
        None
    }

    /// Whether the browser continues by itself, so that nobody reads the page. A confirmation waits for the next one.
    fn is_transit(&self) -> bool {
        self.continues_at().is_some()
    }

    /// Whether the page shows errors. Its title then begins with that.
    fn has_errors(&self) -> bool {
        false
    }

    /// The question that this page raises: it leads to the answer.
    fn help(&self) -> Option<HelpTopic> {
        None
    }

    /// How the page tells which service it leads to, if it is part of an interaction.
    fn way(&self) -> Way {
        Way::Shown
    }

    /// The response of this page. Who is signed in, and which service it leads to, is read when the handler is done.
    ///
    /// # Errors
    /// When the template can't be rendered.
    fn respond(&self, request: &Request<'_>) -> Result<Response> {
        let content = content(self, request.language());
        Ok(Response::page(content.map_err(|error| app::Failure::new(error.to_string()))?))
    }

    /// The response of this page for a signed-in resident outside of an interaction.
    ///
    /// # Errors
    /// When the template can't be rendered.
    fn respond_in_session(&self, request: &Request<'_>, session: &Session) -> Result<Response> {
        self.respond_to(request, Visitor::new(Some(session), None))
    }

    /// The response of this page for a visitor whom the handler knows.
    ///
    /// # Errors
    /// When the template can't be rendered.
    fn respond_to(&self, request: &Request<'_>, visitor: Visitor) -> Result<Response> {
        Ok(self.respond(request)?.shown_to(visitor))
    }
}

/// The content of a page.
pub(crate) fn content<P: Page>(page: &P, language: Language) -> Result<PageContent, askama::Error> {
    Ok(PageContent {
        language,
        title: page.title(),
        main: page.render()?,
        has_form: P::HAS_FORM,
        has_errors: page.has_errors(),
        continues_at: page.continues_at().map(ToOwned::to_owned),
        is_transit: page.is_transit(),
        way: page.way(),
        help: page.help().map(|topic| (topic.path(), topic.label())),
    })
}

#[derive(Template)]
#[template(path = "base.html")]
#[expect(clippy::struct_field_names, reason = "`static_base` is the base of static files")]
struct Base<'a> {
    translator: Translator,
    language: Language,
    other_language: Language,
    page: PageContent,
    static_base: &'a str,
    toggle_url: String,
    signed_in: Option<SignedInHeader>,
    /// Address and label of the page of the section that this page belongs to.
    back: Option<(String, &'static str)>,
    /// The service that the page leads to.
    ahead: Option<Ahead>,
    /// Address and label of the link to an answer of the help pages.
    help: Option<(String, String)>,
    csrf: String,
    /// What an action before the page did (RULES 8.8).
    success: Option<String>,
    script_texts: Vec<(&'static str, String)>,
    /// Address and label of each link in the footer, with the return to the service (RULES 8.5).
    footer: [(String, &'static str); 5],
    year: i16,
}

/// What the header shows of a session.
struct SignedInHeader {
    /// The address of the account, if it is known.
    email: Option<String>,
    navigation: [NavigationLink; 3],
    warning: SessionWarning,
}

/// A link of the navigation.
struct NavigationLink {
    address: &'static str,
    label: &'static str,
    /// The value of `aria-current`, if the page belongs there.
    current: Option<&'static str>,
}

impl NavigationLink {
    /// `sections` are the first segments of the paths of its pages.
    fn new(parts: &Parts, address: &'static str, label: &'static str, sections: &[&str]) -> Self {
        let section = parts.path().split('/').nth(1).unwrap_or_default();
        let current = if parts.path() == address { "page" } else { "true" };
        Self { address, label, current: sections.contains(&section).then_some(current) }
    }
}

impl SignedInHeader {
    fn new(parts: &Parts, language: Language, session: &Session) -> Self {
        let settings = ["settings", "factors", "federated"];
        Self {
            email: session.email.as_ref().map(EmailAddress::to_unicode),
            navigation: [
                NavigationLink::new(parts, "/services", "base-services", &["services"]),
                NavigationLink::new(parts, "/settings", "base-settings", &settings),
                NavigationLink::new(parts, "/help", "base-help", &["help"]),
            ],
            warning: SessionWarning::new(parts, language, session),
        }
    }

    /// Address and label of the section that the page belongs to, unless it is that page.
    fn section(&self) -> Option<(&'static str, &'static str)> {
        let is_below = |link: &&NavigationLink| link.current == Some("true");
        self.navigation.iter().find(is_below).map(|link| (link.address, link.label))
    }
}

/// The service that a page leads to, and the way back to it.
struct Ahead {
    service: String,
    /// Whether the layout names the service.
    is_named: bool,
    /// The address that the button posts to which cancels, if the browser can cancel.
    cancel: Option<String>,
}

impl Ahead {
    fn new(parts: &Parts, page: &PageContent, ahead: &ServiceAhead) -> Option<Self> {
        let cancel = |id| {
            let return_to = ReturnTo::new(None, Some(id));
            http_kernel::href("/authorize/continue", &return_to, parts.ui_locale())
        };
        (page.way != Way::Own).then(|| Self {
            service: ahead.service.name(page.language).to_owned(),
            is_named: page.way == Way::Shown,
            cancel: ahead.interaction.map(cancel),
        })
    }
}

/// When and how the page of a signed-in resident warns that the session ends (RULES 3.8).
struct SessionWarning {
    /// Seconds until the warning.
    warn_in: i64,
    /// Seconds from the warning to the end of the session.
    ends_in: i64,
    /// Whether a visit extends the session.
    can_stay: bool,
    /// When the session ends if nobody extends it, for browsers without scripts.
    ends_at: String,
    /// The page that extends the session, and leads back here.
    stay_url: String,
    /// The sign-in page, which leads back here.
    sign_in_url: String,
}

/// The page that extends a session, for browsers without scripts.
const WARNING_PAGE: &str = "/settings/stay";

impl SessionWarning {
    fn new(parts: &Parts, language: Language, session: &Session) -> Self {
        let left = session.ends_at().duration_since(clock::now()).as_secs().max(0);
        let is_warning = parts.path() == WARNING_PAGE;
        // On the page of the warning, what comes next is the end.
        let ends_in = if is_warning { 0 } else { left.min(WARNING.as_secs()) };
        let return_to = if is_warning { parts.return_to() } else { parts.return_here() };
        let href = |path| http_kernel::href(path, &return_to, parts.ui_locale());
        Self {
            warn_in: left - ends_in,
            ends_in,
            can_stay: session.can_be_extended(),
            ends_at: time::in_ontario(session.ends_at(), language),
            stay_url: href(WARNING_PAGE),
            sign_in_url: href("/login"),
        }
    }
}

/// The page in its layout. A page that nobody reads confirms nothing, and names no service.
pub(crate) fn render(parts: &Parts, page: PageContent, visitor: &Visitor) -> String {
    let language = page.language;
    let translator = Translator::new(language, &MESSAGES, &MESSAGES);
    let success = parts.success().filter(|_| !page.is_transit);
    let ahead = visitor.ahead.as_ref().filter(|_| !page.is_transit);
    let signed_in = visitor.session.as_ref().map(|session| SignedInHeader::new(parts, language, session));
    // In an interaction, the pages that the service requires lead on to it, and not back to a section.
    let has_way_back = visitor.ahead.is_none() || parts.path().starts_with("/settings/");
    let section = signed_in.as_ref().filter(|_| has_way_back).and_then(SignedInHeader::section);
    let base = Base {
        translator,
        language,
        other_language: language.other(),
        static_base: &parts.config().static_base,
        toggle_url: toggle_url(parts, language.other()),
        signed_in,
        back: section.map(|(address, label)| (parts.href(address), label)),
        ahead: ahead.and_then(|ahead| Ahead::new(parts, &page, ahead)),
        help: page.help.map(|help| help::link(parts, language, help)),
        csrf: parts.csrf(),
        success: success.map(|success| success.text(translator)),
        script_texts: script_texts(language),
        footer: [
            (parts.href("/help"), "base-help"),
            (parts.href("/accessibility"), "base-accessibility"),
            (parts.href("/privacy"), "base-privacy"),
            (parts.href("/terms"), "base-terms"),
            (parts.href("/contact"), "base-contact"),
        ],
        year: time::year_in_ontario(clock::now()),
        page,
    };
    // The template writes texts alone, which can't fail.
    base.render().unwrap_or_default()
}

/// The texts of the page's script, by the names that `infra/static/scripts` reads them under.
fn script_texts(language: Language) -> Vec<(&'static str, String)> {
    let translator = Translator::new(language, &MESSAGES, &MESSAGES);
    let with_count = |message| translator.message_with(message, "count", "{count}");
    vec![
        ("show-password", translator.message("script-show-password")),
        ("hide-password", translator.message("script-hide-password")),
        ("password-shown", translator.message("script-password-shown")),
        ("password-hidden", translator.message("script-password-hidden")),
        ("caps-lock", translator.message("script-caps-lock")),
        ("rules-met", translator.message("script-rules-met")),
        ("rules-unmet", translator.message("script-rules-unmet")),
        ("session-extended", translator.message("success-session-extended")),
        ("characters-left", with_count("script-characters-left")),
        ("characters-over", with_count("script-characters-over")),
    ]
}

/// This page in the other language. The token of an emailed link is never in it: it was moved into a cookie before.
fn toggle_url(parts: &Parts, other: Language) -> String {
    let is_kept =
        |(name, _): &&(String, String)| !matches!(name.as_str(), "switch_language" | "ui_locales" | "token");
    let toggle = ("switch_language".to_owned(), other.to_string());
    let pairs: Vec<&(String, String)> =
        parts.query_parameters().iter().filter(is_kept).chain([&toggle]).collect();
    format!("{}?{}", parts.path(), serde_html_form::to_string(&pairs).unwrap_or_default())
}
