//! The functions that can be run: a new one is a line here.

use std::sync::Arc;

use app::{App, Config};
use futures_util::future::BoxFuture;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use web::Served;

/// The flows behind the API, by their function's binary.
pub const FLOWS: [(&str, Served); 17] = [
    ("activate", Served::pages(activate::flow)),
    ("authorize", Served::pages(authorize::flow)),
    ("contact", Served::pages(contact::flow)),
    ("discovery", Served::json(discovery::flow)),
    ("disown", Served::pages(disown::flow)),
    ("factors", Served::pages(factors::flow)),
    ("federated", Served::pages(federated::flow)),
    ("login", Served::pages(login::flow)),
    ("logout", Served::pages(logout::flow)),
    ("mfa", Served::pages(mfa::flow)),
    ("register", Served::pages(register::flow)),
    ("reset", Served::pages(reset::flow)),
    ("services", Served::pages(services::flow)),
    ("settings", Served::pages(settings::flow)),
    ("token", Served::json(token::flow)),
    ("unlock", Served::pages(unlock::flow)),
    ("userinfo", Served::json(userinfo::flow)),
];

/// The functions on the table's stream and on schedules, by their binary.
pub const WORKERS: [(&str, Worker); 2] = [
    ("expire", |app, event| invoke(event, |event| expire::handle(app, event))),
    ("outbox", |app, event| invoke(event, |event| outbox::handle(app, event))),
];

/// Gives a function an event; what it returned, or why it failed.
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

/// The function that rotates the signing keys, by its binary.
pub const ROTATING: &str = "rotate";

/// What Secrets Manager calls to rotate the signing keys.
pub(crate) fn rotator(config: Arc<Config>) -> impl Fn(Value) -> BoxFuture<'static, Result<(), String>> {
    move |event| {
        let config = config.clone();
        Box::pin(async move { invoke(&event, |event| rotate::handle(&config, event)).await.map(drop) })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::template::Template;

    #[test]
    fn the_functions_are_the_templates() {
        let template = Template::parse(include_str!("../../../template.yaml")).unwrap();
        let routed: BTreeSet<&str> = template.routes.values().map(String::as_str).collect();
        assert_eq!(routed, FLOWS.iter().map(|(function, _)| *function).collect());

        let reading = template.readers.iter().map(|reader| reader.function.as_str());
        let scheduled = template.schedules.iter().map(|schedule| schedule.function.as_str());
        let working: BTreeSet<&str> = reading.chain(scheduled).collect();
        assert_eq!(working, WORKERS.iter().map(|(function, _)| *function).collect());
        let rotating: Vec<&str> =
            template.rotations.iter().map(|rotation| rotation.function.as_str()).collect();
        assert_eq!(rotating, [ROTATING]);
    }
}
