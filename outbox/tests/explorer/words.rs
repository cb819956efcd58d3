//! A way through a place in words, short enough for a document.

use crate::world::{Act, At, Reply, World};
use countersign_outbox::row::flag;
use countersign_outbox::state::{Event, State};

/// Who does something, and what.
fn clause(act: Act, before: &World, after: &World, second: bool) -> (String, String) {
    let it = |row: u8| match (second, row) {
        (false, _) => "it",
        (true, 0) => "the first order",
        (true, _) => "the second order",
    };
    let worker = |who: u8| ["A", "B"][usize::from(who)].to_owned();
    let own = |who: u8| it(before.workers[usize::from(who)].row);
    let shop = |text: String| ("The shop".to_owned(), text);
    let person = |text: String| ("A person".to_owned(), text);
    let platform = |text: String| ("The platform".to_owned(), text);
    let reply = |reply| match reply {
        Reply::Unavailable => "answers 503",
        _ => "its answer is lost",
    };
    match act {
        Act::Enqueue(0) => shop("enqueues an order".to_owned()),
        Act::Enqueue(_) => shop("enqueues another one with the same design".to_owned()),
        Act::Again(row) => shop(format!("enqueues {} again", it(row))),
        Act::Change(row) => shop(format!("enqueues {} with other goods", it(row))),
        Act::Data(row) => shop(format!("enqueues {} with another address", it(row))),
        Act::Cancel(row) => shop(format!("cancels {}", it(row))),
        Act::Retry(row) => person(format!("says to try {} again", it(row))),
        Act::Drop(row) => person(format!("drops {}", it(row))),
        Act::SayPlaced(row) => person(format!("says that {} is placed", it(row))),
        Act::Tick => ("Time".to_owned(), "passes".to_owned()),
        Act::Week => ("Time".to_owned(), "passes, more than a week".to_owned()),
        Act::Reap(who, _) if !second => (worker(who), "finds its lease ended".to_owned()),
        Act::Reap(who, row) => (worker(who), format!("finds the lease of {} ended", it(row))),
        Act::Claim(who, row) => (worker(who), format!("takes {}", it(row))),
        Act::GiveUp(who, row) => (worker(who), format!("lets {} be", it(row))),
        Act::Reserve(who) => match after.workers[usize::from(who)].at {
            At::Idle => (worker(who), "finds the design taken".to_owned()),
            _ => (worker(who), "takes the design".to_owned()),
        },
        Act::Look(who, old) => {
            let row = before.rows[usize::from(before.workers[usize::from(who)].row)];
            let seen = match after.workers[usize::from(who)].at {
                At::Looked(None) if row.is(flag::BASELINE) => "sees what the person knew",
                At::Looked(None) | At::Read(Event::ReadAbsent | Event::ProvenAbsent) => "sees nothing ordered",
                At::Looked(Some(Event::FoundOurs)) | At::Read(Event::ReadOurs) => "sees it ordered by our id",
                At::Looked(Some(Event::FoundSome)) => "sees a part ordered",
                At::Looked(Some(Event::Hidden)) => "is shown nothing",
                At::Read(Event::ReadNothing) => "sees nothing certain",
                At::Read(Event::ReadFailed) => "sees nothing ordered, too early",
                At::Read(Event::ClockJumped) => "sees nothing ordered, and two clocks that disagree",
                _ => "sees it ordered by another id",
            };
            (worker(who), format!("{seen}{}", if old { " (an old answer)" } else { "" }))
        }
        Act::LookFails(who) => (worker(who), "cannot read".to_owned()),
        Act::Apply(who) => (worker(who), "writes that down".to_owned()),
        Act::Send(who) => match after.workers[usize::from(who)].at {
            At::Sending => (worker(who), format!("writes down that {} is sent", own(who))),
            _ => (worker(who), "may not send any more".to_owned()),
        },
        Act::Write(who) => match after.workers[usize::from(who)].at {
            At::Waiting => (worker(who), "sends".to_owned()),
            _ => (worker(who), "is too late to send".to_owned()),
        },
        Act::Record(who) => (worker(who), "writes down the answer".to_owned()),
        Act::Accept(who) => platform(format!("accepts {} and says so", own(who))),
        Act::AcceptUnheard(who, how) => platform(format!("accepts {}, {}", own(who), reply(how))),
        Act::NeverAccept(who, how) => platform(format!("never gets {}, {}", own(who), reply(how))),
        Act::AcceptLater(who, how) => platform(format!("has not accepted {} yet, {}", own(who), reply(how))),
        Act::AcceptVeryLate(who) => platform(format!("keeps {} beyond all waits, its answer is lost", own(who))),
        Act::AcceptPart(who) => platform(format!("accepts one design of {}, its answer is lost", own(who))),
        Act::Answer(_, Reply::Refused) => platform("refuses the order".to_owned()),
        Act::Answer(_, Reply::Throttled) => platform("answers 429".to_owned()),
        Act::Answer(..) => platform("refuses the credentials".to_owned()),
        Act::LateAccept(row) => platform(format!("accepts {}, late", it(row))),
        Act::Webhook(row, _) => platform(format!("tells by a webhook that it has {}", it(row))),
        Act::Hide => platform("shows the designs no more".to_owned()),
        Act::Others => ("Another system".to_owned(), "orders a design of it".to_owned()),
        Act::Crash(who) => (worker(who), "dies".to_owned()),
        Act::Jump => ("The store's clock".to_owned(), "jumps an hour ahead".to_owned()),
        Act::JumpBack => ("The store's clock".to_owned(), "is set back an hour".to_owned()),
        Act::Restore => ("The store".to_owned(), "is a backup again, from before it was sent".to_owned()),
    }
}

fn states(world: &World) -> [Option<State>; 2] {
    [world.rows[0].state, world.rows[1].state]
}

/// The whole way: what the same one does stands in one sentence, and a state wherever it changes.
pub(crate) fn told(begin: World, path: &[(Act, World)], second: bool) -> String {
    let mut sentences: Vec<(String, Vec<String>)> = Vec::new();
    let mut units = 0;
    let mut before = begin;
    for (at, (act, after)) in path.iter().enumerate() {
        if *act == Act::Tick {
            units += 1;
            if path.get(at + 1).is_none_or(|(next, _)| *next != Act::Tick) {
                let text = if units == 1 { "1 unit passes".to_owned() } else { format!("{units} units pass") };
                sentences.push((String::new(), vec![text]));
                units = 0;
            }
            before = *after;
            continue;
        }
        let (who, mut what) = clause(*act, &before, after, second);
        for (old, new) in states(&before).iter().zip(states(after)) {
            if *old != new
                && let Some(new) = new
            {
                what += &format!(" (*{new}*)");
            }
        }
        match sentences.last_mut() {
            Some((last, clauses)) if *last == who => clauses.push(what),
            _ => sentences.push((who, vec![what])),
        }
        before = *after;
    }
    let sentence = |(who, what): &(String, Vec<String>)| {
        let text = format!("{who} {}", what.join(", "));
        format!("{}.", text.trim_start())
    };
    sentences.iter().map(sentence).collect::<Vec<_>>().join(" ")
}
