//! The networks that a source belongs to: IPv6 /64, /56 and /48, and those that many people share (RULES 3.11).

use std::net::{IpAddr, Ipv6Addr};

use futures_util::future::join_all;

use crate::support::{
    browser::Browser,
    env::{ANA, OTHER, PASSWORD, TestEnv, wait},
};

/// An address in the /64 number `subnet` of a /48.
fn address(site: u16, subnet: u16) -> IpAddr {
    Ipv6Addr::new(0x2001, 0xdb8, site, subnet, 1, 2, 3, 4).into()
}

/// The status of a sign-in without an account.
async fn fails(mut browser: Browser, from: IpAddr, number: usize) -> u16 {
    browser.address = from;
    browser.sign_in(&format!("nobody{number}@exemple.ca"), OTHER).await.status
}

#[tokio::test]
async fn rule_3_11_a_56_has_four_times_and_a_48_sixteen_times_the_limit_of_a_64() {
    let env = TestEnv::begin_with(vec![("TRY_LIMIT", "2/15m".into())]).await;
    let (mut failed, mut number) = (Vec::new(), 0);
    // The first /56 of the site has the /64s from 0, the next one those from 0x100.
    for block in 0..6 {
        for subnet in 0..6 {
            for _ in 0..3 {
                number += 1;
                let status = fails(env.browser(), address(1, block << 8 | subnet), number).await;
                assert!(matches!(status, 422 | 429), "{status}");
                if status == 422 {
                    failed.push((block, subnet));
                }
            }
        }
    }
    let of_first_64 = failed.iter().filter(|place| **place == (0, 0)).count();
    let of_first_56 = failed.iter().filter(|place| place.0 == 0).count();
    assert_eq!((of_first_64, of_first_56, failed.len()), (2, 8, 32));
    assert_eq!(fails(env.browser(), address(2, 0), 1000).await, 422, "another site is not touched");
    wait(900);
    assert_eq!(fails(env.browser(), address(1, 0), 1001).await, 422, "nor is another window");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn rule_3_11_the_limits_of_networks_are_exact_however_many_come_at_once() {
    let env = TestEnv::begin_with(vec![("TRY_LIMIT", "3/15m".into())]).await;
    let browsers: Vec<_> = (0..60).map(|_| env.browser()).collect();
    let tries = browsers.into_iter().enumerate().map(|(number, browser)| {
        let from = address(1, u16::try_from(number).unwrap());
        tokio::spawn(fails(browser, from, number))
    });
    let statuses: Vec<_> = join_all(tries).await.into_iter().map(Result::unwrap).collect();
    assert_eq!(statuses.iter().filter(|status| **status == 422).count(), 12, "{statuses:?}");
    assert_eq!(statuses.iter().filter(|status| **status == 429).count(), 48, "{statuses:?}");
}

#[tokio::test]
async fn rule_3_11_what_succeeds_is_returned_in_every_network() {
    let env = TestEnv::begin_with(vec![("TRY_LIMIT", "1/15m".into())]).await;
    let service = env.service("health").await;
    env.activated(ANA).await;
    let mut browser = env.browser();
    browser.address = address(1, 0);
    // A /48 may fail sixteen times, and begin 48 sign-ins.
    for number in 0..50 {
        browser.jar.remove("__Host-session");
        browser.get(&service.asks(&[("scope", "openid")])).await;
        let page = browser.press("/login", &[("email", ANA), ("password", PASSWORD)]).await;
        assert!(page.with.contains_key("code"), "{number} {page:?}");
    }
    for (subnet, status) in [(0, 422), (0, 429), (1, 422)] {
        let number = usize::from(subnet) + 1;
        assert_eq!(fails(env.browser(), address(1, subnet), number).await, status, "{subnet}");
    }
}

#[tokio::test]
async fn rule_3_11_a_sign_in_from_any_network_is_three_calls() {
    let env = TestEnv::begin().await;
    env.activated(ANA).await;
    let mut browser = env.browser();
    browser.address = address(1, 0);
    browser.get("/login").await;
    let _ = env.watch.take_calls();
    let request = browser.posting("/login", &[("email", ANA), ("password", PASSWORD)]);
    assert_eq!(browser.send(request).await.status, 303);
    let calls = env.watch.take_calls();
    let names: Vec<_> = calls.iter().map(|call| call.operation.as_str()).collect();
    assert_eq!(names, ["BatchGetItem", "TransactWriteItems", "TransactWriteItems"]);
    let keys = calls[0].body.pointer("/RequestItems").unwrap().as_object().unwrap();
    let keys: usize = keys.values().map(|table| table["Keys"].as_array().unwrap().len()).sum();
    assert!(keys < 40, "{keys} of at most 100 keys");
}

#[tokio::test]
async fn rule_3_11_shared_networks_have_higher_limits() {
    let networks = "10.0.0.0/8=3,2001:db8:7::/48=2".to_owned();
    let env = TestEnv::begin_with(vec![("TRY_LIMIT", "2/15m".into()), ("SHARED_NETWORKS", networks)]).await;
    let outside = "192.0.2.1".parse().unwrap();
    for (from, limit) in [(env.browser().address, 6), (outside, 2), (address(7, 0), 4), (address(8, 0), 2)] {
        for number in 0..=limit {
            let status = if number < limit { 422 } else { 429 };
            assert_eq!(fails(env.browser(), from, number).await, status, "{from} {number}");
        }
    }
}
