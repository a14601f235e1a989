//! What SES reports to `EventBridge` about emails that were sent with a configuration set
//! (<https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-examples.html>).

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::Message;

/// What becomes of an email.
#[derive(Clone, Copy, Debug, PartialEq, Eq, strum::EnumString, strum::IntoStaticStr)]
#[strum(serialize_all = "kebab-case")]
pub enum Fate {
    /// The recipient's server accepts it.
    Delivered,
    /// The recipient's server does not accept it yet.
    Delayed,
    /// The recipient's server rejects it for good; SES then adds the address to its suppression list.
    Bounced,
    /// SES does not send it, because the address is on the suppression list.
    Suppressed,
    /// SES gives up trying.
    SoftBounced,
    /// The recipient reports it as junk.
    Complained,
}

/// The event about an email, at this time.
pub(super) fn event(message: &Message, fate: Fate, at: Timestamp) -> Value {
    let time = at.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string();
    let (detail_type, event_type, name, said) = said(message, fate, &time);
    let mut detail = Map::new();
    detail.insert("eventType".into(), event_type.into());
    detail.insert("mail".into(), mail(message));
    detail.insert(name.into(), said);
    json!({
        "version": "0",
        "id": format!("00000000-0000-0000-0000-{:012x}", at.as_second()),
        "detail-type": detail_type,
        "source": "aws.ses",
        "account": "000000000000",
        "time": at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
        "region": "ca-central-1",
        "resources": [format!(
            "arn:aws:ses:ca-central-1:000000000000:configuration-set/{}",
            message.configuration_set.as_deref().unwrap_or_default()
        )],
        "detail": detail,
    })
}

/// The type of the event, and what it says in the field of which name.
fn said(message: &Message, fate: Fate, time: &str) -> (&'static str, &'static str, &'static str, Value) {
    let feedback = format!("feedback-{}", message.id);
    let bounce = |kind: &str, sub_kind: &str, status: &str, diagnosis: &str| {
        let bounce = json!({
            "feedbackId": feedback,
            "bounceType": kind,
            "bounceSubType": sub_kind,
            "bouncedRecipients": [{
                "emailAddress": message.to, "action": "failed", "status": status, "diagnosticCode": diagnosis,
            }],
            "timestamp": time,
            "reportingMTA": "dns; a8-50.smtp-out.amazonses.com",
        });
        ("Email Bounced", "Bounce", "bounce", bounce)
    };
    match fate {
        Fate::Delivered => {
            let delivery = json!({
                "timestamp": time,
                "processingTimeMillis": 400,
                "recipients": [message.to],
                "smtpResponse": "250 2.6.0 Message received",
                "reportingMTA": "a8-50.smtp-out.amazonses.com",
            });
            ("Email Delivered", "Delivery", "delivery", delivery)
        }
        Fate::Delayed => {
            let delay = json!({
                "timestamp": time,
                "delayType": "TransientCommunicationFailure",
                "expirationTime": time,
                "delayedRecipients": [{
                    "emailAddress": message.to, "status": "4.4.1", "diagnosticCode": "smtp; 421 4.4.1 Unable to connect",
                }],
            });
            ("Email Delivery Delayed", "DeliveryDelay", "deliveryDelay", delay)
        }
        Fate::Bounced => bounce("Permanent", "NoEmail", "5.1.1", "smtp; 550 5.1.1 user unknown"),
        Fate::Suppressed => bounce(
            "Permanent",
            "OnAccountSuppressionList",
            "5.1.1",
            "Amazon SES did not send the message to this address because it is on the suppression list for your account.",
        ),
        Fate::SoftBounced => bounce("Transient", "MailboxFull", "5.2.2", "smtp; 552 5.2.2 mailbox full"),
        Fate::Complained => {
            let complaint = json!({
                "complainedRecipients": [{ "emailAddress": message.to }],
                "timestamp": time,
                "feedbackId": feedback,
                "complaintSubType": null,
                "userAgent": "Any User Agent Feedback Loop (V0.01)",
                "complaintFeedbackType": "abuse",
                "arrivalDate": time,
            });
            ("Email Complaint Received", "Complaint", "complaint", complaint)
        }
    }
}

/// The email as every event describes it.
fn mail(message: &Message) -> Value {
    let mut tags: Map<String, Value> =
        message.tags.iter().map(|(name, value)| (name.clone(), json!([value]))).collect();
    tags.insert("ses:configuration-set".into(), json!([message.configuration_set]));
    tags.insert("ses:operation".into(), json!(["SendEmail"]));
    let headers = message.headers.iter().map(|(name, value)| json!({ "name": name, "value": value }));
    json!({
        "timestamp": message.sent_at.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string(),
        "source": message.from,
        "sourceArn": "arn:aws:ses:ca-central-1:000000000000:identity/localhost.example",
        "sendingAccountId": "000000000000",
        "messageId": message.id,
        "destination": [message.to],
        "headersTruncated": false,
        "headers": headers.collect::<Vec<_>>(),
        "commonHeaders": {
            "from": [message.from], "to": [message.to], "messageId": message.id, "subject": message.subject,
        },
        "tags": tags,
    })
}
