//! The texts of the pages, in both languages.

use crate::{Fault, Stage, language::Language};

/// The texts of the pages in one language.
pub(crate) struct Messages {
    pub(crate) bank: &'static str,
    pub(crate) banner: &'static str,
    pub(crate) other_language: &'static str,
    /// The tag of the other language.
    pub(crate) other_tag: &'static str,
    pub(crate) about: &'static str,
    pub(crate) who: &'static str,
    pub(crate) purpose: &'static str,
    pub(crate) sign_in_as: &'static str,
    pub(crate) another: &'static str,
    pub(crate) somebody_else: &'static str,
    pub(crate) sign_in: &'static str,
    pub(crate) cancel: &'static str,
    pub(crate) for_tests: &'static str,
    pub(crate) fault: &'static str,
    pub(crate) nothing: &'static str,
    pub(crate) set: &'static str,
    pub(crate) selected: &'static str,
    pub(crate) stages: [(Stage, &'static str); 4],
    pub(crate) rejected: &'static str,
    pub(crate) invalid_parameter: &'static str,
    pub(crate) home: &'static str,
    pub(crate) home_text: &'static str,
    pub(crate) home_link: &'static str,
}

impl Messages {
    pub(crate) fn of(language: Language) -> &'static Self {
        match language {
            Language::English => &ENGLISH,
            Language::French => &FRENCH,
        }
    }
}

static ENGLISH: Messages = Messages {
    bank: "Demo bank",
    banner: "Demonstration.",
    other_language: "Français",
    other_tag: "fr-CA",
    about: "This bank and its clients do not exist. No password is needed.",
    who: "Who is signing in?",
    purpose: "You are signing in to My Ontario Account with your account at this bank.",
    sign_in_as: "Sign in as",
    another: "Someone else",
    somebody_else: "Name",
    sign_in: "Sign in with this name",
    cancel: "Cancel",
    for_tests: "For developers",
    fault: "Fault in this sign-in",
    nothing: "Nothing",
    set: "Set",
    selected: "In this sign-in:",
    stages: [
        (Stage::Authorization, "Authorization response"),
        (Stage::Token, "Token endpoint"),
        (Stage::IdToken, "ID token"),
        (Stage::Provider, "Whole bank"),
    ],
    rejected: "The bank can’t sign you in",
    invalid_parameter: "The bank can’t return you to the service, because this parameter of the request is invalid:",
    home: "This bank is a sign-in partner",
    home_text: "It stands in for the banks with which residents sign in to My Ontario Account. To come here, sign in there with \
                this bank.",
    home_link: "Sign in to My Ontario Account",
};

static FRENCH: Messages = Messages {
    bank: "Banque de démonstration",
    banner: "Démonstration.",
    other_language: "English",
    other_tag: "en-CA",
    about: "Cette banque et ses clients n’existent pas. Aucun mot de passe n’est demandé.",
    who: "Qui ouvre une session?",
    purpose: "Vous ouvrez une session dans le compte Mon Ontario avec votre compte à cette banque.",
    sign_in_as: "Ouvrir une session au nom de",
    another: "Quelqu’un d’autre",
    somebody_else: "Nom",
    sign_in: "Ouvrir une session à ce nom",
    cancel: "Annuler",
    for_tests: "Pour les développeurs",
    fault: "Ce qui échouera",
    nothing: "Rien",
    set: "Régler",
    selected: "Dans cette ouverture de session\u{a0}:",
    stages: [
        (Stage::Authorization, "Réponse d’autorisation"),
        (Stage::Token, "Point d’accès des jetons"),
        (Stage::IdToken, "Jeton d’identité"),
        (Stage::Provider, "La banque entière"),
    ],
    rejected: "La banque ne peut pas ouvrir de session",
    invalid_parameter: "Aucun retour n’est possible d’ici, car ce paramètre de la demande est erroné\u{a0}:",
    home: "Cette banque est un partenaire de connexion",
    home_text: "Elle remplace les banques avec lesquelles les résidents ouvrent une session dans le compte Mon Ontario. Pour \
                venir ici, ouvrez-y une session avec cette banque.",
    home_link: "Ouvrir une session dans le compte Mon Ontario",
};

/// Describes a fault in a few words.
pub(crate) fn describe(fault: Fault, language: Language) -> &'static str {
    match language {
        Language::English => in_english(fault),
        Language::French => in_french(fault),
    }
}

