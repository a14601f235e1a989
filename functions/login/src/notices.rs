//! The emails that signing in causes (RULES 3.4, 3.9).

use app::App;
use domain::account::{Account, Active};
use mail::{About, Link};
use table::Notice;
use web::{Visit, ask::notice};

/// What tells an account that it was locked, with the way to unlock it; none when it was told often enough.
pub(crate) fn locked(app: &App, visit: &Visit, account: &Account) -> Option<Notice> {
    let Account::Active(active) = account else { return None };
    active.0.may_tell_of_lock(app.now()).then(|| {
        let link = Link { id: app.new_id(), sent_at: app.now() };
        let about = About::Locked(link, visit.happened(app, app.now()));
        notice(app, (&active.0, about), visit.way().transaction)
    })
}

/// What tells an account that a browser which it did not know signed in.
pub(crate) fn new_device(app: &App, visit: &Visit, account: &Active) -> Notice {
    let about = About::NewDevice(visit.happened(app, app.now()));
    notice(app, (&account.0, about), None)
}
