//! The machine as data: what an order in the outbox can be, what can happen to it, and what becomes of it then.
//!
//! [`TABLE`] is all of it. The engine changes a row by [`step`] and in no other way, the explorer of the tests walks
//! through the same rows, and `docs/outbox.md` prints them.

/// Words that stand in the store by their numbers, and in every language by their names.
macro_rules! named {
    ($(#[doc = $about:literal])* $name:ident { $($(#[doc = $doc:literal])* $variant:ident = $number:literal $text:literal,)* }) => {
        $(#[doc = $about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        #[repr(u8)]
        pub enum $name { $($(#[doc = $doc])* $variant = $number,)* }

        impl $name {
            /// Every one.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The word that all languages use.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $text,)* }
            }

            /// What it means.
            pub const fn meaning(self) -> &'static str {
                match self { $(Self::$variant => concat!($($doc),*).trim_ascii(),)* }
            }

            /// The number in the store.
            pub const fn number(self) -> i64 {
                self as i64
            }

            /// The one with this number.
            pub fn of_number(number: i64) -> Option<Self> {
                Self::ALL.iter().copied().find(|one| one.number() == number)
            }

            /// The one with this name.
            pub fn of_name(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|one| one.name() == name)
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.name())
            }
        }
    };
}
pub(crate) use named;

named! {
    /// What an order in the outbox is. The numbers stand in the store and never change.
    State {
        /// It waits to be sent. The platform does not have it, for certain.
        Pending = 1 "pending",
        /// It is being sent, or its worker died while it was.
        Sending = 2 "sending",
        /// It may have arrived. It is read back, and never sent before that is certain.
        Unknown = 3 "unknown",
        /// A person must look; the reason says at what.
        Held = 4 "held",
        /// The platform has it.
        Placed = 5 "placed",
        /// The platform refused it as it is.
        Rejected = 6 "rejected",
        /// It is not wanted any more, and the platform does not have it.
        Cancelled = 7 "cancelled",
    }
}

impl State {
    /// Whether something is still to be done about it, by the worker or by a person.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Pending | Self::Sending | Self::Unknown | Self::Held)
    }
}

named! {
    /// Why an order is held.
    Reason {
        /// The order breaks rules; see its problems.
        Malformed = 1 "malformed",
        /// Three workers died over it.
        Crashed = 2 "crashed",
        /// It waited longer than `max_age` without being sent.
        TooOld = 3 "too_old",
        /// Its designs are ordered already, by another id than ours.
        AlreadyOrdered = 4 "already_ordered",
        /// Some of its designs are ordered already.
        PartlyOrdered = 5 "partly_ordered",
        /// The platform has an order with our id, but the row was changed since: which goods it has is not certain.
        AlreadyOurs = 6 "already_ours",
        /// After a doubt: its designs are ordered, but not all by our id.
        OtherOrder = 7 "other_order",
        /// After a doubt, read for as long as is allowed: some designs are ordered and some are not.
        Partial = 8 "partial",
        /// After a doubt, read for as long as is allowed: the platform does not show its designs.
        NotShown = 9 "not_shown",
        /// It was sent again after a doubt, came into doubt once more, and is proven absent: a person decides about a third time.
        ResendsSpent = 10 "resends_spent",
        /// It is in doubt at a platform that has no read, and no webhook came.
        NoRead = 11 "no_read",
        /// It is in doubt or not wanted any more, and its designs were ordered before: reading back can prove nothing.
        Baseline = 12 "baseline",
    }
}

