//! Sign-in transactions: residents on the way to a service (RULES 3.1, 3.2).

use jiff::{SignedDuration, Timestamp};

use crate::{
    authorization::{AuthorizationRequest, Prompt, SignInAgain},
    id::InteractionId,
    language::Language,
    secret::{HashedSecret, PreSession, kind},
    service::{Bilingual, Registration},
    session::Session,
};

/// How long a resident may be on the way: as long as a registration waits.
pub const LIFETIME: SignedDuration = SignedDuration::from_hours(24);

/// How long after its end a transaction can be ended again: a double click, or an answer that was lost. Later the way
/// to the service begins afresh, since the service has taken the first answer.
pub const ENDS_AGAIN: SignedDuration = SignedDuration::from_mins(1);

/// A service as pages name it.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Service {
    /// Its name.
    pub name: Bilingual,
    /// Where its users get help.
    pub support: Bilingual,
    /// Where a sign-in to it begins afresh (`initiate_login_uri`, else its home page).
    pub start_url: String,
}

/// What is remembered of a resident on the way to a service.
#[derive(Clone, Debug)]
pub struct Interaction {
    /// Its name; in a URL it grants nothing.
    pub id: InteractionId,
    /// The browser it began in, under each of the secrets it has had since: signing in gives it a new one, and a
    /// second tab or a double click may still come with the one before.
    pub browsers: Vec<HashedSecret<kind::PreSession>>,
    /// The service.
    pub service: Service,
    /// What the service asked for.
    pub request: AuthorizationRequest,
    /// The session that the resident had when it began, named as that had begun.
    pub session: Option<HashedSecret<kind::Session>>,
    /// What the resident has to do although they were signed in when it began.
    pub again: Option<SignInAgain>,
    /// When it began.
    pub began_at: Timestamp,
    /// When the service first got its answer.
    pub ended_at: Option<Timestamp>,
}

impl Service {
    /// Its name in a page's language.
    #[must_use]
    pub fn name(&self, language: Language) -> &str {
        self.name.in_language(language)
    }
}

impl From<&Registration> for Service {
    fn from(registration: &Registration) -> Self {
        Self {
            name: registration.client_name.clone(),
            support: registration.support_contact.clone(),
            start_url: registration.start_url().to_owned(),
        }
    }
}

impl Interaction {
    /// A transaction that begins in no browser yet: whichever comes with it first claims it.
    #[must_use]
    pub fn begin(id: InteractionId, now: Timestamp, service: Service, request: AuthorizationRequest) -> Self {
        Self {
            id,
            browsers: Vec::new(),
            service,
            request,
            session: None,
            again: None,
            began_at: now,
            ended_at: None,
        }
    }

    /// The same in this browser, in which this session is there.
    #[must_use]
    pub fn claimed(self, browser: &PreSession, session: Option<&Session>) -> Self {
        Self {
            browsers: vec![browser.hash()],
            again: self.request.sign_in_again(session, self.began_at),
            session: session.map(|session| session.begun_as.clone()),
            ..self
        }
    }

    /// Whether it began in no browser yet: the request was posted from another site, which brings no cookies.
    #[must_use]
    pub fn is_unclaimed(&self) -> bool {
        self.browsers.is_empty()
    }

    /// Whether a resident with this session need not be shown the sign-in page. Whom the service asked for by name is
    /// decided later, and only for who has signed in since; so is whether more has to be verified.
    #[must_use]
    pub fn may_resume(&self, session: &Session) -> bool {
        let is_recent = self.again.as_ref().is_none_or(|again| again.is_met_by(session));
        let asks = [Prompt::SelectAccount, Prompt::Create]
            .iter()
            .any(|prompt| self.request.prompts.contains(prompt));
        let is_asked_for = self.came_back(session) || (self.request.subject.is_none() && !asks);
        is_recent && is_asked_for
    }

    /// Whether this session began on the way: the resident came back from signing in or from making an account.
    #[must_use]
    pub fn came_back(&self, session: &Session) -> bool {
        session.began_at >= self.began_at && self.session.as_ref() != Some(&session.begun_as)
    }

