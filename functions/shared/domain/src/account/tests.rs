use std::marker::PhantomData;

use super::*;
use crate::{
    email_change::PendingEmailChange,
    link::{Dispute, LinkPurpose, SentLink},
    proof::RootOfTrust,
};

pub(crate) fn details() -> AccountDetails {
    AccountDetails {
        id: AccountId::from_random([1; 16]),
        email: "ana@exemple.ca".parse().unwrap(),
        place: EmailKey::stored("1.a".into()),
        password: None,
        language: Language::French,
        revision: 1,
        generation: 1,
        unlock_links: LiveLinks::stored(Some(LinkId::from_random([2; 16])), &[LinkId::from_random([4; 16])]),
        reset_links: LiveLinks::stored(Some(LinkId::from_random([3; 16])), &[LinkId::from_random([5; 16])]),
        email_change_links: LiveLinks::default(),
        former_addresses: FormerAddresses::default(),
        lock_notices: Vec::new(),
        reset_at: None,
        changed: None,
        device_generation: 0,
        unlocks: 0,
        closes_at: None,
    }
}

pub(crate) fn locked(scope: LockScope) -> LockedAccount {
    LockedAccount { details: details(), scope }
}

pub(crate) fn suspended(lock: Option<LockScope>) -> SuspendedAccount {
    let by = "arn:aws:iam::000000000000:user/ana".parse().unwrap();
    let suspension = Suspension { at: Timestamp::UNIX_EPOCH, by, reason: None };
    SuspendedAccount { details: details(), lock, suspension }
}

pub(crate) fn link<U: LinkPurpose>(id: u8, account: u8) -> ValidLink<U> {
    let (id, account) = (LinkId::from_random([id; 16]), AccountId::from_random([account; 16]));
    let (place, sent_at) = (details().place, Timestamp::UNIX_EPOCH);
    let expires_at = sent_at + U::LIFETIME;
    let sent = SentLink {
        id,
        account,
        place,
        sent_at,
        expires_at,
        is_used: false,
        is_reported: false,
        purpose: PhantomData,
    };
    sent.check(sent_at).unwrap()
}

#[test]
fn rule_3_5_each_live_link_of_the_account_itself_unlocks() {
    let unlock =
        |id, account| locked(LockScope::AllBrowsers).unlock(&link(id, account), Timestamp::UNIX_EPOCH);
    assert_eq!(unlock(2, 1).unwrap().link, LinkId::from_random([2; 16]));
    assert_eq!(unlock(4, 1).unwrap().link, LinkId::from_random([4; 16]));
    assert_eq!(unlock(9, 1).err(), Some(LinkError::Superseded));
    assert_eq!(unlock(2, 9).err(), Some(LinkError::Superseded));
}

#[test]
fn rule_3_3_failures_by_strangers_shut_strangers_out_and_those_of_a_known_browser_everybody() {
    let active = Account::Active(ActiveAccount(details()));
    let [for_unknown, for_all] =
        [LockScope::UnknownBrowsers, LockScope::AllBrowsers].map(|scope| Account::Locked(locked(scope)));
    let accepts = |account: &Account| [false, true].map(|known| account.accepting_from(known).is_some());
    assert_eq!(accepts(&active), [true, true]);
    assert_eq!(accepts(&for_unknown), [false, true]);
    assert_eq!(accepts(&for_all), [false, false]);
    let everywhere = [&active, &for_unknown, &for_all].map(Account::is_locked_everywhere);
    assert_eq!(everywhere, [false, false, true]);
    let locks = |account: &Account| {
        [LockScope::UnknownBrowsers, LockScope::AllBrowsers].map(|scope| account.would_lock(scope))
    };
    assert_eq!(locks(&active), [true, true]);
    assert_eq!(locks(&for_unknown), [false, true]);
    assert_eq!(locks(&for_all), [false, false]);
}

#[test]
fn rule_7_7_a_suspended_account_accepts_no_password_and_locks_like_any_other() {
    let all = [None, Some(LockScope::UnknownBrowsers), Some(LockScope::AllBrowsers)];
    let accounts = all.map(|lock| Account::Suspended(suspended(lock)));
    for account in &accounts {
        assert!([false, true].iter().all(|known| account.accepting_from(*known).is_none()));
    }
    let tells =
        accounts.each_ref().map(|account| [false, true].map(|known| account.tells_of_suspension(known)));
    assert_eq!(tells, [[true, true], [false, true], [false, false]], "from unknown and known browsers");
    let locks = accounts.each_ref().map(|account| {
        [LockScope::UnknownBrowsers, LockScope::AllBrowsers].map(|scope| account.would_lock(scope))
    });
    assert_eq!(locks, [[true, true], [false, true], [false, false]]);
    for account in
        [Account::Active(ActiveAccount(details())), Account::Locked(locked(LockScope::AllBrowsers))]
    {
        assert!(!account.tells_of_suspension(true));
    }
}

