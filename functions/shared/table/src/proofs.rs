//! The proofs of a session as its item holds them: a list of maps in the attribute `proofs`.
//!
//! # The previous shape
//! Before there was a list, an item held the factor with which the session started (`first`) and the time of the last
//! verification of each strength (`email_code_at`, `new_authenticator_at`, `second_factor_at`). Sessions last 12 hours,
//! so both shapes are read. The list is written, and `first` beside it for the previous version; the times are not.
//!
//! # Two versions at once (RULES 9.7)
//! During a deployment, the previous version reads what this one writes. It ignores `proofs` and finds no times: to it,
//! the session is less proven than it is, so residents verify once more at most. Without `first`, it would take a
//! session that started with a partner for one that started with a password. What it then writes is the previous shape.
//!
//! In the same way, this version skips proofs that it doesn't know. A newer version can add a factor, and the session
//! counts for less here, never for more.

use domain::{
    Timestamp,
    proof::Proof,
    proof::{FactorKind, ProofStrength, RootOfTrust},
};
use serde::{Deserialize, Serialize, de::IgnoredAny};

use crate::item::{epoch, epoch_option};

/// The attributes of a session's item that say what was proven in it.
#[derive(Serialize, Deserialize)]
pub(crate) struct ProofsItem {
    /// Read from items without `proofs`; written for the previous version alone.
    #[serde(default)]
    first: FactorKind,
    #[serde(default)]
    proofs: Option<Vec<ProofItem>>,
    #[serde(with = "epoch_option", default, skip_serializing)]
    email_code_at: Option<Timestamp>,
    #[serde(with = "epoch_option", default, skip_serializing)]
    new_authenticator_at: Option<Timestamp>,
    #[serde(with = "epoch_option", default, skip_serializing)]
    second_factor_at: Option<Timestamp>,
}

#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum ProofItem {
    Known {
        factor: FactorKind,
        #[serde(with = "epoch")]
        at: Timestamp,
        strength: ProofStrength,
        root: RootOfTrust,
    },
    /// Of a newer version.
    #[serde(skip_serializing)]
    Unknown(IgnoredAny),
}

impl ProofItem {
    fn read(&self) -> Option<Proof> {
        match *self {
            Self::Known { factor, at, strength, root } => Some(Proof { factor, at, strength, root }),
            Self::Unknown(_) => None,
        }
    }
}

impl ProofsItem {
    pub(crate) fn write(proofs: &[Proof]) -> Self {
        let known = |proof: &Proof| {
            let Proof { factor, at, strength, root } = *proof;
            ProofItem::Known { factor, at, strength, root }
        };
        Self {
            first: proofs.first().map(|proof| proof.factor).unwrap_or_default(),
            proofs: Some(proofs.iter().map(known).collect()),
            email_code_at: None,
            new_authenticator_at: None,
            second_factor_at: None,
        }
    }

    /// The proofs of a session that started at this time, oldest first.
    pub(crate) fn read(&self, began_at: Timestamp) -> Vec<Proof> {
        if let Some(proofs) = &self.proofs {
            return proofs.iter().filter_map(ProofItem::read).collect();
        }
        let verified = |factor, at: Option<Timestamp>| at.map(|at| Proof::new(factor, at));
        let pending = verified(FactorKind::Authenticator, self.new_authenticator_at);
        let all = [
            verified(self.first, Some(began_at)),
            verified(FactorKind::EmailCode, self.email_code_at),
            pending.map(Proof::as_second_step),
            verified(FactorKind::Authenticator, self.second_factor_at),
        ];
        let mut proofs: Vec<Proof> = all.into_iter().flatten().collect();
        proofs.sort_by_key(|proof| proof.at);
        proofs
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::item::Attributes;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn read(json: serde_json::Value) -> Vec<Proof> {
        let item: Attributes = serde_dynamo::to_item(json).unwrap();
        serde_dynamo::from_item::<_, ProofsItem>(item).unwrap().read(at(100))
    }

    #[test]
    fn rule_9_7_a_list_of_proofs_is_read_as_it_was_written() {
        let proofs = [
            Proof::new(FactorKind::Partner, at(100)),
            Proof::new(FactorKind::EmailCode, at(110)),
            Proof::new(FactorKind::Authenticator, at(120)).as_second_step(),
            Proof::new(FactorKind::Authenticator, at(130)),
        ];
        let item: Attributes = serde_dynamo::to_item(ProofsItem::write(&proofs)).unwrap();
        let mut names: Vec<_> = item.keys().map(String::as_str).collect();
        names.sort_unstable();
        assert_eq!(names, ["first", "proofs"]);
        assert_eq!(item["first"].as_s().unwrap(), "partner");
        assert_eq!(serde_dynamo::from_item::<_, ProofsItem>(item).unwrap().read(at(100)), proofs);
    }

    #[test]
    fn rule_9_7_times_of_the_previous_version_are_read_as_proofs() {
        let sign_in = |factor| Proof::new(factor, at(100));
        assert_eq!(read(serde_json::json!({})), [sign_in(FactorKind::Password)]);
        let all = serde_json::json!({
            "first": "partner", "second_factor_at": 110, "email_code_at": 120, "new_authenticator_at": 130,
        });
        let authenticator = |second| Proof::new(FactorKind::Authenticator, at(second));
        let expected = [
            sign_in(FactorKind::Partner),
            authenticator(110),
            Proof::new(FactorKind::EmailCode, at(120)),
            authenticator(130).as_second_step(),
        ];
        assert_eq!(read(all), expected);
    }

    #[test]
    fn rule_9_7_a_proof_of_a_newer_version_counts_for_nothing() {
        let known = serde_json::json!({ "factor": "password", "at": 100, "strength": "single-factor", "root": "password" });
        let newer = serde_json::json!({ "factor": "passkey", "at": 110, "strength": "second-factor", "root": "passkey" });
        let proofs = read(serde_json::json!({ "first": "password", "proofs": [known, newer, 7] }));
        assert_eq!(proofs, [Proof::new(FactorKind::Password, at(100))]);
    }
}
