//! The emails that signing in causes (RULES 3.4, 3.9).

use account::{account_email, security_event};
use domain::account::{Account, Active};
use email::{EmailKind, EmailedLink};
use http_kernel::Request;
use table::AccountEmail;

/// The email that says that the account is locked, with the link that unlocks it. `None` when enough such emails were sent.
pub(crate) fn locked(request: &Request<'_>, account: &Account) -> Option<AccountEmail> {
    let Account::Active(active) = account else { return None };
    active.0.may_tell_of_lock(request.now()).then(|| {
        let link = EmailedLink { id: request.new_id(), sent_at: request.now() };
        let kind = EmailKind::Locked(link, security_event(request));
        account_email(request.app(), &active.0, kind, request.return_to().interaction())
    })
}

/// The email that says that a browser signed in which the account did not know.
pub(crate) fn new_device(request: &Request<'_>, account: &Active) -> AccountEmail {
    account_email(request.app(), &account.0, EmailKind::NewDevice(security_event(request)), None)
}
