//! Activation: a registration becomes the account that claims its email address (RULES 2.5).

use domain::{
    Timestamp,
    id::{InteractionId, LinkId},
    link::Activation as ActivationUse,
    registration::{Activated, Registration},
};

use crate::{
    NewSession, Table,
    accounts::NewAccount,
    emailed_links::{LinkItem, use_link},
    error::{Conflict, Unavailable, WriteError},
    item, key, register,
    sessions::begin_session,
    write_transaction::Expression,
};

/// An activation link, with what it leads to.
#[derive(Debug)]
pub struct FoundActivationLink {
    /// Whether the link was used.
    pub is_used: bool,
    /// The registration that the link was sent for, unless it ended.
    pub registration: Option<Registration>,
    /// Whether the address has an account.
    pub is_taken: bool,
    /// The interaction that the registration was part of. It may have expired.
    pub interaction: Option<InteractionId>,
}

/// An account that a registration becomes.
#[derive(Debug)]
pub struct AccountActivation<'a> {
    /// The registration, with the id of its account.
    pub activated: &'a Activated,
    /// The session that begins.
    pub session: &'a NewSession,
}

impl Table {
    /// Finds an activation link, with its registration.
    ///
    /// `None` when no such link exists, or it expired so long ago that its item did too. Calls `GetItem` and
    /// `BatchGetItem`.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn find_activation(
        &self,
        link: LinkId,
        now: Timestamp,
    ) -> Result<Option<FoundActivationLink>, Unavailable> {
        let item: Option<LinkItem> = item::read(self.get(&key::link(link)).await?, now)?;
        let Some(item) = item.filter(LinkItem::is_for::<ActivationUse>) else { return Ok(None) };
        let Some(id) = item.registration else { return Ok(None) };
        let (account, registration) = (key::account(&item.email), key::registration(&item.email, id));
        let mut found = self.get_all(&[account.clone(), registration.clone()]).await?;
        let registration = self.read_registration(found.remove(&registration), now)?;
        let is_taken = found.remove(&account).is_some_and(|item| item::is_live(&item, now));
        Ok(Some(FoundActivationLink {
            is_used: item.used,
            registration,
            is_taken,
            interaction: item.interaction,
        }))
    }

    /// Creates the account, uses the link, deletes the registration and begins a session (`TransactWriteItems`).
    ///
    /// # Errors
    /// - [`Conflict::EmailTaken`] when the address has an account.
    /// - [`Conflict::Link`] when the link was used or expired.
    /// - [`Conflict::Registration`] when the registration ended, or a newer link replaced this one.
    /// - [`Conflict::Device`] when the account knows the browser already.
    /// - [`Conflict::Interaction`] when the interaction expired.
    pub async fn activate(&self, activation: &AccountActivation<'_>) -> Result<(), WriteError> {
        let AccountActivation { activated, session } = activation;
        let (registration, now) = (&activated.registration, activated.at);
        let transaction = self.with_new_account(
            self.write_transaction(),
            &NewAccount {
                id: activated.account,
                email: &registration.email,
                password: Some(&registration.password),
                language: registration.language,
                device: &session.session.device,
                at: now,
            },
        );
        let is_live = Expression::new("#link = :link AND #ttl > :now")
            .names(&["link", "ttl"])
            .value("link", item::text(registration.link))
            .value("now", item::seconds(now));
        let transaction = use_link::<ActivationUse>(transaction, registration.link, now).delete(
            Conflict::Registration,
            &register::registration_key(registration),
            is_live,
        );
        begin_session(transaction, &self.keys.email_key(&registration.email), session).commit().await
    }
}
