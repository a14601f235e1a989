//! The language of pages and emails (RULES 7.1, 8.1).

use account::SignedIn;
use askama::Template;
use domain::language::Language;
use http_kernel::{Request, Response, Result, StatusCode, Success, retry_on_conflict};
use i18n::Translator;
use pages::{Line, Page, Summary};
use serde::Deserialize;

use crate::{HUB, MESSAGES};

#[derive(Template)]
#[template(path = "language.html")]
struct LanguagePage {
    translator: Translator,
    action: String,
    csrf: String,
    chosen: Language,
    error: Option<String>,
}

/// Value and name of each language. A name is in its own language.
pub(crate) const OPTIONS: [(Language, &str); 2] =
    [(Language::English, "English"), (Language::French, "Français")];

impl LanguagePage {
    fn new(signed_in: &SignedIn<'_>) -> Self {
        let request = &signed_in.request;
        Self {
            translator: request.translator(&MESSAGES),
            action: request.current_page(),
            csrf: request.csrf(),
            chosen: signed_in.account.details().language,
            error: None,
        }
    }

    fn summary(&self) -> Summary {
        let line = |text: &String| Line { field_id: "language".to_owned(), text: text.clone() };
        Summary {
            heading: self.translator.message("form-problem"),
            errors: self.error.iter().map(line).collect(),
        }
    }
}

impl Page for LanguagePage {
    const HAS_FORM: bool = true;

    fn title(&self) -> String {
        self.translator.message("language-title")
    }

    fn has_errors(&self) -> bool {
        self.error.is_some()
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct LanguageForm {
    language: String,
}

pub(crate) async fn show(request: &Request<'_>) -> Result<Response> {
    let signed_in = SignedIn::require(request).await?;
    signed_in.respond(&LanguagePage::new(&signed_in))
}

pub(crate) async fn save(request: &Request<'_>) -> Result<Response> {
    let form: LanguageForm = request.form()?;
    let chosen = form.language.parse().ok();
    retry_on_conflict("set language", || async move {
        let signed_in = SignedIn::require(request).await?;
        let page = LanguagePage::new(&signed_in);
        let page = LanguagePage { chosen: chosen.unwrap_or(page.chosen), ..page };
        if request.is_language_toggle() {
            return signed_in.respond(&page);
        }
        let Some(language) = chosen else {
            let error = Some(page.translator.message("language-missing"));
            let page = LanguagePage { error, ..page };
            return Ok(signed_in.respond(&page)?.with_status(StatusCode::UNPROCESSABLE_ENTITY));
        };
        request.table().set_language(&signed_in.account, &signed_in.session, language).await?;
        // Without the language that a service asked for.
        let next = http_kernel::href(HUB, &signed_in.return_to(), None);
        let response = Response::see_other(&next).announcing(&Success::LanguageSaved);
        Ok(response.with_chosen_language(language))
    })
    .await
}
