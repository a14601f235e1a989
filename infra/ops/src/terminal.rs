//! Where the operator reads and answers.

use std::io::{BufRead, Write};

use crate::Failure;

/// Where the operator reads and answers.
pub struct Terminal<'a> {
    /// What was asked for.
    pub out: &'a mut dyn Write,
    /// What explains it.
    pub notes: &'a mut dyn Write,
    /// The operator's answers; none when nobody can be asked.
    pub answers: Option<&'a mut dyn BufRead>,
}

impl Terminal<'_> {
    /// Asks this, which only a yes answers.
    ///
    /// # Errors
    /// [`Failure::Declined`], or [`Failure::NobodyToAsk`] where there is no terminal.
    pub(crate) fn confirm(&mut self, question: &str) -> Result<(), Failure> {
        let answers = self.answers.as_mut().ok_or(Failure::NobodyToAsk)?;
        write!(self.out, "{question} [y/N] ")?;
        self.out.flush()?;
        let mut answer = String::new();
        answers.read_line(&mut answer)?;
        let is_yes = matches!(answer.trim().to_ascii_lowercase().as_str(), "y" | "yes");
        if is_yes { Ok(()) } else { Err(Failure::Declined) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn confirm(answers: Option<&str>) -> (Result<(), Failure>, String) {
        let (mut out, mut notes) = (Vec::new(), Vec::new());
        let mut bytes = answers.unwrap_or_default().as_bytes();
        let answers = answers.is_some().then_some(&mut bytes as &mut dyn BufRead);
        let outcome = Terminal { out: &mut out, notes: &mut notes, answers }.confirm("Apply?");
        (outcome, String::from_utf8(out).unwrap())
    }

    #[test]
    fn only_a_yes_is_a_yes() {
        for yes in ["y\n", "Y\n", "yes\n", " Yes \n", "y"] {
            let (outcome, asked) = confirm(Some(yes));
            assert!(outcome.is_ok(), "{yes:?}");
            assert_eq!(asked, "Apply? [y/N] ");
        }
        for no in ["", "\n", "n\n", "yep\n", "no\n"] {
            assert!(matches!(confirm(Some(no)).0, Err(Failure::Declined)), "{no:?}");
        }
    }

    #[test]
    fn where_nobody_can_be_asked_nothing_is_applied() {
        let (outcome, asked) = confirm(None);
        assert_eq!(
            outcome.unwrap_err().to_string(),
            "nobody can be asked here, so nothing is done: --yes does it without asking"
        );
        assert_eq!(asked, "");
    }
}
