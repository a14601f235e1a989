//! Authorization requests and the decision about them (OpenID Connect Core section 3.1.2.1; RULES 6.1, 6.2, 6.5).
//!
//! [`AuthorizationRequest::decide`] is a pure function: from the request, the end-user and the completed prompts to a
//! [`Decision`].

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{
    assurance::Assurance,
    language::Language,
    secret::{HashedSecret, kind},
    service::{ClientId, Scope, Scopes},
    session::Session,
};

/// An authorization request that passed every check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuthorizationRequest {
    /// The client that sent it.
    pub client: ClientId,
    /// Where the response is sent: one of the registered URIs.
    pub redirect_uri: String,
    /// How the response is sent there.
    #[serde(default, skip_serializing_if = "ResponseMode::is_query")]
    pub response_mode: ResponseMode,
    /// The value that the response repeats.
    pub state: Option<String>,
    /// The value that the ID token repeats.
    pub nonce: Option<String>,
    /// The requested scopes that are known here.
    pub scopes: Scopes,
    /// The PKCE challenge, method S256 (RFC 7636).
    pub code_challenge: Option<String>,
    /// The requested values of `prompt`.
    pub prompts: BTreeSet<Prompt>,
    /// The maximum age of the authentication, in seconds.
    pub max_age: Option<u64>,
    /// The minimum assurance level (`acr_values`, or the client's registration).
    pub assurance: Assurance,
    /// The individually requested claims (OpenID Connect Core section 5.5).
    pub claims: RequestedClaims,
    /// The presumed email address, as the resident would type it.
    pub login_hint: Option<String>,
    /// The subject that the resident must have (`id_token_hint`, or a `sub` claim).
    pub subject: Option<String>,
    /// The requested language (`ui_locales`).
    pub language: Option<Language>,
}

/// How an authorization response is sent to the redirect URI (`response_mode`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ResponseMode {
    /// By a redirect, in the query (OAuth 2.0 Multiple Response Type Encoding Practices section 2.1).
    #[default]
    Query,
    /// By a page that posts a form (OAuth 2.0 Form Post Response Mode).
    FormPost,
}

impl ResponseMode {
    /// Every known value of the parameter.
    pub const ALL: [Self; 2] = [Self::Query, Self::FormPost];

    /// The value in the protocol.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Query => "query",
            Self::FormPost => "form_post",
        }
    }

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for it")]
    fn is_query(&self) -> bool {
        *self == Self::Query
    }
}

/// Where a service requested the email address by the parameter `claims`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequestedClaims {
    /// In the response of the userinfo endpoint.
    pub email_in_userinfo: bool,
    /// In the ID token itself.
    pub email_in_id_token: bool,
}

/// A value of `prompt` (OpenID Connect Core section 3.1.2.1; Initiating User Registration 1.0).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Prompt {
    /// Show no page at all.
    None,
    /// Ask for a new sign-in.
    Login,
    /// Ask for consent again.
    Consent,
    /// Ask which account to use.
    SelectAccount,
    /// Ask to create an account.
    Create,
}

impl Prompt {
    /// Every known value of the parameter.
    pub const ALL: [Self; 5] = [Self::None, Self::Login, Self::Consent, Self::SelectAccount, Self::Create];

    /// The value in the protocol.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Login => "login",
            Self::Consent => "consent",
            Self::SelectAccount => "select_account",
            Self::Create => "create",
        }
    }
}

/// The reauthentication that a request demands, by `prompt=login` or `max_age`, of a resident who was signed in when it
/// arrived.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reauthentication {
    /// Only sessions whose resident authenticated at this time or later count.
    #[serde(with = "jiff::fmt::serde::timestamp::second::required")]
    pub since: Timestamp,
    /// The session that the resident had then. It does not count, however recently it started.
    #[serde(with = "hash", default, skip_serializing_if = "Option::is_none")]
    pub besides: Option<HashedSecret<kind::Session>>,
}

mod hash {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use crate::secret::{HashedSecret, kind};

    #[expect(clippy::ref_option, reason = "serde asks for it")]
    pub(super) fn serialize<S: Serializer>(
        hash: &Option<HashedSecret<kind::Session>>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        hash.as_ref().map(HashedSecret::as_str).serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<HashedSecret<kind::Session>>, D::Error> {
        Ok(Option::<String>::deserialize(deserializer)?.map(HashedSecret::stored))
    }
}

impl Reauthentication {
    /// Whether a session meets the demand.
    #[must_use]
    pub fn is_met_by(&self, session: &Session) -> bool {
        session.authenticated_at() >= self.since && self.besides.as_ref() != Some(&session.id)
    }
}

/// The signed-in end-user, as the decision sees them.
#[derive(Clone, Copy, Debug)]
pub struct EndUser<'a> {
    /// The session that was found.
    pub session: &'a Session,
    /// The service's subject identifier for them.
    pub subject: &'a str,
    /// What they have consented to give the service.
    pub agreed: &'a Scopes,
}

