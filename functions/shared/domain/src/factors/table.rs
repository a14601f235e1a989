//! The table of RULES 5.7, row by row and case by case.

use jiff::Timestamp;

use super::{Factor, Factors, RecoveryCode, RecoveryCodes, may_change, tests::totp};
use crate::{
    account::{AccountDetails, tests::details},
    proof::{self, FactorKind, Proof, RootOfTrust},
    session::{Session, tests::session},
};

/// The time of every case, a little more than a day after the epoch.
const NOW: Timestamp = Timestamp::constant(100_000, 0);

/// A cell that stands for every value of its column.
const ANY: &str = "any";

struct Row(Vec<String>);

impl Row {
    /// Whether the row is about this case.
    fn is_of(&self, case: &Case) -> bool {
        let cells = self.0.iter().zip(case.cells());
        cells.into_iter().all(|(cell, value)| cell == ANY || cell.split(", ").any(|one| one == value))
    }

    fn outcome(&self) -> [&str; 3] {
        [&self.0[5], &self.0[6], &self.0[7]]
    }
}

/// The rows of the only table in the rules.
fn rows() -> Vec<Row> {
    let lines = include_str!("../../../../RULES.md").lines().filter_map(|line| line.trim().strip_prefix('|'));
    let cells = |line: &str| line.split('|').map(|cell| cell.trim().to_owned()).collect();
    lines.skip(2).map(|line| Row(cells(line.trim_end_matches('|')))).collect()
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum SecondFactor {
    Never,
    Removed,
    Waiting,
    /// A reset asks about it.
    InReview,
    Counting,
}

impl SecondFactor {
    const ALL: [Self; 5] = [Self::Never, Self::Removed, Self::Waiting, Self::InReview, Self::Counting];

    fn cell(self) -> &'static str {
        match self {
            Self::Never => "never",
            Self::Removed => "removed",
            Self::Waiting => "waiting",
            Self::InReview => "in review",
            Self::Counting => "counting",
        }
    }

    fn verifies(self) -> bool {
        matches!(self, Self::Waiting | Self::InReview | Self::Counting)
    }
}

/// The state of an account, and what a session proved.
#[derive(Clone, Copy, Debug)]
struct Case {
    authenticator: SecondFactor,
    recovery_codes: SecondFactor,
    is_reset_today: bool,
    sign_in: Proof,
    then: Option<FactorKind>,
}

impl Case {
    fn cells(&self) -> [&'static str; 5] {
        let root = match self.sign_in.root {
            RootOfTrust::Password => "password",
            RootOfTrust::Mailbox => "mailbox",
            RootOfTrust::Partner => "partner",
            RootOfTrust::Device => "device",
        };
        let then = match self.then {
            None => "nothing",
            Some(FactorKind::ActivationLink) => "activation link",
            Some(FactorKind::EmailCode) => "email code",
            Some(FactorKind::Authenticator) => "authenticator",
            Some(FactorKind::RecoveryCode) => "recovery code",
            Some(FactorKind::Password | FactorKind::Partner) => "another sign-in",
        };
        let is_reset_today = if self.is_reset_today { "yes" } else { "no" };
        [self.authenticator.cell(), self.recovery_codes.cell(), is_reset_today, root, then]
    }

    /// Every case that can occur.
    fn all() -> Vec<Self> {
        let (password, partner) =
            (Proof::new(FactorKind::Password, NOW), Proof::new(FactorKind::Partner, NOW));
        let steps = [
            None,
            Some(FactorKind::ActivationLink),
            Some(FactorKind::EmailCode),
            Some(FactorKind::Authenticator),
            Some(FactorKind::RecoveryCode),
        ];
        let states = SecondFactor::ALL.into_iter().flat_map(|authenticator| {
            SecondFactor::ALL.into_iter().map(move |recovery_codes| (authenticator, recovery_codes))
        });
        let mut all = Vec::new();
        for (authenticator, recovery_codes) in states {
            for is_reset_today in [false, true] {
                // The mailbox is the root of a password on the day after a reset, and on no other.
                let password = if is_reset_today { password.rooted_in_mailbox() } else { password };
                for sign_in in [password, partner, partner.rooted_in_mailbox()] {
                    let steps = steps.into_iter().filter(|then| match then {
                        Some(FactorKind::Authenticator) => authenticator.verifies(),
                        Some(FactorKind::RecoveryCode) => recovery_codes.verifies(),
                        _ => true,
                    });
                    let case = |then| Self { authenticator, recovery_codes, is_reset_today, sign_in, then };
                    all.extend(steps.map(case));
                }
            }
        }
        all
    }

