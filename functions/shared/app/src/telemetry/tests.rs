use std::{
    io,
    sync::{Arc, Mutex},
};

use serde_json::json;

use super::*;

#[derive(Clone, Default)]
struct Buffer(Arc<Mutex<Vec<u8>>>);

impl io::Write for Buffer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

async fn lines(work: impl Future<Output = ()>) -> Vec<Value> {
    let buffer = Buffer::default();
    let writer = buffer.clone();
    let _logs = tracing::subscriber::set_default(subscriber(move || writer.clone()));
    work.await;
    let text = String::from_utf8(buffer.0.lock().unwrap().clone()).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// The dimension sets of a metric, as its line declares them.
fn dimensions(line: &Value, metric: &str) -> Value {
    let directives = line["_aws"]["CloudWatchMetrics"].as_array().unwrap();
    let of = |directive: &&Value| directive["Metrics"][0]["Name"] == metric;
    let found = directives.iter().find(of).unwrap_or_else(|| panic!("{metric} in {line}"));
    assert_eq!(found["Namespace"], "MyOntarioAccount");
    found["Dimensions"].clone()
}

#[tokio::test]
async fn rule_9_11_an_invocation_writes_one_line_with_all_its_metrics() {
    let lines = lines(async {
        // The cold start of this process.
        invocation(async {}).await;
        invocation(async {
            count(Counter::SignIns(Way::Password));
            count(Counter::Conflicts);
            count(Counter::Conflicts);
            measure(Timer::HashDuration, Duration::from_micros(27_140));
            measure(Timer::HashDuration, Duration::from_millis(30));
            measure(Timer::ActivationDelay, Duration::from_secs(90));
            note("status", 303);
        })
        .await;
        invocation(async {}).await;
    })
    .await;
    assert_eq!(lines.len(), 2, "{lines:?}");
    assert_eq!((&lines[0]["ColdStarts"], &lines[0]["cold"]), (&json!(1), &json!(true)));
    let line = &lines[1];
    assert_eq!(dimensions(line, "SignIns"), json!([[], ["Way"]]));
    assert_eq!((&line["SignIns"], &line["Way"]), (&json!(1), &json!("password")));
    assert_eq!(dimensions(line, "Conflicts"), json!([[], ["FunctionName"]]));
    assert_eq!(line["Conflicts"], 2);
    assert_eq!(line["HashDuration"], json!([27.1, 30]));
    assert_eq!(line["ActivationDelay"], 90);
    assert_eq!((&line["status"], &line["FunctionName"]), (&json!(303), &json!("")));
}

#[tokio::test]
async fn rule_9_11_a_label_has_one_value_on_a_line() {
    let lines = lines(invocation(async {
        for kind in ["Code", "Locked", "Code"] {
            count(Counter::OutboxSent(kind));
        }
        count(Counter::Refusals("stale-form"));
        for _ in 0..101 {
            measure(Timer::RequestDuration, Duration::from_millis(5));
        }
    }))
    .await;
    let sent: Vec<_> = lines.iter().map(|line| (&line["Kind"], &line["OutboxSent"])).collect();
    assert_eq!(sent, [(&json!("Code"), &json!(2)), (&json!("Locked"), &json!(1))]);
    assert_eq!(lines[0]["Reason"], "stale-form");
    let values = lines[0]["RequestDuration"].as_array().unwrap().len();
    assert_eq!((values, &lines[1]["RequestDuration"]), (100, &json!(5)), "a line takes 100 values");
}

#[tokio::test]
async fn rule_9_11_what_happens_in_the_background_has_a_line_of_its_own() {
    let lines = lines(async {
        count(Counter::KeyRefreshFailures);
        note("dropped", true);
    })
    .await;
    assert_eq!(lines.len(), 1);
    assert_eq!(lines[0]["KeyRefreshFailures"], 1);
    assert_eq!(dimensions(&lines[0], "KeyRefreshFailures"), json!([[]]));
}

#[test]
fn rule_9_11_every_metric_has_a_name_of_its_own() {
    let names: Vec<_> = Definition::all().map(|metric| metric.name).collect();
    let mut different = names.clone();
    different.sort_unstable();
    different.dedup();
    assert_eq!(names.len(), different.len(), "{names:?}");
}
