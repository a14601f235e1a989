//! Values of the command line that are parsed by rules of their own.

use table::AuditEvent;

/// The most characters of the reason of a suspension.
const MOST_OF_A_REASON: usize = 500;

/// Parses the name of an event of an audit trail.
pub(crate) fn event(text: &str) -> Result<AuditEvent, String> {
    let name = |event: &AuditEvent| event_name(*event).unwrap_or_default();
    let found = AuditEvent::known().find(|event| name(event) == text);
    found.ok_or_else(|| {
        let names: Vec<_> = AuditEvent::known().map(|event| name(&event)).collect();
        format!("not an event; the events are {}", names.join(", "))
    })
}

/// The name of an event, as it is stored and printed.
fn event_name(event: AuditEvent) -> Option<String> {
    serde_json::to_value(event).ok()?.as_str().map(str::to_owned)
}

/// Parses the reason of a suspension: one line, since a terminal prints it.
pub(crate) fn reason(text: &str) -> Result<String, &'static str> {
    let text = text.trim();
    let is_plain = text.chars().all(|c| !c.is_control());
    let is_short = (1..=MOST_OF_A_REASON).contains(&text.chars().count());
    if is_plain && is_short { Ok(text.to_owned()) } else { Err("not 1 to 500 characters on one line") }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;
    use crate::{AccountChange, Accounts, Arguments, Subject};

    #[test]
    fn rule_7_6_a_kind_of_event_that_does_not_exist_is_an_error_that_lists_the_kinds() {
        let parse = |kind: &str| {
            Arguments::try_parse_from(["ops", "audit", "ana@exemple.ca", "--kind", kind])
                .map_err(|error| error.to_string())
        };
        for event in AuditEvent::known() {
            let parsed = parse(&event_name(event).unwrap()).unwrap().subject;
            assert!(matches!(parsed, Subject::Audit { kind: Some(kind), .. } if kind == event));
        }
        let error = parse("unlock").unwrap_err();
        assert!(error.contains("not an event") && error.contains("unlocked, password_reset"), "{error}");
    }

    #[test]
    fn rule_7_7_a_reason_is_one_line() {
        let parse = |text: &str| {
            Arguments::try_parse_from(["ops", "accounts", "suspend", "ana@exemple.ca", "--reason", text])
        };
        let parsed = parse(" case 17 ").unwrap().subject;
        let Subject::Accounts(Accounts::Change(AccountChange::Suspend { reason, .. })) = parsed else {
            panic!("another command")
        };
        assert_eq!(reason.as_deref(), Some("case 17"));
        for wrong in ["", " ", "a\u{1b}[2Jb", &"a".repeat(MOST_OF_A_REASON + 1)] {
            assert!(parse(wrong).is_err(), "{wrong:?}");
        }
    }
}
