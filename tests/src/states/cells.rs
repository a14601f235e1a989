//! What follows from each action in each state.

use super::{
    Action::{
        self, ActivationLink, AskActivation, AskRemoval, AskReset, AskUnlock, ChangeLink, DisputeLink,
        FiveWrongPasswords, Register, ResetLink, RightPassword, UnlockLink, WrongPassword,
    },
    State::{self, Active, Changing, Closed, Disputed, Left, Locked, Suspended, Unknown, Waiting},
};

/// What follows from an action in a state.
pub(super) struct Cell {
    pub(super) state: State,
    pub(super) action: Action,
    /// The message of the page's heading: its flow and key.
    pub(super) heading: &'static str,
    /// The messages of the subjects of the emails that are sent.
    pub(super) subjects: &'static [&'static str],
    pub(super) after: State,
}

const fn cell(
    state: State,
    action: Action,
    heading: &'static str,
    subjects: &'static [&'static str],
    after: State,
) -> Cell {
    Cell { state, action, heading, subjects, after }
}

pub(super) const CELLS: &[Cell] = &[
    cell(Unknown, WrongPassword, "login/login-title", &[], Unknown),
    cell(Unknown, FiveWrongPasswords, "login/login-title", &[], Unknown),
    cell(Unknown, Register, "register/sent-title", &["mail-activation-subject"], Waiting),
    cell(Unknown, AskActivation, "register/sent-title", &[], Unknown),
    cell(Unknown, AskUnlock, "unlock/sent-title", &[], Unknown),
    cell(Unknown, AskReset, "reset/sent-title", &[], Unknown),
    cell(Unknown, AskRemoval, "federated/remove-sent-title", &[], Unknown),
    cell(Waiting, RightPassword, "login/login-title", &[], Waiting),
    cell(Waiting, WrongPassword, "login/login-title", &[], Waiting),
    cell(Waiting, FiveWrongPasswords, "login/login-title", &[], Waiting),
    cell(Waiting, Register, "register/sent-title", &["mail-activation-subject"], Waiting),
    cell(Waiting, AskActivation, "register/sent-title", &["mail-activation-subject"], Waiting),
    cell(Waiting, AskUnlock, "unlock/sent-title", &["mail-activation-subject"], Waiting),
    cell(Waiting, AskReset, "reset/sent-title", &["mail-activation-subject"], Waiting),
    cell(Waiting, AskRemoval, "federated/remove-sent-title", &["mail-activation-subject"], Waiting),
    cell(Waiting, ActivationLink, "services/services-title", &[], Active),
    cell(Active, RightPassword, "services/services-title", &["mail-new-device-subject"], Active),
    cell(Active, WrongPassword, "login/login-title", &[], Active),
    cell(Active, FiveWrongPasswords, "login/login-title", &["mail-locked-subject"], Locked),
    cell(Active, Register, "register/register-title", &[], Active),
    cell(Active, AskActivation, "register/sent-title", &["mail-already-active-subject"], Active),
    cell(Active, AskUnlock, "unlock/sent-title", &["mail-already-active-subject"], Active),
    cell(Active, AskReset, "reset/sent-title", &["mail-reset-subject"], Active),
    cell(Active, AskRemoval, "federated/remove-sent-title", &["mail-partner-removal-subject"], Active),
    cell(Active, ActivationLink, "activate/done-title", &[], Active),
    cell(Active, UnlockLink, "shared/link-used-title", &[], Active),
    cell(Active, ResetLink, "reset/done-title", &["mail-password-reset-subject"], Active),
    cell(Active, DisputeLink, "dispute/done-title", &["mail-disputed-subject"], Disputed),
    cell(Locked, RightPassword, "login/login-title", &[], Locked),
    cell(Locked, WrongPassword, "login/login-title", &[], Locked),
    cell(Locked, FiveWrongPasswords, "login/login-title", &[], Locked),
    cell(Locked, Register, "register/register-title", &[], Locked),
    cell(Locked, AskActivation, "register/sent-title", &["mail-unlock-first-subject"], Locked),
    cell(Locked, AskUnlock, "unlock/sent-title", &["mail-unlock-subject"], Locked),
    cell(Locked, AskReset, "reset/sent-title", &["mail-unlock-first-subject"], Locked),
    cell(Locked, AskRemoval, "federated/remove-sent-title", &["mail-partner-removal-subject"], Locked),
    cell(Locked, ActivationLink, "activate/done-title", &[], Locked),
    cell(Locked, UnlockLink, "unlock/done-title", &["mail-unlocked-subject"], Active),
    cell(Locked, ResetLink, "reset/locked-title", &[], Locked),
    cell(Locked, DisputeLink, "dispute/done-title", &["mail-disputed-subject"], Locked),
    cell(Disputed, RightPassword, "login/login-title", &[], Disputed),
    cell(Disputed, WrongPassword, "login/login-title", &[], Disputed),
    cell(Disputed, FiveWrongPasswords, "login/login-title", &["mail-locked-subject"], Locked),
    cell(Disputed, Register, "register/register-title", &[], Disputed),
    cell(Disputed, AskActivation, "register/sent-title", &["mail-reset-subject"], Disputed),
    cell(Disputed, AskUnlock, "unlock/sent-title", &["mail-reset-subject"], Disputed),
    cell(Disputed, AskReset, "reset/sent-title", &["mail-reset-subject"], Disputed),
    cell(Disputed, AskRemoval, "federated/remove-sent-title", &["mail-password-first-subject"], Disputed),
    cell(Disputed, ActivationLink, "activate/no-password-title", &[], Disputed),
    cell(Disputed, UnlockLink, "shared/link-used-title", &[], Disputed),
    cell(Disputed, ResetLink, "reset/done-title", &["mail-password-reset-subject"], Active),
    cell(Disputed, DisputeLink, "shared/link-used-title", &[], Disputed),
    cell(Changing, RightPassword, "services/services-title", &["mail-new-device-subject"], Changing),
    cell(Changing, WrongPassword, "login/login-title", &[], Changing),
    cell(Changing, FiveWrongPasswords, "login/login-title", &["mail-locked-subject"], Locked),
    cell(Changing, Register, "register/register-title", &[], Changing),
    cell(Changing, AskActivation, "register/sent-title", &["mail-already-active-subject"], Changing),
    cell(Changing, AskUnlock, "unlock/sent-title", &["mail-already-active-subject"], Changing),
    cell(Changing, AskReset, "reset/sent-title", &["mail-reset-subject"], Changing),
    cell(Changing, AskRemoval, "federated/remove-sent-title", &["mail-partner-removal-subject"], Changing),
    cell(Changing, ActivationLink, "activate/done-title", &[], Changing),
    cell(Changing, UnlockLink, "shared/link-used-title", &[], Changing),
    cell(Changing, ResetLink, "reset/done-title", &["mail-password-reset-subject"], Active),
    cell(Changing, DisputeLink, "dispute/done-title", &["mail-disputed-subject"], Disputed),
    cell(Changing, ChangeLink, "settings/email-done-title", CHANGED, Left),
    cell(Left, RightPassword, "login/login-title", &[], Left),
    cell(Left, WrongPassword, "login/login-title", &[], Left),
    cell(Left, FiveWrongPasswords, "login/login-title", &[], Left),
    cell(Left, Register, "register/register-title", &[], Left),
    cell(Left, AskActivation, "register/sent-title", WAY_BACK, Left),
    cell(Left, AskUnlock, "unlock/sent-title", WAY_BACK, Left),
    cell(Left, AskReset, "reset/sent-title", WAY_BACK, Left),
    cell(Left, AskRemoval, "federated/remove-sent-title", WAY_BACK, Left),
    cell(Left, ActivationLink, "activate/reserved-title", &[], Left),
    cell(Left, UnlockLink, "shared/link-used-title", &[], Left),
    cell(Left, ResetLink, "shared/link-overtaken-title", &[], Left),
    cell(Left, DisputeLink, "dispute/done-title", UNDONE, Disputed),
    cell(Left, ChangeLink, "shared/link-used-title", &[], Left),
    cell(
        Closed,
        RightPassword,
        "services/services-title",
        &["mail-account-reopened-subject", "mail-new-device-subject"],
        Active,
    ),
    cell(Closed, WrongPassword, "login/login-title", &[], Closed),
    cell(Closed, FiveWrongPasswords, "login/login-title", &["mail-locked-subject"], Locked),
    cell(Closed, Register, "register/register-title", &[], Closed),
    cell(Closed, AskActivation, "register/sent-title", &["mail-already-active-subject"], Closed),
    cell(Closed, AskUnlock, "unlock/sent-title", &["mail-already-active-subject"], Closed),
    cell(Closed, AskReset, "reset/sent-title", &["mail-reset-subject"], Closed),
    cell(Closed, AskRemoval, "federated/remove-sent-title", &["mail-partner-removal-subject"], Closed),
    cell(Closed, ActivationLink, "activate/done-title", &[], Closed),
    cell(Closed, UnlockLink, "shared/link-used-title", &[], Closed),
    cell(Closed, ResetLink, "reset/done-title", &["mail-password-reset-subject"], Closed),
    cell(Closed, DisputeLink, "dispute/done-title", &["mail-disputed-subject"], Disputed),
    cell(Suspended, RightPassword, "shared/suspended-title", &[], Suspended),
    cell(Suspended, WrongPassword, "login/login-title", &[], Suspended),
    cell(Suspended, FiveWrongPasswords, "login/login-title", &[], Suspended),
    cell(Suspended, Register, "register/register-title", &[], Suspended),
    cell(Suspended, AskActivation, "register/sent-title", SUSPENDED, Suspended),
    cell(Suspended, AskUnlock, "unlock/sent-title", SUSPENDED, Suspended),
    cell(Suspended, AskReset, "reset/sent-title", SUSPENDED, Suspended),
    cell(Suspended, AskRemoval, "federated/remove-sent-title", SUSPENDED, Suspended),
    cell(Suspended, ActivationLink, "activate/done-title", &[], Suspended),
    cell(Suspended, UnlockLink, "shared/suspended-title", &[], Suspended),
    cell(Suspended, ResetLink, "shared/suspended-title", &[], Suspended),
    cell(Suspended, DisputeLink, "shared/suspended-title", &[], Suspended),
    cell(Suspended, ChangeLink, "shared/suspended-title", &[], Suspended),
];

/// The email in place of a link.
const SUSPENDED: &[&str] = &["mail-suspension-reminder-subject"];

/// The emails about a change of the address, and about its undoing.
const CHANGED: &[&str] = &["mail-email-changed-subject", "mail-email-confirmed-subject"];
const WAY_BACK: &[&str] = &["mail-email-changed-subject"];
const UNDONE: &[&str] = &["mail-disputed-subject", "mail-email-undone-subject"];

/// Impossible pairs: there is no such link or password in this state.
pub(super) const NONE: &[(State, &[Action])] = &[
    (Unknown, &[RightPassword, ActivationLink, UnlockLink, ResetLink, DisputeLink, ChangeLink]),
    (Waiting, &[UnlockLink, ResetLink, DisputeLink, ChangeLink]),
    (Active, &[ChangeLink]),
    (Locked, &[ChangeLink]),
    (Disputed, &[ChangeLink]),
    (Closed, &[ChangeLink]),
];
