//! `template.yaml` as the stand-in reads it: routes, stream readers, schedules and the table are written there alone.

use std::collections::{BTreeMap, BTreeSet};

use jiff::SignedDuration;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::{
    failure::{Failure, While},
    filter::Filter,
};

/// The route of whatever no other route takes.
pub const DEFAULT_ROUTE: &str = "$default";

/// What the stand-in needs of `template.yaml`.
#[derive(Debug)]
pub struct Template {
    /// The function (its binary's name) of each route key: `GET /register`, or [`DEFAULT_ROUTE`].
    pub routes: BTreeMap<String, String>,
    /// Who reads the table's stream.
    pub readers: Vec<Reader>,
    /// What runs by the clock.
    pub schedules: Vec<Schedule>,
    /// What Secrets Manager rotates a secret by, and how often.
    pub rotations: Vec<Schedule>,
    /// The table, as `CreateTable` and `UpdateTimeToLive` take it.
    pub table: TableDefinition,
    /// What each function (its binary's name) may do with the table: `dynamodb:PutItem`, and `dynamodb:Query/index/NAME`
    /// on an index.
    pub permissions: BTreeMap<String, BTreeSet<String>>,
}

/// A function on the table's stream.
#[derive(Debug)]
pub struct Reader {
    /// Its binary's name.
    pub function: String,
    /// How many records it is given at most.
    pub batch_size: usize,
    /// It is given what one of these matches; everything when there is none.
    pub filters: Vec<Filter>,
}

/// A function that runs every so often.
#[derive(Debug)]
pub struct Schedule {
    /// Its binary's name.
    pub function: String,
    /// The time between runs.
    pub every: SignedDuration,
}

/// The table's definition.
#[derive(Clone, Debug, PartialEq)]
pub struct TableDefinition {
    /// The request to `CreateTable`, but for `TableName`.
    pub create: Map<String, Value>,
    /// `TimeToLiveSpecification`.
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
        let of = |pointer: &str| resource.properties.pointer(pointer).and_then(Value::as_str);
        let function = of("/RotationLambdaARN").and_then(|arn| self.resources.get(arn.strip_suffix(".Arn")?));
        let binary =
            function.and_then(Resource::binary).ok_or_else(|| Failure::new("its function is missing"))?;
        Schedule::of(binary, of("/RotationRules/ScheduleExpression"))
    }
}

impl Resource {
    /// A function's binary.
    fn binary(&self) -> Option<&str> {
        self.metadata.pointer("/BuildProperties/Binary").and_then(Value::as_str)
    }
}

impl Template {
    /// Reads the template's YAML.
    ///
    /// # Errors
    /// [`Failure`] when something in it is not understood: it would run otherwise on AWS.
    pub fn parse(yaml: &str) -> Result<Self, Failure> {
        let document: serde_norway::Value = serde_norway::from_str(yaml).while_("reading template.yaml")?;
        let document: Document = serde_json::from_value(plain(document)).while_("reading template.yaml")?;

        let table = document.resources.values().find(|resource| resource.r#type == "AWS::DynamoDB::Table");
        let table = table.ok_or_else(|| Failure::new("template.yaml has no AWS::DynamoDB::Table"))?;
        let table = TableDefinition::of(&table.properties);

        let mut template = Self {
            routes: BTreeMap::new(),
            readers: Vec::new(),
            schedules: Vec::new(),
            rotations: Vec::new(),
            table,
            permissions: BTreeMap::new(),
        };
        for (name, resource) in &document.resources {
            if resource.r#type == "AWS::Serverless::Function" {
                template.add_function(resource).while_(name)?;
            }
            if resource.r#type == "AWS::SecretsManager::RotationSchedule" {
                template.rotations.push(document.rotation(resource).while_(name)?);
            }
        }
        Ok(template)
    }

    fn add_function(&mut self, resource: &Resource) -> Result<(), Failure> {
        let binary =
            resource.binary().ok_or_else(|| Failure::new("Metadata.BuildProperties.Binary is missing"))?;
        self.permissions.insert(binary.to_owned(), permissions(&resource.properties));
        let events = resource.properties.get("Events").cloned().unwrap_or_else(|| json!({}));
        let events: BTreeMap<String, Event> = serde_json::from_value(events).while_("reading Events")?;
        events.into_values().try_for_each(|event| self.add_event(binary, &event))
    }

    fn add_event(&mut self, function: &str, event: &Event) -> Result<(), Failure> {
        let of = |name: &str| event.properties.get(name).and_then(Value::as_str);
        match event.r#type.as_str() {
            "HttpApi" => self.add_route(function, (of("Method"), of("Path")))?,
            "DynamoDB" => self.readers.push(Reader::of(function, &event.properties)?),
            "Schedule" => self.schedules.push(Schedule::of(function, of("Schedule"))?),
            "ScheduleV2" => self.schedules.push(Schedule::of(function, of("ScheduleExpression"))?),
            other => return Err(Failure::new(format!("an event's type {other} is not known here"))),
        }
        Ok(())
    }

    fn add_route(&mut self, function: &str, place: (Option<&str>, Option<&str>)) -> Result<(), Failure> {
        let key = match place {
            (_, None | Some(DEFAULT_ROUTE)) => DEFAULT_ROUTE.to_owned(),
            (Some(method), Some(path)) if is_understood(path) => format!("{} {path}", method.to_uppercase()),
            (method, path) => {
                return Err(Failure::new(format!("the route {method:?} {path:?} is not understood here")));
            }
        };
        match self.routes.insert(key.clone(), function.to_owned()) {
            None => Ok(()),
            Some(other) => Err(Failure::new(format!("the route {key} is also {other}'s"))),
        }
    }

    /// The key of the route that takes a request, as API Gateway chooses it.
    #[must_use]
    pub fn route_key(&self, method: &str, path: &str) -> &str {
        let exact = [method, "ANY"].map(|method| format!("{method} {path}"));
        let found = exact.iter().find_map(|key| self.routes.get_key_value(key)).map(|(key, _)| key);
        // A path that is written out comes before one with a variable.
        let with_variable = || {
            let fits = |key: &&String| {
                let (of, path_of) = key.split_once(' ').unwrap_or_default();
                path_of.contains('{') && [method, "ANY"].contains(&of) && fits(path_of, path)
            };
            self.routes.keys().find(fits)
        };
        found.or_else(with_variable).map_or(DEFAULT_ROUTE, String::as_str)
    }
}

