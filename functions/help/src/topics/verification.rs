//! Multi-factor authentication (MFA).

use i18n::Messages;

use super::{Group, Topic, settings, signing_in};
use crate::{
    block::Block::{Go, List, Steps, Text},
    place::Place,
};

static MESSAGES: Messages = i18n::messages!("verification");

pub(super) static GROUP: Group = Group {
    title: "group-verification",
    messages: &MESSAGES,
    topics: &[
        &MFA,
        &MFA_WHEN,
        &MFA_STEPS,
        &EMAIL_CODES,
        &APP_REQUIRED,
        &AUTHENTICATOR_APPS,
        &OKTA_VERIFY,
        &DEFAULT_METHOD,
        &SOMETHING_ELSE,
        &SET_UP_APP,
        &SET_UP_APP_BY_KEY,
        &RECOVERY_CODES,
        &REMOVE_APP,
        &NEW_PHONE,
        &LOST_DEVICE,
        &APP_AFTER_EMAIL_CHANGE,
        &AFTER_RESET,
        &NEW_APP_LATER,
        &INCORRECT_CODES,
    ],
};

pub(super) static MFA: Topic = Topic {
    slug: "mfa",
    answer: &[Text("mfa-1"), List(&["mfa-email", "mfa-app", "mfa-recovery"]), Text("mfa-2")],
    related: &[&MFA_WHEN, &MFA_STEPS, &APP_REQUIRED, &RECOVERY_CODES],
};

pub(super) static MFA_WHEN: Topic = Topic {
    slug: "mfa-when",
    answer: &[
        Text("mfa-when-1"),
        List(&["mfa-when-none", "mfa-when-code", "mfa-when-app"]),
        Text("mfa-when-2"),
        Go(Place::Services),
    ],
    related: &[&MFA, &APP_REQUIRED, &settings::SHARED_INFORMATION],
};

pub(super) static MFA_STEPS: Topic = Topic {
    slug: "mfa-steps",
    answer: &[
        Text("mfa-steps-1"),
        Steps(&["mfa-steps-step-1", "mfa-steps-step-2", "mfa-steps-step-3"]),
        Text("mfa-steps-2"),
    ],
    related: &[&EMAIL_CODES, &AUTHENTICATOR_APPS, &SOMETHING_ELSE],
};

pub(super) static EMAIL_CODES: Topic = Topic {
    slug: "email-codes",
    answer: &[
        Text("email-codes-1"),
        List(&["email-codes-time", "email-codes-browser", "email-codes-several", "email-codes-attempts"]),
        Text("email-codes-2"),
    ],
    related: &[&signing_in::MISSING_EMAILS, &INCORRECT_CODES, &AFTER_RESET],
};

pub(super) static APP_REQUIRED: Topic = Topic {
    slug: "app-required",
    answer: &[Text("app-required-1"), Text("app-required-2")],
    related: &[&MFA_WHEN, &SET_UP_APP, &EMAIL_CODES],
};

pub(super) static AUTHENTICATOR_APPS: Topic = Topic {
    slug: "authenticator-apps",
    answer: &[
        Text("authenticator-apps-1"),
        Text("authenticator-apps-2"),
        Text("authenticator-apps-3"),
        Go(Place::AddAuthenticator),
    ],
    related: &[&SET_UP_APP, &OKTA_VERIFY, &APP_REQUIRED],
};

pub(super) static OKTA_VERIFY: Topic = Topic {
    slug: "okta-verify",
    answer: &[Text("okta-verify-1"), Text("okta-verify-2")],
    related: &[&AUTHENTICATOR_APPS, &SET_UP_APP],
};

pub(super) static DEFAULT_METHOD: Topic = Topic {
    slug: "default-method",
    answer: &[Text("default-method-1"), Text("default-method-2")],
    related: &[&SOMETHING_ELSE, &MFA_STEPS],
};

pub(super) static SOMETHING_ELSE: Topic = Topic {
    slug: "something-else",
    answer: &[
        Text("something-else-1"),
        Steps(&["something-else-step-1", "something-else-step-2", "something-else-step-3"]),
        Text("something-else-2"),
    ],
    related: &[&DEFAULT_METHOD, &LOST_DEVICE, &EMAIL_CODES],
};

