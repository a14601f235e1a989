//! What an address can be in, times what can be done with it: the page, the emails and the state that follow, as data.

use std::{collections::BTreeMap, fs, path::Path};

use domain::account::Account;

use crate::story::{ANA, Browser, OTHER, PASSWORD, Page, Story, links, wait};

/// What an address is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// It has nothing.
    Unknown,
    /// It is registered and not activated.
    Waiting,
    /// It has an account.
    Active,
    /// It has an account that is locked.
    Locked,
    /// It has an account whose password is void after *This wasn't me*.
    Disputed,
}

/// What is done with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Action {
    RightPassword,
    WrongPassword,
    FiveWrongPasswords,
    Register,
    AskActivation,
    AskUnlock,
    AskReset,
    AskRemoval,
    ActivationLink,
    UnlockLink,
    ResetLink,
    DisputeLink,
}

use Action::{
    ActivationLink, AskActivation, AskRemoval, AskReset, AskUnlock, DisputeLink, FiveWrongPasswords,
    Register, ResetLink, RightPassword, UnlockLink, WrongPassword,
};
use State::{Active, Disputed, Locked, Unknown, Waiting};

/// The state, what is done, the heading of the page that follows (`flow/message`), the subjects of the emails, and the
/// state after it.
type Cell = (State, Action, &'static str, &'static [&'static str], State);

const CELLS: &[Cell] = &[
    (Unknown, WrongPassword, "login/login-title", &[], Unknown),
    (Unknown, FiveWrongPasswords, "login/login-title", &[], Unknown),
    (Unknown, Register, "register/sent-title", &["mail-activation-subject"], Waiting),
    (Unknown, AskActivation, "register/sent-title", &[], Unknown),
    (Unknown, AskUnlock, "unlock/sent-title", &[], Unknown),
    (Unknown, AskReset, "reset/sent-title", &[], Unknown),
    (Unknown, AskRemoval, "federated/remove-sent-title", &[], Unknown),
    (Waiting, RightPassword, "login/login-title", &[], Waiting),
    (Waiting, WrongPassword, "login/login-title", &[], Waiting),
    (Waiting, FiveWrongPasswords, "login/login-title", &[], Waiting),
    (Waiting, Register, "register/sent-title", &["mail-activation-subject"], Waiting),
    (Waiting, AskActivation, "register/sent-title", &["mail-activation-subject"], Waiting),
    (Waiting, AskUnlock, "unlock/sent-title", &["mail-activation-subject"], Waiting),
    (Waiting, AskReset, "reset/sent-title", &["mail-activation-subject"], Waiting),
    (Waiting, AskRemoval, "federated/remove-sent-title", &["mail-activation-subject"], Waiting),
    (Waiting, ActivationLink, "services/services-title", &[], Active),
    (Active, RightPassword, "services/services-title", &["mail-new-device-subject"], Active),
    (Active, WrongPassword, "login/login-title", &[], Active),
    (Active, FiveWrongPasswords, "login/login-title", &["mail-locked-subject"], Locked),
    (Active, Register, "register/register-title", &[], Active),
    (Active, AskActivation, "register/sent-title", &["mail-already-active-subject"], Active),
    (Active, AskUnlock, "unlock/sent-title", &["mail-already-active-subject"], Active),
    (Active, AskReset, "reset/sent-title", &["mail-reset-subject"], Active),
    (Active, AskRemoval, "federated/remove-sent-title", &["mail-partner-removal-subject"], Active),
    (Active, ActivationLink, "activate/done-title", &[], Active),
    (Active, UnlockLink, "web/link-used-title", &[], Active),
    (Active, ResetLink, "reset/done-title", &["mail-password-reset-subject"], Active),
    (Active, DisputeLink, "dispute/done-title", &["mail-disputed-subject"], Disputed),
    (Locked, RightPassword, "login/login-title", &[], Locked),
    (Locked, WrongPassword, "login/login-title", &[], Locked),
    (Locked, FiveWrongPasswords, "login/login-title", &[], Locked),
    (Locked, Register, "register/register-title", &[], Locked),
    (Locked, AskActivation, "register/sent-title", &["mail-unlock-first-subject"], Locked),
    (Locked, AskUnlock, "unlock/sent-title", &["mail-unlock-subject"], Locked),
    (Locked, AskReset, "reset/sent-title", &["mail-unlock-first-subject"], Locked),
    (Locked, AskRemoval, "federated/remove-sent-title", &["mail-partner-removal-subject"], Locked),
    (Locked, ActivationLink, "activate/done-title", &[], Locked),
    (Locked, UnlockLink, "unlock/done-title", &["mail-unlocked-subject"], Active),
    (Locked, ResetLink, "reset/locked-title", &[], Locked),
    (Locked, DisputeLink, "dispute/done-title", &["mail-disputed-subject"], Locked),
    (Disputed, RightPassword, "login/login-title", &[], Disputed),
    (Disputed, WrongPassword, "login/login-title", &[], Disputed),
    (Disputed, FiveWrongPasswords, "login/login-title", &["mail-locked-subject"], Locked),
    (Disputed, Register, "register/register-title", &[], Disputed),
    (Disputed, AskActivation, "register/sent-title", &["mail-reset-subject"], Disputed),
    (Disputed, AskUnlock, "unlock/sent-title", &["mail-reset-subject"], Disputed),
    (Disputed, AskReset, "reset/sent-title", &["mail-reset-subject"], Disputed),
    (Disputed, AskRemoval, "federated/remove-sent-title", &["mail-reset-subject"], Disputed),
    (Disputed, ActivationLink, "activate/done-title", &[], Disputed),
    (Disputed, UnlockLink, "web/link-used-title", &[], Disputed),
    (Disputed, ResetLink, "reset/done-title", &["mail-password-reset-subject"], Active),
    (Disputed, DisputeLink, "web/link-used-title", &[], Disputed),
];

/// Pairs that cannot be: nobody has such a link, or a password.
const NONE: &[(State, &[Action])] = &[
    (Unknown, &[RightPassword, ActivationLink, UnlockLink, ResetLink, DisputeLink]),
    (Waiting, &[UnlockLink, ResetLink, DisputeLink]),
];

#[test]
fn every_state_meets_every_action() {
    let all = [
        RightPassword,
        WrongPassword,
        FiveWrongPasswords,
        Register,
        AskActivation,
        AskUnlock,
        AskReset,
        ActivationLink,
        UnlockLink,
        ResetLink,
        DisputeLink,
    ];
    for state in [Unknown, Waiting, Active, Locked, Disputed] {
        for action in all {
            let cells = CELLS.iter().filter(|cell| (cell.0, cell.1) == (state, action)).count();
            let cannot_be = NONE.iter().any(|(none, actions)| *none == state && actions.contains(&action));
            assert_eq!(cells, usize::from(!cannot_be), "{state:?} {action:?}");
        }
    }
}

#[tokio::test]
async fn every_cell_has_its_page_its_emails_and_its_state_in_english() {
    every_cell("en").await;
}

#[tokio::test]
async fn every_cell_has_its_page_its_emails_and_its_state_in_french() {
    every_cell("fr").await;
}

async fn every_cell(language: &'static str) {
    let words = Words::load(language);
    for (state, action, heading, subjects, after) in CELLS {
        let told = format!("{state:?} {action:?} in {language}");
        let mut cell = Setting::begin(language, *state).await;
        assert_eq!(cell.state().await, *state, "{told}: the state before");
        let before = cell.story.emails().await.len();
        let page = cell.act(*action).await;
        assert_eq!(page.heading(), words.say(heading), "{told}: {} {}", page.status, page.path);
        assert!(page.html.contains(&format!("<html lang=\"{language}\"")), "{told}");
        let emails = cell.story.emails().await;
        let sent: Vec<_> = emails[before..].iter().map(|email| email.subject.clone()).collect();
        let expected: Vec<_> = subjects.iter().map(|key| words.say(&format!("mail/{key}"))).collect();
        assert_eq!(sent, expected, "{told}: the emails");
        assert_eq!(cell.state().await, *after, "{told}: the state after");
    }
}

/// The messages of one language, as they stand in their files.
struct Words(BTreeMap<String, String>);

impl Words {
    fn load(language: &str) -> Self {
        let functions = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join("functions");
        let mut all = BTreeMap::new();
        for flow in [
            "activate",
            "dispute",
            "federated",
            "login",
            "register",
            "reset",
            "services",
            "unlock",
            "shared/mail",
            "shared/web",
        ] {
            let text =
                fs::read_to_string(functions.join(flow).join(format!("messages/{language}.ftl"))).unwrap();
            let name = flow.rsplit('/').next().unwrap();
            let lines = text.lines().filter_map(|line| line.split_once(" = "));
            all.extend(lines.map(|(key, value)| (format!("{name}/{key}"), value.to_owned())));
        }
        Self(all)
    }

    fn say(&self, key: &str) -> String {
        self.0.get(key).unwrap_or_else(|| panic!("there is no message {key}")).clone()
    }
}

/// An address in some state, and the links that were sent to it on the way there.
struct Setting {
    story: Story,
    language: &'static str,
    links: BTreeMap<&'static str, String>,
    /// The browser in which it was registered, if it was.
    own: Browser,
}

impl Setting {
    async fn begin(language: &'static str, state: State) -> Self {
        let story = Story::begin_with(vec![("EMAIL_LIMITS", "100/24h".into())]).await;
        let mut own = story.browser();
        own.language = language;
        let mut setting = Self { story, language, links: BTreeMap::new(), own };
        setting.reach(state).await;
        setting
    }

    fn browser(&self) -> Browser {
        let mut browser = self.story.browser();
        browser.language = self.language;
        browser
    }

    /// Keeps the last email's first link, and its last one as the way to object.
    async fn keep(&mut self, name: &'static str) {
        let emails = self.story.emails().await;
        let mut found = links(emails.last().unwrap());
        let last = found.last().unwrap().clone();
        if last.starts_with("/dispute") {
            self.links.insert("objection", last);
        }
        self.links.insert(name, found.remove(0));
    }

    async fn reach(&mut self, state: State) {
        if state == Unknown {
            return;
        }
        self.story.register(&mut self.own, ANA, PASSWORD).await;
        self.keep("activation").await;
        if state == Waiting {
            return;
        }
        self.own.get(&self.links["activation"].clone()).await;
        self.own.post("/activate", &[]).await;
        if state == Locked {
            self.ask("/reset").await;
            self.keep("reset").await;
            self.wrong(5).await;
            self.keep("unlock").await;
            return;
        }
        self.wrong(5).await;
        self.keep("unlock").await;
        self.follow("unlock", &[]).await;
        self.story.emails().await;
        if state == Disputed {
            self.follow("objection", &[]).await;
            self.keep("reset").await;
        } else {
            self.ask("/reset").await;
            self.keep("reset").await;
        }
        wait(1);
    }

    async fn state(&self) -> State {
        let view = self.story.seen(ANA).await;
        let waiting = self.story.stack.app.table.registrations(&ANA.parse().unwrap(), self.story.now()).await;
        match view.account {
            Some(Account::Locked(_)) => Locked,
            Some(Account::Active(active)) if active.0.password.is_some() => Active,
            Some(Account::Active(_)) => Disputed,
            None if waiting.unwrap().is_empty() => Unknown,
            None => Waiting,
        }
    }

    async fn ask(&mut self, path: &str) -> Page {
        let mut browser = self.browser();
        browser.get(path).await;
        browser.post(path, &[("email", ANA)]).await
    }

    async fn wrong(&mut self, times: usize) -> Page {
        let mut browser = self.browser();
        for _ in 1..times {
            browser.sign_in(ANA, "Wrong-9-password").await;
        }
        browser.sign_in(ANA, "Wrong-9-password").await
    }

    /// Follows a link in another browser and presses its page's button; where there is none, the page itself.
    async fn follow(&mut self, name: &str, fields: &[(&str, &str)]) -> Page {
        let mut browser = if name == "activation" { self.own.clone() } else { self.browser() };
        let page = browser.get(&self.links[name].clone()).await;
        if page.html.contains("id=\"page-form\"") { browser.post(&page.path, fields).await } else { page }
    }

    async fn act(&mut self, action: Action) -> Page {
        match action {
            RightPassword => self.browser().sign_in(ANA, PASSWORD).await,
            WrongPassword => self.wrong(1).await,
            FiveWrongPasswords => self.wrong(5).await,
            Register => {
                let mut browser = self.browser();
                self.story.register(&mut browser, ANA, OTHER).await
            }
            AskActivation => self.ask("/register/again").await,
            AskUnlock => self.ask("/unlock").await,
            AskReset => self.ask("/reset").await,
            AskRemoval => self.ask("/federated/remove").await,
            ActivationLink => self.follow("activation", &[]).await,
            UnlockLink => self.follow("unlock", &[]).await,
            ResetLink => self.follow("reset", &[("password", OTHER)]).await,
            DisputeLink => self.follow("objection", &[]).await,
        }
    }
}
