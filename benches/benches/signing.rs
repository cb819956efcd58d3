//! `sign` and `verify` against their floor: the same number of compressions of the same hash functions, and nothing else.
//!
//! With the keyed HMAC state at hand a signature takes
//!
//! - SHA-512: ⌈(body + 17) / 128⌉ blocks, MD5: ⌈(body + 9) / 64⌉ blocks for the body,
//! - SHA-1: ⌈(string to sign + 9) / 64⌉ blocks for the inner hash and 1 for the outer.
//!
//! The table comes from measurements in turns (see the library of this package); criterion keeps the record.
//!
//! A processor begins the next floor while the last one still runs, because nothing in a floor waits for anything; the
//! steps of a signature wait for each other. So the table also shows both *in series*: every call begins with a byte of
//! the result of the one before. That is what a caller waits for; the verdict goes by the stricter figure.

use countersign_benches::{Candidate, take_turns};
use countersign_core::{BodyDigest, Parts, Scheme, Signer, Timestamp};
use criterion::{BenchmarkId, Criterion, Throughput};
use std::hint::black_box;
use std::time::Duration;

const METHOD: &str = "POST";
const PATH: &str = "/api/v2/orders";
const CONTENT_TYPE: &str = "application/json";
const NOW: Timestamp = Timestamp::from_unix(1_577_836_800);

/// Body size, and how many percent over the floor `sign` may take with SHA-512 and with MD5.
const SIZES: [(&str, usize, f64, f64); 3] =
    [("150 B", 150, 15.0, 25.0), ("1 KB", 1024, 8.0, 8.0), ("64 KB", 65_536, 4.0, 4.0)];

/// The compressions of one signature over prepared blocks.
struct Floor {
    digest: BodyDigest,
    body: Vec<u8>,
    inner: Vec<[u8; 64]>,
    outer: [[u8; 64]; 1],
}

impl Floor {
    fn new(digest: BodyDigest, body: usize, string_to_sign: usize) -> Self {
        let (blocks, size) = match digest {
            BodyDigest::Sha512 => ((body + 17).div_ceil(128), 128),
            BodyDigest::Md5 => ((body + 9).div_ceil(64), 64),
        };
        let inner = vec![[b'i'; 64]; (string_to_sign + 9).div_ceil(64)];
        Self { digest, body: vec![b'x'; blocks * size], inner, outer: [[b'o'; 64]] }
    }

    fn run(&self) -> ([u64; 8], [u32; 4], [u32; 5]) {
        self.run_from([1; 8], [2; 4], |_, _| [3; 5])
    }

    /// Each hash begins with the result of the one before, and so does the next call with the one returned.
    fn run_in_series(&self, before: u32) -> u32 {
        let inner = |sha512: &[u64; 8], md5: &[u32; 4]| [sha512[0] as u32 ^ md5[0], 3, 3, 3, sha512[7] as u32 ^ md5[3]];
        let (_, _, sha1) = self.run_from([u64::from(before); 8], [before; 4], inner);
        sha1[0] ^ sha1[4]
    }

    fn run_from(
        &self,
        mut sha512: [u64; 8],
        mut md5: [u32; 4],
        inner: impl FnOnce(&[u64; 8], &[u32; 4]) -> [u32; 5],
    ) -> ([u64; 8], [u32; 4], [u32; 5]) {
        let body = black_box(&*self.body);
        match self.digest {
            BodyDigest::Sha512 => sha2::block_api::compress512(&mut sha512, body.as_chunks().0),
            BodyDigest::Md5 => md5::block_api::compress(&mut md5, body.as_chunks().0),
        }
        let mut sha1 = inner(&sha512, &md5);
        sha1::block_api::compress(&mut sha1, black_box(&*self.inner));
        sha1::block_api::compress(&mut sha1, black_box(&self.outer));
        (sha512, md5, sha1)
    }
}

struct Case {
    name: String,
    size: usize,
    target: f64,
    signer: Signer,
    body: Vec<u8>,
    date: String,
    authorization: String,
    floor: Floor,
}

