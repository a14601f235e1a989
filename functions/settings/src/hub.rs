//! *Settings*: each item with its current value, and where it is changed (RULES 7.1).

use account::SignedIn;
use askama::Template;
use domain::{assurance::Assurance, delivery::DeliveryProblem, language::Language, service::Client};
use http_kernel::{Request, Response, Result};
use i18n::{Translator, time};
use pages::Page;
use table::{Overview, PartnerIdentity};

use crate::{HUB, MESSAGES, event::EventText, sessions};

#[derive(Template)]
#[template(path = "hub.html")]
struct HubPage {
    translator: Translator,
    sections: Vec<Section>,
}

struct Section {
    title: String,
    rows: Vec<Row>,
}

struct Row {
    label: String,
    /// The current value, line by line.
    value: Vec<String>,
    action: Option<Action>,
}

/// The link of a row.
struct Action {
    href: String,
    label: String,
    /// What the label is about, for screen readers.
    about: String,
}

impl Page for HubPage {
    const HAS_FORM: bool = false;

    fn title(&self) -> String {
        self.translator.message("hub-title")
    }
}

pub(crate) async fn show(request: &Request<'_>) -> Result<Response> {
    let signed_in = SignedIn::require(request).await?;
    let overview = request.table().overview(signed_in.session.account, request.now()).await?;
    let address = &signed_in.account.details().email;
    let problem = request.table().deliverability(address, request.now()).await?.problem();
    let ids: Vec<_> = overview.connections.iter().map(|connection| connection.client.clone()).collect();
    let clients = if ids.is_empty() { Vec::new() } else { request.table().clients_by_id(&ids).await? };
    let hub = Hub { signed_in: &signed_in, translator: signed_in.request.translator(&MESSAGES), problem };
    let sections = vec![hub.signing_in(&overview, &clients), hub.use_of_the_account(&overview), hub.data()];
    signed_in.respond(&HubPage { sections, translator: hub.translator })
}

struct Hub<'a> {
    signed_in: &'a SignedIn<'a>,
    translator: Translator,
    /// Why emails are not expected to be read, if so (RULES 8.11).
    problem: Option<DeliveryProblem>,
}

