//! Consistency of the sources: messages, rules, lists and sizes.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

mod texts;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// The folders that have the tests of rules.
const RULE_TESTS: [&str; 6] =
    ["functions", "infra/bank/src", "infra/demo/src", "infra/local/src", "infra/ops/src", "tests/src"];

/// The folders whose messages residents read.
const MESSAGES: [&str; 2] = ["functions", "infra/demo"];

/// The files in these folders, and below them, with these endings.
fn files(folders: &[&str], endings: &[&str]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut open: Vec<PathBuf> = folders.iter().map(|folder| root().join(folder)).collect();
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if path.is_dir() && name != "node_modules" && name != "target" {
                open.push(path);
            } else if endings.iter().any(|ending| name.ends_with(ending)) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

fn read(path: impl AsRef<Path>) -> String {
    fs::read_to_string(path.as_ref()).unwrap_or_else(|error| panic!("{}: {error}", path.as_ref().display()))
}

/// The keys of a Fluent file, each with the variables of its message.
fn messages(path: &Path) -> BTreeMap<String, BTreeSet<String>> {
    let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut key = String::new();
    for line in read(path).lines() {
        if let Some((name, _)) = line.split_once(" =").filter(|(name, _)| !name.starts_with([' ', '#', '[']))
        {
            name.clone_into(&mut key);
            assert!(
                found.insert(key.clone(), BTreeSet::new()).is_none(),
                "{}: {key} stands there twice",
                path.display()
            );
        }
        let variables = line.split("{ $").skip(1).filter_map(|rest| rest.split([' ', '}']).next());
        if let Some(all) = found.get_mut(&key) {
            all.extend(variables.map(ToOwned::to_owned));
        }
    }
    found
}

#[test]
fn rule_8_1_every_message_is_in_both_languages_with_the_same_variables() {
    for english in files(&MESSAGES, &["en.ftl"]) {
        let french = english.with_file_name("fr.ftl");
        assert_eq!(messages(&english), messages(&french), "{}", english.display());
        for path in [&english, &french] {
            let broken = fluent_errors(&read(path));
            assert!(broken.is_empty(), "{}: {broken:?}", path.display());
        }
    }
}

fn fluent_errors(source: &str) -> Vec<String> {
    match fluent_syntax::parser::parse(source) {
        Ok(_) => Vec::new(),
        Err((_, errors)) => errors.iter().map(ToString::to_string).collect(),
    }
}

#[test]
fn rule_8_1_every_message_is_used_and_none_is_missing() {
    let is_shared =
        |folder: &str| folder.starts_with("functions/shared/") && folder != "functions/shared/email";
    let mut shared = BTreeMap::new();
    for file in files(&["functions/shared"], &["en.ftl"]) {
        if is_shared(&folder_of(&file)) {
            shared.extend(messages(&file));
        }
    }
    let mut used_shared = BTreeSet::new();
    let mut by_folder: BTreeMap<String, BTreeMap<String, BTreeSet<String>>> = BTreeMap::new();
    for own_file in files(&MESSAGES, &["en.ftl"]) {
        by_folder.entry(folder_of(&own_file)).or_default().extend(messages(&own_file));
    }
    for (folder, own) in by_folder {
        let mut used = BTreeSet::new();
        // The messages that all flows share are used by several crates.
        let sources = if is_shared(&folder) { "functions/shared" } else { &folder };
        for source in files(&[sources], &[".rs", ".html", ".txt"]) {
            used.extend(quoted(&read(source)));
        }
        // Built from a name: `problem-<name>-title` and `problem-<name>-text`.
        let problems = used
            .clone()
            .into_iter()
            .flat_map(|name| [format!("problem-{name}-title"), format!("problem-{name}-text")]);
        used.extend(problems.collect::<Vec<_>>());
        let unused: Vec<_> = own.keys().filter(|key| !used.contains(*key) && !is_shared(&folder)).collect();
        assert!(unused.is_empty(), "{folder}: {unused:?} are not used");
        used_shared.extend(used.iter().filter(|key| shared.contains_key(*key)).cloned());
        let requested = requested(&folder);
        let missing: Vec<_> =
            requested.iter().filter(|key| !own.contains_key(*key) && !shared.contains_key(*key)).collect();
        assert!(missing.is_empty(), "{folder}: {missing:?} are missing");
    }
    let unused: Vec<_> = shared.keys().filter(|key| !used_shared.contains(*key)).collect();
    assert!(unused.is_empty(), "{unused:?} are not used");
}

/// The folder of the crate that a file of messages belongs to: in the folder `messages`, or in one below it.
fn folder_of(messages: &Path) -> String {
    let folder = messages.ancestors().find(|folder| folder.ends_with("messages")).unwrap().parent().unwrap();
    folder.strip_prefix(root()).unwrap().to_string_lossy().into_owned()
}

/// All strings in quotes.
fn quoted(text: &str) -> BTreeSet<String> {
    text.split('"')
        .skip(1)
        .step_by(2)
        .map(ToOwned::to_owned)
        .chain(text.split('"').map(ToOwned::to_owned))
        .collect()
}

/// The keys that sources and templates name in calls.
fn requested(folder: &str) -> BTreeSet<String> {
    let sources = files(&[folder], &[".rs", ".html", ".txt"]);
    let texts: Vec<_> = sources.iter().map(read).collect();
    let calls = ["message(\"", "message_with(\""];
    let keys = texts.iter().flat_map(|text| {
        calls.iter().flat_map(|call| text.split(call).skip(1).filter_map(|rest| rest.split('"').next()))
    });
    keys.map(ToOwned::to_owned).collect()
}

#[test]
fn every_rule_that_is_built_is_named_by_a_test() {
    let rules = rules();
    assert!(rules.len() > 15, "{rules:?}");
    let tests: String = files(&RULE_TESTS, &[".rs"]).iter().map(read).collect();
    let untested: Vec<_> = rules
        .iter()
        .filter(|rule| !tests.contains(&format!("fn rule_{}_", rule.replace('.', "_"))))
        .collect();
    assert!(untested.is_empty(), "no test is named for {untested:?}");
}

#[test]
fn every_rule_that_is_named_is_built() {
    let rules: BTreeSet<_> = rules().into_iter().collect();
    for source in files(&RULE_TESTS, &[".rs"]) {
        let text = read(&source);
        let named = text.split("fn rule_").skip(1).filter_map(|rest| {
            let mut parts = rest.split('_');
            let (section, number) = (parts.next()?, parts.next()?);
            section.parse::<u8>().ok()?;
            Some(format!("{section}.{number}"))
        });
        for rule in named {
            assert!(
                rules.contains(&rule),
                "{}: there is no rule {rule} in functions/RULES.md",
                source.display()
            );
        }
    }
}

/// The numbers of the rules in `functions/RULES.md`.
fn rules() -> Vec<String> {
    let text = read(root().join("functions/RULES.md"));
    let mut section = String::new();
    let mut rules = Vec::new();
    for line in text.lines() {
        if let Some(title) = line.strip_prefix("## ") {
            title.split('.').next().unwrap().clone_into(&mut section);
        } else if let Some((number, _)) =
            line.split_once(". ").filter(|(number, _)| number.parse::<u8>().is_ok())
        {
            rules.push(format!("{section}.{number}"));
        }
    }
    rules
}

#[test]
fn rule_9_3_the_lists_of_a_flow_agree() {
    let template = local::Template::parse(&read(root().join("template.yaml"))).unwrap();
    let mut in_template: BTreeSet<_> = template.routes.values().cloned().collect();
    in_template.extend(template.readers.iter().map(|reader| reader.function.clone()));
    in_template.extend(template.schedules.iter().map(|schedule| schedule.function.clone()));
    in_template.extend(template.rules.iter().map(|rule| rule.function.clone()));
    in_template.extend(template.rotations.iter().map(|rotation| rotation.function.clone()));
    let mut in_local: BTreeSet<_> = local::FLOWS.iter().map(|(name, _)| (*name).to_owned()).collect();
    in_local.extend(local::WORKERS.iter().map(|(name, _)| (*name).to_owned()));
    in_local.extend([local::ROTATING, local::ROTATING_ORIGIN].map(ToOwned::to_owned));
    let folders = fs::read_dir(root().join("functions")).unwrap().map(|entry| entry.unwrap());
    let folders = folders.filter(|entry| entry.path().join("Cargo.toml").exists());
    let in_functions: BTreeSet<_> =
        folders.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    // A folder in it has further events of its function.
    let mut events = files(&["events"], &[".json"]);
    events.retain(|path| path.parent() == Some(&root().join("events")));
    let in_events: BTreeSet<_> =
        events.iter().map(|path| path.file_stem().unwrap().to_string_lossy().into_owned()).collect();
    let quick = read(root().join("scripts/affected"));
    let quick = quick.split_once("FUNCTIONS = {").unwrap().1.split_once("\n}").unwrap().0;
    let in_quick: BTreeSet<_> = quick
        .lines()
        .filter_map(|line| Some(line.trim().strip_prefix('"')?.split('"').next()?.to_owned()))
        .collect();
    for (list, functions) in [
        ("template.yaml", in_template),
        ("FLOWS and WORKERS of infra/local/src/flows.rs", in_local),
        ("events/", in_events),
        ("FUNCTIONS of scripts/affected", in_quick),
    ] {
        let differ: Vec<_> = functions.symmetric_difference(&in_functions).collect();
        assert!(differ.is_empty(), "{list} and functions/: only one of them has {differ:?}");
    }
}

#[test]
fn the_tests_that_the_tables_of_the_design_name_are_there() {
    let tests: String = files(&["functions", "tests/src"], &[".rs"]).iter().map(read).collect();
    for path in ["docs/design/conformance.md", "docs/design/threat-model.md"] {
        let table = read(root().join(path));
        assert!(!table.contains("TODO"));
        let named: BTreeSet<_> =
            table.split("::rule_").skip(1).filter_map(|rest| rest.split('`').next()).collect();
        assert!(named.len() > 15, "{named:?}");
        for name in named {
            assert!(tests.contains(&format!("fn rule_{name}(")), "{path} names rule_{name}");
        }
    }
}

#[test]
fn the_tests_that_docs_name_by_their_modules_are_there() {
    let modules = files(&["tests/src"], &[".rs"]);
    let tests: String = modules.iter().map(read).collect();
    // The tests of these two are made by macros.
    let is_module = |name: &str| {
        !["faults", "states"].contains(&name) && root().join(format!("tests/src/{name}.rs")).exists()
    };
    let mut found = 0;
    for path in files(&["docs"], &[".md"]) {
        let text = read(&path);
        let named = text.split('`').filter_map(|code| code.split_once("::"));
        for (_, test) in named.filter(|(module, test)| is_module(module) && !test.contains(' ')) {
            let name = test.rsplit("::").next().unwrap();
            let is_there = name.is_empty() || tests.contains(&format!("fn {name}("));
            assert!(is_there, "{}: there is no test {test}", path.display());
            found += 1;
        }
    }
    assert!(found > 50, "{found}");
}

/// `CloudWatch` rejects more at deployment, which the linter does not see.
#[test]
fn no_alarm_has_more_than_ten_metrics() {
    let template = read(root().join("template.yaml"));
    for alarm in template.split("Type: AWS::CloudWatch::Alarm").skip(1) {
        let own = alarm.split("TreatMissingData").next().unwrap();
        assert!(own.matches("MetricStat:").count() <= 10, "{own}");
    }
}

#[test]
fn files_can_be_held_in_the_head() {
    for path in files(
        &["functions", "infra/bank", "infra/demo", "infra/local/src", "infra/ops/src", "tests/src"],
        &[".rs", ".html", ".ftl"],
    ) {
        let lines = read(&path).lines().count();
        assert!(lines <= 400, "{}: {lines} lines", path.display());
    }
}

#[test]
fn a_main_is_wiring_and_nothing_else() {
    for path in files(&["functions"], &["main.rs"]) {
        assert!(read(&path).lines().count() <= 20, "{}", path.display());
    }
}

#[test]
fn the_map_of_the_table_names_every_kind_of_item() {
    let map = read(root().join("docs/design/data.md"));
    let mut kinds = 0;
    for path in files(&["functions/shared/table/src"], &[".rs"]) {
        for rest in read(&path).split("const NAME: &'static str = \"").skip(1) {
            let kind = rest.split('"').next().unwrap();
            kinds += 1;
            assert!(map.contains(&format!("| `{kind}` |")), "docs/design/data.md has no row for `{kind}`");
        }
    }
    assert_eq!(map.matches("\n| `").count(), kinds, "a row of docs/design/data.md is about nothing");
}
