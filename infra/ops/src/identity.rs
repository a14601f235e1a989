//! The identity of the operator. AWS STS returns the owner of the credentials that the command uses, so that no environment
//! variable can put another name in the audit trail.

use aws_credential_types::Credentials;
use domain::{Timestamp, operator::Operator};

use crate::{
    Failure,
    signed_request::{Endpoint, element},
};

const GET_CALLER_IDENTITY: &str = "Action=GetCallerIdentity&Version=2011-06-15";

/// The caller of `GetCallerIdentity`, with the region and credentials of these environment variables.
///
/// `AWS_ENDPOINT_URL_STS` (or else `AWS_ENDPOINT_URL`) replaces the endpoint of the region only if the table has another
/// endpoint as well, as in the local run. Otherwise operators could direct the call to a server of their own, and claim any identity.
///
/// # Errors
/// [`Failure::Identity`].
pub async fn caller(lookup: impl Fn(&str) -> Option<String>, now: Timestamp) -> Result<Operator, Failure> {
    let need = |name| {
        lookup(name)
            .filter(|value| !value.is_empty())
            .ok_or_else(|| Failure::Identity(format!("{name} is missing")))
    };
    let region = need("AWS_REGION")?;
    let replaced_by = endpoint(&lookup);
    let credentials = Credentials::new(
        need("AWS_ACCESS_KEY_ID")?,
        need("AWS_SECRET_ACCESS_KEY")?,
        lookup("AWS_SESSION_TOKEN").filter(|token| !token.is_empty()),
        None,
        "environment",
    );
    let sts = Endpoint { service: "sts", region: &region, replaced_by: replaced_by.as_deref() };
    let response = sts.post(GET_CALLER_IDENTITY, credentials, now).await.map_err(Failure::Identity)?;
    let body = String::from_utf8_lossy(response.body());
    if !response.status().is_success() {
        let code = element(&body, "Code").unwrap_or("an unreadable answer");
        return Err(Failure::Identity(code.to_owned()));
    }
    let arn = element(&body, "Arn").and_then(|arn| arn.parse().ok());
    arn.ok_or_else(|| Failure::Identity("an unreadable answer".to_owned()))
}

/// The endpoint of a stand-in for AWS.
fn endpoint(lookup: impl Fn(&str) -> Option<String>) -> Option<String> {
    let of =
        |own: &str| [own, "AWS_ENDPOINT_URL"].into_iter().filter_map(&lookup).find(|url| !url.is_empty());
    let table = of("AWS_ENDPOINT_URL_DYNAMODB").filter(|url| !url.contains(".amazonaws.com"));
    table.and_then(|_| of("AWS_ENDPOINT_URL_STS"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rule_7_6_no_other_server_says_who_changes_a_table_of_aws() {
        let with = |table: &str| {
            endpoint(|name| match name {
                "AWS_ENDPOINT_URL_DYNAMODB" => Some(table.to_owned()),
                "AWS_ENDPOINT_URL" => None,
                _ => Some("http://127.0.0.1:1".to_owned()),
            })
        };
        assert_eq!(with("https://dynamodb.ca-central-1.amazonaws.com"), None);
        assert_eq!(with(""), None);
        assert_eq!(with("http://127.0.0.1:2").as_deref(), Some("http://127.0.0.1:1"));
        let one = |name: &str| (name == "AWS_ENDPOINT_URL").then(|| "http://127.0.0.1:3".to_owned());
        assert_eq!(endpoint(one).as_deref(), Some("http://127.0.0.1:3"), "one stand-in for all of AWS");
    }
}
