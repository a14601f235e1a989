//! Sends a request to an address that someone else chose (RULES 9.8).

use std::{
    net::{IpAddr, SocketAddr},
    sync::OnceLock,
    time::Duration,
};

use aws_smithy_http_client::{
    Connector,
    tls::{Provider, TlsContext, TrustStore, rustls_provider::CryptoMode},
};
use aws_smithy_runtime_api::client::{
    dns::{DnsFuture, ResolveDns, ResolveDnsError},
    http::{HttpConnector, HttpConnectorSettings},
    orchestrator::HttpRequest,
};
use aws_smithy_types::body::SdkBody;
use http::{Request, Response, StatusCode, header};
use http_body_util::{BodyExt, Limited};
use url::{Host, Url};

use crate::is_public;

/// The time limit of [`fetch`], from the DNS lookup to the last byte.
const FETCH_TIMEOUT: Duration = Duration::from_secs(2);

const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);

/// The most bytes that are read of a response body.
const MAX_BODY_BYTES: usize = 64 * 1024;

/// Why a request has no usable response; a reason for the operator's log that holds nothing of the response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RequestError(pub &'static str);

/// Fetches the JSON document at `address`, within two seconds. `loopback` also allows this computer, without TLS; it is
/// for local runs and tests.
///
/// # Errors
/// [`RequestError`], also when the status is not 200.
pub async fn fetch(address: &str, loopback: bool) -> Result<Vec<u8>, RequestError> {
    let request = Request::get(address).header(header::ACCEPT, "application/json").body(Vec::new());
    let request = request.map_err(|_| RequestError("not an address"))?;
    let response = tokio::time::timeout(FETCH_TIMEOUT, send(request, loopback)).await;
    let response = response.map_err(|_| RequestError("no answer in time"))??;
    if response.status() != StatusCode::OK {
        return Err(RequestError("the answer's status is not 200"));
    }
    Ok(response.into_body())
}

/// Sends a request and reads its response, whatever the status. The caller sets the time limit.
///
/// # Errors
/// [`RequestError`].
pub async fn send(request: Request<Vec<u8>>, loopback: bool) -> Result<Response<Vec<u8>>, RequestError> {
    let (head, body) = request.into_parts();
    let url = allowed_url(&head.uri.to_string(), loopback)?;
    let mut request = HttpRequest::new(SdkBody::from(body));
    request.set_uri(url.as_str()).map_err(|_| RequestError("not an address"))?;
    request.set_method(head.method.as_str()).map_err(|_| RequestError("not a method"))?;
    for (name, value) in &head.headers {
        let value = value.to_str().map_err(|_| RequestError("a header is not text"))?;
        request.headers_mut().insert(name.as_str().to_owned(), value.to_owned());
    }
    let received = connector(loopback)?.call(request).await.map_err(|_| RequestError("no connection"))?;
    let mut response = Response::builder().status(received.status().as_u16());
    for (name, value) in received.headers() {
        response = response.header(name, value);
    }
    let body = Limited::new(received.into_body(), MAX_BODY_BYTES).collect().await;
    let body = body.map_err(|_| RequestError("the answer is too large or broken"))?.to_bytes().to_vec();
    response.body(body).map_err(|_| RequestError("the answer is malformed"))
}

/// Checks what can be checked of an address without a DNS lookup.
fn allowed_url(address: &str, loopback: bool) -> Result<Url, RequestError> {
    let url = Url::parse(address).map_err(|_| RequestError("not an address"))?;
    match url.scheme() {
        "https" => {}
        "http" if loopback => {}
        _ => return Err(RequestError("not https")),
    }
    // An IP address in a URL is not resolved, so `GuardedResolver` doesn't see it.
    let literal = match url.host() {
        Some(Host::Ipv4(address)) => Some(IpAddr::V4(address)),
        Some(Host::Ipv6(address)) => Some(IpAddr::V6(address)),
        _ => None,
    };
    if literal.is_some_and(|address| !is_allowed(address, loopback)) {
        return Err(RequestError("not a public address"));
    }
    Ok(url)
}

fn is_allowed(address: IpAddr, loopback: bool) -> bool {
    is_public(address) || (loopback && address.is_loopback())
}

/// The connector of this process. Its trust store is built for the first request: parsing the root certificates takes
/// longer than a request to a server nearby.
fn connector(loopback: bool) -> Result<&'static Connector, RequestError> {
    static PUBLIC: OnceLock<Connector> = OnceLock::new();
    static WITH_LOOPBACK: OnceLock<Connector> = OnceLock::new();
    let connector = if loopback { &WITH_LOOPBACK } else { &PUBLIC };
    if let Some(connector) = connector.get() {
        return Ok(connector);
    }
    let built = build_connector(loopback)?;
    Ok(connector.get_or_init(|| built))
}

fn build_connector(loopback: bool) -> Result<Connector, RequestError> {
    let roots: Vec<_> = webpki_root_certs::TLS_SERVER_ROOT_CERTS
        .iter()
        .map(|root| pem::Pem::new("CERTIFICATE", root.as_ref()))
        .collect();
    let roots = TrustStore::empty().with_pem_certificate(pem::encode_many(&roots).into_bytes());
    let context = TlsContext::builder().with_trust_store(roots).build();
    let context = context.map_err(|_| RequestError("TLS can't be set up"))?;
    Ok(Connector::builder()
        .tls_provider(Provider::Rustls(CryptoMode::AwsLc))
        .tls_context(context)
        .connector_settings(HttpConnectorSettings::builder().connect_timeout(CONNECT_TIMEOUT).build())
        // Each request has its own connection: a frozen function must not reuse one that the other end has closed.
        .pool_max_idle_per_host(0)
        .build_with_resolver(GuardedResolver { loopback }))
}

