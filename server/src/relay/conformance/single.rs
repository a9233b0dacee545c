//! Rules that one caller can see.

use loive_protocol::{Address, ChunkHash, EraseToken};

use super::{
    Broken, Checked, EVERYTHING, INBOX, MAILBOX, append, envelope, expect, read_all, sequences,
};
use crate::relay::store::{LogStore, NewLocker, NewRelease, Write, Written};

pub(super) fn sequences_rise(store: &dyn LogStore) -> Checked {
    let before = store.head()?;
    expect(before.highest == 0, || {
        format!("an empty log stands at {}", before.highest)
    })?;
    let batch: Vec<Write> = (0..10)
        .map(|number| Write::Append(envelope(INBOX, number, 40)))
        .collect();
    let committed = store.commit(&batch)?;
    let mut last = 0;
    for written in &committed.written {
        let Written::Appended {
            sequence,
            fresh: true,
        } = written
        else {
            return Err(Broken::Seen(format!(
                "a first append was answered by {written:?}"
            )));
        };
        expect(*sequence > last, || format!("{sequence} came after {last}"))?;
        last = *sequence;
    }
    let head = store.head()?;
    expect(head.highest == last && head.log == committed.log, || {
        format!("the log stands at {} after {last}", head.highest)
    })?;
    expect(committed.written.len() == 10, || {
        "not every write was answered".into()
    })
}

pub(super) fn appending_is_idempotent(store: &dyn LogStore) -> Checked {
    let (first, fresh) = append(store, envelope(INBOX, 1, 40))?;
    expect(fresh, || "the first time was not fresh".into())?;
    append(store, envelope(INBOX, 2, 40))?;
    let (again, fresh) = append(store, envelope(INBOX, 1, 40))?;
    expect(again == first && !fresh, || {
        format!("appended again at {again}, was {first}")
    })?;

    // Twice in one batch.
    let twice = [envelope(INBOX, 3, 40), envelope(INBOX, 3, 40)].map(Write::Append);
    let written = store.commit(&twice)?.written;
    let [
        Written::Appended {
            sequence: a,
            fresh: true,
        },
        Written::Appended {
            sequence: b,
            fresh: false,
        },
    ] = written.as_slice()
    else {
        return Err(Broken::Seen(format!("twice in one batch gave {written:?}")));
    };
    expect(a == b, || {
        format!("one envelope has two sequences, {a} and {b}")
    })?;
    let count = read_all(store, &INBOX)?.len();
    expect(count == 3, || format!("{count} of 3 envelopes"))
}

pub(super) fn committed_is_visible(store: &dyn LogStore) -> Checked {
    for number in 0..20 {
        let new = envelope(INBOX, number, 40);
        let (sequence, _) = append(store, new.clone())?;
        let page = store.read(&INBOX, sequence - 1, EVERYTHING, usize::MAX)?;
        let found = page.envelopes.first().is_some_and(|stored| {
            stored.sequence == sequence && stored.bytes == new.bytes && stored.received_at == 1_000
        });
        expect(found, || {
            format!("sequence {sequence} was committed but is not read")
        })?;
        let after = store.read(&INBOX, sequence, EVERYTHING, usize::MAX)?;
        expect(after.envelopes.is_empty() && !after.more, || {
            format!("something was read behind {sequence}")
        })?;
    }
    Ok(())
}

pub(super) fn addresses_do_not_mix(store: &dyn LogStore) -> Checked {
    for number in 0..6 {
        let address = if number % 2 == 0 { INBOX } else { MAILBOX };
        append(store, envelope(address, number, 40))?;
    }
    // The same id at another address is another envelope.
    let (_, fresh) = append(store, envelope(MAILBOX, 0, 40))?;
    expect(fresh, || {
        "the same id at another address was taken for a repetition".into()
    })?;
    let (inbox, mailbox) = (read_all(store, &INBOX)?, read_all(store, &MAILBOX)?);
    expect(inbox.len() == 3 && mailbox.len() == 4, || {
        format!(
            "{} and {} envelopes instead of 3 and 4",
            inbox.len(),
            mailbox.len()
        )
    })?;
    let nowhere = read_all(store, &Address::from_bytes([9; 32]))?;
    expect(nowhere.is_empty(), || {
        "an address to which nothing was sent has envelopes".into()
    })
}

