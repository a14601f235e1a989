//! Settings, connected services and your data.

use i18n::Messages;

use super::{Group, Topic, account, partners, registration, signing_in, verification};
use crate::{
    block::Block::{Go, List, Steps, Text},
    place::Place,
};

static MESSAGES: Messages = i18n::messages!("settings");

pub(super) static GROUP: Group = Group {
    title: "group-settings",
    messages: &MESSAGES,
    topics: &[
        &CHANGE_EMAIL,
        &CHANGE_PASSWORD,
        &CHANGE_LANGUAGE,
        &ACTIVITY,
        &CONNECTED_SERVICES,
        &SHARED_INFORMATION,
        &DOWNLOAD_DATA,
        &CLOSE_ACCOUNT,
    ],
};

pub(super) static CHANGE_EMAIL: Topic = Topic {
    slug: "change-email",
    answer: &[
        Text("change-email-1"),
        Steps(&["change-email-step-1", "change-email-step-2", "change-email-step-3"]),
        Go(Place::ChangeEmail),
        Text("change-email-2"),
        Text("change-email-3"),
        Text("change-email-4"),
    ],
    related: &[&verification::APP_AFTER_EMAIL_CHANGE, &signing_in::LOST_EMAIL, &signing_in::NOT_ME],
};

pub(super) static CHANGE_PASSWORD: Topic = Topic {
    slug: "change-password",
    answer: &[
        Text("change-password-1"),
        Steps(&["change-password-step-1", "change-password-step-2", "change-password-step-3"]),
        Go(Place::ChangePassword),
        Text("change-password-2"),
        Text("change-password-3"),
    ],
    related: &[&registration::CHOOSE_PASSWORD, &signing_in::FORGOT_PASSWORD, &signing_in::SESSIONS],
};

pub(super) static CHANGE_LANGUAGE: Topic = Topic {
    slug: "change-language",
    answer: &[Text("change-language-1"), Text("change-language-2"), Go(Place::ChangeLanguage)],
    related: &[&account::PROFILE],
};

pub(super) static ACTIVITY: Topic = Topic {
    slug: "activity",
    answer: &[Text("activity-1"), Text("activity-2"), Go(Place::Activity)],
    related: &[&signing_in::NOT_ME, &signing_in::SESSIONS, &signing_in::NEW_BROWSER],
};

pub(super) static CONNECTED_SERVICES: Topic = Topic {
    slug: "connected-services",
    answer: &[
        Text("connected-services-1"),
        List(&[
            "connected-services-home",
            "connected-services-support",
            "connected-services-used",
            "connected-services-shared",
            "connected-services-requires",
        ]),
        Text("connected-services-2"),
        Go(Place::Services),
    ],
    related: &[&SHARED_INFORMATION, &account::SERVICE_PROBLEMS, &verification::MFA_WHEN],
};

pub(super) static SHARED_INFORMATION: Topic = Topic {
    slug: "shared-information",
    answer: &[Text("shared-information-1"), Text("shared-information-2"), Text("shared-information-3")],
    related: &[&CONNECTED_SERVICES, &partners::PARTNER_PRIVACY],
};

pub(super) static DOWNLOAD_DATA: Topic = Topic {
    slug: "download-data",
    answer: &[
        Text("download-data-1"),
        Text("download-data-2"),
        Go(Place::Download),
        Text("download-data-3"),
        Go(Place::Privacy),
    ],
    related: &[&CLOSE_ACCOUNT, &SHARED_INFORMATION, &ACTIVITY],
};

pub(super) static CLOSE_ACCOUNT: Topic = Topic {
    slug: "close-account",
    answer: &[
        Text("close-account-1"),
        Steps(&["close-account-step-1", "close-account-step-2", "close-account-step-3"]),
        Go(Place::Close),
        Text("close-account-2"),
        Text("close-account-3"),
    ],
    related: &[&DOWNLOAD_DATA, &CONNECTED_SERVICES, &partners::PARTNER_REMOVE],
};
