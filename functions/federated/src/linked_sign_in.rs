//! Signing in to the account that a partner's identity is linked to.

use account::{NewSessionOf, PartnerError, device_secret, emails, security_event, start_session};
use app::telemetry::{self, Counter, SignInFailure, Way};
use domain::{account::Account, partner::Assertion, proof::Proof};
use http_kernel::{Request, Response, Result, Success, retry_on_conflict};
use table::{DeviceStatus, LimitedNotice, LinkedAccount, PartnerSignIn};

use crate::partner_return::PartnerReturn;

/// Signs in to the account that the identity is linked to; `None` when it is linked to none. `email_code` is the proof by
/// the code with which the account was made a moment ago.
pub(crate) async fn sign_in(
    request: &Request<'_>,
    assertion: &Assertion,
    partner_return: &PartnerReturn,
    email_code: Option<Proof>,
) -> Result<Option<Response>> {
    retry_on_conflict("sign in with partner", || async {
        let device = device_secret(request);
        let linked = request.table().find_linked_account(assertion, &device.hash(), request.now()).await?;
        let Some(linked) = linked else { return Ok(None) };
        if matches!(linked.account, Account::Suspended(_)) {
            telemetry::count(Counter::SignInFailures(SignInFailure::Suspended));
            return Ok(Some(Response::see_other(&partner_return.href("/login/suspended"))));
        }
        if linked.must_reset_first() {
            return Ok(Some(partner_return.error_redirect(PartnerError::InReview)));
        }
        let interaction = request.interaction_of(&partner_return.return_to).await?;
        let session = NewSessionOf {
            interaction: interaction.as_ref().map(|interaction| interaction.id),
            proofs: [linked.proof].into_iter().chain(email_code).collect(),
            ..NewSessionOf::account(linked.account.details(), linked.proof, linked.device_status)
        };
        let session = start_session(request, &device, &session);
        let email =
            (linked.device_status == DeviceStatus::Unknown).then(|| new_device_email(request, &linked));
        let reopened = emails::reopened(request.app(), linked.account.details(), || security_event(request));
        let sign_in = PartnerSignIn {
            linked: &linked,
            session: &session.new_session,
            notice: email.as_ref(),
            reopened: reopened.as_ref(),
        };
        request.table().sign_in_with_partner(&sign_in).await?;
        telemetry::count(Counter::SignIns(Way::Partner));
        let response = if account::has_to_be_told(linked.deliverability, &partner_return.return_to) {
            Response::see_other(&partner_return.href(account::DELIVERY_PROBLEM))
        } else {
            partner_return.redirect(interaction.as_ref())
        };
        let response = session.set_cookies(response);
        Ok(Some(if reopened.is_some() { response.announcing(&Success::AccountReopened) } else { response }))
    })
    .await
}

fn new_device_email(request: &Request<'_>, linked: &LinkedAccount) -> LimitedNotice {
    let event = security_event(request);
    emails::new_device(request.app(), linked.account.details(), &linked.notice_limit, event)
}
