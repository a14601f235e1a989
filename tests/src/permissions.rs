//! Least privilege: the template gives each function the permissions on the table and the keys that it uses, and no others.

use std::collections::{BTreeMap, BTreeSet};

use app::key_secret_variable;
use local::{FLOWS, LEADING_KEYS, ROTATING_ORIGIN};

use crate::{
    scenarios::{SCENARIOS, run::ReadyScenario},
    support::env::{permissions, template},
};

/// What no undisturbed scenario does, and why the template permits it.
const BESIDES: [(&str, &str); 5] = [
    // A sign-in that conflicts with another change reads the account again.
    ("login", "dynamodb:GetItem"),
    // While a lookup key is rotated, an email address is free when it is stored under neither key.
    ("activate", "dynamodb:ConditionCheckItem"),
    ("settings", "dynamodb:ConditionCheckItem"),
    ("dispute", "dynamodb:ConditionCheckItem"),
    // The schedule looks for what the stream missed.
    ("outbox", "dynamodb:Query/index/due"),
];

/// The beginnings of partition keys that no undisturbed scenario names, and why the template permits them.
const PARTITIONS_BESIDES: &[(&str, &[&str])] = &[
    // The kernel reads the interaction that a page is part of, and the session of whoever sees a page.
    (
        "TRANSACTION#*",
        &[
            "activate",
            "contact",
            "dispute",
            "federated",
            "help",
            "login",
            "logout",
            "register",
            "reset",
            "services",
            "settings",
            "unlock",
        ],
    ),
    ("ACCOUNT#*", &["register"]),
    // A sign-in that begins in a browser without a session counts for its source.
    ("SOURCE#*", &["authorize"]),
    // Where an address without an account must not be told apart, decoys are written.
    ("DECOY#*", &["federated", "login"]),
    // What an account has at partners and services, where it has any.
    ("IDENTITY#*", &["expire", "reset"]),
    ("GRANT#*", &["expire", "services"]),
    ("SERVICES", &["settings", "token", "userinfo"]),
];

/// Keys that no undisturbed scenario uses, and why the template gives them.
const KEYS_BESIDES: [(&str, &str); 2] = [
    // A session that was renewed in another tab is ended by its next secret.
    ("logout", "SESSION_KEYS_SECRET"),
    // A service's `id_token_hint` names the resident.
    ("logout", "SUBJECT_KEYS_SECRET"),
];

/// The functions that sign ID tokens or client assertions, and the one that rotates the keys.
const SIGNING: [&str; 3] = ["federated", "rotate", "token"];

/// The functions that publish the public keys, or verify `id_token_hint`s.
const VERIFYING: [&str; 4] = ["authorize", "discovery", "logout", "rotate"];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_template_permits_only_what_undisturbed_scenarios_use() {
    let mut used: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut keys: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for scenario in SCENARIOS {
        let ready = ReadyScenario::new(scenario).await;
        let run = ready.start().await;
        let (watch, stack) = (run.env.watch.clone(), run.env.stack.clone());
        run.finish().await;
        for stack in [&stack, &ready.snapshot.original.stack] {
            for (function, purposes) in stack.gateway.used_keys().chain(stack.streams.used_keys()) {
                let variables = purposes.into_iter().map(|purpose| key_secret_variable(purpose).to_owned());
                keys.entry(function).or_default().extend(variables);
            }
        }
        for (function, uses) in ready.snapshot.original.watch.uses().into_iter().chain(watch.uses()) {
            used.entry(function).or_default().extend(uses);
        }
    }
    for (function, action) in BESIDES {
        used.get_mut(function).unwrap().insert(action.to_owned());
    }
    let mut needless = Vec::new();
    for (function, permitted) in permissions() {
        let used = used.remove(&function).unwrap_or_default();
        let is_besides = |permission: &&String| {
            PARTITIONS_BESIDES.iter().any(|(key, functions)| {
                **permission == format!("{LEADING_KEYS}{key}") && functions.contains(&&*function)
            })
        };
        let unused: Vec<_> = permitted.difference(&used).filter(|one| !is_besides(one)).collect();
        if !unused.is_empty() {
            needless.push(format!("{function} does not need {unused:?}"));
        }
    }
    assert_eq!(needless, Vec::<String>::new());
    for (function, variable) in KEYS_BESIDES {
        assert!(keys.entry(function).or_default().insert(variable.to_owned()), "a scenario uses it");
    }
    for (function, secrets) in template().secrets {
        let used = keys.remove(&*function).unwrap_or_default();
        let mut given: BTreeSet<_> = secrets.into_keys().collect();
        let (signs, verifies) = (given.remove("SIGNING_KEYS_SECRET"), given.remove("PUBLIC_KEYS_SECRET"));
        let checks_origin = given.remove("ORIGIN_SECRET");
        assert_eq!(given, used, "{function}: left template.yaml, right what scenarios use");
        assert_eq!(signs, SIGNING.contains(&&*function), "{function}");
        assert_eq!(verifies, VERIFYING.contains(&&*function), "{function}");
        let is_behind_cloudfront = FLOWS.iter().any(|(flow, _)| *flow == function);
        assert_eq!(checks_origin, is_behind_cloudfront || function == ROTATING_ORIGIN, "{function}");
    }
}
