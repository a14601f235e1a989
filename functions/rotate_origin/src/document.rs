//! The XML of a distribution's configuration. Only the header's value is replaced: whatever else CloudFront knows of a
//! distribution, now or in years, stays as it is.

use std::ops::Range;

use app::Failure;
use roxmltree::Node;

/// The header that the API's functions check.
const HEADER: &str = "x-origin-secret";

/// A `DistributionConfig`.
pub(crate) struct Document {
    xml: String,
    /// The elements with the header's value, and the value of each.
    values: Vec<(Range<usize>, String)>,
}

impl Document {
    /// Parses the body of a response.
    pub(crate) fn parse(body: Vec<u8>) -> Result<Self, Failure> {
        let malformed = || Failure::new("the distribution's configuration is malformed");
        let xml = String::from_utf8(body).map_err(|_| malformed())?;
        let document = roxmltree::Document::parse(&xml).map_err(|_| malformed())?;
        let headers = document.descendants().filter(|node| node.tag_name().name() == "OriginCustomHeader");
        let ours = headers.filter(|node| child(*node, "HeaderName").is_some_and(|name| is_ours(text(name))));
        let values = ours.filter_map(|node| child(node, "HeaderValue"));
        let values = values.map(|value| (value.range(), text(value).to_owned())).collect();
        Ok(Self { xml, values })
    }

    /// The value of the header, if it has one.
    pub(crate) fn value(&self) -> Option<String> {
        let (_, first) = self.values.first()?;
        self.values.iter().all(|(_, value)| value == first).then(|| first.clone())
    }

    /// The document with another value, which consists of letters, digits, hyphens and underscores.
    pub(crate) fn with(&self, value: &str) -> Result<String, Failure> {
        if self.values.is_empty() {
            return Err(Failure::new("the distribution has no header for the origin secret"));
        }
        let mut xml = self.xml.clone();
        for (range, _) in self.values.iter().rev() {
            xml.replace_range(range.clone(), &format!("<HeaderValue>{value}</HeaderValue>"));
        }
        Ok(xml)
    }
}

/// The code in an error of CloudFront.
pub(crate) fn error_code(body: &[u8]) -> Option<String> {
    let document = roxmltree::Document::parse(std::str::from_utf8(body).ok()?).ok()?;
    let code = document.descendants().find(|node| node.tag_name().name() == "Code")?;
    code.text().map(ToOwned::to_owned)
}

fn child<'a, 'input>(node: Node<'a, 'input>, name: &str) -> Option<Node<'a, 'input>> {
    node.children().find(|child| child.tag_name().name() == name)
}

fn text<'a>(node: Node<'a, '_>) -> &'a str {
    node.text().unwrap_or_default()
}

fn is_ours(name: &str) -> bool {
    name.eq_ignore_ascii_case(HEADER)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn origin(headers: &str) -> String {
        format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
             <DistributionConfig xmlns=\"http://cloudfront.amazonaws.com/doc/2020-05-31/\"><Comment>a &amp; b</Comment>\
             <Origins><Items><Origin><Id>api</Id><CustomHeaders>{headers}</CustomHeaders></Origin></Items></Origins>\
             <SettingOfTomorrow x=\"1\"/></DistributionConfig>"
        )
    }

    fn header(name: &str, value: &str) -> String {
        format!("<OriginCustomHeader><HeaderName>{name}</HeaderName>{value}</OriginCustomHeader>")
    }

    fn parse(xml: &str) -> Document {
        Document::parse(xml.as_bytes().to_vec()).unwrap()
    }

    #[test]
    fn rule_9_10_the_headers_value_is_all_that_changes() {
        let other = header("x-other", "<HeaderValue>old</HeaderValue>");
        let with = |value: &str| origin(&format!("{other}{}", header("X-Origin-Secret", value)));
        for (value, sent) in [
            ("<HeaderValue>old</HeaderValue>", "old"),
            ("<HeaderValue>a&amp;b</HeaderValue>", "a&b"),
            ("<HeaderValue></HeaderValue>", ""),
            ("<HeaderValue/>", ""),
        ] {
            let document = parse(&with(value));
            assert_eq!(document.value().as_deref(), Some(sent));
            assert_eq!(document.with("new").unwrap(), with("<HeaderValue>new</HeaderValue>"));
        }
    }

    #[test]
    fn rule_9_10_every_origin_with_the_header_gets_the_value() {
        let several = |a: &str, b: &str| {
            let [a, b] = [a, b].map(|value| header(HEADER, &format!("<HeaderValue>{value}</HeaderValue>")));
            origin(&format!("{a}{b}"))
        };
        assert_eq!(parse(&several("a", "a")).value().as_deref(), Some("a"));
        let different = parse(&several("a", "longer"));
        assert_eq!(different.value(), None);
        assert_eq!(different.with("new").unwrap(), several("new", "new"));
    }

    #[test]
    fn a_distribution_without_the_header_is_not_changed() {
        let document = parse(&origin(&header("x-other", "<HeaderValue>old</HeaderValue>")));
        assert_eq!(document.value(), None);
        assert!(document.with("new").is_err());
        assert!(Document::parse(b"<DistributionConfig>".to_vec()).is_err());
        assert!(Document::parse(vec![0xff]).is_err());
    }

    #[test]
    fn an_error_is_named_by_its_code() {
        let xml = "<ErrorResponse><Error><Type>Sender</Type><Code>PreconditionFailed</Code></Error></ErrorResponse>";
        assert_eq!(error_code(xml.as_bytes()).as_deref(), Some("PreconditionFailed"));
        assert_eq!(error_code(b"<html>"), None);
    }
}
