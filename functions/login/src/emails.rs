//! The emails that signing in causes (RULES 3.4, 3.9).

use account::{emails, security_event};
use domain::account::{Account, ActiveAccount};
use email::EmailedLink;
use http_kernel::Request;
use table::{AccountEmail, LimitedNotice, NoticeLimit};

/// The email that says that the account is locked, with the link that unlocks it. `None` when enough such emails were sent.
pub(crate) fn locked(request: &Request<'_>, account: &Account) -> Option<AccountEmail> {
    let Account::Active(active) = account else { return None };
    active.0.may_notify_of_lock(request.now()).then(|| {
        let link = EmailedLink { id: request.new_id(), sent_at: request.now() };
        let kind = email::Locked { link, event: security_event(request) };
        let interaction = request.return_to().interaction();
        emails::compose_in_interaction(request.app(), &active.0, kind, interaction)
    })
}

/// The notice that a browser signed in which the account did not know.
pub(crate) fn new_device(
    request: &Request<'_>,
    account: &ActiveAccount,
    limit: &NoticeLimit,
) -> LimitedNotice {
    emails::new_device(request.app(), &account.0, limit, security_event(request))
}
