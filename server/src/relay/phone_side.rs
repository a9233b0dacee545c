//! What a phone asks: the report lane's one request.

use std::sync::Arc;

use loive_protocol::limits::PAGE_MAX_COUNT;
use loive_protocol::{
    Ack, Address, DecodeError, Envelope, Lane, LockerAck, LockerAnswer, LogId, MailboxCursor, Page,
    Refusal, Route, Stored, SyncRequest, SyncResponse,
};

use super::store::{Head, NewEnvelope, NewLocker, StoreError, StoredPage, Write, Written};
use super::{Relay, RelayError, SECONDS_PER_DAY, refusal_of};

/// One ask of a request: already answered, or the `n`th write of its batch.
enum Slot<A> {
    Answered(A),
    Written,
}

impl Relay {
    /// Answers a phone. `body_bytes` is what the request cost to receive.
    pub async fn sync(
        self: &Arc<Self>,
        request: SyncRequest,
        body_bytes: usize,
    ) -> Result<SyncResponse, RelayError> {
        let lane = match request.lane {
            Lane::Report => &self.report_lane,
            Lane::Field => &self.field_lane,
        };
        let within_budget = lane.take(body_bytes as u64);
        let mut batch = Batch::default();
        let pushes = self.take_pushes(&request, within_budget, &mut batch);
        let puts = self.take_locker_puts(&request, within_budget, &mut batch);
        let erasures = self.take_erasures(&request, within_budget, &mut batch);

        let committed = batch.commit(self).await;
        let expected_log = committed.as_ref().ok().and_then(|done| done.log);
        let mut written = committed.map(|done| done.written.into_iter());
        let acks = resolve(pushes, &mut written, to_ack, |error| {
            Ack::Refused(refusal_of(error))
        });
        let locker_acks = resolve(puts, &mut written, to_locker_ack, |_| LockerAck::Busy);
        let erased = resolve(
            erasures,
            &mut written,
            |written| matches!(written, Written::LockerErased(true)),
            |_| false,
        );
        for ack in &acks {
            if let Ack::Refused(refusal) = ack {
                self.metrics.refused(*refusal);
            }
        }

        let seen = request.certificates_seen;
        let reads = !(request.mailboxes.is_empty()
            && request.locker_gets.is_empty()
            && request.library.is_none());
        let mut response = match expected_log {
            // Only pushed, and the commit told which log this is: nothing to read.
            Some(log) if !reads => SyncResponse::new(log),
            _ => {
                let work = move |relay: &Self| relay.read(&request, within_budget);
                self.blocking(work).await?
            }
        };
        if let Some(log) = expected_log {
            Self::same_log(log, response.log)?;
        }
        response.acks = acks;
        response.locker_acks = locker_acks;
        response.locker_erased = erased;
        response.certificates = self.published().unless_seen(seen);
        Ok(response)
    }

    fn take_pushes(
        &self,
        request: &SyncRequest,
        within_budget: bool,
        batch: &mut Batch,
    ) -> Vec<Slot<Ack>> {
        let now = self.env.now();
        request
            .push
            .iter()
            .map(|bytes| {
                if !within_budget {
                    return Slot::Answered(Ack::Refused(Refusal::Busy));
                }
                match self.check_report(request.lane, bytes.to_vec()) {
                    Ok(envelope) => {
                        batch.push(Write::Append(to_new(envelope, now)));
                        Slot::Written
                    }
                    Err(refusal) => Slot::Answered(Ack::Refused(refusal)),
                }
            })
            .collect()
    }

    /// The inbox takes reports and nothing else, and reports go nowhere else.
    fn check_report(&self, lane: Lane, bytes: Vec<u8>) -> Result<Envelope, Refusal> {
        let envelope = parse(bytes)?;
        let right = lane == Lane::Report
            && envelope.route() == Route::Report
            && *envelope.address() == self.inbox;
        if right {
            Ok(envelope)
        } else {
            Err(Refusal::WrongAddress)
        }
    }

