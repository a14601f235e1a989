//! Least privilege: the template permits each function what it does with the table, and no more.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    scenarios::{SCENARIOS, run::ReadyScenario},
    support::env::permissions,
};

/// What no undisturbed scenario does, and why the template permits it.
const BESIDES: [(&str, &str); 4] = [
    // A sign-in that conflicts with another change reads the account again.
    ("login", "dynamodb:GetItem"),
    // While a lookup key is rotated, an email address is free when it is stored under neither key.
    ("activate", "dynamodb:ConditionCheckItem"),
    ("settings", "dynamodb:ConditionCheckItem"),
    // The schedule looks for what the stream missed.
    ("outbox", "dynamodb:Query/index/due"),
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_template_permits_only_what_undisturbed_scenarios_use() {
    let mut used: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for scenario in SCENARIOS {
        let ready = ReadyScenario::new(scenario).await;
        let run = ready.start().await;
        let watch = run.env.watch.clone();
        run.finish().await;
        for (function, uses) in ready.snapshot.original.watch.uses().into_iter().chain(watch.uses()) {
            used.entry(function).or_default().extend(uses);
        }
    }
    for (function, action) in BESIDES {
        used.get_mut(function).unwrap().insert(action.to_owned());
    }
    for (function, permitted) in permissions() {
        let used = used.remove(&function).unwrap_or_default();
        let unused: Vec<_> = permitted.difference(&used).collect();
        assert!(unused.is_empty(), "{function} does not need {unused:?}");
    }
}
