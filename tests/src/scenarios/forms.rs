//! What the scenarios request, and what their residents type.

use crate::support::env::{ANA, OTHER, PASSWORD};

/// A request for the email address and a refresh token; the next one asks for the identifier alone.
pub(super) const ASKS: &str = "/authorize?response_type=code&client_id=health&redirect_uri=https%3A%2F%2Fhealth.example%2Freturn&scope=openid+email+offline_access&state=s&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256";
pub(super) const ASKS_AGAIN: &str = "/authorize?response_type=code&client_id=health&redirect_uri=https%3A%2F%2Fhealth.example%2Freturn&scope=openid&state=s&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256";

pub(super) const ASKS_TWO_STEPS: &str = "/authorize?response_type=code&client_id=health&redirect_uri=https%3A%2F%2Fhealth.example%2Freturn&scope=openid&acr_values=two-step&state=s&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256";

/// Starts linking the bank to the account that is signed in.
pub(crate) const LINK_BANK: &str = "/federated/start?partner=demo-bank&link=yes";

pub(super) const ACCOUNT: &[(&str, &str)] = &[("email", ANA), ("password", PASSWORD)];
pub(super) const WRONG: &[(&str, &str)] = &[("email", ANA), ("password", OTHER)];
pub(super) const NOBODY: &[(&str, &str)] = &[("email", "nobody@exemple.ca")];
pub(super) const ADDRESS: &[(&str, &str)] = &[("email", ANA)];
pub(super) const MESSAGE: &[(&str, &str)] =
    &[("topic", "other"), ("email", ANA), ("message", "It does not work.")];
