//! How many emails an address gets because somebody typed it, and how many of them one source can use up (RULES 3.11).
//!
//! An address has a list of the emails that it was sent, each with its source. A browser that the account of the
//! address knows has a list of its own, without sources: what others request leaves it its emails.

use jiff::{SignedDuration, Timestamp};

use crate::{
    keys::SourceKey,
    limits::{Rates, RetryAfter},
};

/// How long a resident waits without being offered anything else.
const MOMENT: SignedDuration = SignedDuration::from_mins(1);

/// An email that an address was sent because somebody typed it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SentEmail {
    /// When.
    pub at: Timestamp,
    /// The source of the request. `None` in a list of one browser, and in what the previous release stored.
    pub source: Option<SourceKey>,
}

/// Why an address is sent no email now, and until when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EmailRefusal {
    /// Another one may be sent within a minute.
    JustSent(RetryAfter),
    /// The source has used up its half of the address's emails.
    SourceUsedUp(RetryAfter),
    /// All emails of the address, or of the browser that it knows, are used up.
    AllUsedUp(RetryAfter),
}

impl EmailRefusal {
    /// When the next email may be sent.
    #[must_use]
    pub fn until(self) -> RetryAfter {
        match self {
            Self::JustSent(until) | Self::SourceUsedUp(until) | Self::AllUsedUp(until) => until,
        }
    }
}

/// The emails that count after one more is sent now, given those that were sent, oldest first.
///
/// A `source` gets at most half of each rate ([`Rates::halves`]). Without one, the whole rates are the sender's.
///
/// # Errors
/// [`EmailRefusal`].
pub fn take(
    rates: &Rates,
    sent: &[SentEmail],
    source: Option<&SourceKey>,
    now: Timestamp,
) -> Result<Vec<SentEmail>, EmailRefusal> {
    let all: Vec<_> = sent.iter().map(|email| email.at).collect();
    let is_from_source = |email: &&SentEmail| source.is_some() && email.source.as_ref() == source;
    let from_source: Vec<_> = sent.iter().filter(is_from_source).map(|email| email.at).collect();
    let all_until = rates.check(&all, now).err();
    let source_until = source.and_then(|_| rates.halves().check(&from_source, now).err());
    if let Some(until) = all_until.into_iter().chain(source_until).max_by_key(|until| until.0) {
        let is_long = |until: RetryAfter| until.0 > now + MOMENT;
        return Err(match all_until {
            _ if !is_long(until) => EmailRefusal::JustSent(until),
            Some(all_until) if is_long(all_until) => EmailRefusal::AllUsedUp(until),
            _ => EmailRefusal::SourceUsedUp(until),
        });
    }
    let counting = sent.iter().filter(|email| now < email.at + rates.longest()).cloned();
    Ok(counting.chain([SentEmail { at: now, source: source.cloned() }]).collect())
}