    /// Whether this session verified something on the way: which account goes on was decided before.
    #[must_use]
    pub fn has_verified(&self, session: &Session) -> bool {
        session.has_verified_since(self.began_at)
    }

    /// Whether the service got its answer so long ago that the way to it begins afresh.
    #[must_use]
    pub fn is_over(&self, now: Timestamp) -> bool {
        self.ended_at.is_some_and(|ended| now >= ended + ENDS_AGAIN)
    }

    /// When it is forgotten.
    #[must_use]
    pub fn expires_at(&self) -> Timestamp {
        self.began_at + LIFETIME
    }

    /// The transaction, if it is within its time and this browser's own (RULES 3.2).
    #[must_use]
    pub fn seen_by(self, browser: Option<&PreSession>, now: Timestamp) -> Option<Self> {
        let is_own = browser.is_some_and(|browser| self.browsers.contains(&browser.hash()));
        (is_own && now < self.expires_at()).then_some(self)
    }
}

/// A path of our own to go to after signing in (RULES 3.1); nothing else is ever followed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LocalPath(String);

impl LocalPath {
    /// The path, if it is one of ours: `/` and letters, digits, `-`, `_` and single slashes; after it one parameter, of
    /// the same letters.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
        let (path, parameter) = text.split_once('?').unwrap_or((text, "all=none"));
        let (name, value) = parameter.split_once('=')?;
        let is_own = text.len() <= 200
            && path.starts_with('/')
            && !path.contains("//")
            && path.chars().all(|c| is_name(c) || c == '/')
            && [name, value].iter().all(|part| !part.is_empty() && part.chars().all(is_name));
        is_own.then(|| Self(text.to_owned()))
    }

    /// The path.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
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

    fn unclaimed() -> Interaction {
        let both = || Bilingual { en: "A".into(), fr: "B".into() };
        let service = Service { name: both(), support: both(), start_url: String::new() };
        let id = InteractionId::from_random([0; 16]);
        let request = crate::authorization::tests::request(&[]);
        Interaction::begin(id, Timestamp::UNIX_EPOCH, service, request)
    }

    #[test]
    fn rule_3_2_a_transaction_is_its_own_browsers_alone() {
        let interaction = begin(Some(&browser(1)));
        let seen = |browser: Option<&PreSession>, now| interaction.clone().seen_by(browser, now).is_some();
        assert!(seen(Some(&browser(1)), Timestamp::UNIX_EPOCH));
        assert!(!seen(Some(&browser(2)), Timestamp::UNIX_EPOCH));
        assert!(!seen(None, Timestamp::UNIX_EPOCH));
        assert!(!seen(Some(&browser(1)), Timestamp::UNIX_EPOCH + LIFETIME));
        let unclaimed = begin(None);
        assert!(unclaimed.is_unclaimed() && !interaction.is_unclaimed());
        assert!(unclaimed.seen_by(Some(&browser(1)), Timestamp::UNIX_EPOCH).is_none());
    }

    #[test]
    fn rule_3_2_a_transaction_ends_again_for_a_minute() {
        let ended = Interaction { ended_at: Some(Timestamp::UNIX_EPOCH), ..begin(None) };
        assert!(!ended.is_over(Timestamp::UNIX_EPOCH + SignedDuration::from_secs(59)));
        assert!(ended.is_over(Timestamp::UNIX_EPOCH + ENDS_AGAIN));
        assert!(!begin(None).is_over(Timestamp::UNIX_EPOCH + LIFETIME));
    }

    #[test]
    fn rule_3_1_only_own_paths_are_followed() {
        for path in ["/services", "/settings/sessions", "/", "/factors/remove?app=0-1"] {
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
            "/a?b=",
            "/a?=b",
            "/a?b=c&d=e",
            "/a?b=/c",
            "?b=c",
            "/a%2f",
            "/é",
            "/a\n",
        ] {
            assert!(LocalPath::parse(path).is_none(), "{path}");
        }
    }
}
