//! Requests to addresses that others give us (RULES 9.8): https, public addresses looked at when connecting, no redirects,
//! 2 seconds, 64 KiB.

use std::{
    net::{IpAddr, SocketAddr},
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
use http_body_util::{BodyExt, Limited};
use url::{Host, Url};

use crate::is_public;

/// How long a request may take in all.
const WITHIN: Duration = Duration::from_secs(2);

/// How much of an answer is read at most, in bytes.
const AT_MOST: usize = 64 * 1024;

/// Why nothing was had, for the operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unreachable(pub &'static str);

/// What is at this address. `loopback` admits this computer, without TLS too.
///
/// # Errors
/// [`Unreachable`].
pub async fn fetch(address: &str, loopback: bool) -> Result<Vec<u8>, Unreachable> {
    let url = allowed(address, loopback)?;
    let got = tokio::time::timeout(WITHIN, get(&url, loopback)).await;
    got.map_err(|_| Unreachable("no answer in time"))?
}

/// The address, if it may be reached as far as it can be told before connecting.
fn allowed(address: &str, loopback: bool) -> Result<Url, Unreachable> {
    let url = Url::parse(address).map_err(|_| Unreachable("not an address"))?;
    match url.scheme() {
        "https" => {}
        "http" if loopback => {}
        _ => return Err(Unreachable("not https")),
    }
    // A literal address is not looked up: the guard would not see it.
    let literal = match url.host() {
        Some(Host::Ipv4(address)) => Some(IpAddr::V4(address)),
        Some(Host::Ipv6(address)) => Some(IpAddr::V6(address)),
        _ => None,
    };
    if literal.is_some_and(|address| !may_reach(address, loopback)) {
        return Err(Unreachable("not a public address"));
    }
    Ok(url)
}

/// How long connecting may take.
const CONNECTS_WITHIN: Duration = Duration::from_secs(2);

/// Sends a request, and reads its answer: of the same addresses, and as much at most. The caller says how long all of it
/// may take; redirects are not followed.
///
/// # Errors
/// [`Unreachable`].
pub async fn call(
    request: http::Request<Vec<u8>>,
    loopback: bool,
) -> Result<http::Response<Vec<u8>>, Unreachable> {
    let (head, body) = request.into_parts();
    let url = allowed(&head.uri.to_string(), loopback)?;
    let mut sent = HttpRequest::new(SdkBody::from(body));
    sent.set_uri(url.as_str()).map_err(|_| Unreachable("not an address"))?;
    sent.set_method(head.method.as_str()).map_err(|_| Unreachable("not a method"))?;
    for (name, value) in &head.headers {
        let value = value.to_str().map_err(|_| Unreachable("a header is not text"))?;
        sent.headers_mut().insert(name.as_str().to_owned(), value.to_owned());
    }
    let answer = connector(loopback)?.call(sent).await.map_err(|_| Unreachable("no connection"))?;
    let mut response = http::Response::builder().status(answer.status().as_u16());
    for (name, value) in answer.headers() {
        response = response.header(name, value);
    }
    let body = Limited::new(answer.into_body(), AT_MOST).collect().await;
    let body = body.map_err(|_| Unreachable("the answer is too large or broken"))?.to_bytes().to_vec();
    response.body(body).map_err(|_| Unreachable("the answer is malformed"))
}

fn may_reach(address: IpAddr, loopback: bool) -> bool {
    is_public(address) || (loopback && address.is_loopback())
}

async fn get(url: &Url, loopback: bool) -> Result<Vec<u8>, Unreachable> {
    let mut request = HttpRequest::new(SdkBody::empty());
    request.set_uri(url.as_str()).map_err(|_| Unreachable("not an address"))?;
    request.headers_mut().insert("accept", "application/json");
    let answer = connector(loopback)?.call(request).await.map_err(|_| Unreachable("no connection"))?;
    if answer.status().as_u16() != 200 {
        return Err(Unreachable("the answer's status is not 200"));
    }
    let body = Limited::new(answer.into_body(), AT_MOST).collect().await;
    body.map(|body| body.to_bytes().to_vec()).map_err(|_| Unreachable("the answer is too large or broken"))
}

fn connector(loopback: bool) -> Result<Connector, Unreachable> {
    let roots: Vec<_> = webpki_root_certs::TLS_SERVER_ROOT_CERTS
        .iter()
        .map(|root| pem::Pem::new("CERTIFICATE", root.as_ref()))
        .collect();
    let roots = TrustStore::empty().with_pem_certificate(pem::encode_many(&roots).into_bytes());
    let context = TlsContext::builder().with_trust_store(roots).build();
    let context = context.map_err(|_| Unreachable("TLS can't be set up"))?;
    Ok(Connector::builder()
        .tls_provider(Provider::Rustls(CryptoMode::AwsLc))
        .tls_context(context)
        .connector_settings(HttpConnectorSettings::builder().connect_timeout(CONNECTS_WITHIN).build())
        .build_with_resolver(Guarded { loopback }))
}

/// Looks names up, and gives none but the addresses that may be reached: the connection goes to just these, whatever the
/// name means a moment later.
#[derive(Clone, Debug)]
struct Guarded {
    loopback: bool,
}

impl ResolveDns for Guarded {
    fn resolve_dns<'a>(&'a self, name: &'a str) -> DnsFuture<'a> {
        DnsFuture::new(async move {
            let found = tokio::net::lookup_host((name, 0)).await.map_err(ResolveDnsError::new)?;
            let found = found.map(|address: SocketAddr| address.ip());
            let reached: Vec<_> = found.filter(|address| may_reach(*address, self.loopback)).collect();
            if reached.is_empty() {
                return Err(ResolveDnsError::new("no public address"));
            }
            Ok(reached)
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

    /// A server of this computer that answers so; how often it was reached.
    async fn serve(answer: String, hang: bool) -> (u16, Arc<AtomicUsize>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (port, reached) = (listener.local_addr().unwrap().port(), Arc::new(AtomicUsize::new(0)));
        let count = reached.clone();
        tokio::spawn(async move {
            loop {
                let (mut stream, _) = listener.accept().await.unwrap();
                count.fetch_add(1, Ordering::SeqCst);
                let mut buffer = [0; 4096];
                let _ = stream.read(&mut buffer).await;
                if hang {
                    std::future::pending::<()>().await;
                }
                let _ = stream.write_all(answer.as_bytes()).await;
            }
        });
        (port, reached)
    }

    fn answer(head: &str, body: &str) -> String {
        format!("HTTP/1.1 {head}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}", body.len())
    }

    #[tokio::test]
    async fn rule_9_8_this_computer_is_reached_where_the_deployment_says_so_alone() {
        let (port, reached) = serve(answer("200 OK", "{}"), false).await;
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
        let (aim, reached) = serve(answer("200 OK", "{}"), false).await;
        let redirect = format!("302 Found\r\nlocation: http://localhost:{aim}/");
        let (port, _) = serve(answer(&redirect, ""), false).await;
        let refused = fetch(&format!("http://localhost:{port}/"), true).await;
        assert_eq!(refused, Err(Unreachable("the answer's status is not 200")));
        assert_eq!(reached.load(Ordering::SeqCst), 0);

        let (port, _) = serve(answer("200 OK", &"x".repeat(AT_MOST + 1)), false).await;
        let refused = fetch(&format!("http://localhost:{port}/"), true).await;
        assert_eq!(refused, Err(Unreachable("the answer is too large or broken")));
        let (port, _) = serve(answer("200 OK", &"x".repeat(AT_MOST)), false).await;
        assert_eq!(fetch(&format!("http://localhost:{port}/"), true).await.unwrap().len(), AT_MOST);
    }

    #[tokio::test]
    async fn rule_9_8_an_answer_has_two_seconds() {
        let (port, _) = serve(String::new(), true).await;
        assert_eq!(
            fetch(&format!("http://localhost:{port}/"), true).await,
            Err(Unreachable("no answer in time"))
        );
    }

    #[tokio::test]
    async fn rule_9_8_only_https_is_asked() {
        for address in ["http://example.com/", "ftp://example.com/", "file:///etc/passwd", "", "https://"] {
            assert!(fetch(address, false).await.is_err(), "{address}");
        }
    }
}
