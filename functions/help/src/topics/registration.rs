//! Creating and activating an account.

use i18n::Messages;

use super::{Group, Topic, account, partners, settings, signing_in};
use crate::{
    block::Block::{Go, List, PasswordRules, Steps, Text},
    place::Place,
};

static MESSAGES: Messages = i18n::messages!("registration");

pub(super) static GROUP: Group = Group {
    title: "group-registration",
    messages: &MESSAGES,
    topics: &[
        &EMAIL_ADDRESS,
        &CHOOSE_PASSWORD,
        &ACTIVATION_LINK,
        &ACTIVATION_EXPIRED,
        &ACTIVATION_OTHER_BROWSER,
    ],
};

pub(super) static EMAIL_ADDRESS: Topic = Topic {
    slug: "email-address",
    answer: &[
        Text("email-address-1"),
        List(&[
            "email-address-sign-in",
            "email-address-recovery",
            "email-address-codes",
            "email-address-notices",
            "email-address-shared",
        ]),
        Text("email-address-2"),
        Text("email-address-3"),
        Go(Place::Register),
    ],
    related: &[&CHOOSE_PASSWORD, &settings::CHANGE_EMAIL, &ACTIVATION_LINK],
};

pub(super) static CHOOSE_PASSWORD: Topic = Topic {
    slug: "choose-password",
    answer: &[Text("choose-password-1"), Text("choose-password-2"), PasswordRules, Text("choose-password-3")],
    related: &[&signing_in::FORGOT_PASSWORD, &settings::CHANGE_PASSWORD, &partners::PARTNER_NEW_ACCOUNT],
};

pub(super) static ACTIVATION_LINK: Topic = Topic {
    slug: "activation-link",
    answer: &[
        Text("activation-link-1"),
        Steps(&["activation-link-step-1", "activation-link-step-2", "activation-link-step-3"]),
        Text("activation-link-2"),
        Go(Place::SendActivationLink),
    ],
    related: &[&ACTIVATION_EXPIRED, &ACTIVATION_OTHER_BROWSER, &signing_in::MISSING_EMAILS],
};

pub(super) static ACTIVATION_EXPIRED: Topic = Topic {
    slug: "activation-expired",
    answer: &[Text("activation-expired-1"), Text("activation-expired-2"), Go(Place::Register)],
    related: &[&ACTIVATION_LINK, &account::NOT_RETURNED, &signing_in::MISSING_EMAILS],
};

pub(super) static ACTIVATION_OTHER_BROWSER: Topic = Topic {
    slug: "activation-other-browser",
    answer: &[
        Text("activation-other-browser-1"),
        Text("activation-other-browser-2"),
        Text("activation-other-browser-3"),
    ],
    related: &[&ACTIVATION_LINK, &account::NOT_RETURNED, &signing_in::NOT_ME],
};
