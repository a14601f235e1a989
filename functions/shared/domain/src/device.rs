//! The origin of a request, as far as residents and operators may see it (RULES 3.9, 9.6).

use std::{
    fmt,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
};

use jiff::SignedDuration;

/// How long a browser is known after its last sign-in: the maximum lifetime of a cookie in browsers.
pub const KNOWN_FOR: SignedDuration = SignedDuration::from_hours(400 * 24);

/// How old the record of a known browser becomes before a sign-in renews it.
pub const RENEWED_AFTER: SignedDuration = SignedDuration::from_hours(30 * 24);

/// A browser in words, and the country that it connected from.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Device {
    /// For example `Firefox, Windows`; empty when it is unknown.
    pub name: String,
    /// Two letters (ISO 3166-1 alpha-2); empty when it is unknown. Nothing more precise is stored.
    #[serde(default)]
    pub country: String,
}

/// The addresses that count as one source: an IPv4 address, or an IPv6 network of 64 bits (RULES 3.11).
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct AddressBlock(IpAddr);

/// A network that is counted: a source, or one that it belongs to.
#[derive(Clone, PartialEq, Eq)]
pub struct Network {
    /// The bytes for the keyed hash under which the network is counted.
    pub bytes: Vec<u8>,
    /// How many times the limits of one source it has.
    pub factor: usize,
}

/// The IPv6 networks that are counted, by the bytes of their prefix. A provider gives a customer one /64, a /56 or a /48, and
/// a data centre gives them to a server, so that one person can have 65,536 sources.
const IPV6_NETWORKS: [(usize, usize); 3] = [(8, 1), (7, 4), (6, 16)];

impl AddressBlock {
    /// The block that contains an address. An IPv4-mapped IPv6 address counts as the IPv4 address.
    #[must_use]
    pub fn of(address: IpAddr) -> Self {
        Self(match address.to_canonical() {
            IpAddr::V4(address) => address.into(),
            IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX)).into(),
        })
    }

    /// The block of requests without a known address. They share it.
    #[must_use]
    pub fn unknown() -> Self {
        Self(Ipv4Addr::UNSPECIFIED.into())
    }

    /// The networks in which the block is counted, the smallest first.
    #[must_use]
    pub fn networks(self) -> Vec<Network> {
        match self.0 {
            IpAddr::V4(address) => vec![Network { bytes: address.octets().to_vec(), factor: 1 }],
            IpAddr::V6(address) => {
                let prefix = |(length, factor)| {
                    let bytes = address.octets().into_iter().take(length).collect();
                    Network { bytes, factor }
                };
                IPV6_NETWORKS.map(prefix).into()
            }
        }
    }

    /// The largest of these networks. Who has several blocks often has them all in one.
    #[must_use]
    pub fn largest_network(self) -> Network {
        self.networks().pop().unwrap_or(Network { bytes: Vec::new(), factor: 1 })
    }

    /// The first address of the block.
    #[must_use]
    pub fn first_address(self) -> IpAddr {
        self.0
    }
}

/// Prints no content: addresses are personal and never reach a log.
impl fmt::Debug for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Network")
    }
}

/// Prints no content: addresses are personal and never reach a log.
impl fmt::Debug for AddressBlock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AddressBlock")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn networks(address: &str) -> Vec<(Vec<u8>, usize)> {
        let networks = AddressBlock::of(address.parse().unwrap()).networks();
        networks.into_iter().map(|network| (network.bytes, network.factor)).collect()
    }

    fn block(address: &str) -> Vec<u8> {
        networks(address).remove(0).0
    }

    #[test]
    fn rule_3_11_a_source_is_an_ipv4_address_or_the_first_half_of_an_ipv6_one() {
        assert_eq!(block("192.0.2.1"), [192, 0, 2, 1]);
        assert_ne!(block("192.0.2.1"), block("192.0.2.2"));
        assert_eq!(block("::ffff:192.0.2.1"), block("192.0.2.1"));
        assert_eq!(block("2001:db8:1:2::3"), block("2001:db8:1:2:ffff:ffff:ffff:ffff"));
        assert_ne!(block("2001:db8:1:2::3"), block("2001:db8:1:3::3"));
        assert_eq!(block("2001:db8:1:2::3"), [0x20, 0x01, 0x0d, 0xb8, 0, 1, 0, 2]);
    }

    #[test]
    fn rule_3_11_the_larger_networks_of_an_ipv6_source_are_counted_too() {
        let bytes = [0x20, 0x01, 0x0d, 0xb8, 0, 1, 0xab, 0xcd];
        let expected = [(8, 1), (7, 4), (6, 16)].map(|(length, factor)| (bytes[..length].to_vec(), factor));
        assert_eq!(networks("2001:db8:1:abcd::3"), expected);
        assert_eq!(networks("192.0.2.1"), [(vec![192, 0, 2, 1], 1)]);
        assert_eq!(networks("2001:db8:1:abcd::3")[1], networks("2001:db8:1:ab00::")[1]);
        assert_ne!(networks("2001:db8:1:abcd::3")[1], networks("2001:db8:1:ac00::")[1]);
        assert_eq!(networks("2001:db8:1:abcd::3")[2], networks("2001:db8:1:ffff::")[2]);
        assert_ne!(networks("2001:db8:1:abcd::3")[2], networks("2001:db8:2::")[2]);
    }

    #[test]
    fn rule_3_9_a_browser_is_known_for_400_days_and_its_record_is_renewed_after_thirty() {
        let days = |count: i64| SignedDuration::from_secs(count * 86_400);
        assert_eq!((KNOWN_FOR, RENEWED_AFTER), (days(400), days(30)));
    }

    #[test]
    fn rule_9_6_an_address_does_not_print() {
        assert_eq!(format!("{:?}", AddressBlock::unknown()), "AddressBlock");
        assert_eq!(format!("{:?}", AddressBlock::unknown().networks()), "[Network]");
    }
}
