//! The configuration of a deployment: environment variables, which `template.yaml` sets.

use std::{collections::BTreeMap, time::Duration};

use domain::{
    SignedDuration,
    contact::ReplyTo,
    email::EmailAddress,
    hashing::Hasher,
    keys::KeyPurpose,
    limits::Limits,
    link::{Dispute, LinkPurpose as _, REMEMBERED},
    partner::Partner,
    password::PasswordPolicy,
};
use secrecy::SecretString;

/// The configuration of one deployment.
#[derive(Clone, Debug)]
pub struct Config {
    /// `TABLE_NAME`.
    pub table_name: String,
    /// `PUBLIC_ORIGIN`: scheme, host and port of the pages, without a trailing slash.
    pub origin: String,
    /// `STATIC_BASE`: the URL of the static files of this version, without a trailing slash.
    pub static_base: String,
    /// `MAIL_FROM`: the sender of emails.
    pub mail_from: String,
    /// `MAIL_CONFIGURATION_SET`: the configuration set of SES, by which it reports what became of emails (RULES 8.11).
    pub mail_configuration_set: String,
    /// `SES_RATE`: how many emails one sender passes to SES in a second; 0 for as many as SES takes (RULES 9.4).
    pub ses_rate: u32,
    /// `SUPPORT_EMAIL`: the address that residents write to for help.
    pub support_email: EmailAddress,
    /// `CONTACT_REPLY_TO`: where replies to messages of *Contact us* go (RULES 8.5).
    pub contact_reply_to: ReplyTo,
    /// `PASSWORD_POLICY`: `predecessor` or `standards` (RULES 2.3).
    pub password_policy: PasswordPolicy,
    /// `ARGON2_MEMORY_KIB` and `ARGON2_PASSES`.
    pub hasher: Hasher,
    /// `EMAIL_LIMITS`, `CODE_LIMITS`, `REGISTRATION_LIMIT`, `TRY_LIMIT`, `CONTACT_LIMIT`, `EMAIL_REQUEST_LIMIT` and
    /// `SHARED_NETWORKS` (RULES 3.11).
    pub limits: Limits,
    /// `AUDIT_DAYS`: how many days the audit entries of an account are kept.
    pub audit_kept: SignedDuration,
    /// `DIRECT_ACCESS`: `yes` lets requests reach the functions directly, for trials (RULES 9.10).
    pub access: Access,
    /// `ORIGIN_SECRET`: the name of the secret that proves that a request came through `CloudFront`, if the function uses it.
    pub origin_secret: Option<String>,
    /// `DISTRIBUTION_ID`: the `CloudFront` distribution, if the function changes what it sends.
    pub distribution_id: Option<String>,
    /// `DATA_KEYS_SECRET`, `PASSWORD_KEYS_SECRET`, …: the names of the secrets with the keys of each purpose that the function
    /// may use (RULES 9.5).
    pub key_secrets: BTreeMap<KeyPurpose, String>,
    /// `SIGNING_KEYS_SECRET`: the name of the secret with the keys that sign ID tokens, if the function uses them (RULES 9.5).
    pub signing_keys_secret: Option<String>,
    /// `PUBLIC_KEYS_SECRET`: the name of the secret with their public halves, if the function uses them.
    pub public_keys_secret: Option<String>,
    /// `CANARY_SECRET`: the name of the secret with the account of the synthetic resident, if there is one (RULES 9.12).
    pub canary_secret: Option<String>,
    /// `PARTNERS`: the sign-in partners as JSON, in the order in which pages offer them (RULES 4.1).
    pub partners: Vec<Partner>,
    /// `OUTBOUND_LOOPBACK`: `allow` lets requests to addresses of others reach loopback addresses without TLS, for local runs and
    /// tests (RULES 9.8).
    pub outbound_loopback: bool,
    /// `REQUEST_BUDGET_MS`: the milliseconds within which every request has its response (RULES 9.9).
    pub request_budget: Duration,
    pub(crate) aws: Aws,
}

/// How requests reach the functions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Through `CloudFront`, which sends a value of the origin secret. Without the secret, no request is accepted.
    CloudFront,
    /// Directly, for trials without `CloudFront`.
    Direct,
}

/// Endpoints, region and credentials for AWS.
#[derive(Clone, Debug)]
pub(crate) struct Aws {
    pub(crate) region: String,
    pub(crate) access_key_id: String,
    pub(crate) secret_access_key: SecretString,
    pub(crate) session_token: Option<SecretString>,
    pub(crate) dynamodb_url: Option<String>,
    pub(crate) ses_url: Option<String>,
    pub(crate) secrets_manager_url: Option<String>,
    pub(crate) cloudfront_url: Option<String>,
}

