//! Removes the partners of a resident who can't sign in with them, by an emailed link (RULES 4.8). GET shows, POST acts.

use account::{AccountLinks, LinkRequestPage, OpenedLink, UsedLink, emails, security_event};
use domain::{
    account::Account,
    link::{PartnerRemoval, ValidLink},
    partner::Partner,
    recovery::RequestedLink,
    service::Bilingual,
};
use http_kernel::{OrRedirect, Request, Response, Result, StatusCode, retry_on_conflict};
use pages::{Choice, ChoiceForm, ConfirmPage, ConfirmTexts, HelpTopic, OutcomePage, Page, declined_page};
use table::{PartnerIdentity, PartnersRemoval};

use crate::MESSAGES;

/// The page that sends the link; *Contact us* leads here, too.
pub(crate) static LINK_REQUEST: LinkRequestPage = LinkRequestPage {
    requested: RequestedLink::PartnerRemoval,
    path: "/federated/remove",
    sent: "/federated/remove/sent",
    correct: "/federated/remove",
    messages: &MESSAGES,
    texts: ["remove-ask-title", "remove-ask-lead", "remove-ask-submit"],
    sent_texts: ["remove-sent-title", "remove-sent-lead", "remove-sent-next"],
    other: "/contact",
    other_label: "remove-ask-contact",
    help: HelpTopic::PartnerRemove,
};

static LINKS: AccountLinks = AccountLinks {
    path: "/federated/remove/link",
    done: "/federated/remove/done",
    messages: &MESSAGES,
    expired: "remove-expired-text",
    used: "remove-used-text",
    again_label: "link-again",
    again: "/federated/remove",
};

static CONFIRM: ConfirmTexts = ConfirmTexts {
    messages: &MESSAGES,
    title: "remove-link-title",
    items: &[],
    legend: "remove-link-legend",
    options: ["remove-link-no", "remove-link-yes", "remove-link-not-asked"],
    note: "remove-link-note",
    declined: "remove-declined-text",
    help: HelpTopic::PartnerRemove,
};

/// What an emailed link removes.
struct Removal {
    link: ValidLink<PartnerRemoval>,
    account: Account,
    identities: Vec<PartnerIdentity>,
}

pub(crate) async fn confirm_page(request: &Request<'_>) -> Result<Response> {
    match request.followed_link::<PartnerRemoval>()? {
        Some(token) => LINKS.follow(request, token.as_ref()),
        None => Removal::open(request).await?.page(request).respond(request),
    }
}

impl Removal {
    /// What the followed link removes.
    ///
    /// # Errors
    /// The page that says why it removes nothing.
    async fn open(request: &Request<'_>) -> Result<Self> {
        let OpenedLink { link, account, return_to, .. } = LINKS.open::<PartnerRemoval>(request).await?;
        let mut identities = request.table().partner_identities(account.details().id, request.now()).await?;
        // What was linked since is not what the link was sent for: so a link does nothing after another one was used.
        identities.retain(|identity| identity.linked_at <= link.sent_at);
        let (text, next, status) = if identities.is_empty() {
            ("remove-none-text", (return_to.href("/login"), "link-sign-in"), StatusCode::OK)
        } else if account.details().password.is_none() {
            // *This wasn't me* has voided the password since the link was sent.
            ("unlink-no-password", (return_to.href("/reset"), "unlink-set-password"), StatusCode::CONFLICT)
        } else {
            return Ok(Self { link, account, identities });
        };
        let title = "remove-link-title";
        let page = OutcomePage::respond_with(request, &MESSAGES, title, text, &[next], status);
        Err(LINKS.done_or::<PartnerRemoval>(request, page).await)
    }

    fn page(&self, request: &Request<'_>) -> ConfirmPage {
        let translator = request.translator(&MESSAGES);
        let names = self.partner_names(&request.config().partners);
        let names = names.in_language(translator.language());
        let lead = translator.message_with("remove-link-lead", "partner", names);
        ConfirmPage::new(request, &CONFIRM, LINKS.path, lead, &self.account.details().email.to_unicode())
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
    let form: ChoiceForm = request.form()?;
    let form = &form;
    retry_on_conflict("remove partners", || async move {
        let removal = Removal::open(request).await?;
        if request.is_language_toggle() {
            return removal.page(request).respond(request);
        }
        match form.choice() {
            Choice::Missing => return removal.page(request).respond_unchosen(request),
            Choice::Declined => return declined_page(request, &CONFIRM, LINKS.path),
            Choice::Confirmed => {}
        }
        let names = removal.partner_names(&request.config().partners);
        let kind = email::PartnerUnlinked { partner: names, event: security_event(request) };
        let Removal { link, account, identities } = &removal;
        let email = emails::compose(request.app(), account.details(), kind);
        let (submission, at) = (request.submission(), request.now());
        let removal = PartnersRemoval { link: link.id, account, identities, submission: &submission, at };
        request.table().unlink_partners(&removal, &email, &request.device()).await?;
        Ok(LINKS.done_redirect(request))
    })
    .await
}

pub(crate) async fn done_page(request: &Request<'_>) -> Result<Response> {
    let UsedLink { return_to, .. } =
        LINKS.used::<PartnerRemoval>(request).await?.or_redirect(&request.link_page(LINKS.path))?;
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
