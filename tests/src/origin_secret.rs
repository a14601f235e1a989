//! The origin secret rotates without a request that is refused, and without it no function responds (RULES 9.10).

use std::sync::Arc;

use app::App;
use domain::SignedDuration;
use futures_util::future::join;
use local::{CloudFrontFault, Gateway, Incoming, STEPS};
use serde_json::{Value, json};

use crate::support::env::{TestEnv, wait};

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAYS_30: SignedDuration = SignedDuration::from_hours(30 * 24);

/// The status of a page for a request with this header.
async fn status(gateway: &Gateway, header: Option<&str>) -> u64 {
    let mut event = gateway.event(&Incoming::get("/login"));
    match header {
        Some(header) => event["headers"]["x-origin-secret"] = header.into(),
        None => drop(event["headers"].as_object_mut().unwrap().remove("x-origin-secret")),
    }
    gateway.call(&event).await["statusCode"].as_u64().unwrap()
}

impl TestEnv {
    /// Functions that have read their secrets just now.
    async fn fresh_functions(&self) -> Gateway {
        self.stack.gateway_of(&self.stack.another_app(None).await.unwrap()).unwrap()
    }

    fn origin_value(&self, name: &str) -> String {
        self.stack.secrets.origin_secret()[name].as_str().unwrap_or_default().to_owned()
    }

    /// Takes all steps of a rotation; each finds the same, whichever functions and edges a request meets.
    async fn rotate_under_requests(&self, idle: &Gateway) {
        let (before, version) = (self.stack.cloudfront.sent(), self.stack.secrets.begin_origin_rotation());
        for step in STEPS {
            // The answer of the first try is lost.
            for _ in 0..2 {
                self.stack.secrets.take_origin_step(&version, step).await.unwrap();
            }
            let fresh = self.fresh_functions().await;
            // The idle functions don't get to read the newer values.
            self.stack.secrets.fail_with(Some(500));
            for sent in [before.clone(), self.stack.cloudfront.sent()] {
                for functions in [idle, &fresh] {
                    assert_eq!(status(functions, Some(&sent)).await, 200, "{step}");
                }
            }
            self.stack.secrets.fail_with(None);
        }
        assert_eq!(self.stack.cloudfront.sent(), self.origin_value("current"));
    }
}

#[tokio::test]
async fn rule_9_10_no_request_is_refused_while_the_origin_secret_rotates() {
    let env = TestEnv::begin().await;
    let mut sent = vec![env.stack.cloudfront.sent()];
    for rotation in 0..4 {
        wait(HOUR + 5 * MINUTE);
        let idle = env.fresh_functions().await;
        wait(59 * MINUTE);
        env.rotate_under_requests(&idle).await;
        sent.push(env.stack.cloudfront.sent());
        assert_eq!(sent[rotation] == sent[rotation + 1], rotation == 0, "the first one adds a next value");
    }
    let functions = env.fresh_functions().await;
    let [.., leaked, previous, current] = &sent[..] else { panic!("{sent:?}") };
    assert_eq!(status(&functions, Some(leaked)).await, 403, "two rotations end a leaked value");
    for accepted in [previous, current, &env.origin_value("next")] {
        assert_eq!(status(&functions, Some(accepted)).await, 200);
    }
    assert_eq!(env.stack.cloudfront.changes(), 3);
}

#[tokio::test]
async fn rule_9_10_residents_notice_no_scheduled_rotation() {
    let env = TestEnv::begin().await;
    let first = env.stack.cloudfront.sent();
    for _ in 0..3 {
        env.stack.advance(DAYS_30).await.unwrap();
        assert_eq!(env.browser().get("/login").await.status, 200);
    }
    assert_ne!(env.stack.cloudfront.sent(), first);
}