/// The name of an environment variable that is missing or invalid.
#[derive(Debug, PartialEq, Eq)]
pub struct BadConfig(pub &'static str);

impl Config {
    /// The enabled sign-in partners, in the configured order.
    pub fn partners_on(&self) -> impl Iterator<Item = &Partner> {
        self.partners.iter().filter(|partner| partner.is_on)
    }

    /// The configuration of the process.
    ///
    /// # Errors
    /// [`BadConfig`] with the variable that is missing or invalid.
    pub fn from_env() -> Result<Self, BadConfig> {
        Self::from_lookup(|name| std::env::var(name).ok())
    }

    /// Reads the configuration from `lookup`, which returns the value of a variable.
    ///
    /// # Errors
    /// [`BadConfig`] with the variable that is missing or invalid.
    pub fn from_lookup(lookup: impl Fn(&str) -> Option<String>) -> Result<Self, BadConfig> {
        let need = |name: &'static str| lookup(name).filter(|value| !value.is_empty()).ok_or(BadConfig(name));
        // As in every SDK: the endpoint of one service, or else of all.
        let endpoint = |name: &str| {
            [name, "AWS_ENDPOINT_URL"].into_iter().filter_map(&lookup).find(|url| !url.is_empty())
        };
        let number = |name: &'static str| need(name)?.parse::<u32>().map_err(|_| BadConfig(name));
        let rate = |name: &'static str| need(name)?.parse().map_err(|_| BadConfig(name));
        let limits = Limits {
            emails: need("EMAIL_LIMITS")?.parse().map_err(|_| BadConfig("EMAIL_LIMITS"))?,
            codes: need("CODE_LIMITS")?.parse().map_err(|_| BadConfig("CODE_LIMITS"))?,
            registrations: rate("REGISTRATION_LIMIT")?,
            tries: rate("TRY_LIMIT")?,
            messages: rate("CONTACT_LIMIT")?,
            requests: rate("EMAIL_REQUEST_LIMIT")?,
            shared_networks: lookup("SHARED_NETWORKS")
                .unwrap_or_default()
                .parse()
                .map_err(|_| BadConfig("SHARED_NETWORKS"))?,
        };
        let memory = number("ARGON2_MEMORY_KIB")?;
        let hasher =
            Hasher::new(memory, number("ARGON2_PASSES")?).map_err(|_| BadConfig("ARGON2_MEMORY_KIB"))?;
        Ok(Self {
            table_name: need("TABLE_NAME")?,
            origin: need("PUBLIC_ORIGIN")?.trim_end_matches('/').to_owned(),
            static_base: need("STATIC_BASE")?.trim_end_matches('/').to_owned(),
            mail_from: need("MAIL_FROM")?,
            mail_configuration_set: need("MAIL_CONFIGURATION_SET")?,
            ses_rate: number("SES_RATE")?,
            support_email: need("SUPPORT_EMAIL")?.parse().map_err(|_| BadConfig("SUPPORT_EMAIL"))?,
            contact_reply_to: lookup("CONTACT_REPLY_TO")
                .unwrap_or_default()
                .parse()
                .map_err(|_| BadConfig("CONTACT_REPLY_TO"))?,
            password_policy: need("PASSWORD_POLICY")?.parse().map_err(|_| BadConfig("PASSWORD_POLICY"))?,
            hasher,
            limits,
            audit_kept: audit_kept(number("AUDIT_DAYS")?).ok_or(BadConfig("AUDIT_DAYS"))?,
            access: access(lookup("DIRECT_ACCESS")),
            origin_secret: lookup("ORIGIN_SECRET").filter(|name| !name.is_empty()),
            distribution_id: lookup("DISTRIBUTION_ID").filter(|id| !id.is_empty()),
            key_secrets: key_secrets(&lookup),
            signing_keys_secret: lookup("SIGNING_KEYS_SECRET").filter(|name| !name.is_empty()),
            public_keys_secret: lookup("PUBLIC_KEYS_SECRET").filter(|name| !name.is_empty()),
            canary_secret: lookup("CANARY_SECRET").filter(|name| !name.is_empty()),
            partners: partners(lookup("PARTNERS")).ok_or(BadConfig("PARTNERS"))?,
            outbound_loopback: lookup("OUTBOUND_LOOPBACK").is_some_and(|value| value == "allow"),
            request_budget: Duration::from_millis(number("REQUEST_BUDGET_MS")?.into()),
            aws: Aws {
                region: need("AWS_REGION")?,
                access_key_id: need("AWS_ACCESS_KEY_ID")?,
                secret_access_key: need("AWS_SECRET_ACCESS_KEY")?.into(),
                session_token: lookup("AWS_SESSION_TOKEN")
                    .filter(|token| !token.is_empty())
                    .map(SecretString::from),
                dynamodb_url: endpoint("AWS_ENDPOINT_URL_DYNAMODB"),
                ses_url: endpoint("AWS_ENDPOINT_URL_SESV2"),
                secrets_manager_url: endpoint("AWS_ENDPOINT_URL_SECRETS_MANAGER"),
                cloudfront_url: endpoint("AWS_ENDPOINT_URL_CLOUDFRONT"),
            },
        })
    }
}

fn key_secrets(lookup: impl Fn(&str) -> Option<String>) -> BTreeMap<KeyPurpose, String> {
    let secret = |purpose: KeyPurpose| Some((purpose, lookup(key_secret_variable(purpose))?));
    KeyPurpose::ALL.into_iter().filter_map(secret).filter(|(_, name)| !name.is_empty()).collect()
}

/// The environment variable with the name of the secret of a purpose.
#[must_use]
pub const fn key_secret_variable(purpose: KeyPurpose) -> &'static str {
    match purpose {
        KeyPurpose::Data => "DATA_KEYS_SECRET",
        KeyPurpose::Password => "PASSWORD_KEYS_SECRET",
        KeyPurpose::Link => "LINK_KEYS_SECRET",
        KeyPurpose::Session => "SESSION_KEYS_SECRET",
        KeyPurpose::Ticket => "TICKET_KEYS_SECRET",
        KeyPurpose::Subject => "SUBJECT_KEYS_SECRET",
        KeyPurpose::Form => "FORM_KEYS_SECRET",
    }
}