pub(super) fn pages_keep_to_their_budget(store: &dyn LogStore) -> Checked {
    const COUNT: u32 = 30;
    const LENGTH: usize = 1_000;
    for number in 0..COUNT {
        append(store, envelope(INBOX, number, LENGTH))?;
    }
    let all = sequences(&read_all(store, &INBOX)?);
    for (budget, limit) in [
        (3_500, usize::MAX),
        (1, usize::MAX),
        (EVERYTHING, 4),
        (0, 1),
    ] {
        let mut cursor = 0;
        let mut seen = Vec::new();
        loop {
            let page = store.read(&INBOX, cursor, budget, limit)?;
            let bytes: usize = page.envelopes.iter().map(|stored| stored.bytes.len()).sum();
            expect(bytes <= budget.max(LENGTH), || {
                format!("{bytes} bytes in {budget}")
            })?;
            expect(page.envelopes.len() <= limit.max(1), || {
                "more than the limit".into()
            })?;
            let Some(last) = page.envelopes.last() else {
                return Err(Broken::Seen(format!(
                    "no page behind {cursor} with budget {budget}"
                )));
            };
            cursor = last.sequence;
            seen.extend(sequences(&page.envelopes));
            if !page.more {
                break;
            }
        }
        expect(seen == all, || {
            format!("pages of {budget} bytes gave {} of 30", seen.len())
        })?;
    }
    Ok(())
}

fn locker(address: u8, content: u8, expires_at: u64, received_at: u64) -> NewLocker {
    NewLocker {
        address: Address::from_bytes([address; 32]),
        bytes: vec![content; 100],
        erase_hash: EraseToken::from_bytes([content; 32]),
        expires_at,
        received_at,
        count_limit: 3,
    }
}

fn write_one(store: &dyn LogStore, write: Write) -> Result<Written, Broken> {
    let written = store.commit(&[write])?.written;
    written
        .first()
        .copied()
        .ok_or_else(|| Broken::Seen("a write had no answer".into()))
}

fn put(store: &dyn LogStore, locker: NewLocker) -> Result<Written, Broken> {
    write_one(store, Write::PutLocker(locker))
}

fn erase(store: &dyn LogStore, address: u8, token: u8) -> Result<Written, Broken> {
    let token_hash = EraseToken::from_bytes([token; 32]);
    write_one(
        store,
        Write::EraseLocker {
            address: Address::from_bytes([address; 32]),
            token_hash,
        },
    )
}

fn expect_written(found: Written, wanted: Written, when: &str) -> Checked {
    expect(found == wanted, || {
        format!("{when}: {found:?} instead of {wanted:?}")
    })
}

pub(super) fn lockers(store: &dyn LogStore) -> Checked {
    let at = Address::from_bytes([7; 32]);
    expect_written(
        put(store, locker(7, 1, 500, 100))?,
        Written::LockerStored,
        "put",
    )?;
    expect_written(
        put(store, locker(7, 1, 500, 100))?,
        Written::LockerStored,
        "put again",
    )?;
    expect_written(
        put(store, locker(7, 2, 500, 100))?,
        Written::LockerExists,
        "put over",
    )?;
    let found = store.locker(&at, 499)?;
    expect(found == Some(vec![1; 100]), || {
        "the locker is not what was put".into()
    })?;
    expect_written(
        erase(store, 7, 2)?,
        Written::LockerErased(false),
        "wrong token",
    )?;
    expect(store.locker(&at, 499)?.is_some(), || {
        "a wrong token erased a locker".into()
    })?;
    expect_written(
        erase(store, 7, 1)?,
        Written::LockerErased(true),
        "right token",
    )?;
    expect(store.locker(&at, 499)?.is_none(), || {
        "an erased locker is still there".into()
    })?;
    expect_written(
        erase(store, 7, 1)?,
        Written::LockerErased(true),
        "erased twice",
    )
}

pub(super) fn lockers_are_limited(store: &dyn LogStore) -> Checked {
    for address in 1..=3 {
        expect_written(
            put(store, locker(address, 1, 500, 100))?,
            Written::LockerStored,
            "put",
        )?;
    }
    expect_written(
        put(store, locker(4, 1, 500, 100))?,
        Written::LockersFull,
        "one too many",
    )?;
    expect_written(
        put(store, locker(3, 1, 500, 100))?,
        Written::LockerStored,
        "again when full",
    )?;
    let at = Address::from_bytes([3; 32]);
    expect(store.locker(&at, 500)?.is_none(), || {
        "an expired locker was handed out".into()
    })?;
    expect_written(
        put(store, locker(3, 2, 900, 500))?,
        Written::LockerStored,
        "over an expired",
    )?;
    expect(store.locker(&at, 500)? == Some(vec![2; 100]), || {
        "the new locker is not there".into()
    })
}

