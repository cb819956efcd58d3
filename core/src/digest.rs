//! Body digests, HMAC, hex and base64: the only file that names a hash crate.
//!
//! The hot path works on whole blocks (`compress` functions of the hash crates): a body is hashed straight from the
//! caller's slice, and a keyed HMAC-SHA1 is two 20-byte states, so that signing allocates nothing and re-hashes no key.

use hmac::{Hmac, KeyInit, Mac};
use md5::block_api::compress as md5_compress;
use sha1::block_api::compress as sha1_compress;
use sha2::block_api::compress512 as sha512_compress;
use sha2::{Digest as _, Sha256};
use zeroize::Zeroize;

/// Which digest of the body enters the string to sign.
///
/// SHA-512 is what Spiff documents today; MD5 is its older form and the only one VWS knows. Both are written in
/// lower-case hex.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum BodyDigest {
    /// SHA-512, 128 hex characters.
    #[default]
    Sha512,
    /// MD5, 32 hex characters. Legacy; it protects nothing by itself.
    Md5,
}

impl BodyDigest {
    /// `sha512` or `md5`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sha512 => "sha512",
            Self::Md5 => "md5",
        }
    }

    /// Length in bytes of the hex text.
    pub const fn hex_len(self) -> usize {
        match self {
            Self::Sha512 => 128,
            Self::Md5 => 32,
        }
    }

    /// Writes the lower-case hex digest of `body` to the first [`BodyDigest::hex_len`] bytes of `out`.
    ///
    /// `out` must be at least that long.
    pub(crate) fn write_hex(self, body: &[u8], out: &mut [u8]) {
        match self {
            Self::Sha512 => write_hex(sha512(body).map(u64::to_be_bytes).as_flattened(), out),
            Self::Md5 => write_hex(md5(body).map(u32::to_le_bytes).as_flattened(), out),
        }
    }

    /// The lower-case hex digest of `body`.
    pub fn hex(self, body: &[u8]) -> String {
        let mut text = vec![0; self.hex_len()];
        self.write_hex(body, &mut text);
        text.into_iter().map(char::from).collect()
    }
}

/// Writes bytes, of a length that eight divides, as lower-case hex: four at a time as one number, because a library that is
/// linked for size has no vectors.
fn write_hex(bytes: &[u8], out: &mut [u8]) {
    for (eight, text) in bytes.as_chunks::<8>().0.iter().zip(out.as_chunks_mut::<16>().0) {
        let eight = u64::from_le_bytes(*eight);
        text[..8].copy_from_slice(&hex_of(eight & 0xffff_ffff).to_le_bytes());
        text[8..].copy_from_slice(&hex_of(eight >> 32).to_le_bytes());
    }
}

/// The eight digits of four bytes.
const fn hex_of(four: u64) -> u64 {
    const ONES: u64 = u64::MAX / 255;
    // A byte in every second place, and then its lower half beside it.
    let pairs = (four | four << 16) & 0x0000_ffff_0000_ffff;
    let spread = (pairs | pairs << 8) & 0x00ff_00ff_00ff_00ff;
    let halves = (spread >> 4 | spread << 8) & (ONES * 0x0f);
    // 1 for each that is written as a letter.
    let letters = (halves + ONES * 6) >> 4 & ONES;
    halves + ONES * b'0' as u64 + letters * (b'a' - b'0' - 10) as u64
}

const MD5_IV: [u32; 4] = [0x6745_2301, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476];
const SHA1_IV: [u32; 5] = [0x6745_2301, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476, 0xc3d2_e1f0];
const SHA512_IV: [u64; 8] = [
    0x6a09_e667_f3bc_c908,
    0xbb67_ae85_84ca_a73b,
    0x3c6e_f372_fe94_f82b,
    0xa54f_f53a_5f1d_36f1,
    0x510e_527f_ade6_82d1,
    0x9b05_688c_2b3e_6c1f,
    0x1f83_d9ab_fb41_bd6b,
    0x5be0_cd19_137e_2179,
];

/// Bodies up to this many bytes are laid out with their padding and compressed in one call, which is quicker than a copied
/// tail: the block functions work on several blocks at once.
const SMALL: usize = 512;

