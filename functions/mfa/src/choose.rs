//! Choosing another factor (RULES 5.3).

use account::{SignedIn, lost_device_barred};
use askama::Template;
use domain::{
    factors::{Authenticator, Factor, RecoveryCodes},
    limits::RetryAfter,
    verification::{Step, VerificationReason},
};
use http_kernel::{Request, Response, Result, StatusCode, retry_on_conflict};
use i18n::{Translator, time};
use pages::{HelpTopic, Line, Page, Summary};
use serde::Deserialize;

use crate::{
    MESSAGES,
    code_page::barred_text,
    next_step,
    reason::reason,
    send::{SendError, send_code},
};

/// The name of the radio buttons, and the id of the first.
const NAME: &str = "factor";

#[derive(Template)]
#[template(path = "choose.html")]
struct ChoosePage {
    translator: Translator,
    action: String,
    csrf: String,
    methods: Vec<Method>,
    /// The factor whose radio button is checked.
    chosen: Option<Factor>,
    error: Option<String>,
    /// The page that the resident came from.
    back: Option<String>,
    /// Where another authenticator is set up.
    add: String,
    /// The way on where nothing verifies now.
    services: String,
    /// Where what was lost is removed, if there is anything.
    lost: Option<String>,
    /// Whether that is the recovery codes, on an account without an authenticator.
    lost_codes: bool,
    /// While the email code does not verify, it removes nothing, either: until when, and who can help.
    barred: Option<(String, (String, String))>,
}

/// A factor of the account.
struct Method {
    factor: Factor,
    name: String,
    /// Why it does not verify now.
    unavailable: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct ChoiceForm {
    factor: String,
}

impl ChoiceForm {
    fn factor(&self) -> Option<Factor> {
        self.factor.parse().ok()
    }
}

pub(crate) async fn show(request: &Request<'_>) -> Result<Response> {
    let signed_in = SignedIn::require(request).await?;
    signed_in.respond(&ChoosePage::new(&signed_in, None))
}

/// Continues with the factor that was chosen. The code by email is sent at once; a second click gets the response of the
/// first.
pub(crate) async fn choose(request: &Request<'_>) -> Result<Response> {
    let form: ChoiceForm = request.form()?;
    retry_on_conflict("choose factor", || async {
        let signed_in = SignedIn::require(request).await?;
        let (request, page) = (&signed_in.request, ChoosePage::new(&signed_in, form.factor()));
        if request.is_language_toggle() {
            return signed_in.respond(&page);
        }
        let method = page.methods.iter().find(|method| Some(method.factor) == form.factor());
        let factor = match method {
            Some(Method { factor, unavailable: None, .. }) => *factor,
            Some(Method { unavailable: Some(reason), .. }) => {
                let reason = reason.clone();
                return page.rejected(&signed_in, reason);
            }
            None => {
                let missing = page.translator.message("choose-missing");
                return page.rejected(&signed_in, missing);
            }
        };
        let step = signed_in.resident().next_step(reason(&signed_in), Some(factor), request.now());
        if step != Step::Verify(factor) {
            // Verified in another tab, or paused: the page says which.
            return next_step::respond(&signed_in, Some(factor), None).await;
        }
        let code_page = request.href(&format!("/mfa?factor={factor}"));
        if factor != Factor::EmailCode {
            return Ok(Response::see_other(&code_page));
        }
        match send_code(&signed_in).await {
            Ok(sent) => Ok(sent.announced_by(Response::see_other(&code_page))),
            // A code that was sent before works still.
            Err(SendError::TooMany(_)) if has_code(&signed_in) => Ok(Response::see_other(&code_page)),
            Err(SendError::TooMany(until)) => page.limited(&signed_in, until),
            Err(SendError::Barred) => next_step::respond(&signed_in, Some(factor), None).await,
            Err(SendError::Failed(error)) => Err(error),
        }
    })
    .await
}

fn has_code(signed_in: &SignedIn<'_>) -> bool {
    signed_in.factors.code_of(&signed_in.session.id, signed_in.request.now()).is_some()
}

impl ChoosePage {
    /// The page, with this factor chosen, or else the one that is offered first.
    fn new(signed_in: &SignedIn<'_>, chosen: Option<Factor>) -> Self {
        let request = &signed_in.request;
        let authenticators = signed_in.factors.authenticators.iter();
        let methods = authenticators.map(|authenticator| Method::authenticator(signed_in, authenticator));
        let recovery_code =
            signed_in.factors.recovery_codes.as_ref().filter(|codes| !codes.unused.is_empty());
        let recovery_code = recovery_code.map(|codes| Method::recovery_code(signed_in, codes));
        let is_email_off = signed_in.factors.is_email_code_off(request.now());
        let email_code = (!is_email_off).then(|| Method::email_code(signed_in));
        let methods: Vec<_> = methods.chain(email_code).chain(recovery_code).collect();
        let is_available = |factor: &Factor| {
            methods.iter().any(|method| method.factor == *factor && method.unavailable.is_none())
        };
        let offered = match signed_in.resident().next_step(reason(signed_in), None, request.now()) {
            Step::Verify(factor) => Some(factor),
            Step::Done | Step::SetUp | Step::Wait(_) | Step::Paused(_) => None,
        };
        let first = methods.iter().map(|method| method.factor).find(is_available);
        let has_second = signed_in.factors.has_second();
        let barred = lost_device_barred(signed_in).filter(|_| has_second);
        let came_from: Option<Factor> = request.query(NAME).and_then(|factor| factor.parse().ok());
        Self {
            translator: request.translator(&MESSAGES),
            action: request.current_page(),
            csrf: request.csrf(),
            chosen: chosen.filter(is_available).or(offered.filter(is_available)).or(first),
            methods,
            error: None,
            back: came_from.map(|factor| request.href(&format!("/mfa?factor={factor}"))),
            add: request.href("/factors/add"),
            services: request.href("/services"),
            lost: (has_second && barred.is_none()).then(|| removal_href(request)),
            lost_codes: signed_in.factors.authenticators.is_empty(),
            barred,
        }
    }

