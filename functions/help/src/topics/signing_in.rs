//! Signing in, emails and security.

use i18n::Messages;

use super::{Group, Topic, account, browsers, partners, registration, settings, verification};
use crate::{
    block::Block::{Go, List, Steps, Text},
    place::Place,
};

static MESSAGES: Messages = i18n::messages!("signing-in");

pub(super) static GROUP: Group = Group {
    title: "group-signing-in",
    messages: &MESSAGES,
    topics: &[
        &FORGOT_PASSWORD,
        &LOCKED_ACCOUNT,
        &MISSING_EMAILS,
        &TOO_MANY_ATTEMPTS,
        &SESSION_ENDED,
        &SESSIONS,
        &NEW_BROWSER,
        &NOT_ME,
        &LOST_EMAIL,
        &UNEXPECTED_EMAIL,
    ],
};

pub(super) static FORGOT_PASSWORD: Topic = Topic {
    slug: "forgot-password",
    answer: &[
        Text("forgot-password-1"),
        Steps(&["forgot-password-step-1", "forgot-password-step-2", "forgot-password-step-3"]),
        Go(Place::ForgotPassword),
        Text("forgot-password-2"),
        List(&["forgot-password-sessions", "forgot-password-locked", "forgot-password-inactive"]),
    ],
    related: &[&LOCKED_ACCOUNT, &verification::AFTER_RESET, &registration::CHOOSE_PASSWORD],
};

pub(super) static LOCKED_ACCOUNT: Topic = Topic {
    slug: "locked-account",
    answer: &[
        Text("locked-account-1"),
        Text("locked-account-2"),
        Steps(&["locked-account-step-1", "locked-account-step-2", "locked-account-step-3"]),
        Go(Place::Unlock),
        Text("locked-account-3"),
        Text("locked-account-4"),
    ],
    related: &[&FORGOT_PASSWORD, &NEW_BROWSER, &NOT_ME],
};

pub(super) static MISSING_EMAILS: Topic = Topic {
    slug: "missing-emails",
    answer: &[
        Text("missing-emails-1"),
        Steps(&[
            "missing-emails-step-1",
            "missing-emails-step-2",
            "missing-emails-step-3",
            "missing-emails-step-4",
        ]),
        Text("missing-emails-2"),
        Text("missing-emails-3"),
        Text("missing-emails-4"),
    ],
    related: &[&registration::ACTIVATION_LINK, &LOST_EMAIL, &verification::EMAIL_CODES],
};

pub(super) static TOO_MANY_ATTEMPTS: Topic = Topic {
    slug: "too-many-attempts",
    answer: &[Text("too-many-attempts-1"), Text("too-many-attempts-2"), Text("too-many-attempts-3")],
    related: &[&LOCKED_ACCOUNT, &verification::INCORRECT_CODES, &MISSING_EMAILS],
};

pub(super) static SESSION_ENDED: Topic = Topic {
    slug: "session-ended",
    answer: &[
        Text("session-ended-1"),
        List(&["session-ended-idle", "session-ended-total", "session-ended-other", "session-ended-changed"]),
        Text("session-ended-2"),
        Go(Place::SignIn),
    ],
    related: &[&SESSIONS, &browsers::COOKIES, &account::NOT_RETURNED],
};

pub(super) static SESSIONS: Topic = Topic {
    slug: "sessions",
    answer: &[
        Text("sessions-1"),
        Steps(&["sessions-step-1", "sessions-step-2", "sessions-step-3"]),
        Go(Place::Sessions),
        Text("sessions-2"),
    ],
    related: &[&SESSION_ENDED, &NEW_BROWSER, &settings::ACTIVITY],
};

pub(super) static NEW_BROWSER: Topic = Topic {
    slug: "new-browser",
    answer: &[Text("new-browser-1"), Text("new-browser-2"), Text("new-browser-3")],
    related: &[&NOT_ME, &SESSIONS, &UNEXPECTED_EMAIL],
};

pub(super) static NOT_ME: Topic = Topic {
    slug: "not-me",
    answer: &[
        Text("not-me-1"),
        Text("not-me-2"),
        List(&["not-me-sessions", "not-me-password", "not-me-added", "not-me-address", "not-me-browsers"]),
        Text("not-me-3"),
        Text("not-me-4"),
    ],
    related: &[&UNEXPECTED_EMAIL, &verification::AFTER_RESET, &settings::ACTIVITY, &LOST_EMAIL],
};

pub(super) static LOST_EMAIL: Topic = Topic {
    slug: "lost-email",
    answer: &[
        Text("lost-email-1"),
        Text("lost-email-2"),
        Steps(&["lost-email-step-1", "lost-email-step-2", "lost-email-step-3"]),
        Go(Place::ChangeEmail),
        Text("lost-email-3"),
        Text("lost-email-4"),
        Text("lost-email-5"),
    ],
    related: &[&settings::CHANGE_EMAIL, &partners::PARTNER_NO_ACCESS, &NOT_ME],
};

pub(super) static UNEXPECTED_EMAIL: Topic = Topic {
    slug: "unexpected-email",
    answer: &[
        Text("unexpected-email-1"),
        List(&[
            "unexpected-email-link",
            "unexpected-email-code",
            "unexpected-email-verify",
            "unexpected-email-change",
        ]),
        Text("unexpected-email-2"),
        Text("unexpected-email-3"),
        Go(Place::Activity),
    ],
    related: &[&NOT_ME, &NEW_BROWSER, &settings::ACTIVITY],
};
