//! Stories end to end: API Gateway events through the flows, on the embedded database, with the emails followed.
#![cfg(test)]

mod bad_input;
mod browser;
mod calls;
mod emulator;
mod faults;
mod fixtures;
mod golden;
mod limits;
mod logs;
mod notices;
mod outbox;
mod races;
mod recovering;
mod registering;
mod sessions;
mod signing_in;
mod states;
mod story;
mod tales;
mod tidy;
mod watch;
