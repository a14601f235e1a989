//! What happened to the account: 90 days at once, older on demand (RULES 7.5).

use account::SignedIn;
use askama::Template;
use domain::{SignedDuration, Timestamp, id::AuditId};
use http_kernel::{Request, Response, Result};
use i18n::Translator;
use pages::{HelpTopic, Page};
use table::AuditEntry;

use crate::{
    MESSAGES,
    event::{EventText, is_disputable},
};

/// How far back the first page goes.
const RECENT: SignedDuration = SignedDuration::from_hours(90 * 24);

/// How many entries a page has at most.
const MOST: usize = 200;

#[derive(Template)]
#[template(path = "activity.html")]
struct ActivityPage {
    translator: Translator,
    lines: Vec<Line>,
    /// Where older entries are, if there are any.
    older: Option<String>,
    is_older: bool,
    /// Where the newest entries are.
    newest: String,
}

struct Line {
    text: EventText,
    /// Where the entry is reported.
    report: Option<String>,
}

impl Page for ActivityPage {
    const HAS_FORM: bool = false;

    fn title(&self) -> String {
        self.translator.message("activity-title")
    }

    fn help(&self) -> Option<HelpTopic> {
        Some(HelpTopic::Activity)
    }
}

/// The name of an entry in addresses. It opens nothing but the account's own trail.
pub(crate) fn name(entry: &AuditEntry) -> String {
    format!("{}.{}", entry.at.as_second(), entry.id)
}

/// Reads back [`name`].
pub(crate) fn parse(name: &str) -> Option<(Timestamp, AuditId)> {
    let (second, id) = name.split_once('.')?;
    let second = second.parse().ok().filter(|second| *second >= 0)?;
    Some((Timestamp::from_second(second).ok()?, id.parse().ok()?))
}

pub(crate) async fn show(request: &Request<'_>) -> Result<Response> {
    let signed_in = SignedIn::require(request).await?;
    let before = request.query("before").and_then(parse);
    let (account, now) = (signed_in.session.account, request.now());
    // One more than a page shows.
    let most = i32::try_from(MOST + 1).unwrap_or(i32::MAX);
    let trail = request.table().audit_trail_before(account, before, most, now).await?;
    let mut entries = trail.entries;
    let count = entries.len();
    entries.truncate(MOST);
    if before.is_none() {
        entries.retain(|entry| entry.at > now - RECENT);
    }
    let has_older = entries.len() < count || !trail.is_whole;
    // Before the first entry of this page, if it shows none.
    let last = entries.last().map(name);
    let older = match (has_older, last, before) {
        (false, ..) | (true, None, Some(_)) => None,
        (true, Some(last), _) => Some(last),
        (true, None, None) => {
            Some(format!("{}.{}", (now - RECENT).as_second() + 1, AuditId::from_random([0; 16])))
        }
    };
    let translator = signed_in.request.translator(&MESSAGES);
    let line = |entry: &AuditEntry| Line {
        text: EventText::new(translator, entry),
        report: is_disputable(entry, now)
            .then(|| signed_in.href(&format!("/settings/activity/report?entry={}", name(entry)))),
    };
    let page = ActivityPage {
        lines: entries.iter().map(line).collect(),
        older: older.map(|last| signed_in.href(&format!("/settings/activity?before={last}"))),
        is_older: before.is_some(),
        newest: signed_in.href("/settings/activity"),
        translator,
    };
    signed_in.respond(&page)
}
