//! Observes the functions' calls to the table, checks them more strictly than the embedded database does, and injects
//! faults.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex},
    time::Duration,
};

use aws_smithy_runtime_api::{
    box_error::BoxError,
    client::{
        interceptors::{
            Intercept, SharedInterceptor,
            context::{
                BeforeDeserializationInterceptorContextMut, BeforeSerializationInterceptorContextRef,
                BeforeTransmitInterceptorContextMut,
            },
        },
        runtime_components::RuntimeComponents,
    },
    http::{Response, StatusCode},
};
use aws_smithy_types::{
    body::SdkBody,
    config_bag::{ConfigBag, Storable, StoreReplace},
    retry::RetryConfig,
};
use local::LEADING_KEYS;
use serde_json::Value;

/// What happens to a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// It is made and gets its response.
    None,
    /// It is not made; the response is this error.
    Refused(&'static str),
    /// It is made, and its response is lost: the client sees this error.
    AnswerLost(&'static str),
}

/// One attempt of a call.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(crate) operation: String,
    pub(crate) body: Value,
    /// How often passwords were hashed and estimated before it.
    pub(crate) work: (u64, u64),
}

type Rule = Box<dyn FnMut(&Call) -> Fault + Send>;

#[derive(Clone, Default)]
pub(crate) struct Watch(Arc<Mutex<Inner>>);

#[derive(Default)]
struct Inner {
    calls: Vec<Call>,
    violations: Vec<String>,
    /// How each function used the table, as IAM names the actions.
    uses: BTreeMap<String, BTreeSet<String>>,
    rule: Option<Rule>,
    retries_at_once: bool,
}

impl Watch {
    pub(crate) fn interceptor(&self) -> SharedInterceptor {
        SharedInterceptor::new(self.clone())
    }

    /// Sets the rule that decides what happens to each attempt.
    pub(crate) fn decide_by(&self, rule: impl FnMut(&Call) -> Fault + Send + 'static) {
        self.0.lock().unwrap().rule = Some(Box::new(rule));
    }

    /// Leaves out the waiting between attempts; their number stays.
    pub(crate) fn retry_at_once(&self) {
        self.0.lock().unwrap().retries_at_once = true;
    }

    /// Stops injecting faults.
    pub(crate) fn recover(&self) {
        self.0.lock().unwrap().rule = None;
    }

    /// Takes the calls since the last time.
    pub(crate) fn take_calls(&self) -> Vec<Call> {
        std::mem::take(&mut self.0.lock().unwrap().calls)
    }

    /// The calls that AWS would reject or a rule forbids: reads that guard a decision and are not strongly consistent, or
    /// use an index; names and values that no expression of their request uses.
    pub(crate) fn violations(&self) -> Vec<String> {
        self.0.lock().unwrap().violations.clone()
    }

    /// How each function used the table so far, as IAM names the actions.
    pub(crate) fn uses(&self) -> BTreeMap<String, BTreeSet<String>> {
        self.0.lock().unwrap().uses.clone()
    }

    fn judge(&self, call: Call) -> Fault {
        let mut inner = self.0.lock().unwrap();
        if let Some(function) = local::running_function() {
            inner.uses.entry(function).or_default().extend(call.permissions());
        }
        let fault = inner.rule.as_mut().map_or(Fault::None, |rule| rule(&call));
        if !call.is_consistent() {
            inner.violations.push(format!("not consistent: {}", call.body));
        }
        inner.violations.extend(unused(&call.body));
        inner.calls.push(call);
        fault
    }
}

impl Call {
    /// The IAM actions that the call needs, those of its writes for a transaction, and the beginnings of the partition keys of
    /// the table that it names.
    fn permissions(&self) -> Vec<String> {
        let action = |name: &str| format!("dynamodb:{name}");
        let actions = match (self.operation.as_str(), self.body["IndexName"].as_str()) {
            (_, Some(index)) => return vec![format!("dynamodb:{}/index/{index}", self.operation)],
            ("TransactWriteItems", None) => {
                let writes = self.body["TransactItems"].as_array().unwrap().iter();
                let kinds = writes.flat_map(|write| write.as_object().unwrap().keys());
                let names = kinds.map(|kind| match kind.as_str() {
                    "ConditionCheck" => action("ConditionCheckItem"),
                    kind => action(&format!("{kind}Item")),
                });
                names.collect()
            }
            (operation, None) => vec![action(operation)],
        };
        let mut keys = Vec::new();
        leading_keys(&self.body, &mut keys);
        actions.into_iter().chain(keys).collect()
    }

