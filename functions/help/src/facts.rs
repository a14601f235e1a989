//! The numbers and addresses in answers: from the rules and the configuration, so that answers stay true.

use app::Config;
use domain::{
    SignedDuration, attempts,
    closing::CLOSING_LASTS,
    device,
    factors::{authenticator, code, guesses, recovery_codes},
    grant, interaction,
    link::{self, LinkPurpose},
    proof, registration, session,
};

/// The variables that every message of this flow can use.
pub(crate) struct Facts(Vec<(&'static str, String)>);

impl Facts {
    pub(crate) fn new(config: &Config) -> Self {
        Self(vec![
            ("link-minutes", minutes(link::Activation::LIFETIME)),
            ("registration-hours", hours(registration::LIFETIME)),
            ("attempts", attempts::LIMIT.to_string()),
            ("registration-attempts", registration::TRIES.to_string()),
            ("code-minutes", minutes(code::LIFETIME)),
            ("code-attempts", code::TRIES.to_string()),
            ("guesses", guesses::LIMIT.to_string()),
            ("pause-minutes", minutes(guesses::FIRST_PAUSE)),
            ("apps", authenticator::MOST.to_string()),
            ("recovery-codes", recovery_codes::COUNT.to_string()),
            ("recovery-codes-few", recovery_codes::FEW.to_string()),
            ("root-hours", hours(proof::ROOT_LASTS)),
            ("idle-minutes", minutes(session::INACTIVITY_TIMEOUT)),
            ("session-hours", hours(session::OVERALL_TIMEOUT)),
            ("warning-minutes", minutes(session::WARNING)),
            ("dispute-days", days(link::Dispute::LIFETIME)),
            ("browser-days", days(device::KNOWN_FOR)),
            ("offline-days", days(grant::REFRESH_TOTAL)),
            // The old address stays reserved for as long as its owner can dispute the change (RULES 7.3).
            ("old-address-days", days(link::Dispute::LIFETIME)),
            ("closing-days", days(CLOSING_LASTS)),
            ("email-seconds", config.limits.emails.shortest().as_secs().to_string()),
            ("activity-days", days(config.audit_kept)),
            ("sign-in-hours", hours(interaction::LIFETIME)),
            ("proof-minutes", minutes(proof::PROOF_LASTS)),
            ("attempt-hours", hours(attempts::KEPT)),
            ("code-seconds", config.limits.codes.shortest().as_secs().to_string()),
            ("sender", sender(&config.mail_from).to_owned()),
            ("support", config.support_email.as_str().to_owned()),
        ])
    }

    pub(crate) fn variables(&self) -> Vec<(&'static str, &str)> {
        self.0.iter().map(|(name, value)| (*name, value.as_str())).collect()
    }
}

fn minutes(duration: SignedDuration) -> String {
    duration.as_mins().to_string()
}

fn hours(duration: SignedDuration) -> String {
    duration.as_hours().to_string()
}

fn days(duration: SignedDuration) -> String {
    (duration.as_hours() / 24).to_string()
}

/// The address of a sender, without its name.
fn sender(from: &str) -> &str {
    from.split_once('<').and_then(|(_, rest)| rest.split_once('>')).map_or(from, |(address, _)| address)
}
