//! What was added to an account lately (RULES 5.7). Somebody who had access to the account may have added it, and it would
//! survive the next password: a reset asks about it, and *This wasn't me* puts it in review until then.

use app::App;
use domain::{
    SignedDuration, Timestamp,
    factors::{Authenticator, Factor, Factors, RecoveryCodes},
    id::AccountId,
};
use table::{AuditEvent, AuditTrail, PartnerIdentity, Unavailable};

/// Sign-ins from unknown browsers within this time before may have been somebody else's.
const NEW_BROWSERS_WITHIN: SignedDuration = SignedDuration::from_hours(30 * 24);

/// The factors and partners of an account, and those that were added since the resident's last certain sign-in, or are
/// in review.
pub struct AddedLately {
    /// The factors of the account.
    pub factors: Factors,
    /// The identities of the account at partners.
    pub linked: Vec<PartnerIdentity>,
    /// The authenticators that were added lately.
    pub authenticators: Vec<Authenticator>,
    /// The recovery codes, if they were made lately.
    pub recovery_codes: Option<RecoveryCodes>,
    /// The identities that were linked lately.
    pub identities: Vec<PartnerIdentity>,
}

impl AddedLately {
    /// Finds them (two `Query`, one `GetItem`).
    ///
    /// # Errors
    /// When the table is unavailable.
    pub async fn find(app: &App, id: AccountId, now: Timestamp) -> Result<Self, Unavailable> {
        let table = &app.table;
        let trail = table.audit_trail(id, now).await?;
        let is_long_enough = app.config.audit_kept >= NEW_BROWSERS_WITHIN;
        let since = last_known_sign_in(&trail, now).filter(|_| is_long_enough);
        let factors = table.factors(id, now).await?;
        let is_new = |at: Timestamp| since.is_none_or(|since| at > since);
        let authenticators = factors.authenticators.iter();
        let authenticators = authenticators.filter(|one| one.in_review || is_new(one.enrolled_at)).cloned();
        let authenticators = authenticators.collect();
        let recovery_codes = factors.recovery_codes.clone();
        let recovery_codes = recovery_codes.filter(|codes| codes.in_review || is_new(codes.made_at));
        let linked = table.partner_identities(id, now).await?;
        let identities = linked.iter().filter(|identity| identity.in_review || is_new(identity.linked_at));
        let identities = identities.cloned().collect();
        Ok(Self { factors, linked, authenticators, recovery_codes, identities })
    }

    /// The factors that were added lately.
    #[must_use]
    pub fn added_factors(&self) -> Vec<Factor> {
        let authenticators = self.authenticators.iter().map(|one| Factor::Authenticator(one.id));
        authenticators.chain(self.recovery_codes.as_ref().map(|_| Factor::RecoveryCode)).collect()
    }

    /// Whether nothing was added lately.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.added_factors().is_empty() && self.identities.is_empty()
    }
}

/// The last sign-in that is certainly the resident's: in a known browser, and before the first sign-in of the last thirty
/// days in an unknown one, because whoever signs in twice in a browser makes it known.
fn last_known_sign_in(trail: &AuditTrail, now: Timestamp) -> Option<Timestamp> {
    let AuditTrail { entries: trail, is_whole } = trail;
    // A sign-in in an unknown browser may be among those that were not read.
    let is_enough = *is_whole || trail.last().is_some_and(|oldest| oldest.at <= now - NEW_BROWSERS_WITHIN);
    if !is_enough {
        return None;
    }
    let new = trail.iter().filter(|entry| entry.event == AuditEvent::SignedInOnNewDevice);
    let first_new = new.map(|entry| entry.at).filter(|at| *at > now - NEW_BROWSERS_WITHIN).min();
    let known = trail.iter().filter(|entry| entry.event == AuditEvent::NewSession);
    known.map(|entry| entry.at).filter(|at| first_new.is_none_or(|first| *at < first)).max()
}

#[cfg(test)]
mod tests {
    use domain::device::Device;
    use table::{
        AuditEntry,
        AuditEvent::{Activated, NewSession, SignedInOnNewDevice},
        AuditOutcome,
    };

    use super::*;

    #[test]
    fn rule_5_7_who_signs_in_twice_in_a_new_browser_is_not_known_by_that() {
        let day = |day: i64| Timestamp::from_second(day * 86_400).unwrap();
        let entry = |(event, at): (AuditEvent, i64)| AuditEntry {
            id: domain::id::AuditId::from_random([0; 16]),
            event,
            outcome: AuditOutcome::Succeeded,
            at: day(at),
            device: Device { name: String::new(), country: String::new() },
            operator: None,
        };
        let trail_since = |events: &[(AuditEvent, i64)], is_whole| {
            let entries: Vec<_> = events.iter().rev().copied().map(entry).collect();
            last_known_sign_in(&AuditTrail { entries, is_whole }, day(100))
        };
        let since = |events: &[(AuditEvent, i64)]| trail_since(events, true);
        assert_eq!(since(&[(Activated, 1)]), None);
        assert_eq!(since(&[(Activated, 1), (NewSession, 50), (NewSession, 99)]), Some(day(99)));
        let thief = [(Activated, 1), (NewSession, 50), (SignedInOnNewDevice, 90), (NewSession, 99)];
        assert_eq!(since(&thief), Some(day(50)));
        let long_ago = [(Activated, 1), (SignedInOnNewDevice, 60), (NewSession, 99)];
        assert_eq!(since(&long_ago), Some(day(99)));
        // What was not read of a long trail may be a sign-in in an unknown browser.
        assert_eq!(trail_since(&[(NewSession, 71), (NewSession, 99)], false), None);
        assert_eq!(trail_since(&[(NewSession, 70), (NewSession, 99)], false), Some(day(99)));
    }
}
