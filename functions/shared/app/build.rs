//! Picks the certificate authorities AWS's endpoints are signed by out of Mozilla's list, so that a cold start reads
//! five certificates instead of the system's hundred and more.

use std::{env, error::Error, fmt::Write, fs, path::Path};

use data_encoding::BASE64;

/// The names AWS publishes as the roots of its endpoints (Amazon Trust Services).
const ROOTS: [&str; 5] = [
    "Amazon Root CA 1",
    "Amazon Root CA 2",
    "Amazon Root CA 3",
    "Amazon Root CA 4",
    "Starfield Services Root Certificate Authority - G2",
];

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    let mut pem = String::new();
    for name in ROOTS {
        let root = webpki_root_certs::TLS_SERVER_ROOT_CERTS
            .iter()
            .find(|der| der.windows(name.len()).any(|part| part == name.as_bytes()));
        let root = root.ok_or_else(|| format!("{name} is not among the roots"))?;
        let body = BASE64.encode(root);
        pem.push_str("-----BEGIN CERTIFICATE-----\n");
        for line in body.as_bytes().chunks(64) {
            writeln!(pem, "{}", std::str::from_utf8(line)?)?;
        }
        pem.push_str("-----END CERTIFICATE-----\n");
    }
    fs::write(Path::new(&env::var("OUT_DIR")?).join("aws-roots.pem"), pem)?;
    Ok(())
}