/// Variables stand for whole parts of a path, and for one each.
fn is_understood(path: &str) -> bool {
    path.split('/').all(|part| !part.contains(['{', '}']) || is_variable(part))
}

fn is_variable(part: &str) -> bool {
    part.len() > 2 && part.starts_with('{') && part.ends_with('}') && !part.contains('+')
}

fn fits(route: &str, path: &str) -> bool {
    let (mut of, mut parts) = (route.split('/'), path.split('/'));
    loop {
        match (of.next(), parts.next()) {
            (None, None) => return true,
            (Some(own), Some(part)) if own == part || (is_variable(own) && !part.is_empty()) => {}
            _ => return false,
        }
    }
}

/// What a function's own statements let it do with the table.
fn permissions(properties: &Value) -> BTreeSet<String> {
    let policies = properties.get("Policies").and_then(Value::as_array).into_iter().flatten();
    let statements = policies.filter_map(|policy| policy.get("Statement")).flat_map(several);
    let allowed = statements.filter(|statement| statement["Effect"] == "Allow").flat_map(|statement| {
        let index = statement["Resource"].as_str().and_then(|resource| resource.split_once("/index/"));
        let index = index.map(|(_, name)| format!("/index/{name}")).unwrap_or_default();
        several(&statement["Action"])
            .filter_map(Value::as_str)
            .map(move |action| format!("{action}{index}"))
            .collect::<Vec<_>>()
    });
    allowed.filter(|action| action.starts_with("dynamodb:")).collect()
}

/// The elements of a list, or what stands in its place alone.
fn several(value: &Value) -> impl Iterator<Item = &Value> {
    let (list, alone) = match value {
        Value::Array(list) => (list.as_slice(), None),
        alone => (&[][..], Some(alone)),
    };
    list.iter().chain(alone)
}