fn in_english(fault: Fault) -> &'static str {
    match fault {
        Fault::ServerError => "the bank fails",
        Fault::TemporarilyUnavailable => "the bank is unavailable for now",
        Fault::LoginRequired => "the bank requires a sign-in",
        Fault::WrongState => "another state",
        Fault::NoState => "no state",
        Fault::WrongIss | Fault::WrongIssuer => "another issuer",
        Fault::NoIss => "no issuer",
        Fault::NoCode => "no code and no error",
        Fault::TokenError => "the code is rejected",
        Fault::TokenDown => "it is down",
        Fault::TokenSlow => "it takes eight seconds",
        Fault::TokenTrickle => "its response never ends",
        Fault::TokenGarbage => "its response is not JSON",
        Fault::TokenHuge => "its response is huge",
        Fault::WrongAudience => "for another client",
        Fault::SecondAudience => "for another client too",
        Fault::WrongNonce => "another nonce",
        Fault::NoNonce => "no nonce",
        Fault::Expired => "expired",
        Fault::IssuedInFuture => "issued tomorrow",
        Fault::NoSubject => "no subject",
        Fault::OldAuthTime => "signed in an hour ago",
        Fault::NoAuthTime => "no time of the sign-in",
        Fault::BadSignature => "a wrong signature",
        Fault::UnknownKey => "signed with an unknown key",
        Fault::AlgNone => "not signed",
        Fault::AlgHs256 => "signed with the public key",
        Fault::NoIdToken => "none",
        Fault::DiscoveryDown => "its configuration is down",
        Fault::JwksDown => "its keys are down",
        Fault::JwksTrickle => "its keys never finish arriving",
        Fault::RotatedKeys => "it changes its key",
    }
}

fn in_french(fault: Fault) -> &'static str {
    match fault {
        Fault::ServerError => "la banque est en panne",
        Fault::TemporarilyUnavailable => "la banque n’est pas disponible pour le moment",
        Fault::LoginRequired => "la banque exige une ouverture de session",
        Fault::WrongState => "un autre état (state)",
        Fault::NoState => "aucun état (state)",
        Fault::WrongIss | Fault::WrongIssuer => "un autre émetteur",
        Fault::NoIss => "aucun émetteur",
        Fault::NoCode => "ni code ni erreur",
        Fault::TokenError => "le code est refusé",
        Fault::TokenDown => "il est en panne",
        Fault::TokenSlow => "il prend huit secondes",
        Fault::TokenTrickle => "sa réponse ne finit jamais",
        Fault::TokenGarbage => "il répond autre chose que du JSON",
        Fault::TokenHuge => "sa réponse est énorme",
        Fault::WrongAudience => "pour un autre client",
        Fault::SecondAudience => "pour un autre client aussi",
        Fault::WrongNonce => "un autre nonce",
        Fault::NoNonce => "aucun nonce",
        Fault::Expired => "expiré",
        Fault::IssuedInFuture => "émis demain",
        Fault::NoSubject => "aucun sujet",
        Fault::OldAuthTime => "session ouverte il y a une heure",
        Fault::NoAuthTime => "aucune heure d’ouverture de session",
        Fault::BadSignature => "une signature erronée",
        Fault::UnknownKey => "signé par une clé inconnue",
        Fault::AlgNone => "non signé",
        Fault::AlgHs256 => "signé par la clé publique",
        Fault::NoIdToken => "aucun",
        Fault::DiscoveryDown => "sa configuration est en panne",
        Fault::JwksDown => "ses clés sont en panne",
        Fault::JwksTrickle => "ses clés n’en finissent pas d’arriver",
        Fault::RotatedKeys => "elle change de clé",
    }
}
