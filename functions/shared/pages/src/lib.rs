//! The layout of pages, and the pages that several flows show.
//!
//! A flow's page is an [`askama::Template`] of the content of `<main>` that implements [`Page`];
//! [`Page::respond`] puts the layout around it. [`flow`] makes a flow of pages from its routes, and [`serve`] runs it as a
//! Lambda function.
//!
//! Pages are typed contexts: a handler fills in texts and addresses, and a template escapes every one of them.

use http_kernel::{Flow, KernelPages, Route};

mod choice;
mod confirm;
mod countdown;
mod email_sent;
mod error_page;
mod form;
mod help;
mod layout;
mod onward;
mod outcome;
mod password;
mod rate_limited;
mod sentence;
mod steps;

pub use choice::{Choice, ChoiceField, ChoiceForm};
pub use confirm::{ConfirmPage, ConfirmTexts, declined_page};
pub use email_sent::{EmailSentPage, MissingEmail};
pub use error_page::waiting_time;
pub use form::{Alert, Field, FieldError, Fields, Line, Summary, email_error, field_error};
pub use help::{CollectionNotice, HelpTopic};
pub use layout::Page;
pub use outcome::{OutcomePage, return_label};
pub use password::PasswordRules;
pub use sentence::{Sentence, sentence, with_addresses};
pub use steps::{Step, step};

/// A flow of pages.
#[must_use]
pub const fn flow(routes: &'static [Route]) -> Flow {
    Flow::pages(
        routes,
        KernelPages { error: error_page::respond, onward: onward::respond, layout: layout::render },
    )
}

/// Runs a flow of pages as a Lambda function.
///
/// # Errors
/// When the configuration is wrong, or the Lambda runtime is gone.
pub async fn serve(routes: &'static [Route]) -> Result<(), lambda_http::Error> {
    http_kernel::serve(flow(routes)).await
}
