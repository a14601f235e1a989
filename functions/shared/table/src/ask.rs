//! Emails that anyone can cause by typing an address (RULES 2.5, 3.5, 3.6, 3.11): what the address has, and the answer.
//! The calls and writes are as many for every address.

use domain::{
    Timestamp, account::Account, device::Device, email::EmailAddress, id::LinkId, registration::Registration,
};

use crate::{
    EmailLimit, Notice, Promise, Table, TakenEmail,
    accounts::{change, state, unchanged},
    audit::{About, Event},
    error::{Unavailable, WriteError},
    item, key,
    register::renew,
    together::Together,
};

/// What an address has.
#[derive(Debug)]
pub struct Found {
    /// The account, if it has one.
    pub account: Option<Account>,
    /// Its live registrations, the newest first.
    pub registrations: Vec<Registration>,
    /// What it was sent.
    pub limit: EmailLimit,
}

/// The email that answers.
#[derive(Clone, Debug)]
pub enum Letter<'a> {
    /// None: nothing waits at this address.
    Nothing,
    /// Fresh links for these registrations, each with the link it had before.
    Registrations(Vec<(LinkId, Registration)>, Promise),
    /// To an account; a link in it voids the older ones of its purpose.
    Account(&'a Account, Notice),
}

/// An answer to somebody who typed an address.
#[derive(Debug)]
pub struct Asking<'a> {
    /// The email, counted.
    pub taken: &'a TakenEmail,
    /// The email itself.
    pub letter: &'a Letter<'a>,
    /// The browser that asked.
    pub device: &'a Device,
    /// When.
    pub at: Timestamp,
}

impl Table {
    /// Reads what an address has, in as many calls for every address.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn view_asking(&self, email: &EmailAddress, now: Timestamp) -> Result<Found, Unavailable> {
        let places = self.keys.email_keys(email);
        let mut keys: Vec<_> = places.iter().map(key::account).collect();
        let own = self.keys.email_key(email);
        keys.push(key::email_limit(&own));
        let mut found = self.get_all(&keys).await?;
        let limit = found.remove(&key::email_limit(&own));
        let limit = EmailLimit::read(own, limit, now)?;
        let registrations = self.registrations(email, now).await?;
        let mut account = None;
        for place in &places {
            if let Some((found, _)) = self.read_account(found.remove(&key::account(place)), now)? {
                account = Some(found);
            }
        }
        Ok(Found { account, registrations, limit })
    }

    /// Promises the email that answers, with its link, or writes as much where there is none.
    ///
    /// # Errors
    /// `Overtaken("limit")` when another email was taken meanwhile, `Overtaken("account")` or
    /// `Overtaken("registration")` when what it was decided on has changed.
    pub async fn answer_asking(&self, asking: &Asking<'_>) -> Result<(), WriteError> {
        let together = self.with_email_taken(self.together(), asking.taken);
        match asking.letter {
            Letter::Nothing => {
                let together = self.with_decoy_changed(together, asking.at);
                self.with_decoys(together, 3, asking.at).commit().await
            }
            Letter::Registrations(renewed, promise) => {
                let together = self.unless_taken(together, &promise.email.to);
                let together =
                    renewed.iter().fold(together, |together, renewed| renew(together, renewed, asking.at));
                together.put("outbox", self.promise(promise)).commit().await
            }
            Letter::Account(account, notice) => {
                let about = About::Account(account.details().id);
                let together = with_newest_link(together, account, notice);
                let audit = self.audit(about, (Event::LinkAsked, asking.device), asking.at);
                let together = self.with_notice(together, notice).put("audit", audit);
                self.with_decoys(together, 1_usize.saturating_sub(notice.links.len()), asking.at)
                    .commit()
                    .await
            }
        }
    }
}

/// Makes the notice's link the newest of its purpose; without one the account is written as it is, which is the same work.
fn with_newest_link<'a>(together: Together<'a>, account: &Account, notice: &Notice) -> Together<'a> {
    let (details, unchanged) = (account.details(), unchanged(state(account), account.details()));
    let set = match notice.newest_link() {
        Some((attribute, id)) => unchanged
            .instead(&format!("SET #{attribute} = :link"))
            .names(&[attribute])
            .value("link", item::text(id)),
        None => unchanged.instead("SET #revision = :revision"),
    };
    change(together, details, set)
}