fn sha512(body: &[u8]) -> [u64; 8] {
    let mut state = SHA512_IV;
    let (whole, tail) = if body.len() + 17 <= SMALL { (&[][..], body) } else { body.as_chunks::<128>() };
    let mut last = [[0; 128]; SMALL / 128];
    let used = (tail.len() + 17).div_ceil(128);
    let text = last.as_flattened_mut();
    text[..tail.len()].copy_from_slice(tail);
    text[tail.len()] = 0x80;
    text[used * 128 - 16..used * 128].copy_from_slice(&(body.len() as u128 * 8).to_be_bytes());
    // Only now: the stores above settle while the whole blocks are worked on.
    if !whole.is_empty() {
        sha512_compress(&mut state, whole);
    }
    sha512_compress(&mut state, &last[..used]);
    state
}

fn md5(body: &[u8]) -> [u32; 4] {
    let mut state = MD5_IV;
    let (whole, tail) = if body.len() + 9 <= SMALL { (&[][..], body) } else { body.as_chunks::<64>() };
    let mut last = [[0; 64]; SMALL / 64];
    let used = (tail.len() + 9).div_ceil(64);
    let text = last.as_flattened_mut();
    text[..tail.len()].copy_from_slice(tail);
    text[tail.len()] = 0x80;
    text[used * 64 - 8..used * 64].copy_from_slice(&(body.len() as u64).wrapping_mul(8).to_le_bytes());
    // Only now: the stores above settle while the whole blocks are worked on.
    if !whole.is_empty() {
        md5_compress(&mut state, whole);
    }
    md5_compress(&mut state, &last[..used]);
    state
}

/// Bytes of a message that fits [`Layout`], its padding included.
const LAYOUT_BLOCKS: usize = 8;
/// The longest message that fits one [`Layout`]: eight blocks less the end mark and the length.
pub(crate) const LAYOUT_MAX: usize = LAYOUT_BLOCKS * 64 - 9;

/// A short message laid out in one stack buffer as the blocks SHA-1 will read, so that it is hashed in one call.
pub(crate) struct Layout {
    blocks: [[u8; 64]; LAYOUT_BLOCKS],
    len: usize,
}

impl Layout {
    pub(crate) const fn new() -> Self {
        Self { blocks: [[0; 64]; LAYOUT_BLOCKS], len: 0 }
    }

    /// Adds bytes. The caller has checked that the whole message is at most [`LAYOUT_MAX`] long.
    #[inline(always)]
    pub(crate) fn put(&mut self, bytes: &[u8]) {
        let from = self.len;
        self.len += bytes.len();
        self.blocks.as_flattened_mut()[from..self.len].copy_from_slice(bytes);
    }
}

/// HMAC-SHA1 with its key already absorbed: the inner and the outer state. Wiped on drop.
#[derive(Clone)]
pub(crate) struct HmacSha1 {
    inner: [u32; 5],
    outer: [u32; 5],
}

impl HmacSha1 {
    pub(crate) fn new(key: &[u8]) -> Self {
        let mut block = [0; 64];
        if key.len() <= 64 {
            block[..key.len()].copy_from_slice(key);
        } else {
            // A key longer than a block is hashed first (RFC 2104, 2).
            let mut stream = Stream::new(SHA1_IV, 0);
            stream.update(key);
            block[..20].copy_from_slice(&bytes_of(stream.finish()));
        }
        let absorb = |pad: u8| {
            let mut state = SHA1_IV;
            let mut padded = [block.map(|byte| byte ^ pad)];
            sha1_compress(&mut state, &padded);
            padded[0].zeroize();
            state
        };
        let keyed = Self { inner: absorb(0x36), outer: absorb(0x5c) };
        block.zeroize();
        keyed
    }

    /// The MAC of the concatenated `parts`. A short message, the rule, is hashed as one buffer.
    #[inline]
    pub(crate) fn mac_of_parts(&self, parts: &[&[u8]]) -> [u8; 20] {
        let len = parts.iter().fold(0usize, |sum, part| sum.saturating_add(part.len()));
        if len > LAYOUT_MAX {
            return self.mac_streamed(parts);
        }
        let mut message = Layout::new();
        for part in parts {
            message.put(part);
        }
        self.mac_of_layout(message)
    }

    /// The MAC of a message laid out in one buffer.
    pub(crate) fn mac_of_layout(&self, mut message: Layout) -> [u8; 20] {
        let len = message.len;
        let used = (len + 9).div_ceil(64);
        let text = message.blocks.as_flattened_mut();
        text[len] = 0x80;
        text[used * 64 - 8..used * 64].copy_from_slice(&((64 + len as u64) * 8).to_be_bytes());
        let mut state = self.inner;
        sha1_compress(&mut state, &message.blocks[..used]);
        self.outer_of(state)
    }

