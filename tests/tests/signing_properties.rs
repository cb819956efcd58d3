//! What must hold for all inputs: signatures verify, equal an independent computation, break with every changed byte,
//! and arguments are refused by exactly the documented rules.
#![allow(clippy::unwrap_used, reason = "a failed test says where")]

use countersign_core::{BodyDigest, Error, ErrorKind, Parts, Scheme, Secret, Signer, Timestamp};
use countersign_tests::{Request, reference_authorization, reference_string_to_sign};
use proptest::prelude::*;

const SCHEMES: [Scheme; 3] = [Scheme::Soa(BodyDigest::Sha512), Scheme::Soa(BodyDigest::Md5), Scheme::Vws];
const NOW: Timestamp = Timestamp::from_unix(1_577_836_800);

fn scheme() -> impl Strategy<Value = Scheme> {
    (0..SCHEMES.len()).prop_map(|i| SCHEMES[i])
}

/// Any text without the characters that are refused everywhere: control characters (C0, DEL, C1). Everything else is opaque.
fn text(len: std::ops::Range<usize>) -> impl Strategy<Value = String> {
    let common = proptest::char::range(' ', '~');
    let any = any::<char>().prop_filter("control", |c| !c.is_control());
    proptest::collection::vec(prop_oneof![3 => common, 1 => any], len).prop_map(|chars| chars.into_iter().collect())
}

fn request() -> impl Strategy<Value = Request> {
    let body = proptest::collection::vec(any::<u8>(), 0..400);
    (text(1..12), text(0..700), text(0..60), text(0..40), body)
        .prop_map(|(method, path, content_type, date, body)| Request { method, path, content_type, date, body })
}

fn key_id() -> impl Strategy<Value = String> {
    text(1..50).prop_filter("key id", |id| !id.contains(|c: char| c == ':' || c.is_whitespace()))
}

fn secret() -> impl Strategy<Value = Vec<u8>> {
    proptest::collection::vec(any::<u8>(), 1..140)
}

fn signer(scheme: Scheme, key_id: &str, secret: &[u8]) -> Signer {
    Signer::new(key_id, Secret::exact(secret), scheme).unwrap()
}

