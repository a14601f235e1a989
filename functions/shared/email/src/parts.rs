//! Data that several kinds of email have in common.

use domain::{Timestamp, device::Device, id::LinkId};
use serde::{Deserialize, Serialize};

/// A link that an email contains. Its token is derived when the email is rendered (RULES 2.7).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EmailedLink {
    /// The id of the link's item.
    pub id: LinkId,
    /// When the link was made: its lifetime starts then.
    pub sent_at: Timestamp,
    /// When it expires, if not after its lifetime ([`domain::link::expires_at`]).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
}

impl EmailedLink {
    /// A link that expires after its lifetime.
    #[must_use]
    pub fn new(id: LinkId, sent_at: Timestamp) -> Self {
        Self { id, sent_at, expires_at: None }
    }
}

/// A link of an account that an email contains, by its use. It is stored in the transaction that queues the email.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ContainedLink {
    /// For [`domain::link::Unlock`].
    Unlock(EmailedLink),
    /// For [`domain::link::Reset`].
    Reset(EmailedLink),
    /// For [`domain::link::PartnerRemoval`].
    PartnerRemoval(EmailedLink),
    /// For [`domain::link::EmailChange`].
    EmailChange(EmailedLink),
    /// For [`domain::link::Dispute`].
    Dispute(EmailedLink),
    /// For [`domain::link::Dispute`], where somebody who was signed in asked for it (RULES 7.5).
    Report(EmailedLink),
}

/// The request that caused an email.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RequestOrigin {
    /// When the request was made.
    pub at: Timestamp,
    /// The browser that made it.
    pub device: Device,
}

/// A change to an account that its owner is notified of and can dispute (RULES 3.10, 8.6).
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SecurityEvent {
    /// When it happened.
    pub at: Timestamp,
    /// The browser that caused it.
    pub device: Device,
    /// The link of the button *This wasn't me*.
    #[serde(rename = "objection")]
    pub dispute: LinkId,
}

impl SecurityEvent {
    pub(crate) fn dispute_link(&self) -> ContainedLink {
        ContainedLink::Dispute(EmailedLink::new(self.dispute, self.at))
    }
}

/// Serializes a struct as the sequence of its fields, which is how the previous release stores and reads the emails
/// that have several. The derived [`Deserialize`] reads sequences as well as maps.
macro_rules! serialize_as_sequence {
    ($email:ident { $($field:ident),+ }) => {
        impl serde::Serialize for $email {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                ($(&self.$field,)+).serialize(serializer)
            }
        }
    };
}

pub(crate) use serialize_as_sequence;
