//! Links to the answers of the help pages, where the questions arise (RULES 8.5).

use askama::Template;
use domain::language::Language;
use http_kernel::{MESSAGES, Parts, Request};
use i18n::{Messages, Translator};

/// The messages of these links.
static HELP_MESSAGES: Messages = i18n::messages!();

/// A question that the help pages answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is the question with this name")]
pub enum HelpTopic {
    ActivationLink,
    ActivationOtherBrowser,
    AfterReset,
    AuthenticatorApps,
    ChoosePassword,
    ConnectedServices,
    Cookies,
    EmailCodes,
    ForgotPassword,
    IncorrectCodes,
    LockedAccount,
    LostDevice,
    MissingEmails,
    NewAppLater,
    NotMe,
    PartnerAdd,
    PartnerCode,
    PartnerNewAccount,
    PartnerRemove,
    RecoveryCodes,
    RemoveApp,
    Sessions,
    SetUpApp,
    SharedInformation,
    SignInPartner,
    SigningIn,
    DownloadData,
    CloseAccount,
    ChangeEmail,
    Activity,
    TooManyAttempts,
}

impl HelpTopic {
    /// The path of the answer.
    pub(crate) const fn path(self) -> &'static str {
        match self {
            Self::ActivationLink => "/help/activation-link",
            Self::ActivationOtherBrowser => "/help/activation-other-browser",
            Self::AfterReset => "/help/after-reset",
            Self::AuthenticatorApps => "/help/authenticator-apps",
            Self::ChoosePassword => "/help/choose-password",
            Self::ConnectedServices => "/help/connected-services",
            Self::Cookies => "/help/cookies",
            Self::EmailCodes => "/help/email-codes",
            Self::ForgotPassword => "/help/forgot-password",
            Self::IncorrectCodes => "/help/incorrect-codes",
            Self::LockedAccount => "/help/locked-account",
            Self::LostDevice => "/help/lost-device",
            Self::MissingEmails => "/help/missing-emails",
            Self::NewAppLater => "/help/new-app-later",
            Self::NotMe => "/help/not-me",
            Self::PartnerAdd => "/help/partner-add",
            Self::PartnerCode => "/help/partner-code",
            Self::PartnerNewAccount => "/help/partner-new-account",
            Self::PartnerRemove => "/help/partner-remove",
            Self::RecoveryCodes => "/help/recovery-codes",
            Self::RemoveApp => "/help/remove-app",
            Self::Sessions => "/help/sessions",
            Self::SetUpApp => "/help/set-up-app",
            Self::SharedInformation => "/help/shared-information",
            Self::SignInPartner => "/help/sign-in-partner",
            Self::SigningIn => "/help/signing-in",
            Self::DownloadData => "/help/download-data",
            Self::CloseAccount => "/help/close-account",
            Self::ChangeEmail => "/help/change-email",
            Self::Activity => "/help/activity",
            Self::TooManyAttempts => "/help/too-many-attempts",
        }
    }

    /// The name of the message that labels a link to the answer.
    pub(crate) const fn label(self) -> &'static str {
        match self {
            Self::ActivationLink => "help-activation-link",
            Self::ActivationOtherBrowser => "help-activation-other-browser",
            Self::AfterReset => "help-after-reset",
            Self::AuthenticatorApps => "help-authenticator-apps",
            Self::ChoosePassword => "help-choose-password",
            Self::ConnectedServices => "help-connected-services",
            Self::Cookies => "help-cookies",
            Self::EmailCodes => "help-email-codes",
            Self::ForgotPassword => "help-forgot-password",
            Self::IncorrectCodes => "help-incorrect-codes",
            Self::LockedAccount => "help-locked-account",
            Self::LostDevice => "help-lost-device",
            Self::MissingEmails => "help-missing-emails",
            Self::NewAppLater => "help-new-app-later",
            Self::NotMe => "help-not-me",
            Self::PartnerAdd => "help-partner-add",
            Self::PartnerCode => "help-partner-code",
            Self::PartnerNewAccount => "help-partner-new-account",
            Self::PartnerRemove => "help-partner-remove",
            Self::RecoveryCodes => "help-recovery-codes",
            Self::RemoveApp => "help-remove-app",
            Self::Sessions => "help-sessions",
            Self::SetUpApp => "help-set-up-app",
            Self::SharedInformation => "help-shared-information",
            Self::SignInPartner => "help-sign-in-partner",
            Self::SigningIn => "help-signing-in",
            Self::DownloadData => "help-download-data",
            Self::CloseAccount => "help-close-account",
            Self::ChangeEmail => "help-change-email",
            Self::Activity => "help-activity",
            Self::TooManyAttempts => "help-too-many-attempts",
        }
    }
}

/// The address of an answer, which leads back to the page of the request, and the label of a link to it.
pub(crate) fn link(parts: &Parts, language: Language, (path, label): (&str, &str)) -> (String, String) {
    let translator = Translator::new(language, &HELP_MESSAGES, &MESSAGES);
    (http_kernel::href(path, &parts.return_here(), parts.ui_locale()), translator.message(label))
}

/// The notice of collection of a form, which leads to the whole of it.
#[derive(Template)]
#[template(path = "collection_notice.html")]
pub struct CollectionNotice {
    translator: Translator,
    privacy: String,
}

impl CollectionNotice {
    /// The notice, in the language of the page.
    #[must_use]
    pub fn new(request: &Request<'_>) -> Self {
        let privacy = http_kernel::href("/privacy", &request.return_here(), request.ui_locale());
        Self { translator: request.translator(&HELP_MESSAGES), privacy }
    }
}