fn judge(signer: &Signer, request: &Request, authorization: &str) -> Result<(), Error> {
    let headers =
        [("Authorization", authorization), ("Date", &*request.date), ("Content-Type", &*request.content_type)];
    signer.verify(&request.method, &request.path, &request.body, &headers, NOW, None)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_signature_equals_the_reference_and_verifies(
        scheme in scheme(), key_id in key_id(), secret in secret(), request in request(),
    ) {
        let signer = signer(scheme, &key_id, &secret);
        let value = signer.authorization(&request.parts()).unwrap();
        prop_assert_eq!(&value, &reference_authorization(scheme, &key_id, &secret, &request));
        prop_assert_eq!(signer.string_to_sign(&request.parts()).unwrap(), reference_string_to_sign(scheme, &request));
        let mut out = vec![0; signer.authorization_len()];
        signer.write_authorization(&request.parts(), &mut out).unwrap();
        prop_assert_eq!(out, value.as_bytes());
        judge(&signer, &request, &value).unwrap();
    }

    /// One character or byte of one part becomes another, is taken away or added: the signature no longer fits.
    #[test]
    fn any_changed_byte_of_any_part_is_refused(
        scheme in scheme(), key_id in key_id(), secret in secret(), request in request(),
        at in any::<prop::sample::Index>(), how in 0..3u8,
        other in any::<char>().prop_filter("control", |c| !c.is_control()), bit in 0..8u8,
    ) {
        let signer = signer(scheme, &key_id, &secret);
        let value = signer.authorization(&request.parts()).unwrap();
        let change = |text: &str| -> Option<String> {
            let mut chars: Vec<char> = text.chars().collect();
            match how {
                0 => chars.insert(at.index(chars.len() + 1), other),
                _ if chars.is_empty() => return None,
                1 => { chars.remove(at.index(chars.len())); }
                _ => { let i = at.index(chars.len()); chars[i] = other; }
            }
            let changed: String = chars.into_iter().collect();
            (changed != text).then_some(changed)
        };
        type Field = fn(&mut Request) -> &mut String;
        let fields: [(&str, Field); 4] = [
            ("method", |r| &mut r.method),
            ("path", |r| &mut r.path),
            ("date", |r| &mut r.date),
            ("content type", |r| &mut r.content_type),
        ];
        for (name, field) in fields {
            let mut forged = request.clone();
            let Some(changed) = change(field(&mut forged)) else { continue };
            *field(&mut forged) = changed;
            // VWS leaves the parameters of the content type out: a change there is none.
            let same = reference_string_to_sign(scheme, &forged) == reference_string_to_sign(scheme, &request);
            prop_assert!(!same || (scheme == Scheme::Vws && name == "content type"), "{}", name);
            match judge(&signer, &forged, &value) {
                Ok(()) => prop_assert!(same, "{} was changed", name),
                Err(error) => {
                    prop_assert!(!same);
                    prop_assert_eq!(error.kind(), ErrorKind::Mismatch, "{}", name);
                }
            }
        }

        let mut forged = request.clone();
        match how {
            0 => forged.body.insert(at.index(request.body.len() + 1), bit),
            _ if request.body.is_empty() => forged.body.push(0),
            1 => { forged.body.remove(at.index(request.body.len())); }
            _ => forged.body[at.index(request.body.len())] ^= 1 << bit,
        }
        prop_assert_eq!(judge(&signer, &forged, &value).unwrap_err().kind(), ErrorKind::Mismatch);

        let mut wrong = secret.clone();
        wrong[at.index(secret.len())] ^= 1 << bit;
        let wrong = self::signer(scheme, &key_id, &wrong);
        prop_assert_eq!(judge(&wrong, &request, &value).unwrap_err().kind(), ErrorKind::Mismatch);
    }

    /// Any other character anywhere in the signature is refused, also one that decodes to the same bytes.
    #[test]
    fn any_changed_character_of_the_signature_is_refused(
        scheme in scheme(), secret in secret(), request in request(), at in 0..28usize, other in 0x21..0x7fu8,
    ) {
        let signer = signer(scheme, "key", &secret);
        let value = signer.authorization(&request.parts()).unwrap();
        let mut forged = value.clone().into_bytes();
        let at = value.len() - 28 + at;
        prop_assume!(forged[at] != other);
        forged[at] = other;
        let error = judge(&signer, &request, std::str::from_utf8(&forged).unwrap()).unwrap_err();
        let alphabet = other.is_ascii_alphanumeric() || b"+/".contains(&other);
        let form = if alphabet && at + 1 < value.len() { ErrorKind::Mismatch } else { ErrorKind::Malformed };
        prop_assert_eq!(error.kind(), form, "{}", error);
    }

    #[test]
    fn vws_leaves_the_parameters_of_the_content_type_out(
        secret in secret(), request in request(), parameters in text(0..40), space in " {0,3}",
    ) {
        let signer = signer(Scheme::Vws, "key", &secret);
        let mut bare = request;
        bare.content_type = bare.content_type.replace(';', "");
        let value = signer.authorization(&bare.parts()).unwrap();
        let mut with = bare.clone();
        with.content_type = format!("{}{space};{parameters}", bare.content_type);
        prop_assert_eq!(signer.authorization(&with.parts()).unwrap(), value.clone());
        judge(&signer, &with, &value).unwrap();

        // SOA does not.
        let soa = self::signer(Scheme::default(), "key", &secret);
        prop_assert_ne!(soa.authorization(&with.parts()).unwrap(), soa.authorization(&bare.parts()).unwrap());
    }
}

/// Up to 503 bytes the string to sign is hashed as one buffer, beyond piece by piece: nobody can tell.
#[test]
fn one_buffer_and_stream_agree_at_every_length() {
    for scheme in SCHEMES {
        let signer = signer(scheme, "key", b"secret");
        for len in (0..800).chain([4_000, 65_536]) {
            let request = Request {
                method: "POST".to_owned(),
                path: "p".repeat(len),
                content_type: "application/json".to_owned(),
                date: "Wed, 01 Jan 2020 00:00:00 GMT".to_owned(),
                body: vec![b'b'; len % 300],
            };
            let value = signer.authorization(&request.parts()).unwrap();
            assert_eq!(value, reference_authorization(scheme, "key", b"secret", &request), "{len}");
        }
        // The length may come from any part.
        for part in 0..4 {
            for len in [450, 503, 504, 512, 600, 9_000] {
                let long = "x".repeat(len);
                let pick = |i: usize| if i == part { long.clone() } else { "short".to_owned() };
                let (method, content_type, date, path) = (pick(0), pick(1), pick(2), pick(3));
                let request = Request { method, path, content_type, date, body: b"{}".to_vec() };
                let value = signer.authorization(&request.parts()).unwrap();
                assert_eq!(value, reference_authorization(scheme, "key", b"secret", &request), "{part} {len}");
            }
        }
    }
}

