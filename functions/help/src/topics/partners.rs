//! Sign-in partners.

use i18n::Messages;

use super::{Group, Topic, account, settings, signing_in, verification};
use crate::{
    block::Block::{Go, List, Partners, Steps, Text},
    place::Place,
};

static MESSAGES: Messages = i18n::messages!("partners");

pub(super) static GROUP: Group = Group {
    title: "group-partners",
    messages: &MESSAGES,
    topics: &[
        &SIGN_IN_PARTNER,
        &PARTNER_NAME,
        &PARTNER_PRIVACY,
        &PARTNER_NEW_ACCOUNT,
        &PARTNER_ADD,
        &PARTNER_REMOVE,
        &PARTNER_CODE,
        &PARTNER_BANK,
        &PARTNER_SWITCH,
        &PARTNER_CANCELLED,
        &PARTNER_NO_ACCESS,
    ],
};

pub(super) static SIGN_IN_PARTNER: Topic = Topic {
    slug: "sign-in-partner",
    answer: &[Text("sign-in-partner-1"), Partners, Text("sign-in-partner-2")],
    related: &[&PARTNER_PRIVACY, &PARTNER_NEW_ACCOUNT, &PARTNER_NAME],
};

pub(super) static PARTNER_NAME: Topic = Topic {
    slug: "partner-name",
    answer: &[Text("partner-name-1"), Text("partner-name-2")],
    related: &[&SIGN_IN_PARTNER, &PARTNER_SWITCH],
};

pub(super) static PARTNER_PRIVACY: Topic = Topic {
    slug: "partner-privacy",
    answer: &[
        Text("partner-privacy-1"),
        List(&["partner-privacy-us", "partner-privacy-bank", "partner-privacy-service"]),
        Go(Place::Privacy),
    ],
    related: &[&SIGN_IN_PARTNER, &settings::SHARED_INFORMATION],
};

pub(super) static PARTNER_NEW_ACCOUNT: Topic = Topic {
    slug: "partner-new-account",
    answer: &[
        Text("partner-new-account-1"),
        Steps(&[
            "partner-new-account-step-1",
            "partner-new-account-step-2",
            "partner-new-account-step-3",
            "partner-new-account-step-4",
        ]),
        Text("partner-new-account-2"),
        Go(Place::SignIn),
    ],
    related: &[&PARTNER_CODE, &PARTNER_ADD, &PARTNER_PRIVACY],
};

pub(super) static PARTNER_ADD: Topic = Topic {
    slug: "partner-add",
    answer: &[
        Text("partner-add-1"),
        Steps(&["partner-add-step-1", "partner-add-step-2", "partner-add-step-3", "partner-add-step-4"]),
        Go(Place::Partners),
        Text("partner-add-2"),
    ],
    related: &[&PARTNER_REMOVE, &verification::MFA, &PARTNER_NEW_ACCOUNT],
};

pub(super) static PARTNER_REMOVE: Topic = Topic {
    slug: "partner-remove",
    answer: &[
        Text("partner-remove-1"),
        Steps(&["partner-remove-step-1", "partner-remove-step-2", "partner-remove-step-3"]),
        Go(Place::Partners),
        Text("partner-remove-2"),
        Go(Place::RemovePartners),
        Text("partner-remove-3"),
    ],
    related: &[&PARTNER_ADD, &PARTNER_CANCELLED, &signing_in::FORGOT_PASSWORD],
};

pub(super) static PARTNER_CODE: Topic = Topic {
    slug: "partner-code",
    answer: &[
        Text("partner-code-1"),
        List(&["partner-code-again", "partner-code-start"]),
        Text("partner-code-2"),
    ],
    related: &[&PARTNER_NEW_ACCOUNT, &signing_in::MISSING_EMAILS],
};

pub(super) static PARTNER_BANK: Topic = Topic {
    slug: "partner-bank",
    answer: &[
        Text("partner-bank-1"),
        List(&["partner-bank-password", "partner-bank-locked", "partner-bank-unavailable"]),
        Text("partner-bank-2"),
        Go(Place::ForgotPassword),
    ],
    related: &[&PARTNER_NO_ACCESS, &PARTNER_CANCELLED, &PARTNER_SWITCH],
};

pub(super) static PARTNER_SWITCH: Topic = Topic {
    slug: "partner-switch",
    answer: &[Text("partner-switch-1"), Text("partner-switch-2"), Text("partner-switch-3")],
    related: &[&PARTNER_CANCELLED, &PARTNER_NO_ACCESS, &PARTNER_NAME],
};

pub(super) static PARTNER_CANCELLED: Topic = Topic {
    slug: "partner-cancelled",
    answer: &[Text("partner-cancelled-1"), Text("partner-cancelled-2"), Go(Place::ForgotPassword)],
    related: &[&PARTNER_REMOVE, &PARTNER_NO_ACCESS, &PARTNER_SWITCH],
};

pub(super) static PARTNER_NO_ACCESS: Topic = Topic {
    slug: "partner-no-access",
    answer: &[Text("partner-no-access-1"), Text("partner-no-access-2"), Text("partner-no-access-3")],
    related: &[&signing_in::LOST_EMAIL, &account::SERVICE_PROBLEMS, &PARTNER_BANK],
};
