//! Finds the repository at run time, so that a binary serves the copy that it is run in.

use std::path::{Path, PathBuf};

use crate::failure::{Context, Failure};

/// The file by which the repository's root is recognized.
pub(crate) const TEMPLATE: &str = "template.yaml";

/// The given folder, or the nearest one with a `template.yaml`, from the current folder upwards.
///
/// # Errors
/// [`Failure`] when there is none, or when the given folder is not the repository.
pub(crate) fn find(given: Option<&Path>) -> Result<PathBuf, Failure> {
    match given {
        Some(folder) if is_root(folder) => Ok(folder.to_owned()),
        Some(folder) => Err(Failure::new(format!("{} has no {TEMPLATE}", folder.display()))),
        None => search(&std::env::current_dir().context("finding the current folder")?),
    }
}

fn search(start: &Path) -> Result<PathBuf, Failure> {
    let found = start.ancestors().find(|folder| is_root(folder));
    found.map(Path::to_owned).ok_or_else(|| {
        Failure::new(format!(
            "neither {} nor a folder above it has a {TEMPLATE}: start this in the repository, or name the repository with --root",
            start.display()
        ))
    })
}

fn is_root(folder: &Path) -> bool {
    folder.join(TEMPLATE).is_file()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_root_is_found_from_a_folder_below_it() {
        let root = find(None).unwrap();
        assert!(root.join("infra/local/src/root.rs").is_file());
        assert_eq!(search(&root.join("infra/local/src")).unwrap(), root);
        assert_eq!(find(Some(&root)).unwrap(), root);
    }

    #[test]
    fn a_folder_outside_the_repository_is_rejected() {
        let error = search(Path::new("/")).unwrap_err().to_string();
        assert!(error.contains("start this in the repository"), "{error}");
        let error = find(Some(Path::new("/"))).unwrap_err().to_string();
        assert_eq!(error, "/ has no template.yaml");
    }
}
