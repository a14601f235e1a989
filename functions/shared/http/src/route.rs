//! Routes: which handler responds to which method and path.

use domain::language::Language;
use futures_util::future::BoxFuture;
use lambda_http::Body;

use crate::{Error, HttpError, Parts, Request, Response, Result, cookies, headers::Opener};

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
    page: Option<&'static str>,
    crosses_origins: bool,
}

impl Route {
    /// The path that API Gateway routes everything to that no other route matches.
    pub const DEFAULT: &'static str = "$default";

    /// A route for [`Method::Get`]. A segment `{name}` of the path matches any one segment; the handler reads it with
    /// [`Request::path_parameter`].
    #[must_use]
    pub const fn get(path: &'static str, handler: Handler) -> Self {
        Self::new(Method::Get, path, handler)
    }

    /// A route for [`Method::Post`].
    #[must_use]
    pub const fn post(path: &'static str, handler: Handler) -> Self {
        Self::new(Method::Post, path, handler)
    }

    const fn new(method: Method, path: &'static str, handler: Handler) -> Self {
        Self { method, path, handler, page: None, crosses_origins: false }
    }

    /// The same route, whose form is on the page at `page`: no page has the path of the route.
    #[must_use]
    pub const fn on_page(self, page: &'static str) -> Self {
        Self { page: Some(page), ..self }
    }

    /// The same route, where browsers come from a service or a partner, or go to one. It redirects to other origins at
    /// once, and a pop-up keeps its opener. No form of ours may lead to it: browsers apply the `form-action` of its page to
    /// every redirect that follows (RULES 3.2).
    #[must_use]
    pub const fn crossing_origins(self) -> Self {
        Self { crosses_origins: true, ..self }
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

    /// The path of the page that a request on this route comes from or shows; `None` when that is the request's own path.
    #[must_use]
    pub const fn page(&self) -> Option<&'static str> {
        self.page
    }

    pub(crate) const fn crosses_origins(&self) -> bool {
        self.crosses_origins
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

/// The pages that the kernel shows on behalf of a flow.
#[derive(Clone, Copy)]
pub struct KernelPages {
    /// The page of an error.
    pub error: fn(&Parts, &HttpError) -> Response,
    /// The page that continues at an address of another origin.
    pub onward: fn(&Parts, Language, &str) -> Response,
}

/// The routes of one Lambda function, and how its results become responses.
#[derive(Clone, Copy)]
pub struct Flow {
    routes: &'static [Route],
    pages: Option<KernelPages>,
}

impl Flow {
    /// A flow of pages for browsers.
    #[must_use]
    pub const fn pages(routes: &'static [Route], pages: KernelPages) -> Self {
        Self { routes, pages: Some(pages) }
    }

    /// A flow that services call: it responds with JSON, sets no cookies, and its errors are those of OAuth
    /// (RFC 6749 section 5.2).
    #[must_use]
    pub const fn json(routes: &'static [Route]) -> Self {
        Self { routes, pages: None }
    }

    /// The routes.
    #[must_use]
    pub const fn routes(&self) -> &'static [Route] {
        self.routes
    }

    /// The route of a method and a path.
    pub(crate) fn route(&self, method: Method, path: &str) -> Option<&'static Route> {
        self.routes.iter().find(|route| route.matches(method, path))
    }

    pub(crate) async fn handle(&self, request: &Request<'_>) -> Result<Response> {
        match request.route() {
            Some(route) => (route.handler)(request).await,
            None => Err(HttpError::not_found().into()),
        }
    }

    /// The response of a handler's result, with the headers and cookies that every response has.
    pub(crate) fn finish(&self, parts: &Parts, result: Result<Response>) -> lambda_http::Response<Body> {
        let result = result.map_err(Error::into_response);
        let Some(pages) = &self.pages else {
            let response = match result {
                Ok(response) | Err(Ok(response)) => response,
                Err(Err(error)) => {
                    error.log(parts);
                    error.json_response()
                }
            };
            return response.into_http(parts.language(), Opener::Severed);
        };
        let response = match result {
            Ok(response) | Err(Ok(response)) => pages.end_chain(parts, response),
            Err(Err(error)) => {
                error.log(parts);
                let sets_no_cookies = error.sets_no_cookies();
                let response = (pages.error)(parts, &error);
                if sets_no_cookies { response.without_cookies() } else { response }
            }
        };
        // What names somebody is in no cache, not even for the Back button (RULES 3.8).
        let is_for_back = parts.is_post() && !parts.may_name_somebody();
        let response = if is_for_back { response.let_back_show_it() } else { response };
        let opener = if parts.is_sign_in_for_service() { Opener::Kept } else { Opener::Severed };
        cookies::with_browser_cookies(parts, response).into_http(parts.language(), opener)
    }
}

impl KernelPages {
    /// The response, unless it redirects to another origin: then the page that continues there. A browser applies the
    /// `form-action` of a page to all redirects that follow its form, and nobody knows where those of a service end. The
    /// chain of a form therefore ends at a page of ours (RULES 3.2).
    fn end_chain(&self, parts: &Parts, response: Response) -> Response {
        match response.foreign_location() {
            Some(url) if !parts.crosses_origins() => {
                let page = (self.onward)(parts, response.language().unwrap_or_else(|| parts.language()), url);
                page.holding_secret().with_cookies_of(response)
            }
            _ => response,
        }
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