    fn is_consistent(&self) -> bool {
        match self.operation.as_str() {
            // The sweep's index only finds candidates: the lease decides.
            "Query" if self.body["IndexName"] == "due" => true,
            "Query" | "GetItem" | "Scan" => self.body["ConsistentRead"] == true,
            "BatchGetItem" => self.body["RequestItems"]
                .as_object()
                .unwrap()
                .values()
                .all(|table| table["ConsistentRead"] == true),
            _ => true,
        }
    }
}

/// What IAM compares with `dynamodb:LeadingKeys`: the partition keys in a request, up to their first `#`.
fn leading_keys(request: &Value, found: &mut Vec<String>) {
    let parts = request.as_object().into_iter().flatten();
    for (name, part) in parts {
        if let ("pk" | ":pk", Some(key)) = (name.as_str(), part["S"].as_str()) {
            let (beginning, rest) = key.split_once('#').map_or((key, ""), |(beginning, _)| (beginning, "#*"));
            found.push(format!("{LEADING_KEYS}{beginning}{rest}"));
        }
        leading_keys(part, found);
    }
    for part in request.as_array().into_iter().flatten() {
        leading_keys(part, found);
    }
}

fn unused(request: &Value) -> Vec<String> {
    let inner = request.as_object().into_iter().flatten().flat_map(|(_, part)| match part {
        Value::Array(parts) => parts.iter().flat_map(unused).collect(),
        part => unused(part),
    });
    let mut found: Vec<String> = inner.collect();
    let Some(parts) = request.as_object() else { return found };
    let texts: Vec<_> = parts
        .iter()
        .filter(|(name, _)| name.ends_with("Expression"))
        .filter_map(|(_, text)| text.as_str())
        .collect();
    for name in ["ExpressionAttributeNames", "ExpressionAttributeValues"] {
        let names = parts.get(name).and_then(Value::as_object).into_iter().flat_map(|names| names.keys());
        let is_unused =
            |name: &&String| !texts.iter().any(|text| words(text).any(|word| word == name.as_str()));
        found.extend(names.filter(is_unused).map(|name| format!("{name} in {texts:?}")));
    }
    found
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric() && !matches!(c, '_' | '#' | ':'))
}

/// The error that replaces an attempt's response.
#[derive(Debug)]
struct Answer(&'static str);

impl Storable for Answer {
    type Storer = StoreReplace<Self>;
}

impl Intercept for Watch {
    fn name(&self) -> &'static str {
        "watch"
    }

    fn read_before_execution(
        &self,
        _context: &BeforeSerializationInterceptorContextRef<'_>,
        bag: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        if self.0.lock().unwrap().retries_at_once
            && let Some(retries) = bag.load::<RetryConfig>().cloned()
        {
            bag.interceptor_state().store_put(retries.with_initial_backoff(Duration::from_millis(1)));
        }
        Ok(())
    }

    fn modify_before_transmit(
        &self,
        context: &mut BeforeTransmitInterceptorContextMut<'_>,
        _components: &RuntimeComponents,
        bag: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let request = context.request_mut();
        let operation =
            request.headers().get("x-amz-target").unwrap_or_default().rsplit('.').next().unwrap().to_owned();
        let body = serde_json::from_slice(request.body().bytes().unwrap_or_default()).unwrap_or_default();
        match self.judge(Call { operation, body, work: crate::budget::costly_work() }) {
            Fault::None => {
                bag.interceptor_state().unset::<Answer>();
            }
            Fault::AnswerLost(error) => {
                bag.interceptor_state().store_put(Answer(error));
            }
            Fault::Refused(error) => {
                // The database rejects an unknown operation without doing anything.
                request.headers_mut().insert("x-amz-target", "DynamoDB_20120810.Nothing");
                bag.interceptor_state().store_put(Answer(error));
            }
        }
        Ok(())
    }

    fn modify_before_deserialization(
        &self,
        context: &mut BeforeDeserializationInterceptorContextMut<'_>,
        _components: &RuntimeComponents,
        bag: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        if let Some(Answer(error)) = bag.load::<Answer>() {
            let status = if *error == "InternalServerError" { 500 } else { 400 };
            *context.response_mut() =
                Response::new(StatusCode::try_from(status)?, SdkBody::from(body(error).to_string()));
        }
        Ok(())
    }
}

fn body(error: &str) -> Value {
    let kind = format!("com.amazonaws.dynamodb.v20120810#{error}");
    match error {
        // As AWS reports a transaction that conflicts with another one.
        "TransactionCanceledException" => {
            serde_json::json!({ "__type": kind, "Message": "Transaction cancelled", "CancellationReasons": [{ "Code": "TransactionConflict" }] })
        }
        _ => serde_json::json!({ "__type": kind, "message": error }),
    }
}

impl std::fmt::Debug for Watch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Watch")
    }
}
