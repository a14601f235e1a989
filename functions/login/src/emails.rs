//! The emails that signing in causes (RULES 3.4, 3.9).

use account::{emails, security_event};
use domain::account::{Account, AccountDetails, LockScope};
use email::EmailedLink;
use http_kernel::Request;
use table::{AccountEmail, LimitedNotice, NoticeLimit};

/// The email that says that a failure locked the account for these browsers, with the link that unlocks it. `None` when the
/// failure doesn't lock it, or enough such emails were sent. No link unlocks a suspended account.
pub(crate) fn locked(request: &Request<'_>, account: &Account, scope: LockScope) -> Option<AccountEmail> {
    let details = account.details();
    let is_suspended = matches!(account, Account::Suspended(_));
    (!is_suspended && account.would_lock(scope) && details.may_notify_of_lock(request.now())).then(|| {
        let link = EmailedLink::new(request.new_id(), request.now());
        let kind = email::Locked { link, event: security_event(request) };
        let interaction = request.return_to().interaction();
        emails::compose_in_interaction(request.app(), details, kind, interaction)
    })
}

/// The notice that a browser signed in which the account did not know.
pub(crate) fn new_device(
    request: &Request<'_>,
    account: &AccountDetails,
    limit: &NoticeLimit,
) -> LimitedNotice {
    emails::new_device(request.app(), account, limit, security_event(request))
}

/// The notice that the sign-in opened an account again that its resident had closed (RULES 7.5).
pub(crate) fn reopened(request: &Request<'_>, account: &AccountDetails) -> Option<AccountEmail> {
    emails::reopened(request.app(), account, || security_event(request))
}
