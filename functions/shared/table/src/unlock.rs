//! A locked account is opened by its link (RULES 3.5).

use domain::{account::Unlocked, device::Device, link::Unlock};

use crate::{
    Notice, Table,
    accounts::{ACTIVE, LOCKED, change, unchanged},
    audit::{About, Event},
    error::WriteError,
    item, key,
    links::spend,
};

impl Table {
    /// Opens the account, forgets its attempts, spends the link and promises the notice, together or not at all.
    ///
    /// # Errors
    /// `Overtaken("link")` when it is spent or ran out by now, `Overtaken("account")` when that has changed.
    pub async fn unlock(
        &self,
        unlocked: &Unlocked,
        notice: &Notice,
        device: &Device,
    ) -> Result<(), WriteError> {
        let details = &unlocked.account;
        let open = unchanged(LOCKED, details)
            .instead("SET #state = :open, #revision = #revision + :one REMOVE #unlock_link")
            .names(&["unlock_link"])
            .value("open", item::text(ACTIVE))
            .value("one", item::number(1));
        let together = spend::<Unlock>(self.together(), unlocked.link, unlocked.at);
        let together = change(together, details, open).forget("attempts", &key::attempts(&details.place));
        let audit = self.audit(About::Account(details.id), (Event::Unlocked, device), unlocked.at);
        self.with_notice(together, notice).put("audit", audit).commit().await
    }
}