    fn rejected(self, signed_in: &SignedIn<'_>, error: String) -> Result<Response> {
        let page = Self { error: Some(error), ..self };
        Ok(signed_in.respond(&page)?.with_status(StatusCode::UNPROCESSABLE_ENTITY))
    }

    /// Says how long the resident waits for another code.
    fn limited(self, signed_in: &SignedIn<'_>, until: RetryAfter) -> Result<Response> {
        let seconds = until.0.duration_since(signed_in.request.now()).as_secs().max(1);
        let wait = pages::waiting_time(self.translator, seconds);
        let error = self.translator.message_with("choose-wait", "wait", wait);
        let response = self.rejected(signed_in, error)?;
        Ok(response.with_status(StatusCode::TOO_MANY_REQUESTS).with_retry_after(seconds))
    }

    fn summary(&self) -> Option<Summary> {
        let error = Line { field_id: NAME.to_owned(), text: self.error.clone()? };
        Some(Summary { heading: self.translator.message("form-problem"), errors: vec![error] })
    }

    fn is_chosen(&self, method: &Method) -> bool {
        self.chosen == Some(method.factor)
    }

    fn available(&self) -> Vec<&Method> {
        self.methods.iter().filter(|method| method.unavailable.is_none()).collect()
    }

    /// The other factors, each with why it does not verify now.
    fn unavailable(&self) -> Vec<(&str, &str)> {
        let methods = self.methods.iter();
        methods.filter_map(|method| Some((method.name.as_str(), method.unavailable.as_deref()?))).collect()
    }
}

impl Page for ChoosePage {
    const HAS_FORM: bool = true;

    fn title(&self) -> String {
        self.translator.message(if self.available().is_empty() {
            "choose-none-title"
        } else {
            "choose-title"
        })
    }

    fn has_errors(&self) -> bool {
        self.error.is_some()
    }

    fn help(&self) -> Option<HelpTopic> {
        Some(HelpTopic::LostDevice)
    }
}

/// Where the resident verifies by the email code and continues with the list of authenticators, whatever the service
/// requires: this is how a lost one is removed (RULES 5.4).
fn removal_href(request: &Request<'_>) -> String {
    http_kernel::href("/mfa?factor=email", &request.return_to().via("/factors"), request.ui_locale())
}

impl Method {
    fn authenticator(signed_in: &SignedIn<'_>, authenticator: &Authenticator) -> Self {
        let request = &signed_in.request;
        let translator = request.translator(&MESSAGES);
        let reason = reason(signed_in);
        let counts_later = (reason.requires_second_factor() && !authenticator.counts(request.now()))
            || (reason == VerificationReason::Change
                && !signed_in.factors.permits_change(authenticator, request.now()));
        let from = time::in_ontario(authenticator.counts_from, translator.language());
        Self {
            factor: Factor::Authenticator(authenticator.id),
            name: translator.message_with("choose-app", "name", authenticator.name.as_str()),
            unavailable: counts_later.then(|| {
                if authenticator.in_review {
                    translator.message("choose-app-review")
                } else {
                    translator.message_with("choose-app-later", "time", &*from)
                }
            }),
        }
    }

    /// Recovery codes are the last of the list, so that nobody uses one without need.
    fn recovery_code(signed_in: &SignedIn<'_>, codes: &RecoveryCodes) -> Self {
        let request = &signed_in.request;
        let (translator, reason) = (request.translator(&MESSAGES), reason(signed_in));
        let counts_later = (reason.requires_second_factor() && !codes.counts(request.now()))
            || (reason == VerificationReason::Change
                && !signed_in.factors.recovery_code_permits_change(request.now()));
        let from = time::in_ontario(codes.counts_from, translator.language());
        Self {
            factor: Factor::RecoveryCode,
            name: translator.message_with("choose-recovery", "count", codes.unused.len()),
            unavailable: counts_later.then(|| {
                if codes.in_review {
                    translator.message("choose-recovery-review")
                } else {
                    translator.message_with("choose-recovery-later", "time", &*from)
                }
            }),
        }
    }

    /// The email code is listed unless it is off. Where the service requires an authenticator, the page says that it only removes a
    /// lost one.
    fn email_code(signed_in: &SignedIn<'_>) -> Self {
        let (translator, details) = (signed_in.request.translator(&MESSAGES), signed_in.account.details());
        let too_little = || translator.message("choose-email-too-little");
        Self {
            factor: Factor::EmailCode,
            name: translator.message_with("choose-email", "email", details.email.to_unicode()),
            unavailable: barred_text(signed_in)
                .or_else(|| reason(signed_in).requires_second_factor().then(too_little)),
        }
    }
}
