//! A schedule: what a seed makes of two workers, two producers, a person and a platform, until everything has settled.

use crate::platform::{Clients, Taken};
use crate::random::Random;
use crate::shop::Broken;
use crate::store::{Backup, Store};
use crate::world::{HOUR, MINUTE, Op, Running, SECOND, Turn, World};
use countersign_outbox::{Reason, Rules, State};

/// Who runs tasks, one at a time.
struct Actor {
    name: &'static str,
    running: Option<Running>,
    /// When it does its next step.
    ready: i64,
    role: Role,
}

enum Role {
    Worker,
    /// What it does, and when at the earliest: the next one stands last.
    Does(Vec<(i64, Op)>),
}

/// What happens to the machine.
enum Stroke {
    Clock(i64),
    Backup,
    Restore,
}

/// How bad it is.
struct Weather {
    kill: u64,
    suspend: u64,
    /// Strikes where it hurts: when an order may arrive late, and directly before one is sent.
    spiteful: bool,
    webhooks: u64,
    until: i64,
    steps: u64,
}

const NEVER: i64 = i64::MAX / 2;

/// Every fourth schedule has nothing but the worst for orders under way: workers that stand still, clocks that jump, orders
/// that are taken late.
const fn is_spiteful(seed: u64) -> bool {
    seed % 4 == 3
}

/// Runs the schedule of a seed.
pub(crate) fn run(seed: u64, rules: Rules, store: &mut Store, clients: &Clients, loud: bool) -> (Option<Broken>, u64) {
    store.empty();
    let mut dice = Random::new(seed ^ 0x5eed);
    let signs = dice.often(1500) && !is_spiteful(seed);
    let mut world = World::new(seed, rules, signs, store, clients);
    world.loud = loud;
    let webhooks = dice.often(7000);
    let mut chaos = Chaos::new(&mut dice, &mut world, is_spiteful(seed));
    chaos.run(&mut dice, &mut world);
    for actor in chaos.actors {
        if let Some(running) = actor.running {
            world.kill(actor.name, running);
        }
    }
    if world.broken.is_none() {
        world.settle(webhooks);
    }
    (world.broken, world.steps)
}

struct Chaos {
    actors: Vec<Actor>,
    /// What happens when, the next one last.
    strokes: Vec<(i64, Stroke)>,
    weather: Weather,
    /// The clock may jump.
    jumpy: bool,
    backup: Option<Backup>,
    /// How much of what the platform took it has told of.
    told: usize,
}

/// The earliest last.
fn in_order<T>(mut list: Vec<(i64, T)>) -> Vec<(i64, T)> {
    list.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
    list
}

impl Chaos {
    fn new(dice: &mut Random, world: &mut World<'_>, spiteful: bool) -> Self {
        let signs = world.platform.signs;
        let until = dice.from(2, 20) * MINUTE;
        if !spiteful && dice.often(6000) {
            world.trouble = dice.from(10, 600) as u64;
        }
        world.platform.hostile = match dice.below(4) {
            0 => (0, 0),
            1 => (dice.below(10_000), 0),
            2 => (dice.below(10_000), 300),
            _ => (10_000, 1000),
        };
        world.platform.lag = if dice.often(5000) { dice.from(0, 55 * SECOND) } else { 0 };
        let weather = Weather {
            kill: if !spiteful && dice.often(6000) { dice.from(10, 300) as u64 } else { 0 },
            suspend: if spiteful || dice.often(4000) { dice.from(50, 500) as u64 } else { 0 },
            spiteful,
            webhooks: if signs && dice.often(7000) { 8000 } else { 0 },
            until,
            steps: 250,
        };

        let mut producers = [Vec::new(), Vec::new()];
        for number in 0..dice.from(1, 3) {
            let own = format!("d-{number}");
            let designs: &[&str] = match dice.below(10) {
                0 | 1 if !signs => &[&own, "d-second"],
                2..=4 if !signs && number > 0 => &["d-0"],
                _ => &[&own],
            };
            let order = world.order(designs);
            Self::wishes(dice, until, order, &mut producers);
            let design = world.shop.orders[order].designs[0].clone();
            match dice.below(100) {
                0 => world.platform.poison.push(format!("o-{number}")),
                1 if !signs => world.platform.hidden.push((design, dice.from(0, until))),
                // Somebody else ordered it long ago.
                2 if !signs => world.platform.taken.push(Taken {
                    at: -HOUR,
                    external_id: "somebody".to_owned(),
                    designs: vec![design],
                    goods: 1,
                    remote_id: "r-0".to_owned(),
                }),
                _ => {}
            }
        }
        let told = world.platform.taken.len();

        let mut strokes = Vec::new();
        let jumpy = dice.often(if spiteful { 5000 } else { 1000 });
        if jumpy {
            for _ in 0..dice.from(1, 2) {
                strokes.push((dice.from(0, until), Stroke::Clock(dice.from(-HOUR, HOUR))));
            }
        }
        // Without a read a restored store doubles: that is why such an account waits for a person then.
        if !signs && dice.often(1000) {
            let at = dice.from(0, until);
            strokes.push((at, Stroke::Backup));
            strokes.push((dice.from(at, until), Stroke::Restore));
        }

        let mut actors = vec![
            Actor { name: "worker A", running: None, ready: dice.from(0, MINUTE), role: Role::Worker },
            Actor { name: "worker B", running: None, ready: dice.from(0, MINUTE), role: Role::Worker },
        ];
        for (name, ops) in ["producer A", "producer B"].into_iter().zip(producers) {
            actors.push(Actor { name, running: None, ready: 0, role: Role::Does(in_order(ops)) });
        }
        let mut person = Vec::new();
        if !signs && dice.often(1000) {
            for _ in 0..3 {
                let order = dice.below(world.shop.orders.len() as u64) as usize;
                person.push((dice.from(0, until), Op::Retry(order)));
            }
        }
        actors.push(Actor { name: "person", running: None, ready: 0, role: Role::Does(in_order(person)) });
        actors.push(Actor { name: "webhook", running: None, ready: 0, role: Role::Does(Vec::new()) });
        Self { actors, strokes: in_order(strokes), weather, jumpy, backup: None, told }
    }

