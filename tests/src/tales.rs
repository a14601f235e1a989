//! What residents do, step by step: `faults` disturbs each of it. A new flow is covered by a line in [`TALES`].

use futures_util::future::BoxFuture;

use crate::{
    bank::{At, START},
    story::{ANA, Browser, OTHER, PASSWORD, Story, links},
};

/// What is done before anything fails: the browser that goes on, and the links that were sent to it.
pub(crate) type Prepare = for<'a> fn(&'a Story) -> BoxFuture<'a, (Browser, Vec<String>)>;

/// One tale: its name, what comes before it, and its steps.
pub(crate) type Tale = (&'static str, Prepare, &'static [Step]);

/// Something that a resident does.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Step {
    /// Opens a page.
    Open(&'static str),
    /// Follows the link of this number among those that were prepared, or the newest email's if there are not so many.
    Follow(usize),
    /// Sends the form of the page to this path, with these fields.
    Send(&'static str, &'static [(&'static str, &'static str)]),
    /// Sends the page's form to this path, to where it says, with these fields.
    Press(&'static str, &'static [(&'static str, &'static str)]),
    /// Types the code of the newest email on the page that asks for it, which is at this path.
    EmailedCode(&'static str),
    /// Leaves for the bank by this path, signs in there, and comes back.
    Bank(&'static str),
    /// The app learns the key that the page shows.
    Scan,
    /// Sends the form of the page to this path with the code that the app shows, and these fields.
    AppCode(&'static str, &'static [(&'static str, &'static str)]),
    /// Follows the page's first link to this path.
    Link(&'static str),
    /// The service exchanges the code that it was sent, asks who it is about, refreshes, and loses it all by using the
    /// code again.
    Exchange,
    /// Lets go of the session.
    Forget,
    /// Lets a minute pass, after which attempts without an end are given up.
    Wait,
}

use Step::{AppCode, Bank, EmailedCode, Exchange, Follow, Forget, Link, Open, Press, Scan, Send, Wait};

/// A service that asks for the email address, and for no more than who it is.
const ASKS: &str = "/authorize?response_type=code&client_id=health&redirect_uri=https%3A%2F%2Fhealth.example%2Freturn&scope=openid+email+offline_access&state=s&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256";
const ASKS_AGAIN: &str = "/authorize?response_type=code&client_id=health&redirect_uri=https%3A%2F%2Fhealth.example%2Freturn&scope=openid&state=s&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256";

const ASKS_TWO_STEPS: &str = "/authorize?response_type=code&client_id=health&redirect_uri=https%3A%2F%2Fhealth.example%2Freturn&scope=openid&acr_values=two-step&state=s&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256";

/// To the bank, to link it to the account that is signed in.
const LINK: &str = "/federated/start?partner=demo-bank&link=yes";

const ACCOUNT: &[(&str, &str)] = &[("email", ANA), ("password", PASSWORD)];
const WRONG: &[(&str, &str)] = &[("email", ANA), ("password", OTHER)];
const NOBODY: &[(&str, &str)] = &[("email", "nobody@exemple.ca")];
const ADDRESS: &[(&str, &str)] = &[("email", ANA)];
const MESSAGE: &[(&str, &str)] = &[("topic", "other"), ("email", ANA), ("message", "It does not work.")];

pub(crate) const TALES: &[Tale] = &[
    (
        "register and activate",
        |story| Box::pin(async { (story.browser(), Vec::new()) }),
        &[
            Open("/register"),
            Send("/register", ACCOUNT),
            Follow(9),
            Send("/activate", &[]),
            Open("/services"),
        ],
    ),
    (
        "send the activation link again",
        waiting,
        &[Open("/register/again"), Send("/register/again", ADDRESS), Follow(9), Send("/activate", &[])],
    ),
    (
        "activate elsewhere",
        waiting_elsewhere,
        &[Follow(0), Send("/activate", &[("password", OTHER)]), Send("/activate", &[("password", PASSWORD)])],
    ),
    ("refuse a registration", waiting_elsewhere, &[Follow(0), Send("/activate/refuse", &[])]),
    (
        "sign in and out",
        signed_out,
        &[
            Open("/login"),
            Send("/login", ACCOUNT),
            Open("/services"),
            Open("/settings/sessions"),
            Send("/logout", &[]),
        ],
    ),
    ("sign in with a new browser", elsewhere, &[Open("/login"), Send("/login", ACCOUNT), Open("/services")]),
    (
        "fail to sign in",
        signed_out,
        &[Open("/login"), Send("/login", WRONG), Open("/login"), Send("/login", WRONG)],
    ),
    (
        "lock",
        almost_locked,
        &[Open("/login"), Send("/login", WRONG), Wait, Open("/login"), Send("/login", ACCOUNT)],
    ),
    ("unlock", locked, &[Open("/unlock"), Send("/unlock", ADDRESS), Follow(9), Send("/unlock/link", &[])]),
    (
        "reset",
        signed_out,
        &[Open("/reset"), Send("/reset", ADDRESS), Follow(9), Send("/reset/link", &[("password", OTHER)])],
    ),
    (
        "ask to unlock what waits",
        waiting,
        &[Open("/unlock"), Send("/unlock", ADDRESS), Follow(9), Send("/activate", &[])],
    ),
    (
        "ask to reset what waits",
        waiting,
        &[Open("/reset"), Send("/reset", ADDRESS), Follow(9), Send("/activate", &[])],
    ),
    (
        "ask for nobody",
        signed_out,
        &[
            Open("/reset"),
            Send("/reset", NOBODY),
            Open("/unlock"),
            Send("/unlock", NOBODY),
            Open("/register/again"),
            Send("/register/again", NOBODY),
        ],
    ),
    (
        "this was not me",
        disputing,
        &[Follow(0), Send("/dispute", &[]), Follow(9), Send("/reset/link", &[("password", OTHER)])],
    ),
    (
        "visit after a minute",
        with_another_session,
        &[Wait, Open("/services"), Wait, Open("/settings/sessions"), Wait, Open("/factors")],
    ),
    (
        "end the other sessions",
        with_another_session,
        &[Open("/settings/sessions"), Send("/settings/sessions", &[]), Open("/settings/stay")],
    ),
    (
        "sign in for a service and share",
        at_the_service,
        &[
            Open(ASKS),
            Press("/authorize/continue", &[("answer", "yes")]),
            Exchange,
            Wait,
            Open(ASKS_AGAIN),
            Open("/services"),
            Open("/services/disconnect?service=health"),
            Send("/services/disconnect?service=health", &[]),
        ],
    ),
    (
        "verify by email for a service",
        at_the_service,
        &[
            Open(ASKS_TWO_STEPS),
            Link("/mfa"),
            Press("/mfa/send", &[]),
            EmailedCode("/mfa"),
            Open(ASKS_TWO_STEPS),
            Open("/mfa/choose?next=/services"),
        ],
    ),
    (
        "set an app up and remove it",
        at_the_service,
        &[
            Open("/factors/add"),
            Press("/factors/add", &[]),
            Scan,
            AppCode("/factors/confirm", &[("name", "Phone")]),
            Link("/factors/remove"),
            Press("/factors/remove", &[]),
        ],
    ),
    (
        "verify by an app",
        with_app,
        &[
            Open("/login?again=true"),
            Send("/login", ACCOUNT),
            Open("/mfa?next=/services"),
            AppCode("/mfa", &[]),
            Open("/factors"),
        ],
    ),
    (
        "guess once too often",
        almost_paused,
        &[
            Open("/mfa?next=/services"),
            Press("/mfa", &[("code", "000000")]),
            Wait,
            Open("/mfa?next=/services"),
        ],
    ),
    (
        "come by the bank",
        |story| Box::pin(async { (story.browser(), Vec::new()) }),
        &[
            Bank(START),
            Press("/federated/first", ADDRESS),
            EmailedCode("/federated/code"),
            Open("/services"),
            Forget,
            Bank(START),
        ],
    ),
    (
        "come by the bank with an address that has an account",
        elsewhere,
        &[
            Bank(START),
            Press("/federated/first", ADDRESS),
            EmailedCode("/federated/code"),
            Open("/federated/code"),
        ],
    ),
    (
        "link the bank and remove it",
        at_the_service,
        &[
            Open("/federated"),
            Bank(LINK),
            Press("/federated/link", &[]),
            Link("/federated/unlink"),
            Press("/federated/unlink", &[]),
        ],
    ),
    (
        "have the bank removed",
        with_the_bank,
        &[
            Open("/contact"),
            Press("/contact", &[("topic", "partner"), ("email", ANA), ("message", "")]),
            Follow(9),
            Press("/federated/remove/link", &[]),
            Bank(START),
        ],
    ),
    ("linking the bank was not me", linked_by_somebody, &[Follow(0), Send("/dispute", &[]), Bank(START)]),
    ("sign out at a service", at_the_service, &[Open("/logout?client_id=health"), Send("/logout", &[])]),
    (
        "write to the operators",
        |story| Box::pin(async { (story.browser(), Vec::new()) }),
        &[Open("/contact"), Send("/contact", MESSAGE)],
    ),
    (
        "write to the operators, signed in",
        at_the_service,
        &[Wait, Open("/contact"), Press("/contact", MESSAGE)],
    ),
    ("follow a link that is not ours", signed_out, &[Open("/unlock/link?token=guess"), Forget]),
];

/// Signed in; the service is registered for every tale.
fn at_the_service(story: &Story) -> BoxFuture<'_, (Browser, Vec<String>)> {
    Box::pin(async { (story.activated(ANA).await, Vec::new()) })
}

fn waiting(story: &Story) -> BoxFuture<'_, (Browser, Vec<String>)> {
    Box::pin(async {
        let mut browser = story.browser();
        story.register(&mut browser, ANA, PASSWORD).await;
        story.emails().await;
        (browser, Vec::new())
    })
}

fn waiting_elsewhere(story: &Story) -> BoxFuture<'_, (Browser, Vec<String>)> {
    Box::pin(async {
        story.register(&mut story.browser(), ANA, PASSWORD).await;
        (story.browser(), vec![story.last_link().await])
    })
}

