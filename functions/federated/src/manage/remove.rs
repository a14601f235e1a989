//! Removes the partners of a resident who can't sign in with them, by an emailed link (RULES 4.8). GET shows, POST acts.

use account::{AccountLinks, LinkRequestPage, OpenedLink, emails, security_event};
use domain::{
    account::Account,
    link::{PartnerRemoval, ValidLink},
    partner::Partner,
    recovery::RequestedLink,
    service::Bilingual,
};
use http_kernel::{CookieName, OrRedirect, Request, Response, Result, StatusCode, retry_on_conflict};
use pages::{ConfirmPage, OutcomePage, Page};
use table::PartnerIdentity;

use crate::MESSAGES;

/// The page that sends the link; *Contact us* leads here, too.
pub(crate) static LINK_REQUEST: LinkRequestPage = LinkRequestPage {
    requested: RequestedLink::PartnerRemoval,
    path: "/federated/remove",
    sent: "/federated/remove/sent",
    messages: &MESSAGES,
    texts: ["remove-ask-title", "remove-ask-lead", "remove-ask-submit"],
    sent_texts: ["remove-sent-title", "remove-sent-lead", "remove-sent-next"],
    other: "/contact",
    other_label: "remove-ask-contact",
};

static LINKS: AccountLinks = AccountLinks {
    cookie: CookieName::PartnerRemovalLink,
    messages: &MESSAGES,
    expired: "remove-expired-text",
    used: "remove-used-text",
    again: "/federated/remove",
};

/// The path of the emailed link.
const LINK_PATH: &str = "/federated/remove/link";

/// What an emailed link removes.
struct Removal {
    link: ValidLink<PartnerRemoval>,
    account: Account,
    identities: Vec<PartnerIdentity>,
}

pub(crate) async fn confirm_page(request: &Request<'_>) -> Result<Response> {
    match request.followed_link::<PartnerRemoval>() {
        Some(token) => LINKS.follow(request, token.as_ref()).await,
        None => Removal::open(request).await?.respond(request),
    }
}

impl Removal {
    /// What the link in this browser's cookie removes.
    ///
    /// # Errors
    /// The page that says why it removes nothing.
    async fn open(request: &Request<'_>) -> Result<Self> {
        let OpenedLink { link, account, return_to } = LINKS.open::<PartnerRemoval>(request).await?;
        let identities = request.table().partner_identities(account.details().id, request.now()).await?;
        let (text, next, status) = if identities.is_empty() {
            ("remove-none-text", (return_to.href("/login"), "link-sign-in"), StatusCode::OK)
        } else if account.details().password.is_none() {
            // *This wasn't me* has voided the password since the link was sent.
            ("unlink-no-password", (return_to.href("/reset"), "unlink-set-password"), StatusCode::CONFLICT)
        } else {
            return Ok(Self { link, account, identities });
        };
        let title = "remove-link-title";
        Err(OutcomePage::respond_with(request, &MESSAGES, title, text, &[next], status).into())
    }

    fn respond(&self, request: &Request<'_>) -> Result<Response> {
        let translator = request.translator(&MESSAGES);
        let names = self.partner_names(&request.config().partners);
        let names = names.in_language(translator.language());
        let page = ConfirmPage {
            title: translator.message("remove-link-title"),
            lead: translator.message_with("remove-link-lead", "partner", names),
            email: self.account.details().email.as_str().to_owned(),
            items: Vec::new(),
            action: LINK_PATH,
            csrf: request.csrf(),
            submit: translator.message("unlink-submit"),
            note: translator.message("remove-link-note"),
        };
        page.respond(request)
    }

    /// The names of the partners. One that is no longer configured has its id instead.
    fn partner_names(&self, partners: &[Partner]) -> Bilingual {
        let names = |in_language: fn(&Bilingual) -> &str| {
            let name = |identity: &PartnerIdentity| {
                let partner = partners.iter().find(|partner| partner.id == identity.partner);
                let name = partner.map(|partner| in_language(&partner.name).to_owned());
                name.unwrap_or_else(|| identity.partner.to_string())
            };
            self.identities.iter().map(name).collect::<Vec<_>>().join(", ")
        };
        Bilingual { en: names(|name| &name.en), fr: names(|name| &name.fr) }
    }
}

pub(crate) async fn remove(request: &Request<'_>) -> Result<Response> {
    request.verify_csrf()?;
    retry_on_conflict("remove partners", || async {
        let removal = Removal::open(request).await?;
        if request.is_language_toggle() {
            return removal.respond(request);
        }
        let names = removal.partner_names(&request.config().partners);
        let kind = email::PartnerUnlinked { partner: names, event: security_event(request) };
        let Removal { link, account, identities } = &removal;
        let email = emails::compose(request.app(), account.details(), kind);
        let (device, now) = (request.device(), request.now());
        request.table().unlink_partners(link.id, account, identities, &email, &device, now).await?;
        Ok(Response::see_other("/federated/remove/done"))
    })
    .await
}

pub(crate) async fn done_page(request: &Request<'_>) -> Result<Response> {
    let (_, return_to) = LINKS.used::<PartnerRemoval>(request).await?.or_redirect(LINK_PATH)?;
    let translator = request.translator(&MESSAGES);
    let page = OutcomePage {
        title: translator.message("remove-done-title"),
        text: translator.message("remove-done-text"),
        next: vec![
            return_to.sign_in(translator),
            (return_to.href("/reset"), translator.message("taken-reset")),
        ],
    };
    page.respond(request)
}
