//! *This wasn't me* about an entry of the activity (RULES 7.5): the owner's mailbox gets the link that disputes it (RULES
//! 3.10). A session alone secures nothing, so that whoever took one can't shut the owner out.

use account::{SignedIn, emails};
use askama::Template;
use email::SecurityEvent;
use http_kernel::{OrRedirect, Request, Response, Result, StatusCode, Success};
use i18n::Translator;
use pages::{HelpTopic, Page};
use table::{AuditEntry, Conflict, WriteError};

use crate::{
    MESSAGES,
    activity::parse,
    event::{EventText, is_disputable, is_email_change},
};

const ACTIVITY: &str = "/settings/activity";

#[derive(Template)]
#[template(path = "report.html")]
struct ReportPage {
    translator: Translator,
    text: EventText,
    email: String,
    action: String,
    csrf: String,
    sessions: String,
    password: String,
    back: String,
    /// Whether it is about a change of the address, which is undone from the previous address.
    is_email_change: bool,
    /// What is said about what was added.
    added: &'static str,
    /// Whether no other link is sent today.
    is_limited: bool,
}

impl Page for ReportPage {
    const HAS_FORM: bool = true;

    fn title(&self) -> String {
        self.translator.message("report-title")
    }

    fn help(&self) -> Option<HelpTopic> {
        Some(HelpTopic::NotMe)
    }
}

impl ReportPage {
    fn new(signed_in: &SignedIn<'_>, entry: &AuditEntry) -> Self {
        let request = &signed_in.request;
        let translator = request.translator(&MESSAGES);
        let details = signed_in.account.details();
        let is_since_event = details.report_removes_since(entry.at, request.now()) == entry.at;
        Self {
            text: EventText::new(translator, entry),
            email: details.email.to_unicode(),
            is_email_change: is_email_change(entry.event),
            added: if is_since_event { "report-added" } else { "report-added-reset" },
            action: request.current_page(),
            csrf: request.csrf(),
            sessions: signed_in.href("/settings/sessions"),
            password: signed_in.href("/settings/password"),
            back: signed_in.href(ACTIVITY),
            is_limited: false,
            translator,
        }
    }
}

/// The resident, and the entry that the request names.
async fn require<'a>(request: &Request<'a>) -> Result<(SignedIn<'a>, AuditEntry)> {
    let signed_in = SignedIn::require(request).await?;
    let back = signed_in.href(ACTIVITY);
    let (at, id) = request.query("entry").and_then(parse).or_redirect(&back)?;
    let found = request.table().audit_entry(signed_in.session.account, at, id, request.now()).await?;
    let entry = found.filter(|entry| is_disputable(entry, request.now())).or_redirect(&back)?;
    Ok((signed_in, entry))
}

pub(crate) async fn show(request: &Request<'_>) -> Result<Response> {
    let (signed_in, entry) = require(request).await?;
    signed_in.respond(&ReportPage::new(&signed_in, &entry))
}

pub(crate) async fn send(request: &Request<'_>) -> Result<Response> {
    request.verify_csrf()?;
    let (signed_in, entry) = require(request).await?;
    let page = ReportPage::new(&signed_in, &entry);
    if request.is_language_toggle() {
        return signed_in.respond(&page);
    }
    let event = SecurityEvent { at: entry.at, device: entry.device.clone(), dispute: request.new_id() };
    let kind = email::ActivityReported { event, reported_at: request.now() };
    let notice = emails::compose(request.app(), signed_in.account.details(), kind);
    let (session, device, now) = (&signed_in.session, request.device(), request.now());
    match request.table().report_activity(session, &notice, &device, now).await {
        Ok(()) => {
            let sent = Response::see_other(&signed_in.href(ACTIVITY));
            Ok(sent.announcing(&Success::ActivityReported))
        }
        Err(WriteError::Conflict(Conflict::DailyLimit)) => {
            let page = ReportPage { is_limited: true, ..page };
            Ok(signed_in.respond(&page)?.with_status(StatusCode::TOO_MANY_REQUESTS))
        }
        // The sessions were ended meanwhile: the page asks to sign in.
        Err(WriteError::Conflict(_)) => Ok(Response::see_other(&request.current_page())),
        Err(error) => Err(error.into()),
    }
}