#[tokio::test]
async fn rule_9_10_a_rotation_that_fails_refuses_no_request_and_can_be_repeated() {
    let env = TestEnv::begin().await;
    let (secrets, cloudfront) = (&env.stack.secrets, &env.stack.cloudfront);
    secrets.rotate_origin().await.unwrap();
    for (fault, reason) in [
        (CloudFrontFault::Refuses, "ServiceUnavailable"),
        (CloudFrontFault::ChangesMeanwhile, "PreconditionFailed"),
        (CloudFrontFault::LosesAnswers, "InternalError"),
    ] {
        wait(2 * HOUR);
        let (before, next) = (cloudfront.sent(), env.origin_value("next"));
        cloudfront.fail_with(Some(fault));
        let failed = secrets.rotate_origin().await.unwrap_err().to_string();
        assert!(failed.contains(reason), "{failed}");
        let is_sent = fault == CloudFrontFault::LosesAnswers;
        assert_eq!(cloudfront.sent(), if is_sent { &*next } else { &*before }, "{fault:?}");
        let functions = env.fresh_functions().await;
        for sent in [&before, &cloudfront.sent()] {
            assert_eq!(status(&functions, Some(sent)).await, 200, "{fault:?}");
        }
        cloudfront.fail_with(None);
        let changes = cloudfront.changes();
        secrets.rotate_origin().await.unwrap();
        assert_eq!(cloudfront.changes() - changes, u32::from(!is_sent), "{fault:?}");
        assert_eq!((cloudfront.sent(), env.origin_value("previous")), (next, before));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rule_9_10_two_rotations_at_once_make_one_version() {
    let env = TestEnv::begin().await;
    env.stack.secrets.rotate_origin().await.unwrap();
    wait(2 * HOUR);
    let next = env.origin_value("next");
    let version = env.stack.secrets.begin_origin_rotation();
    for step in STEPS {
        let take = || env.stack.secrets.take_origin_step(&version, step);
        let (one, other) = join(take(), take()).await;
        // One may find that the other was faster.
        assert!(one.is_ok() || other.is_ok(), "{step}: {one:?} {other:?}");
    }
    assert_eq!((env.stack.cloudfront.sent(), env.stack.cloudfront.changes()), (next.clone(), 1));
    assert_eq!(env.origin_value("current"), next);
}

#[tokio::test]
async fn rule_9_10_values_that_changed_lately_stay() {
    let env = TestEnv::begin().await;
    let secrets = &env.stack.secrets;
    secrets.rotate_origin().await.unwrap();
    let values = secrets.origin_secret();
    wait(2 * HOUR - 1);
    secrets.rotate_origin().await.unwrap();
    assert_eq!(secrets.origin_secret(), values);
    wait(1);
    secrets.rotate_origin().await.unwrap();
    assert_eq!(env.origin_value("current"), values["next"]);
}

#[tokio::test]
async fn rule_9_10_a_value_that_an_update_put_back_is_accepted_and_replaced_first() {
    let env = TestEnv::begin().await;
    let (secrets, cloudfront) = (&env.stack.secrets, &env.stack.cloudfront);
    for _ in 0..2 {
        secrets.rotate_origin().await.unwrap();
        wait(2 * HOUR);
    }
    let (previous, current) = (env.origin_value("previous"), env.origin_value("current"));
    cloudfront.replace_sent(&previous);
    env.rotate_under_requests(&env.fresh_functions().await).await;
    assert_eq!((cloudfront.sent(), env.origin_value("current")), (current.clone(), current.clone()));
    wait(2 * HOUR);
    env.rotate_under_requests(&env.fresh_functions().await).await;
    assert_eq!(env.origin_value("previous"), current);
    // What nobody accepts is put right by the next rotation.
    cloudfront.replace_sent("by hand");
    assert_eq!(env.browser().get("/login").await.status, 403);
    wait(2 * HOUR);
    secrets.rotate_origin().await.unwrap();
    assert_eq!(env.browser().get("/login").await.status, 200);
}

#[tokio::test]
async fn rule_9_10_cloudfront_gets_no_value_that_functions_would_refuse() {
    let env = TestEnv::begin().await;
    let (secrets, cloudfront) = (&env.stack.secrets, &env.stack.cloudfront);
    let (sent, value) = (cloudfront.sent(), |letter: &str| letter.repeat(43));
    secrets.replace_origin_secret(json!({ "current": sent, "next": value("n") }));
    let version = secrets.begin_origin_rotation();
    secrets.take_origin_step(&version, "createSecret").await.unwrap();
    let pending = secrets.begin_origin_rotation();
    assert_eq!(pending, version, "it is not finished");
    // An operator writes another version meanwhile.
    let client = app::secrets_client(&env.stack.app.config).unwrap();
    let put = client.put_secret_value().secret_id(local::ORIGIN_SECRET).client_request_token(value("v"));
    let put = put.version_stages("AWSCURRENT");
    put.secret_string(json!({ "current": sent, "next": value("m") }).to_string()).send().await.unwrap();
    let refused = secrets.take_origin_step(&version, "setSecret").await.unwrap_err().to_string();
    assert!(refused.contains("functions would refuse the new value"), "{refused}");
    assert_eq!(cloudfront.sent(), sent);
}

#[tokio::test]
async fn rule_9_10_without_the_origin_secret_no_function_responds() {
    let env = TestEnv::begin_with(vec![("ORIGIN_SECRET", String::new())]).await;
    let sent = env.stack.cloudfront.sent();
    for header in [Some(&*sent), Some(""), None] {
        assert_eq!(status(&env.stack.gateway, header).await, 403, "{header:?}");
    }
    let env = TestEnv::begin().await;
    for (values, status) in [(json!({}), 503), (json!({ "current": "short" }), 503)] {
        env.stack.secrets.replace_origin_secret(values);
        assert!(env.stack.another_app(None).await.is_err(), "{status}");
    }
}

#[tokio::test]
async fn rule_9_10_functions_continue_with_the_values_they_have_while_the_secret_is_unreadable() {
    let env = TestEnv::begin().await;
    let values = env.stack.secrets.origin_secret();
    let malformed: [fn(&TestEnv); 2] = [
        |env| env.stack.secrets.replace_origin_secret(json!({})),
        |env| env.stack.secrets.fail_with(Some(500)),
    ];
    for break_it in malformed {
        break_it(&env);
        for _ in 0..3 {
            wait(40 * MINUTE);
            assert_eq!(env.browser().get("/login").await.status, 200);
            assert_eq!(status(&env.stack.gateway, Some("guessed")).await, 403);
        }
        env.stack.secrets.replace_origin_secret(values.clone());
        env.stack.secrets.fail_with(None);
    }
}

#[tokio::test]
async fn rule_9_10_a_parameter_allows_direct_access() {
    let env = TestEnv::begin_with(vec![("DIRECT_ACCESS", "yes".into())]).await;
    for header in [None, Some("guessed")] {
        assert_eq!(status(&env.stack.gateway, header).await, 200, "{header:?}");
    }
    let env = TestEnv::begin_with(vec![("DIRECT_ACCESS", "true".into())]).await;
    for header in [None, Some("guessed")] {
        assert_eq!(status(&env.stack.gateway, header).await, 403, "{header:?}");
    }
}

#[tokio::test]
async fn rule_9_10_the_function_changes_its_own_distribution_alone() {
    let env = TestEnv::begin_with(vec![("DISTRIBUTION_ID", "EOTHER".into())]).await;
    let failed = env.stack.secrets.rotate_origin().await.unwrap_err().to_string();
    assert!(failed.contains("NoSuchDistribution"), "{failed}");
    let template = include_str!("../../template.yaml");
    let (_, function) = template.split_once("\n  RotateOriginFunction:\n").unwrap();
    let (function, _) = function.split_once("\n\n").unwrap();
    let distribution = "distribution/${Distribution}\n";
    assert!(function.contains("Action: [cloudfront:GetDistributionConfig, cloudfront:UpdateDistribution]"));
    // Two actions, and the ARN.
    assert_eq!(function.matches("cloudfront:").count(), 3, "{function}");
    assert!(function.contains(distribution) && !function.contains("dynamodb") && !function.contains("Keys"));
}

/// What the header has, by whichever function: one app serves them all here.
#[tokio::test]
async fn rule_9_10_services_are_refused_like_pages() {
    let env = TestEnv::begin().await;
    let app: &Arc<App> = &env.stack.app;
    assert!(app.origin_secret().await.unwrap().is_some());
    for path in ["/token", "/userinfo", "/.well-known/jwks.json", "/nothing"] {
        let mut event: Value = env.stack.event(&Incoming::get(path));
        event["headers"]["x-origin-secret"] = "guessed".into();
        assert_eq!(env.stack.gateway.call(&event).await["statusCode"], 403, "{path}");
    }
}
