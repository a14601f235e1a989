//! Reads `template.yaml`, the only definition of routes, stream readers, schedules, permissions and the table.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use app::{App, Config, key_secret_variable};
use domain::keys::KeyPurpose;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::{
    failure::{Context, Failure},
    filter::Filter,
};

mod triggers;

pub use triggers::{EventRule, Schedule};

/// Stands before the beginning of a partition key in [`Template::permissions`].
pub const LEADING_KEYS: &str = "dynamodb:LeadingKeys/";

/// The route of requests that match no other route.
pub const DEFAULT_ROUTE: &str = "$default";

/// The parts of `template.yaml` that the stand-in implements.
#[derive(Debug)]
pub struct Template {
    /// The function of each route key, by binary name. A key is `GET /register` or [`DEFAULT_ROUTE`].
    pub routes: BTreeMap<String, String>,
    /// The functions that read the table's stream.
    pub readers: Vec<Reader>,
    /// The functions that run on a schedule.
    pub schedules: Vec<Schedule>,
    /// The functions that rules of `EventBridge` invoke.
    pub rules: Vec<EventRule>,
    /// The functions that rotate a secret.
    pub rotations: Vec<Schedule>,
    /// The table.
    pub table: TableDefinition,
    /// What each function may do with the table, by binary name: `dynamodb:PutItem`, `dynamodb:Query/index/NAME` for an index,
    /// and [`LEADING_KEYS`] with the beginnings of the partition keys of its items.
    pub permissions: BTreeMap<String, BTreeSet<String>>,
    /// The secrets with keys, and the origin secret, that each function reads, by binary name: the environment variable that names each, and its
    /// resource.
    pub secrets: BTreeMap<String, BTreeMap<String, String>>,
}

/// A function that reads the table's stream.
#[derive(Debug)]
pub struct Reader {
    /// The binary name of the function.
    pub function: String,
    /// The maximum number of records per invocation.
    pub batch_size: usize,
    /// The function receives the records that match one of these; without filters, all records.
    pub filters: Vec<Filter>,
}

/// The definition of the table.
#[derive(Clone, Debug, PartialEq)]
pub struct TableDefinition {
    /// The `CreateTable` request without `TableName`.
    pub create: Map<String, Value>,
    /// The `TimeToLiveSpecification` of `UpdateTimeToLive`.
    pub time_to_live: Value,
}

#[derive(Deserialize)]
struct Document {
    #[serde(rename = "Resources")]
    resources: BTreeMap<String, Resource>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Resource {
    r#type: String,
    #[serde(default)]
    properties: Value,
    #[serde(default)]
    metadata: Value,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Event {
    r#type: String,
    #[serde(default)]
    properties: Value,
}

impl Document {
    fn rotation(&self, resource: &Resource) -> Result<Schedule, Failure> {
        let text = |pointer: &str| resource.properties.pointer(pointer).and_then(Value::as_str);
        let function =
            text("/RotationLambdaARN").and_then(|arn| self.resources.get(arn.strip_suffix(".Arn")?));
        let binary = function
            .and_then(Resource::binary)
            .ok_or_else(|| Failure::new("RotationLambdaARN names no function"))?;
        Schedule::new(binary, text("/RotationRules/ScheduleExpression"))
    }
}

impl Resource {
    /// The binary name of a function.
    fn binary(&self) -> Option<&str> {
        self.metadata.pointer("/BuildProperties/Binary").and_then(Value::as_str)
    }
}

impl Template {
    /// Parses the template.
    ///
    /// # Errors
    /// [`Failure`] when it contains something that is not implemented here.
    pub fn parse(yaml: &str) -> Result<Self, Failure> {
        let document: yaml_serde::Value = yaml_serde::from_str(yaml).context("reading template.yaml")?;
        let document: Document =
            serde_json::from_value(without_tags(document)).context("reading template.yaml")?;

        let table = document.resources.values().find(|resource| resource.r#type == "AWS::DynamoDB::Table");
        let table = table.ok_or_else(|| Failure::new("template.yaml has no AWS::DynamoDB::Table"))?;
        let table = TableDefinition::new(&table.properties);

        let mut template = Self {
            routes: BTreeMap::new(),
            readers: Vec::new(),
            schedules: Vec::new(),
            rules: Vec::new(),
            rotations: Vec::new(),
            table,
            permissions: BTreeMap::new(),
            secrets: BTreeMap::new(),
        };
        for (name, resource) in &document.resources {
            if resource.r#type == "AWS::Serverless::Function" {
                template.add_function(resource).context(name)?;
            }
            if resource.r#type == "AWS::SecretsManager::RotationSchedule" {
                template.rotations.push(document.rotation(resource).context(name)?);
            }
        }
        Ok(template)
    }

    fn add_function(&mut self, resource: &Resource) -> Result<(), Failure> {
        let binary =
            resource.binary().ok_or_else(|| Failure::new("Metadata.BuildProperties.Binary is missing"))?;
        self.permissions.insert(binary.to_owned(), permissions(&resource.properties));
        self.secrets.insert(binary.to_owned(), secrets(&resource.properties).context("reading Policies")?);
        let events = resource.properties.get("Events").cloned().unwrap_or_else(|| json!({}));
        let events: BTreeMap<String, Event> = serde_json::from_value(events).context("reading Events")?;
        events.into_values().try_for_each(|event| self.add_event(binary, &event))
    }

    fn add_event(&mut self, function: &str, event: &Event) -> Result<(), Failure> {
        let text = |name: &str| event.properties.get(name).and_then(Value::as_str);
        match event.r#type.as_str() {
            "HttpApi" => self.add_route(function, text("Method"), text("Path"))?,
            "DynamoDB" => self.readers.push(Reader::new(function, &event.properties)?),
            "EventBridgeRule" => self.rules.push(EventRule::new(function, &event.properties)?),
            "Schedule" => self.schedules.push(Schedule::new(function, text("Schedule"))?),
            "ScheduleV2" => self.schedules.push(Schedule::new(function, text("ScheduleExpression"))?),
            other => return Err(Failure::new(format!("the event type {other} is not implemented"))),
        }
        Ok(())
    }

