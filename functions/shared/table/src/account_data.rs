//! The data of an account for its resident (RULES 7.5): what the items of its two partitions hold, as JSON.
//!
//! [`SECTIONS`] says of each kind of item and of each attribute whether it is in the download, or why it isn't; a test
//! compares the list with the items. An attribute that isn't listed is left out. `docs/design/download.md` describes the
//! result.

use aws_sdk_dynamodb::types::AttributeValue;
use domain::{Timestamp, account::Account, language::Language, service::Client, session::Session};
use serde_json::{Map, Value, json};

pub use crate::data_sections::{Attribute, OTHER_KINDS, SECTIONS, Section};
use crate::{
    Table,
    data_sections::Attribute::{In, Number, Out},
    error::Unavailable,
    item::{self, Attributes},
    key,
};

/// How many entries of the audit trail are read. Whoever has the password can add any number of them, as of sessions, and a
/// response has at most 6 MB.
const MOST_ENTRIES: usize = 10_000;

/// The format of the document. It changes when a field changes its meaning or disappears.
const FORMAT: u32 = 1;

impl Section {
    fn of(kind: &str) -> Option<&'static Self> {
        SECTIONS.iter().find(|section| section.kind == kind)
    }

    fn attribute(&self, path: &str) -> Option<Attribute> {
        self.attributes.iter().find(|(name, _)| *name == path).map(|(_, attribute)| *attribute)
    }
}

impl Table {
    /// The data of the account of this session (`GetItem` for its place and for the factors, `Query` of its partitions).
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn account_data(&self, session: &Session, now: Timestamp) -> Result<Value, Unavailable> {
        let id = session.account;
        let mut entries = 0;
        let is_enough = |items: &[Attributes]| {
            entries += items.iter().filter(|item| item::kind(item) == "audit").count();
            entries >= MOST_ENTRIES
        };
        let partition = key::account_partition(id);
        let (mut items, has_more_sessions) =
            self.query_with_few(&partition, key::SESSION_PREFIX, is_enough).await?;
        let is_whole = entries < MOST_ENTRIES;
        let place = items.iter().find(|item| item::kind(item) == "account_place").cloned();
        let account = self.current_account(id, None, place.clone(), now).await?;
        let mut has_more_browsers = false;
        if let Some(details) = account.as_ref().map(Account::details) {
            let mut found = Vec::new();
            // Those of older lookup keys first: a move takes items from there.
            for place in self.data()?.email_keys(&details.email).iter().rev() {
                let partition = key::email_partition(place);
                let (under, has_more) =
                    self.query_with_few(&partition, key::DEVICE_PREFIX, |_| false).await?;
                found.extend(under);
                has_more_browsers |= has_more;
            }
            keep_own(&mut found);
            items.extend(found);
        }
        let mut document = Map::new();
        document.insert("format".into(), FORMAT.into());
        document.insert("created_at".into(), now.to_string().into());
        for section in SECTIONS {
            let of_kind = |item: &&Attributes| item::kind(item) == section.kind && item::is_live(item, now);
            let values = items.iter().filter(of_kind).map(|item| in_section(section, item));
            let values: Vec<_> = values.filter(|value| *value != json!({})).collect();
            if !values.is_empty() {
                document.insert(section.name.into(), values.into());
            }
        }
        document.insert("known_browsers_are_complete".into(), (!has_more_browsers).into());
        document.insert("sessions_are_complete".into(), (!has_more_sessions).into());
        document.insert("activity_is_complete".into(), is_whole.into());
        self.add_plain_text(&mut document, session, account.as_ref(), now).await?;
        self.add_names(&mut document).await?;
        Ok(Value::Object(document))
    }

    /// Replaces the list `account` by its only element, and adds what is sealed in the items.
    async fn add_plain_text(
        &self,
        document: &mut Map<String, Value>,
        session: &Session,
        account: Option<&Account>,
        now: Timestamp,
    ) -> Result<(), Unavailable> {
        let own = document.get("account").and_then(|accounts| accounts.get(0)).cloned().unwrap_or_default();
        let Value::Object(mut own) = own else { return Ok(()) };
        if let Some(details) = account.map(Account::details) {
            own.insert("email".into(), details.email.to_unicode().into());
            own.insert("has_password".into(), details.password.is_some().into());
            let former = details.former_addresses.all().iter();
            let former: Vec<_> = former
                .map(|one| json!({ "email": one.email.to_unicode(), "until": one.until.to_string() }))
                .collect();
            if !former.is_empty() {
                own.insert("former_addresses".into(), former.into());
            }
        }
        document.insert("account".into(), Value::Object(own));
        let factors = self.factors(session.account, now).await?;
        let authenticators = document.get_mut("verification").and_then(|list| list.get_mut(0));
        let authenticators = authenticators.and_then(|one| one.get_mut("authenticators"));
        for one in authenticators.and_then(Value::as_array_mut).into_iter().flatten() {
            let is_one = |id: &Value| id.as_str() == one.get("id").and_then(Value::as_str);
            let named = factors.authenticators.iter().find(|named| is_one(&named.id.to_string().into()));
            if let Some(named) = named {
                one["name"] = named.name.as_str().into();
            }
        }
        Ok(())
    }

    /// Adds the names of the services, which residents know them by.
    async fn add_names(&self, document: &mut Map<String, Value>) -> Result<(), Unavailable> {
        let services = document.get_mut("services").and_then(Value::as_array_mut);
        let Some(services) = services else { return Ok(()) };
        let ids: Vec<_> = services.iter().filter_map(|one| one["client_id"].as_str()?.parse().ok()).collect();
        let clients = self.clients_by_id(&ids).await?;
        for one in services {
            let is_one = |client: &&Client| one["client_id"] == client.registration.client_id.to_string();
            if let Some(client) = clients.iter().find(is_one) {
                let name = |language| client.registration.client_name.in_language(language);
                one["name"] = json!({ "en": name(Language::English), "fr": name(Language::French) });
            }
        }
        Ok(())
    }
}

