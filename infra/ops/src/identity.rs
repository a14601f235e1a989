//! The identity of the operator. AWS STS returns the owner of the credentials that the command uses, so that no environment
//! variable can put another name in the audit trail.

use std::time::{Duration, SystemTime};

use aws_credential_types::Credentials;
use aws_sigv4::{
    http_request::{SignableBody, SignableRequest, SigningSettings, sign},
    sign::v4,
};
use domain::{Timestamp, operator::Operator};
use http::{Request, header};

use crate::Failure;

const BODY: &str = "Action=GetCallerIdentity&Version=2011-06-15";
const FORM: &str = "application/x-www-form-urlencoded";

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
    let endpoint = endpoint(&lookup);
    let url = endpoint.clone().unwrap_or_else(|| format!("https://sts.{region}.amazonaws.com/"));
    let credentials = Credentials::new(
        need("AWS_ACCESS_KEY_ID")?,
        need("AWS_SECRET_ACCESS_KEY")?,
        lookup("AWS_SESSION_TOKEN").filter(|token| !token.is_empty()),
        None,
        "environment",
    );
    let request = signed(&url, &region, credentials, now)?;
    let response = outbound::send(request, endpoint.is_some()).await;
    let response = response.map_err(|error| Failure::Identity(error.0.to_owned()))?;
    let body = String::from_utf8_lossy(response.body()).into_owned();
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

fn signed(
    url: &str,
    region: &str,
    credentials: Credentials,
    now: Timestamp,
) -> Result<Request<Vec<u8>>, Failure> {
    let wrong = |error: &dyn std::fmt::Display| Failure::Identity(error.to_string());
    let identity = credentials.into();
    let params = v4::SigningParams::builder()
        .identity(&identity)
        .region(region)
        .name("sts")
        .time(SystemTime::UNIX_EPOCH + Duration::from_secs(now.as_second().unsigned_abs()))
        .settings(SigningSettings::default())
        .build()
        .map_err(|error| wrong(&error))?
        .into();
    let headers = [("content-type", FORM)].into_iter();
    let signable = SignableRequest::new("POST", url, headers, SignableBody::Bytes(BODY.as_bytes()));
    let signable = signable.map_err(|error| wrong(&error))?;
    let (instructions, _) = sign(signable, &params).map_err(|error| wrong(&error))?.into_parts();
    let request = Request::post(url).header(header::CONTENT_TYPE, FORM);
    let request = instructions.headers().fold(request, |request, (name, value)| request.header(name, value));
    request.body(BODY.as_bytes().to_vec()).map_err(|error| wrong(&error))
}

/// The text of the first XML element of this name. STS's answers have no attributes, and no escapes in ARNs and codes.
fn element<'a>(xml: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = xml.split_once(&format!("<{name}>"))?;
    Some(rest.split_once(&format!("</{name}>"))?.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rule_7_6_the_request_is_signed_for_sts_with_the_session() {
        let credentials = Credentials::new("AKID", "secret", Some("token".to_owned()), None, "test");
        let request = signed(
            "https://sts.ca-central-1.amazonaws.com/",
            "ca-central-1",
            credentials,
            Timestamp::UNIX_EPOCH,
        );
        let request = request.unwrap();
        let header = |name| request.headers()[name].to_str().unwrap().to_owned();
        let authorization = header("authorization");
        let scope = "AWS4-HMAC-SHA256 Credential=AKID/19700101/ca-central-1/sts/aws4_request";
        assert!(authorization.starts_with(scope), "{authorization}");
        assert_eq!(header("x-amz-security-token"), "token");
    }

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

    #[test]
    fn an_element_is_found_by_its_name() {
        let xml = "<a><Arn>arn:aws:iam::1:user/ana</Arn><UserId>X</UserId></a>";
        assert_eq!(element(xml, "Arn"), Some("arn:aws:iam::1:user/ana"));
        assert_eq!(element(xml, "Code"), None);
    }
}
