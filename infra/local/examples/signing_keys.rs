//! `signing_keys`: prints the value that the first rotation gives the secret with the signing keys, for deployments where
//! Secrets Manager does not call the function `rotate`.

use std::io;

use oidc::signing_keys::{KeyGeneration, SigningKeyRing};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let now = app::clock::now();
    let ring = SigningKeyRing::default().rotated(now, || KeyGeneration::generate(now));
    let json = ring.ok().and_then(|ring| ring.to_json().ok()).ok_or("keys can't be made")?;
    Ok(io::Write::write_all(&mut io::stdout(), json.as_bytes())?)
}
