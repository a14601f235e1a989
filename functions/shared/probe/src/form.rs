//! Reads forms out of HTML. The pages are ours, so a parser for any HTML would be more than is needed.

/// A form: where it is sent, and its hidden fields.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Form {
    pub(crate) action: String,
    pub(crate) hidden: Vec<(String, String)>,
}

/// The first form that is posted to this path.
pub(crate) fn form(html: &str, path: &str) -> Option<Form> {
    html.split("<form ").skip(1).find_map(|rest| {
        let (form, _) = rest.split_once("</form>")?;
        let action = attribute(form.split('>').next()?, "action")?;
        let hidden = tags(form, "input").filter(|tag| attribute(tag, "type").as_deref() == Some("hidden"));
        let hidden =
            hidden.filter_map(|tag| Some((attribute(tag, "name")?, attribute(tag, "value")?))).collect();
        (action.split('?').next() == Some(path)).then_some(Form { action, hidden })
    })
}

/// The tags with this name, without their brackets.
pub(crate) fn tags<'a>(html: &'a str, name: &str) -> impl Iterator<Item = &'a str> {
    html.split('<')
        .filter(move |tag| tag.strip_prefix(name).is_some_and(|rest| rest.starts_with(' ')))
        .filter_map(|tag| tag.split('>').next())
}

/// The value of a tag's attribute.
pub(crate) fn attribute(tag: &str, name: &str) -> Option<String> {
    let value = tag.split(&format!("{name}=\"")).nth(1)?.split('"').next()?;
    Some(unescaped(value))
}

fn unescaped(text: &str) -> String {
    let text = [
        ("&#38;", "&"),
        ("&#34;", "\""),
        ("&#39;", "'"),
        ("&#60;", "<"),
        ("&#62;", ">"),
        ("&quot;", "\""),
        ("&lt;", "<"),
        ("&gt;", ">"),
    ]
    .into_iter()
    .fold(text.to_owned(), |text, (escaped, plain)| text.replace(escaped, plain));
    text.replace("&amp;", "&")
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = r#"<form method="get" action="/other"><input type="hidden" name="x" value="1"></form>
<form id="page-form" method="post" action="/mfa?next=/services&#38;a=b" novalidate>
<input type="hidden" name="csrf" value="a&amp;b">
<input class="y" id="code" name="code" type="text"></form>"#;

    #[test]
    fn rule_9_12_a_form_has_its_action_and_hidden_fields() {
        let found = form(PAGE, "/mfa").unwrap();
        assert_eq!(found.action, "/mfa?next=/services&a=b");
        assert_eq!(found.hidden, [("csrf".to_owned(), "a&b".to_owned())]);
        assert_eq!(form(PAGE, "/login"), None);
    }
}
