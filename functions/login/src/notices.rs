//! The emails that signing in causes (RULES 3.4, 3.9).

use domain::account::{Account, Active};
use email::{EmailKind, EmailedLink};
use http_kernel::{Request, ask::notice};
use table::AccountEmail;

/// What tells an account that it was locked, with the way to unlock it; none when it was told often enough.
pub(crate) fn locked(request: &Request<'_>, account: &Account) -> Option<AccountEmail> {
    let Account::Active(active) = account else { return None };
    active.0.may_tell_of_lock(request.now()).then(|| {
        let link = EmailedLink { id: request.new_id(), sent_at: request.now() };
        let about = EmailKind::Locked(link, security_event(request, request.now()));
        account_email(request.app(), &active.0, about, request.return_to().interaction())
    })
}

/// What tells an account that a browser which it did not know signed in.
pub(crate) fn new_device(request: &Request<'_>, account: &Active) -> AccountEmail {
    let about = EmailKind::NewDevice(security_event(request, request.now()));
    account_email(request.app(), &account.0, about, None)
}