    fn account(&self) -> AccountDetails {
        AccountDetails { reset_at: self.is_reset_today.then_some(NOW), ..details() }
    }

    fn factors(&self) -> Factors {
        let later = NOW + proof::ROOT_LASTS;
        let app = Factor::Authenticator(totp(1).id);
        let none = Factors::none(details().id);
        let enrolled = none.enrolled(totp(1)).unwrap();
        let factors = match self.authenticator {
            SecondFactor::Never => none,
            SecondFactor::Removed => enrolled.removed(totp(1).id).unwrap().0,
            SecondFactor::Waiting => {
                let mut waiting = enrolled;
                waiting.authenticators[0].counts_from = later;
                waiting
            }
            SecondFactor::InReview => enrolled.under_review(&[app]),
            SecondFactor::Counting => enrolled,
        };
        let codes = [RecoveryCode::from_random([1; 16])];
        let made = |counts_from| {
            factors.with_recovery_codes(RecoveryCodes::new(&codes, Timestamp::UNIX_EPOCH, counts_from))
        };
        match self.recovery_codes {
            SecondFactor::Never => factors,
            SecondFactor::Removed => made(NOW).without_recovery_codes().unwrap(),
            SecondFactor::Waiting => made(later),
            SecondFactor::InReview => made(NOW).under_review(&[Factor::RecoveryCode]),
            SecondFactor::Counting => made(NOW),
        }
    }

    /// What follows, in the words of the table.
    fn outcome(&self) -> [&'static str; 3] {
        let (account, factors) = (self.account(), self.factors());
        let is_accepted = |factor: &FactorKind| {
            *factor != FactorKind::EmailCode || factors.email_code_barred(&account, NOW).is_none()
        };
        let then = self.then.filter(is_accepted).map(|factor| match factor {
            FactorKind::Authenticator => factors.proof(Factor::Authenticator(totp(1).id), NOW),
            FactorKind::RecoveryCode => factors.proof(Factor::RecoveryCode, NOW),
            _ => Proof::new(factor, NOW),
        });
        let session =
            Session { proofs: [self.sign_in].into_iter().chain(then).collect(), ..session(NOW.as_second()) };
        let change = may_change(&session, &factors, &account, NOW);
        let counts = match change {
            Err(_) => "never",
            Ok(proof) if proof.counts_from(NOW) == NOW => "at once",
            Ok(proof) => {
                assert_eq!(proof.counts_from(NOW), NOW + proof::ROOT_LASTS);
                "a day later"
            }
        };
        [if change.is_ok() { "yes" } else { "no" }, counts, session.assurance().name()]
    }
}

#[test]
fn rule_5_7_the_table_says_what_each_proof_permits_and_which_level_it_reaches() {
    let (rows, cases) = (rows(), Case::all());
    assert!(rows.len() >= 10 && rows.iter().all(|row| row.0.len() == 8), "the table is not found");
    for case in &cases {
        let of_case: Vec<_> = rows.iter().filter(|row| row.is_of(case)).collect();
        assert_eq!(of_case.len(), 1, "rows about {:?}", case.cells());
        assert_eq!(case.outcome(), of_case[0].outcome(), "{:?}", case.cells());
    }
    for row in &rows {
        assert!(cases.iter().any(|case| row.is_of(case)), "a row about no case: {:?}", row.0);
    }
}
