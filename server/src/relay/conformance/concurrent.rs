//! Rules that only many callers at once can break.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use super::{Broken, Checked, INBOX, MAILBOX, envelope, expect, read_all, sequences};
use crate::relay::store::{LogStore, StoreError, Write, Written};

const WRITERS: u32 = 8;
const READERS: usize = 4;
const COMMITS_OF_EACH: u32 = 60;
/// Small, so that readers are in the middle of the log most of the time.
const PAGE_BYTES: usize = 2_000;

/// Readers follow their cursor while many write. What a reader collected must be
/// what the log holds in the end: a sequence that became visible after a higher
/// one is missing from it for ever.
pub(super) fn cursors_never_skip(store: &dyn LogStore) -> Checked {
    let done = AtomicBool::new(false);
    let (written, read) = thread::scope(|scope| {
        let readers: Vec<_> = (0..READERS)
            .map(|_| scope.spawn(|| follow(store, &done)))
            .collect();
        let writers: Vec<_> = (0..WRITERS)
            .map(|writer| scope.spawn(move || write(store, writer)))
            .collect();
        let written: Vec<_> = writers
            .into_iter()
            .map(thread::ScopedJoinHandle::join)
            .collect();
        done.store(true, Ordering::SeqCst);
        let read: Vec<_> = readers
            .into_iter()
            .map(thread::ScopedJoinHandle::join)
            .collect();
        (written, read)
    });
    for result in written {
        result.map_err(|_| Broken::Seen("a writer panicked".into()))??;
    }
    let all = sequences(&read_all(store, &INBOX)?);
    let count = (WRITERS * COMMITS_OF_EACH) as usize;
    expect(all.len() == count, || {
        format!("{} of {count} envelopes", all.len())
    })?;
    for result in read {
        let seen = result.map_err(|_| Broken::Seen("a reader panicked".into()))??;
        expect(seen.is_sorted(), || "a page went backwards".into())?;
        let missed = all
            .iter()
            .filter(|sequence| seen.binary_search(sequence).is_err())
            .count();
        expect(missed == 0, || {
            format!("a reader's cursor skipped {missed} of {count} envelopes")
        })?;
        expect(seen == all, || {
            "a reader saw what the log does not hold".into()
        })?;
    }
    Ok(())
}

fn write(store: &dyn LogStore, writer: u32) -> Result<(), StoreError> {
    for number in 0..COMMITS_OF_EACH {
        let id = writer * COMMITS_OF_EACH + number;
        let mut batch = vec![Write::Append(envelope(INBOX, id, 40))];
        // Batches of different size take different time, which shuffles commits.
        batch.extend(
            (0..number % 4).map(|more| Write::Append(envelope(MAILBOX, id * 4 + more, 400))),
        );
        store.commit(&batch)?;
    }
    Ok(())
}

fn follow(store: &dyn LogStore, done: &AtomicBool) -> Result<Vec<u64>, StoreError> {
    let mut seen: Vec<u64> = Vec::new();
    loop {
        // Asked before the page: what was written by then is in it or behind it.
        let finished = done.load(Ordering::SeqCst);
        let page = store.read(&INBOX, seen.last().copied().unwrap_or(0), PAGE_BYTES, 50)?;
        let nothing = page.envelopes.is_empty();
        seen.extend(sequences(&page.envelopes));
        if finished && nothing {
            return Ok(seen);
        }
    }
}

/// Everybody pushes the same envelopes: each is stored once, and everybody is
/// told the same sequence.
pub(super) fn one_envelope_once(store: &dyn LogStore) -> Checked {
    const COUNT: u32 = 40;
    let push = || -> Result<Vec<(u64, bool)>, StoreError> {
        let mut told = Vec::new();
        for number in 0..COUNT {
            let written = store
                .commit(&[Write::Append(envelope(INBOX, number, 40))])?
                .written;
            told.extend(written.iter().filter_map(|written| match written {
                Written::Appended { sequence, fresh } => Some((*sequence, *fresh)),
                _ => None,
            }));
        }
        Ok(told)
    };
    let told: Vec<_> = thread::scope(|scope| {
        let pushers: Vec<_> = (0..WRITERS).map(|_| scope.spawn(push)).collect();
        pushers
            .into_iter()
            .map(thread::ScopedJoinHandle::join)
            .collect()
    });
    let mut fresh = 0;
    let mut first: Option<Vec<u64>> = None;
    for result in told {
        let told = result.map_err(|_| Broken::Seen("a writer panicked".into()))??;
        fresh += told.iter().filter(|(_, fresh)| *fresh).count();
        let sequences: Vec<u64> = told.into_iter().map(|(sequence, _)| sequence).collect();
        let first = first.get_or_insert_with(|| sequences.clone());
        expect(*first == sequences, || {
            "two were told different sequences".into()
        })?;
    }
    expect(fresh == COUNT as usize, || {
        format!("{fresh} times fresh instead of {COUNT}")
    })?;
    let count = read_all(store, &INBOX)?.len();
    expect(count == COUNT as usize, || {
        format!("{count} envelopes instead of {COUNT}")
    })
}
