//! Measuring candidates against each other on a machine that others use too.
//!
//! Wall-clock times of one candidate vary from minute to minute by more than the differences that matter. So candidates
//! take turns in short batches, each round gives one ratio of two neighbours in time, and the median of many rounds
//! counts. A disturbed round disturbs both sides of its ratio or falls out of the median.

use std::hint::black_box;
use std::time::{Duration, Instant};

/// Something to measure: called again and again.
pub type Candidate<'a> = Box<dyn FnMut() + 'a>;

/// Nanoseconds per call of each candidate, one entry per round.
pub struct Rounds(Vec<Vec<f64>>);

/// Lets the candidates take turns for about `time`, in batches of about 20 µs.
pub fn take_turns(candidates: &mut [Candidate<'_>], time: Duration) -> Rounds {
    let batches: Vec<u32> = candidates
        .iter_mut()
        .map(|candidate| {
            batch(candidate, 1);
            let once = batch(candidate, 4).max(1.0);
            (20_000.0 / once).clamp(1.0, 1000.0) as u32
        })
        .collect();
    let mut rounds = vec![Vec::new(); candidates.len()];
    let start = Instant::now();
    let mut first = 0;
    while start.elapsed() < time {
        for turn in 0..candidates.len() {
            // Another one begins in every round, so that none always runs after the same neighbour.
            let i = (first + turn) % candidates.len();
            rounds[i].push(batch(&mut candidates[i], batches[i]));
        }
        first += 1;
    }
    Rounds(rounds)
}

fn batch(candidate: &mut Candidate<'_>, n: u32) -> f64 {
    let start = Instant::now();
    for _ in 0..n {
        black_box(&mut *candidate)();
    }
    start.elapsed().as_nanos() as f64 / f64::from(n)
}

impl Rounds {
    /// The median time of one call in nanoseconds.
    pub fn nanoseconds(&self, candidate: usize) -> f64 {
        median(self.0[candidate].clone())
    }

    /// The median over the rounds of how long `candidate` takes, in units of `base`.
    pub fn ratio(&self, candidate: usize, base: usize) -> f64 {
        median(self.0[candidate].iter().zip(&self.0[base]).map(|(a, b)| a / b).collect())
    }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}
