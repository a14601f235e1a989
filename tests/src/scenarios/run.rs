//! Runs scenarios and records how they end.

use domain::{
    SignedDuration,
    account::Account,
    service::{AuthMethod, ClientRegistration},
};
use local::Listen;

use super::{
    Prepared, Scenario,
    Step::{
        self, AuthenticatorCode, DropSession, EmailedCode, ExchangeCode, FollowHref, KeepRecoveryCode, Open,
        OpenEmailedLink, OpenPreparedLink, Post, RecoveryCode, ScanSecret, SignInAtBank, Submit, Wait,
    },
};
use crate::{
    recovery_codes::shown_codes,
    support::{
        browser::Browser,
        env::{ANA, Message, Snapshot, TestEnv, links, wait},
        page::Page,
        partner::At,
        phone::{Phone, code_of},
        services::Service,
    },
};

/// A scenario that is ready to run: each run starts from a copy of what was prepared.
pub(crate) struct ReadyScenario {
    pub(crate) scenario: &'static Scenario,
    pub(crate) snapshot: Snapshot,
    prepared: Prepared,
    service: Service,
    /// How many emails the preparation sent.
    emails: usize,
}

impl ReadyScenario {
    pub(crate) async fn new(scenario: &'static Scenario) -> Self {
        let uses_bank = scenario.has(|step| matches!(step, SignInAtBank(_)));
        let listen = if uses_bank { Listen::BankAlone } else { Listen::No };
        let variables = vec![("EMAIL_LIMITS", "100/24h".to_owned())];
        let prepare = async |env: &TestEnv| {
            let prepared = (scenario.prepare)(env).await;
            let emails = env.emails().await.len();
            let by_assertion = |registration: &mut ClientRegistration| {
                registration.token_endpoint_auth_method = AuthMethod::PrivateKeyJwt;
            };
            let service = env.service_with("health", by_assertion).await;
            (prepared, emails, service)
        };
        let (snapshot, (prepared, emails, service)) = Snapshot::of(listen, variables, prepare).await;
        Self { scenario, snapshot, prepared, service, emails }
    }

    pub(crate) async fn start(&self) -> Run {
        let env = self.snapshot.start().await;
        let browser = self.prepared.browser.moved_to(&env);
        Run {
            scenario: self.scenario,
            env,
            browser,
            link: self.prepared.link.clone(),
            authenticator: self.prepared.authenticator.clone(),
            emails: self.emails,
            service: self.service.clone(),
            recovery_code: String::new(),
            code: String::new(),
        }
    }
}

/// A scenario in the middle of its steps.
pub(crate) struct Run {
    pub(crate) scenario: &'static Scenario,
    pub(crate) env: TestEnv,
    pub(crate) browser: Browser,
    link: Option<String>,
    authenticator: Option<Phone>,
    /// How many emails have been looked at.
    emails: usize,
    recovery_code: String,
    service: Service,
    /// The newest authorization code.
    code: String,
}

/// How a scenario ends: its pages, the table and the inbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct End {
    pub(crate) pages: Vec<(u16, String, String)>,
    pub(crate) emails: Vec<String>,
    pub(crate) account: String,
    pub(crate) attempts: (usize, usize),
    pub(crate) registrations: usize,
    pub(crate) sessions: usize,
    pub(crate) events: Vec<String>,
}

impl Run {
    /// Takes all steps.
    pub(crate) async fn finish(mut self) -> End {
        let mut pages = Vec::new();
        for step in self.scenario.steps {
            pages.push(self.take(*step).await);
        }
        self.end(&pages).await
    }

    pub(crate) async fn take(&mut self, step: Step) -> Page {
        let emailed = self.emailed(step).await;
        self.take_with(step, emailed.as_deref()).await
    }

    /// Takes a step with the link or code that was emailed for it.
    pub(crate) async fn take_with(&mut self, step: Step, emailed: Option<&str>) -> Page {
        let page = self.page_after(step, emailed).await;
        if let Some(code) = page.with.get("code") {
            self.code.clone_from(code);
        }
        page
    }