impl Reader {
    fn of(function: &str, properties: &Value) -> Result<Self, Failure> {
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

    /// Whether the function is given this stream record.
    #[must_use]
    pub fn wants(&self, record: &Value) -> bool {
        self.filters.is_empty() || self.filters.iter().any(|filter| filter.matches(record))
    }
}

impl Schedule {
    fn of(function: &str, expression: Option<&str>) -> Result<Self, Failure> {
        let every = expression.and_then(rate);
        let every =
            every.ok_or_else(|| Failure::new(format!("the schedule {expression:?} is not a rate")))?;
        Ok(Self { function: function.to_owned(), every })
    }
}

/// The duration of `rate(5 minutes)`.
fn rate(expression: &str) -> Option<SignedDuration> {
    let (count, unit) = expression.strip_prefix("rate(")?.strip_suffix(')')?.split_once(' ')?;
    let minutes = match unit.trim_end_matches('s') {
        "minute" => 1,
        "hour" => 60,
        "day" => 24 * 60,
        _ => return None,
    };
    let minutes = count.parse::<i64>().ok()?.checked_mul(minutes)?;
    (minutes > 0).then(|| SignedDuration::from_mins(minutes))
}

impl TableDefinition {
    fn of(properties: &Value) -> Self {
        let taken = ["KeySchema", "AttributeDefinitions", "GlobalSecondaryIndexes", "BillingMode"];
        let taken =
            taken.into_iter().filter_map(|name| Some((name.to_owned(), properties.get(name)?.clone())));
        let mut create: Map<String, Value> = taken.collect();
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

/// YAML as JSON; of a tag (`!Ref Api`) what it was put on.
fn plain(value: serde_norway::Value) -> Value {
    use serde_norway::Value as Yaml;
    match value {
        Yaml::Tagged(tagged) => plain(tagged.value),
        Yaml::Sequence(values) => values.into_iter().map(plain).collect(),
        Yaml::Mapping(fields) => fields
            .into_iter()
            .filter_map(|(name, value)| Some((name.as_str()?.to_owned(), plain(value))))
            .collect::<Map<_, _>>()
            .into(),
        scalar => serde_json::to_value(scalar).unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "Resources: { T: { Type: 'AWS::DynamoDB::Table', Properties: {} }, F: { Type: 'AWS::Serverless::Function', ";

    fn function(events: &str) -> Result<Template, Failure> {
        let binary = "Metadata: { BuildProperties: { Binary: f } }";
        Template::parse(&format!("{HEAD}{binary}, Properties: {{ Events: {{ {events} }} }} }} }}"))
    }

    fn our_own() -> Template {
        Template::parse(include_str!("../../../template.yaml")).unwrap()
    }

    #[test]
    fn a_request_goes_to_the_route_of_its_method_and_path() {
        let template = our_own();
        let function = |method, path| template.routes[template.route_key(method, path)].as_str();
        assert_eq!(function("GET", "/register"), "register");
        assert_eq!(function("POST", "/register/again"), "register");
        assert_eq!(function("GET", "/"), "services");
        for (method, path) in
            [("GET", "/register/"), ("PUT", "/register"), ("HEAD", "/"), ("GET", "/nowhere"), ("GET", "")]
        {
            assert_eq!(template.route_key(method, path), DEFAULT_ROUTE, "{method} {path}");
        }
    }

    #[test]
    fn the_streams_readers_are_at_most_two() {
        // DynamoDB allows no more on a shard.
        assert!(our_own().readers.len() <= 2);
    }

    #[test]
    fn any_method_comes_after_the_methods_own_route() {
        let any = "A: { Type: HttpApi, Properties: { Method: any, Path: /a } }";
        let get = "B: { Type: HttpApi, Properties: { Method: get, Path: /a } }";
        let template = function(&format!("{any}, {get}")).unwrap();
        assert_eq!(template.route_key("GET", "/a"), "GET /a");
        assert_eq!(template.route_key("POST", "/a"), "ANY /a");
    }

    #[test]
    fn a_variable_is_one_part_of_a_path_and_comes_after_what_is_written_out() {
        let variable = "A: { Type: HttpApi, Properties: { Method: GET, Path: '/back/{from}' } }";
        let written = "B: { Type: HttpApi, Properties: { Method: GET, Path: /back/home } }";
        let template = function(&format!("{variable}, {written}")).unwrap();
        assert_eq!(template.route_key("GET", "/back/home"), "GET /back/home");
        assert_eq!(template.route_key("GET", "/back/bank"), "GET /back/{from}");
        for (method, path) in
            [("POST", "/back/bank"), ("GET", "/back/"), ("GET", "/back/a/b"), ("GET", "/back")]
        {
            assert_eq!(template.route_key(method, path), DEFAULT_ROUTE, "{method} {path}");
        }
    }

    #[test]
    fn schedules_are_rates() {
        assert_eq!(rate("rate(1 minute)"), Some(SignedDuration::from_mins(1)));
        assert_eq!(rate("rate(12 hours)"), Some(SignedDuration::from_hours(12)));
        for bad in ["", "rate()", "rate(0 minutes)", "rate(-1 minutes)", "rate(1 week)", "cron(0 1 * * ? *)"]
        {
            assert_eq!(rate(bad), None, "{bad}");
        }
    }

    #[test]
    fn what_is_not_understood_is_refused() {
        let route = "A: { Type: HttpApi, Properties: { Method: GET, Path: /a } }";
        let cases = [
            "A: { Type: SQS }".to_owned(),
            "A: { Type: HttpApi, Properties: { Method: GET, Path: '/{proxy+}' } }".to_owned(),
            "A: { Type: HttpApi, Properties: { Path: /a } }".to_owned(),
            "A: { Type: Schedule, Properties: { Schedule: 'cron(0 1 * * ? *)' } }".to_owned(),
            "A: { Type: DynamoDB, Properties: { FilterCriteria: { Filters: [{ Pattern: '[]' }] } } }"
                .to_owned(),
            format!("{route}, {}", route.replacen('A', "B", 1)),
        ];
        for events in cases {
            assert!(function(&events).is_err(), "{events}");
        }
        assert!(function(route).is_ok());
        assert!(Template::parse("Resources: {}").is_err());
        assert!(Template::parse("- ").is_err());
    }
}
