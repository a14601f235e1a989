//! A resident's walk: sign in by password and authenticator, see the services, sign out.

use secrecy::ExposeSecret;

use crate::{
    Check, Fault, Result, Site, TestAccount,
    browser::{Browser, Page},
    checks::Checks,
};

const DEVICE: &str = "__Host-device";
const SESSION: &str = "__Host-session";

/// How the walk ended.
#[derive(Debug)]
pub struct SignIn {
    /// The steps that were taken; the last one may have failed.
    pub steps: Vec<Check>,
    /// Whether the password was refused. It must not be tried again: five wrong ones lock the account.
    pub is_password_refused: bool,
}

impl SignIn {
    /// Whether every step succeeded.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.steps.iter().all(|step| step.fault.is_none())
    }
}

/// Signs in and out. It takes no step twice: see [`SignIn::is_password_refused`].
pub async fn sign_in(site: &Site, account: &TestAccount) -> SignIn {
    let mut checks = Checks::default();
    walk(site, account, &mut checks).await;
    SignIn { steps: checks.done, is_password_refused: checks.is_refused }
}

/// `None` after the step that failed.
async fn walk(site: &Site, account: &TestAccount, checks: &mut Checks) -> Option<()> {
    let mut browser = Browser::new(site).with_cookie(DEVICE, account.device_cookie());
    let page = checks.run("sign-in-page", open(&mut browser, "/login")).await?;
    checks.run("password", enter_password(&mut browser, &page, account)).await?;
    checks.run("code", enter_code(&mut browser, account)).await?;
    checks.run("services", open(&mut browser, "/services")).await?;
    checks.run("sign-out", sign_out(&mut browser)).await
}

async fn open(browser: &mut Browser<'_>, target: &str) -> Result<Page> {
    browser.get(target).await?.expect(target.split('?').next().unwrap_or_default())
}

async fn enter_password(browser: &mut Browser<'_>, page: &Page, account: &TestAccount) -> Result<()> {
    let typed = [("email", account.email.expose_secret()), ("password", account.password.expose_secret())];
    let page = browser.submit(page, "/login", &typed).await?;
    match (page.status.as_u16(), page.path.as_str()) {
        (422, "/login") => Err(Fault::Refused("the password is refused".to_owned())),
        (_, "/login/locked") => Err(Fault::Refused("the account is locked".to_owned())),
        _ => page.expect("/services").map(drop),
    }
}

/// A code that was used a moment ago is refused, too: by a run of these checks beside this one.
async fn enter_code(browser: &mut Browser<'_>, account: &TestAccount) -> Result<()> {
    let page = open(browser, "/mfa?next=/services").await?;
    let code = account.code_at(app::clock::now().as_second());
    let page = browser.submit(&page, "/mfa", &[("code", &code)]).await?;
    if page.path == "/mfa" {
        return Err(Fault::broken("the code is refused"));
    }
    page.expect("/services").map(drop)
}

async fn sign_out(browser: &mut Browser<'_>) -> Result<()> {
    let page = open(browser, "/logout").await?;
    browser.submit(&page, "/logout", &[]).await?.expect("/logout")?;
    if browser.has_cookie(SESSION) {
        return Err(Fault::broken("the session cookie is left"));
    }
    Ok(())
}
