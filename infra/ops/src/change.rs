//! The change that applying a registration makes, shown field by field.

use std::fmt;

use domain::service::{AuthMethod, Client, ClientId, ClientRegistration};
use oidc::registration::sector;
use yaml_serde::Value;

/// The change of one service.
#[derive(Clone, Debug)]
pub struct Change {
    /// The service in the registry; `None` for a new one.
    pub before: Option<Client>,
    /// The service to write, with the secrets and the switch that it has.
    pub after: Client,
}

/// A field of a registration.
struct Field {
    name: String,
    values: Vec<String>,
    is_list: bool,
}

impl Change {
    /// The change from what is registered to `registration`.
    #[must_use]
    pub fn new(before: Option<Client>, registration: ClientRegistration) -> Self {
        let after = match before.clone() {
            Some(client) => Client { registration, ..client },
            None => Client { registration, secrets: Vec::new(), is_on: true, revision: 0 },
        };
        Self { before, after }
    }

    /// The client ID of the service.
    #[must_use]
    pub fn client_id(&self) -> &ClientId {
        &self.after.registration.client_id
    }

    /// Whether the registration differs from the registered one.
    #[must_use]
    pub fn is_needed(&self) -> bool {
        self.before.as_ref().is_none_or(|before| before.registration != self.after.registration)
    }

    /// Whether the service can't authenticate until a secret is created for it.
    #[must_use]
    pub fn lacks_a_secret(&self) -> bool {
        self.after.registration.token_endpoint_auth_method != AuthMethod::PrivateKeyJwt
            && self.after.secrets.is_empty()
    }

    /// Whether the pairwise identifiers of the service's residents change (RULES 6.1).
    #[must_use]
    pub fn renames_residents(&self) -> bool {
        let after = sector(&self.after.registration);
        self.before.as_ref().is_some_and(|before| sector(&before.registration) != after)
    }
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (id, new) = (self.client_id(), fields(&self.after.registration)?);
        let Some(before) = &self.before else {
            writeln!(f, "{id} is new:")?;
            return new.iter().try_for_each(|field| lines(f, &field.name, &field.values));
        };
        if !self.is_needed() {
            return writeln!(f, "{id} is unchanged.");
        }
        writeln!(f, "{id} changes:")?;
        let old = fields(&before.registration)?;
        let named = |all: &'_ [Field], name: &str| all.iter().position(|field| field.name == name);
        for field in &old {
            let new = named(&new, &field.name).map(|at| &new[at]);
            lines(f, &field.name, &difference(Some(field), new))?;
        }
        for field in new.iter().filter(|field| named(&old, &field.name).is_none()) {
            lines(f, &field.name, &difference(None, Some(field)))?;
        }
        if self.renames_residents() {
            writeln!(f, "  Residents get new identifiers: the service will not recognize them.")?;
        }
        Ok(())
    }
}

fn lines(f: &mut fmt::Formatter<'_>, name: &str, values: &[String]) -> fmt::Result {
    let names = std::iter::once(name).chain(std::iter::repeat(""));
    names.zip(values).try_for_each(|(name, value)| writeln!(f, "  {name:<30} {value}"))
}

fn difference(old: Option<&Field>, new: Option<&Field>) -> Vec<String> {
    let values = |field: Option<&Field>| field.map_or_else(Vec::new, |field| field.values.clone());
    let (before, after) = (values(old), values(new));
    if before == after {
        return Vec::new();
    }
    if [old, new].into_iter().flatten().any(|field| field.is_list) {
        let removed = before.iter().filter(|value| !after.contains(value)).map(|value| format!("- {value}"));
        let added = after.iter().filter(|value| !before.contains(value)).map(|value| format!("+ {value}"));
        let differences: Vec<_> = removed.chain(added).collect();
        return if differences.is_empty() { vec!["reordered".to_owned()] } else { differences };
    }
    let shown = |values: &[String]| values.first().map_or_else(|| "(none)".to_owned(), Clone::clone);
    vec![format!("{} -> {}", shown(&before), shown(&after))]
}

/// The fields of a registration, with the names and in the order of its file.
fn fields(registration: &ClientRegistration) -> Result<Vec<Field>, fmt::Error> {
    let value = yaml_serde::to_value(registration).map_err(|_| fmt::Error)?;
    let mut found = Vec::new();
    flatten("", &value, &mut found);
    Ok(found)
}

fn flatten(name: &str, value: &Value, found: &mut Vec<Field>) {
    match value {
        Value::Mapping(mapping) => {
            for (key, value) in mapping {
                let key = text(key);
                let name = if name.is_empty() { key } else { format!("{name}.{key}") };
                flatten(&name, value, found);
            }
        }
        Value::Sequence(values) => {
            let values = values.iter().map(text).collect();
            found.push(Field { name: name.to_owned(), values, is_list: true });
        }
        value => found.push(Field { name: name.to_owned(), values: vec![text(value)], is_list: false }),
    }
}

