//! The authorization response: a redirect to the service, or a page that posts a form there (OAuth 2.0 Form Post Response
//! Mode), as the request says.

use askama::Template;
use domain::{
    authorization::{AuthorizationRequest, Refusal, ResponseMode},
    service::Client,
};
use http_kernel::{Request, Response, Result, header};
use i18n::Translator;
use oidc::authorize::{self, AuthorizationResponse, refusal_error};
use pages::Page;

use crate::MESSAGES;

/// Where a service gets its response, and how.
#[derive(Clone, Copy)]
pub(crate) struct Destination<'a> {
    pub(crate) client: &'a Client,
    pub(crate) redirect_uri: &'a str,
    pub(crate) mode: ResponseMode,
    pub(crate) state: Option<&'a str>,
}

impl<'a> Destination<'a> {
    /// The destination of a request that passed every check.
    pub(crate) fn of(client: &'a Client, authorization: &'a AuthorizationRequest) -> Self {
        Self {
            client,
            redirect_uri: &authorization.redirect_uri,
            mode: authorization.response_mode,
            state: authorization.state.as_deref(),
        }
    }

    /// Sends the browser to the service with the response.
    pub(crate) fn respond(
        self,
        request: &Request<'_>,
        response: AuthorizationResponse<'_>,
    ) -> Result<Response> {
        let parameters = authorize::response_parameters(self.state, response, &request.config().origin);
        let sent = match self.mode {
            ResponseMode::Query => {
                let url = authorize::response_url(self.redirect_uri, &parameters);
                Response::see_other(url.as_deref().unwrap_or("/services"))
            }
            ResponseMode::FormPost => FormPostPage::respond_with(request, self, &parameters)?,
        };
        Ok(match response {
            AuthorizationResponse::Code(_) => sent,
            AuthorizationResponse::Error(error) => sent.refused(error.code.as_str()),
        })
    }

    /// Sends the browser to the service with an error.
    pub(crate) fn refuse(self, request: &Request<'_>, why: Refusal) -> Result<Response> {
        self.respond(request, AuthorizationResponse::Error(refusal_error(why)))
    }
}

/// The page that posts the response. Its script submits the form at once; without scripts the resident presses the button.
#[derive(Template)]
#[template(path = "form_post.html")]
struct FormPostPage<'a> {
    translator: Translator,
    service: &'a str,
    action: &'a str,
    parameters: &'a [(&'static str, &'a str)],
    static_base: &'a str,
}

impl Page for FormPostPage<'_> {
    // The toggle would submit the form to the service.
    const HAS_FORM: bool = false;

    fn is_transit(&self) -> bool {
        true
    }

    fn title(&self) -> String {
        self.translator.message_with("form-post-title", "service", self.service)
    }
}

impl FormPostPage<'_> {
    fn respond_with(
        request: &Request<'_>,
        destination: Destination<'_>,
        parameters: &[(&'static str, &str)],
    ) -> Result<Response> {
        let translator = request.translator(&MESSAGES);
        let page = FormPostPage {
            service: destination.client.registration.client_name.in_language(translator.language()),
            action: destination.redirect_uri,
            parameters,
            static_base: &request.config().static_base,
            translator,
        };
        let response = page.respond(request)?.allow_post_to(destination.redirect_uri);
        // Under `same-origin` browsers send `Origin: null` with the form.
        Ok(response.with_header(header::REFERRER_POLICY, "strict-origin"))
    }
}