named! {
    /// What can happen to an order.
    Event {
        /// The shop enqueued it again with other goods, or with other data.
        Changed = 1 "changed",
        /// The shop enqueued it again as it was.
        Repeated = 2 "repeated",
        /// The shop does not want it any more.
        Cancel = 3 "cancel",
        /// A worker took it, to look at the platform before it sends.
        Claimed = 4 "claimed",
        /// The look failed, or the row may not be sent now: later.
        Postponed = 5 "postponed",
        /// The look did not show its designs.
        Hidden = 6 "hidden",
        /// The look showed all its designs ordered by our id.
        FoundOurs = 7 "found_ours",
        /// The look showed all its designs ordered, not all by our id.
        FoundOthers = 8 "found_others",
        /// The look showed some of its designs ordered.
        FoundSome = 9 "found_some",
        /// It cannot be made into an order.
        Malformed = 10 "malformed",
        /// It is claimed for the fourth time without a result.
        Crashed = 11 "crashed",
        /// It has waited longer than `max_age`.
        Aged = 12 "aged",
        /// The look showed nothing in the way: it is sent now.
        Sent = 13 "sent",
        /// The platform confirmed it to the worker that sent it.
        Accepted = 14 "accepted",
        /// Nothing left this machine, or the platform asked to slow down: certainly not placed.
        NotSent = 15 "not_sent",
        /// The platform refused the credentials or the document, not the order.
        AccountRefused = 16 "account_refused",
        /// The platform refused the order.
        Refused = 17 "refused",
        /// It may have arrived.
        Doubted = 18 "doubted",
        /// The lease of the worker that sent it ended without a result.
        LeaseEnded = 19 "lease_ended",
        /// Read back: ordered, all by our id.
        ReadOurs = 20 "read_ours",
        /// Read back: ordered, not all by our id.
        ReadOthers = 21 "read_others",
        /// Read back for the first time since it can no longer be accepted: visible, and not ordered.
        ReadAbsent = 22 "read_absent",
        /// Read back for the second time, far enough after the first: visible, and not ordered.
        ProvenAbsent = 23 "proven_absent",
        /// Read back: it proves nothing.
        ReadNothing = 24 "read_nothing",
        /// It could not be read back.
        ReadFailed = 25 "read_failed",
        /// The clocks disagree: the wait begins again.
        ClockJumped = 26 "clock_jumped",
        /// It was read as often or as long as is allowed.
        Exhausted = 27 "exhausted",
        /// Somebody proved that the platform has it: a webhook, or a late reply.
        Evidence = 28 "evidence",
        /// A person says that the platform has it.
        SaidPlaced = 29 "said_placed",
        /// A person wants it tried again.
        SaidRetry = 30 "said_retry",
        /// A person gives it up.
        SaidDrop = 31 "said_drop",
    }
}

/// The rules that can be switched off, so that a test sees what each is for. `docs/outbox.md` says what they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Rules(u32);

impl Rules {
    /// All of them: nothing else is for production.
    pub const ALL: Self = Self(u32::MAX);

    /// All but the rule with this number.
    #[doc(hidden)]
    #[must_use]
    pub const fn without(number: u8) -> Self {
        Self(!(1 << number))
    }

    /// Whether the rule with this number holds.
    pub const fn hold(self, number: u8) -> bool {
        self.0 & (1 << number) != 0
    }
}

/// What a transition depends on beside the state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum When {
    /// It was never in doubt.
    NeverDoubted,
    /// It is in doubt, or was when a person sent it again: nothing proved it absent since.
    Doubted,
    /// It is not in doubt.
    Certain,
    /// Its goods were changed, or it was taken up again after its end.
    Altered,
    /// The shop does not want it any more.
    Unwanted,
    /// The shop wants it.
    Wanted,
    /// It may be sent once more after a doubt.
    ResendLeft,
    /// It may not.
    NoResendLeft,
    /// It is held because its designs are ordered already.
    Blocked,
    /// The platform has an order with our id that was not sent from here.
    Ours,
    /// That is not so.
    NotOurs,
    /// It was sent once more since what is proven.
    SentSince,
    /// It was placed by another id of the platform than what is proven.
    OtherRemote,
    /// The platform can be asked for it.
    ReadBack,
    /// It cannot.
    NoReadBack,
    /// Its designs were ordered before, and a person said to send it all the same.
    Baseline,
    /// That is not so.
    NoBaseline,
    /// The goods are others, not only further data.
    OtherGoods,
}

impl When {
    /// In words, as `docs/outbox.md` prints it.
    pub const fn words(self) -> &'static str {
        match self {
            Self::NeverDoubted => "never in doubt",
            Self::Doubted => "in doubt",
            Self::Certain => "not in doubt",
            Self::Altered => "changed or revived before",
            Self::Unwanted => "cancel wanted",
            Self::Wanted => "no cancel wanted",
            Self::ResendLeft => "a re-send is left",
            Self::NoResendLeft => "no re-send is left",
            Self::Blocked => "held because ordered before",
            Self::Ours => "ours is there already",
            Self::NotOurs => "ours is not there yet",
            Self::SentSince => "sent again since",
            Self::OtherRemote => "another id of the platform",
            Self::ReadBack => "the platform has a read",
            Self::NoReadBack => "the platform has no read",
            Self::Baseline => "ordered before, sent on purpose",
            Self::NoBaseline => "not ordered before",
            Self::OtherGoods => "other goods",
        }
    }
}

