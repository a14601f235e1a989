//! Times as residents of Ontario read them, on pages and in emails.

use domain::{Timestamp, language::Language};
use jiff::{
    civil::Date,
    tz::{self, TimeZone},
};

static ONTARIO: TimeZone = tz::get!("America/Toronto");

/// The year in Toronto.
#[must_use]
pub fn year_in_ontario(at: Timestamp) -> i16 {
    at.to_zoned_datetime(ONTARIO.clone()).year()
}

/// The local time in Toronto, to the minute, with the time zone: `December 1, 2026, 12:05 p.m. (EST)`,
/// `1er décembre 2026 à 12 h 05 (HNE)`. In French, no line breaks between the day and the month,
/// nor within the hour.
#[must_use]
pub fn in_ontario(at: Timestamp, language: Language) -> String {
    let local = at.to_zoned_datetime(ONTARIO.clone());
    let date = date(local.date(), language);
    let (hour, minute, zone) = (local.hour(), local.minute(), local.strftime("%Z").to_string());
    match language {
        Language::English => {
            let half = if hour < 12 { "a.m." } else { "p.m." };
            let twelve = if hour % 12 == 0 { 12 } else { hour % 12 };
            format!("{date}, {twelve}:{minute:02} {half} ({zone})")
        }
        Language::French => {
            let zone = if zone == "EDT" { "HAE" } else { "HNE" };
            format!("{date} à\u{a0}{hour}\u{a0}h\u{a0}{minute:02} ({zone})")
        }
    }
}

/// A date without a time: `December 1, 2026`, `1er décembre 2026`.
#[must_use]
pub fn date(date: Date, language: Language) -> String {
    let (year, month, day) = (date.year(), month_name(date.month(), language), date.day());
    match language {
        Language::English => format!("{month} {day}, {year}"),
        Language::French if day == 1 => format!("1er\u{a0}{month} {year}"),
        Language::French => format!("{day}\u{a0}{month} {year}"),
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
        let french = in_ontario(winter, Language::French);
        assert_eq!(french, "1er\u{a0}décembre 2026 à\u{a0}12\u{a0}h\u{a0}05 (HNE)");
        let summer: Timestamp = "2026-07-14T04:00:00Z".parse().unwrap();
        assert_eq!(in_ontario(summer, Language::English), "July 14, 2026, 12:00 a.m. (EDT)");
        let french = in_ontario(summer, Language::French);
        assert_eq!(french, "14\u{a0}juillet 2026 à\u{a0}0\u{a0}h\u{a0}00 (HAE)");
    }
}
