//! Changing the email address of an account: sending the link to the new address, and the change that it confirms
//! (RULES 7.3). The way back is in `dispute.rs`.

use domain::{
    Timestamp,
    account::Account,
    device::{AddressBlock, Device},
    email::EmailAddress,
    email_change::{Availability, EmailChanged, PendingEmailChange},
    id::{AccountId, LinkId},
    language::Language,
    link::EmailChange,
    secret::HashedSecret,
    session::Session,
};

use crate::{
    AccountEmail, EmailLimit, LimitedAction, LinkUser, OutboxMessage, RateLimit, RateSlot, Table, TakenEmail,
    accounts::{AccountPlaceItem, UNCHANGED, links, state, unchanged},
    audit::{AuditEvent, AuditSubject},
    current_sessions::{CurrentSessions, check_session},
    devices,
    emailed_links::{LinkItem, use_link},
    error::{Conflict, Unavailable, WriteError},
    item, key,
    limits::take_slot,
    moved::is_present,
    notices::DailyLimit,
    places::{self, Move, PendingFor, Sessions, device_generation, is_free_for, point_to},
};

/// Everything that a request to change the address is decided on.
#[derive(Debug)]
pub struct EmailChangeView {
    /// What may be done with the new address.
    pub availability: Availability,
    /// The language of the account that has it.
    pub language: Option<Language>,
    /// The emails that it was sent.
    pub limit: EmailLimit,
    /// The counters of the source for [`LimitedAction::Requests`].
    pub requests: RateLimit,
}

/// A request to change the address of an account.
#[derive(Debug)]
pub struct EmailChangeRequest<'a> {
    /// The session in which it is made.
    pub session: &'a Session,
    /// The account.
    pub account: &'a Account,
    /// The slot that the request takes of its source's limit.
    pub source: &'a RateSlot,
    /// The email as it counts for the new address.
    pub taken: &'a TakenEmail,
    /// What is sent to the new address.
    pub email: &'a NewAddressEmail,
    /// The browser, for the audit trail.
    pub device: &'a Device,
    /// When.
    pub at: Timestamp,
}

/// What is sent to an address that a resident asks to change to.
#[derive(Debug)]
pub enum NewAddressEmail {
    /// The link that confirms it.
    Link(AccountEmail),
    /// A message without a link: another account has the address, or had it lately.
    Unavailable(OutboxMessage),
}

/// The emails about a change that took effect.
#[derive(Debug)]
pub struct EmailChangeNotices<'a> {
    /// The notice to the previous address, with *This wasn't me*.
    pub former: &'a AccountEmail,
    /// The message to the new address.
    pub new: &'a OutboxMessage,
}

impl Table {
    /// Reads everything that a request of this account to change its address is decided on (`BatchGetItem`).
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn view_email_change(
        &self,
        account: AccountId,
        email: &EmailAddress,
        block: AddressBlock,
        now: Timestamp,
    ) -> Result<EmailChangeView, Unavailable> {
        let places: Vec<_> = self.data()?.email_keys(email).iter().map(key::account).collect();
        let limit = key::email_limit(&self.data()?.email_key(email));
        let requests = self.rate_limit(block, LimitedAction::Requests, now)?;
        let mut keys = [&places, requests.keys()].concat();
        keys.push(limit.clone());
        let mut found = self.get_all_following(&places, &keys, now).await?;
        let (mut availability, mut language) = (Availability::Free, None);
        for place in &places {
            let item = found.get(place).filter(|item| is_present(item, now));
            let is_own = places::reserved_for(item, now)? == Some(account);
            if let Some(item) = item.filter(|_| !is_own) {
                availability = Availability::Taken;
                let of = item.get("left").and_then(|left| left.as_m().ok()).unwrap_or(item);
                language = of.get("language").and_then(|language| language.as_s().ok()?.parse().ok());
            }
        }
        let source = Some(self.data()?.source_key(&block.largest_network()));
        Ok(EmailChangeView {
            availability,
            language,
            requests: requests.with_counts(&found),
            limit: EmailLimit::read(limit.clone(), source, found.remove(&limit), now)?,
        })
    }