impl Hub<'_> {
    fn signing_in(&self, overview: &Overview, clients: &[Client]) -> Section {
        let account = self.signed_in.account.details();
        let has_password = account.password.is_some();
        let set_at = account.password_set_at().map(|at| time::in_ontario(at, self.translator.language()));
        let password = match (has_password, set_at) {
            (false, _) => self.message("hub-password-none"),
            (true, None) => self.message("hub-password-set"),
            (true, Some(at)) => self.translator.message_with("hub-password-set-at", "time", &*at),
        };
        let choose = if has_password { "hub-change" } else { "hub-set" };
        let mut rows = vec![
            self.row(
                ["hub-email", "hub-email-about"],
                vec![account.email.to_unicode()],
                "hub-change",
                "/settings/email",
            ),
            self.row(["hub-password", "hub-password-about"], vec![password], choose, "/settings/password"),
            self.row(["hub-factors", "hub-factors-about"], self.factors(), "hub-manage", "/factors"),
        ];
        if let Some(problem) = self.problem {
            rows.insert(1, self.delivery(problem));
        }
        if !self.signed_in.request.config().partners.is_empty() || !overview.partners.is_empty() {
            let partners = self.partners(&overview.partners);
            rows.push(self.row(["hub-partners", "hub-partners-about"], partners, "hub-manage", "/federated"));
        }
        rows.push(Row { label: self.message("hub-extra"), value: self.requirements(clients), action: None });
        Section { title: self.message("hub-signing-in"), rows }
    }

    fn delivery(&self, problem: DeliveryProblem) -> Row {
        let text = match problem {
            DeliveryProblem::Bounced { .. } => "hub-email-bounced",
            DeliveryProblem::Complained { .. } => "hub-email-complained",
        };
        let row = ["hub-email-delivery", "hub-email-problem-about"];
        self.row(row, vec![self.message(text)], "hub-email-problem", account::DELIVERY_PROBLEM)
    }

    fn factors(&self) -> Vec<String> {
        let authenticators = &self.signed_in.factors.authenticators;
        let names = authenticators.iter().map(|one| one.name.as_str().to_owned());
        let codes = self.signed_in.factors.recovery_codes.as_ref();
        let recovery = codes.map(|codes| {
            let message = if codes.are_few() { "hub-recovery-codes-few" } else { "hub-recovery-codes" };
            self.translator.message_with(message, "count", codes.unused.len())
        });
        let is_off = self.signed_in.factors.is_email_code_off(self.signed_in.request.now());
        let email_code = if is_off { "hub-email-code-off" } else { "hub-email-code" };
        names.chain([self.message(email_code)]).chain(recovery).collect()
    }

    /// The names of the partners. One that is no longer configured has its id instead.
    fn partners(&self, linked: &[PartnerIdentity]) -> Vec<String> {
        let partners = &self.signed_in.request.config().partners;
        let name = |identity: &PartnerIdentity| {
            let partner = partners.iter().find(|partner| partner.id == identity.partner);
            let name = partner.map(|partner| partner.name.in_language(self.translator.language()).to_owned());
            name.unwrap_or_else(|| identity.partner.to_string())
        };
        if linked.is_empty() { vec![self.message("hub-none")] } else { linked.iter().map(name).collect() }
    }

    /// What the connected services require beyond a password, which residents can't change (RULES 5.1).
    fn requirements(&self, clients: &[Client]) -> Vec<String> {
        let requirement = |client: &Client| {
            let message = match client.registration.assurance {
                Assurance::Password => return None,
                Assurance::TwoStep => "hub-requires-two-step",
                Assurance::Mfa | Assurance::PhishingResistant => "hub-requires-app",
            };
            let service = client.registration.client_name.in_language(self.translator.language());
            Some(self.translator.message_with(message, "service", service))
        };
        let required: Vec<_> = clients.iter().filter_map(requirement).collect();
        if required.is_empty() { vec![self.message("hub-requires-nothing")] } else { required }
    }

    fn use_of_the_account(&self, overview: &Overview) -> Section {
        let account = self.signed_in.account.details();
        let language = match account.language {
            Language::English => "English",
            Language::French => "Français",
        };
        let live = &overview.sessions;
        let sessions = match live.sessions.len() {
            many if live.has_more || many > sessions::MOST => {
                self.translator.message_with("hub-sessions-many", "count", many.min(sessions::MOST))
            }
            few => self.translator.message_with("hub-sessions-count", "count", few),
        };
        let entry = |entry| {
            let EventText { what, at, .. } = EventText::new(self.translator, entry);
            self.translator.message_with_all("hub-entry", &[("what", &what), ("time", &at)])
        };
        let activity: Vec<_> = overview.activity.iter().map(entry).collect();
        let rows = vec![
            self.row(
                ["hub-language", "hub-language-about"],
                vec![language.to_owned()],
                "hub-change",
                "/settings/language",
            ),
            self.row(
                ["hub-sessions", "hub-sessions-about"],
                vec![sessions],
                "hub-manage",
                "/settings/sessions",
            ),
            self.row(["hub-activity", "hub-activity-about"], activity, "hub-view", "/settings/activity"),
        ];
        Section { title: self.message("hub-use"), rows }
    }

    fn data(&self) -> Section {
        let text = |message| vec![self.message(message)];
        let rows = vec![
            self.row(["hub-data", "hub-data-about"], text("hub-data-text"), "hub-download", "/settings/data"),
            self.row(
                ["hub-close", "hub-close-about"],
                text("hub-close-text"),
                "hub-close-action",
                "/settings/close",
            ),
        ];
        Section { title: self.message("hub-your-data"), rows }
    }

    /// A row whose label, and what its action is about, are these messages.
    fn row(&self, [label, about]: [&str; 2], value: Vec<String>, action: &str, path: &str) -> Row {
        let action = Action {
            href: self.signed_in.href(path),
            label: self.message(action),
            about: self.message(about),
        };
        Row { label: self.message(label), value, action: Some(action) }
    }

    fn message(&self, id: &str) -> String {
        self.translator.message(id)
    }
}

/// The address of *Settings*, with the return to the service.
pub(crate) fn href(signed_in: &SignedIn<'_>) -> String {
    signed_in.href(HUB)
}
