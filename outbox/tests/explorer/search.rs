//! Breadth first through every world that can be reached, and back from the ends: where nothing leads to one, it never ends.

use crate::world::{Act, Broken, Place, Walk, World};
use countersign_outbox::state::Rules;
use std::hash::{Hash, Hasher};

/// What a search found.
pub(crate) struct Report {
    pub(crate) states: usize,
    /// A broken promise, in words, and the shortest way to it.
    pub(crate) found: Option<Found>,
    /// Which rows of the machine were gone through.
    pub(crate) used: Vec<bool>,
}

pub(crate) struct Found {
    pub(crate) broken: Broken,
    pub(crate) text: String,
    pub(crate) path: Vec<(Act, World)>,
}

/// Multiplies and rotates: the worlds are many, small, and nobody's attack.
#[derive(Default)]
struct Mixer(u64);

impl Hasher for Mixer {
    fn finish(&self) -> u64 {
        self.0 ^ (self.0 >> 32)
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_u8(*byte);
        }
    }

    fn write_u8(&mut self, number: u8) {
        self.write_u64(number.into());
    }

    fn write_u16(&mut self, number: u16) {
        self.write_u64(number.into());
    }

    fn write_u64(&mut self, number: u64) {
        self.0 = (self.0.rotate_left(5) ^ number).wrapping_mul(0x517c_c1b7_2722_0a95);
    }

    fn write_isize(&mut self, number: isize) {
        self.write_u64(number.unsigned_abs() as u64);
    }
}

/// Every world that was seen, by number, and a table to find it in: whole worlds are compared, not their hashes.
struct Seen {
    worlds: Vec<World>,
    from: Vec<(u32, Act)>,
    table: Vec<u32>,
}

const FREE: u32 = u32::MAX;

impl Seen {
    fn new() -> Self {
        Self { worlds: Vec::new(), from: Vec::new(), table: vec![FREE; 1 << 12] }
    }

    fn place(&self, world: &World) -> usize {
        let mut mixer = Mixer::default();
        world.hash(&mut mixer);
        let mask = self.table.len() - 1;
        let mut at = mixer.finish() as usize & mask;
        while self.table[at] != FREE && self.worlds[self.table[at] as usize] != *world {
            at = (at + 1) & mask;
        }
        at
    }

    /// The number of a world, and whether it is new.
    fn add(&mut self, world: &World, from: u32, act: Act) -> (u32, bool) {
        let at = self.place(world);
        if self.table[at] != FREE {
            return (self.table[at], false);
        }
        let number = u32::try_from(self.worlds.len()).expect("fewer worlds than that");
        self.table[at] = number;
        self.worlds.push(*world);
        self.from.push((from, act));
        if self.worlds.len() * 2 > self.table.len() {
            self.table = vec![FREE; self.table.len() * 2];
            for number in 0..self.worlds.len() {
                let at = self.place(&self.worlds[number]);
                self.table[at] = u32::try_from(number).expect("fewer worlds than that");
            }
        }
        (number, true)
    }

    fn path(&self, number: u32) -> Vec<(Act, World)> {
        let mut path = Vec::new();
        let mut at = number;
        while at != 0 {
            let (from, act) = self.from[at as usize];
            path.push((act, self.worlds[at as usize]));
            at = from;
        }
        path.reverse();
        path
    }
}

/// Explores a place: to the first broken promise, or to the end.
pub(crate) fn explore(place: Place, rules: Rules) -> Report {
    let mut walk = Walk::new(place, rules);
    let mut seen = Seen::new();
    // The way back by what happens of itself.
    let mut edges: Vec<(u32, u32)> = Vec::new();
    seen.add(&walk.begin(), 0, Act::Tick);
    let mut out = Vec::new();
    let mut at = 0;
    while at < seen.worlds.len() {
        let world = seen.worlds[at];
        let from = u32::try_from(at).expect("fewer worlds than that");
        walk.each(&world, &mut out);
        for (act, next) in &out {
            let (number, new) = seen.add(next, from, *act);
            if act.is_normal() {
                edges.push((number, from));
            }
            if new && let Some((broken, text)) = Walk::broken(next) {
                let found = Some(Found { broken, text, path: seen.path(number) });
                return Report { states: seen.worlds.len(), found, used: walk.used };
            }
        }
        at += 1;
    }
    let found = dead_end(&seen, edges).map(|number| {
        let text = "nothing that happens by itself brings it to an end, or to a person".to_owned();
        Found { broken: Broken::NoEnd, text, path: seen.path(number) }
    });
    Report { states: seen.worlds.len(), found, used: walk.used }
}

/// The first world from which no way of normal steps leads to an end.
fn dead_end(seen: &Seen, mut edges: Vec<(u32, u32)>) -> Option<u32> {
    edges.sort_unstable();
    let mut good: Vec<bool> = seen.worlds.iter().map(World::is_at_end).collect();
    let mut work: Vec<u32> = (0..).zip(&good).filter(|(_, good)| **good).map(|(number, _)| number).collect();
    while let Some(number) = work.pop() {
        let begin = edges.partition_point(|(to, _)| *to < number);
        for (_, from) in edges[begin..].iter().take_while(|(to, _)| *to == number) {
            if !std::mem::replace(&mut good[*from as usize], true) {
                work.push(*from);
            }
        }
    }
    (0..).zip(&good).find(|(_, good)| !**good).map(|(number, _)| number)
}
