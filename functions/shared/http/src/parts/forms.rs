//! Forms whose pages give them a random id, in the field `form`.

use domain::{
    factors::RecoveryCode,
    id::AccountId,
    secret::{Secret, kind},
};

use super::Parts;
use crate::body;

impl Parts {
    /// The recovery codes that the posted form makes for an account, if the page gave the form an id in the field `form`.
    #[must_use]
    pub fn recovery_codes(&self, account: AccountId) -> Option<Vec<RecoveryCode>> {
        let keys = self.form_keys().filter(|_| self.is_post())?;
        Some(keys.recovery_codes(&self.browser, &self.posted_form()?, account))
    }

    /// The id of the posted form, for a page that posts the same form again; empty if it has none.
    #[must_use]
    pub fn posted_form_id(&self) -> String {
        self.posted_form().map(|form| form.expose()).unwrap_or_default()
    }

    pub(super) fn posted_form(&self) -> Option<Secret<kind::Form>> {
        let form = body::pairs(&self.body);
        body::only(&form, "form").and_then(Secret::parse)
    }
}
