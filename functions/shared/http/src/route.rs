//! Routes: which handler responds to which method and path.

use futures_util::future::BoxFuture;
use lambda_http::Body;

use crate::{Error, HttpError, Parts, Request, Response, Result, cookies};

/// A handler: from a request to a response.
pub type Handler = for<'a> fn(&'a Request<'a>) -> BoxFuture<'a, Result<Response>>;

/// The method of a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Method {
    /// GET. It makes no change that a resident has to confirm.
    Get,
    /// POST.
    Post,
}

/// A method and a path of a flow, and the handler that responds to it.
#[derive(Clone, Copy)]
pub struct Route {
    method: Method,
    path: &'static str,
    handler: Handler,
}

impl Route {
    /// The path that API Gateway routes everything to that no other route matches.
    pub const DEFAULT: &'static str = "$default";

    /// A route for [`Method::Get`]. A segment `{name}` of the path matches any one segment; the handler reads it with
    /// [`Request::path_parameter`].
    #[must_use]
    pub const fn get(path: &'static str, handler: Handler) -> Self {
        Self { method: Method::Get, path, handler }
    }

    /// A route for [`Method::Post`].
    #[must_use]
    pub const fn post(path: &'static str, handler: Handler) -> Self {
        Self { method: Method::Post, path, handler }
    }

    /// The method it matches.
    #[must_use]
    pub const fn method(&self) -> Method {
        self.method
    }

    /// The path it matches, as `template.yaml` writes it.
    #[must_use]
    pub const fn path(&self) -> &'static str {
        self.path
    }

    fn matches(&self, method: Method, path: &str) -> bool {
        self.method == method && is_match(self.path, path)
    }
}

fn is_match(pattern: &str, path: &str) -> bool {
    let (mut pattern, mut path) = (pattern.split('/'), path.split('/'));
    loop {
        match (pattern.next(), path.next()) {
            (None, None) => return true,
            (Some(pattern), Some(segment)) if pattern == segment || is_parameter(pattern, segment) => {}
            _ => return false,
        }
    }
}

fn is_parameter(pattern: &str, segment: &str) -> bool {
    pattern.starts_with('{') && pattern.ends_with('}') && !segment.is_empty()
}

/// The routes of one Lambda function, and how its errors become responses.
#[derive(Clone, Copy)]
pub struct Flow {
    routes: &'static [Route],
    error_response: fn(&Parts, &HttpError) -> Response,
    sets_cookies: bool,
}

impl Flow {
    /// A flow of pages for browsers; `error_response` renders the page of an error.
    #[must_use]
    pub const fn pages(routes: &'static [Route], error_response: fn(&Parts, &HttpError) -> Response) -> Self {
        Self { routes, error_response, sets_cookies: true }
    }

    /// A flow that services call: it responds with JSON, sets no cookies, and its errors are those of OAuth
    /// (RFC 6749 section 5.2).
    #[must_use]
    pub const fn json(routes: &'static [Route]) -> Self {
        Self { routes, error_response: HttpError::json_response, sets_cookies: false }
    }

    /// The routes.
    #[must_use]
    pub const fn routes(&self) -> &'static [Route] {
        self.routes
    }

    pub(crate) async fn handle(&self, request: &Request<'_>) -> Result<Response> {
        let method = if request.is_post() { Method::Post } else { Method::Get };
        match self.routes.iter().find(|route| route.matches(method, request.path())) {
            Some(route) => (route.handler)(&request.on_route(route.path)).await,
            None => Err(HttpError::not_found().into()),
        }
    }

    /// The response of a handler's result, with the headers and cookies that every response has.
    pub(crate) fn finish(&self, parts: &Parts, result: Result<Response>) -> lambda_http::Response<Body> {
        let response = match result.map_err(Error::into_response) {
            Ok(response) | Err(Ok(response)) => response,
            Err(Err(error)) => {
                error.log(parts);
                let sets_no_cookies = error.sets_no_cookies();
                let response = (self.error_response)(parts, &error);
                if sets_no_cookies { response.without_cookies() } else { response }
            }
        };
        let response =
            if self.sets_cookies { cookies::with_browser_cookies(parts, response) } else { response };
        response.into_http(parts.language(), self.sets_cookies && parts.is_post())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parameter_matches_one_segment() {
        assert!(is_match("/federated/callback/{partner}", "/federated/callback/bank"));
        for path in ["/federated/callback", "/federated/callback/", "/federated/callback/a/b", "/federated"] {
            assert!(!is_match("/federated/callback/{partner}", path), "{path}");
        }
        assert!(is_match("/", "/") && !is_match("/", "/login") && !is_match("/login", "/login/"));
    }
}
