//! Residents do everything at once while two operators rekey.

use std::time::Duration;

use futures_util::future::join_all;

use super::{fails, kinds, place, rekey, rotated};
use crate::{
    changing_email,
    closing::{items, text},
    support::{
        browser::Browser,
        env::{OTHER, PASSWORD, TestEnv},
    },
};

/// How many residents change something, and what each does.
const RESIDENTS: usize = 8;

fn address(resident: usize) -> String {
    format!("resident{resident}@exemple.ca")
}

fn new_address(resident: usize) -> String {
    format!("resident{resident}@nouvelle.ca")
}

/// The browsers of a resident: one that the account knows, signed in, and one on the page of a change.
struct Resident {
    known: Browser,
    changing: Browser,
    /// The link that confirms another address.
    link: Option<String>,
}

async fn resident(env: &TestEnv, number: usize) -> Resident {
    let known = env.activated(&address(number)).await;
    let mut changing = env.browser();
    changing.sign_in(&address(number), PASSWORD).await;
    env.emails().await;
    let link = match number % 4 {
        0 => Some(changing_email::link_to(env, &mut changing, &new_address(number)).await),
        1 | 2 => {
            let path = if number % 4 == 1 { "/settings/password" } else { "/settings/close" };
            if changing.get(path).await.path == "/mfa" {
                env.verify_by_email(&mut changing).await;
            }
            None
        }
        _ => None,
    };
    Resident { known, changing, link }
}

/// Signs in again and again in the browser that the account knows; returns the paths.
async fn sign_ins(mut known: Browser, email: String) -> Vec<String> {
    let mut paths = Vec::new();
    for _ in 0..4 {
        known.jar.remove("__Host-session");
        let page = known.sign_in(&email, PASSWORD).await;
        paths.push(if page.status == 200 { page.path } else { format!("{page:?}") });
    }
    paths
}

/// Does what the resident does once; returns the last page's path.
async fn change(mut resident: Resident, number: usize) -> String {
    let browser = &mut resident.changing;
    tokio::time::sleep(Duration::from_millis(u64::try_from(number).unwrap() * 10)).await;
    match number % 4 {
        0 => changing_email::confirm(browser, &resident.link.unwrap()).await.path,
        1 => browser.press("/settings/password", &[("password", OTHER)]).await.path,
        2 => browser.press("/settings/close", &[]).await.path,
        _ => browser.get("/services").await.path,
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn rule_9_5_two_operators_rekey_while_residents_sign_in_fail_register_and_change_everything() {
    let (env, residents) = rotated(async |env: &TestEnv| {
        let mut residents = Vec::new();
        for number in 0..RESIDENTS {
            residents.push(resident(env, number).await);
        }
        residents
    })
    .await;
    let strangers = (0..RESIDENTS).map(async |number| {
        let (mut stranger, mut other) = (env.browser(), env.browser());
        fails(&mut stranger, &address(number)).await;
        env.register(&mut other, &address(number), OTHER).await;
        fails(&mut stranger, &address(number)).await;
    });
    let moved = residents.into_iter().map(|mut resident| {
        resident.known = resident.known.moved_to(&env);
        resident.changing = resident.changing.moved_to(&env);
        resident
    });
    let acts = moved.enumerate().map(|(number, resident)| {
        let signing_in = tokio::spawn(sign_ins(resident.known.clone(), address(number)));
        let changing = tokio::spawn(change(resident, number));
        async { (signing_in.await.unwrap(), changing.await.unwrap()) }
    });
    let operators = async || {
        for _ in 0..4 {
            rekey(&env, &[]).await;
        }
    };
    let ((), (), acted, _) = tokio::join!(operators(), operators(), join_all(acts), join_all(strangers));
    for (number, (sign_ins, changed)) in acted.into_iter().enumerate() {
        let done = ["/settings/email/done", "/settings", "/settings/close/done", "/services"][number % 4];
        assert!(changed.starts_with(done), "{number}: {changed}");
        // An address or a password that was changed meanwhile opens nothing, and a session that began right before the closing
        // ended with it; any other sign-in succeeds.
        let is_expected = |path: &String| path == "/services" || (number % 4 == 2 && path == "/login");
        assert!(number % 4 < 2 || sign_ins.iter().all(is_expected), "{number}: {sign_ins:?}");
    }

    assert_eq!(rekey(&env, &[]).await["under_older_lookup"].as_u64(), Some(0));
    let left = kinds(&env, 1).await;
    for kind in ["account", "device", "deliverability"] {
        assert_eq!(left.get(kind), None, "{left:?}");
    }
    // Those of an address that an account left stay behind.
    let count = |kind: &str| left.get(kind).copied().unwrap_or_default();
    for kind in ["attempts", "notice_limit"] {
        assert!(count(kind) <= count("reserved_address"), "{left:?}");
    }
    // Each account is at one place, where its id leads, with the attempts of the stranger that count.
    let items = items(&env).await;
    let of_kind = |kind: &'static str| items.iter().filter(move |item| text(item, "kind") == kind);
    assert_eq!(of_kind("account").count(), RESIDENTS);
    for account in of_kind("account") {
        let pk = format!("ACCOUNT#{}", text(account, "id"));
        let pointer = of_kind("account_place").find(|pointer| text(pointer, "pk") == pk).unwrap();
        assert_eq!(format!("EMAIL#{}", text(pointer, "place")), text(account, "pk"));
    }
    for number in 0..RESIDENTS {
        let email = if number % 4 == 0 { new_address(number) } else { address(number) };
        assert!(place(&env, &email).await.as_str().starts_with("2."), "{email}");
        if number % 4 == 3 {
            assert_eq!(env.seen(&email).await.attempts.attempts.failed(), 2, "{email}");
        }
        let password = if number % 4 == 1 { OTHER } else { PASSWORD };
        assert!(changing_email::opens(&env, &email, password).await, "{email}");
    }
}
