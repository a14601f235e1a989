//! Routes: which handler responds to which method and path.

use std::collections::BTreeSet;

use app::telemetry::{self, Counter};
use domain::language::Language;
use futures_util::future::BoxFuture;
use lambda_http::{Body, http};
use table::Table;

use crate::{
    Error, HttpError, Next, PageContent, Parts, Request, Response, Result, Visitor, cookies,
    deadline::Deadline, header, headers::Opener,
};

/// A handler: from a request to a response.
pub type Handler = for<'a> fn(&'a Request<'a>) -> BoxFuture<'a, Result<Response>>;

/// The method of a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Method {
    /// GET, and HEAD, which is answered in the same way without the body. It makes no change that a resident has to
    /// confirm.
    Get,
    /// POST.
    Post,
}

impl Method {
    /// The route's method for a request's; `None` when no route can have it.
    fn of(method: &http::Method) -> Option<Self> {
        match *method {
            http::Method::GET | http::Method::HEAD => Some(Self::Get),
            http::Method::POST => Some(Self::Post),
            _ => None,
        }
    }

    /// The methods of requests, as `Allow` lists them (RFC 9110 section 10.2.1).
    fn allowed(self) -> &'static str {
        match self {
            Self::Get => "GET, HEAD",
            Self::Post => "POST",
        }
    }
}

/// A method and a path of a flow, and the handler that responds to it.
#[derive(Clone, Copy)]
pub struct Route {
    method: Method,
    path: &'static str,
    handler: Handler,
    page: Option<&'static str>,
    shows_form_again: bool,
    crosses_origins: bool,
}

impl Route {
    /// The path that API Gateway routes everything to that no other route matches.
    pub const DEFAULT: &'static str = "$default";

    /// A route for [`Method::Get`], which includes HEAD. A segment `{name}` of the path matches any one segment; the
    /// handler reads it with [`Request::path_parameter`].
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
        Self { method, path, handler, page: None, shows_form_again: false, crosses_origins: false }
    }

    /// The same route, whose form is on the page at `page`: no page has the path of the route.
    #[must_use]
    pub const fn on_page(self, page: &'static str) -> Self {
        Self { page: Some(page), ..self }
    }

    /// The same route, whose handler shows its form again, with what was typed, and does nothing else when
    /// [`Parts::is_language_toggle`] says so.
    #[must_use]
    pub const fn showing_form_again(self) -> Self {
        Self { shows_form_again: true, ..self }
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

    /// The path of the page whose form is posted to this route; `None` when that is the path of the route.
    #[must_use]
    pub const fn page(&self) -> Option<&'static str> {
        self.page
    }

    pub(crate) const fn shows_form_again(&self) -> bool {
        self.shows_form_again
    }

    pub(crate) const fn crosses_origins(&self) -> bool {
        self.crosses_origins
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
    /// A page in its layout, as HTML.
    pub layout: fn(&Parts, PageContent, &Visitor) -> String,
}

/// The routes of one Lambda function, and how its results become responses.
#[derive(Clone, Copy)]
pub struct Flow {
    routes: &'static [Route],
    pages: Option<KernelPages>,
    is_cross_origin: bool,
}

impl Flow {
    /// A flow of pages for browsers.
    #[must_use]
    pub const fn pages(routes: &'static [Route], pages: KernelPages) -> Self {
        Self { routes, pages: Some(pages), is_cross_origin: false }
    }

    /// A flow that services call: it responds with JSON, sets no cookies, and its errors are those of OAuth
    /// (RFC 6749 section 5.2).
    #[must_use]
    pub const fn json(routes: &'static [Route]) -> Self {
        Self { routes, pages: None, is_cross_origin: false }
    }

    /// The same flow, which scripts of any origin may call: it answers their preflight requests (CORS). It must not rely on
    /// cookies.
    #[must_use]
    pub const fn cross_origin(self) -> Self {
        Self { is_cross_origin: true, ..self }
    }

