//! The layout around a flow's page: header, language toggle, footer, and the warning before a session ends.

use app::clock;
use askama::Template;
use domain::{
    language::Language,
    session::{Session, WARNING},
};
use http_kernel::{MESSAGES, Parts, Request, Response, Result};
use i18n::{Translator, time};

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

    /// Whether the page shows errors. Its title then begins with that.
    fn has_errors(&self) -> bool {
        false
    }

    /// The response of this page in its layout.
    ///
    /// # Errors
    /// When the template can't be rendered.
    fn respond(&self, request: &Request<'_>) -> Result<Response> {
        respond(request, self, None)
    }

    /// The response of this page for a signed-in resident, whom it warns before the session ends (RULES 3.8).
    ///
    /// # Errors
    /// When the template can't be rendered.
    fn respond_in_session(&self, request: &Request<'_>, session: &Session) -> Result<Response> {
        respond(request, self, Some(session))
    }
}

fn respond(request: &Request<'_>, page: &impl Page, session: Option<&Session>) -> Result<Response> {
    let html = render(request.parts(), request.language(), page, session)
        .map_err(|error| app::Failure::new(error.to_string()))?;
    Ok(Response::page(html, request.language()).having_announced(request.parts()))
}

#[derive(Template)]
#[template(path = "base.html")]
#[expect(clippy::struct_field_names, reason = "`static_base` is the base of static files")]
struct Base<'a> {
    translator: Translator,
    language: Language,
    other_language: Language,
    title: String,
    main: String,
    static_base: &'a str,
    toggle_form: bool,
    toggle_url: String,
    signed_in: Option<SessionWarning>,
    csrf: String,
    /// *Contact us*, with the return to the service (RULES 8.5).
    contact_url: String,
    has_errors: bool,
    continues_at: Option<&'a str>,
    /// What the page confirms: an action that led here (RULES 8.8).
    success: Option<String>,
    script_texts: Vec<(&'static str, String)>,
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

pub(crate) fn render<P: Page>(
    parts: &Parts,
    language: Language,
    page: &P,
    session: Option<&Session>,
) -> Result<String, askama::Error> {
    let translator = Translator::new(language, &MESSAGES, &MESSAGES);
    // A page that continues by itself leaves it to the page after it.
    let success = parts.success().filter(|_| page.continues_at().is_none());
    let base = Base {
        translator,
        language,
        other_language: language.other(),
        title: page.title(),
        main: page.render()?,
        static_base: &parts.config().static_base,
        toggle_form: P::HAS_FORM,
        toggle_url: toggle_url(parts, language.other()),
        signed_in: session.map(|session| SessionWarning::new(parts, language, session)),
        csrf: parts.csrf(),
        contact_url: parts.href("/contact"),
        has_errors: page.has_errors(),
        continues_at: page.continues_at(),
        success: success.map(|success| success.text(translator)),
        script_texts: script_texts(language),
    };
    base.render()
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
