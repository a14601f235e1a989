//! A stand-in for AWS around the functions: API Gateway, Lambda, DynamoDB with its stream, SES, Secrets Manager and the
//! configuration of CloudFront in one process. The functions run unchanged and call it through the AWS SDK.
//!
//! It serves development (`scripts/dev`) and the tests. Start with [`Stack::start`].

mod arguments;
mod assets;
mod cloudfront;
mod dev;
mod dynamodb;
mod failure;
mod filter;
mod flows;
mod front;
mod gallery;
mod gateway;
mod handled;
mod inbox;
mod incoming;
mod logs;
mod origins;
mod ready_keys;
mod response;
mod root;
mod rotation;
mod running;
mod saved;
mod secrets;
mod services;
mod ses;
mod stack;
mod streams;
mod sts;
mod template;

pub use arguments::Arguments;
pub use cloudfront::{CloudFront, CloudFrontFault};
pub use dev::run;
pub use dynamodb::{DynamoDb, TABLE};
pub use failure::Failure;
pub use filter::Filter;
pub use flows::{FLOWS, ROTATING, ROTATING_ORIGIN, WORKERS, Worker};
pub use gateway::{Gateway, Observer};
pub use handled::Handled;
pub use incoming::{BODY_LIMIT, HEAD_LIMIT, Incoming};
pub use logs::Log;
pub use origins::{Listen, Origins, partners_json};
pub use response::GatewayResponse;
pub use rotation::STEPS;
pub use running::running_function;
pub use secrets::{CANARY_ACCOUNT, ORIGIN_SECRET, SIGNING_KEYS, Secrets, fresh_key, key_secret};
pub use ses::{Call, Fate, Message, Outcome, Ses, Suppressed};
pub use stack::{Options, Stack};
pub use streams::{Settled, Streams};
pub use template::{DEFAULT_ROUTE, EventRule, LEADING_KEYS, Reader, Schedule, TableDefinition, Template};
