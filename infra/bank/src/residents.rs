//! The accounts of the bank: some residents, and anyone who enters a name.

use aws_lc_rs::digest::{SHA256, digest};
use data_encoding::HEXLOWER;

/// A fictitious resident with an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Resident {
    /// The value of the page's form field.
    pub id: &'static str,
    /// The name on the page.
    pub name: &'static str,
    /// The pairwise `sub` at the bank.
    pub subject: &'static str,
}

/// All residents, in the order of the forms on the page.
pub const RESIDENTS: [Resident; 4] = [
    Resident { id: "marie", name: "Marie Tremblay", subject: "3f0c1b7a9d2e4865b1c07fe2a4d85913" },
    Resident { id: "daniel", name: "Daniel Chen", subject: "a96e52d04b8f4c17803d6fb92e7c1054" },
    Resident { id: "priya", name: "Priya Singh", subject: "5b27d8c3f1604ea99a74c60e13b8fd2f" },
    Resident { id: "samuel", name: "Samuel Okafor", subject: "e814a07c62b94d3fa5586c91d70b3e2a" },
];

impl Resident {
    /// The initials of the name.
    pub(crate) fn initials(&self) -> String {
        self.name.split(' ').filter_map(|part| part.chars().next()).collect()
    }

    pub(crate) fn find(id: &str) -> Option<Self> {
        RESIDENTS.into_iter().find(|resident| resident.id == id)
    }
}

/// The `sub` of a name that was entered: stable, and different for each name.
pub(crate) fn subject_of(name: &str) -> String {
    HEXLOWER.encode(digest(&SHA256, name.as_bytes()).as_ref())
}