    fn take_locker_puts(
        &self,
        request: &SyncRequest,
        within_budget: bool,
        batch: &mut Batch,
    ) -> Vec<Slot<LockerAck>> {
        let now = self.env.now();
        let mut slots = Vec::new();
        for put in &request.locker_puts {
            let Some(envelope) = self.check_locker(request.lane, put.envelope.to_vec()) else {
                slots.push(Slot::Answered(LockerAck::Refused));
                continue;
            };
            if !within_budget || !self.lockers.take(1) {
                self.metrics.lockers_throttled.add(1);
                slots.push(Slot::Answered(LockerAck::Busy));
                continue;
            }
            let keep = u64::from(put.keep_days).saturating_mul(SECONDS_PER_DAY);
            batch.push(Write::PutLocker(NewLocker {
                address: *envelope.address(),
                bytes: envelope.into_bytes(),
                erase_hash: put.erase_hash,
                expires_at: now.saturating_add(keep),
                received_at: now,
                count_limit: self.settings.lockers_max_count,
            }));
            slots.push(Slot::Written);
        }
        slots
    }

    fn check_locker(&self, lane: Lane, bytes: Vec<u8>) -> Option<Envelope> {
        let envelope = parse(bytes).ok()?;
        let elsewhere =
            *envelope.address() != self.inbox && !self.mailboxes.contains(envelope.address());
        (lane == Lane::Report && envelope.route() == Route::Locker && elsewhere).then_some(envelope)
    }

    fn take_erasures(
        &self,
        request: &SyncRequest,
        within_budget: bool,
        batch: &mut Batch,
    ) -> Vec<Slot<bool>> {
        request
            .locker_erasures
            .iter()
            .map(|erasure| {
                if request.lane != Lane::Report || !within_budget || !self.lockers.take(1) {
                    self.metrics.lockers_throttled.add(1);
                    return Slot::Answered(false);
                }
                batch.push(Write::EraseLocker {
                    address: erasure.address,
                    token_hash: erasure.token.hashed(),
                });
                Slot::Written
            })
            .collect()
    }

    /// Everything of the answer that only reads. Blocks.
    fn read(&self, request: &SyncRequest, within_budget: bool) -> Result<SyncResponse, StoreError> {
        let head = self.store.head()?;
        let mut response = SyncResponse::new(head.log);
        if request.lane == Lane::Report {
            // A lane without budget hands out nothing, but says that there is more.
            let budget = if within_budget {
                request.page_bytes as usize
            } else {
                0
            };
            response.pages = self.read_mailboxes(head, request.log, &request.mailboxes, budget)?;
            self.report_lane.spend(pages_bytes(&response.pages) as u64);
        }
        if let (Lane::Field, true, Some(ask)) = (request.lane, within_budget, &request.library) {
            response.library = self.read_library(ask, request.page_bytes as usize)?;
            let chunks = response.library.iter().flat_map(|library| &library.chunks);
            self.field_lane
                .spend(chunks.map(|chunk| chunk.len() as u64).sum());
        }
        for address in &request.locker_gets {
            let may_ask = request.lane == Lane::Report && self.lockers.take(1);
            response.lockers.push(if may_ask {
                self.find_locker(address)?
            } else {
                self.metrics.lockers_throttled.add(1);
                LockerAnswer::Busy
            });
        }
        Ok(response)
    }

    pub(super) fn find_locker(&self, address: &Address) -> Result<LockerAnswer, StoreError> {
        let Some(bytes) = self.store.locker(address, self.env.now())? else {
            self.metrics.lockers_missing.add(1);
            return Ok(LockerAnswer::Missing);
        };
        self.metrics.lockers_found.add(1);
        Ok(LockerAnswer::Found(bytes.into()))
    }

    /// One page for each shard that has something, all within one budget.
    pub(super) fn read_mailboxes(
        &self,
        head: Head,
        log: Option<LogId>,
        cursors: &[MailboxCursor],
        mut budget: usize,
    ) -> Result<Vec<Page>, StoreError> {
        let mut pages = Vec::new();
        let mut first = true;
        for cursor in cursors {
            let Some(address) = self.mailbox(cursor.shard) else {
                continue;
            };
            let after = self.start_of(head, log, cursor.after);
            let page = self.store.read(&address, after, budget, PAGE_MAX_COUNT)?;
            if page.log != head.log {
                return Err(StoreError::Busy);
            }
            if page.envelopes.is_empty() {
                continue;
            }
            let page = to_page(cursor.shard, after, page, budget, first);
            first &= page.envelopes.is_empty();
            budget = budget.saturating_sub(pages_bytes(std::slice::from_ref(&page)));
            pages.push(page);
        }
        Ok(pages)
    }

