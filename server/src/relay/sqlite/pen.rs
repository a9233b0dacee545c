//! The writes of one batch, inside its transaction.

use loive_protocol::Address;
use rusqlite::{OptionalExtension, Transaction, params};
use subtle::ConstantTimeEq;

use super::{library, read_log_row, signed, unsigned};
use crate::relay::store::{Head, NewEnvelope, NewLocker, Write, Written};

const SECONDS_PER_HOUR: u64 = 3_600;

/// Writes one batch. Everything goes through its transaction; what it remembers
/// is gone when the transaction is.
pub(super) struct Pen<'t> {
    transaction: &'t Transaction<'t>,
    /// Where the log stands with this batch.
    pub(super) head: Head,
    /// The place that the last envelope went to: nearly always the next one's too.
    last_place: Option<(Address, i64)>,
    /// Something was erased, and its bytes still lie in the write-ahead log.
    pub(super) erased: bool,
}

impl<'t> Pen<'t> {
    pub(super) fn new(transaction: &'t Transaction<'t>) -> rusqlite::Result<Self> {
        let head = read_log_row(transaction)?;
        Ok(Self {
            transaction,
            head,
            last_place: None,
            erased: false,
        })
    }

    pub(super) fn write(&mut self, write: &Write) -> rusqlite::Result<Written> {
        match write {
            Write::Append(envelope) => self.append(envelope),
            Write::PutLocker(locker) => self.put_locker(locker),
            Write::PutChunk { hash, bytes } => {
                self.transaction
                    .prepare_cached(
                        "INSERT INTO library_chunks (hash, bytes) VALUES (?1, ?2)
                         ON CONFLICT (hash) DO NOTHING",
                    )?
                    .execute(params![hash.as_bytes(), bytes])?;
                Ok(Written::Noted)
            }
            Write::PutRelease(release) => {
                library::put(self.transaction, release)?;
                Ok(Written::Noted)
            }
            Write::EraseLocker {
                address,
                token_hash,
            } => self.erase_locker(address, token_hash.as_bytes()),
            Write::PutCertificates { signed_at, list } => {
                self.transaction.execute(
                    "INSERT INTO certificates (only_row, signed_at, list) VALUES (1, ?1, ?2)
                     ON CONFLICT (only_row) DO UPDATE
                     SET signed_at = excluded.signed_at, list = excluded.list
                     WHERE excluded.signed_at >= certificates.signed_at",
                    params![signed(*signed_at), list],
                )?;
                Ok(Written::Noted)
            }
            Write::Acknowledge { log, through, at } => {
                if *log == self.head.log {
                    self.acknowledge((*through).min(self.head.highest), *at)?;
                }
                Ok(Written::Noted)
            }
        }
    }

    /// Writes down how far the log has come.
    pub(super) fn finish(&self) -> rusqlite::Result<()> {
        self.transaction
            .prepare_cached("UPDATE log SET highest = ?1")?
            .execute([signed(self.head.highest)])?;
        Ok(())
    }

    fn append(&mut self, envelope: &NewEnvelope) -> rusqlite::Result<Written> {
        let place = self.place(&envelope.address)?;
        let sequence = self.head.highest + 1;
        let inserted = self
            .transaction
            .prepare_cached(
                "INSERT INTO envelopes (sequence, place, id, received_at, bytes)
                 VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (place, id) DO NOTHING",
            )?
            .execute(params![
                signed(sequence),
                place,
                envelope.id.as_bytes(),
                signed(envelope.received_at),
                envelope.bytes
            ])?;
        if inserted == 1 {
            self.head.highest = sequence;
            return Ok(Written::Appended {
                sequence,
                fresh: true,
            });
        }
        let sequence: i64 = self
            .transaction
            .prepare_cached("SELECT sequence FROM envelopes WHERE place = ?1 AND id = ?2")?
            .query_row(params![place, envelope.id.as_bytes()], |row| row.get(0))?;
        Ok(Written::Appended {
            sequence: unsigned(sequence),
            fresh: false,
        })
    }