    /// Queues the email to the new address, and stores its link (`TransactWriteItems`). Writes as many items where the address
    /// is another account's.
    ///
    /// # Errors
    /// - [`Conflict::Session`] when the session ended or was renewed meanwhile.
    /// - [`Conflict::Generation`] when it was ended together with others.
    /// - [`Conflict::Account`] when the account changed, or asked for another link, since it was read.
    /// - [`Conflict::EmailLimit`] when the address was sent another email meanwhile.
    /// - [`Conflict::RateLimit`] when a counter of the source is full.
    /// - [`Conflict::DailyLimit`] when enough links were asked for today.
    pub async fn request_email_change(&self, request: &EmailChangeRequest<'_>) -> Result<(), WriteError> {
        let EmailChangeRequest { session, account, source, taken, email, device, at } = *request;
        let details = account.details();
        let before = &details.email_change_links;
        // A link that isn't sent is listed, too: else the links that were sent before would tell whether the address is taken.
        let link = match email {
            NewAddressEmail::Link(email) => email.links.first().map(|link| link.id),
            NewAddressEmail::Unavailable(_) => None,
        };
        let listed = before.with(link.unwrap_or_else(|| LinkId::from_random(self.random())));
        let list = unchanged(state(account), details)
            .instead("SET #email_change_links = :links")
            .names(&["email_change_links"])
            .value("links", links(&listed));
        let (condition, list) = if before.ids().is_empty() {
            (
                "(attribute_not_exists(#email_change_links) OR size(#email_change_links) = :none)",
                list.value("none", item::number(0)),
            )
        } else {
            ("#email_change_links = :before", list.value("before", links(before)))
        };
        let transaction = check_session(self.write_transaction(), session);
        let transaction = take_slot(transaction, source, Conflict::RateLimit);
        let transaction = self.with_email_taken(transaction, taken);
        let transaction = DailyLimit::EmailChanges.count(transaction, details.id, at);
        let transaction = transaction.update(
            Conflict::Account,
            &key::account(&details.place),
            &format!("{UNCHANGED} AND {condition}"),
            list,
        );
        let audit = self.audit(AuditSubject::Account(details.id), AuditEvent::EmailChangeAsked, device, at);
        let transaction = transaction.put(Conflict::Audit, audit);
        match email {
            NewAddressEmail::Link(email) => self.with_account_email(transaction, email),
            NewAddressEmail::Unavailable(message) => {
                self.with_decoys(transaction, 1, at).put(Conflict::Outbox, self.message(message))
            }
        }
        .commit()
        .await
    }

    /// Changes the address: moves the account to the place of the new one, reserves the one that it leaves, uses the link and
    /// queues the emails. Sessions and grants continue. Calls `GetItem`, `Query` and `TransactWriteItems`.
    ///
    /// The account knows the browsers that it knew, at most [`devices::MOST_MOVED`].
    ///
    /// # Errors
    /// - [`Conflict::Link`] when the link was used or expired.
    /// - [`Conflict::EmailTaken`] when another account has the new address, or had it lately.
    /// - [`Conflict::Account`] when the account changed since it was read.
    /// - [`Conflict::Generation`] when its sessions, or the one that asked, were ended meanwhile.
    pub async fn change_email(
        &self,
        changed: &EmailChanged,
        notices: &EmailChangeNotices<'_>,
        user: &LinkUser<'_>,
    ) -> Result<(), WriteError> {
        let (details, now) = (changed.account.details(), changed.at);
        let own = details.former_addresses.place_of(&changed.email, now).cloned();
        let place = match own {
            Some(own) => own,
            None => self.data()?.email_key(&changed.email),
        };
        let moved = Move { details, place: &place, email: &changed.email, former: &changed.former, at: now };
        let item = self.moved(&moved, |_| {}).await?;
        let known = devices::known(self, details, now).await?;

        let transaction =
            use_link::<EmailChange>(self.write_transaction(), changed.link, user.submission, now);
        let transaction = transaction.replace(Conflict::EmailTaken, Ok(item), is_free_for(details.id, now));
        let others = self.data()?.email_keys(&changed.email).into_iter().filter(|other| *other != place);
        let transaction = others.fold(transaction, |transaction, other| {
            transaction.check(Conflict::EmailTaken, &key::account(&other), is_free_for(details.id, now))
        });
        let unchanged = unchanged(state(&changed.account), details);
        let until = now + domain::former_address::KEPT;
        let transaction = self.reserve(transaction, details, until, unchanged);
        let email = self.seal(&details.id.to_string(), changed.email.as_str().as_bytes())?;
        let asked = PendingFor { at: changed.asked_at, session: changed.session.as_ref() };
        let transaction = point_to(transaction, details, &place, &email, &Sessions::Continue(asked));
        // Attempts from before the account had the address don't lock it.
        let transaction = transaction.delete_any(&key::attempts(&place));
        let generation = device_generation(details, now);
        let transaction = known
            .iter()
            .fold(transaction, |transaction, device| device.move_to(transaction, &place, generation));
        let audit = self.audit_notified(
            AuditSubject::Account(details.id),
            AuditEvent::EmailChanged,
            [notices.former],
            user.device,
            now,
        );
        self.with_account_email(transaction, notices.former)
            .put(Conflict::Outbox, self.message(notices.new))
            .put(Conflict::Audit, audit)
            .commit()
            .await
    }

    /// The change that a link confirms.
    pub(crate) fn read_email_change(
        &self,
        account: AccountId,
        item: &LinkItem,
        place: Option<&AccountPlaceItem>,
    ) -> Result<Option<PendingEmailChange>, Unavailable> {
        let Some((email, generation)) = item.new_email.as_ref().zip(item.generation) else {
            return Ok(None);
        };
        let email =
            self.open(&account.to_string(), email)?.parse().map_err(|_| Unavailable::unreadable("link"))?;
        let session = item.session.clone().map(HashedSecret::stored);
        let is_session_ended = place
            .is_some_and(|place| CurrentSessions::from(place).ended_since(item.sent_at, session.as_ref()));
        Ok(Some(PendingEmailChange { email, generation, session, is_session_ended }))
    }
}