fn signed_out(story: &Story) -> BoxFuture<'_, (Browser, Vec<String>)> {
    Box::pin(async {
        let mut browser = story.activated(ANA).await;
        browser.jar.remove("__Host-session");
        (browser, Vec::new())
    })
}

fn elsewhere(story: &Story) -> BoxFuture<'_, (Browser, Vec<String>)> {
    Box::pin(async {
        story.activated(ANA).await;
        (story.browser(), Vec::new())
    })
}

fn almost_locked(story: &Story) -> BoxFuture<'_, (Browser, Vec<String>)> {
    Box::pin(async {
        let (mut browser, links) = signed_out(story).await;
        for _ in 0..4 {
            browser.sign_in(ANA, OTHER).await;
        }
        (browser, links)
    })
}

fn locked(story: &Story) -> BoxFuture<'_, (Browser, Vec<String>)> {
    Box::pin(async {
        let (mut browser, links) = almost_locked(story).await;
        browser.sign_in(ANA, OTHER).await;
        story.emails().await;
        (browser, links)
    })
}

fn disputing(story: &Story) -> BoxFuture<'_, (Browser, Vec<String>)> {
    Box::pin(async {
        story.activated(ANA).await;
        story.browser().sign_in(ANA, PASSWORD).await;
        let dispute = links(story.emails().await.last().unwrap()).pop().unwrap();
        (story.browser(), vec![dispute])
    })
}

