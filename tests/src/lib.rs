//! Stories end to end: API Gateway events through the flows, on the embedded database, with the emails followed.
#![cfg(test)]

mod bad_input;
mod browser;
mod calls;
mod emulator;
mod faults;
mod golden;
mod logs;
mod outbox;
mod races;
mod registering;
mod signing_in;
mod story;
mod tidy;
mod watch;
