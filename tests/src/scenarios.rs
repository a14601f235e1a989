//! What residents do, step by step. `faults` disturbs each step of each scenario, and `permissions` compares what they
//! use with what the template permits. A new flow that calls the table is covered by an entry in [`SCENARIOS`].

mod forms;
mod prepare;
pub(crate) mod run;
#[macro_use]
mod scenario;
mod step;

use self::{
    Step::{
        AuthenticatorCode, DropSession, EmailedCode, ExchangeCode, FollowHref, KeepRecoveryCode, Open,
        OpenEmailedLink, OpenPreparedLink, Post, RecoveryCode, ScanSecret, SignInAtBank, Submit, Wait,
    },
    forms::{ACCOUNT, ADDRESS, ASKS, ASKS_AGAIN, ASKS_TWO_STEPS, MESSAGE, NOBODY, WRONG},
    prepare::{
        account_in_another_browser, address_changed, bank_linked_by_an_attacker, bounced,
        four_wrong_passwords, linked_to_the_bank, locked, new_browser, nine_wrong_codes, registered,
        registered_in_another_browser, sign_in_to_dispute, signed_in, signed_in_beside_another_account,
        signed_in_with_authenticator, signed_out, two_sessions,
    },
};
pub(crate) use self::{
    forms::LINK_BANK,
    scenario::{Prepared, Scenario},
    step::Step,
};
use crate::support::{
    browser::CONFIRMED,
    env::{ANA, OTHER, PASSWORD},
    partner::START,
};