#[test]
fn bodies_of_every_length_around_the_blocks_are_digested_right() {
    for scheme in SCHEMES {
        let signer = signer(scheme, "key", b"secret");
        for len in (0..520).chain([4_095, 4_096, 65_536, 1_000_003]) {
            let body: Vec<u8> = (0..len).map(|i| (i * 31 + i / 255) as u8).collect();
            let request = Request {
                method: "POST".to_owned(),
                path: "/".to_owned(),
                content_type: String::new(),
                date: String::new(),
                body,
            };
            let value = signer.authorization(&request.parts()).unwrap();
            assert_eq!(value, reference_authorization(scheme, "key", b"secret", &request), "{len}");
        }
    }
}

/// Every character up to U+00FF, and some of the wider white spaces: at the beginning, inside, at the end, alone, and at
/// every place of a text that is long enough to be looked through in words or vectors.
fn characters() -> impl Iterator<Item = (char, Vec<String>)> {
    let wide = ['\u{2028}', '\u{3000}', '\u{feff}', '\u{fffd}', '\u{10ffff}'];
    let texts = |c: char| {
        let long = (0..=35).map(|at| format!("{}{c}{}", "a".repeat(at), "b".repeat(35 - at)));
        [format!("{c}ab"), format!("a{c}b"), format!("ab{c}"), c.to_string()].into_iter().chain(long).collect()
    };
    (0..=0xffu8).map(char::from).chain(wide).map(move |c| (c, texts(c)))
}

fn refused(result: Result<impl Sized, Error>, place: &str) -> bool {
    match result {
        Ok(_) => false,
        Err(error) => {
            assert_eq!(error.kind(), ErrorKind::InvalidArgument, "{place}: {error}");
            assert!(!error.message().contains(|c: char| c.is_control()), "{place}: {:?}", error.message());
            true
        }
    }
}

#[test]
fn every_character_in_a_key_id_is_accepted_or_refused_as_documented() {
    for (c, texts) in characters() {
        let due = c.is_control() || c == ':' || c.is_whitespace();
        for (text, scheme) in texts.iter().zip(SCHEMES.into_iter().cycle()) {
            assert_eq!(refused(Signer::new(text, "secret", scheme), "key id"), due, "{c:?} in {text:?}");
        }
    }
    assert!(refused(Signer::new("", "secret", Scheme::Vws), "key id"));
}

#[test]
fn every_character_in_a_part_is_accepted_or_refused_as_documented() {
    for scheme in SCHEMES {
        let signer = signer(scheme, "key", b"secret");
        for (c, texts) in characters() {
            for text in &texts {
                for part in 0..4 {
                    let pick = |i: usize| if i == part { text.as_str() } else { "fine" };
                    let parts =
                        Parts { method: pick(0), path: pick(1), content_type: pick(2), date: pick(3), body: b"\0\n" };
                    let place = format!("{c:?} in {text:?}, part {part}");
                    let due = c.is_control();
                    assert_eq!(refused(signer.authorization(&parts), &place), due, "{place}");
                    assert_eq!(refused(signer.write_authorization(&parts, &mut [0; 64]), &place), due, "{place}");
                    assert_eq!(refused(signer.string_to_sign(&parts), &place), due, "{place}");
                }
            }
        }
    }
}

/// Secrets are any bytes; only white space at the ends is an accident, unless it is declared.
#[test]
fn every_byte_in_a_secret_is_accepted_or_refused_as_documented() {
    for byte in 0..=255u8 {
        // As text a vertical tab is white space too.
        let due = byte.is_ascii_whitespace() || byte == 0x0b;
        for (secret, at_an_end) in [
            (vec![byte, b'a', b'b'], true),
            (vec![b'a', byte, b'b'], false),
            (vec![b'a', b'b', byte], true),
            (vec![byte], true),
        ] {
            let made = Signer::new("key", secret.clone(), Scheme::default());
            assert_eq!(refused(made, "secret"), due && at_an_end, "{secret:?}");
            assert!(!refused(Signer::new("key", Secret::exact(secret), Scheme::default()), "exact secret"));
        }
    }
    assert!(refused(Signer::new("key", "", Scheme::default()), "secret"));
    assert!(refused(Signer::new("key", Secret::exact([]), Scheme::default()), "exact secret"));
}
