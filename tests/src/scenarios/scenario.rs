//! What a scenario consists of.

use futures_util::future::BoxFuture;

use super::{SCENARIOS, Step};
use crate::support::{browser::Browser, env::TestEnv, phone::Phone};

/// A sequence of steps, and the state in which they start.
#[derive(Debug)]
pub(crate) struct Scenario {
    pub(crate) name: &'static str,
    /// Runs before any fault is injected.
    pub(crate) prepare: Prepare,
    pub(crate) steps: &'static [Step],
}

pub(crate) type Prepare = for<'a> fn(&'a TestEnv) -> BoxFuture<'a, Prepared>;

/// What the steps start with.
#[derive(Clone)]
pub(crate) struct Prepared {
    pub(crate) browser: Browser,
    /// The link that [`Step::OpenPreparedLink`] opens.
    pub(crate) link: Option<String>,
    /// The authenticator whose codes [`Step::AuthenticatorCode`] enters.
    pub(crate) authenticator: Option<Phone>,
}

impl Scenario {
    pub(crate) fn named(name: &str) -> &'static Self {
        SCENARIOS.iter().find(|scenario| scenario.name == name).expect("the macro lists every scenario")
    }

    pub(crate) fn has(&self, is_wanted: impl Fn(&Step) -> bool) -> bool {
        self.steps.iter().any(is_wanted)
    }
}

/// Defines [`SCENARIOS`], and `for_each_scenario!`, which passes the names of all scenarios to another macro: an entry
/// here makes its tests.
macro_rules! scenarios {
    ($(Scenario { name: $name:ident, prepare: $prepare:expr, steps: $steps:expr $(,)? }),* $(,)?) => {
        pub(crate) const SCENARIOS: &[Scenario] =
            &[$(Scenario { name: stringify!($name), prepare: $prepare, steps: $steps }),*];

        macro_rules! for_each_scenario {
            ($callback:ident) => { $callback! { $($name)* } };
        }
        pub(crate) use for_each_scenario;
    };
}
