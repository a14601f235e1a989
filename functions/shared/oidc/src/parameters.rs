//! The parameters of a request, from its query or its form.

/// Names and values, in the order in which they were sent.
#[derive(Clone, Copy, Debug)]
pub struct Parameters<'a>(&'a [(String, String)]);

impl<'a> Parameters<'a> {
    /// Wraps decoded pairs.
    #[must_use]
    pub fn new(pairs: &'a [(String, String)]) -> Self {
        Self(pairs)
    }

    /// The value of a parameter that is there once. An empty value counts as omitted (RFC 6749 section 3.1).
    #[must_use]
    pub fn get(self, name: &str) -> Option<&'a str> {
        let mut values = self.0.iter().filter(|(other, _)| other == name).map(|(_, value)| value.as_str());
        let value = values.next().filter(|value| !value.is_empty());
        if values.next().is_some() { None } else { value }
    }

    /// Whether a parameter is there, once or more, with a value.
    #[must_use]
    pub fn has(self, name: &str) -> bool {
        self.0.iter().any(|(other, value)| other == name && !value.is_empty())
    }

    /// Whether a parameter is there more than once.
    #[must_use]
    pub fn is_repeated(self, name: &str) -> bool {
        self.0.iter().filter(|(other, _)| other == name).count() > 1
    }

    /// Every value of a parameter that may be repeated.
    pub fn all(self, name: &str) -> impl Iterator<Item = &'a str> {
        self.0
            .iter()
            .filter(move |(other, value)| other == name && !value.is_empty())
            .map(|(_, value)| &**value)
    }

    /// Whether any of these parameters is there more than once, which RFC 6749 section 3.1 forbids. Others are not
    /// known, and are ignored however often they are there.
    #[must_use]
    pub fn has_repeated(self, known: &[&str]) -> bool {
        known.iter().any(|name| self.is_repeated(name))
    }

    /// The values of a space-delimited list.
    pub fn list(self, name: &str) -> impl Iterator<Item = &'a str> {
        self.get(name).unwrap_or_default().split(' ').filter(|part| !part.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_repeated_or_empty_parameter_has_no_value() {
        let pairs = [("a", "1"), ("b", ""), ("c", "x  y"), ("a", "2")].map(|(a, b)| (a.into(), b.into()));
        let parameters = Parameters::new(&pairs);
        assert_eq!((parameters.get("a"), parameters.get("b"), parameters.get("d")), (None, None, None));
        assert!(parameters.has("a") && !parameters.has("b") && parameters.is_repeated("a"));
        assert!(parameters.has_repeated(&["c", "a"]) && !parameters.is_repeated("c"));
        assert!(!parameters.has_repeated(&["b", "c"]), "only known parameters count");
        assert_eq!(parameters.all("a").collect::<Vec<_>>(), ["1", "2"]);
        assert_eq!(parameters.list("c").collect::<Vec<_>>(), ["x", "y"]);
    }
}
