//! What a service asks for when it sends a resident (OpenID Connect Core section 3.1.2.1), and what has to happen
//! before it gets that (RULES 6.1, 6.2, 6.5).

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
    /// Who asks.
    pub client: ClientId,
    /// Where the answer goes: one of those that are registered.
    pub redirect_uri: String,
    /// What the answer repeats.
    pub state: Option<String>,
    /// What the ID token repeats.
    pub nonce: Option<String>,
    /// What it asks for, as far as it is understood.
    pub scopes: Scopes,
    /// The PKCE challenge, S256 (RFC 7636).
    pub code_challenge: Option<String>,
    /// What it wants the resident to be asked.
    pub prompts: BTreeSet<Prompt>,
    /// How many seconds ago the resident may have signed in.
    pub max_age: Option<u64>,
    /// The least assurance that it takes.
    pub assurance: Assurance,
    /// Where it wants the email address, besides what the scope says (OpenID Connect Core section 5.5).
    pub claims: Claims,
    /// Who it thinks the resident is, as they would type it.
    pub login_hint: Option<String>,
    /// Who the resident has to be: a subject identifier of the service's.
    pub subject: Option<String>,
    /// The language it asks for.
    pub language: Option<Language>,
}

/// Where a service wants the email address.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claims {
    /// From the userinfo endpoint.
    pub email_in_userinfo: bool,
    /// In the ID token.
    pub email_in_id_token: bool,
}

/// A value of `prompt` (OpenID Connect Core section 3.1.2.1; Initiating User Registration 1.0).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Prompt {
    /// Nothing may be asked.
    None,
    /// To sign in again.
    Login,
    /// To agree to sharing again.
    Consent,
    /// Which account to go on with.
    SelectAccount,
    /// To make an account.
    Create,
}

impl Prompt {
    /// All that there are.
    pub const ALL: [Self; 5] = [Self::None, Self::Login, Self::Consent, Self::SelectAccount, Self::Create];

    /// As it stands in the protocol.
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

/// What a resident has to do afresh although they were signed in when the request came.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignInAgain {
    /// Only sessions that began at this time or later count.
    #[serde(with = "jiff::fmt::serde::timestamp::second::required")]
    pub since: Timestamp,
    /// The session the resident had then: it does not count, however late it began.
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

impl SignInAgain {
    /// Whether this session began by what was asked for.
    #[must_use]
    pub fn is_met_by(&self, session: &Session) -> bool {
        session.began_at >= self.since && self.besides.as_ref() != Some(&session.begun_as)
    }
}

/// Who is there when a request is looked at.
#[derive(Clone, Copy, Debug)]
pub struct Present<'a> {
    /// Their session.
    pub session: &'a Session,
    /// The service's identifier of them.
    pub subject: &'a str,
    /// Whether they agreed before to share with the service what it asks for now.
    pub has_agreed: bool,
}

/// What a request comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// The service gets its code.
    Issue,
    /// The resident has to sign in, now or again.
    SignIn,
    /// The resident wants to make an account.
    Register,
    /// The resident is asked which account to go on with.
    SelectAccount,
    /// The resident has to verify by another factor (RULES 5.1).
    StepUp,
    /// The resident is asked whether to share what the service asks for.
    LinkRequestPage,
    /// The service is told why not.
    Refuse(Refusal),
}

/// Why a service gets no code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Nobody is signed in, or somebody else, or not lately enough, and nothing may be asked.
    LoginRequired,
    /// The resident has not agreed, and nothing may be asked.
    ConsentRequired,
    /// The resident did not agree.
    AccessDenied,
    /// No resident can reach the assurance that was asked for (RFC 9470 section 5).
    UnmetAssurance,
}

/// What was done already for a request that is under way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Done {
    /// The resident chose to go on with the account they are signed in to.
    pub selected: bool,
    /// The resident just agreed.
    pub agreed: bool,
    /// The resident came back from making an account or signing in, after the request began.
    pub came_back: bool,
}

impl AuthorizationRequest {
    /// Whether it asks for more than an identifier that means nothing elsewhere (RULES 6.5).
    #[must_use]
    pub fn wants_email(&self) -> bool {
        self.scopes.contains(&Scope::Email) || self.claims.email_in_userinfo || self.claims.email_in_id_token
    }

    /// What has to be done afresh by who was signed in when it came, at `now`.
    #[must_use]
    pub fn sign_in_again(&self, session: Option<&Session>, now: Timestamp) -> Option<SignInAgain> {
        let oldest = self.max_age.map(|age| {
            let age = SignedDuration::from_secs(i64::try_from(age).unwrap_or(i64::MAX));
            now.checked_sub(age).unwrap_or(Timestamp::UNIX_EPOCH)
        });
        if self.prompts.contains(&Prompt::Login) {
            let besides = session.map(|session| session.begun_as.clone());
            return Some(SignInAgain { since: now, besides });
        }
        oldest.map(|since| SignInAgain { since, besides: None })
    }

