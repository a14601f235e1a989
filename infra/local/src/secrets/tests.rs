use std::sync::atomic::{AtomicUsize, Ordering};

use futures_util::{FutureExt, future::join_all};
use jiff::SignedDuration;

use super::*;

/// A store whose nth rotation stores the value n, and the number of rotations.
fn counting() -> (Arc<Secrets>, Arc<AtomicUsize>) {
    let secrets = Arc::new(Secrets::with_fresh_keys().unwrap());
    let rotations = Arc::new(AtomicUsize::new(0));
    let (store, count) = (Arc::downgrade(&secrets), rotations.clone());
    secrets.rotate_by(move |event| {
        let (store, count) = (store.upgrade().unwrap(), count.clone());
        Box::pin(async move {
            tokio::task::yield_now().await;
            let (id, version) = (&event["SecretId"], &event["ClientRequestToken"]);
            let current = json!({ "SecretId": id, "VersionStage": "AWSCURRENT" });
            assert_eq!(call(&store, "GetSecretValue", current).await.0, 200);
            if event["Step"] == "createSecret" {
                let keys = (count.fetch_add(1, Ordering::SeqCst) + 1).to_string();
                // Without labels the version becomes current.
                let put = json!({ "SecretId": id, "ClientRequestToken": version, "SecretString": keys });
                assert_eq!(call(&store, "PutSecretValue", put).await.0, 200);
            }
            Ok(())
        })
    });
    (secrets, rotations)
}

async fn call(secrets: &Arc<Secrets>, operation: &str, request: Value) -> (u16, Value) {
    let mut headers = HeaderMap::new();
    headers.insert("x-amz-target", format!("secretsmanager.{operation}").parse().unwrap());
    let response = answer(State(secrets.clone()), headers, request.to_string()).await;
    let status = response.status().as_u16();
    let body = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
    (status, serde_json::from_slice(&body).unwrap())
}

