//! The HMAC primitives against RFC 2202 and Project Wycheproof.
#![allow(clippy::unwrap_used, reason = "a failed test says where")]

use countersign_core::digest::{hmac_sha1, hmac_sha256};
use countersign_tests::vectors;
use wycheproof::TestResult;
use wycheproof::mac::{TestName, TestSet};

#[test]
fn rfc_2202() {
    let rows = vectors("rfc2202.json");
    assert_eq!(rows.len(), 7);
    for row in rows {
        assert_eq!(hmac_sha1(&row.hex("key_hex"), &[&row.hex("data_hex")])[..], row.hex("digest_hex"), "{}", row.id());
    }
}

/// Compares the first bytes of each MAC with the tag of the set (truncated in some groups), the message whole and in
/// pieces. Returns how many tests there were.
fn wycheproof<const N: usize>(name: TestName, mac: fn(&[u8], &[&[u8]]) -> [u8; N]) -> usize {
    let set = TestSet::load(name).unwrap();
    let mut count = 0;
    let mut invalid = 0;
    for group in &set.test_groups {
        let len = group.tag_size / 8;
        assert!(len > 0 && len <= N);
        for test in &group.tests {
            let ours = mac(&test.key, &[&test.msg]);
            let expected = match test.result {
                TestResult::Valid | TestResult::Acceptable => true,
                TestResult::Invalid => false,
            };
            assert_eq!(ours[..len] == test.tag[..], expected, "{name:?} {}: {}", test.tc_id, test.comment);
            let (a, b) = test.msg.split_at(test.msg.len() / 3);
            assert_eq!(mac(&test.key, &[a, b"", b]), ours, "{name:?} {} in pieces", test.tc_id);
            count += 1;
            invalid += usize::from(!expected);
        }
    }
    assert_eq!(count, set.number_of_tests);
    assert!(invalid > 50, "tampered tags must be among them");
    count
}

#[test]
fn wycheproof_hmac_sha1() {
    assert_eq!(wycheproof(TestName::HmacSha1, hmac_sha1), 170);
}

#[test]
fn wycheproof_hmac_sha256() {
    assert_eq!(wycheproof(TestName::HmacSha256, hmac_sha256), 174);
}
