//! Reads registrations from files: one YAML document per file. Reports every mistake.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use domain::service::{ClientId, ClientRegistration};
use oidc::registration::mistakes;
use yaml_serde::{Mapping, Value};

/// A valid registration, in which each field of a file is checked separately.
const EXAMPLE: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../services/demo-1.yaml"));

/// Reads the registrations of these files. `loopback` allows `http` addresses of this computer.
///
/// # Errors
/// The mistakes of all files, each with its file and field.
pub fn read(files: &[PathBuf], loopback: bool) -> Result<Vec<ClientRegistration>, Vec<String>> {
    let (mut registrations, mut found) = (Vec::new(), Vec::new());
    let mut first: BTreeMap<ClientId, &Path> = BTreeMap::new();
    for path in files {
        let file = path.display();
        match text(path).and_then(|text| parse(&text, loopback)) {
            Err(mistakes) => found.extend(mistakes.iter().map(|mistake| format!("{file}: {mistake}"))),
            Ok(registration) => {
                let id = &registration.client_id;
                match first.insert(id.clone(), path) {
                    None => registrations.push(registration),
                    Some(other) => {
                        found.push(format!("{file}: client_id {id} is also that of {}", other.display()));
                    }
                }
            }
        }
    }
    if found.is_empty() { Ok(registrations) } else { Err(found) }
}

/// Parses one registration. `loopback` allows `http` addresses of this computer.
///
/// # Errors
/// All mistakes, each with its field.
pub fn parse(yaml: &str, loopback: bool) -> Result<ClientRegistration, Vec<String>> {
    let given: Mapping = yaml_serde::from_str(yaml)
        .map_err(|error| vec![format!("is not a single YAML document with fields: {error}")])?;
    let mut found = malformed(&given)?;
    match yaml_serde::from_value::<ClientRegistration>(Value::Mapping(given)) {
        Ok(registration) => {
            let mistakes = mistakes(&registration, loopback);
            found.extend(mistakes.iter().map(|mistake| format!("{} {}", mistake.field, mistake.what)));
            if found.is_empty() { Ok(registration) } else { Err(found) }
        }
        Err(_) if !found.is_empty() => Err(found),
        Err(error) => Err(vec![error.to_string()]),
    }
}

fn text(path: &Path) -> Result<String, Vec<String>> {
    fs::read_to_string(path).map_err(|error| vec![format!("can't be read: {error}")])
}