    /// The routes.
    #[must_use]
    pub const fn routes(&self) -> &'static [Route] {
        self.routes
    }

    /// The route of a method and a path.
    pub(crate) fn route(&self, method: &http::Method, path: &str) -> Option<&'static Route> {
        let method = Method::of(method)?;
        self.routes.iter().find(|route| route.method == method && is_match(route.path, path))
    }

    /// Runs the handler of the request's path and method. API Gateway routes every method of a path here.
    ///
    /// A flow of pages needs the keys of forms before anything else: a page without them would have forms that fail.
    pub(crate) async fn handle(&self, request: &Request<'_>) -> Result<Response> {
        if self.pages.is_some() {
            request.keys().form()?;
        }
        if let Some(route) = request.route() {
            return (route.handler)(request).await;
        }
        let here = || self.routes.iter().filter(|route| is_match(route.path, request.path()));
        if here().next().is_none() {
            return Err(HttpError::not_found().into());
        }
        let methods: BTreeSet<Method> = here().map(|route| route.method).collect();
        let mut allowed: Vec<_> = methods.iter().map(|method| method.allowed()).collect();
        if self.is_cross_origin {
            allowed.push("OPTIONS");
        }
        let allowed = allowed.join(", ");
        if self.is_cross_origin && *request.method() == http::Method::OPTIONS {
            return Ok(Response::preflight(allowed));
        }
        let has_page = methods.contains(&Method::Get);
        let next = if has_page { Next::Page } else { Next::Return };
        Err(HttpError::method_not_allowed(allowed, next).into())
    }

    /// The path of the route, for the log: what a client sent as a path may be personal (RULES 9.6).
    fn route_of(&self, path: &str) -> &'static str {
        self.routes.iter().find(|route| is_match(route.path, path)).map_or(Route::DEFAULT, |route| route.path)
    }

    /// The response of a handler's result, in its layout, with the headers and cookies that every response has.
    pub(crate) async fn finish(
        &self,
        parts: &Parts,
        result: Result<Response>,
        table: Option<&Table>,
        deadline: Deadline,
    ) -> lambda_http::Response<Body> {
        let route = self.route_of(parts.path());
        parts.describe(route);
        let response = match result.map_err(Error::into_response) {
            Ok(response) | Err(Ok(response)) => match &self.pages {
                Some(pages) => pages.end_chain(parts, response),
                None => response,
            },
            Err(Err(error)) => {
                error.log(parts, route);
                let sets_no_cookies = error.sets_no_cookies();
                let mut response = match &self.pages {
                    // Without the table there is nobody to show.
                    Some(pages) if error.is_failure() => {
                        (pages.error)(parts, &error).shown_to(Visitor::default())
                    }
                    Some(pages) => (pages.error)(parts, &error),
                    None => error.json_response(),
                };
                if !error.is_failure() {
                    response = response.refused(error.name());
                }
                if let Some(allowed) = error.allowed() {
                    response = response.with_header(header::ALLOW, allowed);
                }
                if sets_no_cookies { response.without_cookies() } else { response }
            }
        };
        if let Some((status, reason)) = response.refusal() {
            telemetry::note("reason", reason);
            telemetry::count(Counter::Refusals(reason));
            if status == http::StatusCode::TOO_MANY_REQUESTS {
                telemetry::count(Counter::Limited(reason));
            }
        }
        let response = match &self.pages {
            Some(pages) => pages.in_layout(parts, response, table, deadline).await,
            None => response,
        };
        let response = if self.is_cross_origin { response.for_any_origin() } else { response };
        let mut response =
            self.with_page_headers(parts, response).into_http(parts.language(), self.opener(parts));
        if parts.method() == http::Method::HEAD {
            *response.body_mut() = Body::Empty;
        }
        response
    }

    /// The response of a flow of pages with the cookies that each page sets.
    fn with_page_headers(&self, parts: &Parts, response: Response) -> Response {
        if self.pages.is_none() {
            return response;
        }
        // What names somebody is in no cache, not even for the Back button (RULES 3.8).
        let is_for_back = parts.is_post() && !parts.may_name_somebody();
        let response = if is_for_back { response.let_back_show_it() } else { response };
        cookies::with_browser_cookies(parts, response)
    }

    fn opener(&self, parts: &Parts) -> Opener {
        let is_kept = self.pages.is_some() && parts.is_sign_in_for_service();
        if is_kept { Opener::Kept } else { Opener::Severed }
    }
}

impl KernelPages {
    /// The page in its layout. Whom it is shown to is read, if no handler knew: see [`Visitor`].
    async fn in_layout(
        &self,
        parts: &Parts,
        mut response: Response,
        table: Option<&Table>,
        deadline: Deadline,
    ) -> Response {
        let Some((content, known)) = response.take_page() else { return response };
        let is_seen = !content.is_transit && *parts.method() != http::Method::HEAD;
        let visitor = match (known, table) {
            (Some(known), _) => known,
            (None, Some(table)) if is_seen => {
                deadline.limit(Visitor::read(table, parts)).await.unwrap_or_default()
            }
            (None, _) => Visitor::default(),
        };
        let visitor = Visitor { ahead: response.take_ahead().or(visitor.ahead), ..visitor };
        let response = if is_seen { response.having_announced(parts) } else { response };
        response.with_body((self.layout)(parts, content, &visitor))
    }

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