/// Reads the signing keys like a function.
async fn read(secrets: &Arc<Secrets>) -> String {
    let (status, found) = call(secrets, "GetSecretValue", json!({ "SecretId": SIGNING_KEYS })).await;
    assert_eq!(status, 200, "{found}");
    found["SecretString"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn each_purpose_has_a_secret_with_its_keys_alone() {
    let secrets = Arc::new(Secrets::with_fresh_keys().unwrap());
    for purpose in KeyPurpose::ALL {
        let (status, found) =
            call(&secrets, "GetSecretValue", json!({ "SecretId": key_secret(purpose) })).await;
        assert_eq!(status, 200, "{found}");
        let json = found["SecretString"].as_str().unwrap();
        assert!(domain::keys::KeyRing::default().with(purpose, json).is_ok());
        let keys: Map<String, Value> = serde_json::from_str(json).unwrap();
        assert!(keys.keys().eq(purpose.key_names()), "{json}");
    }
}

#[tokio::test]
async fn a_stored_value_is_the_next_one_read() {
    let secrets = Arc::new(Secrets::with_fresh_keys().unwrap());
    let before = secrets.key_ring();
    let newer = json!({ "link": { "current": 2, "keys": { "2": fresh_key().unwrap() } } });
    let put =
        json!({ "SecretId": "link-keys", "ClientRequestToken": "2", "SecretString": newer.to_string() });
    assert_eq!(call(&secrets, "PutSecretValue", put).await.0, 200);
    let now = secrets.key_ring();
    assert_eq!((&now["link"], &now["form"]), (&newer["link"], &before["form"]));
}

#[test]
fn missing_keys_are_added_to_a_saved_key_ring() {
    let mut earlier = Secrets::with_fresh_keys().unwrap().key_ring();
    for name in ["subject", "session"] {
        earlier.as_object_mut().unwrap().remove(name);
    }
    let now = Secrets::with_key_ring(earlier.clone()).unwrap().key_ring();
    assert!(earlier.as_object().unwrap().iter().all(|(name, keys)| now[name] == *keys));
    assert!(now["subject"].is_object());
    assert_eq!(now["session"], earlier["link"], "which made what the session keys make");
    assert!(Secrets::with_key_ring(json!([])).is_err());
}

#[tokio::test]
async fn concurrent_readers_wait_for_the_first_keys() {
    let (secrets, rotations) = counting();
    let all = join_all((0..5).map(|_| read(&secrets))).await;
    assert_eq!(all, vec!["1"; 5]);
    assert_eq!(read(&secrets).await, "1");
    assert_eq!(rotations.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn the_first_keys_are_created_even_if_the_reader_disconnects() {
    let (secrets, rotations) = counting();
    assert_eq!(read(&secrets).now_or_never(), None);
    tokio::task::yield_now().await;
    drop(secrets.signing_keys.running.lock().await);
    assert_eq!((secrets.lacks_keys(), rotations.load(Ordering::SeqCst)), (false, 1));
}

#[tokio::test]
async fn keys_are_rotated_when_due_but_not_before_the_first_read() {
    let (secrets, rotations) = counting();
    let (now, day) = (app::clock::now(), SignedDuration::from_hours(24));
    secrets.fall_due(now + day * 400, day * 30).await;
    assert_eq!(rotations.load(Ordering::SeqCst), 0);
    read(&secrets).await;
    secrets.fall_due(now + day * 29, day * 30).await;
    assert_eq!(read(&secrets).await, "1");
    secrets.fall_due(now + day * 31, day * 30).await;
    assert_eq!(read(&secrets).await, "2");
    secrets.rotate().await.unwrap();
    assert_eq!(read(&secrets).await, "3");
}

#[tokio::test]
async fn a_failed_rotation_resumes_with_its_version() {
    let secrets = Arc::new(Secrets::with_fresh_keys().unwrap());
    assert!(secrets.rotate().await.is_err(), "no function rotates");
    let events = Arc::new(Mutex::new(Vec::new()));
    let log = events.clone();
    secrets.rotate_by(move |event| {
        let mut log = log.lock().unwrap();
        log.push((event["Step"].clone(), event["ClientRequestToken"].clone()));
        let returned = if log.len() == 1 { Err("on purpose".to_owned()) } else { Ok(()) };
        Box::pin(async { returned })
    });
    assert_eq!(read(&secrets).await, "{}");
    assert!(secrets.rotate().await.is_err(), "the last step moved no label");
    let expected = ["createSecret", "createSecret", "setSecret"];
    let expected = expected.map(|step| (json!(step), json!(FIRST_ROTATION)));
    assert_eq!(events.lock().unwrap()[..3], expected);
}

#[tokio::test]
async fn saved_signing_keys_are_restored() {
    let (secrets, _) = counting();
    read(&secrets).await;
    let again = Secrets::with_fresh_keys().unwrap();
    again.replace_signing_keys(secrets.signing_keys()).unwrap();
    assert_eq!(again.signing_keys(), secrets.signing_keys());
    assert_eq!(read(&Arc::new(again)).await, "1");
    let none = Secrets::with_fresh_keys().unwrap();
    assert!(none.replace_signing_keys(json!(1)).is_err());
    assert_eq!(read(&Arc::new(none)).await, "{}");
}

#[tokio::test]
async fn only_known_secrets_are_found_by_name_or_arn() {
    let secrets = Arc::new(Secrets::with_fresh_keys().unwrap());
    for (name, rotates) in [("data-keys", false), (SIGNING_KEYS, true)] {
        let by_name = call(&secrets, "DescribeSecret", json!({ "SecretId": name })).await;
        assert_eq!(by_name, call(&secrets, "DescribeSecret", json!({ "SecretId": arn(name) })).await);
        assert_eq!((by_name.0, &by_name.1["RotationEnabled"]), (200, &json!(rotates)));
    }
    for (operation, id, kind) in [
        ("GetSecretValue", "other", "ResourceNotFoundException"),
        ("PutSecretValue", "data-keys", "InvalidParameterException"),
        ("DeleteSecret", "data-keys", "UnknownOperationException"),
    ] {
        let (status, error) = call(&secrets, operation, json!({ "SecretId": id })).await;
        assert_eq!((status, error["__type"].as_str()), (400, Some(kind)));
    }
    secrets.fail_with(Some(500));
    assert_eq!(call(&secrets, "GetSecretValue", json!({ "SecretId": "data-keys" })).await.0, 500);
}

#[test]
fn the_example_event_is_the_first_step_of_the_first_rotation() {
    let event: Value = serde_json::from_str(include_str!("../../../../events/rotate.json")).unwrap();
    assert_eq!(event["Step"], "createSecret");
    assert_eq!(event["ClientRequestToken"], FIRST_ROTATION);
    assert!(event["SecretId"].as_str().unwrap().contains(&format!(":secret:{SIGNING_KEYS}-")));
}
