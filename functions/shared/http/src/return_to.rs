//! Where a resident is going to: kept in the address of every page on the way (RULES 3.2).

use app::App;
use domain::{
    id::InteractionId,
    interaction::{Interaction, LocalPath},
    language::Language,
};

use crate::{HttpError, Request, Response, body::only};

/// The sign-in transaction or the own page that a resident is on the way to.
#[derive(Clone, Debug, Default)]
pub struct ReturnTo {
    /// The transaction; its id alone grants nothing.
    pub interaction: Option<InteractionId>,
    /// The own page, when there is no transaction.
    pub next: Option<LocalPath>,
    /// The language that the service asked for, until the resident toggles it (RULES 8.1).
    pub language: Option<Language>,
}

impl ReturnTo {
    pub(crate) fn read(query: &[(String, String)]) -> Self {
        // The parameter was named `transaction` in pages that were open before it was renamed.
        let interaction = only(query, "interaction").or_else(|| only(query, "transaction"));
        Self {
            interaction: interaction.and_then(|text| text.parse().ok()),
            next: only(query, "next").and_then(LocalPath::parse),
            language: only(query, "ui_locales").and_then(Language::from_ui_locales),
        }
    }

    /// The way of this transaction, in the language that its service asked for.
    #[must_use]
    pub fn of(interaction: &Interaction) -> Self {
        Self { interaction: Some(interaction.id), next: None, language: interaction.request.language }
    }

    /// The address of a page on this way.
    #[must_use]
    pub fn href(&self, path: &str) -> String {
        let interaction = self.interaction.map(|id| format!("interaction={id}"));
        let next = self.next.as_ref().map(|next| format!("next={}", next.as_str()));
        let language = self.language.map(|language| format!("ui_locales={language}"));
        let parameters: Vec<_> = [interaction, next, language].into_iter().flatten().collect();
        match (parameters.is_empty(), path.contains('?')) {
            (true, _) => path.to_owned(),
            (false, false) => format!("{path}?{}", parameters.join("&")),
            (false, true) => format!("{path}&{}", parameters.join("&")),
        }
    }

    /// The transaction, if this browser is the one that is on it.
    ///
    /// # Errors
    /// [`HttpError`] when the table can't be reached.
    pub async fn own_interaction(
        &self,
        app: &App,
        request: &Request,
    ) -> Result<Option<Interaction>, HttpError> {
        let Some(id) = self.interaction else { return Ok(None) };
        let found = app.table.interaction(id, app.now()).await?;
        Ok(found.and_then(|found| found.for_browser(request.browser(), app.now())))
    }

    /// The same way, by this own page first.
    #[must_use]
    pub fn by(self, page: &str) -> Self {
        Self { next: LocalPath::parse(page), ..self }
    }

    /// The own page, else *My connected services*.
    #[must_use]
    pub fn local_page(&self) -> &str {
        self.next.as_ref().map_or("/services", LocalPath::as_str)
    }

    /// Goes on: to the own page, with the way to the service kept; else to the service, else to *My connected services*.
    #[must_use]
    pub fn resume(&self, interaction: Option<&Interaction>) -> Response {
        match (&self.next, interaction) {
            (Some(next), Some(interaction)) => {
                let rest = Self { interaction: Some(interaction.id), next: None, language: self.language };
                Response::see_other(&rest.href(next.as_str()))
            }
            (None, Some(_)) => Response::see_other(&self.href("/authorize/continue")),
            (_, None) => Response::see_other(self.local_page()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::body::pairs;

    #[test]
    fn rule_3_2_a_page_that_was_open_before_the_parameter_was_renamed_keeps_its_interaction() {
        let id = "0198c0de-0000-7000-8000-000000000001";
        for name in ["interaction", "transaction"] {
            let return_to = ReturnTo::read(&pairs(format!("{name}={id}").as_bytes()));
            assert_eq!(return_to.href("/login"), format!("/login?interaction={id}"));
        }
    }
}
