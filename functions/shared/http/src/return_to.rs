//! Where a resident continues: kept in the address of every page until they are there (RULES 3.2).

use domain::{
    id::InteractionId,
    interaction::{Interaction, LocalPath},
    language::Language,
    partner::PartnerId,
};

use crate::{Response, body::only};

/// The page that links a partner's identity to the account that is signed in.
const LINK_PARTNER: &str = "/federated/link";

/// Where a resident continues after the page they are on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum ReturnTo {
    /// *My connected services*.
    #[default]
    Services,
    /// A page of ours.
    Page(LocalPath),
    /// The service whose sign-in this interaction is. Its id alone grants nothing.
    Service(InteractionId),
    /// A page of ours, and then the service.
    PageThenService(LocalPath, InteractionId),
}

impl ReturnTo {
    pub(crate) fn from_query(query: &[(String, String)]) -> Self {
        // The parameter was named `transaction` in pages that were open before it was renamed.
        let interaction = only(query, "interaction").or_else(|| only(query, "transaction"));
        let interaction = interaction.and_then(|text| text.parse().ok());
        Self::new(only(query, "next").and_then(LocalPath::parse), interaction)
    }

    /// Continues at the page, if there is one, and then at the service, if there is an interaction.
    #[must_use]
    pub fn new(page: Option<LocalPath>, interaction: Option<InteractionId>) -> Self {
        match (page, interaction) {
            (None, None) => Self::Services,
            (Some(page), None) => Self::Page(page),
            (None, Some(interaction)) => Self::Service(interaction),
            (Some(page), Some(interaction)) => Self::PageThenService(page, interaction),
        }
    }

    /// Continues at the page that links this partner, and then at the service, if there is an interaction.
    #[must_use]
    pub fn link_partner(partner: &PartnerId, interaction: Option<InteractionId>) -> Self {
        Self::new(LocalPath::parse(&format!("{LINK_PARTNER}?partner={partner}")), interaction)
    }

    /// The partner that is linked next, if that is where the resident continues.
    #[must_use]
    pub fn linked_partner(&self) -> Option<PartnerId> {
        let (path, partner) = self.page()?.as_str().split_once("?partner=")?;
        (path == LINK_PARTNER).then(|| partner.parse().ok()).flatten()
    }

    /// The interaction of the service.
    #[must_use]
    pub fn interaction(&self) -> Option<InteractionId> {
        match self {
            Self::Services | Self::Page(_) => None,
            Self::Service(interaction) | Self::PageThenService(_, interaction) => Some(*interaction),
        }
    }

    /// The page of ours that comes first.
    #[must_use]
    pub fn page(&self) -> Option<&LocalPath> {
        match self {
            Self::Services | Self::Service(_) => None,
            Self::Page(page) | Self::PageThenService(page, _) => Some(page),
        }
    }

    /// The page of ours, else *My connected services*.
    #[must_use]
    pub fn page_or_services(&self) -> &str {
        self.page().map_or("/services", LocalPath::as_str)
    }

    /// The address of the section that the page of ours belongs to, such as *Settings*, with the service still to come.
    #[must_use]
    pub fn section(&self, ui_locale: Option<Language>) -> String {
        let section = self.page_or_services().split(['/', '?']).nth(1).unwrap_or_default();
        href(&format!("/{section}"), &Self::new(None, self.interaction()), ui_locale)
    }

    /// The same, by this page of ours first; without it when the path isn't one of ours.
    #[must_use]
    pub fn via(&self, page: &str) -> Self {
        Self::new(LocalPath::parse(page), self.interaction())
    }

    /// Continues: at the page of ours, with the service still to come; else at the service; else at *My connected
    /// services*. `interaction` is the interaction as it was read: one that expired or belongs to another browser is not
    /// continued.
    #[must_use]
    pub fn redirect(&self, interaction: Option<&Interaction>, ui_locale: Option<Language>) -> Response {
        let continued = Self::new(self.page().cloned(), interaction.map(|interaction| interaction.id));
        // The language of an interaction that isn't continued is nobody's wish.
        Response::see_other(&continued.address(interaction.and(ui_locale)))
    }

    /// The address where the resident continues: a page of ours, with the service still to come; else the service; else
    /// *My connected services*.
    #[must_use]
    pub fn address(&self, ui_locale: Option<Language>) -> String {
        match self {
            Self::Services | Self::Page(_) => href(self.page_or_services(), &Self::Services, ui_locale),
            Self::Service(_) => href("/authorize/continue", self, ui_locale),
            Self::PageThenService(page, interaction) => {
                href(page.as_str(), &Self::Service(*interaction), ui_locale)
            }
        }
    }
}

/// The address of a page of ours, with where the resident continues and the language that the service asked for.
#[must_use]
pub fn href(path: &str, return_to: &ReturnTo, ui_locale: Option<Language>) -> String {
    let interaction = return_to.interaction().map(|id| format!("interaction={id}"));
    let next = return_to.page().map(|page| format!("next={}", in_query(page.as_str())));
    let language = ui_locale.map(|language| format!("ui_locales={language}"));
    let parameters: Vec<_> = [interaction, next, language].into_iter().flatten().collect();
    match (parameters.is_empty(), path.contains('?')) {
        (true, _) => path.to_owned(),
        (false, false) => format!("{path}?{}", parameters.join("&")),
        (false, true) => format!("{path}&{}", parameters.join("&")),
    }
}

/// A path as the value of a parameter: its own encoding and separators are encoded again.
fn in_query(path: &str) -> String {
    path.replace('%', "%25").replace('&', "%26").replace('+', "%2B")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::body::pairs;

    const ID: &str = "0198c0de-0000-7000-8000-000000000001";

    #[test]
    fn rule_3_2_a_page_that_was_open_before_the_parameter_was_renamed_keeps_its_interaction() {
        for name in ["interaction", "transaction"] {
            let return_to = ReturnTo::from_query(&pairs(format!("{name}={ID}").as_bytes()));
            assert_eq!(href("/login", &return_to, None), format!("/login?interaction={ID}"));
        }
    }

    #[test]
    fn rule_3_2_a_return_target_is_read_back_from_its_address() {
        let interaction = ID.parse().ok();
        let bank: PartnerId = "bank".parse().unwrap();
        for return_to in [
            ReturnTo::Services,
            ReturnTo::new(LocalPath::parse("/factors"), None),
            ReturnTo::new(None, interaction),
            ReturnTo::new(LocalPath::parse("/factors"), interaction),
            ReturnTo::new(LocalPath::parse("/mfa?factor=a+b%2Bc&next=%2Ffactors%3Fa%3Db"), interaction),
            ReturnTo::link_partner(&bank, interaction),
        ] {
            let address = href("/login?again=true", &return_to, Some(Language::French));
            let (_, query) = address.split_once('?').unwrap();
            assert_eq!(ReturnTo::from_query(&pairs(query.as_bytes())), return_to, "{address}");
        }
        assert_eq!(ReturnTo::link_partner(&bank, None).section(None), "/federated");
        assert_eq!(ReturnTo::link_partner(&bank, None).linked_partner(), Some(bank));
        assert_eq!(ReturnTo::Services.via("/factors").linked_partner(), None);
        assert_eq!(ReturnTo::Services.via("//evil.example"), ReturnTo::Services);
    }
}