    async fn page_after(&mut self, step: Step, emailed: Option<&str>) -> Page {
        match step {
            Open(path) => self.browser.get(path).await,
            OpenPreparedLink | OpenEmailedLink => self.browser.get(emailed.unwrap()).await,
            Post(path, fields) => self.browser.post(path, fields).await,
            Submit(path, fields) => self.browser.press(path, fields).await,
            EmailedCode(path) => self.browser.press(path, &[("code", emailed.unwrap())]).await,
            SignInAtBank(start) => {
                let page = self.browser.get(start).await;
                if page.left_for.is_none() {
                    return page;
                }
                let callback = self.env.answer_of_bank(page, (At::SignIn(0), None)).await;
                self.browser.get(&callback).await
            }
            ScanSecret => {
                self.authenticator = Some(Phone::scanning(&self.browser));
                self.browser.get("/factors/confirm").await
            }
            AuthenticatorCode(path, fields) => {
                // The code of the next time step, which is accepted too: adding the authenticator used up this one's.
                let next = app::clock::now().as_second() + 30;
                let code = self.authenticator.as_ref().unwrap().code_at(next);
                let fields = [fields, &[("code", code.as_str())]].concat();
                self.browser.press(path, &fields).await
            }
            KeepRecoveryCode => {
                self.recovery_code = shown_codes(&self.browser.html).swap_remove(0);
                self.browser.get("/factors").await
            }
            RecoveryCode(path) => self.browser.press(path, &[("code", &self.recovery_code)]).await,
            FollowHref(path) => {
                let href = self.browser.html.href(&format!("{path}?"));
                self.browser.get(&href).await
            }
            ExchangeCode => self.exchange_code().await,
            DropSession => {
                self.browser.jar.remove("__Host-session");
                self.browser.get("/login").await
            }
            Wait => {
                wait(60);
                // This page does not read the table or extend the session.
                self.browser.get("/nowhere").await
            }
        }
    }

    /// The responses to the service's own requests, as a page.
    async fn exchange_code(&self) -> Page {
        let (env, service) = (&self.env, &self.service);
        let (_, tokens) = env.call(service.exchanges(&self.code, &[])).await;
        let text = |name: &str| tokens[name].as_str().unwrap_or_default().to_owned();
        let (status, claims) = env.userinfo(&text("access_token")).await;
        let (refreshed, _) = env.call(service.refreshes(&text("refresh_token"))).await;
        let (again, _) = env.call(service.exchanges(&self.code, &[])).await;
        let path = format!("{status} {} {} {}", claims["email"], refreshed.status, again.status);
        Page::shown(status, path, "<h1></h1><a href=\"\">".to_owned().into())
    }

    /// The link or code that was emailed for this step.
    pub(crate) async fn emailed(&mut self, step: Step) -> Option<String> {
        match step {
            OpenPreparedLink => self.link.clone(),
            OpenEmailedLink => Some(self.newest(|email| links(email).into_iter().next()).await),
            EmailedCode(_) => Some(self.newest(code_of).await),
            _ => None,
        }
    }

    /// What `find` finds in the newest email that has it. The schedule delivers what the stream didn't.
    async fn newest(&mut self, find: impl Fn(&Message) -> Option<String>) -> String {
        for _ in 0..5 {
            let _ = self.env.stack.settle().await;
            let inbox = self.env.stack.ses.inbox();
            let unseen = inbox[self.emails..].iter();
            self.emails = inbox.len();
            if let Some(found) = unseen.rev().find_map(&find) {
                return found;
            }
            let _ = self.env.stack.advance(SignedDuration::from_mins(2)).await;
        }
        panic!("no email arrived");
    }

    /// Stops injecting faults, and reads the state of the table and the inbox.
    pub(crate) async fn end(self, pages: &[Page]) -> End {
        self.env.watch.recover();
        let mut emails: Vec<_> = self.env.emails().await.into_iter().map(|email| email.subject).collect();
        emails.sort();
        let view = self.env.seen(ANA).await;
        let account = match &view.account {
            None => "none",
            Some(Account::Locked(_)) => "locked",
            Some(Account::Suspended(_)) => "suspended",
            Some(Account::Active(active)) if active.0.password.is_some() => "active",
            Some(Account::Active(_)) => "active, without a password",
        };
        let table = &self.env.stack.app.table;
        let registrations = table.registrations(&ANA.parse().unwrap(), self.env.now()).await.unwrap().len();
        let mut events = Vec::new();
        let mut sessions = 0;
        if let Some(account) = &view.account {
            let id = account.details().id;
            let trail = table.audit_trail(id, self.env.now()).await.unwrap().entries;
            events.extend(trail.iter().map(|entry| format!("{:?}", entry.event)));
            events.sort();
            sessions = table.sessions(id, self.env.now()).await.unwrap().sessions.len();
        }
        let page = |page: &Page| {
            let end = page.left_for.clone().unwrap_or_else(|| page.path.clone());
            (page.status, end, page.heading().to_owned())
        };
        End {
            pages: pages.iter().map(page).collect(),
            emails,
            account: account.to_owned(),
            attempts: (view.attempts.attempts.reserved(), view.attempts.attempts.failed()),
            registrations,
            sessions,
            events,
        }
    }
}
