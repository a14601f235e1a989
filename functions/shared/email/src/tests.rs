//! What every kind of email has, or must not have. The tests of one kind are in its file.

use std::{collections::HashSet, mem};

use domain::{
    SignedDuration,
    device::Device,
    factors::OneTimeCode,
    id::LinkId,
    link::{Activation, LinkPurpose},
    service::Bilingual,
};
use scraper::{Html, Selector};
use strum::EnumCount;

use super::*;

mod contrast;
mod layout;

fn keys() -> LinkKeys {
    serde_json::from_str(
        r#"{ "link": { "current": 1, "keys": { "1": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=" } } }"#,
    )
    .unwrap()
}

fn activation(language: Language, devices: &[&str], later: SignedDuration) -> RenderedEmail {
    let link = |(n, device): (u8, &&str)| ActivationLink {
        link: LinkId::from_random([n; 16]),
        sent_at: Timestamp::UNIX_EPOCH,
        expires_at: None,
        registered_at: Timestamp::UNIX_EPOCH,
        device: Device { name: (*device).to_owned(), country: String::new() },
    };
    let links = (0..).zip(devices).map(link).collect();
    render(language, ActivationLinks { links }, later)
}

#[test]
fn rule_8_11_the_email_that_checks_an_address_is_known_by_its_name() {
    for kind in samples::kinds() {
        assert_eq!(kind.checks_address(), kind.name() == domain::delivery::ADDRESS_CHECK, "{}", kind.name());
    }
}

#[test]
fn rule_2_4_an_emails_first_link_is_its_action() {
    for language in Language::ALL {
        let email = activation(language, &["Firefox"], SignedDuration::ZERO);
        let first = hrefs(&email).remove(0);
        assert!(first.starts_with("https://account.example/activate?token="), "{first}");
        assert!(email.text.contains(&first) && !email.text.contains("Firefox"), "one link needs no caption");
        assert!(email.html.contains(&format!("lang=\"{language}-CA\"")));
    }
}

#[test]
fn rule_2_5_several_links_are_told_apart_by_time_and_browser() {
    let email = activation(Language::French, &["<b>Firefox</b>", ""], SignedDuration::ZERO);
    assert_eq!(email.html.matches("Activer mon compte</a>").count(), 2);
    assert!(email.html.contains("31\u{a0}décembre 1969") && email.html.contains("un navigateur inconnu"));
    assert!(!email.html.contains("<b>Firefox"), "a browser's name is never markup");
}

#[test]
fn rule_9_4_an_email_that_comes_late_leads_to_another_link() {
    for language in Language::ALL {
        let email = activation(language, &["Firefox"], Activation::LIFETIME);
        assert!(
            !email.text.contains("token") && email.text.contains("https://account.example/register/again")
        );
    }
}

#[test]
fn rule_3_11_an_email_whose_link_is_kept_says_until_when_and_has_it_until_then() {
    let expires_at = Some(Timestamp::UNIX_EPOCH + SignedDuration::from_hours(5));
    let activation = ActivationLink {
        link: LinkId::from_random([1; 16]),
        sent_at: Timestamp::UNIX_EPOCH,
        expires_at,
        registered_at: Timestamp::UNIX_EPOCH,
        device: Device::default(),
    };
    let kinds: [EmailKind; 3] = [
        ActivationLinks { links: vec![activation] }.into(),
        UnlockLink { link: EmailedLink { expires_at, ..link() } }.into(),
        ResetLink { link: EmailedLink { expires_at, ..link() } }.into(),
    ];
    for kind in kinds {
        for (language, time) in [
            (Language::English, "January 1, 1970, 12:00 a.m."),
            (Language::French, "1er\u{a0}janvier 1970 à\u{a0}0\u{a0}h\u{a0}00"),
        ] {
            let email = render(language, kind.clone(), SignedDuration::from_secs(5 * 3600 - 1));
            assert!(email.text.contains("token=") && email.text.contains(time), "{}", email.text);
            assert!(!email.text.contains("30 minutes"), "{}", email.text);
            let email = render(language, kind.clone(), SignedDuration::from_hours(5));
            assert!(!email.text.contains("token="), "{}", email.text);
        }
    }
}

/// An email as it is sent some time after it was queued.
pub(crate) fn render(language: Language, kind: impl Into<EmailKind>, later: SignedDuration) -> RenderedEmail {
    render_with(&ReplyTo::Nobody, language, kind, later)
}

pub(crate) fn render_with(
    contact_reply_to: &ReplyTo,
    language: Language,
    kind: impl Into<EmailKind>,
    later: SignedDuration,
) -> RenderedEmail {
    let keys = keys();
    let email = Email { to: "ana@exemple.ca".parse().unwrap(), language, kind: kind.into() };
    email.render(renderer(&keys, contact_reply_to), Timestamp::UNIX_EPOCH + later).unwrap()
}

fn renderer<'a>(keys: &'a LinkKeys, contact_reply_to: &'a ReplyTo) -> EmailRenderer<'a> {
    EmailRenderer {
        origin: "https://account.example",
        keys,
        support: "help@account.example",
        contact_reply_to,
    }
}

