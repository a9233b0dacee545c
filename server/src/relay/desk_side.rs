//! What the desk asks, known by its signature.

use std::sync::Arc;
use std::time::Duration;

use loive_protocol::limits::PAGE_MAX_COUNT;
use loive_protocol::{
    Ack, Arrived, DeskRequest, DeskRequestError, DeskResponse, LogId, Route, SignedDeskRequest,
};
use tokio::time::Instant;

use super::certificates::Published;
use super::phone_side::{parse, to_new};
use super::store::{StoreError, Write};
use super::{Refusal, Relay, RelayError, refusal_of};

/// How long a long poll waits before it looks again by itself: another process
/// may have written to the same store.
const RECHECK: Duration = Duration::from_secs(5);

/// Why the desk has no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DeskRefusal {
    /// The request itself.
    #[error(transparent)]
    Request(#[from] DeskRequestError),
    /// The relay.
    #[error(transparent)]
    Relay(#[from] RelayError),
}

impl Relay {
    /// Answers the desk; holds the request open while the inbox has nothing new,
    /// if the desk asks for nothing else.
    pub async fn desk(
        self: &Arc<Self>,
        signed: SignedDeskRequest,
    ) -> Result<DeskResponse, DeskRefusal> {
        let request = Arc::new(self.verify(&signed)?);
        // Subscribed before the first look: what arrives between wakes.
        let mut moved = self.inbox_moved.subscribe();
        self.notice_restore(&request).await?;
        let (log, acks) = self.write_for_desk(&request).await?;
        let library_missing = match &request.library {
            Some(put) => self.take_library(put).await?,
            None => Vec::new(),
        };
        let expects_more = request.push.is_empty()
            && request.library.is_none()
            && request.mailboxes.is_empty()
            && request.locker_gets.is_empty();
        let wait = if expects_more {
            u64::from(request.wait_seconds)
        } else {
            0
        };
        let deadline = Instant::now() + Duration::from_secs(wait);
        let mut stopping = self.stopping.subscribe();
        loop {
            let asked = Arc::clone(&request);
            let mut response = self
                .blocking(move |relay| relay.read_for_desk(&asked))
                .await?;
            if let Some(log) = log {
                Self::same_log(log, response.log)?;
            }
            let now = Instant::now();
            let other_log = request.log != Some(response.log);
            if !response.arrived.is_empty() || other_log || now >= deadline || *stopping.borrow() {
                response.acks = acks;
                response.library_missing = library_missing;
                return Ok(response);
            }
            tokio::select! {
                _ = moved.changed() => {}
                _ = stopping.changed() => {}
                () = tokio::time::sleep_until(deadline.min(now + RECHECK)) => {}
            }
        }
    }

    fn verify(&self, signed: &SignedDeskRequest) -> Result<DeskRequest, DeskRefusal> {
        let checked = signed
            .verify(&self.root, self.env.now())
            .and_then(|request| {
                if self.published().is_retired(signed.certificate()) {
                    Err(DeskRequestError::NotSigned)
                } else {
                    Ok(request)
                }
            });
        checked.map_err(|error| {
            self.metrics.unsigned_desk_requests.add(1);
            error.into()
        })
    }

    /// The desk has seen a sequence that this log never gave: the store was set
    /// back, mark and all. The desk is signed for, so its word begins a new log.
    async fn notice_restore(self: &Arc<Self>, request: &DeskRequest) -> Result<(), RelayError> {
        let seen = request.inbox_after.max(request.acknowledged_through);
        let Some(log) = request.log else {
            return Ok(());
        };
        let fresh = LogId::from_bytes(self.env.random());
        let began = self
            .blocking(move |relay| {
                let head = relay.store.head()?;
                let behind = head.log == log && seen > head.highest;
                if behind {
                    relay.store.begin_log(fresh)?;
                }
                Ok(behind)
            })
            .await?;
        if began {
            self.metrics.cursors_ahead.add(1);
            tracing::warn!(
                "the desk has seen more than the log holds: it was set back to an older copy; \
                 a new log begins, and everybody offers again what was lost"
            );
        }
        Ok(())
    }

    /// Answers, acknowledgement and certificates, in one commit.
    async fn write_for_desk(
        self: &Arc<Self>,
        request: &DeskRequest,
    ) -> Result<(Option<LogId>, Vec<Ack>), RelayError> {
        let now = self.env.now();
        let checked: Vec<Result<Write, Refusal>> = request
            .push
            .iter()
            .map(|bytes| {
                let envelope = parse(bytes.to_vec())?;
                let right = envelope.route() == Route::Answer
                    && self.mailboxes.contains(envelope.address());
                if right {
                    Ok(Write::Append(to_new(envelope, now)))
                } else {
                    Err(Refusal::WrongAddress)
                }
            })
            .collect();
        let mut writes: Vec<Write> = checked.iter().flatten().cloned().collect();
        if let Some(log) = request.log
            && request.acknowledged_through > 0
        {
            writes.push(Write::Acknowledge {
                log,
                through: request.acknowledged_through,
                at: now,
            });
        }
        let published = self.check_certificates(request);
        if let Some(published) = &published {
            let list = published.to_bytes();
            writes.push(Write::PutCertificates {
                signed_at: request.signed_at,
                list,
            });
        }
        if writes.is_empty() {
            return Ok((
                None,
                checked
                    .into_iter()
                    .map(|check| refuse(check, None))
                    .collect(),
            ));
        }
        let result = self.writer.submit(writes).await;
        if result.is_ok() && published.is_some() {
            // What is in force now, which may be a later list than this one.
            self.reload_certificates().await?;
        }
        let log = result.as_ref().ok().map(|committed| committed.log);
        let failed = result.err();
        let acks: Vec<Ack> = checked
            .into_iter()
            .map(|check| refuse(check, failed))
            .collect();
        for ack in &acks {
            if let Ack::Refused(refusal) = ack {
                self.metrics.refused(*refusal);
            }
        }
        Ok((log, acks))
    }

    async fn reload_certificates(self: &Arc<Self>) -> Result<(), RelayError> {
        let list = self.blocking(|relay| relay.store.certificates()).await?;
        let list = list.unwrap_or_default();
        self.publish(Published::from_bytes(&self.root, &list));
        Ok(())
    }

    fn check_certificates(&self, request: &DeskRequest) -> Option<Published> {
        if request.certificates.is_empty() {
            return None;
        }
        match Published::verify(&self.root, &request.certificates) {
            Ok(published) if !published.is_empty() => Some(published),
            Ok(_) => None,
            Err(error) => {
                tracing::warn!(%error, "the desk's certificates were not taken");
                None
            }
        }
    }

    /// Everything of the answer that only reads. Blocks.
    fn read_for_desk(&self, request: &DeskRequest) -> Result<DeskResponse, StoreError> {
        let head = self.store.head()?;
        let mut response = DeskResponse::new(head.log);
        let after = self.start_of(head, request.log, request.inbox_after);
        let budget = request.page_bytes as usize;
        let page = self
            .store
            .read(&self.inbox, after, budget, PAGE_MAX_COUNT)?;
        if page.log != head.log {
            return Err(StoreError::Busy);
        }
        response.next = page.envelopes.last().map_or(after, |last| last.sequence);
        response.more = page.more;
        let used: usize = page
            .envelopes
            .iter()
            .map(|envelope| envelope.bytes.len())
            .sum();
        response.arrived = page
            .envelopes
            .into_iter()
            .map(|stored| Arrived {
                seq: stored.sequence,
                received_at: stored.received_at,
                envelope: stored.bytes.into(),
            })
            .collect();
        response.pages = self.read_mailboxes(
            head,
            request.log,
            &request.mailboxes,
            budget.saturating_sub(used),
        )?;
        for address in &request.locker_gets {
            response.lockers.push(self.find_locker(address)?);
        }
        Ok(response)
    }
}

fn refuse(check: Result<Write, Refusal>, failed: Option<StoreError>) -> Ack {
    match (check, failed) {
        (Ok(_), None) => Ack::Stored,
        (Ok(_), Some(error)) => Ack::Refused(refusal_of(error)),
        (Err(refusal), _) => Ack::Refused(refusal),
    }
}
