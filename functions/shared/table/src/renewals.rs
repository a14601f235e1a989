//! By which form a session was renewed, or ended by closing its account, a moment ago: a double click sends the previous cookie
//! (RULES 3.3, 3.8).

use domain::{
    SignedDuration, Timestamp,
    form::GuessId,
    id::AccountId,
    secret::{HashedSecret, kind},
};
use serde::{Deserialize, Serialize};

use crate::{
    error::{Conflict, Unavailable},
    item::{self, Attributes, Kind},
    key,
    write_transaction::WriteTransaction,
};

/// The record of a renewal, for a double click that sends the previous cookie.
#[derive(Serialize, Deserialize)]
struct RenewalItem {
    /// The id of the guess that was right. The previous version stored a hash of the code alone, which no id is equal to.
    #[serde(rename = "proof")]
    guess_id: String,
}

impl Kind for RenewalItem {
    const NAME: &'static str = "renewal";
}

/// How long a renewal is recorded: longer than a double click takes.
const RENEWAL_KEPT: SignedDuration = SignedDuration::from_secs(60);

/// Records by which form the session with the secret of this hash was renewed or ended, if the form has an id.
pub(crate) fn record_form<'a>(
    transaction: WriteTransaction<'a>,
    account: AccountId,
    before: &HashedSecret<kind::Session>,
    guess_id: Option<&GuessId>,
    at: Timestamp,
) -> WriteTransaction<'a> {
    let Some(guess_id) = guess_id else { return transaction };
    let record = RenewalItem { guess_id: guess_id.as_str().to_owned() };
    let record = item::write(&key::renewal(account, before), &record, Some(at + RENEWAL_KEPT));
    transaction.put(Conflict::Renewal, record)
}

/// Decodes the record of a renewal: whether it was by this guess.
pub(crate) fn is_renewed_by(
    item: Option<Attributes>,
    guess_id: Option<&GuessId>,
    now: Timestamp,
) -> Result<bool, Unavailable> {
    let found: Option<RenewalItem> = item::read(item, now)?;
    Ok(found.zip(guess_id).is_some_and(|(item, id)| id.is(&item.guess_id)))
}
