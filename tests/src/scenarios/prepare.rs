//! The states in which scenarios start.

use futures_util::future::BoxFuture;
use local::Fate;

use super::{LINK_BANK, Prepared};
use crate::{
    bouncing::report,
    changing_email,
    support::{
        browser::Browser,
        env::{ANA, OTHER, PASSWORD, TestEnv, links},
        partner::At,
    },
};

impl From<Browser> for Prepared {
    fn from(browser: Browser) -> Self {
        Self { browser, link: None, authenticator: None }
    }
}

pub(super) fn new_browser(env: &TestEnv) -> BoxFuture<'_, Prepared> {
    Box::pin(async { env.browser().into() })
}

pub(super) fn signed_in(env: &TestEnv) -> BoxFuture<'_, Prepared> {
    Box::pin(async { env.activated(ANA).await.into() })
}

/// An email to the address of the account came back.
pub(super) fn bounced(env: &TestEnv) -> BoxFuture<'_, Prepared> {
    Box::pin(async {
        let browser = env.activated(ANA).await;
        report(env, ANA, Fate::Bounced).await;
        browser.into()
    })
}

/// The registration is not activated.
pub(super) fn registered(env: &TestEnv) -> BoxFuture<'_, Prepared> {
    Box::pin(async {
        let mut browser = env.browser();
        env.register(&mut browser, ANA, PASSWORD).await;
        env.emails().await;
        browser.into()
    })
}

/// The activation link is opened in a browser other than the one that registered.
pub(super) fn registered_in_another_browser(env: &TestEnv) -> BoxFuture<'_, Prepared> {
    Box::pin(async {
        env.register(&mut env.browser(), ANA, PASSWORD).await;
        let link = Some(env.last_link().await);
        Prepared { link, ..env.browser().into() }
    })
}

/// The browser that activated the account keeps its device cookie.
pub(super) fn signed_out(env: &TestEnv) -> BoxFuture<'_, Prepared> {
    Box::pin(async {
        let mut browser = env.activated(ANA).await;
        browser.jar.remove("__Host-session");
        browser.into()
    })
}

pub(super) fn account_in_another_browser(env: &TestEnv) -> BoxFuture<'_, Prepared> {
    Box::pin(async {
        env.activated(ANA).await;
        env.browser().into()
    })
}

pub(super) fn four_wrong_passwords(env: &TestEnv) -> BoxFuture<'_, Prepared> {
    Box::pin(async {
        let mut prepared = signed_out(env).await;
        for _ in 0..4 {
            prepared.browser.sign_in(ANA, OTHER).await;
        }
        prepared
    })
}

pub(super) fn locked(env: &TestEnv) -> BoxFuture<'_, Prepared> {
    Box::pin(async {
        let mut prepared = four_wrong_passwords(env).await;
        prepared.browser.sign_in(ANA, OTHER).await;
        env.emails().await;
        prepared
    })
}

/// The prepared link disputes a sign-in on a new device.
pub(super) fn sign_in_to_dispute(env: &TestEnv) -> BoxFuture<'_, Prepared> {
    Box::pin(async {
        env.activated(ANA).await;
        env.browser().sign_in(ANA, PASSWORD).await;
        let link = links(env.emails().await.last().unwrap()).pop();
        Prepared { link, ..env.browser().into() }
    })
}

pub(super) fn two_sessions(env: &TestEnv) -> BoxFuture<'_, Prepared> {
    Box::pin(async {
        let browser = env.activated(ANA).await;
        env.browser().sign_in(ANA, PASSWORD).await;
        env.emails().await;
        browser.into()
    })
}

/// Nobody is signed in.
pub(super) fn linked_to_the_bank(env: &TestEnv) -> BoxFuture<'_, Prepared> {
    Box::pin(async {
        let mut browser = env.activated(ANA).await;
        env.by_bank(&mut browser, LINK_BANK, At::SignIn(0)).await;
        browser.press("/federated/link", &[]).await;
        env.emails().await;
        env.browser().into()
    })
}

/// Somebody else signed in with the password and linked their bank; the prepared link disputes that sign-in.
pub(super) fn bank_linked_by_an_attacker(env: &TestEnv) -> BoxFuture<'_, Prepared> {
    Box::pin(async {
        let browser = env.activated(ANA).await;
        let mut attacker = env.browser();
        attacker.sign_in(ANA, PASSWORD).await;
        let link = links(env.emails().await.last().unwrap()).pop();
        env.by_bank(&mut attacker, LINK_BANK, At::SignIn(0)).await;
        env.verify_by_email(&mut attacker).await;
        attacker.press("/federated/link", &[]).await;
        env.emails().await;
        Prepared { link, ..browser.into() }
    })
}

/// The address that another account has is that of the scenarios for which nobody has one.
pub(super) fn signed_in_beside_another_account(env: &TestEnv) -> BoxFuture<'_, Prepared> {
    Box::pin(async {
        env.activated("nobody@exemple.ca").await;
        env.activated(ANA).await.into()
    })
}

/// The prepared link undoes the change.
pub(super) fn address_changed(env: &TestEnv) -> BoxFuture<'_, Prepared> {
    Box::pin(async {
        changing_email::change(env, &mut env.activated(ANA).await, "nobody@exemple.ca").await;
        let link = Some(changing_email::dispute_link(env, ANA).await);
        Prepared { link, ..env.browser().into() }
    })
}

/// The authenticator was added in another browser.
pub(super) fn signed_in_with_authenticator(env: &TestEnv) -> BoxFuture<'_, Prepared> {
    Box::pin(async {
        let authenticator = Some(env.add_app(&mut env.activated(ANA).await, "Phone").await);
        let mut browser = env.browser();
        browser.sign_in(ANA, PASSWORD).await;
        env.emails().await;
        Prepared { authenticator, ..browser.into() }
    })
}

pub(super) fn nine_wrong_codes(env: &TestEnv) -> BoxFuture<'_, Prepared> {
    Box::pin(async {
        let mut prepared = signed_in_with_authenticator(env).await;
        for _ in 0..9 {
            prepared.browser.get("/mfa?next=/services").await;
            prepared.browser.press("/mfa", &[("code", "000000")]).await;
        }
        prepared
    })
}
