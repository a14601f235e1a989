//! What no log line may contain (RULES 9.6): what residents and services typed or sent, what they got, and what emails say.
//! Tests end with a comparison of their log with it.

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use data_encoding::BASE64;
use serde_json::Value;

use crate::{gateway::Observer, ses::Message};

/// The personal values that functions got or returned, as they would stand in a log.
#[derive(Clone, Default)]
pub struct Handled(Arc<Mutex<BTreeSet<String>>>);

/// Fields whose values the operators chose, and may log.
const PUBLIC: [&str; 3] = ["client_id", "service", "partner"];

impl Handled {
    /// Keeps what the functions get and return.
    #[must_use]
    pub fn observer(&self) -> Observer {
        let handled = self.clone();
        Arc::new(move |event, returned| handled.keep(event, returned))
    }

    /// Keeps what a function got and returned.
    pub fn keep(&self, event: &Value, returned: &Value) {
        self.request(event);
        self.response(returned);
    }

    fn request(&self, event: &Value) {
        self.query(event["rawQueryString"].as_str().unwrap_or_default());
        let body = event["body"].as_str().unwrap_or_default().as_bytes();
        let body =
            if event["isBase64Encoded"] == true { BASE64.decode(body).ok() } else { Some(body.to_vec()) };
        self.query(&String::from_utf8_lossy(&body.unwrap_or_default()));
        for cookie in event["cookies"].as_array().into_iter().flatten().filter_map(Value::as_str) {
            self.cookie(cookie);
        }
        for name in ["authorization", "user-agent", "referer", "cloudfront-viewer-address"] {
            let header = event["headers"][name].as_str().unwrap_or_default();
            self.add(if name == "cloudfront-viewer-address" { without_port(header) } else { header });
            if let Some((_, credentials)) = header.split_once(' ').filter(|_| name == "authorization") {
                self.add(credentials);
            }
        }
    }

    fn response(&self, returned: &Value) {
        for cookie in returned["cookies"].as_array().into_iter().flatten().filter_map(Value::as_str) {
            self.cookie(cookie.split(';').next().unwrap_or_default());
        }
        let location = returned["headers"]["location"].as_str().unwrap_or_default();
        self.query(location.split_once('?').map_or("", |(_, query)| query));
        let body: Value =
            serde_json::from_str(returned["body"].as_str().unwrap_or_default()).unwrap_or_default();
        for token in ["access_token", "refresh_token", "id_token", "sub", "email"] {
            self.add(body[token].as_str().unwrap_or_default());
        }
    }

    /// Keeps an email: its recipient, the codes in it, and the queries of its links.
    pub fn keep_email(&self, email: &Message) {
        self.add(&email.to);
        for link in email.text.lines().filter(|line| line.starts_with("http")) {
            self.query(link.split_once('?').map_or("", |(_, query)| query));
        }
        let text = email.text.replace(['\u{a0}', ' '], "");
        for code in text.split(|c: char| !c.is_ascii_digit()).filter(|digits| digits.len() == 6) {
            self.add(code);
        }
    }

    /// A query string or the body of a form: the whole of it, and each value.
    fn query(&self, query: &str) {
        self.add(query);
        for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
            if !PUBLIC.contains(&&*name) {
                self.add(&value);
            }
        }
    }

    fn cookie(&self, pair: &str) {
        self.add(pair.split_once('=').map_or("", |(_, value)| value));
    }

    /// Keeps a value, unless it is a word that may stand in a log by itself, such as `authorization_code`.
    fn add(&self, value: &str) {
        let is_ours = value == "127.0.0.1";
        let is_word = value.chars().all(|c| c.is_ascii_lowercase() || "-_/.".contains(c));
        if value.len() >= 6 && !is_ours && !(is_word && (value.len() < 24 || value.contains(['/', '-', '_'])))
        {
            self.values().insert(value.to_owned());
        }
    }

    /// What of it, and what else that is personal by its form, is in these log lines.
    #[must_use]
    pub fn found_in(&self, log: &str) -> Vec<String> {
        let values = self.values();
        let found =
            values.iter().filter(|value| stands_in(log, value)).map(|value| format!("{value:?} in the log"));
        let lines =
            log.lines().filter(|line| !is_clean(line)).map(|line| format!("personal by its form: {line}"));
        found.chain(lines).collect()
    }

    fn values(&self) -> MutexGuard<'_, BTreeSet<String>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether the log has this value; for a number, not as a part of a longer number or id.
fn stands_in(log: &str, value: &str) -> bool {
    let is_number = value.chars().all(|c| c.is_ascii_digit());
    let is_apart = |at: usize| {
        let before = log[..at].chars().next_back();
        let after = log[at + value.len()..].chars().next();
        !before.into_iter().chain(after).any(|c| c.is_ascii_alphanumeric() || c == '-' || c == '.')
    };
    log.match_indices(value).any(|(at, _)| !is_number || is_apart(at))
}

/// Whether a line is a JSON object without an email address, a query string, a token or an encoded secret.
fn is_clean(line: &str) -> bool {
    let is_object = serde_json::from_str::<Value>(line).is_ok_and(|line| line.is_object());
    let is_long = |word: &str| word.len() >= 40;
    let mut words = line.split(|c: char| !c.is_ascii_alphanumeric() && c != '-' && c != '_');
    is_object && !line.contains(['@', '?']) && !line.contains("eyJ") && !words.any(is_long)
}

fn without_port(address: &str) -> &str {
    address.rsplit_once(':').map_or(address, |(address, _)| address)
}
