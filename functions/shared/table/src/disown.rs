//! *This wasn't me*: sessions end and the password is void (RULES 3.10).

use domain::{account::Disowned, device::Device, id::LinkId, link::Objection};

use crate::{
    Notice, Table,
    accounts::{change, end_sessions, unchanged},
    ask::newest,
    audit::{About, Event},
    error::WriteError,
    item,
    links::spend,
};

/// An objection, with the email that leads to a new password.
#[derive(Debug)]
pub struct Disowning<'a> {
    /// The account, and the link that is spent.
    pub disowned: &'a Disowned,
    /// The email, with its link.
    pub notice: &'a Notice,
    /// That link and its purpose.
    pub link: (&'static str, LinkId),
    /// The browser.
    pub device: &'a Device,
}

impl Table {
    /// Voids the password, ends every session, spends the link and promises the email, together or not at all.
    ///
    /// # Errors
    /// `Overtaken("link")` when it is spent or ran out by now, `Overtaken("account")` when that has changed.
    pub async fn disown(&self, disowning: &Disowning<'_>) -> Result<(), WriteError> {
        let (account, at) = (&disowning.disowned.account, disowning.disowned.at);
        let details = account.details();
        let voided = if newest(disowning.link.0).0 == "unlock_link" {
            "SET #revision = #revision + :one, #generation = #generation + :one, #unlock_link = :link REMOVE #password, #reset_link"
        } else {
            "SET #revision = #revision + :one, #generation = #generation + :one, #reset_link = :link REMOVE #password, #unlock_link"
        };
        let voided = unchanged(account)
            .instead(voided)
            .names(&["generation", "unlock_link", "reset_link", "password"])
            .value("link", item::text(disowning.link.1))
            .value("one", item::number(1));
        let together = spend::<Objection>(self.together(), disowning.disowned.link, at);
        let together = end_sessions(change(together, account, voided), details);
        let audit = self.audit(About::Account(details.id), (Event::Disowned, disowning.device), at);
        self.with_notice(together, disowning.notice).put("audit", audit).commit().await
    }
}
