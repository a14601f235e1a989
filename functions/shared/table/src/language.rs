//! The language of an account (RULES 7.1, 8.1).

use domain::{account::Account, language::Language, session::Session};

use crate::{
    Table,
    accounts::{change, state, unchanged},
    error::{Conflict, WriteError},
    item, key,
    write_transaction::Expression,
};

impl Table {
    /// Sets the language of the account's emails, and of this session's pages (`TransactWriteItems`).
    ///
    /// # Errors
    /// - [`Conflict::Account`] when the account changed since it was read.
    /// - [`Conflict::Session`] when the session ended or was renewed meanwhile.
    pub async fn set_language(
        &self,
        account: &Account,
        session: &Session,
        language: Language,
    ) -> Result<(), WriteError> {
        let details = account.details();
        let (update, language) = ("SET #language = :language", item::text(language));
        let of_account = unchanged(state(account), details)
            .instead(update)
            .names(&["language"])
            .value("language", language.clone());
        let of_session = Expression::new(update).names(&["language"]).value("language", language);
        let session = key::session(session.account, &session.hash);
        change(self.write_transaction(), details, of_account)
            .update(Conflict::Session, &session, "attribute_exists(pk)", of_session)
            .commit()
            .await
    }
}
