//! My Ontario Account: what it is, and services.

use i18n::Messages;

use super::{Group, Topic, browsers, partners, registration, settings, signing_in, verification};
use crate::{
    block::Block::{Go, List, Steps, Text},
    place::Place,
};

static MESSAGES: Messages = i18n::messages!("account");

pub(super) static GROUP: Group = Group {
    title: "group-account",
    messages: &MESSAGES,
    topics: &[&WHAT_IS_IT, &SIGNING_IN, &NOT_RETURNED, &SERVICE_PROBLEMS, &PROFILE],
};

pub(super) static WHAT_IS_IT: Topic = Topic {
    slug: "what-is-it",
    answer: &[
        Text("what-is-it-1"),
        List(&["what-is-it-password", "what-is-it-partner"]),
        Text("what-is-it-2"),
        Text("what-is-it-3"),
    ],
    related: &[&SIGNING_IN, &registration::EMAIL_ADDRESS, &partners::SIGN_IN_PARTNER],
};

pub(super) static SIGNING_IN: Topic = Topic {
    slug: "signing-in",
    answer: &[
        Text("signing-in-1"),
        Steps(&["signing-in-step-1", "signing-in-step-2", "signing-in-step-3", "signing-in-step-4"]),
        Text("signing-in-2"),
        Go(Place::SignIn),
    ],
    related: &[&NOT_RETURNED, &verification::MFA, &signing_in::FORGOT_PASSWORD],
};

pub(super) static NOT_RETURNED: Topic = Topic {
    slug: "not-returned",
    answer: &[
        Text("not-returned-1"),
        List(&["not-returned-direct", "not-returned-browser", "not-returned-late", "not-returned-cookies"]),
        Text("not-returned-2"),
        Steps(&["not-returned-step-1", "not-returned-step-2"]),
        Go(Place::Services),
    ],
    related: &[&registration::ACTIVATION_OTHER_BROWSER, &browsers::COOKIES, &settings::CONNECTED_SERVICES],
};

pub(super) static SERVICE_PROBLEMS: Topic = Topic {
    slug: "service-problems",
    answer: &[
        Text("service-problems-1"),
        Text("service-problems-2"),
        Go(Place::Services),
        Text("service-problems-3"),
    ],
    related: &[&settings::CONNECTED_SERVICES, &NOT_RETURNED, &signing_in::MISSING_EMAILS],
};

pub(super) static PROFILE: Topic = Topic {
    slug: "profile",
    answer: &[
        Text("profile-1"),
        List(&[
            "profile-email",
            "profile-password",
            "profile-language",
            "profile-factors",
            "profile-partners",
            "profile-sessions",
            "profile-data",
        ]),
        Text("profile-2"),
        Text("profile-3"),
        Go(Place::Settings),
    ],
    related: &[&settings::CHANGE_EMAIL, &settings::CHANGE_PASSWORD, &verification::MFA_WHEN],
};
