//! The AWS clients. Region and credentials are explicit and the AWS root certificates are embedded, so that a cold start looks
//! nothing up.
#![expect(clippy::disallowed_methods, reason = "clients are made here")]

use std::time::{Duration, SystemTime};

use aws_credential_types::Credentials;
use aws_sdk_dynamodb::config::{
    BehaviorVersion, Region, SharedHttpClient, retry::RetryConfig, timeout::TimeoutConfig,
};
use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use aws_sigv4::{
    http_request::{SignableBody, SignableRequest, SigningSettings, sign},
    sign::v4,
};
use aws_smithy_http_client::{
    Builder,
    tls::{Provider, TlsContext, TrustStore, rustls_provider::CryptoMode},
};
use aws_smithy_runtime_api::client::interceptors::SharedInterceptor;
use domain::keys::KeyRing;
use futures_util::future::try_join_all;
use secrecy::ExposeSecret;
use table::TransactionConflictClassifier;

use crate::{
    Failure, clock,
    config::{Aws, Config},
};

/// The longest that a call to DynamoDB or Secrets Manager takes, with its attempts.
pub const LONGEST_CALL: Duration = Duration::from_secs(4);

/// The longest that a request to SES takes.
pub const LONGEST_EMAIL_CALL: Duration = Duration::from_secs(6);

/// The API of `CloudFront`, which is global, and the region that its requests are signed for.
const CLOUDFRONT: &str = "https://cloudfront.amazonaws.com";
const CLOUDFRONT_REGION: &str = "us-east-1";

static AWS_ROOTS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/aws-roots.pem"));

/// The DynamoDB client, which also retries transaction conflicts.
pub(crate) fn table_client(
    config: &Config,
    extra: Option<SharedInterceptor>,
) -> Result<aws_sdk_dynamodb::Client, Failure> {
    let aws = &config.aws;
    let mut builder = aws_sdk_dynamodb::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new(aws.region.clone()))
        .credentials_provider(credentials(aws))
        .http_client(http_client()?)
        .retry_config(retries())
        .retry_classifier(TransactionConflictClassifier)
        .timeout_config(timeouts());
    builder.set_endpoint_url(aws.dynamodb_url.clone());
    if let Some(extra) = extra {
        builder.push_interceptor(extra);
    }
    Ok(aws_sdk_dynamodb::Client::from_conf(builder.build()))
}

/// The SES client. It doesn't retry: SES has no idempotency token, so the outbox decides whether to send again after a response
/// was lost. Each request gets a connection of its own: one that SES closed while the function was frozen would lose the
/// request, and nothing would tell whether SES had read it.
///
/// # Errors
/// [`Failure`] when TLS can't be set up.
pub(crate) fn email_client(config: &Config) -> Result<aws_sdk_sesv2::Client, Failure> {
    let aws = &config.aws;
    let mut builder = aws_sdk_sesv2::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new(aws.region.clone()))
        .credentials_provider(credentials(aws))
        .http_client(http_client_with(Some(0))?)
        .retry_config(RetryConfig::disabled())
        .timeout_config(
            TimeoutConfig::builder()
                .connect_timeout(Duration::from_secs(2))
                .operation_timeout(LONGEST_EMAIL_CALL)
                .build(),
        );
    builder.set_endpoint_url(aws.ses_url.clone());
    Ok(aws_sdk_sesv2::Client::from_conf(builder.build()))
}

/// Reads the keys of each configured purpose, in parallel.
pub(crate) async fn key_ring(
    client: &aws_sdk_secretsmanager::Client,
    config: &Config,
) -> Result<KeyRing, Failure> {
    // Boxed: the future of a call is large.
    let reads = config.key_secrets.values().map(|name| Box::pin(value_of(client, name)));
    let values = try_join_all(reads).await?;
    config.key_secrets.keys().zip(values).try_fold(KeyRing::default(), |ring, (purpose, value)| {
        let malformed = |_| Failure::new(format!("the {} keys are missing or malformed", purpose.name()));
        ring.with(*purpose, &value).map_err(malformed)
    })
}

/// Reads a secret.
pub(crate) async fn secret(config: &Config, name: &str) -> Result<String, Failure> {
    value_of(&secrets_client(config)?, name).await
}

/// Reads a secret by a client.
pub(crate) async fn value_of(client: &aws_sdk_secretsmanager::Client, name: &str) -> Result<String, Failure> {
    let answer = client.get_secret_value().secret_id(name).send().await;
    let answer = answer.map_err(|error| Failure::of_call("a secret can't be read", &error))?;
    Ok(answer.secret_string().unwrap_or_default().to_owned())
}

