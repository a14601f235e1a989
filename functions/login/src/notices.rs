//! The emails that signing in causes (RULES 3.4, 3.9).

use app::App;
use domain::account::{Account, Active};
use email::{EmailedLink, Locked, NewDevice};
use http_kernel::{Request, ask::notice};
use table::AccountEmail;

/// What tells an account that it was locked, with the way to unlock it; none when it was told often enough.
pub(crate) fn locked(app: &App, request: &Request, account: &Account) -> Option<AccountEmail> {
    let Account::Active(active) = account else { return None };
    active.0.may_tell_of_lock(app.now()).then(|| {
        let link = EmailedLink { id: app.new_id(), sent_at: app.now() };
        let about = Locked { link, event: request.security_event(app, app.now()) };
        notice(app, &active.0, about, request.return_to().interaction)
    })
}

/// What tells an account that a browser which it did not know signed in.
pub(crate) fn new_device(app: &App, request: &Request, account: &Active) -> AccountEmail {
    let about = NewDevice { event: request.security_event(app, app.now()) };
    notice(app, &account.0, about, None)
}
