//! Devices, browsers and reading comfort.

use i18n::Messages;

use super::{Group, Topic, account, signing_in};
use crate::{
    block::Block::{Go, List, Steps, Text},
    place::Place,
};

static MESSAGES: Messages = i18n::messages!("browsers");

pub(super) static GROUP: Group = Group {
    title: "group-browsers",
    messages: &MESSAGES,
    topics: &[&SUPPORTED_BROWSERS, &TLS, &COOKIES, &TEXT_SIZE_BROWSER, &TEXT_SIZE_DEVICE],
};

pub(super) static SUPPORTED_BROWSERS: Topic = Topic {
    slug: "supported-browsers",
    answer: &[
        Text("supported-browsers-1"),
        List(&[
            "supported-browsers-chrome",
            "supported-browsers-edge",
            "supported-browsers-firefox",
            "supported-browsers-safari",
        ]),
        Text("supported-browsers-2"),
        List(&[
            "supported-browsers-windows",
            "supported-browsers-macos",
            "supported-browsers-ios",
            "supported-browsers-android",
        ]),
        Text("supported-browsers-3"),
    ],
    related: &[&TLS, &COOKIES, &TEXT_SIZE_BROWSER],
};

pub(super) static TLS: Topic = Topic {
    slug: "tls",
    answer: &[Text("tls-1"), Steps(&["tls-step-1", "tls-step-2", "tls-step-3"]), Text("tls-2")],
    related: &[&SUPPORTED_BROWSERS, &COOKIES],
};

pub(super) static COOKIES: Topic = Topic {
    slug: "cookies",
    answer: &[
        Text("cookies-1"),
        Steps(&["cookies-step-1", "cookies-step-2", "cookies-step-3"]),
        Text("cookies-2"),
        Text("cookies-3"),
        Go(Place::Privacy),
    ],
    related: &[&SUPPORTED_BROWSERS, &signing_in::SESSION_ENDED, &account::NOT_RETURNED],
};

pub(super) static TEXT_SIZE_BROWSER: Topic = Topic {
    slug: "text-size-browser",
    answer: &[
        Text("text-size-browser-1"),
        List(&[
            "text-size-browser-keys",
            "text-size-browser-chrome",
            "text-size-browser-edge",
            "text-size-browser-firefox",
            "text-size-browser-safari",
            "text-size-browser-phone",
        ]),
        Text("text-size-browser-2"),
    ],
    related: &[&TEXT_SIZE_DEVICE, &SUPPORTED_BROWSERS],
};

pub(super) static TEXT_SIZE_DEVICE: Topic = Topic {
    slug: "text-size-device",
    answer: &[
        Text("text-size-device-1"),
        List(&[
            "text-size-device-windows",
            "text-size-device-macos",
            "text-size-device-ios",
            "text-size-device-android",
        ]),
        Text("text-size-device-2"),
    ],
    related: &[&TEXT_SIZE_BROWSER, &SUPPORTED_BROWSERS],
};
