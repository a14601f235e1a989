//! Inlines `templates/email.css` into `templates/email.html`, since many mail programs apply `style` attributes only.
//!
//! What is inlined is the source of the template: its blocks become HTML comments meanwhile, which an HTML parser keeps
//! where they are, also between the rows of a table. Expressions are text to it. The result is the Askama template of the
//! struct `Html`, which `lib.rs` includes.

use std::{env, error::Error, fs, path::Path, process::ExitCode};

use css_inline::CSSInliner;

const TEMPLATE: &str = "templates/email.html";
const STYLESHEET: &str = "templates/email.css";

/// The delimiters of a block, and the comments that stand for them while styles are inlined.
const DELIMITERS: [(&str, &str); 2] = [("{%", "<!--%"), ("%}", "%-->")];

fn main() -> ExitCode {
    match inline() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            println!("cargo::error={TEMPLATE}: {error}");
            ExitCode::FAILURE
        }
    }
}

fn inline() -> Result<(), Box<dyn Error>> {
    for file in ["build.rs", TEMPLATE, STYLESHEET] {
        println!("cargo::rerun-if-changed={file}");
    }
    let template = fs::read_to_string(TEMPLATE)?;
    let stylesheet = fs::read_to_string(STYLESHEET)?;
    let as_comments =
        DELIMITERS.iter().fold(template.clone(), |text, (block, comment)| text.replace(block, comment));
    // The `<style>` of the head is for what can't be inlined.
    let css = CSSInliner::options()
        .inline_style_tags(false)
        .keep_style_tags(true)
        .load_remote_stylesheets(false)
        .minify_css(true)
        .extra_css(Some(stylesheet.into()))
        .build();
    let inlined = css.inline(&as_comments)?;
    let inlined = DELIMITERS.iter().fold(inlined, |text, (block, comment)| text.replace(comment, block));
    for part in ["{%", "%}", "{{", "}}"] {
        if inlined.matches(part).count() != template.matches(part).count() {
            return Err(format!("inlining changed the number of `{part}`").into());
        }
    }
    let source = format!(
        "#[derive(Template)]\n#[template(source = {inlined:?}, ext = \"html\")]\nstruct Html<'a> {{\n    body: &'a EmailBody<'a>,\n}}\n"
    );
    Ok(fs::write(Path::new(&env::var("OUT_DIR")?).join("html.rs"), source)?)
}
