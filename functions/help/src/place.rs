//! The pages that answers lead to.

/// A page where a resident does what an answer says.
#[derive(Clone, Copy)]
pub(crate) enum Place {
    SignIn,
    Register,
    SendActivationLink,
    ForgotPassword,
    Unlock,
    Contact,
    Services,
    Factors,
    AddAuthenticator,
    RecoveryCodes,
    Partners,
    RemovePartners,
    Sessions,
    Settings,
    ChangeEmail,
    ChangePassword,
    ChangeLanguage,
    Activity,
    Download,
    Close,
    Privacy,
    Terms,
}

impl Place {
    /// The path of the page.
    pub(crate) const fn path(self) -> &'static str {
        match self {
            Self::SignIn => "/login",
            Self::Register => "/register",
            Self::SendActivationLink => "/register/again",
            Self::ForgotPassword => "/reset",
            Self::Unlock => "/unlock",
            Self::Contact => "/contact",
            Self::Services => "/services",
            Self::Factors => "/factors",
            Self::AddAuthenticator => "/factors/add",
            Self::RecoveryCodes => "/factors/recovery-codes",
            Self::Partners => "/federated",
            Self::RemovePartners => "/federated/remove",
            Self::Sessions => "/settings/sessions",
            Self::Settings => "/settings",
            Self::ChangeEmail => "/settings/email",
            Self::ChangePassword => "/settings/password",
            Self::ChangeLanguage => "/settings/language",
            Self::Activity => "/settings/activity",
            Self::Download => "/settings/data",
            Self::Close => "/settings/close",
            Self::Privacy => "/privacy",
            Self::Terms => "/terms",
        }
    }

    /// The name of the message that labels a link to it.
    pub(crate) const fn label(self) -> &'static str {
        match self {
            Self::SignIn => "place-sign-in",
            Self::Register => "place-register",
            Self::SendActivationLink => "place-send-activation-link",
            Self::ForgotPassword => "place-forgot-password",
            Self::Unlock => "place-unlock",
            Self::Contact => "base-contact",
            Self::Services => "place-services",
            Self::Factors => "place-factors",
            Self::AddAuthenticator => "place-add-authenticator",
            Self::RecoveryCodes => "place-recovery-codes",
            Self::Partners => "place-partners",
            Self::RemovePartners => "place-remove-partners",
            Self::Sessions => "place-sessions",
            Self::Settings => "place-settings",
            Self::ChangeEmail => "place-change-email",
            Self::ChangePassword => "place-change-password",
            Self::ChangeLanguage => "place-change-language",
            Self::Activity => "place-activity",
            Self::Download => "place-download",
            Self::Close => "place-close",
            Self::Privacy => "privacy-title",
            Self::Terms => "terms-title",
        }
    }
}
