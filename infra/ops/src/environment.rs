//! The stack that a command works on: the configuration of its functions, and the operator's credentials.

use std::{collections::BTreeMap, env, fs, path::Path, process::Command};

use app::{Config, clock};
use aws_credential_types::Credentials;
use domain::{Timestamp, operator::Operator};
use serde::Deserialize;

use crate::{
    Arguments, Failure,
    identity::caller,
    signed_request::{Endpoint, element},
};

/// The functions whose variables are read: between them, they have the secrets of all purposes.
const FUNCTIONS: [&str; 2] = ["AuthorizeFunction", "SettingsFunction"];

/// The environment variables of a stack's functions, with the operator's credentials.
#[derive(Debug)]
pub struct Environment(BTreeMap<String, String>);

impl Environment {
    /// Reads the environment of the stack, or of the local run, that the arguments name. Sets the clock of this process to that of
    /// the local run, which `/_local/clock` moves.
    ///
    /// # Errors
    /// [`Failure::NoStack`] if they name none; [`Failure::Stack`] if it can't be read.
    pub async fn of(arguments: &Arguments, now: Timestamp) -> Result<Self, Failure> {
        match (&arguments.stack, &arguments.local) {
            (Some(stack), None) => Self::of_stack(stack, arguments.region.as_deref(), now).await,
            (None, Some(file)) => Self::of_local_run(file).await,
            _ => Err(Failure::NoStack),
        }
    }

    /// The value of a variable.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<String> {
        self.0.get(name).cloned()
    }

    /// The configuration of the functions.
    ///
    /// # Errors
    /// [`Failure::Configuration`] when a variable is missing or invalid: the stack is of another release.
    pub fn config(&self) -> Result<Config, Failure> {
        Ok(Config::from_lookup(|name| self.get(name))?)
    }

    /// The owner of the credentials.
    ///
    /// # Errors
    /// [`Failure::Identity`].
    pub async fn caller(&self) -> Result<Operator, Failure> {
        caller(|name| self.get(name), clock::now()).await
    }

    /// Reads the file that the local run writes, with a line `NAME=value` for each variable, and asks the run what time it is.
    async fn of_local_run(file: &Path) -> Result<Self, Failure> {
        let is_absent = |error: &str| {
            Failure::Stack(format!("{}: {error}; scripts/dev starts the local run", file.display()))
        };
        let text = fs::read_to_string(file).map_err(|error| is_absent(&error.to_string()))?;
        let variables = text.lines().filter_map(|line| line.split_once('='));
        let run = Self(variables.map(|(name, value)| (name.to_owned(), value.to_owned())).collect());
        let clock = format!("{}/_local/clock", run.get("LOCAL_ORIGIN").unwrap_or_default());
        let now = outbound::fetch(&clock, true).await.map_err(|error| is_absent(error.0))?;
        let now = str::from_utf8(&now).ok().and_then(|seconds| seconds.parse().ok());
        let now = now.and_then(|seconds| Timestamp::from_second(seconds).ok());
        let now = now.ok_or_else(|| is_absent("its clock tells no time"))?;
        clock::set_offset(clock::offset() + now.duration_since(clock::now()));
        Ok(run)
    }

    async fn of_stack(stack: &str, region: Option<&str>, now: Timestamp) -> Result<Self, Failure> {
        let shell = |name: &str| env::var(name).ok().filter(|value| !value.is_empty());
        let region = region.map(str::to_owned).or_else(|| shell("AWS_REGION"));
        let region = region.ok_or_else(|| Failure::Stack("name its region with --region".to_owned()))?;
        let credentials = credentials(shell)?;
        let mut variables = BTreeMap::new();
        for function in FUNCTIONS {
            let found = function_variables(stack, function, &region, &credentials, now).await;
            variables.extend(found.map_err(|why| Failure::Stack(format!("{stack} in {region}: {why}")))?);
        }
        // What the functions get from Lambda itself is the operator's own here.
        variables.retain(|name, _| !name.starts_with("AWS_"));
        let token = credentials.session_token().map(|token| ("AWS_SESSION_TOKEN", token.to_owned()));
        let own = [
            ("AWS_REGION", region),
            ("AWS_ACCESS_KEY_ID", credentials.access_key_id().to_owned()),
            ("AWS_SECRET_ACCESS_KEY", credentials.secret_access_key().to_owned()),
        ];
        variables.extend(own.into_iter().chain(token).map(|(name, value)| (name.to_owned(), value)));
        variables.extend(env::vars().filter(|(name, _)| name.starts_with("AWS_ENDPOINT_URL")));
        Ok(Self(variables))
    }
}

/// The answer of `aws configure export-credentials`, in the format of the `credential_process` setting.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Exported {
    access_key_id: String,
    secret_access_key: String,
    session_token: Option<String>,
}

