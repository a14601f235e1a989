//! The metrics: their names, units and dimensions. `docs/operate/monitoring.md` has a row for each, and a test compares them.
//!
//! A metric costs as much for each value of its dimensions as for itself, so dimensions have few values, and none says who.

use strum::{EnumDiscriminants, EnumIter, IntoEnumIterator, IntoStaticStr};

/// What is counted.
#[derive(Clone, Copy, Debug, EnumDiscriminants)]
#[strum_discriminants(name(CounterName), vis(pub(crate)), derive(EnumIter, IntoStaticStr))]
pub enum Counter {
    /// Residents who signed in.
    SignIns(Way),
    /// Attempts to sign in or to verify that failed.
    SignInFailures(SignInFailure),
    /// Accounts that wrong passwords locked.
    Locks,
    /// Passwords that were set by an emailed link.
    Resets,
    /// Registrations that were made.
    Registrations(Way),
    /// Registrations that became accounts.
    Activations,
    /// Requests that were refused, by the fixed word that names why.
    Refusals(&'static str),
    /// Of these, requests that a limit refused (429).
    Limited(&'static str),
    /// Operations that were attempted again after a conflict.
    Conflicts,
    /// Functions that were started.
    ColdStarts,
    /// Readings of keys that failed.
    KeyRefreshFailures,
    /// Walks of the synthetic resident that succeeded.
    CanarySuccesses,
    /// Steps of the synthetic resident that failed.
    CanaryFailures(&'static str),
    /// Emails that SES accepted, by `email::EmailKind::name`.
    OutboxSent(&'static str),
    /// Attempts that SES did not accept.
    OutboxPostponed,
    /// Requests that SES refused for its rate or quota.
    OutboxThrottled,
    /// Emails that were given up.
    OutboxFailed,
    /// Emails that an invocation had no time for.
    OutboxLeftToSchedule,
    /// Emails that reached a mailbox provider.
    EmailsDelivered,
    /// Emails that a provider does not take yet, by `email::EmailKind::name`.
    EmailsDelayed(&'static str),
    /// Emails that a provider refused for now, by `email::EmailKind::name`.
    EmailsSoftBounced(&'static str),
    /// Emails to addresses that do not exist or take no emails, by `email::EmailKind::name`.
    EmailsBounced(&'static str),
    /// Emails that residents reported as junk.
    EmailsComplained,
    /// Emails that SES refused to send.
    EmailsRejected,
}

/// What is measured in time.
#[derive(Clone, Copy, Debug, EnumDiscriminants)]
#[strum_discriminants(name(TimerName), vis(pub(crate)), derive(EnumIter, IntoStaticStr))]
pub enum Timer {
    /// From a request to its response.
    RequestDuration,
    /// One password hash, with the wait for a thread.
    HashDuration,
    /// From a registration to its activation.
    ActivationDelay,
    /// A step of the synthetic resident.
    CanaryStepDuration(&'static str),
}

/// How somebody registers or signs in.
#[derive(Clone, Copy, Debug, IntoStaticStr)]
#[strum(serialize_all = "kebab-case")]
pub enum Way {
    /// By email address and password.
    Password,
    /// By a sign-in partner.
    Partner,
}

/// Why somebody did not sign in.
#[derive(Clone, Copy, Debug, IntoStaticStr)]
#[strum(serialize_all = "kebab-case")]
pub enum SignInFailure {
    /// The password is wrong, or the address has no account.
    WrongPassword,
    /// The address makes no attempt, because it is locked.
    Locked,
    /// The account is suspended.
    Suspended,
    /// The code of the second factor is wrong.
    WrongCode,
    /// The resident cancelled at the partner.
    PartnerCancelled,
    /// The partner is unreachable, or too slow.
    PartnerUnavailable,
    /// The partner's response failed verification.
    PartnerFailed,
}

/// The dimensions that a metric has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dimensions {
    /// None: the whole service.
    Service,
    /// None, and a label.
    ServiceBy(&'static str),
    /// `FunctionName`.
    Function,
    /// `FunctionName`, and `FunctionName` with a label.
    FunctionBy(&'static str),
    /// None, and `FunctionName`.
    ServiceAndFunction,
}

/// The dimension with the name of the Lambda function.
pub(super) const FUNCTION: &str = "FunctionName";

impl Dimensions {
    /// The dimension sets, as the embedded metric format lists them.
    #[must_use]
    pub fn sets(self) -> Vec<Vec<&'static str>> {
        match self {
            Self::Service => vec![vec![]],
            Self::ServiceBy(label) => vec![vec![], vec![label]],
            Self::Function => vec![vec![FUNCTION]],
            Self::FunctionBy(label) => vec![vec![FUNCTION], vec![FUNCTION, label]],
            Self::ServiceAndFunction => vec![vec![], vec![FUNCTION]],
        }
    }

    /// The name of the label.
    pub(super) fn label(self) -> Option<&'static str> {
        match self {
            Self::ServiceBy(label) | Self::FunctionBy(label) => Some(label),
            Self::Service | Self::Function | Self::ServiceAndFunction => None,
        }
    }
}

/// What `CloudWatch` is told of a metric.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Definition {
    /// The name.
    pub name: &'static str,
    /// The unit, as `CloudWatch` names it.
    pub unit: &'static str,
    /// The dimensions.
    pub dimensions: Dimensions,
}

impl Definition {
    /// All metrics.
    pub fn all() -> impl Iterator<Item = Self> {
        CounterName::iter().map(CounterName::definition).chain(TimerName::iter().map(TimerName::definition))
    }
}

impl CounterName {
    fn definition(self) -> Definition {
        let dimensions = match self {
            Self::SignIns | Self::Registrations => Dimensions::ServiceBy("Way"),
            Self::SignInFailures | Self::Limited => Dimensions::ServiceBy("Reason"),
            Self::Refusals => Dimensions::FunctionBy("Reason"),
            Self::CanaryFailures => Dimensions::ServiceBy("Step"),
            Self::OutboxSent => Dimensions::FunctionBy("Kind"),
            Self::EmailsDelayed | Self::EmailsSoftBounced | Self::EmailsBounced => {
                Dimensions::ServiceBy("Kind")
            }
            Self::Locks
            | Self::Resets
            | Self::Activations
            | Self::KeyRefreshFailures
            | Self::CanarySuccesses
            | Self::EmailsDelivered
            | Self::EmailsComplained
            | Self::EmailsRejected => Dimensions::Service,
            Self::Conflicts => Dimensions::ServiceAndFunction,
            Self::ColdStarts
            | Self::OutboxPostponed
            | Self::OutboxThrottled
            | Self::OutboxFailed
            | Self::OutboxLeftToSchedule => Dimensions::Function,
        };
        Definition { name: self.into(), unit: "Count", dimensions }
    }
}

impl Counter {
    pub(super) fn definition(self) -> Definition {
        CounterName::from(self).definition()
    }

    /// The value of the label.
    pub(super) fn label(self) -> Option<&'static str> {
        match self {
            Self::SignIns(way) | Self::Registrations(way) => Some(way.into()),
            Self::SignInFailures(failure) => Some(failure.into()),
            Self::Refusals(word)
            | Self::Limited(word)
            | Self::OutboxSent(word)
            | Self::EmailsDelayed(word)
            | Self::EmailsSoftBounced(word)
            | Self::EmailsBounced(word)
            | Self::CanaryFailures(word) => Some(word),
            Self::Locks
            | Self::Resets
            | Self::EmailsDelivered
            | Self::EmailsComplained
            | Self::EmailsRejected
            | Self::Activations
            | Self::Conflicts
            | Self::ColdStarts
            | Self::KeyRefreshFailures
            | Self::CanarySuccesses
            | Self::OutboxPostponed
            | Self::OutboxThrottled
            | Self::OutboxFailed
            | Self::OutboxLeftToSchedule => None,
        }
    }
}

impl TimerName {
    fn definition(self) -> Definition {
        let (unit, dimensions) = match self {
            Self::RequestDuration | Self::HashDuration => ("Milliseconds", Dimensions::Function),
            Self::ActivationDelay => ("Seconds", Dimensions::Service),
            Self::CanaryStepDuration => ("Milliseconds", Dimensions::ServiceBy("Step")),
        };
        Definition { name: self.into(), unit, dimensions }
    }
}

impl Timer {
    pub(super) fn definition(self) -> Definition {
        TimerName::from(self).definition()
    }

    /// The value of the label.
    pub(super) fn label(self) -> Option<&'static str> {
        match self {
            Self::CanaryStepDuration(step) => Some(step),
            Self::RequestDuration | Self::HashDuration | Self::ActivationDelay => None,
        }
    }
}
