//! `signing_keys`: prints the values that the first rotation gives the secrets `SigningKeys` and `PublicKeys`, as JSON, for
//! deployments where Secrets Manager does not call the function `rotate`.

use std::io;

use oidc::signing_keys::{KeyGeneration, PublicKeys, SigningKeyRing};
use serde_json::json;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let now = app::clock::now();
    let ring = SigningKeyRing::default().rotated(now, || KeyGeneration::generate(now));
    let secrets = ring.and_then(|ring| {
        Ok(json!({ "SigningKeys": ring.to_json()?, "PublicKeys": PublicKeys::of(&ring)?.to_json()? }))
    });
    let secrets = secrets.map_err(|_| "keys can't be made")?;
    Ok(io::Write::write_all(&mut io::stdout(), secrets.to_string().as_bytes())?)
}
