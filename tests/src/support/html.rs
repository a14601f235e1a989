//! Reads HTML by CSS selectors, as a browser does: entities are decoded, and attributes may stand in any order.

use std::{fmt, ops::Deref};

use scraper::{ElementRef, Selector};

/// The HTML of a page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Html(String);

/// A form as a browser submits it: its action, and the names and values of its hidden fields.
pub(crate) struct Form {
    pub(crate) action: String,
    pub(crate) hidden: Vec<(String, String)>,
}

impl Html {
    /// The first that `read` finds among the elements that this selector matches.
    fn first<T>(&self, selector: &str, read: impl Fn(ElementRef<'_>) -> Option<T>) -> Option<T> {
        let selector = parsed(selector);
        scraper::Html::parse_document(&self.0).select(&selector).find_map(read)
    }

    /// How many elements this selector matches.
    pub(crate) fn count(&self, selector: &str) -> usize {
        scraper::Html::parse_document(&self.0).select(&parsed(selector)).count()
    }

    /// The text of the first element that this selector matches.
    pub(crate) fn text(&self, selector: &str) -> Option<String> {
        self.first(selector, |element| Some(element.text().collect()))
    }

    /// The text of each element that this selector matches.
    pub(crate) fn texts(&self, selector: &str) -> Vec<String> {
        let document = scraper::Html::parse_document(&self.0);
        document.select(&parsed(selector)).map(|element| element.text().collect()).collect()
    }

    /// The first element that this selector matches, with what it contains.
    pub(crate) fn part(&self, selector: &str) -> Option<Self> {
        self.first(selector, |element| Some(Self(element.html())))
    }

    /// An attribute of each element that this selector matches.
    pub(crate) fn attributes(&self, selector: &str, name: &str) -> Vec<String> {
        let document = scraper::Html::parse_document(&self.0);
        document.select(&parsed(selector)).map(|element| attribute(element, name)).collect()
    }

    /// An attribute of the first element that this selector matches.
    pub(crate) fn attribute(&self, selector: &str, name: &str) -> Option<String> {
        self.first(selector, |element| Some(element.attr(name)?.to_owned()))
    }

    /// The value of the first `input` with this name.
    pub(crate) fn value(&self, name: &str) -> Option<String> {
        self.attribute(&format!("input[name='{name}']"), "value")
    }

    /// What each button of a page posts: the action, and the fields with the values that the page gives them.
    pub(crate) fn buttons(&self) -> Vec<(String, Vec<(String, String)>)> {
        let document = scraper::Html::parse_document(&self.0);
        let (button, field) =
            (parsed("button[type='submit']"), parsed("input:not([type='radio']), select, textarea"));
        let mut buttons = Vec::new();
        for form in document.select(&parsed("form[method='post']")) {
            let named = |element: ElementRef<'_>| (attribute(element, "name"), attribute(element, "value"));
            let fields: Vec<_> =
                form.select(&field).map(named).filter(|(name, _)| !name.is_empty()).collect();
            for button in form.select(&button) {
                let own = [named(button)].into_iter().filter(|(name, _)| !name.is_empty());
                buttons.push((attribute(form, "action"), fields.iter().cloned().chain(own).collect()));
            }
        }
        buttons
    }

    /// Name and value of each radio button in the form with this action.
    pub(crate) fn radios(&self, action: &str) -> Vec<(String, String)> {
        let document = scraper::Html::parse_document(&self.0);
        let selector = parsed(&format!("form[action='{action}'] input[type='radio']"));
        let radios = document.select(&selector);
        radios.map(|radio| (attribute(radio, "name"), attribute(radio, "value"))).collect()
    }

    /// The value of the first radio button whose label contains this.
    ///
    /// # Panics
    ///
    /// When there is none.
    pub(crate) fn radio(&self, text: &str) -> String {
        let has_text = |label: &ElementRef<'_>| label.text().collect::<String>().contains(text);
        let id = self
            .first("label", |label| label.attr("for").filter(|_| has_text(&label)).map(ToOwned::to_owned));
        let value = id.and_then(|id| self.attribute(&format!("input[type='radio'][id='{id}']"), "value"));
        value.unwrap_or_else(|| panic!("no radio button “{text}”: {self}"))
    }

    /// The values of the inputs with these names, as far as there are any.
    pub(crate) fn values(&self, names: &[&'static str]) -> Vec<(&'static str, String)> {
        let document = scraper::Html::parse_document(&self.0);
        let value = |name: &&'static str| {
            let field = document.select(&parsed(&format!("input[name='{name}']"))).next()?;
            Some((*name, attribute(field, "value")))
        };
        names.iter().filter_map(value).collect()
    }

    /// The first `href` that starts with this.
    ///
    /// # Panics
    ///
    /// When there is none.
    pub(crate) fn href(&self, start: &str) -> String {
        let href = self.attribute(&format!("[href^='{start}']"), "href");
        href.unwrap_or_else(|| panic!("no link to {start}: {self}"))
    }

    /// The `href` of the first link whose text contains this.
    ///
    /// # Panics
    ///
    /// When there is none.
    pub(crate) fn href_of(&self, text: &str) -> String {
        let has_text = |link: &ElementRef<'_>| link.text().collect::<String>().contains(text);
        let read =
            |link: ElementRef<'_>| link.attr("href").filter(|_| has_text(&link)).map(ToOwned::to_owned);
        self.first("a", read).unwrap_or_else(|| panic!("no link “{text}”: {self}"))
    }

    /// The first action of a form that starts with this.
    ///
    /// # Panics
    ///
    /// When there is none.
    pub(crate) fn action(&self, start: &str) -> String {
        let action = self.attribute(&format!("form[action^='{start}']"), "action");
        action.unwrap_or_else(|| panic!("no form to {start}: {self}"))
    }

    /// The first form whose action has this path.
    ///
    /// # Panics
    ///
    /// When there is none.
    pub(crate) fn form(&self, path: &str) -> Form {
        let hidden = parsed("input[type='hidden']");
        let form = self.first("form", |form| {
            let action = attribute(form, "action");
            let fields =
                || form.select(&hidden).map(|field| (attribute(field, "name"), attribute(field, "value")));
            (action.split('?').next() == Some(path)).then(|| Form { hidden: fields().collect(), action })
        });
        form.unwrap_or_else(|| panic!("no form goes to {path}: {self}"))
    }
}

/// An attribute; empty where the element has none.
fn attribute(element: ElementRef<'_>, name: &str) -> String {
    element.attr(name).unwrap_or_default().to_owned()
}

fn parsed(selector: &str) -> Selector {
    Selector::parse(selector).unwrap_or_else(|error| panic!("{selector}: {error}"))
}

impl From<String> for Html {
    fn from(html: String) -> Self {
        Self(html)
    }
}

impl Deref for Html {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Html {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