    /// What the shop wants of one order in the course of time.
    fn wishes(dice: &mut Random, until: i64, order: usize, producers: &mut [Vec<(i64, Op)>; 2]) {
        let owner = dice.below(2) as usize;
        let mut at = dice.from(0, until / 3);
        let grace = dice.often(1000).then(|| dice.from(0, 300));
        producers[owner].push((at, Op::Enqueue(order, 1, grace)));
        // The same hook twice.
        if dice.often(3000) {
            let at = at + if dice.often(5000) { dice.from(0, 20) } else { dice.from(0, MINUTE) };
            producers[1 - owner].push((at, Op::Enqueue(order, 1, None)));
            return;
        }
        for _ in 0..dice.below(4) {
            at += if dice.often(5000) { dice.from(0, 3 * SECOND) } else { dice.from(0, until / 3) };
            let op = match dice.below(3) {
                0 => Op::Cancel(order),
                1 => Op::Enqueue(order, 1, None),
                _ => Op::Enqueue(order, 1 + dice.below(3) as u32, None),
            };
            producers[owner].push((at, op));
        }
    }

    fn run(&mut self, dice: &mut Random, world: &mut World<'_>) {
        loop {
            for actor in 0..self.actors.len() {
                self.employ(dice, world, actor);
            }
            // The earliest; of several at the same time any.
            let first = self.actors.iter().map(|actor| actor.ready).min().unwrap_or(NEVER);
            if let Some((at, _)) = self.strokes.last()
                && *at <= first
            {
                self.stroke(world);
                continue;
            }
            if first > self.weather.until || world.steps > self.weather.steps || world.is_over() {
                return;
            }
            world.t = world.t.max(first);
            let ready: Vec<usize> = (0..self.actors.len()).filter(|actor| self.actors[*actor].ready == first).collect();
            let chosen = dice.one(&ready);
            self.step(dice, world, chosen);
        }
    }

    /// Gives somebody who does nothing something to do.
    fn employ(&mut self, dice: &mut Random, world: &mut World<'_>, at: usize) {
        let actor = &mut self.actors[at];
        if actor.running.is_some() {
            return;
        }
        match &mut actor.role {
            Role::Worker => {
                if actor.ready <= world.t {
                    // Who waits within a drain does not see a clock jump.
                    let longest = if self.weather.spiteful { 2 } else { 4 };
                    let seconds = [1.0, 30.0, 300.0, 1200.0][dice.below(longest) as usize];
                    let op = Op::Drain(seconds, dice.one(&[1, 100]));
                    actor.running = Some(world.begin(op));
                }
            }
            Role::Does(ops) => match ops.last() {
                None => actor.ready = NEVER,
                Some((when, _)) if *when > world.t => actor.ready = *when,
                Some(_) => {
                    let Some((_, op)) = ops.pop() else { return };
                    actor.ready = world.t;
                    if let Op::Retry(order) = &op
                        && !may_retry(world, *order)
                    {
                        return;
                    }
                    actor.running = Some(world.begin(op));
                }
            },
        }
    }