/// What happens next to a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// The service gets an authorization code.
    Issue,
    /// The resident must sign in, possibly again.
    SignIn,
    /// The resident is asked to create an account.
    Register,
    /// The resident is asked which account to use.
    SelectAccount,
    /// The resident must verify by another factor (RULES 5.1).
    StepUp,
    /// The resident is asked for consent.
    Consent,
    /// The service gets an error response.
    Refuse(Refusal),
}

/// Why a request gets an error response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Nobody is signed in, or somebody else, or not recently enough, and no page may be shown.
    LoginRequired,
    /// The resident has to verify by another factor, and no page may be shown.
    InteractionRequired,
    /// The resident has not consented, and no page may be shown.
    ConsentRequired,
    /// The resident has denied consent.
    AccessDenied,
    /// No resident can reach the requested assurance level (RFC 9470 section 5).
    UnmetAssurance,
}

/// The prompts that the resident has completed in this interaction.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CompletedPrompts {
    /// The resident chose to continue with the account that is signed in.
    pub selected: bool,
    /// The resident has just given consent.
    pub agreed: bool,
    /// The resident has signed in or registered since the request arrived.
    pub signed_in: bool,
}

impl AuthorizationRequest {
    /// What it requests that the resident has to consent to: all but an identifier (RULES 6.5; OpenID Connect Core section
    /// 11 for `offline_access`).
    #[must_use]
    pub fn needs_consent_for(&self) -> Scopes {
        let is_offline = self.scopes.contains(&Scope::OfflineAccess);
        let email = self.wants_email().then_some(Scope::Email);
        email.into_iter().chain(is_offline.then_some(Scope::OfflineAccess)).collect()
    }

    /// Whether it requests the email address.
    #[must_use]
    pub fn wants_email(&self) -> bool {
        self.scopes.contains(&Scope::Email) || self.claims.email_in_userinfo || self.claims.email_in_id_token
    }

    /// The reauthentication that it demands of a resident with this session, when it arrives at `now`.
    #[must_use]
    pub fn required_reauthentication(
        &self,
        session: Option<&Session>,
        now: Timestamp,
    ) -> Option<Reauthentication> {
        let oldest = self.max_age.map(|age| {
            let age = SignedDuration::from_secs(i64::try_from(age).unwrap_or(i64::MAX));
            now.checked_sub(age).unwrap_or(Timestamp::UNIX_EPOCH)
        });
        // `max_age=0` is `prompt=login` (OpenID Connect Core section 3.1.2.1).
        if self.prompts.contains(&Prompt::Login) || self.max_age == Some(0) {
            let besides = session.map(|session| session.id.clone());
            return Some(Reauthentication { since: now, besides });
        }
        oldest.map(|since| Reauthentication { since, besides: None })
    }

    /// Decides what happens next (OpenID Connect Core section 3.1.2.3).
    #[must_use]
    pub fn decide(
        &self,
        end_user: Option<EndUser<'_>>,
        again: Option<&Reauthentication>,
        done: CompletedPrompts,
    ) -> Decision {
        if !Assurance::REACHABLE.iter().any(|level| *level >= self.assurance) {
            return Decision::Refuse(Refusal::UnmetAssurance);
        }
        let is_silent = self.prompts.contains(&Prompt::None);
        let ask = |question, refusal| if is_silent { Decision::Refuse(refusal) } else { question };
        if self.prompts.contains(&Prompt::Create) && !done.signed_in {
            return Decision::Register;
        }
        let Some(end_user) = end_user else { return ask(Decision::SignIn, Refusal::LoginRequired) };
        let is_recent = again.is_none_or(|again| again.is_met_by(end_user.session));
        if !is_recent {
            return ask(Decision::SignIn, Refusal::LoginRequired);
        }
        if self.subject.as_deref().is_some_and(|subject| subject != end_user.subject) {
            // The resident has signed in because of this request, and is not the requested subject.
            let question =
                if done.signed_in { Decision::Refuse(Refusal::LoginRequired) } else { Decision::SignIn };
            return ask(question, Refusal::LoginRequired);
        }
        if self.prompts.contains(&Prompt::SelectAccount) && !done.selected && !done.signed_in {
            return Decision::SelectAccount;
        }
        if end_user.session.assurance() < self.assurance {
            return ask(Decision::StepUp, Refusal::InteractionRequired);
        }
        let has_agreed = self.needs_consent_for().is_subset(end_user.agreed);
        let must_agree = self.prompts.contains(&Prompt::Consent) || !has_agreed;
        if must_agree && !done.agreed {
            return ask(Decision::Consent, Refusal::ConsentRequired);
        }
        Decision::Issue
    }
}

#[cfg(test)]
pub(crate) mod tests;
