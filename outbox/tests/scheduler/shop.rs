//! The shop of a schedule: what it wished and was told, and whether what came of it is right.

use crate::platform::FakePlatform;
use crate::store::Line;
use crate::world::{Ended, Op};
use countersign_outbox::row::flag;
use countersign_outbox::{Cancelled, Reason, State, Status};

/// What must never be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Broken {
    pub(crate) what: &'static str,
    pub(crate) words: String,
}

/// An order of the shop.
#[derive(Clone, Debug)]
pub(crate) struct Order {
    pub(crate) id: String,
    pub(crate) designs: Vec<String>,
    /// What the shop wants: so many pieces, or none.
    pub(crate) wish: Option<u32>,
    /// What the outbox may know of it: the last wish that was acknowledged, and those after it.
    pub(crate) known: Vec<Option<u32>>,
    /// The outbox has acknowledged it once.
    pub(crate) acknowledged: bool,
    /// A worker, or the platform's webhook, gave proof that the platform has it, and was thanked for it.
    pub(crate) proven: bool,
    /// A person decided about it.
    pub(crate) decided: bool,
}

impl Order {
    pub(crate) fn new(id: String, designs: Vec<String>) -> Self {
        Self { id, designs, wish: None, known: Vec::new(), acknowledged: false, proven: false, decided: false }
    }
}

#[derive(Default)]
pub(crate) struct Shop {
    pub(crate) orders: Vec<Order>,
    /// Workers that died, or were taken for dead.
    pub(crate) deaths: u32,
    /// An older copy of the store took its place: what it forgot the shop has said again.
    pub(crate) restored: bool,
    /// What ended last gave no answer.
    pub(crate) failed: bool,
}

impl Shop {
    pub(crate) fn order(&mut self, id: &str) -> &mut Order {
        self.orders.iter_mut().find(|order| order.id == id).unwrap()
    }

    /// From now on the outbox may know of it.
    pub(crate) fn begins(&mut self, op: &Op) {
        match op {
            Op::Enqueue(order, goods, _) => self.wishes(*order, Some(*goods)),
            Op::Cancel(order) => self.wishes(*order, None),
            Op::Retry(order) => self.orders[*order].decided = true,
            _ => {}
        }
    }

    fn wishes(&mut self, order: usize, wish: Option<u32>) {
        let order = &mut self.orders[order];
        order.wish = wish;
        order.known.push(wish);
    }

    /// It has ended; without an answer if it failed, or died.
    pub(crate) fn ends(&mut self, op: &Op, ended: Option<Ended>) -> Option<Broken> {
        if matches!(op, Op::Drain(..)) && ended.is_none() {
            self.deaths += 1;
        }
        self.failed = ended.is_none();
        let ended = ended?;
        match (op, ended) {
            (Op::Enqueue(order, goods, _), Ended::Enqueued(status)) => {
                let order = &mut self.orders[*order];
                (order.known, order.acknowledged) = (vec![Some(*goods)], true);
                let words = format!("The order {} is {status:?}, of one account.", order.id);
                (status == Status::Elsewhere).then_some(Broken { what: "error", words })
            }
            (Op::Cancel(order), Ended::Cancelled(cancelled)) => {
                let order = &mut self.orders[*order];
                order.known = vec![None];
                let words = format!("The order {} was acknowledged, and is not known.", order.id);
                let lost = cancelled == Cancelled::Unknown && order.acknowledged && !self.restored;
                lost.then_some(Broken { what: "lost", words })
            }
            _ => None,
        }
    }

    /// Whether all is right when everything has settled.
    pub(crate) fn check(&self, lines: &[Line], platform: &FakePlatform) -> Option<Broken> {
        self.orders.iter().find_map(|order| {
            let line = lines.iter().find(|line| line.external_id == order.id);
            let (what, words) = self.wrong(order, line, platform)?;
            let state = line.map(|line| (line.state, line.reason, line.flags));
            let words = format!("{} is {state:?}, known as {:?}: {words}", order.id, order.known);
            Some(Broken { what, words })
        })
    }

