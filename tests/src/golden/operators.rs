//! The writes of operators.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{are_as_before, shape};
use crate::{
    linking::link,
    operating_accounts::operator,
    operating_keys::rotate_lookup,
    recovery_codes::make_codes,
    support::env::{ANA, OTHER, TestEnv},
};

#[tokio::test]
async fn each_conditional_write_of_operators_asks_for_what_it_did_before() {
    let env = TestEnv::at_the_bank().await;
    let mut browser = env.activated(ANA).await;
    link(&env, &mut browser, 0).await;
    env.add_app(&mut browser, "Phone").await;
    make_codes(&mut browser).await;
    let shown = operator(&env, &["accounts", "show", ANA, "--json"], "").await.unwrap();
    let shown: Value = serde_json::from_str(&shown).unwrap();
    let id = shown["authenticators"][0]["id"].as_str().unwrap();
    let mut seen: BTreeMap<&str, Vec<Value>> = BTreeMap::new();
    let mut stranger = env.browser();
    for _ in 0..5 {
        stranger.sign_in(ANA, OTHER).await;
    }
    for (name, command) in [
        ("operator_unlocks", &["unlock", ANA][..]),
        ("operator_removes_authenticator", &["remove-factor", ANA, id]),
        ("operator_removes_recovery_codes", &["remove-factor", ANA, "recovery-codes"]),
        ("operator_ends_sessions", &["end-sessions", ANA]),
        ("operator_unlinks_partner", &["remove-partner", ANA, "demo-bank"]),
        ("operator_requires_reset", &["require-reset", ANA]),
        ("operator_suspends", &["suspend", ANA, "--reason", "case 17"]),
        ("operator_reinstates", &["reinstate", ANA]),
        ("operator_closes", &["close", ANA]),
    ] {
        let _ = env.watch.take_calls();
        operator(&env, &[&["accounts"], command, &["--yes"]].concat(), "").await.unwrap();
        seen.insert(name, env.watch.take_calls().iter().filter_map(shape).collect());
    }
    are_as_before(seen);
}

/// The moves of an account and of a partner identity to another version of the lookup key.
#[tokio::test]
async fn each_move_to_another_lookup_key_asks_for_what_it_did_before() {
    let env = TestEnv::at_the_bank().await;
    rotate_lookup(&env).await;
    let mut browser = env.activated(ANA).await;
    link(&env, &mut browser, 0).await;
    env.browser().sign_in(ANA, OTHER).await;
    let app = env.stack.another_app(Some(env.watch.interceptor())).await.unwrap();
    let _ = env.watch.take_calls();
    app.table.rekey_page(None, true).await.unwrap();
    let mut seen: BTreeMap<&str, Vec<Value>> = BTreeMap::new();
    for write in env.watch.take_calls().iter().filter_map(shape) {
        let of_identity = write.to_string().contains("IDENTITY");
        seen.entry(if of_identity { "rekey_identity" } else { "rekey_account" }).or_default().push(write);
    }
    are_as_before(seen);
}
