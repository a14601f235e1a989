//! Keys for authorization codes, access tokens and refresh tokens (RULES 6.1).

use data_encoding::BASE64URL_NOPAD;

use super::{Versions, mac, same};

/// The keys of authorization codes and tokens.
#[derive(serde::Deserialize)]
pub struct TicketKeys {
    ticket: Versions,
}

impl TicketKeys {
    /// Authenticates `content`: `base64url(version, content, MAC)`.
    pub(crate) fn ticket(&self, content: &[u8]) -> String {
        let proof = mac(&self.ticket.newest, b"ticket", content);
        BASE64URL_NOPAD.encode(&[&[self.ticket.current], content, &proof].concat())
    }

    /// Verifies a text of [`TicketKeys::ticket`] in constant time, and returns its content.
    pub(crate) fn open_ticket(&self, text: &str) -> Option<Vec<u8>> {
        let bytes = BASE64URL_NOPAD.decode(text.as_bytes()).ok()?;
        let (&version, rest) = bytes.split_first()?;
        let (content, proof) = rest.split_last_chunk::<32>()?;
        let key = self.ticket.get(version)?;
        same(&mac(key, b"ticket", content), proof).then(|| content.to_vec())
    }
}