    fn add_route(&mut self, function: &str, method: Option<&str>, path: Option<&str>) -> Result<(), Failure> {
        let key = match (method, path) {
            (_, None | Some(DEFAULT_ROUTE)) => DEFAULT_ROUTE.to_owned(),
            (Some(method), Some(path)) if is_implemented(path) => format!("{} {path}", method.to_uppercase()),
            (method, path) => {
                return Err(Failure::new(format!("the route {method:?} {path:?} is not implemented")));
            }
        };
        match self.routes.insert(key.clone(), function.to_owned()) {
            None => Ok(()),
            Some(other) => Err(Failure::new(format!("the route {key} also belongs to {other}"))),
        }
    }

    /// The app as a function has it: with the keys that the template gives to the function, and no others.
    #[must_use]
    pub fn app_of(&self, function: &str, app: &App) -> App {
        let has = |variable| self.secrets.get(function).is_some_and(|secrets| secrets.contains_key(variable));
        let purposes = KeyPurpose::ALL.into_iter().filter(|purpose| has(key_secret_variable(*purpose)));
        let app = app.restricted(&purposes.collect::<Vec<_>>());
        let mut config = Config::clone(&app.config);
        config.signing_keys_secret.take_if(|_| !has("SIGNING_KEYS_SECRET"));
        config.public_keys_secret.take_if(|_| !has("PUBLIC_KEYS_SECRET"));
        config.origin_secret.take_if(|_| !has("ORIGIN_SECRET"));
        app.configured(Arc::new(config))
    }

    /// The key of the route that API Gateway selects for a request.
    #[must_use]
    pub fn route_key(&self, method: &str, path: &str) -> &str {
        let exact = [method, "ANY"].map(|method| format!("{method} {path}"));
        let found = exact.iter().find_map(|key| self.routes.get_key_value(key)).map(|(key, _)| key);
        // A literal path takes precedence over a path with a variable.
        let with_variable = || {
            let fits = |key: &&String| {
                let (route_method, route_path) = key.split_once(' ').unwrap_or_default();
                route_path.contains('{') && [method, "ANY"].contains(&route_method) && fits(route_path, path)
            };
            self.routes.keys().find(fits)
        };
        found.or_else(with_variable).map_or(DEFAULT_ROUTE, String::as_str)
    }
}

/// Only variables that stand for one whole segment of a path are implemented.
fn is_implemented(path: &str) -> bool {
    path.split('/').all(|part| !part.contains(['{', '}']) || is_variable(part))
}

fn is_variable(part: &str) -> bool {
    part.len() > 2 && part.starts_with('{') && part.ends_with('}') && !part.contains('+')
}

fn fits(route: &str, path: &str) -> bool {
    let (mut pattern, mut segments) = (route.split('/'), path.split('/'));
    loop {
        match (pattern.next(), segments.next()) {
            (None, None) => return true,
            (Some(expected), Some(segment))
                if expected == segment || (is_variable(expected) && !segment.is_empty()) => {}
            _ => return false,
        }
    }
}

/// The table actions that a function's policy statements allow.
fn permissions(properties: &Value) -> BTreeSet<String> {
    let policies = properties.get("Policies").and_then(Value::as_array).into_iter().flatten();
    let statements = policies.filter_map(|policy| policy.get("Statement")).flat_map(several);
    let allowed = statements.filter(|statement| statement["Effect"] == "Allow").flat_map(|statement| {
        let index = statement["Resource"].as_str().and_then(|resource| resource.split_once("/index/"));
        let index = index.map(|(_, name)| format!("/index/{name}")).unwrap_or_default();
        let keys = statement.pointer("/Condition/ForAllValues:StringLike/dynamodb:LeadingKeys");
        let keys = keys.into_iter().flat_map(several).filter_map(Value::as_str);
        let keys = keys.map(|key| format!("{LEADING_KEYS}{key}"));
        several(&statement["Action"])
            .filter_map(Value::as_str)
            .map(move |action| format!("{action}{index}"))
            .chain(keys)
            .collect::<Vec<_>>()
    });
    allowed.filter(|action| action.starts_with("dynamodb:")).collect()
}

