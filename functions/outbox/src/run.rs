//! One invocation: sends messages, the most urgent first, until none is due or its time is up.

use std::{
    collections::{BTreeMap, HashSet, VecDeque},
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use app::{
    App, Failure, clock,
    telemetry::{self, Counter},
};
use domain::{id::OutboxId, outbox::Priority};
use futures_util::future::{join_all, try_join_all};

use crate::send::{Held, LONGEST, Outcome, Sender};

/// How long an invocation starts to send further messages.
const RUN: Duration = Duration::from_secs(40);

/// The longest that an invocation takes: [`RUN`], one more look for messages, and the last message. It is within the function's
/// timeout, which is within [`table::LEASE`].
pub const LONGEST_RUN: Duration =
    Duration::from_secs(RUN.as_secs() + app::LONGEST_CALL.as_secs() + LONGEST.as_secs());

/// How many messages are sent at a time.
const PARALLEL: usize = 8;

/// How many due messages are looked for at once, in each shard of the index.
const FOUND: i32 = 50;

/// How often messages that became due meanwhile are looked for.
const REFILLED_AFTER: Duration = Duration::from_secs(1);

pub(crate) struct Run<'a> {
    app: &'a App,
    sender: Sender<'a>,
    until: Duration,
    queue: Mutex<Queue>,
    /// When due messages were last looked for. Held while they are.
    refill: tokio::sync::Mutex<Refill>,
}

/// The messages that are left to send.
#[derive(Default)]
struct Queue {
    waiting: BTreeMap<Priority, VecDeque<Waiting>>,
    /// All messages that were ever in the queue: the index may show one for a moment after it was sent.
    seen: HashSet<OutboxId>,
    done: HashSet<OutboxId>,
    failure: Option<Failure>,
}

enum Waiting {
    Due(OutboxId),
    /// A message that SES refused for the rate.
    Held(Held),
}

struct Refill {
    /// Whether due messages are looked for although SES doesn't throttle.
    always: bool,
    at: Option<Duration>,
    has_found: bool,
}

impl<'a> Run<'a> {
    /// Sends these messages, and while SES throttles, all that are due.
    pub(crate) fn of(app: &'a App, messages: Vec<(OutboxId, Priority)>) -> Result<Self, Failure> {
        Self::new(app, messages, false)
    }

    /// Sends all messages that are due.
    pub(crate) fn of_due(app: &'a App) -> Result<Self, Failure> {
        Self::new(app, Vec::new(), true)
    }

    fn new(app: &'a App, messages: Vec<(OutboxId, Priority)>, always: bool) -> Result<Self, Failure> {
        let mut queue = Queue::default();
        for (id, priority) in messages {
            queue.add(id, priority);
        }
        Ok(Self {
            app,
            sender: Sender::new(app)?,
            until: clock::elapsed() + RUN,
            queue: Mutex::new(queue),
            refill: tokio::sync::Mutex::new(Refill { always, at: None, has_found: false }),
        })
    }

    /// Sends the messages.
    ///
    /// # Errors
    /// [`Failure`] when the table can't be reached. What was begun is finished before.
    pub(crate) async fn send(&self) -> Result<(), Failure> {
        join_all((0..PARALLEL).map(|_| self.work())).await;
        self.give_back().await?;
        self.queue().failure.take().map_or(Ok(()), Err)
    }

    /// Whether nothing is left to do for this message.
    pub(crate) fn is_done(&self, id: OutboxId) -> bool {
        self.queue().done.contains(&id)
    }

    /// Sends one message after the other.
    async fn work(&self) {
        loop {
            match self.send_next().await {
                Ok(true) => {}
                Ok(false) => return,
                Err(failure) => {
                    self.queue().failure.get_or_insert(failure);
                    return;
                }
            }
        }
    }

    /// Sends the most urgent message. Returns whether there may be more.
    async fn send_next(&self) -> Result<bool, Failure> {
        self.look_for_more().await?;
        if self.queue().is_over() {
            return Ok(false);
        }
        let Some(started) = self.sender.pacer().start(self.until).await else { return Ok(false) };
        // What was chosen before the pause could be less urgent than what became due in it.
        loop {
            let Some((priority, next)) = self.queue().pop() else { return Ok(true) };
            let (id, held) = match next {
                Waiting::Due(id) => (id, self.sender.claim(id).await?),
                Waiting::Held(held) => (held.id(), Some(held)),
            };
            let Some(held) = held else {
                self.queue().done.insert(id);
                continue;
            };
            match self.sender.send(held, started).await? {
                Outcome::Throttled(held) => self.queue().put_back(priority, held),
                Outcome::Done => {
                    self.queue().done.insert(id);
                }
            }
            return Ok(true);
        }
    }

    /// Adds the messages that became due, if it is time to look for them.
    async fn look_for_more(&self) -> Result<(), Failure> {
        // While another worker looks, what is in the queue is sent.
        let mut refill = match self.refill.try_lock() {
            Ok(refill) => refill,
            Err(_) if !self.queue().is_over() => return Ok(()),
            Err(_) => self.refill.lock().await,
        };
        if self.queue().failure.is_some() || !(refill.always || self.sender.pacer().is_limited()) {
            return Ok(());
        }
        let now = clock::elapsed();
        let is_stale = refill.at.is_none_or(|at| at + REFILLED_AFTER <= now);
        if now >= self.until || !(is_stale || refill.has_found && self.queue().is_over()) {
            return Ok(());
        }
        refill.has_found = false;
        let due = Priority::ALL.map(|priority| self.app.table.due(priority, FOUND, self.app.now()));
        for (priority, found) in Priority::ALL.into_iter().zip(try_join_all(due).await?) {
            for id in found {
                refill.has_found |= self.queue().add(id, priority);
            }
        }
        refill.at = Some(clock::elapsed());
        Ok(())
    }

    /// Returns the messages that SES refused for the rate to the outbox. Messages that were not begun are in it anyway.
    async fn give_back(&self) -> Result<(), Failure> {
        let left: Vec<_> = std::mem::take(&mut self.queue().waiting).into_values().flatten().collect();
        if !left.is_empty() {
            let count = u32::try_from(left.len()).unwrap_or(u32::MAX);
            telemetry::count_many(Counter::OutboxLeftToSchedule, count);
        }
        for waiting in left {
            if let Waiting::Held(held) = waiting {
                self.sender.release(&held).await?;
                self.queue().done.insert(held.id());
            }
        }
        Ok(())
    }

    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Queue {
    /// Adds a message. Returns whether it is a new one.
    fn add(&mut self, id: OutboxId, priority: Priority) -> bool {
        let is_new = self.seen.insert(id);
        if is_new {
            self.waiting.entry(priority).or_default().push_back(Waiting::Due(id));
        }
        is_new
    }

    fn put_back(&mut self, priority: Priority, held: Held) {
        self.waiting.entry(priority).or_default().push_front(Waiting::Held(held));
    }

    fn pop(&mut self) -> Option<(Priority, Waiting)> {
        self.waiting.iter_mut().find_map(|(priority, waiting)| Some((*priority, waiting.pop_front()?)))
    }

    /// Whether there is nothing to send, or the table can't be reached.
    fn is_over(&self) -> bool {
        self.failure.is_some() || self.waiting.values().all(VecDeque::is_empty)
    }
}
