//! *Send the activation link again* (RULES 2.4, 2.5). The page answers the same for every email.

use domain::recovery::RequestedLink;
use http_kernel::ask::LinkRequestPage;

use crate::MESSAGES;

pub(crate) static AGAIN: LinkRequestPage = LinkRequestPage {
    requested: RequestedLink::Activation,
    path: "/register/again",
    sent: "/register/sent",
    translator: (&MESSAGES, ["again-title", "again-lead", "again-submit"]),
    other: ("/register", "again-register"),
};
