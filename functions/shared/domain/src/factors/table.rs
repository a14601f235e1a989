//! The table of RULES 5.7, row by row and case by case.

use jiff::Timestamp;

use super::{Factors, may_change, tests::totp};
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
        [&self.0[4], &self.0[5], &self.0[6]]
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

/// The state of an account, and what a session proved.
#[derive(Clone, Copy, Debug)]
struct Case {
    second: SecondFactor,
    is_reset_today: bool,
    sign_in: Proof,
    then: Option<FactorKind>,
}

impl Case {
    fn cells(&self) -> [&'static str; 4] {
        let second = match self.second {
            SecondFactor::Never => "never",
            SecondFactor::Removed => "removed",
            SecondFactor::Waiting => "waiting",
            SecondFactor::InReview => "in review",
            SecondFactor::Counting => "counting",
        };
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
            Some(FactorKind::Password | FactorKind::Partner) => "another sign-in",
        };
        [second, if self.is_reset_today { "yes" } else { "no" }, root, then]
    }

    /// Every case that can occur.
    fn all() -> Vec<Self> {
        use SecondFactor::{Counting, InReview, Never, Removed, Waiting};
        let (password, partner) =
            (Proof::new(FactorKind::Password, NOW), Proof::new(FactorKind::Partner, NOW));
        let steps = [
            None,
            Some(FactorKind::ActivationLink),
            Some(FactorKind::EmailCode),
            Some(FactorKind::Authenticator),
        ];
        let mut all = Vec::new();
        for second in [Never, Removed, Waiting, InReview, Counting] {
            for is_reset_today in [false, true] {
                // The mailbox is the root of a password on the day after a reset, and on no other.
                let password = if is_reset_today { password.rooted_in_mailbox() } else { password };
                for sign_in in [password, partner, partner.rooted_in_mailbox()] {
                    let can_verify = matches!(second, Waiting | InReview | Counting);
                    let steps = steps.into_iter();
                    let steps = steps.filter(|then| can_verify || *then != Some(FactorKind::Authenticator));
                    all.extend(steps.map(|then| Self { second, is_reset_today, sign_in, then }));
                }
            }
        }
        all
    }

    fn account(&self) -> AccountDetails {
        AccountDetails { reset_at: self.is_reset_today.then_some(NOW), ..details() }
    }

    fn factors(&self) -> Factors {
        let none = Factors::none(details().id);
        let mut enrolled = none.enrolled(totp(1)).unwrap();
        match self.second {
            SecondFactor::Never => none,
            SecondFactor::Removed => enrolled.removed(totp(1).id).unwrap().0,
            SecondFactor::Waiting => {
                enrolled.authenticators[0].counts_from = NOW + proof::ROOT_LASTS;
                enrolled
            }
            SecondFactor::InReview => enrolled.under_review(&[totp(1).id]),
            SecondFactor::Counting => enrolled,
        }
    }

    /// What follows, in the words of the table.
    fn outcome(&self) -> [&'static str; 3] {
        let (account, factors) = (self.account(), self.factors());
        let is_accepted = |factor: &FactorKind| {
            *factor != FactorKind::EmailCode || factors.email_code_barred(&account, NOW).is_none()
        };
        let then = self.then.filter(is_accepted).map(|factor| match factors.authenticators.first() {
            Some(authenticator) if factor == FactorKind::Authenticator => authenticator.proof(NOW),
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
    assert!(rows.len() >= 10 && rows.iter().all(|row| row.0.len() == 7), "the table is not found");
    for case in &cases {
        let of_case: Vec<_> = rows.iter().filter(|row| row.is_of(case)).collect();
        assert_eq!(of_case.len(), 1, "rows about {:?}", case.cells());
        assert_eq!(case.outcome(), of_case[0].outcome(), "{:?}", case.cells());
    }
    for row in &rows {
        assert!(cases.iter().any(|case| row.is_of(case)), "a row about no case: {:?}", row.0);
    }
}
