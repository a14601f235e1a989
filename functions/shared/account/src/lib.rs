//! What the flows of residents with an account share: sign-in state, sessions, step-up, emailed links, and security emails.
//!
//! - [`SignedIn`] and [`require_session`] say who is signed in; `?` leads everybody else to the sign-in page and back.
//! - [`require_recent_proof`] is what guards a change of credentials (RULES 7.2).
//! - [`AddedLately`] is what somebody else may have added, which a reset asks about (RULES 5.7).
//! - [`AccountLinks`] follows and opens emailed links; [`LinkRequestPage`] sends them.
//! - [`emails`] composes the emails about an account. `ops` also uses it, so that an operator's change sends the same
//!   email as a resident's.

mod added_lately;
mod delivery_problem;
mod emailed_links;
pub mod emails;
mod link_request;
mod partner_error;
mod security_event;
mod session;
mod signed_in;
mod step_up;
mod support;

pub use added_lately::AddedLately;
pub use delivery_problem::{DELIVERY_PROBLEM, has_to_be_told};
pub use emailed_links::{AccountLinks, LinkReturn, OpenedLink, UsedLink, is_repeated, keep_link_token};
pub use link_request::LinkRequestPage;
pub use partner_error::PartnerError;
pub use security_event::security_event;
pub use session::{
    NewSessionOf, RenewedSession, SessionSecrets, StartedSession, device_secret, known_device, record_visit,
    require_session, respond_to_visitor, session, start_session, start_session_with, visit, visitor,
};
pub use signed_in::{SignInState, SignedIn, SignedOut};
pub use step_up::{lost_device_barred, require_recent_proof};
pub use support::support_link;