/// What the row says of its past, and the policy of its future: all that [`step`] looks at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "each is a condition of `When`, where it is explained")]
pub struct Facts {
    pub ever_doubted: bool,
    pub doubted: bool,
    pub altered: bool,
    pub unwanted: bool,
    pub resend_left: bool,
    pub read_back: bool,
    pub baseline: bool,
    pub blocked: bool,
    pub ours: bool,
    pub sent_since: bool,
    pub other_remote: bool,
    pub other_goods: bool,
}

impl Facts {
    /// Whether a condition holds.
    pub const fn hold(&self, when: When) -> bool {
        match when {
            When::NeverDoubted => !self.ever_doubted,
            When::Doubted => self.doubted,
            When::Certain => !self.doubted,
            When::Altered => self.altered,
            When::Unwanted => self.unwanted,
            When::Wanted => !self.unwanted,
            When::ResendLeft => self.resend_left,
            When::NoResendLeft => !self.resend_left,
            When::Blocked => self.blocked,
            When::Ours => self.ours,
            When::NotOurs => !self.ours,
            When::SentSince => self.sent_since,
            When::OtherRemote => self.other_remote,
            When::ReadBack => self.read_back,
            When::NoReadBack => !self.read_back,
            When::Baseline => self.baseline,
            When::NoBaseline => !self.baseline,
            When::OtherGoods => self.other_goods,
        }
    }
}

/// When the row is looked at next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Due {
    /// As it was.
    Keep,
    /// At once.
    Now,
    /// Never again by itself.
    Never,
    /// When the lease ends.
    Lease,
    /// After `backoff`, longer each time; or after what the platform asked for.
    Backoff,
    /// When the account is expected to work again.
    Account,
    /// After a wait that grows with the age of the row.
    Spaced,
    /// When it can no longer be accepted: `lease` and `settle`, longer with each doubt.
    Settle,
    /// After `gap`.
    Gap,
}

impl Due {
    /// In words, as `docs/outbox.md` prints it.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Keep => "as it was",
            Self::Now => "at once",
            Self::Never => "–",
            Self::Lease => "lease",
            Self::Backoff => "back-off, or as the platform asked",
            Self::Account => "when the account works",
            Self::Spaced => "growing with age",
            Self::Settle => "lease + settle, growing with each doubt",
            Self::Gap => "gap",
        }
    }
}

/// What is written down beside state and due time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Record {
    /// The new draft takes the place of the old one.
    Body,
    /// It was changed or revived; its age counts from now, and a cancel is withdrawn.
    Altered,
    /// Its age counts from now.
    Fresh,
    /// The shop's change came too late; it is listed until a person looks.
    Conflict,
    /// The shop does not want it any more.
    Unwanted,
    /// The shop wants it again: what was to be cancelled for it is not.
    Wanted,
    /// It was cancelled after the platform had it: cancel it there.
    CancelThere,
    /// One more send.
    Send,
    /// In doubt from now on, by the store's clock and the worker's.
    Doubt,
    /// Certain again: seen to be absent.
    NoDoubt,
    /// One more send after a doubt is spent.
    Resend,
    /// All sends after a doubt may be made anew.
    Resends,
    /// A read that told something, but not enough.
    Read,
    /// Seen to be absent now, by the store's clock and the worker's.
    Absent,
    /// What was seen is forgotten, and the wait begins again.
    Restart,
    /// The same; and it may be read as long as a new one.
    ReadAnew,
    /// A person accepts that its designs were ordered before.
    Baseline,
    /// A person accepts that it may be made twice.
    Risk,
    /// It was found at the platform without having been sent from this row.
    Found,
    /// It had ended otherwise before it was found at the platform.
    Surprise,
    /// The platform may have it twice.
    Duplicate,
}

impl Record {
    /// In words, as `docs/outbox.md` prints it.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Body => "new draft",
            Self::Altered => "changed; age anew; cancel withdrawn",
            Self::Fresh => "age anew",
            Self::Conflict => "conflict",
            Self::Unwanted => "cancel wanted",
            Self::Wanted => "cancel withdrawn",
            Self::CancelThere => "alert: cancel it at the platform",
            Self::Send => "send counted",
            Self::Doubt => "doubt since now",
            Self::NoDoubt => "doubt ended",
            Self::Resend => "re-send counted",
            Self::Resends => "re-sends allowed anew",
            Self::Read => "read counted",
            Self::Absent => "absent since now",
            Self::Restart => "wait restarted",
            Self::ReadAnew => "wait and reads anew",
            Self::Baseline => "sent on purpose",
            Self::Risk => "alert: risk accepted",
            Self::Found => "found",
            Self::Surprise => "alert: had ended otherwise",
            Self::Duplicate => "alert: possibly twice",
        }
    }
}

