//! Interactions: sign-ins in progress for a service (RULES 3.1, 3.2).
//!
//! An [`Interaction`] starts with an authorization request and ends with its response. It survives registration,
//! sign-in, step-up and consent, and belongs to one browser.

use jiff::{SignedDuration, Timestamp};

use crate::{
    authorization::{AuthorizationRequest, Prompt, Reauthentication},
    id::InteractionId,
    language::Language,
    limits::TakenSlot,
    secret::{HashedSecret, PreSession, kind},
    service::{Bilingual, ClientRegistration},
    session::{Session, SessionId},
};

/// How long an interaction lasts: as long as a registration waits for activation.
pub const LIFETIME: SignedDuration = SignedDuration::from_hours(24);

/// How long after its response an interaction can be answered again: a double click, or a response that was lost.
/// Later, the sign-in starts again at the service, because the service has used the first response.
pub const RESPONSE_REPEATABLE_FOR: SignedDuration = SignedDuration::from_mins(1);

/// What pages say about a service.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct ServiceInfo {
    /// The name in both languages.
    pub name: Bilingual,
    /// The address where its users get help.
    pub support: Bilingual,
    /// Where a sign-in to it starts (`initiate_login_uri`, else its home page).
    pub start_url: String,
}

/// A sign-in in progress for a service.
#[derive(Clone, Debug)]
pub struct Interaction {
    /// The id. It is part of URLs and grants nothing.
    pub id: InteractionId,
    /// The browser in which it started, under each secret that it has had since. A sign-in gives the browser a new
    /// secret; a second tab or a double click may still send the previous one.
    pub browsers: Vec<HashedSecret<kind::PreSession>>,
    /// The service that sent the resident.
    pub service: ServiceInfo,
    /// What the service requested (RFC 6749 section 4.1.1).
    pub request: AuthorizationRequest,
    /// The session that the browser had when the interaction started.
    pub session: Option<SessionId>,
    /// The reauthentication that the request demands of a signed-in resident.
    pub reauthentication: Option<Reauthentication>,
    /// When the request arrived.
    pub began_at: Timestamp,
    /// When the service first got its response.
    pub ended_at: Option<Timestamp>,
    /// The count of its source, until a code is issued.
    pub slot: Option<TakenSlot>,
}

impl ServiceInfo {
    /// The name in a page's language.
    #[must_use]
    pub fn name(&self, language: Language) -> &str {
        self.name.in_language(language)
    }
}

impl From<&ClientRegistration> for ServiceInfo {
    fn from(registration: &ClientRegistration) -> Self {
        Self {
            name: registration.client_name.clone(),
            support: registration.support_contact.clone(),
            start_url: registration.start_url().to_owned(),
        }
    }
}

impl Interaction {
    /// An interaction that belongs to no browser yet. The first browser that presents it claims it.
    #[must_use]
    pub fn begin(
        id: InteractionId,
        now: Timestamp,
        service: ServiceInfo,
        request: AuthorizationRequest,
    ) -> Self {
        Self {
            id,
            browsers: Vec::new(),
            service,
            request,
            session: None,
            reauthentication: None,
            began_at: now,
            ended_at: None,
            slot: None,
        }
    }

    /// The interaction after this browser, with this session, has claimed it.
    #[must_use]
    pub fn claimed(self, browser: &PreSession, session: Option<&Session>) -> Self {
        Self {
            browsers: vec![browser.hash()],
            reauthentication: self.request.required_reauthentication(session, self.began_at),
            session: session.map(|session| session.id.clone()),
            ..self
        }
    }

    /// Whether no browser has claimed it. The request was posted by another site, and such a request carries no
    /// cookies.
    #[must_use]
    pub fn is_unclaimed(&self) -> bool {
        self.browsers.is_empty()
    }

    /// Whether a resident with this session skips the sign-in page. The requested subject and assurance level are
    /// checked later.
    #[must_use]
    pub fn may_resume(&self, session: &Session) -> bool {
        let is_recent = self.reauthentication.as_ref().is_none_or(|again| again.is_met_by(session));
        let asks = [Prompt::SelectAccount, Prompt::Create]
            .iter()
            .any(|prompt| self.request.prompts.contains(prompt));
        let is_asked_for = self.has_signed_in(session) || (self.request.subject.is_none() && !asks);
        is_recent && is_asked_for
    }

    /// Whether the resident has to authenticate anew for the service, whatever a partner remembers of an earlier sign-in
    /// (RULES 4.5).
    #[must_use]
    pub fn requires_fresh_sign_in(&self) -> bool {
        self.request.prompts.contains(&Prompt::Login) || self.request.max_age.is_some()
    }

    /// Whether this session started during the interaction, by a sign-in or a registration.
    #[must_use]
    pub fn has_signed_in(&self, session: &Session) -> bool {
        session.began_at >= self.began_at && self.session.as_ref() != Some(&session.id)
    }