pub(super) static SET_UP_APP: Topic = Topic {
    slug: "set-up-app",
    answer: &[
        Text("set-up-app-1"),
        Steps(&[
            "set-up-app-step-1",
            "set-up-app-step-2",
            "set-up-app-step-3",
            "set-up-app-step-4",
            "set-up-app-step-5",
            "set-up-app-step-6",
        ]),
        Go(Place::AddAuthenticator),
        Text("set-up-app-2"),
        Text("set-up-app-3"),
    ],
    related: &[&SET_UP_APP_BY_KEY, &AUTHENTICATOR_APPS, &INCORRECT_CODES],
};

pub(super) static SET_UP_APP_BY_KEY: Topic = Topic {
    slug: "set-up-app-by-key",
    answer: &[
        Text("set-up-app-by-key-1"),
        Steps(&[
            "set-up-app-by-key-step-1",
            "set-up-app-by-key-step-2",
            "set-up-app-by-key-step-3",
            "set-up-app-by-key-step-4",
        ]),
        Text("set-up-app-by-key-2"),
        Go(Place::AddAuthenticator),
    ],
    related: &[&SET_UP_APP, &INCORRECT_CODES],
};

pub(super) static RECOVERY_CODES: Topic = Topic {
    slug: "recovery-codes",
    answer: &[
        Text("recovery-codes-1"),
        Steps(&["recovery-codes-step-1", "recovery-codes-step-2", "recovery-codes-step-3"]),
        Go(Place::RecoveryCodes),
        Text("recovery-codes-use"),
        Text("recovery-codes-few"),
        Text("recovery-codes-lost"),
        Text("recovery-codes-later"),
        Text("recovery-codes-email-off"),
    ],
    related: &[&LOST_DEVICE, &SOMETHING_ELSE, &NEW_APP_LATER],
};

pub(super) static REMOVE_APP: Topic = Topic {
    slug: "remove-app",
    answer: &[
        Text("remove-app-1"),
        Steps(&["remove-app-step-1", "remove-app-step-2", "remove-app-step-3"]),
        Go(Place::Factors),
        Text("remove-app-2"),
    ],
    related: &[&NEW_PHONE, &LOST_DEVICE, &SET_UP_APP],
};

pub(super) static NEW_PHONE: Topic = Topic {
    slug: "new-phone",
    answer: &[
        Text("new-phone-1"),
        Steps(&["new-phone-step-1", "new-phone-step-2", "new-phone-step-3", "new-phone-step-4"]),
        Go(Place::Factors),
        Text("new-phone-2"),
    ],
    related: &[&LOST_DEVICE, &SET_UP_APP, &REMOVE_APP],
};

pub(super) static LOST_DEVICE: Topic = Topic {
    slug: "lost-device",
    answer: &[
        Text("lost-device-recovery"),
        Text("lost-device-1"),
        Steps(&["lost-device-step-1", "lost-device-step-2", "lost-device-step-3", "lost-device-step-4"]),
        Go(Place::Factors),
        Text("lost-device-service"),
        Text("lost-device-2"),
        Text("lost-device-3"),
    ],
    related: &[&RECOVERY_CODES, &NEW_APP_LATER, &AFTER_RESET, &NEW_PHONE, &signing_in::NOT_ME],
};

pub(super) static APP_AFTER_EMAIL_CHANGE: Topic = Topic {
    slug: "app-after-email-change",
    answer: &[Text("app-after-email-change-1"), Text("app-after-email-change-2")],
    related: &[&settings::CHANGE_EMAIL, &REMOVE_APP],
};

pub(super) static AFTER_RESET: Topic = Topic {
    slug: "after-reset",
    answer: &[Text("after-reset-1"), Text("after-reset-2"), Text("after-reset-3")],
    related: &[&LOST_DEVICE, &signing_in::FORGOT_PASSWORD, &NEW_APP_LATER],
};

pub(super) static NEW_APP_LATER: Topic = Topic {
    slug: "new-app-later",
    answer: &[Text("new-app-later-1"), Text("new-app-later-2"), Text("new-app-later-3")],
    related: &[&LOST_DEVICE, &AFTER_RESET, &MFA_WHEN],
};

pub(super) static INCORRECT_CODES: Topic = Topic {
    slug: "incorrect-codes",
    answer: &[
        Text("incorrect-codes-1"),
        List(&[
            "incorrect-codes-newest",
            "incorrect-codes-clock",
            "incorrect-codes-browser",
            "incorrect-codes-used",
        ]),
        Text("incorrect-codes-2"),
    ],
    related: &[&SOMETHING_ELSE, &EMAIL_CODES, &signing_in::TOO_MANY_ATTEMPTS],
};
