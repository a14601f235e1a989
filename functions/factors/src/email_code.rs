//! Turning the code by email off and on again (RULES 5.9).

use account::{SignedIn, require_recent_proof, security_event};
use askama::Template;
use http_kernel::{OrRedirect, Request, Response, Result, Success, retry_on_conflict};
use i18n::Translator;
use pages::{HelpTopic, Page};
use serde::Deserialize;
use table::AuditEvent;

use crate::{MESSAGES, change::change_factors};

#[derive(Template)]
#[template(path = "email_code.html")]
struct SwitchPage {
    translator: Translator,
    /// What the form does.
    turn: Turn,
    action: String,
    cancel: String,
    csrf: String,
}

/// A direction. The form names it, so that a double click switches once.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Turn {
    On,
    Off,
}

impl Turn {
    fn name(self) -> &'static str {
        match self {
            Self::On => "on",
            Self::Off => "off",
        }
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct SwitchForm {
    turn: String,
}

impl SwitchPage {
    fn new(signed_in: &SignedIn<'_>) -> Self {
        let is_off = signed_in.factors.is_email_code_off(signed_in.request.now());
        Self {
            translator: signed_in.request.translator(&MESSAGES),
            turn: if is_off { Turn::On } else { Turn::Off },
            action: signed_in.href("/factors/email-code"),
            cancel: signed_in.href("/factors"),
            csrf: signed_in.request.csrf(),
        }
    }
}

/// A resident whose account can do without the code by email, and who has proven enough to turn it off or on.
///
/// # Errors
/// A redirect to the list when the account can't do without it; without a recent proof, what leads to one.
async fn require<'a>(request: &Request<'a>) -> Result<SignedIn<'a>> {
    let signed_in = SignedIn::require(request).await?;
    let can_spare = signed_in.factors.can_spare_email_code(request.now());
    can_spare.then_some(()).or_redirect(&signed_in.href("/factors"))?;
    require_recent_proof(&signed_in)?;
    Ok(signed_in)
}

pub(crate) async fn show(request: &Request<'_>) -> Result<Response> {
    let signed_in = require(request).await?;
    signed_in.respond(&SwitchPage::new(&signed_in))
}

pub(crate) async fn switch(request: &Request<'_>) -> Result<Response> {
    let form: SwitchForm = request.form()?;
    retry_on_conflict("switch email code", || async {
        let signed_in = require(request).await?;
        let page = SwitchPage::new(&signed_in);
        if request.is_language_toggle() {
            return signed_in.respond(&page);
        }
        let list = signed_in.href("/factors");
        let (success, event, is_on) = match form.turn.as_str() {
            "on" => (Success::EmailCodeOn, AuditEvent::EmailCodeOn, true),
            _ => (Success::EmailCodeOff, AuditEvent::EmailCodeOff, false),
        };
        if page.turn.name() != form.turn {
            // The second click, or another tab.
            return Ok(Response::see_other(&list).announcing(&success));
        }
        let factors = if is_on {
            signed_in.factors.with_email_code_on()
        } else {
            signed_in.factors.with_email_code_off(request.now()).or_redirect(&list)?
        };
        let notice = email::EmailCodeSwitched { is_on, event: security_event(request) };
        change_factors(&signed_in, factors, event, notice).await?;
        Ok(Response::see_other(&list).announcing(&success))
    })
    .await
}

impl Page for SwitchPage {
    const HAS_FORM: bool = true;

    fn title(&self) -> String {
        self.translator.message(match self.turn {
            Turn::On => "email-code-on-title",
            Turn::Off => "email-code-off-title",
        })
    }

    fn help(&self) -> Option<HelpTopic> {
        Some(HelpTopic::RecoveryCodes)
    }
}