    /// The MAC of a message of any length, piece by piece.
    fn mac_streamed(&self, parts: &[&[u8]]) -> [u8; 20] {
        let mut stream = Stream::new(self.inner, 64);
        for part in parts {
            stream.update(part);
        }
        self.outer_of(stream.finish())
    }

    fn outer_of(&self, inner: [u32; 5]) -> [u8; 20] {
        let mut block = [[0; 64]];
        block[0][..20].copy_from_slice(&bytes_of(inner));
        block[0][20] = 0x80;
        block[0][56..].copy_from_slice(&((64 + 20u64) * 8).to_be_bytes());
        let mut state = self.outer;
        sha1_compress(&mut state, &block);
        bytes_of(state)
    }
}

impl Drop for HmacSha1 {
    fn drop(&mut self) {
        self.inner.zeroize();
        self.outer.zeroize();
    }
}

/// SHA-1 over pieces, from a given state.
struct Stream {
    state: [u32; 5],
    block: [u8; 64],
    held: usize,
    total: u64,
}

impl Stream {
    fn new(state: [u32; 5], already: u64) -> Self {
        Self { state, block: [0; 64], held: 0, total: already }
    }

    fn update(&mut self, mut bytes: &[u8]) {
        self.total += bytes.len() as u64;
        if self.held > 0 {
            let take = bytes.len().min(64 - self.held);
            self.block[self.held..self.held + take].copy_from_slice(&bytes[..take]);
            self.held += take;
            bytes = &bytes[take..];
            if self.held < 64 {
                return;
            }
            sha1_compress(&mut self.state, &[self.block]);
        }
        let (whole, tail) = bytes.as_chunks::<64>();
        sha1_compress(&mut self.state, whole);
        self.block[..tail.len()].copy_from_slice(tail);
        self.held = tail.len();
    }

    fn finish(mut self) -> [u32; 5] {
        let bits = (self.total * 8).to_be_bytes();
        let mut last = [[0; 64]; 2];
        let used = if self.held + 9 <= 64 { 1 } else { 2 };
        let text = last.as_flattened_mut();
        text[..self.held].copy_from_slice(&self.block[..self.held]);
        text[self.held] = 0x80;
        text[used * 64 - 8..used * 64].copy_from_slice(&bits);
        sha1_compress(&mut self.state, &last[..used]);
        self.block.zeroize();
        self.state
    }
}

fn bytes_of(state: [u32; 5]) -> [u8; 20] {
    let mut bytes = [0; 20];
    for (word, out) in state.iter().zip(bytes.as_chunks_mut::<4>().0) {
        *out = word.to_be_bytes();
    }
    bytes
}

/// HMAC-SHA1 of the concatenated `parts` (RFC 2104), 20 bytes.
pub fn hmac_sha1(key: &[u8], parts: &[&[u8]]) -> [u8; 20] {
    HmacSha1::new(key).mac_of_parts(parts)
}

fn sha256_mac(key: &[u8], parts: &[&[u8]]) -> Option<Hmac<Sha256>> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).ok()?;
    for part in parts {
        mac.update(part);
    }
    Some(mac)
}

/// HMAC-SHA256 of the concatenated `parts` (RFC 2104), 32 bytes.
pub fn hmac_sha256(key: &[u8], parts: &[&[u8]]) -> [u8; 32] {
    // HMAC takes a key of any length, so the fallback is never reached.
    sha256_mac(key, parts).map_or([0; 32], |mac| mac.finalize().into_bytes().into())
}

/// Lower-case hex of SHA-256 over the parts, each followed by a line feed.
pub fn sha256_hex(parts: &[&[u8]]) -> String {
    let mut hash = Sha256::default();
    for part in parts {
        hash.update(part);
        hash.update(b"\n");
    }
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Something to tell credentials apart by: 64 bits of their hash. A secret of more entropy cannot be found by it.
pub(crate) fn fingerprint(parts: &[&[u8]]) -> String {
    let mut hex = sha256_hex(parts);
    hex.truncate(16);
    hex
}

/// Whether `presented` is the HMAC-SHA256 of the concatenated `parts`, in constant time.
pub(crate) fn hmac_sha256_matches(key: &[u8], parts: &[&[u8]], presented: &[u8; 32]) -> bool {
    sha256_mac(key, parts).is_some_and(|mac| mac.verify_slice(presented).is_ok())
}

/// Standard base64 with padding of 20 bytes: always 28 characters, the last one `=`.
pub(crate) fn base64_of_20(bytes: &[u8; 20]) -> [u8; 28] {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = [b'='; 28];
    let six = |group: u32, shift: u32| ALPHABET[(group >> shift & 63) as usize];
    let (threes, tail) = bytes.as_chunks::<3>();
    for (three, four) in threes.iter().zip(text.as_chunks_mut::<4>().0) {
        let group = u32::from_be_bytes([0, three[0], three[1], three[2]]);
        *four = [six(group, 18), six(group, 12), six(group, 6), six(group, 0)];
    }
    if let [a, b] = tail {
        let group = u32::from_be_bytes([0, *a, *b, 0]);
        text[24..27].copy_from_slice(&[six(group, 18), six(group, 12), six(group, 6)]);
    }
    text
}

/// Standard base64 with padding.
pub(crate) fn base64(bytes: &[u8]) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(bytes)
}