#[test]
fn rule_7_7_links_of_a_suspended_account_do_nothing() {
    let account = || Account::Suspended(suspended(None));
    assert_eq!(account().dispute(&link(7, 1), Timestamp::UNIX_EPOCH).err(), Some(LinkError::Suspended));
    let pending = PendingEmailChange {
        email: "new@exemple.ca".parse().unwrap(),
        generation: 1,
        session: None,
        is_session_ended: false,
    };
    assert_eq!(account().may_change_email(&link(6, 1), &pending), Err(LinkError::Suspended));
}

#[test]
fn rule_3_6_each_live_link_of_the_account_itself_resets() {
    let hash = || PasswordHash::stored("hash".into());
    let reset =
        |id, account| ActiveAccount(details()).reset(&link(id, account), hash(), Timestamp::UNIX_EPOCH);
    assert_eq!(reset(3, 1).unwrap().password.as_str(), "hash");
    assert_eq!(reset(5, 1).unwrap().link, LinkId::from_random([5; 16]));
    assert_eq!(reset(9, 1).err(), Some(LinkError::Superseded));
    assert_eq!(reset(3, 9).err(), Some(LinkError::Superseded));
}

#[test]
fn rule_3_10_an_objection_is_about_its_own_account() {
    let dispute =
        |account| Account::Active(ActiveAccount(details())).dispute(&link(7, account), Timestamp::UNIX_EPOCH);
    assert_eq!(dispute(1).unwrap().link, LinkId::from_random([7; 16]));
    assert_eq!(dispute(9).err(), Some(LinkError::Superseded));
}

#[test]
fn rule_5_7_for_a_day_after_a_reset_a_report_removes_nothing_from_before_it() {
    let at = |hours: i64| Timestamp::from_second(hours * 3600).unwrap();
    let since = |is_reported, sent: i64, now| {
        let account = AccountDetails { reset_at: Some(at(100)), ..details() };
        let mut link = link::<Dispute>(7, 1);
        (link.sent_at, link.is_reported) = (at(sent), is_reported);
        Account::Active(ActiveAccount(account)).dispute(&link, at(now)).unwrap().since
    };
    assert_eq!([since(true, 50, 101), since(true, 50, 123)], [at(100), at(100)]);
    assert_eq!(since(true, 50, 124), at(50), "a day later");
    assert_eq!(since(true, 110, 111), at(110), "what happened after the reset");
    assert_eq!(since(false, 50, 101), at(50), "the notice of the event itself");
}

#[test]
fn rule_5_7_the_mailbox_is_the_root_of_a_password_for_a_day_after_a_reset() {
    let at = |hours: i64| Timestamp::from_second(hours * 3600).unwrap();
    let reset = AccountDetails { reset_at: Some(at(1)), ..details() };
    let root = |details: &AccountDetails, hours| details.password_proof(at(hours)).root;
    assert_eq!(root(&reset, 24), RootOfTrust::Mailbox);
    assert_eq!(root(&reset, 25), RootOfTrust::Password);
    assert_eq!(root(&details(), 1), RootOfTrust::Password);
}

#[test]
fn rule_5_7_a_password_that_was_changed_has_the_root_of_the_proofs_for_a_day() {
    let at = |hours: i64| Timestamp::from_second(hours * 3600).unwrap();
    let changed = |proof, reset_at| {
        let account = Account::Active(ActiveAccount(AccountDetails { reset_at, ..details() }));
        let change = account.change_password(PasswordHash::stored("hash".into()), proof, at(20)).change;
        AccountDetails { reset_at, changed: Some(change), ..details() }
    };
    let roots = |details: &AccountDetails| [24, 25, 43, 44].map(|hour| details.password_proof(at(hour)).root);
    let (mailbox, password) = (RootOfTrust::Mailbox, RootOfTrust::Password);
    let by_mailbox = changed(ChangeProof::SharedRoot, Some(at(1)));
    assert_eq!(roots(&by_mailbox), [mailbox, mailbox, mailbox, password]);
    for proof in [ChangeProof::SecondFactor, ChangeProof::TwoRoots] {
        assert_eq!(roots(&changed(proof, None)), [password; 4]);
        // It lifts nothing that a reset restricts.
        assert_eq!(roots(&changed(proof, Some(at(1)))), [mailbox, password, password, password]);
    }
    assert_eq!(by_mailbox.restricted_by_reset_until(at(24)), Some(at(25)));
    assert_eq!(by_mailbox.restricted_by_reset_until(at(25)), None);
}

#[test]
fn rule_3_4_a_fourth_lock_within_a_day_is_not_told() {
    let at = |hours: i64| Timestamp::from_second(hours * 3600).unwrap();
    let told =
        |hours: &[i64]| AccountDetails { lock_notices: hours.iter().map(|h| at(*h)).collect(), ..details() };
    assert!(told(&[0, 1]).may_notify_of_lock(at(2)));
    assert!(!told(&[0, 1, 2]).may_notify_of_lock(at(23)));
    assert!(told(&[0, 1, 2]).may_notify_of_lock(at(24)));
    assert_eq!(told(&[0, 1, 2]).lock_notices_with(at(24)), [at(1), at(2), at(24)]);
}
