//! Forms with a guess. The same form again gets the response of the first, and is no other guess (RULES 3.3).
//!
//! The item is written with the count of the guess, so that one of several requests at once is counted.

use aws_sdk_dynamodb::types::AttributeValue;
use domain::{
    SignedDuration, Timestamp,
    form::{ABANDONED_AFTER, GuessId, GuessState},
};
use serde::{Deserialize, Serialize};

use crate::{
    error::{Conflict, Unavailable},
    item::{self, Attributes, Kind, epoch},
    key,
    write_transaction::{Expression, WriteTransaction, absent_at},
};

/// How long a guess is recognized.
const KEPT: SignedDuration = SignedDuration::from_hours(1);

#[derive(Serialize, Deserialize)]
struct GuessItem {
    #[serde(with = "epoch")]
    at: Timestamp,
    failed: bool,
}

impl Kind for GuessItem {
    const NAME: &'static str = "guess";
}

/// Decodes what became of a guess.
pub(crate) fn read(item: Option<Attributes>, now: Timestamp) -> Result<GuessState, Unavailable> {
    let found: Option<GuessItem> = item::read(item, now)?;
    Ok(match found {
        None => GuessState::New,
        Some(item) if item.failed || now >= item.at + ABANDONED_AFTER => GuessState::Failed,
        Some(_) => GuessState::Pending,
    })
}

/// Records a guess that is counted. [`Conflict::Guess`] when it was made before.
pub(crate) fn begin<'a>(
    transaction: WriteTransaction<'a>,
    id: Option<&GuessId>,
    now: Timestamp,
) -> WriteTransaction<'a> {
    let Some(id) = id else { return transaction };
    let content = GuessItem { at: now, failed: false };
    transaction.replace(
        Conflict::Guess,
        item::write(&key::guess(id), &content, Some(now + KEPT)),
        absent_at(now),
    )
}

/// Records that a guess was wrong. [`Conflict::Guess`] when it is not recorded any more.
pub(crate) fn fail<'a>(transaction: WriteTransaction<'a>, id: Option<&GuessId>) -> WriteTransaction<'a> {
    let Some(id) = id else { return transaction };
    let failed =
        Expression::new("SET #failed = :yes").names(&["failed"]).value("yes", AttributeValue::Bool(true));
    transaction.update(Conflict::Guess, &key::guess(id), "attribute_exists(pk)", failed)
}

/// Forgets a guess that was none.
pub(crate) fn forget<'a>(transaction: WriteTransaction<'a>, id: Option<&GuessId>) -> WriteTransaction<'a> {
    match id {
        Some(id) => transaction.delete_any(&key::guess(id)),
        None => transaction,
    }
}
