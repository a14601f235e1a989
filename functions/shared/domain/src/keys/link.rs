//! Keys for emailed links (RULES 2.7).

use super::{Versions, mac, same};

/// The keys of emailed links. Whoever has them can forge the link to any account.
#[derive(serde::Deserialize)]
pub struct LinkKeys {
    link: Versions,
}

impl LinkKeys {
    /// The message authentication code in a link's token, with the version of the key.
    pub(crate) fn mac(&self, link: &[u8]) -> (u8, [u8; 32]) {
        (self.link.current, mac(&self.link.newest, b"link", link))
    }

    /// Verifies a code of [`LinkKeys::mac`], in constant time.
    pub(crate) fn is_mac(&self, link: &[u8], version: u8, tag: &[u8]) -> bool {
        self.link.get(version).is_some_and(|key| same(&mac(key, b"link", link), tag))
    }
}