/// Until when a link works that was made at `sent_at`, while its address is sent no other one before `until`: not
/// longer than the longest of the rates.
#[must_use]
pub fn link_kept_until(rates: &Rates, sent_at: Timestamp, until: RetryAfter) -> Timestamp {
    until.0.min(sent_at + rates.longest())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn rates() -> Rates {
        "1/30s,5/1h,20/24h".parse().unwrap()
    }

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(seconds).unwrap()
    }

    fn source(name: u8) -> SourceKey {
        SourceKey::stored(format!("1.{name}"))
    }

    /// Sends emails at these seconds from these sources.
    fn sent(emails: &[(i64, u8)]) -> Vec<SentEmail> {
        emails.iter().fold(Vec::new(), |sent, (second, from)| {
            take(&rates(), &sent, Some(&source(*from)), at(*second)).unwrap()
        })
    }

    fn refusal(sent: &[SentEmail], from: u8, second: i64) -> Option<EmailRefusal> {
        take(&rates(), sent, Some(&source(from)), at(second)).err()
    }

    #[test]
    fn rule_3_11_a_source_gets_two_of_the_five_emails_of_an_hour() {
        let both = sent(&[(0, 1), (60, 1)]);
        assert_eq!(refusal(&both, 1, 120), Some(EmailRefusal::SourceUsedUp(RetryAfter(at(3600)))));
        assert_eq!(refusal(&both, 2, 120), None);
        let all = sent(&[(0, 1), (60, 1), (120, 2), (180, 2), (240, 3)]);
        assert_eq!(refusal(&all, 3, 300), Some(EmailRefusal::AllUsedUp(RetryAfter(at(3600)))));
        // A source waits for the later of the two.
        let late = sent(&[(0, 1), (60, 2), (120, 2), (180, 3), (240, 3)]);
        assert_eq!(refusal(&late, 2, 300), Some(EmailRefusal::AllUsedUp(RetryAfter(at(3660)))));
        assert_eq!(refusal(&late, 4, 300), Some(EmailRefusal::AllUsedUp(RetryAfter(at(3600)))));
    }

    #[test]
    fn rule_3_11_a_source_gets_ten_of_the_twenty_emails_of_a_day() {
        let ten: Vec<_> = (0..10).map(|n| (n * 1800, 1)).collect();
        let ten = sent(&ten);
        assert_eq!(refusal(&ten, 1, 18_000), Some(EmailRefusal::SourceUsedUp(RetryAfter(at(86_400)))));
        assert_eq!(refusal(&ten, 2, 18_000), None);
    }

    #[test]
    fn rule_3_11_half_is_rounded_down_to_one_at_least() {
        let halves = |rates: &str| rates.parse::<Rates>().unwrap().halves();
        assert_eq!(halves("1/30s,5/1h,20/24h,0/1h"), "1/30s,2/1h,10/24h,0/1h".parse().unwrap());
    }

    #[test]
    fn rule_3_11_within_half_a_minute_everybody_waits_a_moment() {
        let one = sent(&[(0, 1)]);
        for from in [1, 2] {
            assert_eq!(refusal(&one, from, 29), Some(EmailRefusal::JustSent(RetryAfter(at(30)))));
            assert_eq!(refusal(&one, from, 30), None);
        }
        // A wait of a moment remains one, whatever it is for.
        let both = sent(&[(0, 1), (60, 1)]);
        assert_eq!(refusal(&both, 1, 3550), Some(EmailRefusal::JustSent(RetryAfter(at(3600)))));
    }

    #[test]
    fn rule_3_11_without_a_source_the_whole_rates_count() {
        let mut own = Vec::new();
        for second in [0, 60, 120, 180, 240] {
            own = take(&rates(), &own, None, at(second)).unwrap();
        }
        let refused = take(&rates(), &own, None, at(300));
        assert_eq!(refused, Err(EmailRefusal::AllUsedUp(RetryAfter(at(3600)))));
    }

    #[test]
    fn rule_9_7_emails_without_a_source_count_for_the_address_and_for_no_source() {
        let stored: Vec<_> = (0..4).map(|n| SentEmail { at: at(n * 60), source: None }).collect();
        let after = take(&rates(), &stored, Some(&source(1)), at(300)).unwrap();
        assert_eq!(refusal(&after, 1, 360), Some(EmailRefusal::AllUsedUp(RetryAfter(at(3600)))));
    }

    #[test]
    fn rule_3_11_a_link_is_kept_until_the_next_email_and_at_most_for_the_longest_limit() {
        let kept = |sent_at, until| link_kept_until(&rates(), at(sent_at), RetryAfter(at(until)));
        assert_eq!(kept(100, 3600), at(3600));
        assert_eq!(kept(100, 90_000), at(86_500));
    }

    proptest! {
        #[test]
        fn rule_3_11_no_source_gets_more_than_half_and_no_address_more_than_its_limit(
            requests in proptest::collection::vec((0_i64..2000, 0_u8..5), 1..300),
        ) {
            let (mut now, mut list, mut all) = (0, Vec::new(), Vec::new());
            for (pause, from) in requests {
                now += pause;
                match take(&rates(), &list, Some(&source(from)), at(now)) {
                    Ok(counting) => { list = counting; all.push((now, from)); }
                    Err(refusal) => {
                        let until = refusal.until().0;
                        prop_assert!(until > at(now));
                        // What the page says is true: at that time, and not before, this source gets one.
                        prop_assert!(take(&rates(), &list, Some(&source(from)), until).is_ok());
                        let before = until - SignedDuration::from_secs(1);
                        prop_assert!(take(&rates(), &list, Some(&source(from)), before).is_err());
                    }
                }
                prop_assert!(list.len() <= 20, "the list is bounded");
            }
            let within = |from: Option<u8>, times: usize, seconds: i64| {
                let these = all.iter().filter(|(_, source)| from.is_none_or(|from| from == *source));
                let these: Vec<_> = these.map(|(at, _)| *at).collect();
                these.windows(times + 1).all(|stretch| stretch[times] - stretch[0] >= seconds)
            };
            for (times, half, seconds) in [(1, 1, 30), (5, 2, 3600), (20, 10, 86_400)] {
                prop_assert!(within(None, times, seconds));
                for from in 0..5 {
                    prop_assert!(within(Some(from), half, seconds));
                }
            }
        }
    }
}