/// The Secrets Manager client.
///
/// # Errors
/// [`Failure`] when TLS can't be set up.
pub fn secrets_client(config: &Config) -> Result<aws_sdk_secretsmanager::Client, Failure> {
    let aws = &config.aws;
    let mut builder = aws_sdk_secretsmanager::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new(aws.region.clone()))
        .credentials_provider(credentials(aws))
        .http_client(http_client()?)
        .retry_config(retries())
        .timeout_config(timeouts());
    builder.set_endpoint_url(aws.secrets_manager_url.clone());
    Ok(aws_sdk_secretsmanager::Client::from_conf(builder.build()))
}

/// A signed request to the API of `CloudFront`. The caller sends it: its documents pass through as they are, with settings
/// that a client of today doesn't know.
///
/// # Errors
/// [`Failure`] when the request can't be signed.
pub fn cloudfront_request(
    config: &Config,
    request: http::Request<Vec<u8>>,
) -> Result<http::Request<Vec<u8>>, Failure> {
    let aws = &config.aws;
    let unsigned =
        |error: &dyn std::fmt::Display| Failure::new(format!("a request can't be signed: {error}"));
    let base = aws.cloudfront_url.as_deref().unwrap_or(CLOUDFRONT).trim_end_matches('/');
    let uri = format!("{base}{}", request.uri());
    let identity = credentials(aws).into();
    let params = v4::SigningParams::builder()
        .identity(&identity)
        .region(CLOUDFRONT_REGION)
        .name("cloudfront")
        .time(SystemTime::UNIX_EPOCH + Duration::from_secs(clock::now().as_second().unsigned_abs()))
        .settings(SigningSettings::default())
        .build()
        .map_err(|error| unsigned(&error))?
        .into();
    let (mut head, body) = request.into_parts();
    let headers = head.headers.iter().filter_map(|(name, value)| Some((name.as_str(), value.to_str().ok()?)));
    let signable = SignableRequest::new(head.method.as_str(), &uri, headers, SignableBody::Bytes(&body));
    let signable = signable.map_err(|error| unsigned(&error))?;
    let (signature, _) = sign(signable, &params).map_err(|error| unsigned(&error))?.into_parts();
    head.uri = uri.parse().map_err(|error| unsigned(&error))?;
    let mut request = http::Request::from_parts(head, body);
    signature.apply_to_request_http1x(&mut request);
    Ok(request)
}

/// The code of an error, or its kind when the service gave none. Messages are left out, since they may repeat values.
pub fn code<E: ProvideErrorMetadata, R>(error: &SdkError<E, R>) -> String {
    let kind = match error {
        SdkError::TimeoutError(_) => "time-out",
        SdkError::DispatchFailure(_) => "no connection",
        SdkError::ResponseError(_) => "unreadable answer",
        _ => "unknown",
    };
    error.as_service_error().and_then(ProvideErrorMetadata::code).unwrap_or(kind).to_owned()
}

fn credentials(aws: &Aws) -> Credentials {
    Credentials::new(
        &aws.access_key_id,
        aws.secret_access_key.expose_secret(),
        aws.session_token.as_ref().map(|token| token.expose_secret().to_owned()),
        None,
        "environment",
    )
}

/// Few retries with short pauses, which end within [`timeouts`].
fn retries() -> RetryConfig {
    RetryConfig::standard()
        .with_max_attempts(6)
        .with_initial_backoff(Duration::from_millis(40))
        .with_max_backoff(Duration::from_millis(400))
}

/// The time limits of one call, which are shorter than the budget of a request (RULES 9.9). An attempt ends while there is
/// time for another one: its connection may have died while the function was frozen.
fn timeouts() -> TimeoutConfig {
    TimeoutConfig::builder()
        .connect_timeout(Duration::from_millis(800))
        .operation_attempt_timeout(Duration::from_millis(1500))
        .operation_timeout(LONGEST_CALL)
        .build()
}

/// How long an idle connection is kept. After a longer pause, such as while the function was frozen, the other side may have
/// dropped it silently.
const IDLE: Duration = Duration::from_secs(20);

fn http_client() -> Result<SharedHttpClient, Failure> {
    http_client_with(None)
}

/// `idle` is how many idle connections are kept, if that is limited.
fn http_client_with(idle: Option<usize>) -> Result<SharedHttpClient, Failure> {
    let roots = TrustStore::empty().with_pem_certificate(AWS_ROOTS);
    let context = TlsContext::builder()
        .with_trust_store(roots)
        .build()
        .map_err(|_| Failure::new("TLS can't be set up"))?;
    let mut builder = Builder::new().tls_provider(Provider::Rustls(CryptoMode::AwsLc)).tls_context(context);
    builder.set_pool_idle_timeout(Some(Some(IDLE)));
    builder.set_pool_max_idle_per_host(idle);
    Ok(builder.build_https())
}