/// The fields that are missing, unknown or of the wrong type.
///
/// Serde stops at the first error. Each field is therefore deserialized separately, within a registration that is
/// valid otherwise.
fn malformed(given: &Mapping) -> Result<Vec<String>, Vec<String>> {
    let valid: Mapping = yaml_serde::from_str(EXAMPLE).map_err(|error| vec![error.to_string()])?;
    let others = given.keys().filter(|name| !valid.contains_key(*name));
    let mut found = Vec::new();
    for name in valid.keys().chain(others) {
        let (mut mixed, is_given) = (valid.clone(), given.contains_key(name));
        match given.get(name) {
            Some(value) => mixed.insert(name.clone(), value.clone()),
            None => mixed.remove(name),
        };
        let read = serde_ignored::deserialize::<_, _, ClientRegistration>(Value::Mapping(mixed), |unknown| {
            found.push(format!("{unknown} is not a field of a registration"));
        });
        let name = yaml_serde::to_string(name).map_err(|error| vec![error.to_string()])?;
        let name = name.trim_end();
        match read {
            Err(error) if is_given => found.push(format!("{name}: {error}")),
            Err(_) => found.push(format!("{name} is missing")),
            Ok(_) => {}
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINIMAL: &str = "\
client_id: health
client_name: { en: Health card, fr: Carte Santé }
client_uri: https://health.example/
support_contact: { en: mailto:help@health.example, fr: mailto:aide@health.example }
redirect_uris: [https://health.example/return]
token_endpoint_auth_method: client_secret_basic
scopes: [openid, email]
";

    fn mistakes_of(change: impl Fn(String) -> String) -> Vec<String> {
        parse(&change(MINIMAL.to_owned()), false).unwrap_err()
    }

    fn with(line: &str) -> Vec<String> {
        mistakes_of(|yaml| yaml + line)
    }

    #[test]
    fn rule_6_3_fields_with_a_default_are_optional() {
        let registration = parse(MINIMAL, false).unwrap();
        assert_eq!(registration.client_id.as_str(), "health");
        assert!(registration.require_pkce);
        assert_eq!(registration.post_logout_redirect_uris, [""; 0]);
    }

    #[test]
    fn rule_6_3_unknown_fields_are_reported_by_name() {
        assert_eq!(
            with("redirect_uri: https://a.example/"),
            ["redirect_uri is not a field of a registration"]
        );
        let nested = mistakes_of(|yaml| yaml.replace("en: Health card", "en: Health card, de: Karte"));
        assert_eq!(nested, ["client_name.de is not a field of a registration"]);
    }

    #[test]
    fn rule_6_3_every_mistake_is_reported_at_once() {
        let all = mistakes_of(|yaml| {
            yaml.replace("client_id: health\n", "")
                .replace(", fr: Carte Santé", "")
                .replace("[openid, email]", "[openid, profile]")
                .replace("client_secret_basic", "none")
                + "require_pkce: maybe\ncolour: red\n"
        });
        assert_eq!(
            all,
            [
                "client_id is missing",
                "client_name: missing field `fr`",
                "token_endpoint_auth_method: unknown variant `none`, expected one of `private_key_jwt`, `client_secret_basic`, `client_secret_post`",
                "scopes: unknown variant `profile`, expected one of `openid`, `email`, `offline_access`",
                "require_pkce: invalid type: string \"maybe\", expected a boolean",
                "colour is not a field of a registration",
            ]
        );
    }

    #[test]
    fn rule_6_3_an_unknown_field_hides_no_other_mistake() {
        let all = mistakes_of(|yaml| yaml.replace("[openid, email]", "[email]") + "colour: red\n");
        assert_eq!(all, ["colour is not a field of a registration", "scopes must contain openid"]);
    }

    #[test]
    fn rule_6_3_each_missing_field_is_reported_by_name() {
        for line in MINIMAL.lines() {
            let name = line.split(':').next().unwrap();
            let without = mistakes_of(|yaml| yaml.replace(&format!("{line}\n"), ""));
            assert_eq!(without, [format!("{name} is missing")]);
        }
    }

    #[test]
    fn rule_6_3_invalid_values_are_reported_with_their_field() {
        let id = mistakes_of(|yaml| yaml.replace("client_id: health", "client_id: a b"));
        assert_eq!(id, ["client_id: not a client id: 1 to 64 letters, digits, '.', '_', '~' or '-'"]);
        let http = mistakes_of(|yaml| yaml.replace("uri: https:", "uri: http:"));
        assert_eq!(http, ["client_uri http://health.example/ must begin with https://"]);
    }

    #[test]
    fn a_file_that_is_not_one_mapping_is_rejected() {
        for text in ["- a", "text", "a: [", "a: 1\na: 2\n", "a: 1\n---\nb: 2\n"] {
            let mistakes = parse(text, false).unwrap_err();
            assert_eq!(mistakes.len(), 1, "{text:?}");
            assert!(mistakes[0].starts_with("is not a single YAML document with fields: "), "{mistakes:?}");
        }
        assert_eq!(with("1: a"), ["1: invalid type: integer `1`, expected field identifier"]);
    }

    #[test]
    fn the_demo_services_are_valid_only_in_a_local_run() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../services");
        let files = [folder.join("demo-1.yaml"), folder.join("demo-2.yaml")];
        let registrations = read(&files, true).unwrap();
        assert_eq!(registrations.len(), 2);
        assert_ne!(registrations[0].sector_identifier, registrations[1].sector_identifier);
        let elsewhere = read(&files, false).unwrap_err();
        assert!(
            elsewhere.iter().all(|mistake| mistake.ends_with("must begin with https://")),
            "{elsewhere:?}"
        );
    }

    #[test]
    fn rule_6_3_two_files_of_one_service_are_rejected() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../services");
        let file = folder.join("demo-1.yaml");
        let absent = folder.join("absent.yaml");
        let mistakes = read(&[file.clone(), file.clone(), absent.clone()], true).unwrap_err();
        assert_eq!(mistakes.len(), 2);
        assert_eq!(mistakes[0], format!("{0}: client_id demo-1 is also that of {0}", file.display()));
        assert!(mistakes[1].starts_with(&format!("{}: can't be read: ", absent.display())), "{mistakes:?}");
    }
}