/// How long audit entries are kept: at least as long as the links *This wasn't me* that they name, so that deleting the
/// account finds them (RULES 2.9).
fn audit_kept(days: u32) -> Option<SignedDuration> {
    let kept = SignedDuration::from_hours(24 * i64::from(days));
    (kept >= Dispute::LIFETIME + REMEMBERED).then_some(kept)
}

/// The list may be empty. Two partners with the same name would share the identities of residents.
fn partners(text: Option<String>) -> Option<Vec<Partner>> {
    let Some(text) = text.filter(|text| !text.is_empty()) else { return Some(Vec::new()) };
    let partners: Vec<Partner> = serde_json::from_str(&text).ok()?;
    let is_unique = |n: usize| partners[n + 1..].iter().all(|other| other.id != partners[n].id);
    (0..partners.len()).all(is_unique).then_some(partners)
}

/// Whatever the variable says, only one word lets requests pass `CloudFront` by.
fn access(text: Option<String>) -> Access {
    if text.is_some_and(|text| text == "yes") { Access::Direct } else { Access::CloudFront }
}

impl std::fmt::Display for BadConfig {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "the environment variable {} is missing or wrong", self.0)
    }
}

impl std::error::Error for BadConfig {}

#[cfg(test)]
mod tests {
    use super::*;

    #[expect(clippy::unnecessary_wraps, reason = "it stands for a lookup, which may find nothing")]
    fn value(name: &str) -> Option<String> {
        let value = match name {
            "ARGON2_MEMORY_KIB" => "19456",
            "ARGON2_PASSES" => "2",
            "PASSWORD_POLICY" => "standards",
            "PUBLIC_ORIGIN" => "https://account.example/",
            "EMAIL_LIMITS" => "1/30s,5/1h,20/24h",
            "CODE_LIMITS" => "1/30s,20/1h",
            "REGISTRATION_LIMIT" | "CONTACT_LIMIT" => "20/1h",
            "TRY_LIMIT" => "100/15m",
            "EMAIL_REQUEST_LIMIT" => "60/1h",
            "AUDIT_DAYS" => "730",
            "REQUEST_BUDGET_MS" => "4500",
            "SES_RATE" => "14",
            "SUPPORT_EMAIL" => "help@account.example",
            "CONTACT_REPLY_TO" => "sender",
            "PARTNERS" => "",
            "SHARED_NETWORKS" => "203.0.113.0/24=10",
            _ => "x",
        };
        Some(value.to_owned())
    }

