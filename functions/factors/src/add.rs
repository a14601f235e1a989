//! Adding an authenticator: what it is, and what else a service may accept (RULES 5.3).

use account::{SignedIn, require_recent_proof};
use askama::Template;
use domain::{
    assurance::Assurance,
    factors::{ChangeProof, TotpSecret, authenticator::MOST, may_change},
    interaction::Interaction,
};
use http_kernel::{Request, Response, Result, Way};
use i18n::Translator;
use pages::{HelpTopic, Page};

use crate::MESSAGES;

#[derive(Template)]
#[template(path = "explain.html")]
struct ExplainPage {
    translator: Translator,
    title: String,
    action: String,
    csrf: String,
    /// Why the service asks for it.
    why: Option<String>,
    /// That the service accepts the new authenticator only later.
    later: Option<String>,
    /// Where the email code is chosen, which sends one, if the service accepts it.
    by_email: Option<String>,
}

/// Explains what an authenticator is, and the email code where the service accepts it.
pub(crate) async fn show(request: &Request<'_>) -> Result<Response> {
    let signed_in = SignedIn::require(request).await?;
    require_room(&signed_in)?;
    // In an interaction, the resident reads what it is about before a proof is asked for.
    if signed_in.interaction.is_none() {
        require_recent_proof(&signed_in)?;
    }
    signed_in.respond(&ExplainPage::new(&signed_in))
}

/// Redirects to the list when the account has as many authenticators as it may have.
fn require_room(signed_in: &SignedIn<'_>) -> Result<()> {
    if signed_in.factors.authenticators.len() < MOST {
        return Ok(());
    }
    Err(Response::see_other(&signed_in.href("/factors")).into())
}

/// Makes the secret of the new authenticator.
pub(crate) async fn begin(request: &Request<'_>) -> Result<Response> {
    request.verify_csrf()?;
    let signed_in = SignedIn::require(request).await?;
    if request.is_language_toggle() {
        return signed_in.respond(&ExplainPage::new(&signed_in));
    }
    require_room(&signed_in)?;
    let change_proof = require_recent_proof(&signed_in)?;
    let secret = TotpSecret::from_random(app::random());
    request.table().begin_enrolment(&signed_in.session, &secret, change_proof, request.now()).await?;
    Ok(Response::see_other(&signed_in.href("/factors/confirm")))
}

impl ExplainPage {
    fn new(signed_in: &SignedIn<'_>) -> Self {
        let translator = signed_in.request.translator(&MESSAGES);
        let interaction = signed_in.interaction.as_ref();
        let required = interaction.map(|interaction| interaction.request.assurance);
        let accepts_email = required.is_some_and(|assurance| assurance <= Assurance::TwoStep);
        let name = |interaction: &Interaction| interaction.service.name(translator.language()).to_owned();
        let why = |interaction: &Interaction| {
            let why = if accepts_email { "explain-two-step" } else { "explain-app-needed" };
            translator.message_with(why, "service", name(interaction))
        };
        let later = |interaction: &Interaction| {
            translator.message_with("explain-app-later", "service", name(interaction))
        };
        Self {
            title: translator.message(if accepts_email { "explain-choose-title" } else { "explain-title" }),
            action: signed_in.href("/factors/add"),
            csrf: signed_in.request.csrf(),
            why: interaction.map(why),
            later: interaction.filter(|_| !accepts_email && counts_later(signed_in)).map(later),
            by_email: (accepts_email && !signed_in.factors.is_email_code_off(signed_in.request.now()))
                .then(|| signed_in.href("/mfa/choose?factor=email")),
            translator,
        }
    }
}

/// Whether an authenticator that the session adds counts a day later (RULES 5.7). Before the proofs, that is certain only on
/// an account without an authenticator that counts.
fn counts_later(signed_in: &SignedIn<'_>) -> bool {
    let SignedIn { request, session, account, factors, .. } = signed_in;
    match may_change(session, factors, account.details(), request.now()) {
        Ok(proof) => proof == ChangeProof::SharedRoot,
        Err(_) => factors.had_second && !factors.has_second_factor(request.now()),
    }
}

impl Page for ExplainPage {
    const HAS_FORM: bool = true;

    fn title(&self) -> String {
        self.title.clone()
    }

    fn help(&self) -> Option<HelpTopic> {
        Some(HelpTopic::AuthenticatorApps)
    }

    fn way(&self) -> Way {
        Way::Named
    }
}
