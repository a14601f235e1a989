//! Compiles the list of leaked passwords, from an npm package, into a finite-state set that needs no parsing at run time.

use std::{env, error::Error, fs, path::Path, process::ExitCode};

fn main() -> ExitCode {
    match compile() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            println!("cargo::error={error}");
            ExitCode::FAILURE
        }
    }
}

fn compile() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    if env::var_os("CARGO_FEATURE_STRENGTH").is_none() {
        return Ok(());
    }
    let root = env::var("CARGO_MANIFEST_DIR")?;
    let list = Path::new(&root)
        .join("../../../infra/static/node_modules/@zxcvbn-ts/language-common/src/passwords.json");
    println!("cargo::rerun-if-changed={}", list.display());
    let text = fs::read_to_string(&list).map_err(|_| {
        "the list of leaked passwords is not installed: run `scripts/assets` once (it needs Node 20 or newer), then build again"
    })?;
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
