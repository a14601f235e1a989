//! Every state of an address times every action on it: the page, the emails and the next state.

use std::{collections::BTreeMap, fs, path::Path};

use domain::account::Account;
use futures_util::FutureExt;
use strum::{EnumIter, IntoEnumIterator};

use crate::{
    changing_email::{self, NEW},
    operating_keys::rotate_lookup,
    support::{
        browser::{Browser, CONFIRMED},
        env::{ANA, OTHER, PASSWORD, TestEnv, links, wait},
        page::Page,
        watch::Fault,
    },
    suspending,
};

use cells::{CELLS, Cell, NONE};

mod cells;

/// Defines [`State`], and a module for each state with a test for each language.
macro_rules! states {
    ($($(#[$doc:meta])* $state:ident in $module:ident),* $(,)?) => {
        /// The state of an email address.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter)]
        enum State {
            $($(#[$doc])* $state),*
        }

        $(mod $module {
            use super::{Rekey, State, check_cells};

            #[tokio::test]
            async fn every_action_has_its_page_emails_and_next_state_in_english() {
                check_cells(State::$state, "en", |_| Rekey::Never).await;
            }

            #[tokio::test]
            async fn every_action_has_its_page_emails_and_next_state_in_french() {
                check_cells(State::$state, "fr", |_| Rekey::Never).await;
            }

            #[tokio::test]
            async fn rule_9_5_every_action_has_them_after_the_account_moved_to_another_lookup_key() {
                check_cells(State::$state, "en", |_| Rekey::Before).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn rule_9_5_every_action_has_them_when_the_account_moves_before_one_of_its_writes() {
                check_cells(State::$state, "en", |cell| Rekey::DuringWrite(1 + cell % 3)).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn rule_9_5_every_action_has_them_when_the_account_moves_before_one_of_its_reads() {
                check_cells(State::$state, "en", |cell| Rekey::DuringRead(2 + cell % 4)).await;
            }
        })*
    };
}

states! {
    /// It has neither a registration nor an account.
    Unknown in unknown,
    /// It has a registration that is not activated.
    Waiting in waiting,
    /// It has an account.
    Active in active,
    /// It has an account that is locked.
    Locked in locked,
    /// It has an account whose password is void after a dispute.
    Disputed in disputed,
    /// It has an account that was sent a link to change to another address.
    Changing in changing,
    /// It is reserved for an account that has changed to another address.
    Left in left,
    /// It has an account that its resident closed.
    Closed in closed,
    /// It has an account that an operator suspended, and that was sent a link to change to another address.
    Suspended in suspended,
}

/// What a resident or an attacker does with the address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter)]
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
    ChangeLink,
}

use Action::{
    ActivationLink, AskActivation, AskRemoval, AskReset, AskUnlock, ChangeLink, DisputeLink,
    FiveWrongPasswords, Register, ResetLink, RightPassword, UnlockLink, WrongPassword,
};
use State::{Active, Changing, Closed, Disputed, Left, Locked, Suspended, Unknown, Waiting};

#[test]
fn every_state_meets_every_action() {
    for state in State::iter() {
        for action in Action::iter() {
            let cells = CELLS.iter().filter(|cell| (cell.state, cell.action) == (state, action)).count();
            let is_impossible =
                NONE.iter().any(|(none, actions)| *none == state && actions.contains(&action));
            assert_eq!(cells, usize::from(!is_impossible), "{state:?} {action:?}");
        }
    }
}

/// When the items under the address move from the lookup key under which they were written to the next version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Rekey {
    Never,
    /// Before the action.
    Before,
    /// Right before this transaction of the action.
    DuringWrite(usize),
    /// Right before this read of the action.
    DuringRead(usize),
}

async fn check_cells(state: State, language: &'static str, rekey: impl Fn(usize) -> Rekey) {
    let messages = Messages::load(language);
    let cells = CELLS.iter().filter(|cell| cell.state == state).enumerate();
    for (number, Cell { action, heading, subjects, after, .. }) in cells {
        let rekey = rekey(number);
        let context = format!("{state:?} {action:?} in {language}, rekey {rekey:?}");
        let mut address = Address::new(language, state, rekey).await;
        assert_eq!(address.state().await, state, "{context}: the state before");
        let before = address.env.emails().await.len();
        address.rekey(rekey).await;
        let page = address.act(*action).await;
        address.env.watch.recover();
        assert_eq!(page.heading(), messages.text(heading), "{context}: {} {}", page.status, page.path);
        assert!(page.html.contains(&format!("<html lang=\"{language}\"")), "{context}");
        let emails = address.env.emails().await;
        let sent: Vec<_> = emails[before..].iter().map(|email| email.subject.clone()).collect();
        let expected: Vec<_> = subjects.iter().map(|key| messages.text(&format!("shared/{key}"))).collect();
        assert_eq!(sent, expected, "{context}: the emails");
        assert_eq!(address.state().await, *after, "{context}: the state after");
    }
}

/// The texts of the Fluent files of one language, by flow and key; those of shared crates are `shared/KEY`.
struct Messages(BTreeMap<String, String>);

impl Messages {
    fn load(language: &str) -> Self {
        let functions = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join("functions");
        let subfolders = |folder: &Path| {
            let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
            entries.filter(|path| path.is_dir()).collect::<Vec<_>>()
        };
        let mut messages = BTreeMap::new();
        for folder in [subfolders(&functions), subfolders(&functions.join("shared"))].concat() {
            let Ok(text) = fs::read_to_string(folder.join(format!("messages/{language}.ftl"))) else {
                continue;
            };
            let flow = folder.strip_prefix(&functions).unwrap().iter().next().unwrap().to_string_lossy();
            let lines = text.lines().filter_map(|line| line.split_once(" = "));
            messages.extend(lines.map(|(key, value)| (format!("{flow}/{key}"), value.to_owned())));
        }
        Self(messages)
    }

    fn text(&self, key: &str) -> String {
        self.0.get(key).unwrap_or_else(|| panic!("there is no message {key}")).clone()
    }
}

/// An address in some state, and the links that it was sent so far.
struct Address {
    env: TestEnv,
    language: &'static str,
    links: BTreeMap<&'static str, String>,
    /// The browser that registered it.
    registered_in: Browser,
}

impl Address {
    async fn new(language: &'static str, state: State, rekey: Rekey) -> Self {
        let limits = || vec![("EMAIL_LIMITS", "100/24h".into())];
        let env = match rekey {
            Rekey::Never => TestEnv::begin_with(limits()).await,
            _ => TestEnv::restartable(limits()).await,
        };
        if rekey != Rekey::Never {
            rotate_lookup(&env).boxed_local().await;
        }
        let mut registered_in = env.browser();
        registered_in.language = language;
        let mut address = Self { env, language, links: BTreeMap::new(), registered_in };
        address.reach(state).boxed_local().await;
        if rekey != Rekey::Never {
            // The functions read the new key.
            address.env.emails().await;
            address.env.restart(limits()).boxed_local().await;
            address.registered_in = address.registered_in.moved_to(&address.env);
        }
        address
    }

    /// Moves the items under the address, or sets when they move.
    async fn rekey(&self, rekey: Rekey) {
        let app = self.env.stack.another_app(None).await.unwrap();
        let moves = async move || assert!(app.table.rekey_page(None, true).await.unwrap().1.is_none());
        let (is_counted, at): (fn(&str) -> bool, _) = match rekey {
            Rekey::Never => return,
            Rekey::Before => return moves().await,
            Rekey::DuringWrite(at) => (|operation| operation == "TransactWriteItems", at),
            Rekey::DuringRead(at) => {
                (|operation| ["GetItem", "BatchGetItem", "Query"].contains(&operation), at)
            }
        };
        let (mut count, runtime) = (0, tokio::runtime::Handle::current());
        self.env.watch.decide_by(move |call| {
            count += usize::from(is_counted(&call.operation));
            if is_counted(&call.operation) && count == at {
                tokio::task::block_in_place(|| runtime.block_on(moves()));
            }
            Fault::None
        });
    }

    fn browser(&self) -> Browser {
        let mut browser = self.env.browser();
        browser.language = self.language;
        browser
    }

    /// Keeps the newest email's first link under this name, and its last link when that disputes.
    async fn keep(&mut self, name: &'static str) {
        let emails = self.env.emails().await;
        let mut found = links(emails.last().unwrap());
        let last = found.last().unwrap().clone();
        if last.starts_with("/dispute") {
            self.links.insert("dispute", last);
        }
        self.links.insert(name, found.remove(0));
    }

    async fn reach(&mut self, state: State) {
        if state == Unknown {
            return;
        }
        self.env.register(&mut self.registered_in, ANA, PASSWORD).await;
        self.keep("activation").await;
        if state == Waiting {
            return;
        }
        self.registered_in.get(&self.links["activation"].clone()).await;
        self.registered_in.post("/activate", &[]).await;
        if state == Locked {
            self.ask("/reset").await;
            self.keep("reset").await;
            self.wrong(5).await;
            self.keep("unlock").await;
            return;
        }
        self.wrong(5).await;
        self.keep("unlock").await;
        self.follow("unlock", CONFIRMED).await;
        self.env.emails().await;
        if state == Disputed {
            self.follow("dispute", CONFIRMED).await;
            self.keep("reset").await;
        } else {
            self.ask("/reset").await;
            self.keep("reset").await;
        }
        if matches!(state, Changing | Left | Suspended) {
            let link = changing_email::link_to(&self.env, &mut self.registered_in, NEW).await;
            self.links.insert("change", link);
        }
        if state == Left {
            self.act(ChangeLink).await;
            self.links.insert("dispute", changing_email::dispute_link(&self.env, ANA).await);
        }
        if state == Closed {
            self.registered_in.get("/settings/close").await;
            self.registered_in.press("/settings/close", &[]).await;
            self.env.emails().await;
        }
        if state == Suspended {
            suspending::suspend(&self.env).await;
        }
        wait(1);
    }

    async fn state(&self) -> State {
        let view = self.env.seen(ANA).await;
        let waiting = self.env.stack.app.table.registrations(&ANA.parse().unwrap(), self.env.now()).await;
        match view.account {
            Some(Account::Locked(_)) => Locked,
            Some(Account::Suspended(_)) => Suspended,
            Some(Account::Active(active)) if active.0.closes_at.is_some() => Closed,
            Some(Account::Active(_))
                if changing_email::is_pending(&self.env, self.links.get("change")).await =>
            {
                Changing
            }
            Some(Account::Active(active)) if active.0.password.is_some() => Active,
            Some(Account::Active(_)) => Disputed,
            None if self.is_reserved().await => Left,
            None if waiting.unwrap().is_empty() => Unknown,
            None => Waiting,
        }
    }

    async fn is_reserved(&self) -> bool {
        let table = &self.env.stack.app.table;
        table.reserved_for(&ANA.parse().unwrap(), self.env.now()).await.unwrap().is_some()
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

    /// Opens a link in another browser and submits its page's form, if it has one.
    async fn follow(&mut self, name: &str, fields: &[(&str, &str)]) -> Page {
        let mut browser = if name == "activation" { self.registered_in.clone() } else { self.browser() };
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
                self.env.register(&mut browser, ANA, OTHER).await
            }
            AskActivation => self.ask("/register/again").await,
            AskUnlock => self.ask("/unlock").await,
            AskReset => self.ask("/reset").await,
            AskRemoval => self.ask("/federated/remove").await,
            ActivationLink => self.follow("activation", &[]).await,
            UnlockLink => self.follow("unlock", CONFIRMED).await,
            ResetLink => self.follow("reset", &[("password", OTHER)]).await,
            DisputeLink => self.follow("dispute", CONFIRMED).await,
            ChangeLink => {
                let browser = &mut self.registered_in;
                let page = browser.get(&self.links["change"].clone()).await;
                if page.status == 200 { browser.press("/settings/email/link", &[]).await } else { page }
            }
        }
    }
}