    fn wrong(
        &self,
        order: &Order,
        line: Option<&Line>,
        platform: &FakePlatform,
    ) -> Option<(&'static str, &'static str)> {
        let taken: Vec<_> = platform.taken_of(&order.id).collect();
        let Some(line) = line else {
            if !taken.is_empty() && !self.restored {
                return Some(("lost", "the platform has it and the outbox does not"));
            }
            return (order.acknowledged && !self.restored).then_some(("lost", "it was acknowledged"));
        };
        let is = |flag| line.flags & flag != 0;
        if !matches!(line.state, State::Placed | State::Held | State::Rejected | State::Cancelled) {
            return Some(("stuck", "it is open"));
        }
        if taken.len() > 1 {
            return Some(("doubled", "the platform took it more than once"));
        }
        if line.state == State::Placed && taken.is_empty() {
            return Some(("lost", "it is called placed, and the platform never took it"));
        }
        let doubts = platform.doubts.iter().filter(|id| **id == order.id).count();
        if doubts > 2 && !is(flag::ALTERED) && !order.decided && !self.restored {
            return Some(("sent too often", "after two doubts a person decides about a third time"));
        }
        if line.state == State::Held
            && let Some(words) = self.held_for_nothing(order, line, platform)
        {
            return Some(("held for nothing", words));
        }
        // What an older copy of the store forgot cannot be asked of it.
        if self.restored {
            return None;
        }
        if !taken.is_empty() && !matches!(line.state, State::Placed | State::Held) {
            return Some(("forgotten", "the platform has it"));
        }
        if order.proven && line.state != State::Placed {
            return Some(("proof lost", "the outbox was given proof that the platform has it"));
        }
        if is(flag::DUPLICATE) || is(flag::SURPRISE) {
            return Some(("false alarm", "nothing was made twice, and nothing surprising happened"));
        }
        // A person has seen the alerts, and decided on something else than the shop's wish perhaps.
        if order.decided {
            return None;
        }
        let wished = |wish: &dyn Fn(Option<u32>) -> bool| order.known.iter().any(|known| wish(*known));
        match line.state {
            State::Placed => {
                let goods = taken.first().map(|taken| taken.goods);
                if !wished(&|wish| wish.is_none() || wish == goods) && !is(flag::CONFLICT) {
                    return Some(("wrong goods", "nobody is told"));
                }
                if !wished(&|wish| wish.is_some()) && !is(flag::CANCEL_THERE) {
                    return Some(("unwanted", "it was cancelled and made, and nobody is told"));
                }
            }
            State::Cancelled if !wished(&|wish| wish.is_none()) && !is(flag::CONFLICT) => {
                return Some(("lost", "it is cancelled, and the shop wants it"));
            }
            State::Rejected => {
                let refused = |goods| platform.refused.contains(&(order.id.clone(), goods));
                if !wished(&|wish| wish.is_none_or(refused)) && !is(flag::CONFLICT) {
                    return Some(("lost", "it is rejected, and was not refused as the shop wants it"));
                }
            }
            _ => {}
        }
        None
    }

    /// A person must not be called without need.
    fn held_for_nothing(&self, order: &Order, line: &Line, platform: &FakePlatform) -> Option<&'static str> {
        let others = || {
            let mut taken = platform.taken.iter().filter(|taken| taken.external_id != order.id);
            taken.any(|taken| taken.designs.iter().any(|design| order.designs.contains(design)))
        };
        let hidden = || platform.hidden.iter().any(|(design, _)| order.designs.contains(design));
        let fits = match line.reason {
            None => return Some("it says no reason"),
            Some(Reason::Crashed) => self.deaths >= 3,
            Some(Reason::TooOld) => hidden(),
            Some(Reason::AlreadyOrdered | Reason::PartlyOrdered | Reason::OtherOrder | Reason::Partial) => others(),
            Some(Reason::AlreadyOurs) => self.restored,
            Some(Reason::NotShown) => hidden(),
            Some(Reason::ResendsSpent | Reason::NoRead) => true,
            Some(_) => false,
        };
        (!fits).then_some("its reason does not fit")
    }
}
