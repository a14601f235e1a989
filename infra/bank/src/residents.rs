//! Who has an account at the bank: some residents, and whoever gives a name.

use aws_lc_rs::digest::{SHA256, digest};
use data_encoding::HEXLOWER;

/// A resident that the bank signs in. None of them exists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Resident {
    /// What the page's forms call them.
    pub id: &'static str,
    /// Their name.
    pub name: &'static str,
    /// The bank's `sub` for them, which means nothing to anyone else.
    pub subject: &'static str,
}

/// All residents. The page's first form signs the first one in.
pub const RESIDENTS: [Resident; 4] = [
    Resident { id: "marie", name: "Marie Tremblay", subject: "3f0c1b7a9d2e4865b1c07fe2a4d85913" },
    Resident { id: "daniel", name: "Daniel Chen", subject: "a96e52d04b8f4c17803d6fb92e7c1054" },
    Resident { id: "priya", name: "Priya Singh", subject: "5b27d8c3f1604ea99a74c60e13b8fd2f" },
    Resident { id: "samuel", name: "Samuel Okafor", subject: "e814a07c62b94d3fa5586c91d70b3e2a" },
];

impl Resident {
    pub(crate) fn find(id: &str) -> Option<Self> {
        RESIDENTS.into_iter().find(|resident| resident.id == id)
    }
}

/// The `sub` of whoever has this name: the same each time, and nobody else's.
pub(crate) fn subject_of(name: &str) -> String {
    HEXLOWER.encode(digest(&SHA256, name.as_bytes()).as_ref())
}
