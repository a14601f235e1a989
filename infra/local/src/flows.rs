//! The functions that the stand-in runs. A new function needs an entry here; a test compares them with `template.yaml`.

use std::sync::Arc;

use app::{App, Config};
use futures_util::future::BoxFuture;
use http_kernel::Flow;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

/// The flows behind the API, by binary name.
pub const FLOWS: [(&str, Flow); 18] = [
    ("activate", pages::flow(activate::ROUTES)),
    ("authorize", pages::flow(authorize::ROUTES)),
    ("contact", pages::flow(contact::ROUTES)),
    ("discovery", discovery::FLOW),
    ("dispute", pages::flow(dispute::ROUTES)),
    ("factors", pages::flow(factors::ROUTES)),
    ("federated", pages::flow(federated::ROUTES)),
    ("help", pages::flow(help::ROUTES)),
    ("login", pages::flow(login::ROUTES)),
    ("logout", pages::flow(logout::ROUTES)),
    ("mfa", pages::flow(mfa::ROUTES)),
    ("register", pages::flow(register::ROUTES)),
    ("reset", pages::flow(reset::ROUTES)),
    ("services", pages::flow(services::ROUTES)),
    ("settings", pages::flow(settings::ROUTES)),
    ("token", token::FLOW),
    ("unlock", pages::flow(unlock::ROUTES)),
    ("userinfo", userinfo::FLOW),
];

/// The functions on the table's stream, on schedules and on events, by binary name.
pub const WORKERS: [(&str, Worker); 4] = [
    ("canary", |app, event| invoke(event, |_: Value| canary::handle(&app.config))),
    ("expire", |app, event| invoke(event, |event| expire::handle(app, event))),
    ("mail_events", |app, event| invoke(event, |event| mail_events::handle(app, event))),
    ("outbox", |app, event| invoke(event, |event| outbox::handle(app, event))),
];

/// Invokes a function with an event; returns its result or its error message.
pub type Worker = for<'a> fn(&'a App, &'a Value) -> BoxFuture<'a, Result<Value, String>>;

fn invoke<'a, Event, Returned, Failed, Running>(
    event: &'a Value,
    handle: impl FnOnce(Event) -> Running + Send + 'a,
) -> BoxFuture<'a, Result<Value, String>>
where
    Event: DeserializeOwned + Send,
    Returned: Serialize,
    Failed: std::fmt::Display,
    Running: Future<Output = Result<Returned, Failed>> + Send,
{
    Box::pin(async move {
        let event = serde_json::from_str(&event.to_string()).map_err(|error| error.to_string())?;
        let returned = handle(event).await.map_err(|failed| failed.to_string())?;
        serde_json::to_value(returned).map_err(|error| error.to_string())
    })
}

/// The binary name of the function that rotates the signing keys.
pub const ROTATING: &str = "rotate";

/// Invokes the function that rotates the signing keys.
pub(crate) fn rotator(config: Arc<Config>) -> impl Fn(Value) -> BoxFuture<'static, Result<(), String>> {
    move |event| {
        let config = config.clone();
        Box::pin(async move { invoke(&event, |event| rotate::handle(&config, event)).await.map(drop) })
    }
}

/// The binary name of the function that rotates the origin secret.
pub const ROTATING_ORIGIN: &str = "rotate_origin";

/// Invokes the function that rotates the origin secret.
pub(crate) fn origin_rotator(
    config: Arc<Config>,
) -> impl Fn(Value) -> BoxFuture<'static, Result<(), String>> {
    move |event| {
        let config = config.clone();
        Box::pin(async move { invoke(&event, |event| rotate_origin::handle(&config, event)).await.map(drop) })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use http_kernel::{Method, Route};

    use super::*;
    use crate::template::Template;

    #[test]
    fn the_routes_of_each_flow_are_those_of_the_template() {
        let template = Template::parse(include_str!("../../../template.yaml")).unwrap();
        for (function, flow) in FLOWS {
            let routes: BTreeSet<String> = flow.routes().iter().map(key).collect();
            let in_template = template.routes.iter().filter(|(_, owner)| *owner == function);
            let in_template: BTreeSet<String> = in_template.map(|(key, _)| key.clone()).collect();
            assert_eq!(routes, in_template, "{function}: left ROUTES, right template.yaml");
        }
    }

    /// The route key, as API Gateway writes it. The flow gets every method of its paths: it answers HEAD like GET,
    /// preflight requests, and other methods with 405.
    fn key(route: &Route) -> String {
        match (route.path(), route.method()) {
            (Route::DEFAULT, _) => Route::DEFAULT.to_owned(),
            (path, Method::Get | Method::Post) => format!("ANY {path}"),
        }
    }

    #[test]
    fn the_functions_are_those_of_the_template() {
        let template = Template::parse(include_str!("../../../template.yaml")).unwrap();
        let routed: BTreeSet<&str> = template.routes.values().map(String::as_str).collect();
        let flows = FLOWS.iter().map(|(function, _)| *function).collect();
        assert_eq!(routed, flows, "left template.yaml, right FLOWS");

        let reading = template.readers.iter().map(|reader| reader.function.as_str());
        let scheduled = template.schedules.iter().map(|schedule| schedule.function.as_str());
        let ruled = template.rules.iter().map(|rule| rule.function.as_str());
        let working: BTreeSet<&str> = reading.chain(scheduled).chain(ruled).collect();
        let workers = WORKERS.iter().map(|(function, _)| *function).collect();
        assert_eq!(working, workers, "left template.yaml, right WORKERS");
        let rotating: BTreeSet<&str> =
            template.rotations.iter().map(|rotation| rotation.function.as_str()).collect();
        assert_eq!(rotating, BTreeSet::from([ROTATING, ROTATING_ORIGIN]), "left template.yaml");
    }
}
