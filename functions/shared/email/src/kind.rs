//! The kinds of email, and what each of them defines.

use domain::outbox::Priority;
use serde::{Deserialize, Serialize};
use strum::VariantNames as _;

use crate::{
    AccountClosed, AccountReopened, AccountSuspended, ActivationLinks, ActivityReported, AddressCheck,
    AddressCode, AlreadyActive, AuthenticatorAdded, AuthenticatorRemoved, Code, Contact, ContainedLink,
    DataDownloaded, DisputedReset, DisputedUnlock, EmailChangeLink, EmailChangeReminder, EmailChangeUndone,
    EmailChanged, EmailCodeSwitched, EmailConfirmed, EmailUnavailable, FormerAccountClosed, Locked,
    NewDevice, NewDevices, PartnerLinked, PartnerRemovalLink, PartnerUnlinked, PasswordChanged,
    PasswordFirst, PasswordReset, RecoveryCodeUsed, RecoveryCodesMade, RecoveryCodesRemoved, ResetLink,
    ResetRequired, ServiceDisconnected, SupportAction, SuspensionReminder, UnlockFirst, UnlockLink, Unlocked,
    VerificationPaused, body::EmailBody,
};

/// What each kind of email defines, in its own file.
pub(crate) trait Content {
    /// Fills in the subject and the parts of the body. `body.now` is the time at which the email is sent, which may be
    /// hours after it was queued (RULES 9.4).
    fn write<'a>(&self, body: EmailBody<'a>) -> EmailBody<'a>;

    /// The links of the recipient's account in the email.
    fn links(&self) -> Vec<ContainedLink>;
}

/// What an email says, with the data for it: one variant for each kind, whose struct is in the file of that name.
///
/// The names are stored in the outbox: renaming a variant needs a `serde(rename)` with the stored name (RULES 9.7).
#[derive(
    Clone, Debug, Serialize, Deserialize, strum::EnumCount, strum::IntoStaticStr, strum::VariantNames,
)]
#[expect(missing_docs, reason = "the structs of the same names have the docs")]
pub enum EmailKind {
    #[serde(rename = "Activation")]
    ActivationLinks(ActivationLinks),
    #[serde(rename = "Unlock")]
    UnlockLink(UnlockLink),
    UnlockFirst(UnlockFirst),
    #[serde(rename = "Reset")]
    ResetLink(ResetLink),
    #[serde(rename = "Open")]
    AlreadyActive,
    Locked(Locked),
    Unlocked(Unlocked),
    PasswordReset(PasswordReset),
    NewDevice(NewDevice),
    NewDevices(NewDevices),
    Code(Code),
    #[serde(rename = "ArrivalCode")]
    AddressCode(AddressCode),
    PartnerLinked(PartnerLinked),
    PartnerUnlinked(PartnerUnlinked),
    AuthenticatorAdded(AuthenticatorAdded),
    AuthenticatorRemoved(AuthenticatorRemoved),
    RecoveryCodesMade(RecoveryCodesMade),
    RecoveryCodesRemoved(RecoveryCodesRemoved),
    RecoveryCodeUsed(RecoveryCodeUsed),
    EmailCodeSwitched(EmailCodeSwitched),
    VerificationPaused(VerificationPaused),
    #[serde(rename = "Disconnected")]
    ServiceDisconnected(ServiceDisconnected),
    #[serde(rename = "Removal")]
    PartnerRemovalLink(PartnerRemovalLink),
    PasswordFirst(PasswordFirst),
    #[serde(rename = "DisownedReset")]
    DisputedReset(DisputedReset),
    #[serde(rename = "DisownedUnlock")]
    DisputedUnlock(DisputedUnlock),
    EmailChangeLink(EmailChangeLink),
    EmailUnavailable,
    EmailChanged(EmailChanged),
    EmailConfirmed(EmailConfirmed),
    EmailChangeUndone(EmailChangeUndone),
    EmailChangeReminder(EmailChangeReminder),
    Contact(Contact),
    AccountClosed(AccountClosed),
    FormerAccountClosed(FormerAccountClosed),
    AccountReopened(AccountReopened),
    PasswordChanged(PasswordChanged),
    ActivityReported(ActivityReported),
    DataDownloaded(DataDownloaded),
    SupportAction(SupportAction),
    ResetRequired(ResetRequired),
    AccountSuspended(AccountSuspended),
    SuspensionReminder(SuspensionReminder),
    AddressCheck(AddressCheck),
}

impl EmailKind {
    /// The links of the recipient's account in the email. They are stored in the transaction that queues it.
    #[must_use]
    pub fn links(&self) -> Vec<ContainedLink> {
        self.content().links()
    }

