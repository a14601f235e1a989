//! The events of SES, as `EventBridge` delivers them
//! (<https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html>).

use std::collections::HashMap;

use domain::{Timestamp, delivery::DeliveryState};
use serde::Deserialize;
use table::{EmailTag, SentEmail};

/// An event about an email. What isn't needed, such as the address and the subject, isn't read.
#[derive(Debug, Deserialize)]
pub struct Event {
    pub(crate) detail: Detail,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Detail {
    mail: Mail,
    bounce: Option<Bounce>,
    complaint: Option<Complaint>,
    delivery: Option<Happened>,
    delivery_delay: Option<Happened>,
    reject: Option<Rejection>,
    failure: Option<Rejection>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Mail {
    message_id: String,
    timestamp: Timestamp,
    #[serde(default)]
    tags: HashMap<String, Vec<String>>,
}

#[derive(Debug, Deserialize)]
struct Bounce {
    #[serde(rename = "bounceType")]
    kind: String,
    #[serde(rename = "bounceSubType", default)]
    reason: String,
    timestamp: Timestamp,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Complaint {
    /// Absent unless the recipient's provider says what the complaint is about.
    #[serde(default)]
    complaint_feedback_type: Option<String>,
    timestamp: Timestamp,
}

#[derive(Debug, Deserialize)]
struct Happened {
    timestamp: Timestamp,
}

/// SES says no time of its own.
#[derive(Debug, Deserialize)]
struct Rejection {}

/// What an event says of its email.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct News<'a> {
    pub(crate) state: DeliveryState,
    pub(crate) at: Timestamp,
    /// The reason, in the words of SES: one of a fixed list.
    pub(crate) reason: &'a str,
}

impl Detail {
    /// The email, if it is one of ours.
    pub(crate) fn email(&self) -> Option<SentEmail> {
        let tag = |tag: EmailTag| Some(self.mail.tags.get(tag.name())?.first()?.as_str());
        SentEmail::from_tags(tag, &self.mail.message_id)
    }

    /// What became of the email. `None` for events that say nothing of it.
    pub(crate) fn news(&self) -> Option<News<'_>> {
        if let Some(complaint) = &self.complaint {
            let reason = match complaint.complaint_feedback_type.as_deref() {
                // "The recipient moved the email from the junk folder": the opposite of a complaint.
                Some("not-spam") => return None,
                reason => reason.unwrap_or("unknown"),
            };
            return Some(News { state: DeliveryState::Complained, at: complaint.timestamp, reason });
        }
        if let Some(bounce) = &self.bounce {
            let state = match bounce.kind.as_str() {
                "Permanent" => DeliveryState::Bounced,
                _ => DeliveryState::SoftBounced,
            };
            return Some(News { state, at: bounce.timestamp, reason: &bounce.reason });
        }
        if self.reject.is_some() || self.failure.is_some() {
            return Some(News { state: DeliveryState::Rejected, at: self.mail.timestamp, reason: "" });
        }
        if let Some(delivery) = &self.delivery {
            return Some(News { state: DeliveryState::Delivered, at: delivery.timestamp, reason: "" });
        }
        let delay = self.delivery_delay.as_ref()?;
        Some(News { state: DeliveryState::Delayed, at: delay.timestamp, reason: "" })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn event(name: &str, detail: &Value) -> Event {
        let mut all = json!({ "mail": {
            "messageId": "1", "timestamp": "2026-11-24T12:00:00.000Z", "tags": {},
        } });
        all[name] = detail.clone();
        serde_json::from_value(json!({ "detail": all })).unwrap()
    }

    #[test]
    fn rule_8_11_only_permanent_bounces_and_complaints_tell_of_the_address() {
        let at = "2026-11-24T12:00:01.500Z";
        for (name, detail, state) in [
            (
                "bounce",
                json!({ "bounceType": "Permanent", "bounceSubType": "General", "timestamp": at }),
                DeliveryState::Bounced,
            ),
            (
                "bounce",
                json!({ "bounceType": "Transient", "bounceSubType": "MailboxFull", "timestamp": at }),
                DeliveryState::SoftBounced,
            ),
            ("bounce", json!({ "bounceType": "Undetermined", "timestamp": at }), DeliveryState::SoftBounced),
            (
                "complaint",
                json!({ "complaintFeedbackType": "abuse", "timestamp": at }),
                DeliveryState::Complained,
            ),
            ("complaint", json!({ "timestamp": at }), DeliveryState::Complained),
            ("delivery", json!({ "timestamp": at }), DeliveryState::Delivered),
            ("deliveryDelay", json!({ "timestamp": at }), DeliveryState::Delayed),
            ("reject", json!({ "reason": "Bad content" }), DeliveryState::Rejected),
        ] {
            let event = event(name, &detail);
            assert_eq!(event.detail.news().map(|news| news.state), Some(state), "{name} {detail}");
        }
        for (name, detail) in [
            ("send", json!({})),
            ("complaint", json!({ "complaintFeedbackType": "not-spam", "timestamp": at })),
        ] {
            assert_eq!(event(name, &detail).detail.news(), None, "{name}");
        }
    }

    #[test]
    fn rule_8_11_an_event_without_our_tags_is_about_no_email_of_ours() {
        assert_eq!(event("delivery", &json!({ "timestamp": "2026-11-24T12:00:00Z" })).detail.email(), None);
    }
}
