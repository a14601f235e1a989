//! Unlinks a partner from an account that has a password to sign in with (RULES 4.8).

use account::{SignedIn, emails, require_recent_proof, security_event};
use askama::Template;
use domain::partner::Partner;
use http_kernel::{OrRedirect, Request, Response, Result, Success, retry_on_conflict};
use i18n::Translator;
use pages::{HelpTopic, Page};
use table::PartnerIdentity;

use crate::MESSAGES;

/// Asks whether a partner is to be unlinked; without a password, says that one is to be set first.
#[derive(Template)]
#[template(path = "unlink.html")]
struct UnlinkPage {
    translator: Translator,
    partner: String,
    has_password: bool,
    action: String,
    /// Where the first password is set.
    set_password: String,
    keep: String,
    csrf: String,
}

impl Page for UnlinkPage {
    const HAS_FORM: bool = true;

    fn title(&self) -> String {
        self.translator.message_with("unlink-title", "partner", self.partner.as_str())
    }

    fn help(&self) -> Option<HelpTopic> {
        Some(HelpTopic::PartnerRemove)
    }
}

/// A partner that is linked to the account of a signed-in resident, who has given a recent proof.
struct LinkedPartner<'a> {
    signed_in: SignedIn<'a>,
    partner: &'a Partner,
    identity: PartnerIdentity,
}

impl<'a> LinkedPartner<'a> {
    async fn require(request: &Request<'a>) -> Result<Self> {
        let signed_in = SignedIn::require(request).await?;
        let list = signed_in.href("/federated");
        // A partner that is switched off can be unlinked, too.
        let is_named = |partner: &&Partner| request.query("partner") == Some(partner.id.to_string().as_str());
        let partner = request.config().partners.iter().find(is_named).or_redirect(&list)?;
        let identities = request.table().partner_identities(signed_in.session.account, request.now()).await?;
        let identity = identities.into_iter().find(|identity| identity.partner == partner.id);
        let identity = identity.or_redirect(&list)?;
        require_recent_proof(&signed_in)?;
        Ok(Self { signed_in, partner, identity })
    }

    fn respond(&self) -> Result<Response> {
        let request = &self.signed_in.request;
        let translator = request.translator(&MESSAGES);
        let page = UnlinkPage {
            partner: self.partner.name.in_language(translator.language()).to_owned(),
            has_password: self.signed_in.account.details().password.is_some(),
            action: self.signed_in.href(&format!("/federated/unlink?partner={}", self.partner.id)),
            set_password: self.signed_in.href("/settings/password"),
            keep: self.signed_in.href("/federated"),
            csrf: request.csrf(),
            translator,
        };
        self.signed_in.respond(&page)
    }
}

pub(crate) async fn show(request: &Request<'_>) -> Result<Response> {
    LinkedPartner::require(request).await?.respond()
}

pub(crate) async fn unlink(request: &Request<'_>) -> Result<Response> {
    request.verify_csrf()?;
    retry_on_conflict("unlink partner", || async {
        let linked = LinkedPartner::require(request).await?;
        let LinkedPartner { signed_in, partner, identity } = &linked;
        // Without a password the resident could no longer sign in: the page says what to do first.
        if request.is_language_toggle() || signed_in.account.details().password.is_none() {
            return linked.respond();
        }
        let kind = email::PartnerUnlinked { partner: partner.name.clone(), event: security_event(request) };
        let email = emails::compose(request.app(), signed_in.account.details(), kind);
        let (device, now) = (request.device(), request.now());
        let (session, account) = (&signed_in.session, &signed_in.account);
        request.table().unlink_partner(session, account, identity, &email, &device, now).await?;
        let name = partner.name.in_language(signed_in.request.language()).to_owned();
        let redirect = Response::see_other(&signed_in.href("/federated"));
        Ok(redirect.announcing(&Success::PartnerRemoved(name)))
    })
    .await
}
