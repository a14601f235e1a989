//! An activation link is found, and a registration becomes the account that claims its email (RULES 2.5).

use domain::{
    Timestamp,
    id::{InteractionId, LinkId},
    link::Activation as ActivationUse,
    registration::{Activated, Registration},
};

use crate::{
    NewSession, Table,
    accounts::NewAccount,
    error::{Conflict, Unavailable, WriteError},
    item, key,
    links::{LinkItem, spend},
    register,
    sessions::begin_session,
    write_transaction::Expression,
};

/// What an activation link leads to.
#[derive(Debug)]
pub struct FoundLink {
    /// Whether it was used.
    pub is_used: bool,
    /// The registration it was sent for, while that lives.
    pub registration: Option<Registration>,
    /// Whether the email has an account by now.
    pub is_taken: bool,
    /// The sign-in transaction its resident was on.
    pub interaction: Option<InteractionId>,
}

/// An activation, with the session it begins.
#[derive(Debug)]
pub struct Activation<'a> {
    /// The registration that becomes an account.
    pub activated: &'a Activated,
    /// The session.
    pub session: &'a NewSession,
}

impl Table {
    /// What this activation link leads to; `None` when there is no such link, or it ran out long ago.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn find_activation(
        &self,
        link: LinkId,
        now: Timestamp,
    ) -> Result<Option<FoundLink>, Unavailable> {
        let item: Option<LinkItem> = item::read(self.get(&key::link(link)).await?, now)?;
        let Some(item) = item.filter(LinkItem::is_for::<ActivationUse>) else { return Ok(None) };
        let Some(id) = item.registration else { return Ok(None) };
        let (account, registration) = (key::account(&item.email), key::registration(&item.email, id));
        let mut found = self.get_all(&[account.clone(), registration.clone()]).await?;
        let registration = self.read_registration(found.remove(&registration), now)?;
        let is_taken = found.remove(&account).is_some_and(|item| item::is_live(&item, now));
        Ok(Some(FoundLink { is_used: item.used, registration, is_taken, interaction: item.interaction }))
    }

    /// Claims the email, spends the link, ends the registration and begins a session, together or not at all.
    ///
    /// # Errors
    /// [`Conflict::Account`] when the email is taken by now, [`Conflict::Link`] when the link is spent or ran out,
    /// [`Conflict::Registration`] when it is gone or was renewed, [`Conflict::Interaction`] when that is over.
    pub async fn activate(&self, activation: &Activation<'_>) -> Result<(), WriteError> {
        let Activation { activated, session } = activation;
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
        let ends = Expression::new("#link = :link AND #ttl > :now").names(&["link", "ttl"]);
        let ends = ends.value("link", item::text(registration.link)).value("now", item::seconds(now));
        let transaction = spend::<ActivationUse>(transaction, registration.link, now).delete(
            Conflict::Registration,
            &register::key_of(registration),
            ends,
        );
        begin_session(transaction, &self.keys.email_key(&registration.email), session).commit().await
    }
}
