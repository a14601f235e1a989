//! Links the pending identity to the account that is signed in (RULES 4.2, 4.4), after a recent proof, like any change of
//! credentials (RULES 7.2).

use account::{SignedIn, emails, require_recent_proof, security_event};
use askama::Template;
use domain::factors::ChangeProof;
use http_kernel::{CookieName, Request, Response, Result, StatusCode, Success, retry_on_conflict};
use i18n::Translator;
use pages::{HelpTopic, Page};
use table::{Conflict, PartnerLink, WriteError};

use crate::{
    MESSAGES,
    pending::{self, Pending},
};

/// Says why an identity can't be linked, and leads on.
#[derive(Template)]
#[template(path = "link-rejected.html")]
struct RejectedPage {
    translator: Translator,
    title: String,
    text: String,
    /// Whether signing out is what leads on.
    signs_out: bool,
    list: String,
    csrf: String,
}

impl Page for RejectedPage {
    const HAS_FORM: bool = false;

    fn title(&self) -> String {
        self.title.clone()
    }
}

/// Asks whether the partner is to be linked to the account.
#[derive(Template)]
#[template(path = "link.html")]
struct LinkPage {
    translator: Translator,
    partner: String,
    email: String,
    action: String,
    cancel: String,
    csrf: String,
}

impl LinkPage {
    fn new(signed_in: &SignedIn<'_>, pending: &Pending<'_>) -> Self {
        let (translator, partner) = (signed_in.request.translator(&MESSAGES), pending.partner);
        let cancel = if signed_in.interaction.is_some() { "/authorize/continue" } else { "/federated" };
        Self {
            partner: partner.name.in_language(translator.language()).to_owned(),
            email: signed_in.account.details().email.to_unicode(),
            action: signed_in.href(&pending.action("/federated/link")),
            cancel: signed_in.href(cancel),
            csrf: signed_in.request.csrf(),
            translator,
        }
    }
}

impl Page for LinkPage {
    const HAS_FORM: bool = true;

    fn title(&self) -> String {
        self.translator.message_with("link-title", "partner", self.partner.as_str())
    }

    fn help(&self) -> Option<HelpTopic> {
        Some(HelpTopic::PartnerAdd)
    }
}

pub(crate) async fn show(request: &Request<'_>) -> Result<Response> {
    let Linking { signed_in, pending, .. } = require_pending(request).await?;
    match request.query("refused").and_then(LinkRejection::parse) {
        Some(rejection) => rejection.respond(&signed_in),
        None => signed_in.respond(&LinkPage::new(&signed_in, &pending)),
    }
}

/// The signed-in resident, what they proved for the change, and the pending identity.
struct Linking<'a> {
    signed_in: SignedIn<'a>,
    pending: Pending<'a>,
    change_proof: ChangeProof,
}

async fn require_pending<'a>(request: &Request<'a>) -> Result<Linking<'a>> {
    let signed_in = SignedIn::require(request).await?;
    match pending::find(request).await? {
        Some(pending) if pending.pending_identity.ended_at.is_none() => {
            let change_proof = require_recent_proof(&signed_in)?;
            Ok(Linking { signed_in, pending, change_proof })
        }
        // A double click, whose first request linked the identity.
        Some(pending) if pending.pending_identity.has_just_ended(request.now()) => {
            Err(linked_redirect(&signed_in, &pending).into())
        }
        _ => Err(Response::see_other(&signed_in.href("/federated")).into()),
    }
}

pub(crate) async fn link(request: &Request<'_>) -> Result<Response> {
    request.verify_csrf()?;
    retry_on_conflict("link partner", || async {
        let Linking { signed_in, pending, change_proof } = require_pending(request).await?;
        if request.is_language_toggle() {
            return signed_in.respond(&LinkPage::new(&signed_in, &pending));
        }
        let kind =
            email::PartnerLinked { partner: pending.partner.name.clone(), event: security_event(request) };
        let email = emails::compose(request.app(), signed_in.account.details(), kind);
        let factors = &signed_in.factors;
        let written = request
            .table()
            .link_partner(
                &PartnerLink { pending_identity: &pending.pending_identity, change_proof, factors },
                &signed_in.session,
                &signed_in.account,
                &email,
                &request.device(),
                request.now(),
            )
            .await;
        match written {
            Ok(()) => Ok(linked_redirect(&signed_in, &pending)),
            Err(WriteError::Conflict(Conflict::Identity)) => {
                reject(&signed_in, &pending, LinkRejection::OtherAccount).await
            }
            Err(WriteError::Conflict(Conflict::PartnerIdentity)) => {
                reject(&signed_in, &pending, LinkRejection::OtherIdentity).await
            }
            Err(error) => Err(error.into()),
        }
    })
    .await
}

/// Continues at the service, or at the list of partners.
fn linked_redirect(signed_in: &SignedIn<'_>, pending: &Pending<'_>) -> Response {
    let response = match &signed_in.interaction {
        Some(interaction) => signed_in.return_to().redirect(Some(interaction), signed_in.ui_locale()),
        None => Response::see_other("/federated"),
    };
    let name = pending.partner.name.in_language(signed_in.request.language()).to_owned();
    response.without(CookieName::PendingIdentity).announcing(&Success::PartnerLinked(name))
}

/// Why an identity can't be linked to the account.
#[derive(Clone, Copy)]
enum LinkRejection {
    /// The identity is linked to another account.
    OtherAccount,
    /// The account is linked to another identity at the partner.
    OtherIdentity,
}

impl LinkRejection {
    fn parse(text: &str) -> Option<Self> {
        [Self::OtherAccount, Self::OtherIdentity].into_iter().find(|rejection| rejection.name() == text)
    }

    /// The name in the address of the page.
    fn name(self) -> &'static str {
        match self {
            Self::OtherAccount => "elsewhere",
            Self::OtherIdentity => "another",
        }
    }

    fn respond(self, signed_in: &SignedIn<'_>) -> Result<Response> {
        let (title, text) = match self {
            Self::OtherAccount => ("link-elsewhere-title", "link-elsewhere-text"),
            Self::OtherIdentity => ("link-another-title", "link-another-text"),
        };
        let translator = signed_in.request.translator(&MESSAGES);
        let page = RejectedPage {
            title: translator.message(title),
            text: translator.message(text),
            signs_out: matches!(self, Self::OtherAccount),
            list: signed_in.href("/federated"),
            csrf: signed_in.request.csrf(),
            translator,
        };
        Ok(signed_in.respond(&page)?.with_status(StatusCode::CONFLICT))
    }
}

/// Leads to the page of the rejection, unless the identity is linked to this very account. The page has an address of its
/// own, so that the language toggle shows it again.
async fn reject(
    signed_in: &SignedIn<'_>,
    pending: &Pending<'_>,
    rejection: LinkRejection,
) -> Result<Response> {
    let request = &signed_in.request;
    let linked = request.table().partner_identities(signed_in.session.account, request.now()).await?;
    let identity = &pending.pending_identity.identity;
    let keys = request.keys().data()?.identity_keys(&identity.issuer, &identity.subject);
    if linked.iter().any(|linked| keys.contains(&linked.identity)) {
        return Ok(linked_redirect(signed_in, pending));
    }
    Ok(Response::see_other(&signed_in.href(&format!("/federated/link?refused={}", rejection.name()))))
}
