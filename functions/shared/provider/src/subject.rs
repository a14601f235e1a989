//! The identifiers that services get of residents (OpenID Connect Core section 8).

use app::{App, Failure};
use domain::service::Client;
use oidc::registration::sector;
use table::Resident;

/// The service's identifier of a resident.
///
/// # Errors
/// [`Failure`] when the registration or the key ring lacks what it is made of.
pub fn subject(app: &App, client: &Client, resident: &Resident) -> Result<String, Failure> {
    let sector = sector(&client.registration).ok_or(Failure::new("a service without a sector"))?;
    let subject = app.keys.subject(resident.place.subject_key, sector, resident.session.account);
    subject.ok_or(Failure::new("the key of an account's identifiers is gone"))
}