/// Resolves a name to its allowed addresses alone. The connection uses just these addresses, whatever the name resolves
/// to a moment later.
#[derive(Clone, Debug)]
struct GuardedResolver {
    loopback: bool,
}

impl ResolveDns for GuardedResolver {
    fn resolve_dns<'a>(&'a self, name: &'a str) -> DnsFuture<'a> {
        DnsFuture::new(async move {
            let found = tokio::net::lookup_host((name, 0)).await.map_err(ResolveDnsError::new)?;
            let found = found.map(|address: SocketAddr| address.ip());
            let allowed: Vec<_> = found.filter(|address| is_allowed(*address, self.loopback)).collect();
            if allowed.is_empty() {
                return Err(ResolveDnsError::new("no public address"));
            }
            Ok(allowed)
        })
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    };

    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        net::TcpListener,
    };

    use super::*;

    /// What a server does with a request.
    #[derive(Clone, Copy, PartialEq, Eq)]
    enum Serves {
        /// It answers.
        Promptly,
        /// It never answers.
        Nothing,
        /// It answers, and then sends one byte at a time, without end.
        Trickle,
    }

    /// Serves `answer` on this computer; returns the port and the count of connections.
    async fn serve(answer: String, serves: Serves) -> (u16, Arc<AtomicUsize>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (port, reached) = (listener.local_addr().unwrap().port(), Arc::new(AtomicUsize::new(0)));
        let count = reached.clone();
        tokio::spawn(async move {
            loop {
                let (mut stream, _) = listener.accept().await.unwrap();
                count.fetch_add(1, Ordering::SeqCst);
                let mut buffer = [0; 4096];
                let _ = stream.read(&mut buffer).await;
                if serves == Serves::Nothing {
                    std::future::pending::<()>().await;
                }
                let _ = stream.write_all(answer.as_bytes()).await;
                while serves == Serves::Trickle && stream.write_all(b" ").await.is_ok() {
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
            }
        });
        (port, reached)
    }

    fn answer(head: &str, body: &str) -> String {
        format!("HTTP/1.1 {head}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}", body.len())
    }

    #[tokio::test]
    async fn rule_9_8_loopback_is_reached_where_the_deployment_says_so_alone() {
        let (port, reached) = serve(answer("200 OK", "{}"), Serves::Promptly).await;
        assert_eq!(fetch(&format!("http://localhost:{port}/a"), true).await, Ok(b"{}".to_vec()));
        assert_eq!(fetch(&format!("http://127.0.0.1:{port}/a"), true).await, Ok(b"{}".to_vec()));
        assert_eq!(reached.load(Ordering::SeqCst), 2);
        for host in
            ["localhost", "127.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0", "127.1", "2130706433"]
        {
            for scheme in ["http", "https"] {
                let address = format!("{scheme}://{host}:{port}/a");
                assert!(fetch(&address, false).await.is_err(), "{address}");
            }
        }
        assert_eq!(reached.load(Ordering::SeqCst), 2, "no connection was made");
    }

    #[tokio::test]
    async fn rule_9_8_redirects_are_not_followed_and_large_answers_not_read() {
        let (aim, reached) = serve(answer("200 OK", "{}"), Serves::Promptly).await;
        let redirect = format!("302 Found\r\nlocation: http://localhost:{aim}/");
        let (port, _) = serve(answer(&redirect, ""), Serves::Promptly).await;
        let error = fetch(&format!("http://localhost:{port}/"), true).await;
        assert_eq!(error, Err(RequestError("the answer's status is not 200")));
        assert_eq!(reached.load(Ordering::SeqCst), 0);

        let (port, _) = serve(answer("200 OK", &"x".repeat(MAX_BODY_BYTES + 1)), Serves::Promptly).await;
        let error = fetch(&format!("http://localhost:{port}/"), true).await;
        assert_eq!(error, Err(RequestError("the answer is too large or broken")));
        let (port, _) = serve(answer("200 OK", &"x".repeat(MAX_BODY_BYTES)), Serves::Promptly).await;
        assert_eq!(fetch(&format!("http://localhost:{port}/"), true).await.unwrap().len(), MAX_BODY_BYTES);
    }

    #[tokio::test]
    async fn rule_9_8_an_answer_has_two_seconds() {
        let (silent, _) = serve(String::new(), Serves::Nothing).await;
        let head = "HTTP/1.1 200 OK\r\ncontent-length: 60000\r\n\r\n";
        let (trickling, _) = serve(head.to_owned(), Serves::Trickle).await;
        let fetch_from = async |port: u16| fetch(&format!("http://localhost:{port}/"), true).await;
        let fetched = tokio::join!(fetch_from(silent), fetch_from(trickling));
        let late = || Err(RequestError("no answer in time"));
        assert_eq!(fetched, (late(), late()));
    }

    #[tokio::test]
    async fn rule_9_8_only_https_is_asked() {
        for address in ["http://example.com/", "ftp://example.com/", "file:///etc/passwd", "", "https://"] {
            assert!(fetch(address, false).await.is_err(), "{address}");
        }
    }
}
