//! Recovery codes: what they are, how many are left, and making new ones (RULES 5.9).
//!
//! The codes are in the response to the form that makes them, and in no other. The form that is sent again makes the same
//! codes, so that its response shows them once more, and makes nothing.

use account::{SignedIn, require_recent_proof, security_event};
use askama::Template;
use domain::{
    SignedDuration, Timestamp,
    factors::{ChangeProof, RecoveryCode, RecoveryCodes, may_change},
};
use http_kernel::{Request, Response, Result, retry_on_conflict};
use i18n::{Translator, time};
use pages::{HelpTopic, Page};
use table::AuditEvent;

use crate::{MESSAGES, change::change_factors, codes_page::CodesPage};

/// How long the form that made the codes shows them when it is sent again.
const SHOWN_AGAIN_FOR: SignedDuration = SignedDuration::from_mins(10);

/// Explains the codes, and has the button that makes them.
#[derive(Template)]
#[template(path = "recovery_codes.html")]
struct MakePage {
    translator: Translator,
    /// When the present codes were made and how many are left, and where they are removed.
    present: Option<(Vec<String>, String)>,
    /// That services accept the codes only later.
    later: Option<String>,
    action: String,
    cancel: String,
    csrf: String,
    form_id: String,
}

pub(crate) async fn show(request: &Request<'_>) -> Result<Response> {
    let signed_in = SignedIn::require(request).await?;
    let change_proof = require_recent_proof(&signed_in)?;
    signed_in.respond(&MakePage::new(&signed_in, Some(change_proof)))
}

/// Makes new codes, which replace those before, and shows them.
pub(crate) async fn make(request: &Request<'_>) -> Result<Response> {
    request.verify_csrf()?;
    retry_on_conflict("make recovery codes", || async {
        let signed_in = SignedIn::require(request).await?;
        let codes = request.recovery_codes(signed_in.session.account).unwrap_or_default();
        let present = signed_in.factors.recovery_codes.as_ref();
        if let Some(present) = present.filter(|present| is_made_by(present, &codes, request)) {
            return respond(&signed_in, &codes, present.made_at);
        }
        if request.is_language_toggle() || codes.is_empty() {
            let account = signed_in.account.details();
            let proof = may_change(&signed_in.session, &signed_in.factors, account, request.now()).ok();
            return signed_in.respond(&MakePage::new(&signed_in, proof));
        }
        let now = request.now();
        let counts_from = require_recent_proof(&signed_in)?.counts_from(now);
        let (event, is_renewal) = match present {
            None => (AuditEvent::RecoveryCodesMade, false),
            Some(_) => (AuditEvent::RecoveryCodesRenewed, true),
        };
        let factors = signed_in.factors.with_recovery_codes(RecoveryCodes::new(&codes, now, counts_from));
        let notice = email::RecoveryCodesMade {
            is_renewal,
            counts_from: Some(counts_from).filter(|from| *from > now),
            event: security_event(request),
        };
        change_factors(&signed_in, factors, event, notice).await?;
        respond(&signed_in, &codes, now)
    })
    .await
}

/// Whether the form that is posted has made the present codes, just now.
fn is_made_by(present: &RecoveryCodes, codes: &[RecoveryCode], request: &Request<'_>) -> bool {
    request.now() < present.made_at + SHOWN_AGAIN_FOR && present.are_of(codes)
}

fn respond(signed_in: &SignedIn<'_>, codes: &[RecoveryCode], made_at: Timestamp) -> Result<Response> {
    Ok(signed_in.respond(&CodesPage::new(signed_in, codes, made_at))?.holding_secret())
}

impl MakePage {
    fn new(signed_in: &SignedIn<'_>, change_proof: Option<ChangeProof>) -> Self {
        let request = &signed_in.request;
        let translator = request.translator(&MESSAGES);
        let present = signed_in.factors.recovery_codes.as_ref().map(|codes| {
            (status(translator, codes, signed_in), signed_in.href("/factors/recovery-codes/remove"))
        });
        let is_later = change_proof == Some(ChangeProof::SharedRoot);
        Self {
            present,
            later: is_later.then(|| translator.message("recovery-later")),
            action: signed_in.href("/factors/recovery-codes"),
            cancel: signed_in.href("/factors"),
            csrf: request.csrf(),
            form_id: request.new_form_id(),
            translator,
        }
    }
}

/// When the codes were made, how many are left, and what keeps them from counting.
pub(crate) fn status(translator: Translator, codes: &RecoveryCodes, signed_in: &SignedIn<'_>) -> Vec<String> {
    let format = |at| time::in_ontario(at, translator.language());
    let mut lines = vec![
        translator.message_with("recovery-made", "time", &*format(codes.made_at)),
        translator.message_with("recovery-left", "count", codes.unused.len()),
    ];
    lines.extend(codes.used_at.map(|at| translator.message_with("list-used", "time", &*format(at))));
    if codes.in_review {
        lines.push(translator.message("recovery-review"));
    } else if codes.counts_from > signed_in.request.now() {
        lines.push(translator.message_with("recovery-counts-from", "time", &*format(codes.counts_from)));
    }
    lines
}

impl Page for MakePage {
    const HAS_FORM: bool = true;

    fn title(&self) -> String {
        self.translator.message(if self.present.is_some() {
            "recovery-renew-title"
        } else {
            "recovery-title"
        })
    }

    fn help(&self) -> Option<HelpTopic> {
        Some(HelpTopic::RecoveryCodes)
    }
}
