//! Compiles the list of leaked passwords, a package of npm's, into a set that is searched where it lies.

use std::{env, error::Error, fs, path::Path};

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    if env::var_os("CARGO_FEATURE_STRENGTH").is_none() {
        return Ok(());
    }
    let root = env::var("CARGO_MANIFEST_DIR")?;
    let list = Path::new(&root)
        .join("../../../infra/static/node_modules/@zxcvbn-ts/language-common/src/passwords.json");
    println!("cargo::rerun-if-changed={}", list.display());
    let text = fs::read_to_string(&list)
        .map_err(|_| "the list of leaked passwords is not there yet: run scripts/assets first")?;
    let mut passwords: Vec<String> = serde_json::from_str(&text)?;
    for password in &mut passwords {
        *password = password.to_lowercase();
    }
    passwords.sort_unstable();
    passwords.dedup();
    let set = fst::Set::from_iter(passwords)?;
    fs::write(Path::new(&env::var("OUT_DIR")?).join("leaked.fst"), set.as_fst().as_bytes())?;
    Ok(())
}
