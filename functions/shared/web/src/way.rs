//! Where a resident is going to: kept in the address of every page on the way (RULES 3.2).

use domain::{
    id::TransactionId,
    transaction::{OwnPath, Transaction},
};

use crate::{Reply, body::only};

/// The sign-in transaction or the own page that a resident is on the way to.
#[derive(Clone, Debug, Default)]
pub struct Way {
    /// The transaction; its id alone grants nothing.
    pub transaction: Option<TransactionId>,
    /// The own page, when there is no transaction.
    pub next: Option<OwnPath>,
}

impl Way {
    pub(crate) fn read(query: &[(String, String)]) -> Self {
        Self {
            transaction: only(query, "transaction").and_then(|text| text.parse().ok()),
            next: only(query, "next").and_then(OwnPath::parse),
        }
    }

    /// The address of a page on this way.
    #[must_use]
    pub fn href(&self, path: &str) -> String {
        match (self.transaction, &self.next) {
            (Some(transaction), _) => format!("{path}?transaction={transaction}"),
            (None, Some(next)) => format!("{path}?next={}", next.as_str()),
            (None, None) => path.to_owned(),
        }
    }

    /// Goes on: to the service, else to the own page, else to *My connected services*.
    #[must_use]
    pub fn go_on(&self, transaction: Option<&Transaction>) -> Reply {
        match (transaction, &self.next) {
            (Some(transaction), _) => Reply::see_other(&transaction.service.return_url),
            (None, Some(next)) => Reply::see_other(next.as_str()),
            (None, None) => Reply::see_other("/services"),
        }
    }
}
