//! Which attributes of which items are in the download of an account's data, and why the others aren't.

use Attribute::{In, Number, Opened, Out};

/// A kind of item, and the section of the document with its items.
#[derive(Debug)]
pub struct Section {
    /// The kind.
    pub kind: &'static str,
    /// The name in the document.
    pub name: &'static str,
    /// The attributes, each by the path to it without the indices of lists.
    pub attributes: &'static [(&'static str, Attribute)],
}

/// Whether an attribute is in the document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Attribute {
    /// It is, under its own name. Times are in RFC 3339.
    In,
    /// Its plain text is.
    Opened,
    /// How many elements it has is.
    Number,
    /// It isn't, for this reason.
    Out(&'static str),
}

/// The kinds of items of an account, in the order of the document.
pub const SECTIONS: &[Section] = &[
    Section {
        kind: "account",
        name: "account",
        attributes: &[
            ("id", In),
            ("state", In),
            ("email", Opened),
            (
                "password",
                Out("a hash that proves nothing to the resident; `has_password` says whether there is one"),
            ),
            ("language", In),
            ("revision", Out(COUNTER)),
            ("generation", Out(COUNTER)),
            ("activated_at", In),
            ("unlock_link", Out(LINKS)),
            ("reset_link", Out(LINKS)),
            ("unlock_links", Out(LINKS)),
            ("reset_links", Out(LINKS)),
            ("locks_told", In),
            ("reset_at", In),
            ("changed_at", In),
            ("by_mailbox", In),
            ("lock_scope", In),
            ("device_generation", Out(COUNTER)),
            ("unlocks", In),
            ("email_change_links", Out(LINKS)),
            ("suspended_at", In),
            ("suspended_by", Out(SUPPORT)),
            ("suspended_reason", Out("what support noted, which it gives out on request")),
            ("former_addresses.email", Opened),
            ("former_addresses.place", Out("a keyed hash of the email address")),
            ("former_addresses.until", In),
        ],
    },
    Section {
        kind: "account_place",
        name: "sessions_ended",
        attributes: &[
            ("place", Out("a keyed hash of the email address")),
            ("email", Out("the address of `account`")),
            ("generation", Out(COUNTER)),
            ("subject_key", Out("the version of a key")),
            ("ended_at", In),
            ("kept_session", Out(HASH)),
        ],
    },
    Section {
        kind: "session",
        name: "sessions",
        attributes: &[
            ("generation", Out(COUNTER)),
            ("language", In),
            ("device.name", In),
            ("device.country", In),
            ("began_at", In),
            ("seen_at", In),
            ("begun_as", Out(HASH)),
            ("first", Out("the first of `proofs`")),
            ("proofs.factor", In),
            ("proofs.at", In),
            ("proofs.strength", In),
            ("proofs.root", In),
            ("email_code_at", In),
            ("new_authenticator_at", In),
            ("second_factor_at", In),
        ],
    },
    Section {
        kind: "device",
        name: "known_browsers",
        attributes: &[
            ("seen_at", In),
            ("generation", Out(COUNTER)),
            ("reserved", Out(FORMS)),
            ("failed", Number),
            ("last_at", In),
            ("unlocks", Out(COUNTER)),
        ],
    },
    Section {
        kind: "attempts",
        name: "sign_in_attempts",
        attributes: &[("reserved", Out(FORMS)), ("failed", Number), ("last_at", In)],
    },
    Section {
        kind: "factors",
        name: "verification",
        attributes: &[
            ("revision", Out(COUNTER)),
            ("authenticators.id", In),
            ("authenticators.name", Opened),
            ("authenticators.secret", Out("the key that the authenticator app has")),
            ("authenticators.enrolled_at", In),
            ("authenticators.counts_from", In),
            ("authenticators.in_review", In),
            ("authenticators.used_at", In),
            ("authenticators.last_step", Out("the time step of `used_at`")),
            ("recovery_codes.made_at", In),
            ("recovery_codes.counts_from", In),
            ("recovery_codes.in_review", In),
            ("recovery_codes.used_at", In),
            ("recovery_codes.unused", Number),
            ("codes.session", Out(HASH)),
            ("codes.proof", Out(HASH)),
            ("codes.sent_at", In),
            ("codes.tries", In),
            ("codes_sent", In),
            ("email_code_used_at", In),
            ("email_code_off_at", In),
            ("had_second", In),
            ("lost_at", Out("`had_second`, for an earlier release")),
            ("guesses.taken", In),
            ("guesses.taken_at_second_factor", In),
            ("guesses.second_factor_at", In),
            ("guesses.pauses", In),
            ("guesses.paused_until", In),
            ("guesses.is_told", In),
            ("guesses.last_at", In),
            ("browsers.id", Out(HASH)),
            ("browsers.by_second_factor", In),
            ("browsers.verified_at", In),
            ("browsers.guesses.taken", In),
            ("browsers.guesses.taken_at_second_factor", In),
            ("browsers.guesses.second_factor_at", In),
            ("browsers.guesses.pauses", In),
            ("browsers.guesses.paused_until", In),
            ("browsers.guesses.is_told", In),
            ("browsers.guesses.last_at", In),
        ],
    },
    Section {
        kind: "enrolment",
        name: "authenticators_being_set_up",
        attributes: &[
            ("secret", Out("the key that the authenticator app has")),
            ("grade", In),
            ("two_roots", In),
        ],
    },
    Section {
        kind: "partner_link",
        name: "partners",
        attributes: &[
            ("identity", Out("a keyed hash of the partner's identifier")),
            ("linked_at", In),
            ("in_review", In),
        ],
    },
    Section {
        kind: "connection",
        name: "services",
        attributes: &[
            ("id", Out("a number that grants refer to")),
            ("connected_at", In),
            ("used_at", In),
            ("shared", In),
        ],
    },
    Section {
        kind: "email_limit",
        name: "emails_requested",
        attributes: &[
            ("sent_at", In),
            ("sources", Out("keyed hashes of network addresses")),
            ("revision", Out(COUNTER)),
            ("form", Out(FORMS)),
        ],
    },
    Section {
        kind: "sent_email",
        name: "emails_sent",
        attributes: &[
            ("email_kind", In),
            ("message_id", Out("the number that the email service gave the email")),
            ("state", In),
            ("rank", Out(COUNTER)),
            ("changed_at", In),
        ],
    },
    Section {
        kind: "deliverability",
        name: "email_delivery",
        attributes: &[("delivered_at", In), ("bounced_at", In), ("complained_at", In), ("cleared_at", In)],
    },
    Section {
        kind: "notice_limit",
        name: "notices_of_new_browsers",
        attributes: &[
            ("began_at", In),
            ("sent", In),
            ("revision", Out(COUNTER)),
            ("summary.message", Out("the id of an email that is waiting")),
            ("summary.dispute", Out(LINKS)),
            ("summary.since", In),
            ("summary.count", In),
        ],
    },
    Section { kind: "source_limit", name: "counted_today", attributes: &[("count", In)] },
    Section {
        kind: "audit",
        name: "activity",
        attributes: &[
            ("event", In),
            ("outcome", In),
            ("at", In),
            ("device.name", In),
            ("device.country", In),
            ("disputes", Out(LINKS)),
            ("operator", Out(SUPPORT)),
        ],
    },
];