/// One row of the machine: the first that fits counts.
#[derive(Clone, Copy, Debug)]
pub struct Transition {
    /// The states that it begins in.
    pub from: &'static [State],
    /// What happens.
    pub event: Event,
    /// What must hold beside, all of it.
    pub when: &'static [When],
    /// The state that it ends in; `None`: as it was.
    pub to: Option<State>,
    /// When it is looked at next.
    pub due: Due,
    /// Why it is held.
    pub reason: Option<Reason>,
    /// What is written down.
    pub records: &'static [Record],
    /// The rule of `docs/outbox.md` that it is there for, `0` for none: without the rule the row does not exist.
    pub rule: u8,
}

const fn go(from: &'static [State], event: Event, when: &'static [When], to: State, due: Due) -> Transition {
    Transition { from, event, when, to: Some(to), due, reason: None, records: &[], rule: 0 }
}

const fn stay(from: &'static [State], event: Event, when: &'static [When], due: Due) -> Transition {
    Transition { from, event, when, to: None, due, reason: None, records: &[], rule: 0 }
}

const fn hold(from: &'static [State], event: Event, when: &'static [When], reason: Reason) -> Transition {
    Transition {
        from,
        event,
        when,
        to: Some(State::Held),
        due: Due::Never,
        reason: Some(reason),
        records: &[],
        rule: 0,
    }
}

impl Transition {
    const fn noting(mut self, records: &'static [Record]) -> Self {
        self.records = records;
        self
    }

    const fn by(mut self, rule: u8) -> Self {
        self.rule = rule;
        self
    }
}