    #[test]
    fn a_missing_or_wrong_variable_is_named() {
        assert_eq!(Config::from_lookup(value).unwrap().origin, "https://account.example");
        for name in [
            "TABLE_NAME",
            "PUBLIC_ORIGIN",
            "PASSWORD_POLICY",
            "ARGON2_MEMORY_KIB",
            "ARGON2_PASSES",
            "EMAIL_LIMITS",
            "CODE_LIMITS",
            "REGISTRATION_LIMIT",
            "TRY_LIMIT",
            "CONTACT_LIMIT",
            "EMAIL_REQUEST_LIMIT",
            "AUDIT_DAYS",
            "REQUEST_BUDGET_MS",
            "SUPPORT_EMAIL",
            "MAIL_CONFIGURATION_SET",
            "SES_RATE",
            "AWS_REGION",
        ] {
            let without = Config::from_lookup(|asked| if asked == name { None } else { value(asked) });
            assert_eq!(without.err(), Some(BadConfig(name)));
        }
        let partner = r#"{"id":"bank","issuer":"https://b.example","client_id":"us","name":{"en":"B","fr":"B"},"on":true}"#;
        for (text, is_right) in [
            (format!("[{partner}]"), true),
            (format!("[{partner},{partner}]"), false),
            (partner.to_owned(), false),
            (format!("[{}]", partner.replace("bank", "Bank/")), false),
        ] {
            let read =
                Config::from_lookup(
                    |asked| {
                        if asked == "PARTNERS" { Some(text.clone()) } else { value(asked) }
                    },
                );
            assert_eq!(read.err(), (!is_right).then_some(BadConfig("PARTNERS")), "{text}");
        }
        let weak = Config::from_lookup(|asked| {
            if asked == "ARGON2_MEMORY_KIB" { Some("1024".into()) } else { value(asked) }
        });
        assert_eq!(weak.err(), Some(BadConfig("ARGON2_MEMORY_KIB")));
        let nowhere = Config::from_lookup(|asked| {
            if asked == "SUPPORT_EMAIL" { Some("Help <help@account.example>".into()) } else { value(asked) }
        });
        assert_eq!(nowhere.err(), Some(BadConfig("SUPPORT_EMAIL")), "messages go there (RULES 8.5)");
        for (text, reply_to) in [
            (None, Ok(ReplyTo::Nobody)),
            (Some(""), Ok(ReplyTo::Nobody)),
            (Some("sender"), Ok(ReplyTo::Sender)),
            (Some("a@b.example"), Ok(ReplyTo::Address("a@b.example".parse().unwrap()))),
            (Some("anybody"), Err(BadConfig("CONTACT_REPLY_TO"))),
        ] {
            let read = Config::from_lookup(|asked| match asked {
                "CONTACT_REPLY_TO" => text.map(ToOwned::to_owned),
                _ => value(asked),
            });
            assert_eq!(read.map(|config| config.contact_reply_to), reply_to, "{text:?}");
        }
    }

    #[test]
    fn rule_3_11_shared_networks_are_read_and_may_be_left_out() {
        let with = |text: Option<&str>| {
            let lookup = |asked: &str| match asked {
                "SHARED_NETWORKS" => text.map(ToOwned::to_owned),
                _ => super::tests::value(asked),
            };
            Config::from_lookup(lookup).map(|config| config.limits.shared_networks)
        };
        assert_eq!(with(None).unwrap(), with(Some("")).unwrap());
        assert_ne!(with(Some("203.0.113.0/24=10")).unwrap(), with(None).unwrap());
        assert_eq!(with(Some("203.0.113.0/24")).err(), Some(BadConfig("SHARED_NETWORKS")));
    }

    #[test]
    fn the_audit_trail_is_kept_as_long_as_the_links_that_it_names() {
        let with = |days: &'static str| {
            Config::from_lookup(|asked| if asked == "AUDIT_DAYS" { Some(days.into()) } else { value(asked) })
        };
        assert_eq!(with("11").err(), Some(BadConfig("AUDIT_DAYS")));
        assert_eq!(with("12").unwrap().audit_kept, SignedDuration::from_hours(12 * 24));
    }

    #[test]
    fn rule_9_8_loopback_is_reached_where_the_deployment_says_so_alone() {
        let with = |value: Option<&str>| {
            let lookup = |asked: &str| match asked {
                "OUTBOUND_LOOPBACK" => value.map(ToOwned::to_owned),
                _ => super::tests::value(asked),
            };
            Config::from_lookup(lookup).unwrap().outbound_loopback
        };
        assert!(with(Some("allow")));
        assert!(!with(None) && !with(Some("")) && !with(Some("no")));
    }

    #[test]
    fn rule_9_10_one_word_alone_allows_direct_access() {
        assert_eq!(access(Some("yes".into())), Access::Direct);
        for text in [None, Some(""), Some("no"), Some("true"), Some("Yes"), Some("yes ")] {
            assert_eq!(access(text.map(Into::into)), Access::CloudFront, "{text:?}");
        }
    }
}