/// Keeps of the items of an address those of its account. Others are of whoever had or wanted the address before: browsers that
/// an earlier account knew, attempts or entries of the audit trail from when there was no account.
fn keep_own(items: &mut Vec<Attributes>) {
    let generation = |item: &Attributes, name: &str| item.get(name).cloned().unwrap_or(item::number(0));
    let account = items.iter().find(|item| item::kind(item) == "account");
    let Some(devices) = account.map(|account| generation(account, "device_generation")) else {
        return items.clear();
    };
    let place = account.and_then(|account| account.get("pk").cloned());
    let activated_at = account.and_then(|account| account.get("activated_at")?.as_n().ok()?.parse().ok());
    let activated_at: i64 = activated_at.unwrap_or(i64::MAX);
    let sent_at = |item: &Attributes| {
        item::key_of(item).and_then(|key| key::parse_sent_email(&key)).map(|(at, _)| at.as_second())
    };
    items.retain(|item| match item::kind(item) {
        "audit" => false,
        "attempts" | "notice_limit" => item.get("pk") == place.as_ref(),
        "device" => generation(item, "generation") == devices,
        // Those before are those of whoever had or wanted the address.
        "sent_email" => sent_at(item).is_some_and(|at| at >= activated_at),
        _ => true,
    });
}

/// An item as an object of its section. What its key says is part of it, and until when it is kept.
fn in_section(section: &Section, item: &Attributes) -> Value {
    let mut object = Map::new();
    let sk = item.get("sk").and_then(|sk| sk.as_s().ok()).map_or("", String::as_str);
    let after = |prefix| sk.strip_prefix(prefix).unwrap_or_default().to_owned();
    match section.kind {
        "connection" => object.insert("client_id".into(), after(key::CONNECTION_PREFIX).into()),
        "partner_link" => object.insert("partner".into(), after(key::PARTNER_PREFIX).into()),
        "source_limit" => object.insert("what".into(), sk.split('#').next().unwrap_or_default().into()),
        "sent_email" => {
            let key = item::key_of(item).and_then(|key| key::parse_sent_email(&key));
            key.and_then(|(at, _)| object.insert("sent_at".into(), at.to_string().into()))
        }
        "email_limit" => object.insert("in_known_browser".into(), sk.contains('#').into()),
        _ => None,
    };
    for (name, value) in item {
        object.extend(in_document(section, name, value).map(|value| (name.clone(), value)));
    }
    if let Some(ttl) = item.get("ttl") {
        object.insert("kept_until".into(), plain("kept_until", ttl));
    }
    Value::Object(object)
}

/// The value at this path in the document, if it or a part of it is there.
fn in_document(section: &Section, path: &str, value: &AttributeValue) -> Option<Value> {
    let name = path.rsplit('.').next().unwrap_or(path);
    match (section.attribute(path), value) {
        (Some(In), AttributeValue::L(list)) if list.is_empty() => None,
        (Some(In), value) => Some(plain(name, value)),
        (Some(Number), AttributeValue::L(list)) => Some(list.len().into()),
        (Some(Number), AttributeValue::Ss(set)) => Some(set.len().into()),
        (None, AttributeValue::M(map)) => {
            let parts = map.iter().filter_map(|(name, value)| {
                Some((name.clone(), in_document(section, &format!("{path}.{name}"), value)?))
            });
            Some(Value::Object(parts.collect()))
                .filter(|object| object.as_object().is_some_and(|map| !map.is_empty()))
        }
        (None, AttributeValue::L(list)) => {
            let parts: Vec<_> = list.iter().filter_map(|value| in_document(section, path, value)).collect();
            (!parts.is_empty()).then_some(Value::Array(parts))
        }
        _ => None,
    }
}

/// A value as JSON. A number is a time if its name says so.
fn plain(name: &str, value: &AttributeValue) -> Value {
    match value {
        AttributeValue::S(text) => text.as_str().into(),
        AttributeValue::Bool(flag) => (*flag).into(),
        AttributeValue::N(number) => {
            let number: i64 = number.parse().unwrap_or_default();
            if !is_time(name) {
                return number.into();
            }
            // Zero is a time that never came.
            let time = (number > 0).then(|| Timestamp::from_second(number).ok()).flatten();
            time.map_or(Value::Null, |time| time.to_string().into())
        }
        AttributeValue::L(list) => list.iter().map(|value| plain(name, value)).collect(),
        AttributeValue::Ss(set) => json!(set),
        _ => Value::Null,
    }
}

fn is_time(name: &str) -> bool {
    const TIMES: [&str; 6] = ["at", "until", "since", "counts_from", "locks_told", "codes_sent"];
    name.ends_with("_at") || name.ends_with("_until") || TIMES.contains(&name)
}

/// Whether an attribute of a kind of item is in the document, or why it isn't. `None`: it isn't listed.
#[must_use]
pub fn is_listed(kind: &str, path: &str) -> Option<Attribute> {
    if let Some((_, reason)) = OTHER_KINDS.iter().find(|(other, _)| *other == kind) {
        return Some(Out(reason));
    }
    match path {
        "pk" | "sk" | "kind" | "v" => Some(Out("the key, the kind and the version of the item")),
        "ttl" => Some(In),
        path => Section::of(kind)?.attribute(path),
    }
}