/// Whether an environment variable names a secret whose reader the template names: one with keys, or the origin secret.
pub(crate) fn is_secret_with_keys(variable: &str) -> bool {
    variable.ends_with("_KEYS_SECRET") || variable == "ORIGIN_SECRET"
}

/// The secrets with keys that the environment of a function names.
///
/// # Errors
/// [`Failure`] when its policy allows to read others.
fn secrets(properties: &Value) -> Result<BTreeMap<String, String>, Failure> {
    let variables = properties.pointer("/Environment/Variables").and_then(Value::as_object);
    let variables = variables.into_iter().flatten().filter(|(name, _)| is_secret_with_keys(name));
    let named: BTreeMap<_, _> = variables
        .filter_map(|(name, resource)| Some((name.clone(), resource.as_str()?.to_owned())))
        .collect();
    let policies = properties.get("Policies").and_then(Value::as_array).into_iter().flatten();
    let statements = policies.filter_map(|policy| policy.get("Statement")).flat_map(several);
    let reading = statements.filter(|statement| {
        several(&statement["Action"]).any(|action| action == "secretsmanager:GetSecretValue")
    });
    let readable = reading.flat_map(|statement| several(&statement["Resource"])).filter_map(Value::as_str);
    // Other secrets, such as the account of the synthetic resident, hold no keys.
    let has_keys = |resource: &&str| resource.ends_with("Keys") || *resource == "OriginSecret";
    let readable: BTreeSet<_> = readable.filter(has_keys).collect();
    if readable == named.values().map(String::as_str).collect() {
        Ok(named)
    } else {
        Err(Failure::new(format!("the environment names {named:?}, and the policy allows {readable:?}")))
    }
}

/// The elements of a list, or a single value.
fn several(value: &Value) -> impl Iterator<Item = &Value> {
    let (list, alone) = match value {
        Value::Array(list) => (list.as_slice(), None),
        alone => (&[][..], Some(alone)),
    };
    list.iter().chain(alone)
}

impl Reader {
    fn new(function: &str, properties: &Value) -> Result<Self, Failure> {
        let patterns = properties.pointer("/FilterCriteria/Filters").and_then(Value::as_array);
        let patterns = patterns.into_iter().flatten().filter_map(|filter| filter.get("Pattern"));
        let filters = patterns.map(|pattern| Filter::parse(pattern.as_str().unwrap_or_default()));
        let batch_size =
            properties.get("BatchSize").and_then(Value::as_u64).and_then(|size| size.try_into().ok());
        Ok(Self {
            function: function.to_owned(),
            batch_size: batch_size.unwrap_or(100),
            filters: filters.collect::<Result<_, _>>()?,
        })
    }

    /// Whether the function receives this stream record.
    #[must_use]
    pub fn wants(&self, record: &Value) -> bool {
        self.filters.is_empty() || self.filters.iter().any(|filter| filter.matches(record))
    }
}

impl TableDefinition {
    fn new(properties: &Value) -> Self {
        let names = ["KeySchema", "AttributeDefinitions", "GlobalSecondaryIndexes", "BillingMode"];
        let copied =
            names.into_iter().filter_map(|name| Some((name.to_owned(), properties.get(name)?.clone())));
        let mut create: Map<String, Value> = copied.collect();
        // CloudFormation's StreamSpecification is always enabled.
        if let Some(view) = properties.pointer("/StreamSpecification/StreamViewType") {
            create.insert(
                "StreamSpecification".into(),
                json!({ "StreamEnabled": true, "StreamViewType": view }),
            );
        }
        let time_to_live = properties.get("TimeToLiveSpecification").cloned().unwrap_or(Value::Null);
        Self { create, time_to_live }
    }
}

/// Converts YAML to JSON; a tagged value (`!Ref Api`) becomes the value.
fn without_tags(value: yaml_serde::Value) -> Value {
    use yaml_serde::Value as Yaml;
    match value {
        Yaml::Tagged(tagged) => without_tags(tagged.value),
        Yaml::Sequence(values) => values.into_iter().map(without_tags).collect(),
        Yaml::Mapping(fields) => fields
            .into_iter()
            .filter_map(|(name, value)| Some((name.as_str()?.to_owned(), without_tags(value))))
            .collect::<Map<_, _>>()
            .into(),
        scalar => serde_json::to_value(scalar).unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests;
