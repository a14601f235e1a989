use super::*;
use crate::email::EmailAddress;

/// A key ring for tests, with every purpose. Each key has the given versions, the last of which is current.
pub(crate) fn ring(versions: &[u8]) -> KeyRing {
    let names = KeyPurpose::ALL.into_iter().flat_map(KeyPurpose::key_names);
    let key = |name: &str| {
        let first = *name.as_bytes().first().unwrap() ^ u8::try_from(name.len()).unwrap() << 4;
        let keys =
            versions.iter().map(|version| (version.to_string(), BASE64.encode(&[first ^ version; 32])));
        serde_json::json!({ "current": versions.last(), "keys": keys.collect::<BTreeMap<_, _>>() })
    };
    let json: serde_json::Map<_, _> = names.map(|name| ((*name).to_owned(), key(name))).collect();
    let json = serde_json::Value::from(json).to_string();
    KeyPurpose::ALL
        .into_iter()
        .try_fold(KeyRing::default(), |ring, purpose| ring.with(purpose, &json))
        .unwrap()
}

fn email() -> EmailAddress {
    "ana@exemple.ca".parse().unwrap()
}

#[test]
fn rule_9_5_what_an_older_key_made_is_still_found_and_read() {
    let (old, both, new) = (ring(&[1]), ring(&[1, 2]), ring(&[2]));
    let (old_data, data) = (old.data().unwrap(), both.data().unwrap());
    assert!(data.email_keys(&email()).contains(&old_data.email_key(&email())));
    assert_eq!(data.email_keys(&email())[0], data.email_key(&email()));
    assert_ne!(data.email_key(&email()), old_data.email_key(&email()));
    let is_older = |keys: &KeyRing, key: &EmailKey| keys.data().unwrap().is_older_lookup(key.as_str());
    assert!(is_older(&both, &old_data.email_key(&email())) && !is_older(&old, &old_data.email_key(&email())));

    let sealed = old_data.seal("owner", b"plain", [0; 12]);
    assert_eq!(data.open("owner", &sealed).unwrap().as_slice(), b"plain");
    let wrapped = old.password().unwrap().wrap("owner", "hash", [0; 12]);
    assert_eq!(both.password().unwrap().unwrap("owner", &wrapped).unwrap().as_slice(), b"hash");
    assert!(both.password().unwrap().is_stale(&wrapped) && !old.password().unwrap().is_stale(&wrapped));

    let (version, tag) = old.link().unwrap().mac(b"id");
    assert!(both.link().unwrap().is_mac(b"id", version, &tag));
    let token = old.form().unwrap().csrf_token("browser");
    assert!(both.form().unwrap().is_csrf_token("browser", &token));
    assert!(!new.form().unwrap().is_csrf_token("browser", &token));
}

#[test]
fn a_sealed_value_opens_for_its_owner_and_purpose_alone() {
    let ring = ring(&[1]);
    let (data, password) = (ring.data().unwrap(), ring.password().unwrap());
    let sealed = password.wrap("ana", "hash", [3; 12]);
    assert_eq!(password.unwrap("bob", &sealed), Err(CannotOpen));
    assert_eq!(data.open("ana", &sealed), Err(CannotOpen));
    for junk in ["", "1", "1.", "9.AAAA", "x.AAAA", "1.AAAAAAAAAAAAAAAAAAAA", "1.\u{e9}"] {
        assert_eq!(data.open("ana", &Sealed(junk.into())), Err(CannotOpen), "{junk}");
    }
}

#[test]
fn a_mac_or_token_of_something_else_is_refused() {
    let ring = ring(&[1]);
    let (link, form) = (ring.link().unwrap(), ring.form().unwrap());
    let (version, tag) = link.mac(b"one");
    assert!(!link.is_mac(b"two", version, &tag));
    assert!(!link.is_mac(b"one", 2, &tag));
    assert!(!link.is_mac(b"one", version, &tag[..16]));
    for junk in ["", ".", "1.", "2.AAAA", &form.csrf_token("other")] {
        assert!(!form.is_csrf_token("browser", junk), "{junk}");
    }
}

#[test]
fn a_secret_without_a_current_key_is_rejected() {
    let bad = serde_json::json!({ "current": 2, "keys": { "1": BASE64.encode(&[0; 32]) } });
    let good = serde_json::json!({ "current": 1, "keys": { "1": BASE64.encode(&[0; 32]) } });
    for purpose in KeyPurpose::ALL {
        let with = |key: &serde_json::Value| {
            let keys: BTreeMap<_, _> = purpose.key_names().iter().map(|name| (*name, key)).collect();
            KeyRing::default().with(purpose, &serde_json::json!(keys).to_string())
        };
        assert!(with(&good).is_ok(), "{purpose:?}");
        assert_eq!(with(&bad).err(), Some(BadKeys), "{purpose:?}");
        assert_eq!(KeyRing::default().with(purpose, "{}").err(), Some(BadKeys), "{purpose:?}");
    }
}

#[test]
fn rule_9_5_a_ring_has_the_keys_of_its_purposes_alone_and_tells_which_were_used() {
    let ring = ring(&[1]).restricted(&[KeyPurpose::Form, KeyPurpose::Data]);
    assert_eq!(ring.link().err(), Some(MissingKeys(KeyPurpose::Link)));
    assert!(ring.form().is_ok());
    assert_eq!(ring.used().collect::<Vec<_>>(), [KeyPurpose::Link, KeyPurpose::Form]);
    let used: fn(&KeyRing) -> bool = |ring| {
        let all = (ring.data().is_ok(), ring.password().is_ok(), ring.link().is_ok(), ring.session().is_ok());
        all == (true, false, false, false) && ring.ticket().is_err() && ring.subject().is_err()
    };
    assert!(used(&ring));
    assert_eq!(MissingKeys(KeyPurpose::Ticket).to_string(), "the function has no ticket keys");
}