fn link() -> EmailedLink {
    EmailedLink::new(LinkId::from_random([1; 16]), Timestamp::UNIX_EPOCH)
}

pub(crate) fn security_event() -> SecurityEvent {
    let device = Device { name: "Firefox, Windows".into(), country: "CA".into() };
    SecurityEvent { at: Timestamp::UNIX_EPOCH, device, dispute: LinkId::from_random([2; 16]) }
}

/// The addresses of an email's links, without that to the help pages.
fn hrefs(email: &RenderedEmail) -> Vec<String> {
    let links = Selector::parse("[href]").unwrap();
    let document = Html::parse_document(&email.html);
    let hrefs = document.select(&links).filter_map(|link| link.attr("href")).map(ToOwned::to_owned);
    hrefs.filter(|href| !href.contains("/help/")).collect()
}

/// The addresses of an email's links, without their queries.
pub(crate) fn links(email: &RenderedEmail) -> Vec<String> {
    let without_query = |href: String| href.split('?').next().unwrap().to_owned();
    hrefs(email).into_iter().map(without_query).collect()
}

#[test]
fn rule_8_6_each_notice_has_its_time_its_browser_and_the_way_to_object() {
    for language in Language::ALL {
        let kinds: [(EmailKind, &str); 8] = [
            (Locked { link: link(), event: security_event() }.into(), "unlock/link"),
            (Unlocked { event: security_event() }.into(), "dispute"),
            (PasswordReset { event: security_event() }.into(), "dispute"),
            (EmailChanged { event: security_event() }.into(), "dispute"),
            (NewDevice { event: security_event() }.into(), "dispute"),
            (AuthenticatorAdded { counts_from: None, event: security_event() }.into(), "dispute"),
            (AuthenticatorRemoved { event: security_event() }.into(), "dispute"),
            (VerificationPaused { until: Timestamp::UNIX_EPOCH, event: security_event() }.into(), "dispute"),
        ];
        for (kind, first) in kinds {
            let email = render(language, kind, SignedDuration::ZERO);
            let days = ["December 31, 1969", "31\u{a0}décembre 1969"];
            let day = days[usize::from(language == Language::French)];
            for part in [day, "Firefox, Windows", "Canada"] {
                assert!(email.text.contains(part) && email.html.contains(part), "{part}: {}", email.text);
            }
            let links = links(&email);
            assert_eq!(links[0], format!("https://account.example/{first}"));
            assert_eq!(links[links.len() - 1], "https://account.example/dispute");
        }
    }
}

#[test]
fn rule_7_7_the_notice_of_a_suspension_says_who_did_it_and_asks_for_nothing_that_needs_a_sign_in() {
    for (language, by, choose) in [
        (Language::English, "By: My Ontario Account support", "Pour recevoir"),
        (Language::French, "Par : soutien de compte Mon Ontario", "To get our emails"),
    ] {
        let origin = RequestOrigin { at: Timestamp::UNIX_EPOCH, device: domain::operator::support(language) };
        let suspended = render(language, AccountSuspended { origin, deleted_at: None }, SignedDuration::ZERO);
        let text = suspended.text.replace('\u{a0}', " ");
        assert!(text.contains(by), "{text}");
        assert!(!text.contains(choose), "{text}");
        let locked = render(language, Unlocked { event: security_event() }, SignedDuration::ZERO);
        assert!(locked.text.contains(choose), "{}", locked.text);
    }
}

#[test]
fn rule_3_6_what_is_asked_for_leads_where_it_says() {
    for language in Language::ALL {
        let kinds: [(EmailKind, &str, &str); 11] = [
            (UnlockLink { link: link() }.into(), "unlock/link", "unlock"),
            (UnlockFirst { link: link() }.into(), "unlock/link", "unlock"),
            (ResetLink { link: link() }.into(), "reset/link", "reset"),
            (DisputedReset { link: link() }.into(), "reset/link", "reset"),
            (ResetRequired { link: link() }.into(), "reset/link", "reset"),
            (DisputedUnlock { link: link() }.into(), "unlock/link", "unlock"),
            (PartnerRemovalLink { link: link() }.into(), "federated/remove/link", "federated/remove"),
            (PasswordFirst { link: link() }.into(), "reset/link", "reset"),
            (AlreadyActive.into(), "login", "login"),
            (EmailChangeLink { link: link() }.into(), "settings/email/link", "settings/email"),
            (EmailUnavailable.into(), "login", "login"),
        ];
        for (kind, path, late) in kinds {
            let email = render(language, kind.clone(), SignedDuration::from_secs(1799));
            assert_eq!(links(&email), [format!("https://account.example/{path}")], "{}", email.text);
            assert!(email.html.contains(&email.subject));
            let email = render(language, kind, SignedDuration::from_mins(30));
            assert_eq!(links(&email), [format!("https://account.example/{late}")], "{}", email.text);
        }
    }
}