/// The machine.
pub const TABLE: &[Transition] = {
    use Event as E;
    use State::{Cancelled, Held, Pending, Placed, Rejected, Sending, Unknown};
    use When as W;
    &[
        // The shop.
        stay(&[Held], E::Changed, &[W::Ours, W::OtherGoods, W::Unwanted], Due::Keep)
            .noting(&[Record::Conflict, Record::Wanted])
            .by(6),
        stay(&[Held], E::Changed, &[W::Ours, W::OtherGoods], Due::Keep).noting(&[Record::Conflict]).by(6),
        stay(&[Held], E::Changed, &[W::Ours, W::Unwanted], Due::Keep).noting(&[Record::Wanted]).by(8),
        go(&[Pending, Held], E::Changed, &[W::Certain, W::NotOurs], Pending, Due::Now)
            .noting(&[Record::Body, Record::Altered])
            .by(6),
        go(&[Cancelled, Rejected], E::Changed, &[W::NeverDoubted], Pending, Due::Now)
            .noting(&[Record::Body, Record::Altered])
            .by(7),
        go(&[Cancelled], E::Repeated, &[W::NeverDoubted], Pending, Due::Now)
            .noting(&[Record::Body, Record::Altered])
            .by(7),
        // After a doubt nobody but a person takes it up again, and the shop's wish is not lost.
        stay(&[Cancelled, Rejected], E::Changed, &[], Due::Keep).noting(&[Record::Conflict, Record::Wanted]).by(7),
        stay(&[Cancelled], E::Repeated, &[], Due::Keep).noting(&[Record::Conflict, Record::Wanted]).by(7),
        stay(&[Pending, Sending, Unknown, Held, Placed], E::Changed, &[W::OtherGoods, W::Unwanted], Due::Keep)
            .noting(&[Record::Conflict, Record::Wanted])
            .by(6),
        stay(&[Pending, Sending, Unknown, Held, Placed], E::Changed, &[W::OtherGoods], Due::Keep)
            .noting(&[Record::Conflict])
            .by(6),
        stay(&[Pending, Sending, Unknown, Held, Placed], E::Changed, &[W::Unwanted], Due::Keep)
            .noting(&[Record::Wanted])
            .by(8),
        stay(&[Pending, Sending, Unknown, Held, Placed], E::Repeated, &[W::Unwanted], Due::Keep)
            .noting(&[Record::Wanted])
            .by(8),
        hold(&[Pending, Held, Rejected], E::Cancel, &[W::Ours, W::Wanted], Reason::AlreadyOurs)
            .noting(&[Record::Unwanted, Record::CancelThere])
            .by(8),
        go(&[Pending, Held], E::Cancel, &[W::Certain, W::NotOurs], Cancelled, Due::Never).by(8),
        // A person sent it again in doubt: what is not wanted is not sent, and what came of it is asked first.
        hold(&[Pending], E::Cancel, &[W::Baseline], Reason::Baseline).noting(&[Record::Unwanted]).by(8),
        hold(&[Pending], E::Cancel, &[], Reason::NoRead).noting(&[Record::Unwanted]).by(8),
        stay(&[Sending, Unknown, Held], E::Cancel, &[W::Wanted], Due::Keep).noting(&[Record::Unwanted]).by(8),
        stay(&[Placed], E::Cancel, &[W::Wanted], Due::Keep).noting(&[Record::Unwanted, Record::CancelThere]).by(8),
        // Before it is sent.
        stay(&[Pending, Unknown], E::Claimed, &[], Due::Lease),
        hold(&[Pending, Unknown], E::Crashed, &[], Reason::Crashed),
        hold(&[Pending], E::Malformed, &[], Reason::Malformed),
        hold(&[Pending], E::Aged, &[], Reason::TooOld).by(8),
        stay(&[Pending], E::Postponed, &[], Due::Backoff),
        stay(&[Pending], E::Hidden, &[], Due::Spaced).by(1),
        hold(&[Pending], E::FoundOurs, &[W::NoBaseline, W::Altered], Reason::AlreadyOurs)
            .noting(&[Record::Found])
            .by(1),
        go(&[Pending], E::FoundOurs, &[W::NoBaseline], Placed, Due::Never).noting(&[Record::Found]).by(1),
        hold(&[Pending], E::FoundOthers, &[W::NoBaseline], Reason::AlreadyOrdered).by(1),
        hold(&[Pending], E::FoundSome, &[W::NoBaseline], Reason::PartlyOrdered).by(1),
        go(&[Pending], E::Sent, &[], Sending, Due::Lease).noting(&[Record::Send]),
        // What came of it.
        go(&[Sending], E::Accepted, &[W::Unwanted], Placed, Due::Never).noting(&[Record::CancelThere]),
        go(&[Sending], E::Accepted, &[], Placed, Due::Never),
        go(&[Sending], E::NotSent, &[W::Wanted], Pending, Due::Backoff),
        go(&[Sending], E::AccountRefused, &[W::Wanted], Pending, Due::Account),
        go(&[Sending], E::Refused, &[W::Certain, W::Wanted], Rejected, Due::Never),
        go(&[Sending], E::NotSent, &[W::Certain, W::NotOurs], Cancelled, Due::Never).by(8),
        go(&[Sending], E::AccountRefused, &[W::Certain, W::NotOurs], Cancelled, Due::Never).by(8),
        go(&[Sending], E::Refused, &[W::Certain, W::NotOurs], Cancelled, Due::Never).by(8),
        // Only a person sends what is in doubt, or there. A refusal then may mean that the platform has it already.
        hold(&[Sending], E::NotSent, &[W::Baseline], Reason::Baseline),
        hold(&[Sending], E::AccountRefused, &[W::Baseline], Reason::Baseline),
        hold(&[Sending], E::Refused, &[W::Baseline], Reason::Baseline),
        go(&[Sending], E::NotSent, &[], Unknown, Due::Settle).noting(&[Record::Doubt]),
        go(&[Sending], E::AccountRefused, &[], Unknown, Due::Settle).noting(&[Record::Doubt]),
        go(&[Sending], E::Refused, &[], Unknown, Due::Settle).noting(&[Record::Doubt]),
        hold(&[Sending], E::Doubted, &[W::Baseline], Reason::Baseline).noting(&[Record::Doubt]).by(9),
        go(&[Sending], E::Doubted, &[], Unknown, Due::Settle).noting(&[Record::Doubt]),
        hold(&[Sending], E::LeaseEnded, &[W::Baseline], Reason::Baseline).noting(&[Record::Doubt]).by(9),
        go(&[Sending], E::LeaseEnded, &[], Unknown, Due::Settle).noting(&[Record::Doubt]),
        // Read back.
        go(&[Unknown], E::ReadOurs, &[W::Unwanted], Placed, Due::Never).noting(&[Record::CancelThere]),
        go(&[Unknown], E::ReadOurs, &[], Placed, Due::Never),
        hold(&[Unknown], E::ReadOthers, &[], Reason::OtherOrder),
        stay(&[Unknown], E::ReadAbsent, &[], Due::Gap).noting(&[Record::Absent]),
        go(&[Unknown], E::ProvenAbsent, &[W::Unwanted], Cancelled, Due::Never).noting(&[Record::NoDoubt]).by(8),
        hold(&[Unknown], E::ProvenAbsent, &[W::NoResendLeft], Reason::ResendsSpent).noting(&[Record::NoDoubt]).by(13),
        go(&[Unknown], E::ProvenAbsent, &[], Pending, Due::Now).noting(&[Record::NoDoubt, Record::Resend]),
        stay(&[Unknown], E::ReadNothing, &[], Due::Spaced).noting(&[Record::Read]),
        stay(&[Unknown], E::ReadFailed, &[], Due::Backoff),
        stay(&[Unknown], E::ClockJumped, &[], Due::Settle).noting(&[Record::Restart]).by(3),
        hold(&[Unknown], E::Exhausted, &[W::NoReadBack], Reason::NoRead),
        hold(&[Unknown], E::Exhausted, &[], Reason::NotShown).by(14),
        // Proof counts, whoever brings it and whatever the row says by then.
        go(&[Pending, Sending, Unknown, Held], E::Evidence, &[W::SentSince, W::Unwanted], Placed, Due::Never)
            .noting(&[Record::Duplicate, Record::CancelThere])
            .by(5),
        go(&[Pending, Sending, Unknown, Held], E::Evidence, &[W::SentSince], Placed, Due::Never)
            .noting(&[Record::Duplicate])
            .by(5),
        go(&[Pending, Sending, Unknown, Held], E::Evidence, &[W::Unwanted], Placed, Due::Never)
            .noting(&[Record::CancelThere])
            .by(5),
        go(&[Pending, Sending, Unknown, Held], E::Evidence, &[], Placed, Due::Never).by(5),
        go(&[Rejected, Cancelled], E::Evidence, &[], Placed, Due::Never).noting(&[Record::Surprise]).by(5),
        stay(&[Placed], E::Evidence, &[W::OtherRemote], Due::Keep).noting(&[Record::Duplicate]).by(5),
        // A person.
        go(&[Pending, Unknown, Held, Rejected, Cancelled], E::SaidPlaced, &[W::Unwanted], Placed, Due::Never)
            .noting(&[Record::CancelThere]),
        go(&[Pending, Unknown, Held, Rejected, Cancelled], E::SaidPlaced, &[], Placed, Due::Never),
        go(&[Held, Cancelled], E::SaidRetry, &[W::Doubted, W::ReadBack, W::NoBaseline], Unknown, Due::Now).noting(&[
            Record::ReadAnew,
            Record::Resends,
            Record::Wanted,
        ]),
        go(&[Held, Cancelled], E::SaidRetry, &[W::Doubted], Pending, Due::Now).noting(&[
            Record::Risk,
            Record::Resends,
            Record::Wanted,
            Record::Fresh,
        ]),
        go(&[Held], E::SaidRetry, &[W::Blocked], Pending, Due::Now).noting(&[
            Record::Baseline,
            Record::Resends,
            Record::Wanted,
            Record::Fresh,
        ]),
        go(&[Held, Rejected, Cancelled], E::SaidRetry, &[], Pending, Due::Now).noting(&[
            Record::Resends,
            Record::Wanted,
            Record::Fresh,
        ]),
        go(&[Held], E::SaidDrop, &[], Cancelled, Due::Never),
        // Seen by a person: the alerts are answered.
        stay(&[Placed], E::SaidPlaced, &[], Due::Keep),
        stay(&[Rejected, Cancelled], E::SaidDrop, &[], Due::Keep),
    ]
};

/// What becomes of a row in this state when this happens; `None`: nothing, it does not concern it (any more).
pub fn step(state: State, event: Event, facts: &Facts, rules: Rules) -> Option<&'static Transition> {
    TABLE.iter().find(|row| {
        row.event == event
            && row.from.contains(&state)
            && (row.rule == 0 || rules.hold(row.rule))
            && row.when.iter().all(|when| facts.hold(*when))
    })
}
