use super::*;

fn at(hours: i64) -> Timestamp {
    Timestamp::from_second(hours * 3600).unwrap()
}

fn first(key: KeyName) -> BTreeMap<String, StoredKey> {
    let stored = StoredKey {
        current: 1,
        keys: BTreeMap::from([(1, StoredKey::fresh())]),
        added_at: BTreeMap::new(),
        replaced_at: BTreeMap::new(),
    };
    BTreeMap::from([(key.name().to_owned(), stored)])
}

#[test]
fn rule_9_5_a_version_comes_into_use_two_hours_after_it_was_added() {
    for &key in KeyName::value_variants() {
        let mut keys = first(key);
        rotate(&mut keys, key, false, at(0)).unwrap();
        assert_eq!((keys[key.name()].current, keys[key.name()].newest()), (1, 2));
        let soon = rotate(&mut keys, key, false, at(2) - SignedDuration::from_secs(1));
        assert!(matches!(soon, Err(Failure::NotKnownYet { version: 2, .. })));
        rotate(&mut keys, key, false, at(2)).unwrap();
        assert_eq!((keys[key.name()].current, keys[key.name()].keys.len()), (2, 2));
    }
}

#[test]
fn rule_9_5_a_leaked_key_is_replaced_at_once_unless_values_stay_under_it() {
    for &key in KeyName::value_variants() {
        // In the middle of a rotation, the version that waits has leaked, too.
        for waiting in [0, 1] {
            let mut keys = first(key);
            for _ in 0..waiting {
                rotate(&mut keys, key, false, at(0)).unwrap();
            }
            let replaced = rotate(&mut keys, key, true, at(0));
            let is_replaced = matches!(key.needed(), Needed::For(_));
            assert_eq!(replaced.is_ok(), is_replaced, "{key:?}");
            if is_replaced {
                let current = 2 + waiting;
                assert_eq!((keys[key.name()].current, keys[key.name()].newest()), (current, current));
                for version in 1..current {
                    assert!(keys[key.name()].replaced_at.contains_key(&version), "{key:?}");
                    retire(&mut keys, key, version, true, at(0)).unwrap();
                }
                assert!(keys[key.name()].keys.keys().eq([&current]), "{key:?}");
            }
        }
    }
}

#[test]
fn rule_9_5_an_old_version_stays_as_long_as_its_values() {
    for (key, days) in [
        (KeyName::Link, 12),
        (KeyName::Session, 1),
        (KeyName::Form, 1),
        (KeyName::Ticket, 180),
        (KeyName::Seal, 36),
        (KeyName::Lookup, 36),
    ] {
        let mut keys = first(key);
        for hour in [0, 2] {
            rotate(&mut keys, key, false, at(hour)).unwrap();
        }
        let end = at(2 + days * 24);
        let before = retire(&mut keys, key, 1, false, end - SignedDuration::from_secs(1));
        assert!(matches!(before, Err(Failure::StillNeeded { .. })), "{key:?}");
        retire(&mut keys, key, 1, false, end).unwrap();
        assert!(keys[key.name()].keys.keys().eq([&2]), "{key:?}");
        assert!(matches!(retire(&mut keys, key, 1, false, end), Err(Failure::NoVersion { .. })));
        assert!(matches!(retire(&mut keys, key, 2, false, end), Err(Failure::KeyNotOld { .. })));
    }
    let mut keys = first(KeyName::Subject);
    for hour in [0, 2] {
        rotate(&mut keys, KeyName::Subject, false, at(hour)).unwrap();
    }
    let kept = retire(&mut keys, KeyName::Subject, 1, true, at(9999));
    assert!(matches!(kept, Err(Failure::KeptForever(_))));
}

#[test]
fn rule_9_5_a_lookup_version_stays_while_an_item_is_under_it_and_a_leak_gives_up_what_cannot_be_moved() {
    let under = |found, waiting, expiring| OlderLookup { found, waiting, expiring, moved: 0 };
    for leaked in [false, true] {
        assert_eq!(check_moved(&under(0, 0, 0), leaked).unwrap(), "");
        assert!(matches!(check_moved(&under(1, 0, 0), leaked), Err(Failure::LookupInUse { found: 1, .. })));
        for waits in [under(0, 2, 0), under(0, 0, 3)] {
            let checked = check_moved(&waits, leaked);
            assert_eq!(checked.is_ok(), leaked, "{checked:?}");
        }
    }
    let mut keys = first(KeyName::Lookup);
    for hour in [0, 2] {
        rotate(&mut keys, KeyName::Lookup, false, at(hour)).unwrap();
    }
    // Until then, some functions make accounts under the old version.
    let soon = retire(&mut keys, KeyName::Lookup, 1, true, at(4) - SignedDuration::from_secs(1));
    assert!(matches!(soon, Err(Failure::StillNeeded { .. })));
    retire(&mut keys, KeyName::Lookup, 1, true, at(4)).unwrap();
    let lost = check_moved(&under(0, 2, 3), true).unwrap();
    assert!(lost.starts_with("2 partner identities") && lost.contains("3 pending registrations"), "{lost}");
}