/// The kinds of items that are in no download, and why.
pub const OTHER_KINDS: &[(&str, &str)] = &[
    ("renewal", "a hash of a session's previous secret, for a minute"),
    ("link", "emailed links, which the email has; the account finds those that work, and only by their ids"),
    ("account_grant", "that a grant has refresh tokens, which `services` says of its connection"),
    ("registration", "of whoever wanted an account with the address when it had none"),
    ("reserved_address", "`former_addresses` of `account`"),
    ("identity", "the other direction of `partners`"),
    ("moved", "where another item is now, under another key"),
    (
        "grant",
        "what a service was issued: `services` has the connection; no key finds the grants of an account",
    ),
    ("transaction", "a sign-in to a service in progress, which belongs to a browser and not to an account"),
    ("departure", "a sign-in at a partner in progress, which belongs to a browser and not to an account"),
    ("arrival", "an identity of a partner that has no account yet"),
    ("guess", "a keyed hash of a form, for an hour"),
    ("contact", "the id of a form; the message itself was sent by email"),
    ("outbox", "an email on its way, which the resident gets"),
    ("decoy", "random bytes that belong to nobody"),
    ("assertion", "a service's own"),
    ("service", "a service's own"),
    ("service_audit", "who changed the registration of a service"),
];

const COUNTER: &str = "a number that orders changes";
const HASH: &str = "a hash of a secret";
const SUPPORT: &str = "who of the support team it was";
const LINKS: &str = "ids of emailed links";
const FORMS: &str = "ids of forms";
