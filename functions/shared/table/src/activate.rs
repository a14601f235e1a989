//! An activation link is found, and a registration becomes the account that claims its email (RULES 2.5).

use aws_sdk_dynamodb::types::AttributeValue;
use domain::{
    Timestamp,
    account::{Account, Active, Details, Locked},
    id::{AccountId, LinkId, TransactionId},
    keys::{EmailKey, Sealed},
    language::Language,
    link::Activation as ActivationUse,
    registration::{Activated, Registration},
    secret::PreSession,
    session::Session,
};
use serde::{Deserialize, Serialize};

use crate::{
    LinkState, Table,
    audit::{About, Event},
    error::{Unavailable, WriteError},
    item::{self, Attributes, Kind, epoch},
    key,
    links::{LinkItem, spend},
    register,
    sessions::begin_session,
    together::Expression,
};

/// The state in which an account's password is accepted.
pub(crate) const ACTIVE: &str = "active";
/// The state in which it isn't (RULES 3.4).
pub(crate) const LOCKED: &str = "locked";

#[derive(Serialize, Deserialize)]
pub(crate) struct AccountItem {
    id: AccountId,
    state: String,
    email: Sealed,
    pub(crate) password: Sealed,
    language: Language,
    revision: u64,
    #[serde(with = "epoch")]
    activated_at: Timestamp,
}

impl Kind for AccountItem {
    const NAME: &'static str = "account";
}

#[derive(Serialize, Deserialize)]
struct AccountEmailItem {
    place: EmailKey,
}

impl Kind for AccountEmailItem {
    const NAME: &'static str = "account_email";
}

/// What an activation link leads to.
#[derive(Debug)]
pub struct FoundLink {
    /// Whether it can still be used.
    pub state: LinkState,
    /// The registration it was sent for, while that lives.
    pub registration: Option<Registration>,
    /// Whether the email has an account by now.
    pub is_taken: bool,
    /// The sign-in transaction its resident was on.
    pub transaction: Option<TransactionId>,
}

/// An activation, with the session it begins.
#[derive(Debug)]
pub struct Activation<'a> {
    /// The registration that becomes an account.
    pub activated: &'a Activated,
    /// The session.
    pub session: &'a SignedIn,
}

/// A session that begins, and in which browser.
#[derive(Debug)]
pub struct SignedIn {
    /// The session.
    pub session: Session,
    /// The browser, as a person would call it.
    pub device: String,
    /// The secret this browser has from now on.
    pub browser: PreSession,
    /// The sign-in transaction of this browser, which goes on under that secret.
    pub transaction: Option<TransactionId>,
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
        Ok(Some(FoundLink { state: item.state(now), registration, is_taken, transaction: item.transaction }))
    }

    /// Claims the email, spends the link, ends the registration and begins a session, together or not at all.
    ///
    /// # Errors
    /// `Overtaken("account")` when the email is taken by now, `Overtaken("link")` when the link is spent or ran out,
    /// `Overtaken("registration")` when it is gone or was renewed, `Overtaken("transaction")` when that is over.
    pub async fn activate(&self, activation: &Activation<'_>) -> Result<(), WriteError> {
        let Activation { activated, session } = activation;
        let (registration, now) = (&activated.registration, activated.at);
        let place = self.keys.email_key(&registration.email);
        let others = self.keys.email_keys(&registration.email).into_iter().filter(|key| *key != place);
        let together = self
            .together()
            .put("account", item::write(&key::account(&place), &self.account_item(activated), None));
        let together = others.fold(together, |together, other| {
            together.check("account", &key::account(&other), Expression::new("attribute_not_exists(pk)"))
        });
        let to_email = item::write(&key::account_email(activated.account), &AccountEmailItem { place }, None);
        let ends = Expression::new("#link = :link AND #ttl > :now").names(&["link", "ttl"]);
        let ends = ends.value("link", item::text(registration.link)).value("now", item::seconds(now));
        let together = spend(together, registration.link, now)
            .delete("registration", &register::key_of(registration), ends)
            .put("account email", to_email)
            .put(
                "audit",
                self.audit(About::Account(activated.account), (Event::Activated, &session.device), now),
            );
        begin_session(together, session).commit().await
    }

    fn account_item(&self, activated: &Activated) -> AccountItem {
        let (registration, owner) = (&activated.registration, activated.account.to_string());
        AccountItem {
            id: activated.account,
            state: ACTIVE.to_owned(),
            email: self.seal(&owner, registration.email.as_str().as_bytes()),
            password: self.seal_password(&owner, &registration.password),
            language: registration.language,
            revision: 1,
            activated_at: activated.at,
        }
    }

    pub(crate) fn read_account(
        &self,
        item: Option<Attributes>,
        now: Timestamp,
    ) -> Result<Option<(Account, Sealed)>, Unavailable> {
        let place = item.as_ref().and_then(item::key_of).and_then(|key| key::email_of(&key.pk));
        let Some((place, item)) = place.zip(item::read::<AccountItem>(item, now)?) else { return Ok(None) };
        let owner = item.id.to_string();
        let email =
            self.open(&owner, &item.email)?.parse().map_err(|_| Unavailable::unreadable("account"))?;
        let password = self.open_password(&owner, &item.password)?;
        let details =
            Details { id: item.id, email, place, password, language: item.language, revision: item.revision };
        let account = match item.state.as_str() {
            ACTIVE => Account::Active(Active(details)),
            LOCKED => Account::Locked(Locked(details)),
            _ => return Err(Unavailable::unreadable("account")),
        };
        Ok(Some((account, item.password)))
    }
}

/// What must still hold of an account for a write that was decided on it.
pub(crate) fn unchanged(details: &Details) -> Expression {
    let unchanged =
        Expression::new("#state = :active AND #revision = :revision").names(&["state", "revision"]);
    unchanged
        .value("active", AttributeValue::S(ACTIVE.into()))
        .value("revision", item::number(details.revision))
}