    fn step(&mut self, dice: &mut Random, world: &mut World<'_>, at: usize) {
        let actor = &mut self.actors[at];
        let (name, worker) = (actor.name, matches!(actor.role, Role::Worker));
        let Some(running) = actor.running.take() else { return };
        let op = running.op.clone();
        match world.turn(name, running) {
            Turn::On(running, wait) => {
                actor.ready = world.t + wait;
                let spite = if self.weather.spiteful && running.is_sending() { 8 } else { 1 };
                if dice.often(self.weather.kill * spite) {
                    world.kill(name, running);
                    actor.ready = world.t + dice.from(1, MINUTE);
                    Self::again(dice, actor, op);
                } else if dice.often(self.weather.suspend * spite) {
                    let longest = if dice.often(5000) { HOUR } else { 5 * MINUTE };
                    let sleep = dice.from(30 * SECOND, longest);
                    world.say(name, || format!("stands still for {} s", sleep / SECOND));
                    world.shop.deaths += 1;
                    actor.ready += sleep;
                    // Whoever stands still longest still wakes up among the others.
                    self.weather.until = self.weather.until.max(actor.ready + SECOND);
                    actor.running = Some(running);
                } else {
                    actor.running = Some(running);
                }
            }
            Turn::Over if worker => {
                // Nothing is to be done, and nobody is about to change that.
                let idle = |actor: &Actor| matches!(actor.role, Role::Worker) || actor.ready == NEVER;
                if self.actors.iter().all(idle) && !world.store.is_open() {
                    self.weather.until = 0;
                }
                let pause = if self.weather.spiteful { 15 * SECOND } else { 5 * MINUTE };
                self.actors[at].ready = world.t + dice.from(SECOND, pause);
            }
            Turn::Over => {
                actor.ready = world.t + 1;
                if world.shop.failed {
                    Self::again(dice, actor, op);
                }
            }
        }
        self.hear(dice, world);
    }

    /// A hook that failed comes again, mostly.
    fn again(dice: &mut Random, actor: &mut Actor, op: Op) {
        if let Role::Does(ops) = &mut actor.role
            && !matches!(op, Op::Retry(_))
            && dice.often(8000)
        {
            ops.push((actor.ready, op));
        }
    }

    /// The platform tells of what it took since: soon, late, twice.
    fn hear(&mut self, dice: &mut Random, world: &World<'_>) {
        while self.told < world.platform.taken.len() {
            let at = world.platform.taken[self.told].at;
            if self.jumpy && self.weather.spiteful && at > world.t + MINUTE {
                // Once for the first of two reads, and once for the second.
                for (from, to, least) in [(0, 15, 5), (20, 50, 30)] {
                    let at = world.t + dice.from(from, to) * SECOND;
                    self.strokes.push((at, Stroke::Clock(dice.from(least, least + 25) * MINUTE)));
                }
                self.strokes = in_order(std::mem::take(&mut self.strokes));
            }
            for _ in 0..2 {
                if dice.often(self.weather.webhooks / 2) {
                    let when = at + if dice.often(7000) { dice.from(0, SECOND) } else { dice.from(0, 20 * MINUTE) };
                    if let Some(Actor { role: Role::Does(ops), ready, running, .. }) = self.actors.last_mut() {
                        ops.push((when, Op::Notify(self.told)));
                        *ops = in_order(std::mem::take(ops));
                        if running.is_none() {
                            *ready = world.t;
                        }
                    }
                }
            }
            self.told += 1;
        }
    }

    fn stroke(&mut self, world: &mut World<'_>) {
        let Some((at, stroke)) = self.strokes.pop() else { return };
        world.t = world.t.max(at);
        match stroke {
            Stroke::Clock(offset) => {
                world.say("clock", || format!("is off by {} s", offset / SECOND));
                world.offset = offset;
                // Leases end by it, too.
                world.shop.deaths += 1;
            }
            Stroke::Backup => {
                world.say("backup", String::new);
                self.backup = Some(world.store.backup());
            }
            Stroke::Restore => self.restore(world),
        }
    }

    /// The backup takes the place of the store, some minutes after everything has stopped; then the shop says again what
    /// it wants.
    fn restore(&mut self, world: &mut World<'_>) {
        let Some(backup) = self.backup.take() else { return };
        for actor in &mut self.actors {
            if let Some(running) = actor.running.take() {
                world.kill(actor.name, running);
            }
        }
        world.t += world.aftermath();
        world.store.restore(&backup);
        world.say("restore", String::new);
        world.shop.restored = true;
        self.weather.until = self.weather.until.max(world.t + 10 * MINUTE);
        for actor in &mut self.actors {
            actor.ready = world.t + SECOND;
        }
        if let Role::Does(ops) = &mut self.actors[2].role {
            for (number, order) in world.shop.orders.iter().enumerate() {
                match order.wish {
                    Some(goods) => ops.push((world.t, Op::Enqueue(number, goods, None))),
                    None if order.known.is_empty() => {}
                    None => ops.push((world.t, Op::Cancel(number))),
                }
            }
            *ops = in_order(std::mem::take(ops));
        }
    }
}

/// A person tries again what is held, and sends nothing on purpose that was ordered before.
fn may_retry(world: &World<'_>, order: usize) -> bool {
    let id = &world.shop.orders[order].id;
    let blocked = [Reason::AlreadyOrdered, Reason::PartlyOrdered, Reason::AlreadyOurs, Reason::Baseline].map(Some);
    let lines = world.store.lines();
    lines.iter().any(|line| line.external_id == *id && line.state == State::Held && !blocked.contains(&line.reason))
}