    /// The name of the kind, as metrics and operators know it.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.into()
    }

    /// The [`name`](Self::name) that is equal to this text.
    #[must_use]
    pub fn known_name(text: &str) -> Option<&'static str> {
        Self::VARIANTS.iter().find(|name| **name == text).copied()
    }

    /// Whether the email is sent to find out if the address receives any (RULES 8.11). SES is then told to try it again.
    #[must_use]
    pub fn checks_address(&self) -> bool {
        matches!(self, Self::AddressCheck(_))
    }

    /// How urgent the email is (RULES 9.4).
    #[must_use]
    pub fn priority(&self) -> Priority {
        match self {
            Self::Code(_) | Self::AddressCode(_) => Priority::Code,
            Self::ActivationLinks(_)
            | Self::UnlockLink(_)
            | Self::UnlockFirst(_)
            | Self::ResetLink(_)
            | Self::AlreadyActive
            | Self::PartnerRemovalLink(_)
            | Self::PasswordFirst(_)
            | Self::DisputedReset(_)
            | Self::DisputedUnlock(_)
            | Self::ResetRequired(_)
            | Self::ActivityReported(_)
            | Self::SuspensionReminder(_)
            | Self::EmailChangeLink(_)
            | Self::EmailChangeReminder(_)
            | Self::EmailUnavailable
            | Self::AddressCheck(_)
            | Self::Locked(_) => Priority::Link,
            Self::Unlocked(_)
            | Self::PasswordReset(_)
            | Self::NewDevice(_)
            | Self::NewDevices(_)
            | Self::PartnerLinked(_)
            | Self::PartnerUnlinked(_)
            | Self::AuthenticatorAdded(_)
            | Self::AuthenticatorRemoved(_)
            | Self::RecoveryCodesMade(_)
            | Self::RecoveryCodesRemoved(_)
            | Self::RecoveryCodeUsed(_)
            | Self::EmailCodeSwitched(_)
            | Self::VerificationPaused(_)
            | Self::ServiceDisconnected(_)
            | Self::EmailChanged(_)
            | Self::EmailConfirmed(_)
            | Self::EmailChangeUndone(_)
            | Self::AccountClosed(_)
            | Self::FormerAccountClosed(_)
            | Self::AccountReopened(_)
            | Self::PasswordChanged(_)
            | Self::DataDownloaded(_)
            | Self::SupportAction(_)
            | Self::AccountSuspended(_)
            | Self::Contact(_) => Priority::Notice,
        }
    }

    pub(crate) fn content(&self) -> &dyn Content {
        match self {
            Self::ActivationLinks(email) => email,
            Self::UnlockLink(email) => email,
            Self::UnlockFirst(email) => email,
            Self::ResetLink(email) => email,
            Self::AlreadyActive => &AlreadyActive,
            Self::Locked(email) => email,
            Self::Unlocked(email) => email,
            Self::PasswordReset(email) => email,
            Self::NewDevice(email) => email,
            Self::NewDevices(email) => email,
            Self::Code(email) => email,
            Self::AddressCode(email) => email,
            Self::PartnerLinked(email) => email,
            Self::PartnerUnlinked(email) => email,
            Self::AuthenticatorAdded(email) => email,
            Self::AuthenticatorRemoved(email) => email,
            Self::RecoveryCodesMade(email) => email,
            Self::RecoveryCodesRemoved(email) => email,
            Self::RecoveryCodeUsed(email) => email,
            Self::EmailCodeSwitched(email) => email,
            Self::VerificationPaused(email) => email,
            Self::ServiceDisconnected(email) => email,
            Self::PartnerRemovalLink(email) => email,
            Self::PasswordFirst(email) => email,
            Self::DisputedReset(email) => email,
            Self::DisputedUnlock(email) => email,
            Self::EmailChangeLink(email) => email,
            Self::EmailUnavailable => &EmailUnavailable,
            Self::EmailChanged(email) => email,
            Self::EmailConfirmed(email) => email,
            Self::EmailChangeUndone(email) => email,
            Self::EmailChangeReminder(email) => email,
            Self::Contact(email) => email,
            Self::AccountClosed(email) => email,
            Self::FormerAccountClosed(email) => email,
            Self::AccountReopened(email) => email,
            Self::PasswordChanged(email) => email,
            Self::ActivityReported(email) => email,
            Self::DataDownloaded(email) => email,
            Self::SupportAction(email) => email,
            Self::ResetRequired(email) => email,
            Self::AccountSuspended(email) => email,
            Self::SuspensionReminder(email) => email,
            Self::AddressCheck(email) => email,
        }
    }
}

impl From<AlreadyActive> for EmailKind {
    fn from(_: AlreadyActive) -> Self {
        Self::AlreadyActive
    }
}

impl From<EmailUnavailable> for EmailKind {
    fn from(_: EmailUnavailable) -> Self {
        Self::EmailUnavailable
    }
}

macro_rules! into_kind {
    ($($email:ident),+ $(,)?) => {
        $(impl From<$email> for EmailKind {
            fn from(email: $email) -> Self {
                Self::$email(email)
            }
        })+
    };
}

into_kind![
    ActivationLinks,
    UnlockLink,
    UnlockFirst,
    ResetLink,
    Locked,
    Unlocked,
    PasswordReset,
    NewDevice,
    NewDevices,
    Code,
    AddressCode,
    PartnerLinked,
    PartnerUnlinked,
    AuthenticatorAdded,
    AuthenticatorRemoved,
    RecoveryCodesMade,
    RecoveryCodesRemoved,
    RecoveryCodeUsed,
    EmailCodeSwitched,
    VerificationPaused,
    ServiceDisconnected,
    PartnerRemovalLink,
    PasswordFirst,
    DisputedReset,
    DisputedUnlock,
    EmailChangeLink,
    EmailChanged,
    EmailConfirmed,
    EmailChangeUndone,
    EmailChangeReminder,
    Contact,
    AccountClosed,
    FormerAccountClosed,
    AccountReopened,
    PasswordChanged,
    ActivityReported,
    DataDownloaded,
    SupportAction,
    ResetRequired,
    AccountSuspended,
    SuspensionReminder,
    AddressCheck,
];
