//! *This wasn't me*: sessions end, the password is void, and what was set up since goes (RULES 3.10).

use domain::{
    account::{Account, Disowned},
    device::Device,
    factors::Factors,
    link::Objection,
};

use crate::{
    Notice, PartnerLink, Table,
    accounts::{change, end_sessions, state, unchanged},
    audit::{About, Event},
    error::{Unavailable, WriteError},
    identities::unlink,
    item,
    links::spend,
};

impl Table {
    /// Voids the password and every link but the email's, ends every session, leaves these factors and unlinks these partners, spends the link and
    /// promises the email, together or not at all.
    ///
    /// # Errors
    /// `Overtaken("link")` when it is spent or ran out by now, `Overtaken("account")` when that has changed,
    /// `Overtaken("factors")` or `Overtaken("identity")` when those have.
    pub async fn disown(
        &self,
        (disowned, factors, unlinked): (&Disowned, &Factors, &[PartnerLink]),
        notice: &Notice,
        device: &Device,
    ) -> Result<(), WriteError> {
        let details = disowned.account.details();
        let voided = match disowned.account {
            Account::Locked(_) => {
                "SET #revision = #revision + :one, #generation = #generation + :one, #unlock_link = :link REMOVE #password, #reset_link"
            }
            Account::Active(_) => {
                "SET #revision = #revision + :one, #generation = #generation + :one, #reset_link = :link REMOVE #password, #unlock_link"
            }
        };
        let link = notice.newest_link().map(|(_, link)| item::text(link));
        let voided = unchanged(state(&disowned.account), details)
            .instead(voided)
            .names(&["generation", "unlock_link", "reset_link", "password"])
            .value("link", link.ok_or_else(|| Unavailable::new("an email without its link"))?)
            .value("one", item::number(1));
        let together = spend::<Objection>(self.together(), disowned.link, disowned.at);
        let together = end_sessions(change(together, details, voided), details);
        let together = self.with_factors(together, factors);
        let together = unlinked.iter().fold(together, |together, link| unlink(together, (details.id, link)));
        let audit = self.audit(About::Account(details.id), (Event::Disowned, device), disowned.at);
        self.with_notice(together, notice).put("audit", audit).commit().await
    }
}