    /// Whether this session verified a factor during the interaction. The resident has then already chosen the account.
    #[must_use]
    pub fn has_verified(&self, session: &Session) -> bool {
        session.has_verified_since(self.began_at)
    }

    /// Whether the service got its response too long ago to get it again.
    #[must_use]
    pub fn is_over(&self, now: Timestamp) -> bool {
        self.ended_at.is_some_and(|ended| now >= ended + RESPONSE_REPEATABLE_FOR)
    }

    /// When it expires and is deleted.
    #[must_use]
    pub fn expires_at(&self) -> Timestamp {
        self.began_at + LIFETIME
    }

    /// The interaction, if it has not expired and belongs to the browser that holds these secrets (RULES 3.2).
    #[must_use]
    pub fn for_browser<'a>(
        self,
        secrets: impl IntoIterator<Item = &'a PreSession>,
        now: Timestamp,
    ) -> Option<Self> {
        let is_own = secrets.into_iter().any(|secret| self.browsers.contains(&secret.hash()));
        (is_own && now < self.expires_at()).then_some(self)
    }
}

/// The longest path and query of a [`LocalPath`], in bytes. The parameters of our own pages are short.
const LONGEST_PATH: usize = 500;

/// A path of our own to redirect to after a sign-in (RULES 3.1). No other target is followed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LocalPath(String);

impl LocalPath {
    /// Parses a path: `/` with letters, digits, `-`, `_` and single slashes, and the query of a page of ours, as forms
    /// encode it.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
        let is_encoded = |c: char| is_name(c) || matches!(c, '.' | '*' | '+' | '%' | '=' | '&');
        let (path, query) = text.split_once('?').unwrap_or((text, "all=none"));
        let is_own = text.len() <= LONGEST_PATH
            && path.starts_with('/')
            && !path.contains("//")
            && path.chars().all(|c| is_name(c) || c == '/')
            && query.contains('=')
            && query.chars().all(is_encoded);
        is_own.then(|| Self(text.to_owned()))
    }

    /// The path as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    fn browser(n: u8) -> PreSession {
        PreSession::from_random([n; 32])
    }

    fn begin(browser: Option<&PreSession>) -> Interaction {
        let begun = unclaimed();
        match browser {
            Some(browser) => begun.claimed(browser, None),
            None => begun,
        }
    }

    pub(crate) fn unclaimed() -> Interaction {
        let both = || Bilingual { en: "A".into(), fr: "B".into() };
        let service = ServiceInfo { name: both(), support: both(), start_url: String::new() };
        let id = InteractionId::from_random([0; 16]);
        let request = crate::authorization::tests::request(&[]);
        Interaction::begin(id, Timestamp::UNIX_EPOCH, service, request)
    }

    #[test]
    fn rule_3_2_an_interaction_is_its_own_browsers_alone() {
        let interaction = begin(Some(&browser(1)));
        let seen =
            |browser: Option<&PreSession>, now| interaction.clone().for_browser(browser, now).is_some();
        assert!(seen(Some(&browser(1)), Timestamp::UNIX_EPOCH));
        assert!(!seen(Some(&browser(2)), Timestamp::UNIX_EPOCH));
        assert!(!seen(None, Timestamp::UNIX_EPOCH));
        assert!(!seen(Some(&browser(1)), Timestamp::UNIX_EPOCH + LIFETIME));
        let unclaimed = begin(None);
        assert!(unclaimed.is_unclaimed() && !interaction.is_unclaimed());
        assert!(unclaimed.for_browser(Some(&browser(1)), Timestamp::UNIX_EPOCH).is_none());
    }

    #[test]
    fn rule_3_2_a_transaction_ends_again_for_a_minute() {
        let ended = Interaction { ended_at: Some(Timestamp::UNIX_EPOCH), ..begin(None) };
        assert!(!ended.is_over(Timestamp::UNIX_EPOCH + SignedDuration::from_secs(59)));
        assert!(ended.is_over(Timestamp::UNIX_EPOCH + RESPONSE_REPEATABLE_FOR));
        assert!(!begin(None).is_over(Timestamp::UNIX_EPOCH + LIFETIME));
    }

    #[test]
    fn rule_3_1_only_own_paths_are_followed() {
        for path in [
            "/services",
            "/settings/sessions",
            "/",
            "/factors/remove?app=0-1",
            "/mfa?factor=email&next=%2Ffactors",
            "/login?again=&a=b+c",
        ] {
            assert_eq!(LocalPath::parse(path).unwrap().as_str(), path);
        }
        for path in [
            "",
            "services",
            "//evil.example",
            "/\\evil",
            "https://evil.example",
            "/a//b",
            "/a?b",
            "/a?b=/c",
            "/a?b=c#d",
            "/a?b=\r\nc",
            "?b=c",
            "/a%2f",
            "/é",
            "/a\n",
        ] {
            assert!(LocalPath::parse(path).is_none(), "{path}");
        }
    }
}
