//! The download of the account's data (RULES 7.5). `docs/design/download.md` describes the document.

use account::{SignedIn, emails, require_recent_proof, security_event};
use askama::Template;
use domain::language::Language;
use http_kernel::{Request, Response, Result, StatusCode, header};
use i18n::Translator;
use pages::{HelpTopic, Page};
use table::{Conflict, WriteError};

use crate::MESSAGES;

#[derive(Template)]
#[template(path = "data.html")]
struct DataPage {
    translator: Translator,
    action: String,
    csrf: String,
    /// Whether the data can't be downloaded again today.
    is_limited: bool,
}

impl Page for DataPage {
    const HAS_FORM: bool = true;

    fn title(&self) -> String {
        self.translator.message("data-title")
    }

    fn help(&self) -> Option<HelpTopic> {
        Some(HelpTopic::DownloadData)
    }
}

impl DataPage {
    fn new(signed_in: &SignedIn<'_>) -> Self {
        let request = &signed_in.request;
        Self {
            translator: request.translator(&MESSAGES),
            action: request.current_page(),
            csrf: request.csrf(),
            is_limited: false,
        }
    }
}

/// The resident, who has proven lately who they are.
async fn require<'a>(request: &Request<'a>) -> Result<SignedIn<'a>> {
    let signed_in = SignedIn::require(request).await?;
    require_recent_proof(&signed_in)?;
    Ok(signed_in)
}

pub(crate) async fn show(request: &Request<'_>) -> Result<Response> {
    let signed_in = require(request).await?;
    signed_in.respond(&DataPage::new(&signed_in))
}

pub(crate) async fn download(request: &Request<'_>) -> Result<Response> {
    request.verify_csrf()?;
    let signed_in = require(request).await?;
    let page = DataPage::new(&signed_in);
    if request.is_language_toggle() {
        return signed_in.respond(&page);
    }
    let kind = email::DataDownloaded { event: security_event(request) };
    let notice = emails::compose(request.app(), signed_in.account.details(), kind);
    let (session, device, now) = (&signed_in.session, request.device(), request.now());
    // Read first: a failure downloads nothing and notifies nobody.
    let data = request.table().account_data(session, now).await?;
    match request.table().record_download(session, &notice, &device, now).await {
        Ok(()) => {}
        Err(WriteError::Conflict(Conflict::DailyLimit)) => {
            let page = DataPage { is_limited: true, ..page };
            return Ok(signed_in.respond(&page)?.with_status(StatusCode::TOO_MANY_REQUESTS));
        }
        // The sessions were ended meanwhile: the page asks to sign in.
        Err(WriteError::Conflict(_)) => return Ok(Response::see_other(&request.current_page())),
        Err(error) => return Err(error.into()),
    }
    let name = match signed_in.request.language() {
        Language::English => "my-ontario-account",
        Language::French => "compte-mon-ontario",
    };
    let disposition = format!("attachment; filename=\"{name}-{}.json\"", now.strftime("%Y-%m-%d"));
    Ok(Response::readable_json(&data).with_header(header::CONTENT_DISPOSITION, disposition).holding_secret())
}
