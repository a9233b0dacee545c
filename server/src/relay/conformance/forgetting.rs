//! Rules about what may be forgotten, and about new logs.

use loive_protocol::LogId;

use super::{Broken, Checked, INBOX, MAILBOX, append, envelope, expect, read_all, sequences};
use crate::relay::store::{Forget, Forgotten, LogStore, Write};

const HOUR: u64 = 3_600;

fn rule(acknowledged_until: u64, answers_received_until: u64) -> Forget {
    Forget {
        inbox: INBOX,
        acknowledged_until,
        answers_received_until,
        lockers_expired_at: 0,
        limit: 1_000,
    }
}

fn acknowledge(store: &dyn LogStore, through: u64, at: u64) -> Checked {
    let log = store.head()?.log;
    store.commit(&[Write::Acknowledge { log, through, at }])?;
    Ok(())
}

fn fill(store: &dyn LogStore) -> Result<Vec<u64>, Broken> {
    (0..10)
        .map(|number| Ok(append(store, envelope(INBOX, number, 40))?.0))
        .collect()
}

fn left(store: &dyn LogStore) -> Result<usize, Broken> {
    Ok(read_all(store, &INBOX)?.len())
}

pub(super) fn acknowledged_only(store: &dyn LogStore) -> Checked {
    let given = fill(store)?;
    let (Some(third), Some(seventh)) = (given.get(2), given.get(6)) else {
        return Err(Broken::Seen("ten appends gave fewer sequences".into()));
    };
    let none = store.forget(&rule(u64::MAX, u64::MAX))?;
    expect(none == Forgotten::default(), || {
        "forgotten without acknowledgement".into()
    })?;

    acknowledge(store, *third, 10 * HOUR)?;
    acknowledge(store, *seventh, 20 * HOUR)?;
    // An older word of the desk does not move it back.
    acknowledge(store, *third, 21 * HOUR)?;
    store.forget(&rule(10 * HOUR - 1, 0))?;
    expect(left(store)? == 10, || "forgotten before its time".into())?;
    // The store may round up by an hour, never down.
    store.forget(&rule(11 * HOUR, 0))?;
    expect(left(store)? == 7, || {
        format!("{} left of 7", left(store).unwrap_or(0))
    })?;
    store.forget(&rule(20 * HOUR - 1, 0))?;
    expect(left(store)? == 7, || {
        "the second acknowledgement counted too early".into()
    })?;
    store.forget(&rule(22 * HOUR, 0))?;
    expect(left(store)? == 3, || {
        "what nobody acknowledged went, or too little".into()
    })?;

    let stranger = LogId::from_bytes([0xee; 8]);
    store.commit(&[Write::Acknowledge {
        log: stranger,
        through: u64::MAX,
        at: HOUR,
    }])?;
    store.forget(&rule(99 * HOUR, 0))?;
    expect(left(store)? == 3, || {
        "an acknowledgement of another log counted".into()
    })?;
    acknowledge(store, u64::MAX, 30 * HOUR)?;
    append(store, envelope(INBOX, 99, 40))?;
    store.forget(&rule(99 * HOUR, 0))?;
    expect(left(store)? == 1, || {
        "an acknowledgement reached into the future".into()
    })
}

pub(super) fn answers_by_age(store: &dyn LogStore) -> Checked {
    let mut last = 0;
    for (number, received_at) in [(1, 100), (2, 200), (3, 300)] {
        let mut answer = envelope(MAILBOX, number, 40);
        answer.received_at = received_at;
        last = append(store, answer)?.0;
    }
    let count = |store: &dyn LogStore| Ok::<_, Broken>(read_all(store, &MAILBOX)?.len());
    store.forget(&rule(u64::MAX, 200))?;
    expect(count(store)? == 3, || {
        "answers went that the desk has not acknowledged".into()
    })?;
    acknowledge(store, last, HOUR)?;
    store.forget(&rule(99 * HOUR, 0))?;
    expect(count(store)? == 3, || {
        "answers went though they are kept for ever".into()
    })?;
    store.forget(&rule(99 * HOUR, 200))?;
    expect(count(store)? == 1, || {
        "answers did not go by their age".into()
    })
}

pub(super) fn sequences_are_not_reused(store: &dyn LogStore) -> Checked {
    let given = fill(store)?;
    let highest = given.last().copied().unwrap_or(0);
    acknowledge(store, highest, 0)?;
    let mut step = rule(99 * HOUR, 0);
    step.limit = 4;
    let first = store.forget(&step)?;
    expect(first.envelopes == 4 && first.more, || {
        format!("a step of 4 was {first:?}")
    })?;
    while store.forget(&step)?.more {}
    expect(left(store)? == 0, || {
        "not everything acknowledged was forgotten".into()
    })?;
    expect(store.head()?.highest == highest, || {
        "the log went back".into()
    })?;
    let (next, _) = append(store, envelope(INBOX, 50, 40))?;
    expect(next > highest, || format!("{next} was given again"))
}

pub(super) fn new_log(store: &dyn LogStore) -> Checked {
    let given = fill(store)?;
    let before = store.head()?;
    acknowledge(store, before.highest, 0)?;
    let fresh = LogId::from_bytes([0x77; 8]);
    store.begin_log(fresh)?;
    let after = store.head()?;
    expect(after.log == fresh && before.log != fresh, || {
        "the log kept its id".into()
    })?;
    expect(after.highest == before.highest, || {
        "the log lost its place".into()
    })?;
    let page = store.read(&INBOX, 0, 1 << 20, 100)?;
    expect(page.log == fresh, || "a page speaks of the old log".into())?;
    expect(sequences(&page.envelopes) == given, || {
        "a new log lost envelopes".into()
    })?;
    store.forget(&rule(99 * HOUR, 0))?;
    expect(left(store)? == 10, || {
        "an acknowledgement of the old log counted".into()
    })
}
