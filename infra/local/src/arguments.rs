//! The command line.

use std::path::PathBuf;

use clap::Parser;

/// The ports that the local run needs: the product's, two demo services', the demo bank's.
pub(crate) const PORTS: u16 = 4;

/// Runs the service on this computer, with a stand-in for AWS.
#[derive(Debug, Parser)]
#[command(name = "local", bin_name = "scripts/dev")]
pub struct Arguments {
    /// Start empty: delete the table, the emails and the keys that the previous run saved
    #[arg(long)]
    pub fresh: bool,
    /// The public origin of a TLS proxy in front of the product, such as <https://account.example>
    #[arg(long, value_parser = origin)]
    pub origin: Option<String>,
    /// The port of the product; the next two are those of the demo services, the third that of the demo bank
    #[arg(long, default_value_t = 4000, value_parser = clap::value_parser!(u16).range(1..=i64::from(u16::MAX - PORTS + 1)))]
    pub port: u16,
    /// The repository; without it, the nearest folder with a template.yaml, from the current one upwards
    #[arg(long, value_name = "FOLDER")]
    pub root: Option<PathBuf>,
}

/// A scheme and a host with nothing after them.
fn origin(text: &str) -> Result<String, &'static str> {
    let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    if host.is_some_and(|host| !host.is_empty() && !host.contains(['/', '?', '#', '@', ' '])) {
        Ok(text.to_owned())
    } else {
        Err("not an origin, such as https://account.example")
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    fn parse(line: &str) -> Result<Arguments, String> {
        Arguments::try_parse_from(line.split(' ')).map_err(|error| error.to_string())
    }

    #[test]
    fn clap_accepts_the_definition() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn the_default_port_is_4000() {
        let arguments = parse("local").unwrap();
        assert_eq!((arguments.fresh, arguments.origin, arguments.port), (false, None, 4000));
        assert_eq!(arguments.root, None);
    }

    #[test]
    fn each_option_is_parsed() {
        let arguments =
            parse("local --fresh --origin https://account.example --port 4100 --root /a").unwrap();
        assert!(arguments.fresh);
        assert_eq!(arguments.origin.as_deref(), Some("https://account.example"));
        assert_eq!((arguments.port, arguments.root), (4100, Some(PathBuf::from("/a"))));
        assert_eq!(parse("local --port 65532").unwrap().port, 65532);
    }

    #[test]
    fn malformed_options_are_rejected() {
        for (line, message) in [
            ("local --origin account.example", "not an origin"),
            ("local --origin https://account.example/", "not an origin"),
            ("local --origin https://", "not an origin"),
            ("local --port 0", "is not in 1..=65532"),
            ("local --port 65533", "is not in 1..=65532"),
            ("local --prot 1", "unexpected argument"),
        ] {
            let error = parse(line).unwrap_err();
            assert!(error.contains(message), "{line}: {error}");
        }
    }
}
