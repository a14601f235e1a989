//! The page around a flow's own part.

use app::Config;
use askama::Template;
use domain::{
    language::Language,
    session::{Session, WARNING},
};
use i18n::Translator;

use crate::{MESSAGES, Request};

/// A flow's part of a page: what stands in `<main>`.
pub trait Page: Template {
    /// Whether it has a form with the id `page-form`, which the language toggle posts so that what was typed is kept.
    const HAS_FORM: bool;

    /// The page's title, which is also its heading.
    fn title(&self) -> String;

    /// Whether it shows errors, which its title then says first.
    fn has_errors(&self) -> bool {
        false
    }
}

pub(crate) struct Context<'a> {
    pub(crate) config: &'a Config,
    pub(crate) path: &'a str,
    pub(crate) query: &'a [(String, String)],
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
    signed_in: Option<SignedIn>,
    csrf: String,
    /// *Contact us*, on the way that the resident is on (RULES 8.5).
    contact_url: String,
    has_errors: bool,
}

/// What the page of a signed-in resident says of the end of their session (RULES 3.8).
struct SignedIn {
    /// In how many seconds it warns.
    warn_in: i64,
    /// How many seconds after the warning the session ends.
    ends_in: i64,
    /// Whether a visit makes it last longer.
    can_stay: bool,
    /// Where the warning comes back to.
    here: String,
}

/// The page that warns of the end of a session, for browsers without scripts.
const WARNING_PAGE: &str = "/settings/stay";

impl SignedIn {
    fn new(request: &Request, session: &Session) -> Self {
        let left = session.ends_at().duration_since(request.now()).as_secs().max(0);
        let can_stay = session.can_be_extended();
        if request.path() == WARNING_PAGE {
            // It warns already: what comes next is the end.
            let here = request.return_to().local_page().to_owned();
            return Self { warn_in: left, ends_in: 0, can_stay, here };
        }
        let ends_in = left.min(WARNING.as_secs());
        Self { warn_in: left - ends_in, ends_in, can_stay, here: request.path().to_owned() }
    }
}

pub(crate) fn render<P: Page>(
    request: &Request,
    page: &P,
    session: Option<&Session>,
) -> Result<String, askama::Error> {
    let (context, language) = (request.page_context(), request.language());
    let base = Base {
        translator: Translator::new(language, &MESSAGES, &MESSAGES),
        language,
        other_language: language.other(),
        title: page.title(),
        main: page.render()?,
        static_base: &context.config.static_base,
        toggle_form: P::HAS_FORM,
        toggle_url: toggle_url(&context, language.other()),
        signed_in: session.map(|session| SignedIn::new(request, session)),
        csrf: request.csrf(),
        contact_url: request.return_to().href("/contact"),
        has_errors: page.has_errors(),
    };
    base.render()
}

/// This page in the other language. A link's token never stands in it: it was moved into a cookie before.
fn toggle_url(context: &Context<'_>, other: Language) -> String {
    let cached =
        |(name, _): &&(String, String)| !matches!(name.as_str(), "switch_language" | "ui_locales" | "token");
    let other = ("switch_language".to_owned(), other.to_string());
    let pairs: Vec<&(String, String)> = context.query.iter().filter(cached).chain([&other]).collect();
    format!("{}?{}", context.path, serde_html_form::to_string(&pairs).unwrap_or_default())
}