/// Reads standard, padded, canonical base64.
pub(crate) fn from_base64(text: &str) -> Option<Vec<u8>> {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.decode(text).ok()
}

/// Lower-case hex.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .map(|n| char::from_digit(n.into(), 16).unwrap_or('0'))
        .collect()
}

/// Reads lower-case hex.
pub(crate) fn from_hex(text: &str) -> Option<Vec<u8>> {
    let nibble = |byte: u8| match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    };
    let (pairs, []) = text.as_bytes().as_chunks::<2>() else { return None };
    pairs.iter().map(|[high, low]| Some(nibble(*high)? << 4 | nibble(*low)?)).collect()
}

/// Whether two texts of one length are equal, in time that does not depend on where they differ.
pub(crate) fn equal_in_constant_time(a: &[u8; 28], b: &[u8; 28]) -> bool {
    // Words instead of bytes, and no way out of the loop; the black box hides what the sum is for.
    let difference = a
        .as_chunks::<4>()
        .0
        .iter()
        .zip(b.as_chunks::<4>().0)
        .fold(0, |sum, (x, y)| sum | (u32::from_ne_bytes(*x) ^ u32::from_ne_bytes(*y)));
    std::hint::black_box(difference) == 0
}

#[cfg(test)]
mod tests {
    use super::*;
    use hmac::digest::Digest;

    fn bytes(n: usize) -> Vec<u8> {
        (0..n).map(|i| (i * 31 + i / 7) as u8).collect()
    }

    #[test]
    fn body_digests_equal_the_hash_crates_at_every_length_around_a_block() {
        for n in (0..400).chain([4095, 4096, 65_537]) {
            let body = bytes(n);
            assert_eq!(BodyDigest::Sha512.hex(&body), hex(&sha2::Sha512::digest(&body)), "{n}");
            assert_eq!(BodyDigest::Md5.hex(&body), hex(&md5::Md5::digest(&body)), "{n}");
        }
    }

    #[test]
    fn hmac_sha1_equals_the_mac_crate_for_keys_and_messages_of_every_length() {
        for key in [1, 20, 63, 64, 65, 100, 200] {
            let key = bytes(key);
            for n in 0..600 {
                let message = bytes(n);
                let mut theirs = Hmac::<sha1::Sha1>::new_from_slice(&key).unwrap();
                theirs.update(&message);
                let theirs: [u8; 20] = theirs.finalize().into_bytes().into();
                let keyed = HmacSha1::new(&key);
                let (a, b) = message.split_at(n / 3);
                // Beyond LAYOUT_MAX both are the same.
                assert_eq!(keyed.mac_of_parts(&[a, b]), theirs, "{n}");
                assert_eq!(keyed.mac_streamed(&[a, b]), theirs, "{n}");
            }
        }
    }

    #[test]
    fn base64_of_20_equals_the_base64_crate() {
        for seed in 0..=255u8 {
            let mut bytes = [seed; 20];
            bytes[usize::from(seed) % 20] = seed.wrapping_mul(83);
            assert_eq!(base64_of_20(&bytes), *base64(&bytes).as_bytes());
        }
    }

    #[test]
    fn hex_is_lower_case_and_exact() {
        assert_eq!(from_hex("00ff10"), Some(vec![0, 255, 16]));
        for bad in ["0", "0G", "FF", " 0", "é"] {
            assert_eq!(from_hex(bad), None, "{bad}");
        }
    }

    #[test]
    fn every_differing_byte_is_seen() {
        let a = [7; 28];
        assert!(equal_in_constant_time(&a, &a));
        for i in 0..28 {
            let mut b = a;
            b[i] ^= 1;
            assert!(!equal_in_constant_time(&a, &b));
        }
    }
}
