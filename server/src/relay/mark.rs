//! How a relay notices that its database was restored from an older copy.
//!
//! Beside `relay.db` lies `relay.mark`: the log id and the highest sequence that
//! was ever committed. It is written after every commit, before anybody is
//! acknowledged, and is *not* part of a backup. A database that is behind its
//! mark, that carries another log id, or that has no mark although it holds
//! envelopes, is an older copy: it gets a new log id, and every peer re-pulls
//! and re-offers.
//!
//! The mark is written without waiting for the disk at each commit (a crash of
//! the program loses nothing of it) and is flushed every few seconds. If the
//! power fails *and* the copy restored then was made within those seconds, the
//! mark does not tell; nor does it when the whole machine, mark included, is set
//! back. For both there are two more witnesses: the desk, which names the
//! highest sequence that it has seen in every signed request, and the
//! administrator (`hotline relay --new-log`).
//!
//! A mark that is wrong the other way, without a restore, costs one re-pull.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use loive_protocol::LogId;

use super::store::Head;

/// How long a mark may wait for the disk.
const FLUSH_EVERY: Duration = Duration::from_secs(5);
/// Longest mark that is read, in bytes. Ours has fewer.
const MARK_MAX_BYTES: u64 = 256;
const TITLE: &str = "loive relay mark 1";

/// The open mark file.
pub(crate) struct Mark {
    file: File,
    flushed: Instant,
    dirty: bool,
}

/// Where the mark of a database lies.
pub(crate) fn path_beside(database: &Path) -> PathBuf {
    database.with_extension("mark")
}

/// The mark as it was left, or `None` if there is none that can be read.
pub(crate) fn read(path: &Path) -> io::Result<Option<Head>> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let mut text = String::new();
    match file.take(MARK_MAX_BYTES).read_to_string(&mut text) {
        Ok(_) => Ok(parse(&text)),
        Err(error) if error.kind() == io::ErrorKind::InvalidData => Ok(None),
        Err(error) => Err(error),
    }
}

fn parse(text: &str) -> Option<Head> {
    let mut lines = text.lines();
    if lines.next()? != TITLE {
        return None;
    }
    let log = lines.next()?.strip_prefix("log ")?.parse().ok()?;
    let highest = lines.next()?.strip_prefix("sequence ")?.parse().ok()?;
    (lines.next()? == "end").then_some(Head { log, highest })
}

fn render(log: LogId, highest: u64) -> String {
    // Of one length always, so that writing over the old one leaves no tail.
    format!("{TITLE}\nlog {log}\nsequence {highest:020}\nend\n")
}

/// Whether a database that stands at `database` was restored from an older copy,
/// judged by the mark.
pub(crate) fn shows_restore(database: Head, mark: Option<Head>) -> bool {
    match mark {
        Some(mark) => mark.log != database.log || mark.highest > database.highest,
        None => database.highest > 0,
    }
}

impl Mark {
    /// Opens the mark for writing and makes it say `head`, on the disk.
    pub(crate) fn open(path: &Path, head: Head) -> io::Result<Self> {
        let file = OpenOptions::new()
            .create(true)
            .write(true)
            .truncate(true)
            .open(path)?;
        let mut mark = Self {
            file,
            flushed: Instant::now(),
            dirty: false,
        };
        mark.put(head)?;
        mark.flush()?;
        Ok(mark)
    }

    /// Notes where the log stands, and flushes if it is time.
    pub(crate) fn note(&mut self, head: Head) -> io::Result<()> {
        self.put(head)?;
        if self.flushed.elapsed() >= FLUSH_EVERY {
            self.flush()
        } else {
            Ok(())
        }
    }

    fn put(&mut self, head: Head) -> io::Result<()> {
        self.file.seek(SeekFrom::Start(0))?;
        self.file
            .write_all(render(head.log, head.highest).as_bytes())?;
        self.dirty = true;
        Ok(())
    }

    /// Makes the mark durable.
    pub(crate) fn flush(&mut self) -> io::Result<()> {
        if self.dirty {
            self.file.sync_data()?;
            self.dirty = false;
        }
        self.flushed = Instant::now();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    #![expect(
        clippy::unwrap_used,
        clippy::indexing_slicing,
        reason = "tests may panic"
    )]
    use super::*;

    fn head(log: u8, highest: u64) -> Head {
        Head {
            log: LogId::from_bytes([log; 8]),
            highest,
        }
    }

    #[test]
    fn a_mark_reads_back_what_was_noted_last() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("relay.mark");
        assert!(read(&path).unwrap().is_none());
        let mut mark = Mark::open(&path, head(1, 9_999)).unwrap();
        assert_eq!(read(&path).unwrap(), Some(head(1, 9_999)));
        mark.note(head(2, 7)).unwrap();
        assert_eq!(read(&path).unwrap(), Some(head(2, 7)));
    }

    #[test]
    fn a_torn_or_foreign_mark_is_no_mark() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("relay.mark");
        let whole = render(LogId::from_bytes([3; 8]), 12);
        for damaged in [
            &whole.as_bytes()[..whole.len() - 3],
            b"",
            b"\xff\xfe\x00",
            b"sequence 12\n",
        ] {
            std::fs::write(&path, damaged).unwrap();
            assert!(read(&path).unwrap().is_none());
        }
    }

    #[test]
    fn a_mark_that_was_damaged_anywhere_is_read_or_is_none_and_never_a_panic() {
        let whole = render(LogId::from_bytes([3; 8]), 12);
        assert_eq!(parse(&whole), Some(head(3, 12)));
        for end in 0..whole.len() - 1 {
            assert!(parse(&whole[..end]).is_none(), "cut at {end}");
        }
        for at in 0..whole.len() {
            for bit in 0..7 {
                let mut bytes = whole.clone().into_bytes();
                bytes[at] ^= 1 << bit;
                let flipped = String::from_utf8(bytes).unwrap();
                if let Some(other) = parse(&flipped) {
                    assert_ne!(other, head(3, 12), "byte {at}, bit {bit}");
                }
            }
        }
    }

    #[test]
    fn only_a_database_that_is_level_with_or_ahead_of_its_mark_is_the_same_log() {
        assert!(!shows_restore(head(1, 5), Some(head(1, 5))));
        // Power failed before the mark reached the disk: the database is ahead.
        assert!(!shows_restore(head(1, 6), Some(head(1, 5))));
        assert!(shows_restore(head(1, 4), Some(head(1, 5))));
        assert!(shows_restore(head(2, 9), Some(head(1, 5))));
        assert!(shows_restore(head(1, 4), None));
        assert!(!shows_restore(head(1, 0), None));
    }
}
