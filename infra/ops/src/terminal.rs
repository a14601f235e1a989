//! The operator's terminal.

use std::io::{BufRead, Write};

use crate::Failure;

/// The streams of the operator's terminal.
pub struct Terminal<'a> {
    /// Receives the result of a command.
    pub out: &'a mut dyn Write,
    /// Receives explanations, apart from the result.
    pub notes: &'a mut dyn Write,
    /// The operator's answers; `None` without a terminal.
    pub answers: Option<&'a mut dyn BufRead>,
    /// Whether results are printed as JSON.
    pub json: bool,
}

impl Terminal<'_> {
    /// Asks the operator to confirm; every answer but yes declines.
    ///
    /// # Errors
    /// [`Failure::Declined`], or [`Failure::NoTerminal`].
    pub(crate) fn confirm(&mut self, question: &str) -> Result<(), Failure> {
        let answers = self.answers.as_mut().ok_or(Failure::NoTerminal)?;
        let asked: &mut dyn Write = if self.json { self.notes } else { self.out };
        write!(asked, "{question} [y/N] ")?;
        asked.flush()?;
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
        let outcome = Terminal { out: &mut out, notes: &mut notes, answers, json: false }.confirm("Apply?");
        (outcome, String::from_utf8(out).unwrap())
    }

    #[test]
    fn only_yes_confirms() {
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
    fn without_a_terminal_nothing_is_confirmed() {
        let (outcome, asked) = confirm(None);
        assert_eq!(
            outcome.unwrap_err().to_string(),
            "there is no terminal to ask for a confirmation; nothing was changed: --yes confirms"
        );
        assert_eq!(asked, "");
    }
}