#[test]
fn rule_5_5_a_code_names_the_service_the_time_and_the_browser_and_comes_in_time_or_not_at_all() {
    let service = Bilingual { en: "Health card".into(), fr: "Carte Santé".into() };
    let code =
        |service| Code { code: OneTimeCode::parse("012345").unwrap(), service, event: security_event() };
    for (language, name, day) in [
        (Language::English, "Health card", "December 31, 1969"),
        (Language::French, "Carte Santé", "31\u{a0}décembre 1969"),
    ] {
        let asked = code(Some(service.clone()));
        let email = render(language, asked.clone(), SignedDuration::from_secs(599));
        for part in ["012345", name, day, "Firefox, Windows"] {
            assert!(email.text.contains(part) && email.html.contains(part), "{part}: {}", email.text);
        }
        assert!(!email.subject.contains("012345"), "logs of mail servers have subjects");
        assert_eq!(links(&email), ["https://account.example/dispute"]);
        let late = render(language, asked, SignedDuration::from_mins(10));
        assert!(!late.text.contains("012345") && !late.html.contains("012345"));
        let change = render(language, code(None), SignedDuration::ZERO);
        assert!(change.text.contains("012345") && !change.text.contains(name));
    }
}

#[test]
fn rule_7_3_the_emails_about_a_change_name_no_address_and_only_those_that_can_undo_it_say_how() {
    let SecurityEvent { at, device, dispute } = security_event();
    let origin = RequestOrigin { at, device };
    let undone = |dispute| EmailChangeUndone { origin: origin.clone(), dispute };
    for language in Language::ALL {
        let kinds: [(EmailKind, &[&str]); 3] = [
            (EmailConfirmed { origin: origin.clone() }.into(), &["https://account.example/login"]),
            (undone(None).into(), &[]),
            (undone(Some(dispute)).into(), &["https://account.example/dispute"]),
        ];
        for (kind, expected) in kinds {
            let email = render(language, kind, SignedDuration::ZERO);
            assert_eq!(links(&email), expected);
            assert!(email.text.contains("1969 ") || email.text.contains("1969, "), "{}", email.text);
            assert!(email.html.contains("Firefox, Windows"));
            assert!(!email.text.replace("help@account.example", "").contains('@'), "{}", email.text);
        }
    }
}

#[test]
fn rule_7_3_the_way_back_that_is_sent_later_says_until_when_it_works() {
    let SecurityEvent { at, device, dispute } = security_event();
    let (left_at, deleted_at) = (Timestamp::UNIX_EPOCH, at + SignedDuration::from_hours(24 * 10));
    let origin = RequestOrigin { at, device };
    let kinds: [EmailKind; 2] = [
        EmailChangeReminder { left_at, dispute }.into(),
        FormerAccountClosed { deleted_at, origin, left_at, dispute }.into(),
    ];
    for kind in kinds {
        for (language, until, days) in [
            (Language::English, "January 10, 1970", "10 days"),
            (Language::French, "10\u{a0}janvier 1970", "10\u{a0}jours"),
        ] {
            let email = render(language, kind.clone(), SignedDuration::ZERO);
            assert_eq!(links(&email), ["https://account.example/dispute"]);
            assert!(email.text.contains(until) && !email.text.contains(days), "{}", email.text);
            assert!(!email.text.replace("help@account.example", "").contains('@'), "{}", email.text);
        }
    }
}

/// Whatever a stored email holds as a name of an authenticator is not in what is sent.
#[test]
fn rule_8_6_what_somebody_typed_is_in_no_email_of_ours() {
    const TYPED: &str = "Call 1-800-555-0199 at once";
    let event = serde_json::to_value(security_event()).unwrap();
    for kind in [
        serde_json::json!({ "AuthenticatorAdded": [TYPED, null, event] }),
        serde_json::json!({ "AuthenticatorAdded": [TYPED, "1970-01-01T00:00:00Z", event] }),
        serde_json::json!({ "AuthenticatorRemoved": [TYPED, event] }),
    ] {
        let kind: EmailKind = serde_json::from_value(kind).unwrap();
        for language in Language::ALL {
            let email = render(language, kind.clone(), SignedDuration::ZERO);
            let parts = [&email.subject, &email.text, &email.html];
            assert!(parts.iter().all(|part| !part.contains("1-800")), "{}", email.text);
        }
    }
}

/// `stored.jsonl` has each kind of email as the previous release stores it. A new kind is a new line.
#[test]
fn rule_9_7_each_kind_is_read_and_written_as_the_previous_release_does() {
    let mut kinds = HashSet::new();
    for line in include_str!("stored.jsonl").lines() {
        let json = format!(r#"{{"to":"ana@exemple.ca","language":"fr","about":{line}}}"#);
        let email = Email::from_json(&json).unwrap_or_else(|error| panic!("{line}: {error}"));
        assert_eq!(email.to_json(), json);
        kinds.insert(mem::discriminant(&email.kind));
    }
    assert_eq!(kinds.len(), EmailKind::COUNT, "each kind has a line");
}