/// The credentials of the shell, or else those that the AWS CLI finds for its profile (IAM Identity Center, a role, a file).
fn credentials(shell: impl Fn(&str) -> Option<String>) -> Result<Credentials, Failure> {
    if let (Some(id), Some(secret)) = (shell("AWS_ACCESS_KEY_ID"), shell("AWS_SECRET_ACCESS_KEY")) {
        return Ok(Credentials::new(id, secret, shell("AWS_SESSION_TOKEN"), None, "environment"));
    }
    let none = |why: &str| {
        Failure::Stack(format!(
            "no AWS credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or sign in with the AWS CLI ({why})"
        ))
    };
    let exported =
        Command::new("aws").args(["configure", "export-credentials", "--format", "process"]).output();
    let exported = exported.map_err(|_| none("`aws` is not installed"))?;
    if !exported.status.success() {
        return Err(none(String::from_utf8_lossy(&exported.stderr).trim()));
    }
    let exported: Exported =
        serde_json::from_slice(&exported.stdout).map_err(|_| none("it printed no credentials"))?;
    Ok(Credentials::new(
        exported.access_key_id,
        exported.secret_access_key,
        exported.session_token,
        None,
        "cli",
    ))
}

/// The configuration of a function (Lambda: `GetFunctionConfiguration`).
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct FunctionConfiguration {
    environment: FunctionEnvironment,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct FunctionEnvironment {
    variables: BTreeMap<String, String>,
}

/// The variables of the function with this logical ID.
async fn function_variables(
    stack: &str,
    logical_id: &str,
    region: &str,
    credentials: &Credentials,
    now: Timestamp,
) -> Result<BTreeMap<String, String>, String> {
    let replaced_by = env::var("AWS_ENDPOINT_URL").ok().filter(|url| !url.is_empty());
    let endpoint = |service| Endpoint { service, region, replaced_by: replaced_by.as_deref() };
    let form = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("Action", "DescribeStackResource")
        .append_pair("Version", "2010-05-15")
        .append_pair("StackName", stack)
        .append_pair("LogicalResourceId", logical_id)
        .finish();
    let resource = endpoint("cloudformation").post(&form, credentials.clone(), now).await?;
    let text = String::from_utf8_lossy(resource.body());
    let name = element(&text, "PhysicalResourceId");
    let name = name.ok_or_else(|| element(&text, "Message").unwrap_or("an unreadable answer").to_owned())?;
    let path = format!("/2015-03-31/functions/{name}/configuration");
    let response = endpoint("lambda").get(&path, credentials.clone(), now).await?;
    let configuration: FunctionConfiguration = serde_json::from_slice(response.body())
        .map_err(|_| format!("Lambda does not show the function {name}: status {}", response.status()))?;
    Ok(configuration.environment.variables)
}

#[cfg(test)]
mod tests {
    use std::{
        io::{Read, Write},
        net::TcpListener,
    };

    use clap::Parser;
    use domain::SignedDuration;

    use super::*;

    /// A local run at this time; returns its origin.
    fn local_run(now: Timestamp) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut request = [0; 1024];
            let read = stream.read(&mut request).unwrap();
            assert!(request[..read].starts_with(b"GET /_local/clock "));
            let seconds = now.as_second().to_string();
            write!(stream, "HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{seconds}", seconds.len()).unwrap();
        });
        origin
    }

    #[tokio::test]
    async fn the_environment_and_the_time_are_those_of_the_local_run() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("environment");
        let now = clock::now() + SignedDuration::from_hours(50);
        let origin = local_run(now);
        fs::write(
            &file,
            format!("TABLE_NAME=accounts\nPARTNERS=[{{\"a\":\"=\"}}]\nLOCAL_ORIGIN={origin}\n\n"),
        )
        .unwrap();
        let environment = Environment::of_local_run(&file).await.unwrap();
        let moved = clock::now().duration_since(now);
        clock::set_offset(SignedDuration::ZERO);
        assert!((0..10).contains(&moved.as_secs()), "{moved}");
        assert_eq!(environment.get("TABLE_NAME").as_deref(), Some("accounts"));
        assert_eq!(environment.get("PARTNERS").as_deref(), Some("[{\"a\":\"=\"}]"));
        assert_eq!(environment.get("REGION"), None);
        for file in [file, folder.path().join("none")] {
            // Nothing answers any more, or nothing was written.
            let missing = Environment::of_local_run(&file).await.unwrap_err().to_string();
            assert!(missing.contains("scripts/dev starts the local run"), "{missing}");
        }
    }

    #[tokio::test]
    async fn a_command_without_a_stack_says_how_to_name_one() {
        let arguments = Arguments::try_parse_from(["ops", "services", "list"]).unwrap();
        let failure = Environment::of(&arguments, Timestamp::UNIX_EPOCH).await.unwrap_err();
        assert!(matches!(failure, Failure::NoStack));
        let both = ["ops", "--stack", "account", "--local", "services", "list"];
        assert!(Arguments::try_parse_from(both).is_err());
    }

    #[test]
    fn credentials_of_the_shell_come_first() {
        let shell = |name: &str| Some(format!("the {name}"));
        let found = credentials(shell).unwrap();
        assert_eq!(found.access_key_id(), "the AWS_ACCESS_KEY_ID");
        assert_eq!(found.session_token(), Some("the AWS_SESSION_TOKEN"));
    }
}
