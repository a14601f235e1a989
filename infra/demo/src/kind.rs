//! What a service is for: its texts, and the records that it would hold about a resident. The records are made up.

use domain::language::Language;
use i18n::time;
use jiff::{SignedDuration, Timestamp, civil::Date, tz::TimeZone};

/// What a service is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Residents renew their health card.
    HealthCard,
    /// Carriers apply for permits for oversize loads.
    RoadPermits,
}

/// The ids of the messages of a service.
pub(crate) struct Texts {
    pub(crate) title: &'static str,
    pub(crate) lead: &'static str,
    /// What residents can do there.
    pub(crate) uses: [&'static str; 3],
    /// What residents need for it.
    pub(crate) needs: [&'static str; 3],
    pub(crate) duration: &'static str,
    pub(crate) records: &'static str,
    /// The action for which the service requires more than a password.
    pub(crate) action: Action,
}

pub(crate) struct Action {
    pub(crate) title: &'static str,
    /// Why it requires more.
    pub(crate) reason: &'static str,
    pub(crate) label: &'static str,
    /// The assurance that it requires, as in `acr_values`.
    pub(crate) assurance: Assurance,
    /// Shown to residents with that assurance.
    pub(crate) ready: &'static str,
}

/// How a resident was authenticated, from the weakest to the strongest: the last segment of `acr`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Assurance {
    Password,
    TwoStep,
    Mfa,
    PhishingResistant,
}

/// A row of a resident's records.
pub(crate) struct Row {
    pub(crate) key: &'static str,
    pub(crate) value: Value,
}

pub(crate) enum Value {
    /// A message.
    Text(&'static str),
    /// A number of the service's, the same in each language.
    Number(&'static str),
    /// The day on which a card or a permit expires, and how the page says it.
    Date(Date, String),
}

impl Kind {
    pub(crate) fn texts(self) -> &'static Texts {
        match self {
            Self::HealthCard => &HEALTH_CARD,
            Self::RoadPermits => &ROAD_PERMITS,
        }
    }

    /// The records of any resident. Their dates are near `now`, so that they stay plausible.
    pub(crate) fn records(self, now: Timestamp, language: Language) -> [Row; 4] {
        let date = |days| {
            let day = day(now, days);
            Value::Date(day, time::date(day, language))
        };
        let row = |key, value| Row { key, value };
        match self {
            Self::HealthCard => [
                row("health-number", Value::Text("health-number-value")),
                row("record-status", Value::Text("health-status-soon")),
                row("record-valid-until", date(58)),
                row("record-last-request", Value::Text("health-request")),
            ],
            Self::RoadPermits => [
                row("road-number", Value::Number("OS-204817")),
                row("record-status", Value::Text("road-status-valid")),
                row("record-valid-until", date(212)),
                row("record-last-request", Value::Text("road-request")),
            ],
        }
    }
}

/// A day in the future, or in the past.
fn day(now: Timestamp, days: i64) -> Date {
    let at = now.checked_add(SignedDuration::from_hours(24 * days)).unwrap_or(now);
    at.to_zoned_datetime(TimeZone::UTC).date()
}

static HEALTH_CARD: Texts = Texts {
    title: "health-title",
    lead: "health-lead",
    uses: ["health-use-renew", "health-use-expiry", "health-use-follow"],
    needs: ["health-need-card", "health-need-address", "need-account"],
    duration: "health-duration",
    records: "health-records",
    action: Action {
        title: "health-action-title",
        reason: "health-action-reason",
        label: "health-action",
        assurance: Assurance::TwoStep,
        ready: "health-action-ready",
    },
};

static ROAD_PERMITS: Texts = Texts {
    title: "road-title",
    lead: "road-lead",
    uses: ["road-use-apply", "road-use-renew", "road-use-see"],
    needs: ["road-need-load", "road-need-plate", "need-account"],
    duration: "road-duration",
    records: "road-records",
    action: Action {
        title: "road-action-title",
        reason: "road-action-reason",
        label: "road-action",
        assurance: Assurance::Mfa,
        ready: "road-action-ready",
    },
};

impl Assurance {
    /// The assurance that a claim `acr` names; `None` if it is unknown.
    pub(crate) fn from_acr(acr: &str) -> Option<Self> {
        let all = [Self::Password, Self::TwoStep, Self::Mfa, Self::PhishingResistant];
        let name = acr.rsplit('/').next()?;
        all.into_iter().find(|assurance| assurance.name() == name)
    }

    /// The value in `acr_values`.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::TwoStep => "two-step",
            Self::Mfa => "mfa",
            Self::PhishingResistant => "phishing-resistant",
        }
    }

    /// The message that describes it.
    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::Password => "assurance-password",
            Self::TwoStep => "assurance-two-step",
            Self::Mfa => "assurance-mfa",
            Self::PhishingResistant => "assurance-phishing-resistant",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_assurance_is_the_last_segment_of_acr() {
        let acr = |text| Assurance::from_acr(text);
        assert_eq!(acr("https://account.example/assurance/two-step"), Some(Assurance::TwoStep));
        assert_eq!(acr("mfa"), Some(Assurance::Mfa));
        assert_eq!(acr("https://account.example/assurance/other"), None);
        assert!(Assurance::Password < Assurance::TwoStep && Assurance::Mfa < Assurance::PhishingResistant);
    }

    #[test]
    fn the_dates_of_records_move_with_the_clock() {
        assert_eq!(day("2026-12-31T12:00:00Z".parse().unwrap(), 2).to_string(), "2027-01-02");
        assert_eq!(day(Timestamp::MAX, 2), day(Timestamp::MAX, 0));
    }
}
