//! The registry as operators read it.

use comfy_table::{Table, presets::NOTHING};
use domain::service::{AuthMethod, Client, Scope};
use serde_json::{Value, json};

/// All services as a table.
pub(crate) fn table(clients: &[Client]) -> String {
    let header = ["client_id", "name", "state", "authentication", "scopes", "assurance", "secrets"];
    let mut table = Table::new();
    table.load_style(NOTHING).set_header(header).add_rows(clients.iter().map(row));
    for column in table.column_iter_mut() {
        column.set_padding((0, 2));
    }
    table.trim_fmt() + "\n"
}

/// A service as a file for `apply`.
pub(crate) fn file(client: &Client) -> Result<String, yaml_serde::Error> {
    let state = state(client);
    let secrets = client.secrets.len();
    let fields = yaml_serde::to_string(&client.registration)?;
    Ok(format!("# state: {state}\n# secrets: {secrets}\n{fields}"))
}

/// A service as `--json` prints it.
pub(crate) fn json(client: &Client) -> Value {
    json!({
        "client_id": client.registration.client_id,
        "is_on": client.is_on,
        "secrets": client.secrets.len(),
        "revision": client.revision,
        "registration": client.registration,
    })
}

fn row(client: &Client) -> [String; 7] {
    let registration = &client.registration;
    [
        registration.client_id.to_string(),
        registration.client_name.en.clone(),
        state(client).to_owned(),
        method(registration.token_endpoint_auth_method).to_owned(),
        Scope::join(&registration.scopes),
        registration.assurance.name().to_owned(),
        client.secrets.len().to_string(),
    ]
}

fn state(client: &Client) -> &'static str {
    if client.is_on { "on" } else { "off" }
}

fn method(method: AuthMethod) -> &'static str {
    match method {
        AuthMethod::PrivateKeyJwt => "private_key_jwt",
        AuthMethod::ClientSecretBasic => "client_secret_basic",
        AuthMethod::ClientSecretPost => "client_secret_post",
    }
}

#[cfg(test)]
mod tests {
    use domain::secret::ClientSecret;

    use super::*;
    use crate::parse;

    const FILES: [&str; 2] =
        [include_str!("../../services/demo-1.yaml"), include_str!("../../services/demo-2.yaml")];

    fn clients() -> Vec<Client> {
        let client = |yaml: &&str| Client {
            registration: parse(yaml, true).unwrap(),
            secrets: Vec::new(),
            is_on: true,
            revision: 1,
        };
        FILES.iter().map(client).collect()
    }

    #[test]
    fn the_list_has_a_row_per_service() {
        let mut clients = clients();
        clients[0].is_on = false;
        clients[1].secrets.push(ClientSecret::from_random([1; 32]).hash());
        assert_eq!(
            table(&clients),
            "\
client_id  name                 state  authentication       scopes                       assurance  secrets
demo-1     Health card renewal  off    private_key_jwt      openid email offline_access  password   0
demo-2     Road permits         on     client_secret_basic  openid email offline_access  password   1
"
        );
    }

    #[test]
    fn a_printed_service_can_be_applied() {
        for client in clients() {
            let shown = file(&client).unwrap();
            assert!(shown.starts_with("# state: on\n# secrets: 0\nclient_id: demo-"), "{shown}");
            assert_eq!(parse(&shown, true).unwrap(), client.registration);
        }
    }
}