/// A value on one line, with control characters escaped: a terminal would execute them.
fn text(value: &Value) -> String {
    let text = match value {
        Value::String(text) => text.clone(),
        value => serde_json::to_string(value).unwrap_or_default(),
    };
    let visible = |c: char| if c.is_control() { c.escape_unicode().to_string() } else { c.to_string() };
    text.chars().map(visible).collect()
}

#[cfg(test)]
mod tests {
    use domain::secret::ClientSecret;

    use super::*;
    use crate::parse;

    fn registration(change: impl FnOnce(&mut ClientRegistration)) -> ClientRegistration {
        let mut registration = parse(
            "\
client_id: health
client_name: { en: Health card, fr: Carte Santé }
client_uri: https://health.example/
support_contact: { en: mailto:help@health.example, fr: mailto:aide@health.example }
redirect_uris: [https://health.example/return, https://health.example/other]
token_endpoint_auth_method: client_secret_basic
scopes: [openid, email]
",
            false,
        )
        .unwrap();
        change(&mut registration);
        registration
    }

    fn registered() -> Client {
        let secrets = vec![ClientSecret::from_random([1; 32]).hash()];
        Client { registration: registration(|_| ()), secrets, is_on: false, revision: 7 }
    }

    fn shown(change: impl FnOnce(&mut ClientRegistration)) -> String {
        Change::new(Some(registered()), registration(change)).to_string()
    }

    #[test]
    fn a_new_service_is_shown_with_all_fields() {
        let change = Change::new(None, registration(|_| ()));
        assert_eq!(
            change.to_string(),
            "\
health is new:
  client_id                      health
  client_name.en                 Health card
  client_name.fr                 Carte Santé
  client_uri                     https://health.example/
  support_contact.en             mailto:help@health.example
  support_contact.fr             mailto:aide@health.example
  redirect_uris                  https://health.example/return
                                 https://health.example/other
  token_endpoint_auth_method     client_secret_basic
  id_token_signed_response_alg   ES256
  subject_type                   pairwise
  assurance                      password
  scopes                         openid
                                 email
  require_pkce                   true
"
        );
        assert!(change.is_needed() && change.lacks_a_secret() && !change.renames_residents());
        assert!(change.after.is_on);
        assert_eq!(change.after.revision, 0);
    }

    #[test]
    fn an_unchanged_registration_needs_no_write() {
        let change = Change::new(Some(registered()), registration(|_| ()));
        assert_eq!(change.to_string(), "health is unchanged.\n");
        assert!(!change.is_needed() && !change.lacks_a_secret());
    }

    #[test]
    fn secrets_switch_and_revision_are_kept() {
        let change = Change::new(Some(registered()), registration(|r| r.require_pkce = false));
        assert!(change.after.secrets == registered().secrets);
        assert!(!change.after.is_on);
        assert_eq!(change.after.revision, 7);
    }

    #[test]
    fn a_change_is_shown_field_by_field() {
        let shown = shown(|r| {
            r.client_name.fr = "Carte-santé".into();
            r.redirect_uris[1] = "https://health.example/third".into();
            r.post_logout_redirect_uris = vec!["https://health.example/bye".into()];
            r.initiate_login_uri = Some("https://health.example/start".into());
            r.require_pkce = false;
        });
        assert_eq!(
            shown,
            "\
health changes:
  client_name.fr                 Carte Santé -> Carte-santé
  redirect_uris                  - https://health.example/other
                                 + https://health.example/third
  require_pkce                   true -> false
  post_logout_redirect_uris      + https://health.example/bye
  initiate_login_uri             (none) -> https://health.example/start
"
        );
    }

    #[test]
    fn a_new_order_is_a_change() {
        let shown = shown(|r| r.redirect_uris.reverse());
        assert_eq!(shown, "health changes:\n  redirect_uris                  reordered\n");
    }

    #[test]
    fn rule_6_1_a_change_of_the_sector_is_announced() {
        let shown = shown(|r| r.sector_identifier = Some("ontario.example".into()));
        assert_eq!(
            shown,
            "\
health changes:
  sector_identifier              (none) -> ontario.example
  Residents get new identifiers: the service will not recognize them.
"
        );
    }

    #[test]
    fn keys_are_shown_one_by_one_with_control_characters_escaped() {
        let shown = shown(|r| {
            r.jwks = Some(serde_json::json!({ "keys": [{ "kid": "a\u{1b}b" }], "x": "\u{1b}[2J\u{9b}" }));
        });
        assert_eq!(
            shown,
            "\
health changes:
  jwks.keys                      + {\"kid\":\"a\\u001bb\"}
  jwks.x                         (none) -> \\u{1b}[2J\\u{9b}
"
        );
    }
}
