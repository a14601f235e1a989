//! Networks that many people share, such as an office, a school or a mobile carrier: their sources have higher limits
//! (RULES 3.11).

use std::{net::IpAddr, str::FromStr};

use crate::device::AddressBlock;

/// The shared networks of a deployment. As text: `203.0.113.0/24=10, 2001:db8::/32=20`, each network with the factor by which
/// the limits of its sources are multiplied.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SharedNetworks(Vec<SharedNetwork>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct SharedNetwork {
    address: IpAddr,
    /// How many bits of the address name the network.
    bits: u32,
    factor: usize,
}

/// The text is not a list of networks with factors.
#[derive(Debug, PartialEq, Eq)]
pub struct NotSharedNetworks;

impl SharedNetworks {
    /// The factor by which the limits of this source are multiplied: that of the smallest network that contains it, or one.
    #[must_use]
    pub fn factor(&self, source: AddressBlock) -> usize {
        let address = source.first_address();
        let around = self.0.iter().filter(|network| network.contains(address));
        around.max_by_key(|network| network.bits).map_or(1, |network| network.factor)
    }
}

impl SharedNetwork {
    fn contains(&self, address: IpAddr) -> bool {
        match (self.address, address) {
            (IpAddr::V4(network), IpAddr::V4(address)) => {
                (network.to_bits() ^ address.to_bits()).leading_zeros() >= self.bits
            }
            (IpAddr::V6(network), IpAddr::V6(address)) => {
                (network.to_bits() ^ address.to_bits()).leading_zeros() >= self.bits
            }
            _ => false,
        }
    }

    /// A network has no bits set after its prefix. One of IPv6 holds whole sources, which are /64.
    fn is_valid(&self) -> bool {
        let is_whole = match self.address {
            IpAddr::V4(address) => {
                self.bits <= 32 && address.to_bits().checked_shl(self.bits).unwrap_or(0) == 0
            }
            IpAddr::V6(address) => self.bits <= 64 && address.to_bits() << self.bits == 0,
        };
        is_whole && self.factor > 0
    }
}

impl FromStr for SharedNetwork {
    type Err = NotSharedNetworks;

    fn from_str(text: &str) -> Result<Self, NotSharedNetworks> {
        let (network, factor) = text.trim().split_once('=').ok_or(NotSharedNetworks)?;
        let (address, bits) = network.split_once('/').ok_or(NotSharedNetworks)?;
        let address = address.parse().map_err(|_| NotSharedNetworks)?;
        let bits = bits.parse().map_err(|_| NotSharedNetworks)?;
        let factor = factor.parse().map_err(|_| NotSharedNetworks)?;
        Some(Self { address, bits, factor }).filter(Self::is_valid).ok_or(NotSharedNetworks)
    }
}

impl FromStr for SharedNetworks {
    type Err = NotSharedNetworks;

    fn from_str(text: &str) -> Result<Self, NotSharedNetworks> {
        if text.trim().is_empty() {
            return Ok(Self::default());
        }
        text.split(',').map(str::parse).collect::<Result<_, _>>().map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rule_3_11_the_smallest_network_around_a_source_decides_its_factor() {
        let text = "203.0.113.0/24=10, 203.0.113.7/32=100,2001:db8::/32=20,2001:db8:1:2::/64=3";
        let networks: SharedNetworks = text.parse().unwrap();
        let factor = |address: &str| networks.factor(AddressBlock::of(address.parse().unwrap()));
        assert_eq!(factor("203.0.113.0"), 10);
        assert_eq!(factor("203.0.113.255"), 10);
        assert_eq!(factor("203.0.113.7"), 100);
        assert_eq!(factor("203.0.114.1"), 1);
        assert_eq!(factor("::ffff:203.0.113.7"), 100);
        assert_eq!(factor("2001:db8:ffff::1"), 20);
        assert_eq!(factor("2001:db8:1:2:3::4"), 3);
        assert_eq!(factor("2001:db9::1"), 1);
        let all: SharedNetworks = "0.0.0.0/0=2,::/0=3".parse().unwrap();
        assert_eq!(all.factor(AddressBlock::of("192.0.2.1".parse().unwrap())), 2);
        assert_eq!(all.factor(AddressBlock::of("2001:db8::1".parse().unwrap())), 3);
        assert_eq!(SharedNetworks::default().factor(AddressBlock::unknown()), 1);
    }

    #[test]
    fn what_is_no_network_with_a_factor_is_rejected() {
        assert_eq!("".parse(), Ok(SharedNetworks::default()));
        for text in [
            "203.0.113.0/24",
            "203.0.113.0=10",
            "203.0.113.0/33=10",
            "203.0.113.1/24=10",
            "203.0.113.0/24=0",
            "203.0.113.0/24=-1",
            "2001:db8::/65=2",
            "2001:db8::1/64=2",
            "203.0.113.0/24=10,",
            "office=10",
        ] {
            assert_eq!(text.parse::<SharedNetworks>(), Err(NotSharedNetworks), "{text}");
        }
    }
}
