//! *Send the activation link again* (RULES 2.4, 2.5). The page answers the same for every email.

use domain::recovery::Wanted;
use web::ask::Ask;

use crate::MESSAGES;

pub(crate) static AGAIN: Ask = Ask {
    wanted: Wanted::Activation,
    path: "/register/again",
    sent: "/register/sent",
    words: (&MESSAGES, ["again-title", "again-lead", "again-submit"]),
    other: ("/register", "again-register"),
};