scenarios![
    Scenario {
        name: register_and_activate,
        prepare: new_browser,
        steps: &[
            Open("/register"),
            Post("/register", ACCOUNT),
            OpenEmailedLink,
            Post("/activate", &[]),
            Open("/services"),
        ]
    },
    Scenario {
        name: send_the_activation_link_again,
        prepare: registered,
        steps: &[
            Open("/register/again"),
            Post("/register/again", ADDRESS),
            OpenEmailedLink,
            Post("/activate", &[])
        ]
    },
    Scenario {
        name: activate_in_another_browser,
        prepare: registered_in_another_browser,
        steps: &[
            OpenPreparedLink,
            Post("/activate", &[("password", OTHER)]),
            Post("/activate", &[("password", PASSWORD)])
        ]
    },
    Scenario {
        name: refuse_a_registration,
        prepare: registered_in_another_browser,
        steps: &[OpenPreparedLink, Post("/activate/refuse", CONFIRMED)]
    },
    Scenario {
        name: sign_in_and_out,
        prepare: signed_out,
        steps: &[
            Open("/login"),
            Post("/login", ACCOUNT),
            Open("/services"),
            Open("/settings/sessions"),
            Post("/logout", &[]),
        ]
    },
    Scenario {
        name: sign_in_with_a_new_browser,
        prepare: account_in_another_browser,
        steps: &[Open("/login"), Post("/login", ACCOUNT), Open("/services")]
    },
    Scenario {
        name: sign_in_with_a_wrong_password,
        prepare: signed_out,
        steps: &[Open("/login"), Post("/login", WRONG), Open("/login"), Post("/login", WRONG)]
    },
    Scenario {
        name: lock_an_account,
        prepare: four_wrong_passwords,
        steps: &[Open("/login"), Post("/login", WRONG), Wait, Open("/login"), Post("/login", ACCOUNT)]
    },
    Scenario {
        name: unlock_an_account,
        prepare: locked,
        steps: &[Open("/unlock"), Post("/unlock", ADDRESS), OpenEmailedLink, Post("/unlock/link", CONFIRMED)]
    },
    Scenario {
        name: reset_a_password,
        prepare: signed_out,
        steps: &[
            Open("/reset"),
            Post("/reset", ADDRESS),
            OpenEmailedLink,
            Post("/reset/link", &[("password", OTHER)])
        ]
    },
    Scenario {
        name: ask_to_unlock_before_activation,
        prepare: registered,
        steps: &[Open("/unlock"), Post("/unlock", ADDRESS), OpenEmailedLink, Post("/activate", &[])]
    },
    Scenario {
        name: ask_to_reset_before_activation,
        prepare: registered,
        steps: &[Open("/reset"), Post("/reset", ADDRESS), OpenEmailedLink, Post("/activate", &[])]
    },
    Scenario {
        name: ask_for_links_to_an_unknown_address,
        prepare: signed_out,
        steps: &[
            Open("/reset"),
            Post("/reset", NOBODY),
            Open("/unlock"),
            Post("/unlock", NOBODY),
            Open("/register/again"),
            Post("/register/again", NOBODY),
        ]
    },
    Scenario {
        name: dispute_a_sign_in,
        prepare: sign_in_to_dispute,
        steps: &[
            OpenPreparedLink,
            Post("/dispute", CONFIRMED),
            OpenEmailedLink,
            Post("/reset/link", &[("password", OTHER)])
        ]
    },
    Scenario {
        name: change_the_email_address,
        prepare: signed_in,
        steps: &[
            Open("/settings/email"),
            Submit("/settings/email", NOBODY),
            OpenEmailedLink,
            Submit("/settings/email/link", &[]),
            Open("/settings/email/sent"),
        ]
    },
    Scenario {
        name: ask_to_change_to_a_taken_address,
        prepare: signed_in_beside_another_account,
        steps: &[Open("/settings/email"), Submit("/settings/email", NOBODY)]
    },
    Scenario {
        name: undo_a_change_of_the_email_address,
        prepare: address_changed,
        steps: &[OpenPreparedLink, Post("/dispute", CONFIRMED)]
    },
    Scenario {
        name: return_after_a_minute,
        prepare: two_sessions,
        steps: &[Wait, Open("/services"), Wait, Open("/settings/sessions"), Wait, Open("/factors")]
    },
    Scenario {
        name: end_the_other_sessions,
        prepare: two_sessions,
        steps: &[Open("/settings/sessions"), Post("/settings/sessions", &[]), Open("/settings/stay")]
    },
    Scenario {
        name: change_the_password_and_the_language,
        prepare: signed_in,
        steps: &[
            Open("/settings"),
            Open("/settings/password"),
            Submit("/settings/password", &[("password", OTHER)]),
            Open("/settings/language"),
            Submit("/settings/language", &[("language", "en")]),
        ]
    },
    Scenario {
        name: report_an_entry_of_the_activity,
        prepare: two_sessions,
        steps: &[
            Open("/settings/activity"),
            FollowHref("/settings/activity/report"),
            Submit("/settings/activity/report", &[]),
            Open("/settings/activity"),
        ]
    },
    Scenario {
        name: check_the_address_after_a_bounce,
        prepare: bounced,
        steps: &[
            Open("/settings"),
            Open("/settings/email/problem"),
            Submit("/settings/email/problem", &[]),
            Open("/settings/email/problem"),
        ]
    },
    Scenario {
        name: sign_in_after_a_bounce,
        prepare: bounced,
        steps: &[
            DropSession,
            Open("/login"),
            Post("/login", &[("email", ANA), ("password", PASSWORD)]),
            Open("/services"),
        ]
    },
    Scenario {
        name: download_the_data,
        prepare: signed_in,
        steps: &[Open("/settings/data"), Submit("/settings/data", &[]), Open("/settings")]
    },
    Scenario {
        name: sign_in_to_a_service_and_disconnect_it,
        prepare: signed_in,
        steps: &[
            Open(ASKS),
            Submit("/authorize/continue", &[("answer", "yes")]),
            ExchangeCode,
            Wait,
            Open(ASKS_AGAIN),
            Open("/services"),
            Open("/services/disconnect?service=health"),
            Post("/services/disconnect?service=health", &[]),
        ]
    },
    Scenario {
        name: close_an_account_and_return,
        prepare: signed_in,
        steps: &[
            Open("/settings/close"),
            Submit("/settings/close", &[]),
            Open("/login"),
            Post("/login", ACCOUNT),
            Open("/services"),
        ]
    },
    Scenario {
        name: verify_by_email_for_a_service,
        prepare: signed_in,
        steps: &[
            Open("/mfa?next=/settings"),
            Submit("/mfa/send", &[]),
            Wait,
            Open(ASKS_TWO_STEPS),
            Submit("/mfa/choose", &[]),
            EmailedCode("/mfa"),
            Open(ASKS_TWO_STEPS),
            Open("/mfa/choose?next=/services"),
        ]
    },
    Scenario {
        name: add_and_remove_an_authenticator,
        prepare: signed_in,
        steps: &[
            Open("/factors/add"),
            Submit("/factors/add", &[]),
            ScanSecret,
            AuthenticatorCode("/factors/confirm", &[("name", "Phone")]),
            FollowHref("/factors/remove"),
            Submit("/factors/remove", &[]),
        ]
    },
    Scenario {
        name: verify_by_an_authenticator,
        prepare: signed_in_with_authenticator,
        steps: &[
            Open("/login?again=true"),
            Post("/login", ACCOUNT),
            Open("/mfa?next=/services"),
            AuthenticatorCode("/mfa", &[]),
            Open("/factors"),
        ]
    },
    Scenario {
        name: make_renew_and_remove_recovery_codes,
        prepare: signed_in,
        steps: &[
            Open("/factors/recovery-codes"),
            Submit("/factors/recovery-codes", &[]),
            KeepRecoveryCode,
            Open("/mfa?next=/factors/recovery-codes&factor=recovery"),
            RecoveryCode("/mfa"),
            Submit("/factors/recovery-codes", &[]),
            Open("/factors/recovery-codes/remove"),
            Submit("/factors/recovery-codes/remove", &[]),
        ]
    },
    Scenario {
        name: turn_the_email_code_off_and_on,
        prepare: signed_in,
        steps: &[
            Open("/factors/add"),
            Submit("/factors/add", &[]),
            ScanSecret,
            AuthenticatorCode("/factors/confirm", &[("name", "Phone")]),
            Open("/factors/recovery-codes"),
            Submit("/factors/recovery-codes", &[]),
            Open("/factors/email-code"),
            Submit("/factors/email-code", &[]),
            Open("/factors/email-code"),
            Submit("/factors/email-code", &[]),
        ]
    },
    Scenario {
        name: guess_one_code_too_many,
        prepare: nine_wrong_codes,
        steps: &[
            Open("/mfa?next=/services"),
            Submit("/mfa", &[("code", "000000")]),
            Wait,
            Open("/mfa?next=/services"),
        ]
    },
    Scenario {
        name: sign_in_by_the_bank,
        prepare: new_browser,
        steps: &[
            SignInAtBank(START),
            Submit("/federated/first", ADDRESS),
            EmailedCode("/federated/code"),
            Open("/services"),
            DropSession,
            SignInAtBank(START),
        ]
    },
    Scenario {
        name: sign_in_by_the_bank_with_a_taken_address,
        prepare: account_in_another_browser,
        steps: &[
            SignInAtBank(START),
            Submit("/federated/first", ADDRESS),
            EmailedCode("/federated/code"),
            Open("/federated/code"),
        ]
    },
    Scenario {
        name: link_the_bank_and_remove_it,
        prepare: signed_in,
        steps: &[
            Open("/federated"),
            SignInAtBank(LINK_BANK),
            Submit("/federated/link", &[]),
            FollowHref("/federated/unlink"),
            Submit("/federated/unlink", &[]),
        ]
    },
    Scenario {
        name: remove_the_bank_by_email,
        prepare: linked_to_the_bank,
        steps: &[
            Open("/contact"),
            Submit("/contact", &[("topic", "partner"), ("email", ANA), ("message", "")]),
            OpenEmailedLink,
            Submit("/federated/remove/link", CONFIRMED),
            SignInAtBank(START),
        ]
    },
    Scenario {
        name: dispute_a_link_to_the_bank,
        prepare: bank_linked_by_an_attacker,
        steps: &[OpenPreparedLink, Post("/dispute", CONFIRMED), SignInAtBank(START)]
    },
    Scenario {
        name: sign_out_at_a_service,
        prepare: signed_in,
        steps: &[Open("/logout?client_id=health"), Post("/logout", &[])]
    },
    Scenario {
        name: write_to_the_operators,
        prepare: new_browser,
        steps: &[Open("/contact"), Post("/contact", MESSAGE)]
    },
    Scenario {
        name: write_to_the_operators_while_signed_in,
        prepare: signed_in,
        steps: &[Wait, Open("/contact"), Submit("/contact", MESSAGE)]
    },
    Scenario {
        name: read_help_while_signed_in,
        prepare: signed_in,
        steps: &[Wait, Open("/help"), Open("/help/locked-account"), Open("/privacy")]
    },
];