    /// What it comes to, for who is there (OpenID Connect Core section 3.1.2.3).
    #[must_use]
    pub fn decide(&self, present: Option<Present<'_>>, again: Option<&SignInAgain>, done: Done) -> Decision {
        if !Assurance::REACHABLE.iter().any(|level| *level >= self.assurance) {
            return Decision::Refuse(Refusal::UnmetAssurance);
        }
        let is_silent = self.prompts.contains(&Prompt::None);
        let ask = |question, refusal| if is_silent { Decision::Refuse(refusal) } else { question };
        if self.prompts.contains(&Prompt::Create) && !done.came_back {
            return Decision::Register;
        }
        let Some(present) = present else { return ask(Decision::SignIn, Refusal::LoginRequired) };
        let is_recent = again.is_none_or(|again| again.is_met_by(present.session));
        if !is_recent {
            return ask(Decision::SignIn, Refusal::LoginRequired);
        }
        if self.subject.as_deref().is_some_and(|subject| subject != present.subject) {
            // Whoever signed in because of the request is somebody else than the service asked for.
            let question =
                if done.came_back { Decision::Refuse(Refusal::LoginRequired) } else { Decision::SignIn };
            return ask(question, Refusal::LoginRequired);
        }
        if self.prompts.contains(&Prompt::SelectAccount) && !done.selected && !done.came_back {
            return Decision::SelectAccount;
        }
        if present.session.assurance() < self.assurance {
            return ask(Decision::StepUp, Refusal::LoginRequired);
        }
        let must_agree =
            self.prompts.contains(&Prompt::Consent) || (self.wants_email() && !present.has_agreed);
        if must_agree && !done.agreed {
            return ask(Decision::LinkRequestPage, Refusal::ConsentRequired);
        }
        Decision::Issue
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::{factors::FactorKind, secret::SessionSecret, session::Proof};

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn session(began: i64) -> Session {
        let hash = SessionSecret::from_random([u8::try_from(began % 250).unwrap(); 32]).hash();
        let like = crate::session::tests::session(began);
        Session { begun_as: hash.clone(), hash, began_at: at(began), ..like }
    }

    pub(crate) fn request(prompts: &[Prompt]) -> AuthorizationRequest {
        AuthorizationRequest {
            client: "a".parse().unwrap(),
            redirect_uri: "https://a.example/".into(),
            state: None,
            nonce: None,
            scopes: Scopes::from([Scope::OpenId]),
            code_challenge: None,
            prompts: prompts.iter().copied().collect(),
            max_age: None,
            assurance: Assurance::Password,
            claims: Claims::default(),
            login_hint: None,
            subject: None,
            language: None,
        }
    }

    fn decide(request: &AuthorizationRequest, session: Option<&Session>, done: Done) -> Decision {
        let again = request.sign_in_again(session, at(1000));
        let present = session.map(|session| Present { session, subject: "ana", has_agreed: false });
        request.decide(present, again.as_ref(), done)
    }

    #[test]
    fn rule_6_1_who_is_signed_in_goes_on_and_nobody_signs_in() {
        assert_eq!(decide(&request(&[]), Some(&session(900)), Done::default()), Decision::Issue);
        assert_eq!(decide(&request(&[]), None, Done::default()), Decision::SignIn);
    }

    #[test]
    fn rule_6_1_prompt_none_asks_nothing() {
        let mut silent = request(&[Prompt::None]);
        let refused = |refusal| Decision::Refuse(refusal);
        assert_eq!(decide(&silent, Some(&session(900)), Done::default()), Decision::Issue);
        assert_eq!(decide(&silent, None, Done::default()), refused(Refusal::LoginRequired));
        silent.max_age = Some(10);
        assert_eq!(decide(&silent, Some(&session(900)), Done::default()), refused(Refusal::LoginRequired));
        assert_eq!(decide(&silent, Some(&session(990)), Done::default()), Decision::Issue);
        silent.scopes.insert(Scope::Email);
        assert_eq!(decide(&silent, Some(&session(990)), Done::default()), refused(Refusal::ConsentRequired));
        silent.subject = Some("bob".into());
        assert_eq!(decide(&silent, Some(&session(990)), Done::default()), refused(Refusal::LoginRequired));
    }

    #[test]
    fn rule_6_1_prompt_login_takes_no_session_that_was_there() {
        let login = request(&[Prompt::Login]);
        let (there, new) = (session(1000), session(1001));
        let again = login.sign_in_again(Some(&there), at(1000)).unwrap();
        assert!(!again.is_met_by(&there), "however lately it began");
        assert!(again.is_met_by(&new) && !again.is_met_by(&session(999)));
        let json = serde_json::to_string(&again).unwrap();
        assert_eq!(serde_json::from_str::<SignInAgain>(&json).unwrap(), again);
    }

    #[test]
    fn rule_6_1_max_age_is_counted_from_the_request() {
        let mut aged = request(&[]);
        aged.max_age = Some(0);
        let again = aged.sign_in_again(None, at(1000)).unwrap();
        assert!(again.is_met_by(&session(1000)) && !again.is_met_by(&session(999)));
        aged.max_age = Some(u64::MAX);
        assert!(aged.sign_in_again(None, at(1000)).unwrap().is_met_by(&session(1)));
    }

    #[test]
    fn rule_6_5_sharing_is_asked_for_once_and_whenever_the_service_wants() {
        let mut email = request(&[]);
        email.claims.email_in_id_token = true;
        let agreed = Done { agreed: true, ..Done::default() };
        assert_eq!(decide(&email, Some(&session(900)), Done::default()), Decision::LinkRequestPage);
        assert_eq!(decide(&email, Some(&session(900)), agreed), Decision::Issue);
        let session = session(900);
        let before = Present { session: &session, subject: "ana", has_agreed: true };
        assert_eq!(email.decide(Some(before), None, Done::default()), Decision::Issue);
        let consent = request(&[Prompt::Consent]);
        assert_eq!(consent.decide(Some(before), None, Done::default()), Decision::LinkRequestPage);
        assert_eq!(consent.decide(Some(before), None, agreed), Decision::Issue);
    }

    #[test]
    fn rule_6_1_an_account_is_made_or_chosen_when_the_service_wants() {
        let came_back = Done { came_back: true, ..Done::default() };
        let selected = Done { selected: true, ..Done::default() };
        let create = request(&[Prompt::Create]);
        assert_eq!(decide(&create, Some(&session(900)), Done::default()), Decision::Register);
        assert_eq!(decide(&create, None, came_back), Decision::SignIn);
        assert_eq!(decide(&create, Some(&session(900)), came_back), Decision::Issue);
        let select = request(&[Prompt::SelectAccount]);
        assert_eq!(decide(&select, None, Done::default()), Decision::SignIn);
        assert_eq!(decide(&select, Some(&session(900)), Done::default()), Decision::SelectAccount);
        assert_eq!(decide(&select, Some(&session(900)), selected), Decision::Issue);
        assert_eq!(decide(&select, Some(&session(900)), came_back), Decision::Issue);
    }

    #[test]
    fn rule_6_1_somebody_else_than_was_asked_for_is_refused_after_signing_in() {
        let mut hinted = request(&[]);
        hinted.subject = Some("bob".into());
        assert_eq!(decide(&hinted, Some(&session(900)), Done::default()), Decision::SignIn);
        let came_back = Done { came_back: true, ..Done::default() };
        let refused = Decision::Refuse(Refusal::LoginRequired);
        assert_eq!(decide(&hinted, Some(&session(900)), came_back), refused);
        hinted.subject = Some("ana".into());
        assert_eq!(decide(&hinted, Some(&session(900)), Done::default()), Decision::Issue);
    }

    #[test]
    fn rule_6_2_a_service_never_gets_less_than_it_asked_for() {
        use Assurance::{Mfa, Password, PhishingResistant, TwoStep};
        for (asked, proven, expected) in [
            (Password, Password, Decision::Issue),
            (TwoStep, Password, Decision::StepUp),
            (TwoStep, TwoStep, Decision::Issue),
            (TwoStep, Mfa, Decision::Issue),
            (Mfa, TwoStep, Decision::StepUp),
            (Mfa, Mfa, Decision::Issue),
            (PhishingResistant, Mfa, Decision::Refuse(Refusal::UnmetAssurance)),
        ] {
            let verified = match proven {
                Password => None,
                TwoStep => Some(FactorKind::EmailCode),
                Mfa | PhishingResistant => Some(FactorKind::Authenticator),
            };
            let mut session = session(900);
            session.proofs.extend(verified.map(|factor| Proof::new(factor, at(950))));
            let mut loud = request(&[]);
            loud.assurance = asked;
            assert_eq!(decide(&loud, Some(&session), Done::default()), expected, "{asked:?} {proven:?}");
            let mut silent = request(&[Prompt::None]);
            silent.assurance = asked;
            let refused = Decision::Refuse(Refusal::LoginRequired);
            let expected = if expected == Decision::StepUp { refused } else { expected };
            assert_eq!(decide(&silent, Some(&session), Done::default()), expected, "{asked:?} {proven:?}");
        }
    }
}