    /// Where reading starts: a cursor counts in its own log only.
    pub(super) fn start_of(&self, head: Head, log: Option<LogId>, after: u64) -> u64 {
        if log != Some(head.log) {
            return 0;
        }
        if after > head.highest {
            // No phone is trusted with this; the desk is (see `desk_side`).
            self.metrics.cursors_ahead.add(1);
            return 0;
        }
        after
    }
}

/// The writes of one request.
#[derive(Default)]
struct Batch {
    writes: Vec<Write>,
}

struct Done {
    log: Option<LogId>,
    written: Vec<Written>,
}

impl Batch {
    fn push(&mut self, write: Write) {
        self.writes.push(write);
    }

    async fn commit(self, relay: &Relay) -> Result<Done, StoreError> {
        if self.writes.is_empty() {
            return Ok(Done {
                log: None,
                written: Vec::new(),
            });
        }
        let committed = relay.writer.submit(self.writes).await?;
        Ok(Done {
            log: Some(committed.log),
            written: committed.written,
        })
    }
}

/// Brings slots and what was written back into the order of the request.
fn resolve<A>(
    slots: Vec<Slot<A>>,
    written: &mut Result<std::vec::IntoIter<Written>, StoreError>,
    say: impl Fn(Written) -> A,
    fail: impl Fn(StoreError) -> A,
) -> Vec<A> {
    slots
        .into_iter()
        .map(|slot| match (slot, &mut *written) {
            (Slot::Answered(answer), _) => answer,
            (Slot::Written, Ok(written)) => written
                .next()
                .map_or_else(|| fail(StoreError::Failed { code: 0 }), &say),
            (Slot::Written, Err(error)) => fail(*error),
        })
        .collect()
}

fn to_ack(written: Written) -> Ack {
    match written {
        Written::Appended { .. } => Ack::Stored,
        _ => Ack::Refused(Refusal::Busy),
    }
}

fn to_locker_ack(written: Written) -> LockerAck {
    match written {
        Written::LockerStored => LockerAck::Stored,
        Written::LockerExists => LockerAck::Exists,
        _ => LockerAck::Busy,
    }
}

/// Parses pushed bytes, and says why not in the words of the protocol.
pub(super) fn parse(bytes: Vec<u8>) -> Result<Envelope, Refusal> {
    Envelope::parse(bytes).map_err(|error| match error {
        DecodeError::TooLarge { .. } => Refusal::TooLarge,
        DecodeError::UnknownVersion(_) | DecodeError::Unknown(_) => Refusal::UnknownVersion,
        DecodeError::NotCanonical | DecodeError::Trailing => Refusal::NotCanonical,
        DecodeError::Malformed => Refusal::Malformed,
    })
}

pub(super) fn to_new(envelope: Envelope, received_at: u64) -> NewEnvelope {
    NewEnvelope {
        address: *envelope.address(),
        id: envelope.id(),
        bytes: envelope.into_bytes(),
        received_at,
    }
}

/// The store gives at least one envelope. Only the first page of an answer may
/// go over the budget by that; later shards then say only that there is more.
fn to_page(shard: u8, after: u64, page: StoredPage, budget: usize, first: bool) -> Page {
    let over = page
        .envelopes
        .first()
        .is_some_and(|envelope| envelope.bytes.len() > budget);
    if budget == 0 || (over && !first) {
        return Page {
            shard,
            envelopes: Vec::new(),
            next: after,
            more: true,
        };
    }
    Page {
        shard,
        next: page.envelopes.last().map_or(after, |last| last.sequence),
        more: page.more,
        envelopes: page
            .envelopes
            .into_iter()
            .map(|stored| Stored {
                seq: stored.sequence,
                envelope: stored.bytes.into(),
            })
            .collect(),
    }
}

fn pages_bytes(pages: &[Page]) -> usize {
    pages
        .iter()
        .flat_map(|page| &page.envelopes)
        .map(|stored| stored.envelope.len())
        .sum()
}
