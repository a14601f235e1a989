//! The binaries of a release, and what its template gives each of its functions.

use std::{
    collections::BTreeMap,
    env, fs,
    path::{Path, PathBuf},
};

use local::{Stack, Template};

use super::{function::Function, names, root};

pub(super) struct Release {
    binaries: PathBuf,
    pub(super) template: Template,
    is_earlier: bool,
}

impl Release {
    /// The one of this source; the variable `BINARIES` names another folder than that of the release build.
    pub(super) fn current() -> Self {
        let binaries = env::var("BINARIES").map_or_else(|_| root().join("target/release"), PathBuf::from);
        Self { binaries, template: template(&root().join("template.yaml")), is_earlier: false }
    }

    /// An earlier one: binaries and template in the folder that the variable `EARLIER_RELEASE` names.
    pub(super) fn earlier() -> Self {
        let folder = env::var("EARLIER_RELEASE").expect("scripts/test-releases sets EARLIER_RELEASE");
        let binaries = PathBuf::from(folder);
        let template = template(&binaries.join("template.yaml"));
        Self { binaries, template, is_earlier: true }
    }

    /// Starts its functions. An earlier release may have fewer.
    pub(super) fn start(&self, stack: &Stack, logs: &Path) -> BTreeMap<&'static str, Function> {
        let environment = |name| stack.environment_of(name, &self.template);
        let of_release = names().filter(|name| !self.is_earlier || self.binaries.join(name).exists());
        of_release.map(|name| (name, Function::start(&self.binary(name), logs, &environment(name)))).collect()
    }

    /// The path of a function's binary.
    pub(super) fn binary(&self, name: &str) -> PathBuf {
        let path = self.binaries.join(name);
        assert!(path.exists(), "{} is not built: run scripts/test, or cargo build --release", path.display());
        path
    }
}

fn template(path: &Path) -> Template {
    Template::parse(&fs::read_to_string(path).unwrap()).unwrap()
}
