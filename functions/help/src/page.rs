//! The pages: the contents list, an answer, and a statement. All of them are for everybody; whoever has a session stays
//! signed in on them.

use account::{respond_to_visitor, visitor};
use askama::Template;
use domain::session::Session;
use http_kernel::{Request, Response, Result, StatusCode};
use i18n::Translator;
use pages::Page;

use crate::{
    MESSAGES,
    block::{View, Writer},
    place::Place,
    statements::Statement,
    topics::{self, GROUPS, Group, Topic},
};

/// An address and its label.
struct Link {
    href: String,
    label: String,
}

/// Where the page leads, besides what it is about.
struct Ways {
    /// Whether the layout leads back to the contents list, as to other sections of a signed-in resident.
    has_section: bool,
    /// The sign-in or the page that the resident came from, if any.
    back: Option<Link>,
    contact: Link,
    contents: Link,
}

/// The questions of a group.
struct Section {
    /// The id of the section's heading.
    id: &'static str,
    title: String,
    questions: Vec<Link>,
}

#[derive(Template)]
#[template(path = "contents.html")]
struct ContentsPage {
    translator: Translator,
    title: String,
    lead: String,
    sections: Vec<Section>,
    ways: Ways,
}

#[derive(Template)]
#[template(path = "topic.html")]
struct TopicPage {
    translator: Translator,
    title: String,
    group: String,
    /// The group in the contents list.
    list: String,
    blocks: Vec<View>,
    related: Vec<Link>,
    ways: Ways,
}

#[derive(Template)]
#[template(path = "statement.html")]
struct StatementPage {
    title: String,
    sections: Vec<(Option<String>, Vec<View>)>,
    ways: Ways,
}

impl Page for ContentsPage {
    const HAS_FORM: bool = false;

    fn title(&self) -> String {
        self.title.clone()
    }
}

impl Page for TopicPage {
    const HAS_FORM: bool = false;

    fn title(&self) -> String {
        self.title.clone()
    }
}

impl Page for StatementPage {
    const HAS_FORM: bool = false;

    fn title(&self) -> String {
        self.title.clone()
    }
}

/// All questions, by group.
pub(crate) async fn contents(request: &Request<'_>) -> Result<Response> {
    let (request, session) = visitor(request).await?;
    let page = ContentsPage::new(&request, "help-title", "help-lead", session.as_ref());
    respond_to_visitor(&request, &page, session.as_ref())
}

/// The answer to the question that the path names; the contents list if there is none.
pub(crate) async fn topic(request: &Request<'_>) -> Result<Response> {
    let (request, session) = visitor(request).await?;
    let found = request.path_parameter("topic").and_then(topics::find);
    let Some((group, topic)) = found else {
        let page = ContentsPage::new(&request, "unknown-title", "unknown-text", session.as_ref());
        return Ok(respond_to_visitor(&request, &page, session.as_ref())?.with_status(StatusCode::NOT_FOUND));
    };
    respond_to_visitor(&request, &TopicPage::new(&request, group, topic, session.as_ref()), session.as_ref())
}

/// A statement that the footer leads to.
pub(crate) async fn statement(request: &Request<'_>, statement: &Statement) -> Result<Response> {
    let (request, session) = visitor(request).await?;
    let writer = Writer::new(&request, statement.messages);
    let sections = statement.sections.iter();
    let translator = request.translator(&MESSAGES);
    let page = StatementPage {
        title: translator.message(statement.title),
        sections: sections
            .map(|section| {
                (section.heading.map(|heading| writer.text(heading)), writer.views(section.blocks))
            })
            .collect(),
        ways: ways(&request, session.as_ref()),
    };
    respond_to_visitor(&request, &page, session.as_ref())
}

impl ContentsPage {
    fn new(request: &Request<'_>, title: &str, lead: &str, session: Option<&Session>) -> Self {
        let (translator, titles) = (request.translator(&MESSAGES), Writer::new(request, &MESSAGES));
        let section = |group: &Group| Section {
            id: group.title,
            title: translator.message(group.title),
            questions: group.topics.iter().map(|topic| question(request, &titles, topic)).collect(),
        };
        Self {
            title: translator.message(title),
            lead: translator.message(lead),
            sections: GROUPS.into_iter().map(section).collect(),
            ways: ways(request, session),
            translator,
        }
    }
}

impl TopicPage {
    fn new(request: &Request<'_>, group: &Group, topic: &Topic, session: Option<&Session>) -> Self {
        let (translator, titles) = (request.translator(&MESSAGES), Writer::new(request, &MESSAGES));
        Self {
            title: titles.text(topic.slug),
            group: translator.message(group.title),
            list: format!("{}#{}", request.href("/help"), group.title),
            blocks: Writer::new(request, group.messages).views(topic.answer),
            related: topic.related.iter().map(|related| question(request, &titles, related)).collect(),
            ways: ways(request, session),
            translator,
        }
    }
}

fn question(request: &Request<'_>, titles: &Writer<'_>, topic: &Topic) -> Link {
    Link { href: request.href(&topic.path()), label: titles.text(topic.slug) }
}

fn ways(request: &Request<'_>, session: Option<&Session>) -> Ways {
    let translator = request.translator(&MESSAGES);
    let link = |href, label| Link { href, label: translator.message(label) };
    let return_to = request.return_to();
    let back = match (return_to.interaction(), return_to.page()) {
        (Some(_), _) => Some("continue-sign-in"),
        (None, Some(_)) => Some("continue-page"),
        (None, None) => None,
    };
    Ways {
        has_section: session.is_some() && return_to.interaction().is_none(),
        back: back.map(|label| link(return_to.address(request.ui_locale()), label)),
        contact: link(request.href(Place::Contact.path()), Place::Contact.label()),
        contents: link(request.href("/help"), "to-contents"),
    }
}
