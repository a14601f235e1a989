//! The source of a request, as far as the deployment can trust it (RULES 3.11).

use std::net::{IpAddr, SocketAddr};

use app::{Access, Config};
use domain::device::AddressBlock;
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

/// The source of a request; `None` when the request did not come through `CloudFront`.
///
/// Only what the deployment sets is trusted: the headers of `CloudFront` together with its secret, or the address that API
/// Gateway sees when direct access is configured.
pub(crate) fn of(config: &Config, headers: &HeaderMap, context: Option<&RequestContext>) -> Option<Origin> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let Access::CloudFront(secrets) = &config.access else {
        let block = context.and_then(seen_by_gateway).map_or_else(AddressBlock::unknown, AddressBlock::of);
        return Some(Origin { block, country: String::new() });
    };
    let secret = headers.get(SECRET).map(lambda_http::http::HeaderValue::as_bytes).unwrap_or_default();
    if !secrets.contain(secret) {
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

    fn config(secrets: &'static str) -> Config {
        Config::from_lookup(|name| {
            let value = match name {
                "ORIGIN_SECRETS" => secrets,
                "PASSWORD_POLICY" => "standards",
                "EMAIL_LIMITS"
                | "CODE_LIMITS"
                | "REGISTRATION_LIMIT"
                | "TRY_LIMIT"
                | "CONTACT_LIMIT"
                | "EMAIL_REQUEST_LIMIT" => "1/1s",
                "ARGON2_MEMORY_KIB" => "19456",
                "ARGON2_PASSES" => "2",
                "AUDIT_DAYS" => "730",
                "REQUEST_BUDGET_MS" => "4500",
                "SES_RATE" => "0",
                "SUPPORT_EMAIL" => "help@account.example",
                "PARTNERS" => "[]",
                "CONTACT_REPLY_TO" | "SHARED_NETWORKS" => "",
                _ => "x",
            };
            Some(value.to_owned())
        })
        .unwrap()
    }

    fn block(address: &str) -> AddressBlock {
        AddressBlock::of(address.parse().unwrap())
    }

    fn seen(secrets: &'static str, pairs: &[(&'static str, &'static str)]) -> Option<Origin> {
        let pairs = pairs
            .iter()
            .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)));
        of(&config(secrets), &pairs.collect(), None)
    }

    #[test]
    fn rule_3_11_cloudfronts_headers_count_with_its_secret_alone() {
        let said = [(SECRET, "new"), (ADDRESS, "192.0.2.7:4711"), (COUNTRY, "CA")];
        let origin = seen("old,new", &said).unwrap();
        assert!(origin.block == block("192.0.2.7") && origin.country == "CA");
        assert!(seen("old", &said).is_none() && seen("old", &said[1..]).is_none());

        assert!(
            seen("", &said).is_none() && seen("", &[(SECRET, "")]).is_none(),
            "rule 9.10: it fails closed"
        );
        let spoofed = seen("direct", &said).unwrap();
        assert!(spoofed.block == AddressBlock::unknown() && spoofed.country.is_empty());
    }

    #[test]
    fn an_ipv6_address_stands_without_brackets() {
        for text in ["2001:db8::7:4711", "[2001:db8::7]:4711"] {
            let origin = seen("s", &[(SECRET, "s"), (ADDRESS, text)]).unwrap();
            assert!(origin.block == block("2001:db8::7"), "{text}");
        }
        for junk in ["", "192.0.2.7", "x:1"] {
            let origin = seen("s", &[(SECRET, "s"), (ADDRESS, junk), (COUNTRY, "<b>")]).unwrap();
            assert!(origin.block == AddressBlock::unknown() && origin.country.is_empty(), "{junk}");
        }
    }
}
