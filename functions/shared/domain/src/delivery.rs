//! What became of emails, and whether an address receives them (RULES 8.11).
//!
//! SES reports deliveries, bounces and complaints as events, which come late, repeatedly and in any order. Therefore nothing
//! here depends on their order: an email keeps its furthest state, and an address the latest time of each kind of event.

use jiff::{SignedDuration, Timestamp};

/// How long it is known what became of an email.
pub const SENT_EMAIL_KEPT: SignedDuration = SignedDuration::from_hours(30 * 24);

/// How long it is known whether an address receives emails, after the last event about it.
pub const DELIVERABILITY_KEPT: SignedDuration = SignedDuration::from_hours(180 * 24);

/// The kind of email that is sent to find out whether an address receives emails.
pub const ADDRESS_CHECK: &str = "AddressCheck";

/// What became of an email. A state replaces those before it.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    strum::EnumIter,
    strum::EnumString,
    strum::IntoStaticStr,
)]
#[strum(serialize_all = "snake_case")]
pub enum DeliveryState {
    /// SES accepted it.
    Sent,
    /// The recipient's server did not accept it yet. SES tries again.
    Delayed,
    /// The recipient's server accepted it.
    Delivered,
    /// SES gave up trying, for a reason that may pass, such as a full mailbox.
    SoftBounced,
    /// SES did not send it: it found malware, or could not render it.
    Rejected,
    /// The recipient's server rejected it for good, or SES did not try because an earlier email had bounced.
    Bounced,
    /// The recipient reported it as spam.
    Complained,
}

impl DeliveryState {
    /// The name in the table.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// The position in the order of the states.
    #[must_use]
    pub fn rank(self) -> u8 {
        self as u8
    }
}

/// Something that is known about emails to an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, strum::EnumIter)]
pub enum AddressEvent {
    /// The recipient's server accepted an email.
    Delivered,
    /// An email bounced for good.
    Bounced,
    /// The recipient reported an email as spam.
    Complained,
    /// An email arrived that the resident had asked for to check the address, or an operator allowed the address again.
    Cleared,
}

/// What is known about emails to an address: when each kind of event last happened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Deliverability {
    /// The last [`AddressEvent::Delivered`].
    pub delivered_at: Option<Timestamp>,
    /// The last [`AddressEvent::Bounced`].
    pub bounced_at: Option<Timestamp>,
    /// The last [`AddressEvent::Complained`].
    pub complained_at: Option<Timestamp>,
    /// The last [`AddressEvent::Cleared`].
    pub cleared_at: Option<Timestamp>,
}

/// Why emails to an address are not expected to be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeliveryProblem {
    /// The last one bounced.
    Bounced {
        /// When.
        at: Timestamp,
    },
    /// One was reported as spam.
    Complained {
        /// When.
        at: Timestamp,
    },
}

impl Deliverability {
    /// The problem with the address, if there is one. A later delivery ends a bounce. It does not end a complaint, since
    /// emails that are reported as spam are delivered.
    #[must_use]
    pub fn problem(&self) -> Option<DeliveryProblem> {
        // An email that was accepted may bounce within the same second.
        let bounced = self.bounced_at.filter(|at| self.delivered_at.is_none_or(|delivered| delivered <= *at));
        let is_open = |at: &Timestamp| self.cleared_at.is_none_or(|cleared| cleared < *at);
        let bounced = bounced.filter(is_open).map(|at| DeliveryProblem::Bounced { at });
        let complained = || self.complained_at.filter(is_open).map(|at| DeliveryProblem::Complained { at });
        bounced.or_else(complained)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    /// What the table knows after these events, in this order.
    fn after(events: &[(AddressEvent, i64)]) -> Deliverability {
        let mut known = Deliverability::default();
        for (event, second) in events {
            let last = match event {
                AddressEvent::Delivered => &mut known.delivered_at,
                AddressEvent::Bounced => &mut known.bounced_at,
                AddressEvent::Complained => &mut known.complained_at,
                AddressEvent::Cleared => &mut known.cleared_at,
            };
            *last = (*last).max(Some(at(*second)));
        }
        known
    }

    #[test]
    fn rule_8_11_a_delivery_ends_a_bounce_and_only_a_check_ends_a_complaint() {
        use AddressEvent::{Bounced, Cleared, Complained, Delivered};
        let bounced = |second| Some(DeliveryProblem::Bounced { at: at(second) });
        let complained = |second| Some(DeliveryProblem::Complained { at: at(second) });
        for (events, problem) in [
            (&[][..], None),
            (&[(Delivered, 1)], None),
            (&[(Bounced, 1)], bounced(1)),
            (&[(Bounced, 1), (Delivered, 2)], None),
            (&[(Delivered, 2), (Bounced, 2)], bounced(2)),
            (&[(Bounced, 2), (Delivered, 1)], bounced(2)),
            (&[(Bounced, 1), (Cleared, 1)], None),
            (&[(Cleared, 1), (Bounced, 2)], bounced(2)),
            (&[(Complained, 1), (Delivered, 2)], complained(1)),
            (&[(Complained, 1), (Cleared, 2)], None),
            (&[(Complained, 1), (Bounced, 2), (Delivered, 3)], complained(1)),
            (&[(Complained, 1), (Bounced, 2)], bounced(2)),
        ] {
            assert_eq!(after(events).problem(), problem, "{events:?}");
        }
    }

    fn events() -> impl Strategy<Value = Vec<(AddressEvent, i64)>> {
        use AddressEvent::{Bounced, Cleared, Complained, Delivered};
        let kind = prop::sample::select(vec![Bounced, Cleared, Complained, Delivered]);
        prop::collection::vec((kind, 0..8_i64), 0..10)
    }

    proptest! {
        #[test]
        fn rule_8_11_neither_order_nor_repetition_of_events_matters(
            (once, again) in events().prop_flat_map(|once| {
                let twice = [once.clone(), once.clone()].concat();
                (Just(once), Just(twice).prop_shuffle())
            })
        ) {
            prop_assert_eq!(after(&once), after(&again));
        }
    }
}
