use super::*;

const HEAD: &str = "Resources: { T: { Type: 'AWS::DynamoDB::Table', Properties: {} }, F: { Type: 'AWS::Serverless::Function', ";

fn function(events: &str) -> Result<Template, Failure> {
    let binary = "Metadata: { BuildProperties: { Binary: f } }";
    Template::parse(&format!("{HEAD}{binary}, Properties: {{ Events: {{ {events} }} }} }} }}"))
}

fn template() -> Template {
    Template::parse(include_str!("../../../../template.yaml")).unwrap()
}

#[test]
fn a_request_selects_the_route_of_its_method_and_path() {
    let template = template();
    let function = |method, path| template.routes[template.route_key(method, path)].as_str();
    assert_eq!(function("GET", "/register"), "register");
    assert_eq!(function("POST", "/register/again"), "register");
    assert_eq!((function("GET", "/"), function("HEAD", "/login")), ("services", "login"));
    for (method, path) in
        [("GET", "/register/"), ("GET", "/nowhere"), ("PUT", "/nowhere"), ("HEAD", ""), ("GET", "")]
    {
        assert_eq!(template.route_key(method, path), DEFAULT_ROUTE, "{method} {path}");
    }
}

#[test]
fn the_stream_has_at_most_two_readers() {
    // DynamoDB allows no more on a shard.
    assert!(template().readers.len() <= 2);
}

#[test]
fn a_route_of_any_method_has_the_lowest_precedence() {
    let any = "A: { Type: HttpApi, Properties: { Method: any, Path: /a } }";
    let get = "B: { Type: HttpApi, Properties: { Method: get, Path: /a } }";
    let template = function(&format!("{any}, {get}")).unwrap();
    assert_eq!(template.route_key("GET", "/a"), "GET /a");
    assert_eq!(template.route_key("POST", "/a"), "ANY /a");
}

#[test]
fn a_variable_is_one_segment_and_yields_to_literal_paths() {
    let variable = "A: { Type: HttpApi, Properties: { Method: GET, Path: '/back/{from}' } }";
    let written = "B: { Type: HttpApi, Properties: { Method: GET, Path: /back/home } }";
    let template = function(&format!("{variable}, {written}")).unwrap();
    assert_eq!(template.route_key("GET", "/back/home"), "GET /back/home");
    assert_eq!(template.route_key("GET", "/back/bank"), "GET /back/{from}");
    for (method, path) in [("POST", "/back/bank"), ("GET", "/back/"), ("GET", "/back/a/b"), ("GET", "/back")]
    {
        assert_eq!(template.route_key(method, path), DEFAULT_ROUTE, "{method} {path}");
    }
}

#[test]
fn what_is_not_implemented_is_rejected() {
    let route = "A: { Type: HttpApi, Properties: { Method: GET, Path: /a } }";
    let cases = [
        "A: { Type: SQS }".to_owned(),
        "A: { Type: HttpApi, Properties: { Method: GET, Path: '/{proxy+}' } }".to_owned(),
        "A: { Type: HttpApi, Properties: { Path: /a } }".to_owned(),
        "A: { Type: Schedule, Properties: { Schedule: 'cron(0 1 * * ? *)' } }".to_owned(),
        "A: { Type: DynamoDB, Properties: { FilterCriteria: { Filters: [{ Pattern: '[]' }] } } }".to_owned(),
        format!("{route}, {}", route.replacen('A', "B", 1)),
    ];
    for events in cases {
        assert!(function(&events).is_err(), "{events}");
    }
    assert!(function(route).is_ok());
    assert!(Template::parse("Resources: {}").is_err());
    assert!(Template::parse("- ").is_err());
}