impl Case {
    fn all() -> Vec<Self> {
        let mut cases = Vec::new();
        for (digest, word) in [(BodyDigest::Sha512, "SHA-512"), (BodyDigest::Md5, "MD5")] {
            for (name, size, sha512, md5) in SIZES {
                let Ok(signer) = Signer::new("access-key", "secret-key", Scheme::Soa(digest)) else { continue };
                let mut case = Self {
                    name: format!("{word} {name}"),
                    size,
                    target: if digest == BodyDigest::Sha512 { sha512 } else { md5 },
                    signer,
                    body: vec![b'x'; size],
                    date: NOW.http_date().to_string(),
                    authorization: String::new(),
                    floor: Floor::new(digest, size, 0),
                };
                let string_to_sign = case.signer.string_to_sign(&case.parts()).unwrap_or_default();
                case.floor = Floor::new(digest, size, string_to_sign.len());
                case.authorization = case.signer.authorization(&case.parts()).unwrap_or_default();
                assert!(case.verify(), "{}: what is measured must work", case.name);
                cases.push(case);
            }
        }
        cases
    }

    fn parts(&self) -> Parts<'_> {
        Parts { method: METHOD, path: PATH, content_type: CONTENT_TYPE, date: &self.date, body: &self.body }
    }

    fn sign(&self, out: &mut [u8]) -> usize {
        self.signer.write_authorization(black_box(&self.parts()), out).unwrap_or_default()
    }

    fn verify(&self) -> bool {
        let headers = [
            ("Host", "api.us.spiffcommerce.com"),
            ("Authorization", &*self.authorization),
            ("Date", &*self.date),
            ("Content-Type", CONTENT_TYPE),
        ];
        self.signer.verify(METHOD, PATH, black_box(&self.body), black_box(&headers), NOW, Some(300)).is_ok()
    }
}

fn record(criterion: &mut Criterion, cases: &[Case]) {
    for case in cases {
        let mut group = criterion.benchmark_group(case.name.as_str());
        group.throughput(Throughput::Bytes(case.size as u64));
        let mut out = [0; 128];
        group.bench_function(BenchmarkId::from_parameter("sign"), |b| b.iter(|| case.sign(&mut out)));
        group.bench_function(BenchmarkId::from_parameter("verify"), |b| b.iter(|| case.verify()));
        group.bench_function(BenchmarkId::from_parameter("floor"), |b| b.iter(|| case.floor.run()));
        group.finish();
    }
}

#[allow(clippy::print_stdout, reason = "the table is what this program is for")]
fn table(cases: &[Case]) {
    println!("\nSigning over its floor (the same compressions alone), medians of turns in one run");
    println!(
        "{:14} {:>9} {:>9} {:>9} {:>8} {:>8} {:>10} {:>7}",
        "", "sign", "verify", "floor", "sign", "verify", "sign, in", "target"
    );
    println!(
        "{:14} {:>9} {:>9} {:>9} {:>8} {:>8} {:>10} {:>7}",
        "body", "ns", "ns", "ns", "over %", "over %", "series %", "%"
    );
    for case in cases {
        let mut out = [0; 128];
        let (mut before, mut chained_out, mut chained_body) = (0, [0; 128], case.body.clone());
        let mut candidates: [Candidate<'_>; 5] = [
            Box::new(|| {
                black_box(case.floor.run());
            }),
            Box::new(|| {
                black_box(case.sign(&mut out));
            }),
            Box::new(|| {
                black_box(case.verify());
            }),
            Box::new(|| before = case.floor.run_in_series(before)),
            Box::new(|| {
                let parts = Parts { body: &chained_body, ..case.parts() };
                let len = case.signer.write_authorization(black_box(&parts), &mut chained_out).unwrap_or_default();
                chained_body[0] = chained_out[len - 2];
            }),
        ];
        let rounds = take_turns(&mut candidates, Duration::from_millis(1500));
        let over = |candidate| (rounds.ratio(candidate, 0) - 1.0) * 100.0;
        let in_series = (rounds.ratio(4, 3) - 1.0) * 100.0;
        println!(
            "{:14} {:9.0} {:9.0} {:9.0} {:8.1} {:8.1} {:10.1} {:7.0}  {}",
            case.name,
            rounds.nanoseconds(1),
            rounds.nanoseconds(2),
            rounds.nanoseconds(0),
            over(1),
            over(2),
            in_series,
            case.target,
            if over(1) <= case.target { "ok" } else { "missed" },
        );
    }
}

fn main() {
    let cases = Case::all();
    let mut criterion = Criterion::default()
        .without_plots()
        .sample_size(20)
        .warm_up_time(Duration::from_millis(200))
        .measurement_time(Duration::from_millis(800))
        .configure_from_args();
    record(&mut criterion, &cases);
    table(&cases);
    criterion.final_summary();
}
