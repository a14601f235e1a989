//! Times as residents of Ontario read them, on pages and in emails.

use domain::{Timestamp, language::Language};
use jiff::tz::{self, TimeZone};

static ONTARIO: TimeZone = tz::get!("America/Toronto");

/// The year in Toronto.
#[must_use]
pub fn year_in_ontario(at: Timestamp) -> i16 {
    at.to_zoned_datetime(ONTARIO.clone()).year()
}

/// The local time in Toronto, to the minute, with the time zone: `December 1, 2026, 12:05 p.m. (EST)`,
/// `1er décembre 2026 à 12 h 05 (HNE)`. In French, no line breaks within the hour.
#[must_use]
pub fn in_ontario(at: Timestamp, language: Language) -> String {
    let local = at.to_zoned_datetime(ONTARIO.clone());
    let (year, month, day) = (local.year(), local.month(), local.day());
    let (hour, minute, zone) = (local.hour(), local.minute(), local.strftime("%Z").to_string());
    match language {
        Language::English => {
            let half = if hour < 12 { "a.m." } else { "p.m." };
            let twelve = if hour % 12 == 0 { 12 } else { hour % 12 };
            format!("{} {day}, {year}, {twelve}:{minute:02} {half} ({zone})", month_name(month, language))
        }
        Language::French => {
            let zone = if zone == "EDT" { "HAE" } else { "HNE" };
            let day = if day == 1 { "1er".to_owned() } else { day.to_string() };
            let month = month_name(month, language);
            format!("{day} {month} {year} à {hour}\u{a0}h\u{a0}{minute:02} ({zone})")
        }
    }
}

fn month_name(month: i8, language: Language) -> &'static str {
    const NAMES: [(&str, &str); 12] = [
        ("January", "janvier"),
        ("February", "février"),
        ("March", "mars"),
        ("April", "avril"),
        ("May", "mai"),
        ("June", "juin"),
        ("July", "juillet"),
        ("August", "août"),
        ("September", "septembre"),
        ("October", "octobre"),
        ("November", "novembre"),
        ("December", "décembre"),
    ];
    let (english, french) =
        usize::try_from(month - 1).ok().and_then(|index| NAMES.get(index)).copied().unwrap_or_default();
    match language {
        Language::English => english,
        Language::French => french,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_year_begins_at_midnight_in_ontario() {
        assert_eq!(year_in_ontario("2027-01-01T04:59:59Z".parse().unwrap()), 2026);
        assert_eq!(year_in_ontario("2027-01-01T05:00:00Z".parse().unwrap()), 2027);
    }

    #[test]
    fn times_are_ontarios_in_each_language() {
        let winter: Timestamp = "2026-12-01T17:05:00Z".parse().unwrap();
        assert_eq!(in_ontario(winter, Language::English), "December 1, 2026, 12:05 p.m. (EST)");
        assert_eq!(in_ontario(winter, Language::French), "1er décembre 2026 à 12\u{a0}h\u{a0}05 (HNE)");
        let summer: Timestamp = "2026-07-14T04:00:00Z".parse().unwrap();
        assert_eq!(in_ontario(summer, Language::English), "July 14, 2026, 12:00 a.m. (EDT)");
        assert_eq!(in_ontario(summer, Language::French), "14 juillet 2026 à 0\u{a0}h\u{a0}00 (HAE)");
    }
}
