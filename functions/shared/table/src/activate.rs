//! Activation: a registration becomes the account that claims its email address (RULES 2.5).

use std::collections::BTreeSet;

use domain::{
    Timestamp,
    form::Submission,
    id::{AccountId, InteractionId, LinkId},
    keys::EmailKey,
    link::Activation as ActivationUse,
    registration::{Activated, ActivationLink, Registration},
};

use crate::{
    NewSession, Table,
    accounts::NewAccount,
    emailed_links::{LinkItem, LinkUse, use_link_for_account_at},
    error::{Conflict, Unavailable, WriteError},
    item::{self, Attributes},
    key, moved, places, register,
    sessions::begin_session,
    write_transaction::Expression,
};

/// An activation link, with what it leads to.
#[derive(Debug)]
pub struct FoundActivationLink {
    /// The link itself.
    pub link: ActivationLink,
    /// Whether the link was used.
    pub is_used: bool,
    /// Its use, if it was used.
    pub used: Option<LinkUse>,
    /// The registration that the link was sent for, unless it ended.
    pub registration: Option<Registration>,
    /// The account of the address, if it has one.
    pub account: Option<AddressAccount>,
    /// Whether the address is reserved for an account that left it.
    pub is_reserved: bool,
    /// The interaction that the registration was part of. It may have expired.
    pub interaction: Option<InteractionId>,
}

/// What the page of an activation link has to know of the address's account.
#[derive(Clone, Copy, Debug)]
pub struct AddressAccount {
    /// The account's id.
    pub id: AccountId,
    /// Whether it has a password: one that was created through a partner has none.
    pub has_password: bool,
}

/// An account that a registration becomes.
#[derive(Debug)]
pub struct AccountActivation<'a> {
    /// The registration, with the id of its account.
    pub activated: &'a Activated,
    /// The session that begins.
    pub session: &'a NewSession,
    /// The submission that uses the link.
    pub submission: &'a Submission,
}

impl Table {
    /// Finds an activation link, with its registration.
    ///
    /// `None` when no such link exists, or it expired so long ago that its item did too. Calls `GetItem` and
    /// `BatchGetItem`, and `GetItem` once more when the registration has ended.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn find_activation(
        &self,
        link: LinkId,
        now: Timestamp,
    ) -> Result<Option<FoundActivationLink>, Unavailable> {
        let item: Option<LinkItem> = item::read(self.get(&key::link(link)).await?, now)?;
        let Some(mut item) = item.filter(LinkItem::is_for::<ActivationUse>) else { return Ok(None) };
        let Some(id) = item.registration else { return Ok(None) };
        let (account, registration) = (key::account(&item.email), key::registration(&item.email, id));
        let mut found = self.get_all(&[account.clone(), registration.clone()]).await?;
        let registration = self.read_registration(found.remove(&registration), now)?;
        let account =
            self.owner_of_address(found.remove(&account), &item.email, registration.as_ref(), now).await?;
        let is_reserved = places::reserved_for(account.as_ref(), now)?.is_some();
        let account = match account.filter(|_| !is_reserved) {
            Some(account) if moved::is_present(&account, now) => {
                let id = account.get("id").and_then(|id| id.as_s().ok()?.parse().ok());
                let id = id.ok_or_else(|| Unavailable::unreadable("account"))?;
                Some(AddressAccount { id, has_password: account.contains_key("password") })
            }
            _ => None,
        };
        if registration.is_none() && !item.used {
            // The registration ended since the link was read, perhaps by the link.
            item = item::read(self.get(&key::link(link)).await?, now)?.unwrap_or(item);
        }
        Ok(Some(FoundActivationLink {
            link: ActivationLink { id: link, expires_at: item.expires_at::<ActivationUse>() },
            is_used: item.used,
            used: item.link_use(),
            registration,
            account,
            is_reserved,
            interaction: item.interaction,
        }))
    }

    /// The item of the account that has the address of a link, or for which it is reserved: the one `found` where the link was
    /// sent to, or the one at the place of another version of the lookup key.
    async fn owner_of_address(
        &self,
        found: Option<Attributes>,
        sent_to: &EmailKey,
        registration: Option<&Registration>,
        now: Timestamp,
    ) -> Result<Option<Attributes>, Unavailable> {
        if found.as_ref().is_some_and(|found| moved::is_present(found, now)) {
            return Ok(found);
        }
        let mut others: BTreeSet<_> = found.as_ref().and_then(moved::place_in).into_iter().collect();
        if let Some(registration) = registration {
            others.extend(self.data()?.email_keys(&registration.email));
        }
        others.remove(sent_to);
        if others.is_empty() {
            return Ok(None);
        }
        let others: Vec<_> = others.iter().map(key::account).collect();
        let items = self.get_all(&others).await?.into_values();
        Ok(items.into_iter().find(|item| moved::is_present(item, now)))
    }

    /// Creates the account, uses the link, deletes the registration and begins a session (`TransactWriteItems`).
    ///
    /// # Errors
    /// - [`Conflict::EmailTaken`] when the address has an account, or is reserved for one.
    /// - [`Conflict::Link`] when the link was used or expired.
    /// - [`Conflict::Registration`] when the registration ended.
    /// - [`Conflict::Device`] when the account knows the browser already.
    /// - [`Conflict::Interaction`] when the interaction expired.
    pub async fn activate(&self, activation: &AccountActivation<'_>) -> Result<(), WriteError> {
        let AccountActivation { activated, session, submission } = activation;
        let (registration, now) = (&activated.registration, activated.at);
        let password = self.registered_password_hash(registration)?;
        let transaction = self.with_new_account(
            self.write_transaction(),
            &NewAccount {
                id: activated.account,
                email: &registration.email,
                password: Some(&password),
                language: registration.language,
                device: &session.session.device,
                device_generation: session.device.generation,
                at: now,
            },
        )?;
        let is_live = Expression::new("#ttl > :now").names(&["ttl"]).value("now", item::seconds(now));
        let place = self.data()?.email_key(&registration.email);
        let link = (activated.link, &registration.place);
        let transaction =
            use_link_for_account_at::<ActivationUse>(transaction, link, &place, submission, now);
        let transaction =
            transaction.delete(Conflict::Registration, &register::registration_key(registration), is_live);
        begin_session(transaction, &place, session).commit().await
    }
}
