//! Pages without their layout, and whom they are shown to.
//!
//! A handler returns the content of a page. The layout around it shows who is signed in and which service the page leads to.
//! A handler that has read the session and the interaction passes them on ([`Response::shown_to`]); for any other page the
//! kernel reads them after the handler, if the browser has a session cookie or the page belongs to an interaction. Other
//! requests read nothing.

use app::Failure;
use domain::{
    id::InteractionId,
    interaction::{Interaction, ServiceInfo},
    language::Language,
    session::Session,
};
use table::Table;

use crate::Parts;

/// How a page tells which service it leads to (RULES 8.9).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Way {
    /// The layout names the service, and offers a way back to it.
    #[default]
    Shown,
    /// The page names the service, and the layout offers a way back to it.
    Named,
    /// The page does both.
    Own,
}

/// The content of a page, for the layout.
#[derive(Clone, Debug)]
pub struct PageContent {
    /// The language.
    pub language: Language,
    /// The title, which is also the heading.
    pub title: String,
    /// The content of `<main>`, as HTML.
    pub main: String,
    /// Whether it has a form with the id `page-form`, which the language toggle posts.
    pub has_form: bool,
    /// Whether it shows errors.
    pub has_errors: bool,
    /// The address that the browser continues at by itself, at once.
    pub continues_at: Option<String>,
    /// Whether the browser continues by itself, so that nobody reads the page.
    pub is_transit: bool,
    /// How it tells which service it leads to.
    pub way: Way,
    /// The path of an answer that the page leads to, and the message that labels the link.
    pub help: Option<(&'static str, &'static str)>,
}

/// The service that a page leads to.
#[derive(Clone, Debug)]
pub struct ServiceAhead {
    /// The service.
    pub service: ServiceInfo,
    /// The interaction, if this browser can cancel it.
    pub interaction: Option<InteractionId>,
}

impl From<&Interaction> for ServiceAhead {
    fn from(interaction: &Interaction) -> Self {
        Self { service: interaction.service.clone(), interaction: Some(interaction.id) }
    }
}

/// Whom a page is shown to: the session of the browser, and the service that the page leads to.
#[derive(Clone, Debug, Default)]
pub struct Visitor {
    /// The session.
    pub session: Option<Session>,
    /// The service.
    pub ahead: Option<ServiceAhead>,
}

impl Visitor {
    /// A resident who is signed in, and the interaction that they are in.
    #[must_use]
    pub fn new(session: Option<&Session>, interaction: Option<&Interaction>) -> Self {
        Self { session: session.cloned(), ahead: interaction.map(ServiceAhead::from) }
    }

    /// The visitor of this request.
    ///
    /// # Errors
    /// [`Failure`] when the table is unavailable.
    pub(crate) async fn read(table: &Table, parts: &Parts) -> Result<Self, Failure> {
        let (cookie, interaction) = (parts.session_cookie(), parts.return_to().interaction());
        let now = app::clock::now();
        let found = table.session_and_interaction(cookie.as_ref(), interaction, now).await;
        let (session, interaction) = found?;
        let own = interaction.and_then(|interaction| interaction.for_browser(parts.browser_secrets(), now));
        Ok(Self::new(session.as_ref(), own.filter(|own| !own.is_over(now)).as_ref()))
    }
}
