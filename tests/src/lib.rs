//! Stories end to end: API Gateway events through the flows, on the embedded database, with the emails followed.
#![cfg(test)]

mod authorizing;
mod bad_input;
mod browser;
mod calls;
mod clients;
mod connected;
mod emulator;
mod exchanging;
mod faults;
mod fixtures;
mod golden;
mod limits;
mod logs;
mod notices;
mod operating;
mod outbox;
mod prompting;
mod races;
mod recovering;
mod refreshing;
mod registering;
mod relying;
mod sessions;
mod signing_in;
mod signing_keys;
mod signing_out;
mod states;
mod story;
mod tales;
mod tidy;
mod watch;
