//! The parameters of a request, in its query or its form.

/// Names and values in their order.
#[derive(Clone, Copy, Debug)]
pub struct Parameters<'a>(&'a [(String, String)]);

impl<'a> Parameters<'a> {
    /// These.
    #[must_use]
    pub fn new(pairs: &'a [(String, String)]) -> Self {
        Self(pairs)
    }

    /// The value of a name that stands there once. One without a value counts as left out (RFC 6749 section 3.1).
    #[must_use]
    pub fn get(self, name: &str) -> Option<&'a str> {
        let mut values = self.0.iter().filter(|(own, _)| own == name).map(|(_, value)| value.as_str());
        let value = values.next().filter(|value| !value.is_empty());
        if values.next().is_some() { None } else { value }
    }

    /// Whether a name stands there.
    #[must_use]
    pub fn has(self, name: &str) -> bool {
        self.0.iter().any(|(own, value)| own == name && !value.is_empty())
    }

    /// Whether a name stands there more than once.
    #[must_use]
    pub fn has_doubled(self, name: &str) -> bool {
        self.0.iter().filter(|(own, _)| own == name).count() > 1
    }

    /// Whether any name stands there more than once (RFC 6749 section 3.1 forbids it).
    #[must_use]
    pub fn has_any_doubled(self) -> bool {
        self.0.iter().any(|(name, _)| self.has_doubled(name))
    }

    /// The parts of a space-delimited list.
    pub fn list(self, name: &str) -> impl Iterator<Item = &'a str> {
        self.get(name).unwrap_or_default().split(' ').filter(|part| !part.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_doubled_or_empty_parameter_has_no_value() {
        let pairs = [("a", "1"), ("b", ""), ("c", "x  y"), ("a", "2")].map(|(a, b)| (a.into(), b.into()));
        let parameters = Parameters::new(&pairs);
        assert_eq!((parameters.get("a"), parameters.get("b"), parameters.get("d")), (None, None, None));
        assert!(parameters.has("a") && !parameters.has("b") && parameters.has_doubled("a"));
        assert!(parameters.has_any_doubled() && !parameters.has_doubled("c"));
        assert_eq!(parameters.list("c").collect::<Vec<_>>(), ["x", "y"]);
    }
}
