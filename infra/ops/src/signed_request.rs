//! Requests to AWS services that the command has no SDK for, signed with the operator's credentials.

use std::time::{Duration, SystemTime};

use aws_credential_types::Credentials;
use aws_sigv4::{
    http_request::{SignableBody, SignableRequest, SigningSettings, sign},
    sign::v4,
};
use domain::Timestamp;
use http::{Method, Request, Response, header};

const FORM: &str = "application/x-www-form-urlencoded";

/// The time limit of a request.
const TIMEOUT: Duration = Duration::from_secs(20);

/// An endpoint of AWS.
pub(crate) struct Endpoint<'a> {
    /// The name by which requests are signed, such as `sts`.
    pub service: &'a str,
    pub region: &'a str,
    /// The URL of a stand-in for AWS, without a trailing slash.
    pub replaced_by: Option<&'a str>,
}

impl Endpoint<'_> {
    /// Posts a form, as the Query APIs of AWS expect it.
    ///
    /// # Errors
    /// What went wrong, for the operator.
    pub(crate) async fn post(
        &self,
        form: &str,
        credentials: Credentials,
        now: Timestamp,
    ) -> Result<Response<Vec<u8>>, String> {
        self.send(&self.signed(Method::POST, "", form, credentials, now)?).await
    }

    /// Gets a resource of a REST API.
    ///
    /// # Errors
    /// What went wrong, for the operator.
    pub(crate) async fn get(
        &self,
        path: &str,
        credentials: Credentials,
        now: Timestamp,
    ) -> Result<Response<Vec<u8>>, String> {
        self.send(&self.signed(Method::GET, path, "", credentials, now)?).await
    }

    async fn send(&self, request: &Request<Vec<u8>>) -> Result<Response<Vec<u8>>, String> {
        let sending = outbound::send(request.clone(), self.replaced_by.is_some());
        let response = tokio::time::timeout(TIMEOUT, sending).await;
        let response = response.map_err(|_| format!("{} does not answer", self.service))?;
        response.map_err(|error| format!("{}: {}", self.service, error.0))
    }

    fn signed(
        &self,
        method: Method,
        path: &str,
        form: &str,
        credentials: Credentials,
        now: Timestamp,
    ) -> Result<Request<Vec<u8>>, String> {
        let url = match self.replaced_by {
            Some(url) => format!("{url}{path}"),
            None => format!("https://{}.{}.amazonaws.com{path}", self.service, self.region),
        };
        let identity = credentials.into();
        let params = v4::SigningParams::builder()
            .identity(&identity)
            .region(self.region)
            .name(self.service)
            .time(SystemTime::UNIX_EPOCH + Duration::from_secs(now.as_second().unsigned_abs()))
            .settings(SigningSettings::default())
            .build()
            .map_err(|error| error.to_string())?
            .into();
        let headers = [("content-type", FORM)].into_iter();
        let signable =
            SignableRequest::new(method.as_str(), &url, headers, SignableBody::Bytes(form.as_bytes()));
        let signable = signable.map_err(|error| error.to_string())?;
        let (instructions, _) = sign(signable, &params).map_err(|error| error.to_string())?.into_parts();
        let request = Request::builder().method(method).uri(url).header(header::CONTENT_TYPE, FORM);
        let request =
            instructions.headers().fold(request, |request, (name, value)| request.header(name, value));
        request.body(form.as_bytes().to_vec()).map_err(|error| error.to_string())
    }
}

/// The text of the first XML element of this name. The elements that are read have no attributes, and no escapes in ARNs, names
/// and codes.
pub(crate) fn element<'a>(xml: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = xml.split_once(&format!("<{name}>"))?;
    Some(rest.split_once(&format!("</{name}>"))?.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rule_7_6_a_request_is_signed_for_its_service_with_the_session() {
        let credentials = Credentials::new("AKID", "secret", Some("token".to_owned()), None, "test");
        let sts = Endpoint { service: "sts", region: "ca-central-1", replaced_by: None };
        let request = sts.signed(Method::POST, "", "Action=A", credentials, Timestamp::UNIX_EPOCH).unwrap();
        assert_eq!(request.uri(), "https://sts.ca-central-1.amazonaws.com/");
        let header = |name| request.headers()[name].to_str().unwrap().to_owned();
        let authorization = header("authorization");
        let scope = "AWS4-HMAC-SHA256 Credential=AKID/19700101/ca-central-1/sts/aws4_request";
        assert!(authorization.starts_with(scope), "{authorization}");
        assert_eq!(header("x-amz-security-token"), "token");
    }

    #[test]
    fn an_element_is_found_by_its_name() {
        let xml = "<a><Arn>arn:aws:iam::1:user/ana</Arn><UserId>X</UserId></a>";
        assert_eq!(element(xml, "Arn"), Some("arn:aws:iam::1:user/ana"));
        assert_eq!(element(xml, "Code"), None);
    }
}
