//! A demo government service on an origin of its own, and where its sign-ins begin at the product's.

use std::sync::Arc;

use askama::Template;
use axum::{
    Router,
    extract::{Query, State},
    http::{HeaderMap, StatusCode, header},
    response::{Html, IntoResponse, Response},
    routing::get,
};
use domain::{
    secret::PreSession,
    transaction::{Service, Transaction},
};
use serde_json::{Map, Value};
use web::CookieName;

use crate::{failure::Failure, stack::Stack};

/// What a query string holds, in its order.
type Parameters = Query<Vec<(String, String)>>;

/// The service's own pages.
pub(crate) fn router(stack: Arc<Stack>) -> Router {
    Router::new().route("/", get(start)).route("/return", get(come_back)).with_state(stack)
}

/// Where a sign-in to the service begins, on the product's origin: the transaction is bound to a cookie there.
pub(crate) fn begin_router(stack: Arc<Stack>) -> Router {
    Router::new().route("/_local/begin", get(begin)).with_state(stack)
}

#[derive(Template)]
#[template(path = "start.html")]
struct Start {
    sign_in: String,
}

#[derive(Template)]
#[template(path = "return.html")]
struct Return {
    claims: String,
}

async fn start(State(stack): State<Arc<Stack>>, Query(parameters): Parameters) -> Response {
    let asked = parameters
        .iter()
        .filter(|(name, _)| name == "ui_locales")
        .map(|(name, value)| (name.as_str(), value.as_str()));
    let query = serde_html_form::to_string([("service", "1")].into_iter().chain(asked).collect::<Vec<_>>());
    page(&Start { sign_in: format!("{}/_local/begin?{}", stack.origins.product, query.unwrap_or_default()) })
}

async fn come_back(Query(parameters): Parameters) -> Response {
    let claims: Map<String, Value> =
        parameters.into_iter().map(|(name, value)| (name, value.into())).collect();
    page(&Return { claims: format!("{:#}", Value::Object(claims)) })
}

async fn begin(
    State(stack): State<Arc<Stack>>,
    headers: HeaderMap,
    Query(parameters): Parameters,
) -> Response {
    let browser = pre_session(&headers);
    let secret = browser.clone().unwrap_or_else(|| stack.app.new_secret());
    match begin_transaction(&stack, &secret).await {
        Ok(transaction) => {
            let name = CookieName::Browser.as_str();
            let cookie =
                format!("{name}={}; Path=/; Max-Age=86400; Secure; HttpOnly; SameSite=Lax", secret.expose());
            let cookie = browser.is_none().then_some([(header::SET_COOKIE, cookie)]);
            (StatusCode::SEE_OTHER, cookie, [(header::LOCATION, sign_in_page(&transaction, &parameters))])
                .into_response()
        }
        Err(failure) => (StatusCode::SERVICE_UNAVAILABLE, failure.to_string()).into_response(),
    }
}

async fn begin_transaction(stack: &Stack, browser: &PreSession) -> Result<String, Failure> {
    let service = demo(&stack.origins.service);
    let transaction = Transaction::begin(stack.app.new_id(), browser, service, stack.app.now());
    let begun = stack.app.table.begin_transaction(&transaction).await;
    begun.map_err(|error| Failure::new(format!("beginning a sign-in: {}", error.reason)))?;
    Ok(transaction.id.to_string())
}

fn demo(origin: &str) -> Service {
    Service {
        name_en: "Ministry demo".to_owned(),
        name_fr: "Service de démonstration".to_owned(),
        start_url: format!("{origin}/"),
        return_url: format!("{origin}/return"),
    }
}

fn sign_in_page(transaction: &str, parameters: &[(String, String)]) -> String {
    let language = parameters.iter().find(|(name, _)| name == "ui_locales");
    let language = language.map(|(name, value)| (name.as_str(), value.as_str()));
    let query = [("transaction", transaction)].into_iter().chain(language).collect::<Vec<_>>();
    format!("/login?{}", serde_html_form::to_string(query).unwrap_or_default())
}

/// The browser's own secret, if it has one: transactions are bound to it (RULES 3.2).
fn pre_session(headers: &HeaderMap) -> Option<PreSession> {
    let lines = headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
    let pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs
        .filter(|(name, _)| *name == CookieName::Browser.as_str())
        .find_map(|(_, value)| PreSession::parse(value))
}

fn page(page: &impl Template) -> Response {
    match page.render() {
        Ok(page) => Html(page).into_response(),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_language_is_passed_on_and_nothing_else() {
        let parameters = [("service", "1"), ("ui_locales", "fr-CA en"), ("return", "//evil.example")];
        let parameters = parameters.map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(sign_in_page("id", &parameters), "/login?transaction=id&ui_locales=fr-CA+en");
        assert_eq!(sign_in_page("id", &[]), "/login?transaction=id");
    }

    #[test]
    fn a_browser_keeps_its_secret() {
        let secret = PreSession::from_random([1; 32]);
        let headers = |line: &str| HeaderMap::from_iter([(header::COOKIE, line.parse().unwrap())]);
        let found = pre_session(&headers(&format!("a=1; __Host-pre={}", secret.expose())));
        assert!(found.unwrap().hash() == secret.hash());
        assert!(pre_session(&headers("__Host-pre=broken")).is_none());
        assert!(pre_session(&HeaderMap::new()).is_none());
    }
}