    fn place(&mut self, address: &Address) -> rusqlite::Result<i64> {
        if let Some((known, number)) = self.last_place
            && known == *address
        {
            return Ok(number);
        }
        let found = self
            .transaction
            .prepare_cached("SELECT number FROM places WHERE address = ?1")?
            .query_row([address.as_bytes()], |row| row.get(0))
            .optional()?;
        let number = if let Some(number) = found {
            number
        } else {
            self.transaction.execute(
                "INSERT INTO places (address) VALUES (?1)",
                [address.as_bytes()],
            )?;
            self.transaction.last_insert_rowid()
        };
        self.last_place = Some((*address, number));
        Ok(number)
    }

    fn put_locker(&mut self, locker: &NewLocker) -> rusqlite::Result<Written> {
        let there: Option<(Vec<u8>, Vec<u8>, i64)> = self
            .transaction
            .prepare_cached("SELECT bytes, erase_hash, expires_at FROM lockers WHERE address = ?1")?
            .query_row([locker.address.as_bytes()], |row| {
                Ok((row.get(0)?, row.get(1)?, row.get(2)?))
            })
            .optional()?;
        match there {
            Some((_, _, expires_at)) if unsigned(expires_at) <= locker.received_at => {
                self.transaction.execute(
                    "DELETE FROM lockers WHERE address = ?1",
                    [locker.address.as_bytes()],
                )?;
                self.erased = true;
            }
            // The phone did not hear the first answer and tries again.
            Some((bytes, hash, _))
                if bytes == locker.bytes && hash == locker.erase_hash.as_bytes() =>
            {
                return Ok(Written::LockerStored);
            }
            Some(_) => return Ok(Written::LockerExists),
            None => {}
        }
        let count: i64 = self
            .transaction
            .query_row("SELECT count(*) FROM lockers", [], |row| row.get(0))?;
        if unsigned(count) >= locker.count_limit {
            return Ok(Written::LockersFull);
        }
        self.transaction.execute(
            "INSERT INTO lockers (address, bytes, erase_hash, expires_at) VALUES (?1, ?2, ?3, ?4)",
            params![
                locker.address.as_bytes(),
                locker.bytes,
                locker.erase_hash.as_bytes(),
                signed(locker.expires_at)
            ],
        )?;
        Ok(Written::LockerStored)
    }

    fn erase_locker(&mut self, address: &Address, token_hash: &[u8]) -> rusqlite::Result<Written> {
        let hash: Option<Vec<u8>> = self
            .transaction
            .query_row(
                "SELECT erase_hash FROM lockers WHERE address = ?1",
                [address.as_bytes()],
                |row| row.get(0),
            )
            .optional()?;
        let Some(hash) = hash else {
            return Ok(Written::LockerErased(true));
        };
        let allowed = bool::from(hash.ct_eq(token_hash));
        if allowed {
            self.transaction.execute(
                "DELETE FROM lockers WHERE address = ?1",
                [address.as_bytes()],
            )?;
            self.erased = true;
        }
        Ok(Written::LockerErased(allowed))
    }

    /// One row for each hour, so that a desk that asks every second leaves 24 a
    /// day. A row counts from the end of its hour: never too early.
    fn acknowledge(&self, through: u64, at: u64) -> rusqlite::Result<()> {
        self.transaction
            .prepare_cached(
                "INSERT INTO acknowledgements (hour, through)
                 SELECT ?1, ?2 WHERE ?2 > (SELECT coalesce(max(through), 0) FROM acknowledgements)
                 ON CONFLICT (hour) DO UPDATE SET through = excluded.through",
            )?
            .execute([signed(at / SECONDS_PER_HOUR), signed(through)])?;
        Ok(())
    }

    /// The hour whose acknowledgements count by `time`.
    pub(super) fn last_whole_hour(time: u64) -> i64 {
        signed(time / SECONDS_PER_HOUR) - 1
    }
}
