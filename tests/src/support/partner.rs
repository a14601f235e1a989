//! Residents sign in at the demo bank and return.

use bank::{Fault, RESIDENTS};
use local::Listen;
use reqwest::{header::LOCATION, redirect::Policy};
use url::Url;

use crate::{
    support::{browser::Browser, env::TestEnv, page::Page, services::Service},
    verifying::go,
};

/// What the resident does at the bank.
#[derive(Clone, Copy, Debug)]
pub(crate) enum At {
    /// Signs in as the resident of this number.
    SignIn(usize),
    /// Cancels the sign-in.
    Cancel,
}

/// Where signing in by the bank begins.
pub(crate) const START: &str = "/federated/start?partner=demo-bank";

/// Opens the sign-in page from a service; returns the `href` of its button to the partner.
pub(crate) async fn from(browser: &mut Browser, (service, start): (&Service, &str)) -> String {
    let page = go(browser, service).await;
    assert_eq!(page.path, "/login", "{page:?}");
    page.html.href(start)
}

impl TestEnv {
    /// With the demo bank, and the product's origin served to it.
    pub(crate) async fn at_the_bank() -> Self {
        Self::listening(Listen::BankAlone, vec![("EMAIL_LIMITS", "100/24h".into())]).await
    }

    pub(crate) fn bank(&self) -> &bank::Bank {
        self.stack.bank().unwrap()
    }

    /// Opens the bank, does this there, and returns; returns the next page.
    pub(crate) async fn by_bank(&self, browser: &mut Browser, start: &str, at: At) -> Page {
        let back = self.at_bank(browser, start, (at, None)).await;
        browser.get(&back).await
    }

    /// Like [`TestEnv::by_bank`] with a fault; returns the callback's address.
    pub(crate) async fn at_bank(
        &self,
        browser: &mut Browser,
        start: &str,
        (at, fault): (At, Option<Fault>),
    ) -> String {
        let left = browser.get(start).await;
        self.answer_of_bank(left, (at, fault)).await
    }

    /// Does this on the bank's page that the browser left for; returns the callback's address.
    pub(crate) async fn answer_of_bank(&self, left: Page, does: (At, Option<Fault>)) -> String {
        let to = left.left_for.clone().unwrap_or_else(|| panic!("it does not lead to the bank: {left:?}"));
        assert_eq!(to, format!("{}/authorize", self.bank_origin));
        answer(&to, left.with.into_iter().collect(), does).await
    }
}

/// Submits the bank's page with these parameters; returns the callback's path and query.
pub(crate) async fn answer(
    page: &str,
    with: Vec<(String, String)>,
    (at, fault): (At, Option<Fault>),
) -> String {
    let mut form = with;
    form.push(match at {
        At::SignIn(number) => ("resident".into(), RESIDENTS[number].id.to_owned()),
        At::Cancel => ("cancel".into(), "yes".into()),
    });
    form.extend(fault.map(|fault| ("fault".into(), fault.to_string())));
    let client = reqwest::Client::builder().redirect(Policy::none()).build().unwrap();
    let response = client.post(page).form(&form).send().await.unwrap();
    let Some(location) = response.headers().get(LOCATION).cloned() else {
        panic!("it leads nowhere: {}", response.text().await.unwrap())
    };
    let location = Url::parse(location.to_str().unwrap()).unwrap();
    format!("{}?{}", location.path(), location.query().unwrap_or_default())
}
