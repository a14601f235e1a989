//! Tells public Internet addresses from those of private and special networks (RULES 9.8).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Whether an address belongs to the public Internet. Loopback, private, shared, link-local (the metadata services of
/// clouds) and reserved addresses don't (IANA special-purpose registries, RFC 6890).
#[must_use]
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let is_reserved = address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_documentation()
        || address.is_broadcast()
        || address.is_multicast()
        || a == 0
        || a >= 240
        || (a == 100 && (64..128).contains(&b)) // shared, RFC 6598
        || (a == 192 && b == 0 && c == 0) // protocol assignments, RFC 6890
        || (a == 192 && b == 88 && c == 99) // 6to4 relays, RFC 7526
        || (a == 198 && (18..20).contains(&b)); // benchmarks, RFC 2544
    !is_reserved
}

/// Only global unicast counts, without the ranges that embed an IPv4 address or are reserved.
fn is_public_v6(address: Ipv6Addr) -> bool {
    let [a, b, ..] = address.segments();
    let is_global = a & 0xe000 == 0x2000;
    let is_reserved = match (a, b) {
        // Protocol assignments and Teredo, RFC 2928; documentation, RFC 3849.
        (0x2001, 0..0x0200 | 0x0db8)
        | (0x2002, _) // 6to4, RFC 3056
        | (0x3fff, 0..0x1000) => true, // documentation, RFC 9637
        _ => false,
    };
    is_global && !is_reserved
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rule_9_8_only_public_addresses_are_reached() {
        for public in
            ["8.8.8.8", "142.106.0.1", "100.63.0.1", "100.128.0.1", "2606:4700::1", "2001:4860::8888"]
        {
            assert!(is_public(public.parse().unwrap()), "{public}");
        }
        for special in [
            "127.0.0.1",
            "0.0.0.0",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "192.0.0.8",
            "192.0.2.1",
            "192.88.99.1",
            "198.18.0.1",
            "224.0.0.1",
            "240.0.0.1",
            "255.255.255.255",
            "::1",
            "::",
            "::ffff:127.0.0.1",
            "::ffff:8.8.8.8",
            "64:ff9b::7f00:1",
            "fe80::1",
            "fd00:ec2::254",
            "ff02::1",
            "2001::1",
            "2001:db8::1",
            "2002:7f00:1::",
        ] {
            assert!(!is_public(special.parse().unwrap()), "{special}");
        }
    }
}
