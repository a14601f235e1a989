//! Where a resident is going to: kept in the address of every page on the way (RULES 3.2).

use app::App;
use domain::{
    id::TransactionId,
    language::Language,
    transaction::{OwnPath, Transaction},
};

use crate::{Problem, Reply, Visit, body::only};

/// The sign-in transaction or the own page that a resident is on the way to.
#[derive(Clone, Debug, Default)]
pub struct Way {
    /// The transaction; its id alone grants nothing.
    pub transaction: Option<TransactionId>,
    /// The own page, when there is no transaction.
    pub next: Option<OwnPath>,
    /// The language that the service asked for, until the resident toggles it (RULES 8.1).
    pub language: Option<Language>,
}

impl Way {
    pub(crate) fn read(query: &[(String, String)]) -> Self {
        Self {
            transaction: only(query, "transaction").and_then(|text| text.parse().ok()),
            next: only(query, "next").and_then(OwnPath::parse),
            language: only(query, "ui_locales").and_then(Language::from_ui_locales),
        }
    }

    /// The way of this transaction, in the language that its service asked for.
    #[must_use]
    pub fn of(transaction: &Transaction) -> Self {
        Self { transaction: Some(transaction.id), next: None, language: transaction.request.language }
    }

    /// The address of a page on this way.
    #[must_use]
    pub fn href(&self, path: &str) -> String {
        let transaction = self.transaction.map(|id| format!("transaction={id}"));
        let next = self.next.as_ref().map(|next| format!("next={}", next.as_str()));
        let language = self.language.map(|language| format!("ui_locales={language}"));
        let parameters: Vec<_> = [transaction, next, language].into_iter().flatten().collect();
        match (parameters.is_empty(), path.contains('?')) {
            (true, _) => path.to_owned(),
            (false, false) => format!("{path}?{}", parameters.join("&")),
            (false, true) => format!("{path}&{}", parameters.join("&")),
        }
    }

    /// The transaction, if this browser is the one that is on it.
    ///
    /// # Errors
    /// [`Problem`] when the table can't be reached.
    pub async fn own_transaction(&self, app: &App, visit: &Visit) -> Result<Option<Transaction>, Problem> {
        let Some(id) = self.transaction else { return Ok(None) };
        let found = app.table.transaction(id, app.now()).await?;
        Ok(found.and_then(|found| found.seen_by(visit.browser(), app.now())))
    }

    /// The same way, by this own page first.
    #[must_use]
    pub fn by(self, page: &str) -> Self {
        Self { next: OwnPath::parse(page), ..self }
    }

    /// The own page, else *My connected services*.
    #[must_use]
    pub fn own_page(&self) -> &str {
        self.next.as_ref().map_or("/services", OwnPath::as_str)
    }

    /// Goes on: to the own page, with the way to the service kept; else to the service, else to *My connected services*.
    #[must_use]
    pub fn go_on(&self, transaction: Option<&Transaction>) -> Reply {
        match (&self.next, transaction) {
            (Some(next), Some(transaction)) => {
                let rest = Self { transaction: Some(transaction.id), next: None, language: self.language };
                Reply::see_other(&rest.href(next.as_str()))
            }
            (None, Some(_)) => Reply::see_other(&self.href("/authorize/continue")),
            (_, None) => Reply::see_other(self.own_page()),
        }
    }
}
