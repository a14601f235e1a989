//! What a service requires × what the session has proven × what the resident then verifies by: the next page, and the
//! `acr` and `amr` that the service gets. Every cell is tested (RULES 5.1, 6.2).

use domain::assurance::Assurance::{self, Mfa, Password, TwoStep};
use strum::{EnumIter, IntoEnumIterator};

use crate::{
    support::{
        browser::Browser,
        env::{ANA, PASSWORD, TestEnv, wait},
        page::Page,
        phone::Phone,
    },
    verifying::learned,
};

/// Defines [`Proven`], and a module with a test for each.
macro_rules! proven {
    ($($(#[$doc:meta])* $proven:ident in $module:ident),* $(,)?) => {
        /// What the session has proven when the service asks.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter)]
        enum Proven {
            $($(#[$doc])* $proven),*
        }

        $(mod $module {
            #[tokio::test]
            async fn rule_6_2_every_requirement_has_its_page_and_what_the_service_gets() {
                super::check_cells(super::Proven::$proven).await;
            }
        })*
    };
}

proven! {
    /// The password, on an account that has nothing else.
    Nothing in password,
    /// The password, on an account with an authenticator that counts.
    WithApp in password_with_authenticator,
    /// The password, on an account with an authenticator that does not count yet.
    WithNewApp in password_with_new_authenticator,
    /// A code by email too, on an account with an authenticator.
    EmailCode in email_code,
    /// A code of the authenticator too.
    App in authenticator,
    /// A code of an authenticator that does not count yet too.
    NewApp in new_authenticator,
}

/// What the resident verifies by, when asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum By {
    Nothing,
    EmailCode,
    App,
}

use By::{App as ByApp, EmailCode as ByEmail, Nothing as ByNothing};
use Proven::{App, EmailCode, NewApp, Nothing, WithApp, WithNewApp};

const PWD: &[&str] = &["pwd"];
const OTP: &[&str] = &["pwd", "otp"];
const ALL: &[&str] = &["pwd", "otp", "mfa"];

/// The page's heading, or none when the service gets its response at once; then, after the resident verified, what the
/// service gets, or the heading of the page that is shown instead.
type Cell =
    (Assurance, Proven, By, Option<&'static str>, Result<(Assurance, &'static [&'static str]), &'static str>);

const CHOOSE: Option<&str> = Some("Choose a verification method");
const SET_UP: Option<&str> = Some("Set up an authenticator app");
const CODE: Option<&str> = Some("Enter the code from your authenticator app");
const WAIT: Option<&str> = Some("You cannot use your new app for this service yet");

const CELLS: &[Cell] = &[
    (Password, Nothing, ByNothing, None, Ok((Password, PWD))),
    (Password, WithApp, ByNothing, None, Ok((Password, PWD))),
    (Password, WithNewApp, ByNothing, None, Ok((Password, PWD))),
    (Password, EmailCode, ByNothing, None, Ok((TwoStep, OTP))),
    (Password, App, ByNothing, None, Ok((Mfa, ALL))),
    (Password, NewApp, ByNothing, None, Ok((TwoStep, OTP))),
    (TwoStep, Nothing, ByEmail, CHOOSE, Ok((TwoStep, OTP))),
    (TwoStep, Nothing, ByApp, CHOOSE, Ok((Mfa, ALL))),
    (TwoStep, WithApp, ByEmail, CODE, Ok((TwoStep, OTP))),
    (TwoStep, WithApp, ByApp, CODE, Ok((Mfa, ALL))),
    (TwoStep, WithNewApp, ByEmail, CODE, Ok((TwoStep, OTP))),
    (TwoStep, WithNewApp, ByApp, CODE, Ok((TwoStep, OTP))),
    (TwoStep, EmailCode, ByNothing, None, Ok((TwoStep, OTP))),
    (TwoStep, App, ByNothing, None, Ok((Mfa, ALL))),
    (TwoStep, NewApp, ByNothing, None, Ok((TwoStep, OTP))),
    (Mfa, Nothing, ByEmail, SET_UP, Err("Set up an authenticator app")),
    (Mfa, Nothing, ByApp, SET_UP, Ok((Mfa, ALL))),
    (Mfa, WithApp, ByEmail, CODE, Err("Enter the code from your authenticator app")),
    (Mfa, WithApp, ByApp, CODE, Ok((Mfa, ALL))),
    (Mfa, WithNewApp, ByEmail, WAIT, Err("You cannot use your new app for this service yet")),
    (Mfa, WithNewApp, ByApp, WAIT, Err("You cannot use your new app for this service yet")),
    (Mfa, EmailCode, ByNothing, CODE, Err("Enter the code from your authenticator app")),
    (Mfa, EmailCode, ByApp, CODE, Ok((Mfa, ALL))),
    (Mfa, App, ByNothing, None, Ok((Mfa, ALL))),
    (Mfa, NewApp, ByNothing, WAIT, Err("You cannot use your new app for this service yet")),
];

#[test]
fn rule_6_2_every_requirement_meets_everything_that_can_be_proven() {
    for required in [Password, TwoStep, Mfa] {
        for proven in Proven::iter() {
            let own: Vec<_> = CELLS.iter().filter(|cell| (cell.0, cell.1) == (required, proven)).collect();
            assert!(!own.is_empty(), "{required:?} {proven:?}");
            // The page offers each factor that the account has.
            let is_asked = own.iter().all(|cell| cell.3.is_some());
            assert!(!is_asked || own.len() > 1 || own[0].1 == NewApp, "{required:?} {proven:?}");
        }
    }
}

async fn check_cells(proven: Proven) {
    for (required, _, by, heading, outcome) in CELLS.iter().filter(|cell| cell.1 == proven) {
        let told = format!("{required:?} {proven:?} {by:?}");
        let (env, mut browser, phone) = reach(proven).await;
        let service = env.service("health").await;
        let asks = service.asks(&[("scope", "openid"), ("acr_values", required.name())]);
        let mut page = browser.get(&asks).await;
        assert_eq!(heading.unwrap_or_default(), page.heading(), "{told}: {page:?}");
        if heading.is_some() {
            let way = way_of(&browser);
            page = verify(&env, &mut browser, (*by, &way), phone).await;
        }
        match outcome {
            Ok((acr, amr)) => {
                let learned = learned(&env, &service, &page).await;
                assert_eq!(learned.0, acr.name(), "{told}");
                assert_eq!(learned.1, *amr, "{told}");
                assert!(acr >= required, "{told}: never less");
            }
            Err(heading) => assert_eq!(page.heading(), *heading, "{told}: {page:?}"),
        }
    }
}

/// The interaction in the page's addresses.
fn way_of(browser: &Browser) -> String {
    let href = browser.html.attribute("[href*='interaction=']", "href").unwrap();
    let (_, rest) = href.split_once("interaction=").unwrap();
    format!("interaction={}", rest.split('&').next().unwrap())
}

/// An account and a session with this proven, and its authenticator, if it has one.
async fn reach(proven: Proven) -> (TestEnv, Browser, Option<Phone>) {
    let env = TestEnv::begin().await;
    let mut browser = env.activated(ANA).await;
    if proven == Nothing {
        return (env, browser, None);
    }
    let mut phone = env.add_app(&mut browser, "Phone").await;
    wait(60);
    if matches!(proven, WithNewApp | NewApp) {
        sign_in(&mut browser).await;
        browser.get("/mfa?next=/factors&factor=email").await;
        env.verify_by_email(&mut browser).await;
        phone = env.add_app(&mut browser, "New phone").await;
        let page = browser.get("/factors").await;
        browser.get(&page.html.href_of("Remove “Phone”")).await;
        browser.press("/factors/remove", &[]).await;
        wait(60);
    }
    sign_in(&mut browser).await;
    let factor = match proven {
        Nothing | WithApp | WithNewApp => return (env, browser, Some(phone)),
        EmailCode => "&factor=email",
        App | NewApp => "",
    };
    browser.get(&format!("/mfa?next=/services{factor}")).await;
    if proven == EmailCode {
        env.verify_by_email(&mut browser).await;
    } else {
        browser.press("/mfa", &[("code", &phone.code())]).await;
    }
    wait(30);
    (env, browser, Some(phone))
}

async fn sign_in(browser: &mut Browser) {
    browser.get("/login?again=true").await;
    let page = browser.press("/login", &[("email", ANA), ("password", PASSWORD)]).await;
    assert_eq!(page.path, "/services");
}

/// Verifies by this factor, whichever the page offers first; returns the last page.
async fn verify(env: &TestEnv, browser: &mut Browser, (by, way): (By, &str), phone: Option<Phone>) -> Page {
    match (by, phone) {
        (ByNothing, _) => browser.get(&format!("/authorize/continue?{way}")).await,
        (ByEmail, _) => {
            browser.get(&format!("/mfa?{way}&factor=email")).await;
            env.verify_by_email(browser).await
        }
        (ByApp, None) => {
            browser.press("/factors/add", &[]).await;
            let code = Phone::scanning(browser).code();
            browser.press("/factors/confirm", &[("name", "Phone"), ("code", &code)]).await
        }
        (ByApp, Some(phone)) => {
            let page = browser.get(&format!("/mfa/choose?next=/services&{way}")).await;
            browser.get(&format!("/mfa?{way}&factor={}", page.html.radio("Authenticator app"))).await;
            browser.press("/mfa", &[("code", &phone.code())]).await
        }
    }
}
