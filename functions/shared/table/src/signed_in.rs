//! The view of a signed-in resident: session, account and factors (RULES 5.2 to 5.7).

use domain::{
    Timestamp,
    account::Account,
    device::AddressBlock,
    factors::Factors,
    form::{GuessId, GuessState},
    id::InteractionId,
    interaction::Interaction,
    session::{Session, SessionCookie},
};

use crate::{
    LimitedAction, RateLimit, Table, accounts::AccountPlaceItem, error::Unavailable, guess_forms, item, key,
    renewals,
};

/// Which resident and source a view is for.
#[derive(Clone, Copy, Debug)]
pub struct SignedInQuery<'a> {
    /// The session cookie of the browser.
    pub cookie: &'a SessionCookie,
    /// The interaction that the page is part of.
    pub interaction: Option<InteractionId>,
    /// The source of the request, when a code is tried. A page that is only shown has no need of it.
    pub tries: Option<AddressBlock>,
    /// The guess that is made, if the page gave its form an id.
    pub guess: Option<&'a GuessId>,
}

/// Everything that a verification, or a change of factors, is decided on.
#[derive(Debug)]
pub struct SignedInView {
    /// The session of the cookie, with its account and factors. `None` when it ended.
    pub signed_in: Option<SessionView>,
    /// Whether the session was renewed by the same form a moment ago: a double click sends it with the previous cookie.
    pub is_renewed_by_form: bool,
    /// What became of the guess.
    pub guess: GuessState,
    /// The interaction of the query. It may belong to another browser.
    pub interaction: Option<Interaction>,
    /// The counters of the source, when a code is tried.
    pub rate_limit: Option<RateLimit>,
}

/// A live session, with its account and the factors of that.
#[derive(Debug)]
pub struct SessionView {
    /// The session of the cookie.
    pub session: Session,
    /// The account of the session.
    pub account: Account,
    /// The factors of the account.
    pub factors: Factors,
}

impl Table {
    /// Reads the session of a cookie, with its account, factors and interaction.
    ///
    /// Calls `BatchGetItem`, and `GetItem` for the account.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn view_signed_in(
        &self,
        query: &SignedInQuery<'_>,
        now: Timestamp,
    ) -> Result<SignedInView, Unavailable> {
        let (account, hash) = (query.cookie.account, query.cookie.secret.hash());
        let (session, renewal) = (key::session(account, &hash), key::renewal(account, &hash));
        let (place, factors) = (key::account_place(account), key::factors(account));
        let interaction = query.interaction.map(key::interaction);
        let rate_limit =
            query.tries.map(|block| self.rate_limit(block, LimitedAction::Tries, now)).transpose()?;
        let mut keys = vec![session.clone(), place.clone(), factors.clone()];
        keys.extend(interaction.clone());
        let guess = query.guess.map(key::guess);
        if let Some(rate_limit) = &rate_limit {
            keys.push(renewal.clone());
            keys.extend(guess.clone());
            keys.extend_from_slice(rate_limit.keys());
        }
        let mut found = self.get_all(&keys).await?;
        let rate_limit = rate_limit.map(|rate_limit| rate_limit.with_counts(&found));
        let interaction = self.read_interaction(interaction.and_then(|key| found.remove(&key)), now)?;
        let is_renewed_by_form = renewals::is_renewed_by(found.remove(&renewal), query.guess, now)?;
        let guess = guess_forms::read(guess.and_then(|key| found.remove(&key)), now)?;
        let place: Option<AccountPlaceItem> = item::read(found.remove(&place), now)?;
        let session = self.read_session(found.remove(&session), place.as_ref(), now)?;
        let factors = self.read_factors(account, found.remove(&factors), now)?;
        let account = match (&session, place) {
            (Some(_), Some(place)) => self.account_from(account, &place.place, now).await?,
            _ => None,
        };
        let signed_in =
            session.zip(account).map(|(session, account)| SessionView { session, account, factors });
        Ok(SignedInView { signed_in, is_renewed_by_form, guess, interaction, rate_limit })
    }
}