fn with_another_session(story: &Story) -> BoxFuture<'_, (Browser, Vec<String>)> {
    Box::pin(async {
        let browser = story.activated(ANA).await;
        story.browser().sign_in(ANA, PASSWORD).await;
        story.emails().await;
        (browser, Vec::new())
    })
}

/// Nobody is signed in; the account's bank is linked.
fn with_the_bank(story: &Story) -> BoxFuture<'_, (Browser, Vec<String>)> {
    Box::pin(async {
        let mut browser = story.activated(ANA).await;
        story.by_bank(&mut browser, LINK, At::SignIn(0)).await;
        browser.press("/federated/link", &[]).await;
        story.emails().await;
        (story.browser(), Vec::new())
    })
}

/// Elsewhere somebody signed in by the password and linked the bank.
fn linked_by_somebody(story: &Story) -> BoxFuture<'_, (Browser, Vec<String>)> {
    Box::pin(async {
        let browser = story.activated(ANA).await;
        let mut other = story.browser();
        other.sign_in(ANA, PASSWORD).await;
        let dispute = links(story.emails().await.last().unwrap()).pop().unwrap();
        story.by_bank(&mut other, LINK, At::SignIn(0)).await;
        other.press("/federated/link", &[]).await;
        story.emails().await;
        (browser, vec![dispute])
    })
}

/// Just signed in, with an app that was set up in another browser; its key lies among the links.
fn with_app(story: &Story) -> BoxFuture<'_, (Browser, Vec<String>)> {
    Box::pin(async {
        let phone = story.add_app(&mut story.activated(ANA).await, "Phone").await;
        let mut browser = story.browser();
        browser.sign_in(ANA, PASSWORD).await;
        story.emails().await;
        (browser, vec![phone.secret])
    })
}

/// The same, nine wrong codes later.
fn almost_paused(story: &Story) -> BoxFuture<'_, (Browser, Vec<String>)> {
    Box::pin(async {
        let (mut browser, links) = with_app(story).await;
        for _ in 0..9 {
            browser.get("/mfa?next=/services").await;
            browser.press("/mfa", &[("code", "000000")]).await;
        }
        (browser, links)
    })
}
