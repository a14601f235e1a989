//! What tests share: the environment that they run in, browsers, pages, authenticators, the sign-in partner, services,
//! the observed table and captured logs.

pub(crate) mod browser;
pub(crate) mod env;
pub(crate) mod hanging;
pub(crate) mod html;
pub(crate) mod page;
pub(crate) mod partner;
pub(crate) mod phone;
pub(crate) mod services;
pub(crate) mod watch;
