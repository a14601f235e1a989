//! The source of a request, as far as the deployment can trust it (RULES 3.11).

use std::{
    net::{IpAddr, SocketAddr},
    sync::Arc,
};

use app::{Access, App, Failure};
use domain::{device::AddressBlock, origin_secret::OriginSecret};
use lambda_http::http::HeaderMap;
use lambda_http::request::RequestContext;

/// The header with the secret of `CloudFront`.
const SECRET: &str = "x-origin-secret";

/// The header with the client's address and port, from `CloudFront`. An IPv6 address has no brackets.
const ADDRESS: &str = "cloudfront-viewer-address";

/// The header with the client's country, from `CloudFront`.
const COUNTRY: &str = "cloudfront-viewer-country";

/// The source of a request.
#[derive(Clone, Debug)]
pub(crate) struct Origin {
    /// The block of its client's address.
    pub(crate) block: AddressBlock,
    /// The client's country; empty when unknown.
    pub(crate) country: String,
}

/// The way on which requests may come.
#[derive(Clone, Debug)]
pub(crate) enum Front {
    /// Through `CloudFront`, with a value of this secret. Without a secret, no request may come.
    CloudFront(Option<Arc<OriginSecret>>),
    /// Directly.
    Direct,
}

impl Front {
    /// The way that the deployment sets.
    ///
    /// # Errors
    /// [`Failure`] when the origin secret can't be read.
    pub(crate) async fn of(app: &App) -> Result<Self, Failure> {
        match app.config.access {
            Access::CloudFront => app.origin_secret().await.map(Self::CloudFront),
            Access::Direct => Ok(Self::Direct),
        }
    }

    /// The source of a request; `None` when the request came on another way.
    ///
    /// Only what the deployment sets is trusted: the headers of `CloudFront` together with its secret, or the address that API
    /// Gateway sees when direct access is configured.
    pub(crate) fn origin(&self, headers: &HeaderMap, context: Option<&RequestContext>) -> Option<Origin> {
        let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        let Self::CloudFront(secret) = self else {
            let block =
                context.and_then(seen_by_gateway).map_or_else(AddressBlock::unknown, AddressBlock::of);
            return Some(Origin { block, country: String::new() });
        };
        let sent = headers.get(SECRET).map(lambda_http::http::HeaderValue::as_bytes)?;
        if !secret.as_ref()?.accepts(sent) {
            return None;
        }
        let address = text(ADDRESS).and_then(address);
        if address.is_none() {
            tracing::warn!("CloudFront did not say where a request comes from");
        }
        let block = address.map_or_else(AddressBlock::unknown, AddressBlock::of);
        let is_country = |code: &&str| code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_uppercase());
        Some(Origin { block, country: text(COUNTRY).filter(is_country).unwrap_or_default().to_owned() })
    }
}

impl Origin {
    /// The source of a request of which nothing is known.
    pub(crate) fn unknown() -> Self {
        Self { block: AddressBlock::unknown(), country: String::new() }
    }
}

fn seen_by_gateway(context: &RequestContext) -> Option<IpAddr> {
    let RequestContext::ApiGatewayV2(context) = context else { return None };
    context.http.source_ip.as_deref()?.parse().ok()
}

fn address(text: &str) -> Option<IpAddr> {
    if let Ok(address) = text.parse::<SocketAddr>() {
        return Some(address.ip());
    }
    text.rsplit_once(':')?.0.parse().ok()
}

#[cfg(test)]
mod tests {
    use lambda_http::http::{HeaderName, HeaderValue};

    use super::*;

    const SENT: &str = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

    fn front(json: &str) -> Front {
        Front::CloudFront(Some(Arc::new(OriginSecret::parse(json).unwrap())))
    }

    fn knowing() -> Front {
        front(&format!(r#"{{"current":"{SENT}"}}"#))
    }

    fn block(address: &str) -> AddressBlock {
        AddressBlock::of(address.parse().unwrap())
    }

    fn seen(front: &Front, pairs: &[(&'static str, &'static str)]) -> Option<Origin> {
        let pairs = pairs
            .iter()
            .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)));
        front.origin(&pairs.collect(), None)
    }

    #[test]
    fn rule_3_11_cloudfronts_headers_count_with_its_secret_alone() {
        let said = [(SECRET, SENT), (ADDRESS, "192.0.2.7:4711"), (COUNTRY, "CA")];
        let origin = seen(&knowing(), &said).unwrap();
        assert!(origin.block == block("192.0.2.7") && origin.country == "CA");
        assert!(seen(&knowing(), &said[1..]).is_none());
        let spoofed = seen(&Front::Direct, &said).unwrap();
        assert!(spoofed.block == AddressBlock::unknown() && spoofed.country.is_empty());
    }

    #[test]
    fn rule_9_10_without_a_value_of_the_secret_no_request_is_accepted() {
        let other = "b".repeat(SENT.len());
        for values in [
            format!(r#"{{"current":"{SENT}"}}"#),
            format!(r#"{{"current":"{other}","previous":"{SENT}"}}"#),
            format!(r#"{{"current":"{other}","next":"{SENT}"}}"#),
        ] {
            assert!(seen(&front(&values), &[(SECRET, SENT)]).is_some(), "{values}");
        }
        let another = front(&format!(r#"{{"current":"{other}"}}"#));
        for headers in [&[][..], &[(SECRET, "")], &[(SECRET, SENT)], &[(SECRET, "bb")]] {
            assert!(seen(&another, headers).is_none(), "{headers:?}");
            assert!(seen(&Front::CloudFront(None), headers).is_none(), "{headers:?}");
        }
    }

    #[test]
    fn an_ipv6_address_stands_without_brackets() {
        for text in ["2001:db8::7:4711", "[2001:db8::7]:4711"] {
            let origin = seen(&knowing(), &[(SECRET, SENT), (ADDRESS, text)]).unwrap();
            assert!(origin.block == block("2001:db8::7"), "{text}");
        }
        for junk in ["", "192.0.2.7", "x:1"] {
            let origin = seen(&knowing(), &[(SECRET, SENT), (ADDRESS, junk), (COUNTRY, "<b>")]).unwrap();
            assert!(origin.block == AddressBlock::unknown() && origin.country.is_empty(), "{junk}");
        }
    }
}
