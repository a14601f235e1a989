//! A new password is set by a link (RULES 3.6).

use domain::{account::PasswordReset, device::Device, link::Reset};

use crate::{
    Notice, Table,
    accounts::{ACTIVE, change, end_sessions, unchanged},
    audit::{About, Event},
    error::WriteError,
    item, key,
    links::spend,
};

impl Table {
    /// Sets the password, ends every session, forgets the attempts, spends the link and promises the notice, together
    /// or not at all.
    ///
    /// # Errors
    /// `Overtaken("link")` when it is spent or ran out by now, `Overtaken("account")` when that has changed or was
    /// locked.
    pub async fn reset(
        &self,
        reset: &PasswordReset,
        notice: &Notice,
        device: &Device,
    ) -> Result<(), WriteError> {
        let details = &reset.account;
        let password = self.seal_password(&details.id.to_string(), &reset.password);
        let set = unchanged(ACTIVE, details)
            .instead(
                "SET #password = :password, #revision = #revision + :one, #generation = #generation + :one, #reset_at = :now REMOVE #reset_link",
            )
            .names(&["password", "generation", "reset_at", "reset_link"])
            .value("password", item::text(password.as_str()))
            .value("now", item::seconds(reset.at))
            .value("one", item::number(1));
        let together = spend::<Reset>(self.together(), reset.link, reset.at);
        let together = end_sessions(change(together, details, set), details);
        let together = together.forget("attempts", &key::attempts(&details.place));
        let audit = self.audit(About::Account(details.id), (Event::PasswordReset, device), reset.at);
        self.with_notice(together, notice).put("audit", audit).commit().await
    }
}
