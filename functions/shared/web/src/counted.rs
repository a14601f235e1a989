//! Tries of links and codes, counted for the source that they come from (RULES 3.11).

use app::App;
use domain::limits::Until;
use table::{Counted, Overtaken, Try, WriteError};

use crate::{Problem, Visit};

/// How often counting is tried when counters fill up meanwhile: another one may have room.
const ROUNDS: usize = 4;

impl Visit {
    /// Counts a try of this visit's source with what `write` writes. `next` is where the resident goes on when there
    /// were too many.
    ///
    /// # Errors
    /// [`Problem`] when the source tried too much, or the table can't be reached; what `write` was refused for otherwise
    /// is in what this gives.
    pub async fn counted<Writing: Future<Output = Result<(), WriteError>>>(
        &self,
        (app, next): (&App, &str),
        write: impl Fn(Try) -> Writing,
    ) -> Result<Result<(), WriteError>, Problem> {
        let mut until = Until(app.now());
        for _ in 0..ROUNDS {
            let tally = app.table.view_tally((self.block(), Counted::Tries), app.now()).await?;
            until = Until(tally.ends_at());
            let one = tally.take(app::random()).map_err(|until| Problem::too_many_tries(until, next))?;
            match write(one).await {
                Err(WriteError::Overtaken(Overtaken("source"))) => {}
                answer => return Ok(answer),
            }
        }
        Err(Problem::too_many_tries(until, next))
    }

    /// Too much was tried from where this visit comes from; it goes on where it was.
    #[must_use]
    pub fn too_many_tries(&self, until: Until) -> Problem {
        Problem::too_many_tries(until, &self.here())
    }
}
