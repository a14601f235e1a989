//! The statements that the footer leads to: accessibility, privacy, terms.

use i18n::Messages;

use crate::{
    block::Block::{self, Go, List, Text},
    place::Place,
};

/// A statement, at an address of its own.
pub(crate) struct Statement {
    /// The name of the message with the title.
    pub(crate) title: &'static str,
    /// The messages of its sections.
    pub(crate) messages: &'static Messages,
    /// Its sections.
    pub(crate) sections: &'static [Section],
}

/// A part of a statement.
pub(crate) struct Section {
    /// The name of the message with the heading; the first section has none.
    pub(crate) heading: Option<&'static str>,
    /// Its texts.
    pub(crate) blocks: &'static [Block],
}

static ACCESSIBILITY_MESSAGES: Messages = i18n::messages!("accessibility");
static PRIVACY_MESSAGES: Messages = i18n::messages!("privacy");
static TERMS_MESSAGES: Messages = i18n::messages!("terms");

pub(crate) static ACCESSIBILITY: Statement = Statement {
    title: "accessibility-title",
    messages: &ACCESSIBILITY_MESSAGES,
    sections: &[
        Section { heading: None, blocks: &[Text("accessibility-1"), Text("accessibility-draft")] },
        Section {
            heading: Some("accessibility-standard"),
            blocks: &[
                Text("accessibility-standard-1"),
                List(&[
                    "accessibility-standard-keyboard",
                    "accessibility-standard-zoom",
                    "accessibility-standard-scripts",
                    "accessibility-standard-errors",
                    "accessibility-standard-time",
                ]),
            ],
        },
        Section {
            heading: Some("accessibility-tests"),
            blocks: &[
                Text("accessibility-tests-1"),
                List(&[
                    "accessibility-tests-axe",
                    "accessibility-tests-keyboard",
                    "accessibility-tests-widths",
                ]),
            ],
        },
        Section {
            heading: Some("accessibility-limits"),
            blocks: &[
                Text("accessibility-limits-1"),
                List(&[
                    "accessibility-limits-users",
                    "accessibility-limits-partners",
                    "accessibility-limits-session",
                    "accessibility-limits-codes",
                ]),
            ],
        },
        Section {
            heading: Some("accessibility-feedback"),
            blocks: &[Text("accessibility-feedback-1"), Go(Place::Contact), Text("accessibility-feedback-2")],
        },
    ],
};

pub(crate) static PRIVACY: Statement = Statement {
    title: "privacy-title",
    messages: &PRIVACY_MESSAGES,
    sections: &[
        Section { heading: None, blocks: &[Text("privacy-1"), Text("privacy-draft")] },
        Section {
            heading: Some("privacy-collection"),
            blocks: &[
                Text("privacy-collection-1"),
                Text("privacy-collection-2"),
                Text("privacy-collection-3"),
            ],
        },
        Section {
            heading: Some("privacy-stored"),
            blocks: &[
                Text("privacy-stored-1"),
                List(&[
                    "privacy-stored-account",
                    "privacy-stored-addresses",
                    "privacy-stored-registration",
                    "privacy-stored-sign-in",
                    "privacy-stored-partner",
                    "privacy-stored-apps",
                    "privacy-stored-recovery-codes",
                    "privacy-stored-verified",
                    "privacy-stored-sessions",
                    "privacy-stored-browsers",
                    "privacy-stored-services",
                    "privacy-stored-activity",
                    "privacy-stored-attempts",
                    "privacy-stored-messages",
                ]),
                Text("privacy-stored-2"),
            ],
        },
        Section {
            heading: Some("privacy-not-stored"),
            blocks: &[List(&[
                "privacy-not-stored-location",
                "privacy-not-stored-bank",
                "privacy-not-stored-tracking",
                "privacy-not-stored-logs",
            ])],
        },
        Section {
            heading: Some("privacy-shared"),
            blocks: &[Text("privacy-shared-1"), Text("privacy-shared-2"), Go(Place::Services)],
        },
        Section {
            heading: Some("privacy-cookies"),
            blocks: &[
                Text("privacy-cookies-1"),
                List(&[
                    "privacy-cookies-pre",
                    "privacy-cookies-session",
                    "privacy-cookies-device",
                    "privacy-cookies-language",
                    "privacy-cookies-registering",
                    "privacy-cookies-address",
                    "privacy-cookies-links",
                    "privacy-cookies-success",
                ]),
            ],
        },
        Section {
            heading: Some("privacy-choices"),
            blocks: &[
                Text("privacy-choices-1"),
                Go(Place::Download),
                Go(Place::Activity),
                Go(Place::Close),
                Text("privacy-choices-2"),
            ],
        },
        Section {
            heading: Some("privacy-contact"),
            blocks: &[Text("privacy-contact-1"), Go(Place::Contact), Go(Place::Terms)],
        },
    ],
};

pub(crate) static TERMS: Statement = Statement {
    title: "terms-title",
    messages: &TERMS_MESSAGES,
    sections: &[
        Section { heading: None, blocks: &[Text("terms-1"), Text("terms-draft")] },
        Section {
            heading: Some("terms-service"),
            blocks: &[Text("terms-service-1"), Text("terms-service-2")],
        },
        Section {
            heading: Some("terms-you"),
            blocks: &[List(&["terms-you-own", "terms-you-secret", "terms-you-tell", "terms-you-current"])],
        },
        Section {
            heading: Some("terms-not"),
            blocks: &[
                Text("terms-not-1"),
                List(&["terms-not-others", "terms-not-false", "terms-not-programs"]),
            ],
        },
        Section {
            heading: Some("terms-we"),
            blocks: &[
                Text("terms-we-1"),
                List(&["terms-we-lock", "terms-we-limit", "terms-we-emails", "terms-we-interrupt"]),
            ],
        },
        Section {
            heading: Some("terms-end"),
            blocks: &[Text("terms-end-1"), Go(Place::Close), Text("terms-end-2")],
        },
        Section {
            heading: Some("terms-changes"),
            blocks: &[Text("terms-changes-1"), Go(Place::Contact), Go(Place::Privacy)],
        },
    ],
};