pub(super) fn certificates(store: &dyn LogStore) -> Checked {
    expect(store.certificates()?.is_none(), || {
        "an empty store has certificates".into()
    })?;
    for (signed_at, list, wanted) in [
        (10, 1_u8, 1_u8),
        (30, 2, 2),
        (20, 3, 2),
        (31, 4, 4),
        (31, 5, 5),
    ] {
        let write = Write::PutCertificates {
            signed_at,
            list: vec![list],
        };
        expect_written(write_one(store, write)?, Written::Noted, "a list")?;
        let found = store.certificates()?;
        expect(found == Some(vec![wanted]), || {
            format!("list {found:?} instead of {wanted}")
        })?;
    }
    Ok(())
}

/// Chunks of a release with recordings.
const MANY_CHUNKS: u32 = 4_000;

pub(super) fn releases(store: &dyn LogStore) -> Checked {
    let chunk = |number: u8| vec![number; 100];
    let hash = |number: u8| ChunkHash::of(&chunk(number));
    let put = |number| Write::PutChunk {
        hash: hash(number),
        bytes: chunk(number),
    };
    let release = |release: u32, chunks: &[u8]| {
        Write::PutRelease(NewRelease {
            release,
            manifest: release.to_be_bytes().to_vec(),
            chunks: chunks.iter().map(|number| hash(*number)).collect(),
        })
    };
    let steps = [
        // A chunk is missing: nobody gets the release.
        (vec![put(1), release(2, &[1, 2])], None),
        (vec![put(2)], None),
        (vec![release(2, &[1, 2])], Some(2_u32)),
        (vec![put(2), put(3), release(3, &[2, 3])], Some(3)),
        // A desk that was set back does not set phones back.
        (vec![put(1), release(2, &[1, 2])], Some(3)),
        (vec![release(4, &[2, 9])], Some(3)),
    ];
    for (batch, wanted) in steps {
        store.commit(&batch)?;
        let found = store.library()?;
        let wanted = wanted.map(|number| number.to_be_bytes().to_vec());
        expect(found == wanted, || {
            format!("release {found:?} instead of {wanted:?}")
        })?;
    }
    let found = store.library_chunk(&hash(3))?;
    expect(found == Some(chunk(3)), || {
        "a chunk is not what was put".into()
    })?;
    let asked = [hash(3), hash(9), hash(2), hash(8)];
    for (limit, wanted) in [(9, &[hash(9), hash(8)][..]), (1, &[hash(9)]), (0, &[])] {
        let missing = store.library_missing(&asked, limit)?;
        expect(missing == wanted, || {
            "missing chunks are not what they should be".into()
        })?;
    }
    many_chunks(store)
}

/// A release with as many chunks as recordings have: what it does not name goes,
/// what it names stays, and nothing of it takes long.
fn many_chunks(store: &dyn LogStore) -> Checked {
    let chunk = |number: u32| number.to_be_bytes().to_vec();
    let hash = |number: u32| ChunkHash::of(&chunk(number));
    let puts: Vec<Write> = (0..MANY_CHUNKS + 100)
        .map(|number| Write::PutChunk {
            hash: hash(number),
            bytes: chunk(number),
        })
        .collect();
    store.commit(&puts)?;
    store.commit(&[Write::PutRelease(NewRelease {
        release: 9,
        manifest: vec![9],
        chunks: (0..MANY_CHUNKS).map(hash).collect(),
    })])?;
    expect(store.library()? == Some(vec![9]), || {
        "a release with many chunks is not handed out".into()
    })?;
    let all: Vec<ChunkHash> = (0..MANY_CHUNKS + 100).map(hash).collect();
    let gone = store.library_missing(&all, all.len())?;
    let unnamed: Vec<ChunkHash> = (MANY_CHUNKS..MANY_CHUNKS + 100).map(hash).collect();
    expect(gone == unnamed, || {
        format!(
            "{} chunks are gone, not the 100 that no release names",
            gone.len()
        )
    })
}
