//! The writes about what becomes of emails (RULES 8.11).

use std::collections::BTreeMap;

use local::Fate;
use serde_json::Value;

use super::{are_as_before, shape};
use crate::{
    bouncing::{PROBLEM, report},
    support::env::{ANA, TestEnv},
};

#[tokio::test]
async fn each_conditional_write_about_emails_asks_for_what_it_did_before() {
    let env = TestEnv::begin().await;
    let mut browser = env.activated(ANA).await;
    let mut seen: BTreeMap<&str, Vec<Value>> = BTreeMap::new();
    for (name, fate) in [("mail_delivered", None), ("mail_bounced", Some(Fate::Bounced))] {
        let _ = env.watch.take_calls();
        match fate {
            Some(fate) => report(&env, ANA, fate).await,
            None => assert_eq!(env.stack.deliver_events().await, 0),
        }
        seen.insert(name, env.watch.take_calls().iter().filter_map(shape).collect());
    }
    browser.get(PROBLEM).await;
    let _ = env.watch.take_calls();
    browser.press(PROBLEM, &[]).await;
    seen.insert("check_address", env.watch.take_calls().iter().filter_map(shape).collect());
    are_as_before(seen);
}
