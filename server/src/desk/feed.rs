//! The feed: one cursor over the relay's inbox, answers pushed, page by page.
//!
//! A page is processed in one transaction and durable before the next is asked
//! for. A relay with a new log id was restored or replaced: everything is read
//! again, which changes nothing that is here, and every answer is offered again.

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use loive_protocol::limits::{DESK_SKEW_MAX_SECONDS, PAGE_MIN_BYTES};
use loive_protocol::{
    DeskRequest, DeskResponse, EnvelopeId, Fingerprint, LogId, ReportId, SignedDeskRequest,
};
use rand::RngExt as _;
use rusqlite::{Connection, Transaction};
use tokio::runtime::Handle;

use super::Desk;
use super::answers::{self, Receipts};
use super::case_file::Number;
use super::error::DeskError;
use super::link::LinkError;
use super::mailboxes;
use super::opening::{Opener, Touched};
use super::store::{int, uint};
use super::view::Changed;

/// How long the relay may hold a request open.
const LONG_POLL_SECONDS: u8 = 25;
/// The first and the longest pause after something failed.
const PAUSE_MIN_MILLISECONDS: u64 = 500;
const PAUSE_MAX_MILLISECONDS: u64 = 15_000;
/// How long one transaction may take envelopes in.
const PAGE_MAX_MILLISECONDS: u64 = 500;
/// Reports whose reporters are told something in one transaction.
const SETTLE_STEP_REPORTS: i64 = 200;
/// Answers of a relay that says that there is more and gives nothing.
const EMPTY_TURNS_MAX_COUNT: u32 = 3;

/// Why an exchange with the relay did not succeed. Everything that was kept
/// before is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FeedError {
    /// No answer.
    #[error(transparent)]
    Link(#[from] LinkError),
    /// The answer could not be kept.
    #[error(transparent)]
    Desk(#[from] DeskError),
}

/// One request, with what it is to be judged by.
struct Turn {
    request: DeskRequest,
    pushed: Vec<EnvelopeId>,
    published: Option<Fingerprint>,
    /// The release of the library that it brings.
    release: Option<u32>,
}

/// What came of a turn.
#[derive(Clone, Copy)]
struct Done {
    /// The log is not the one that was asked for.
    new_log: bool,
    read: Read,
    /// Pushed answers that the relay did not take.
    refused: usize,
    /// Answers still to be pushed.
    pending: bool,
}

/// What is here of what the relay had.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Read {
    /// A part of the inbox.
    Part,
    /// The whole inbox.
    Inbox,
    /// And of the mailboxes everything that was asked for.
    All,
}

/// Where the feed stands between turns.
#[derive(Default)]
struct Pace {
    failures: u32,
    empty_turns: u32,
    /// What the relay was told last: the same again would cost it a commit.
    acknowledged: u64,
    /// The inbox was read to its end: the mailboxes may follow. Without a
    /// report's seed its answers cannot be told from others.
    inbox_read: bool,
}

impl Desk {
    /// Exchanges with the relay until `stop` is ready. A page that is being
    /// processed is finished first.
    pub async fn run(self: Arc<Self>, stop: impl Future<Output = ()> + Send) {
        let _ = self.runtime.set(Handle::current());
        let mut stop = pin!(stop);
        let mut pace = Pace::default();
        loop {
            let turn = tokio::select! {
                biased;
                () = &mut stop => return,
                turn = self.turn(&mut pace, LONG_POLL_SECONDS) => turn,
            };
            let finished = match turn {
                Ok(Some((turn, response))) => self.finish(turn, response, &mut pace).await,
                Ok(None) => continue,
                Err(error) => Err(error),
            };
            let Err(error) = finished else { continue };
            let pause = self.pause_after(error, &mut pace);
            tokio::select! {
                () = &mut stop => return,
                () = tokio::time::sleep(pause) => {}
            }
        }
    }

    /// Exchanges with the relay until both have what the other had, and gives up
    /// at the first failure.
    pub async fn catch_up(self: &Arc<Self>) -> Result<(), FeedError> {
        let _ = self.runtime.set(Handle::current());
        let mut pace = Pace::default();
        loop {
            if let Some((turn, response)) = self.turn(&mut pace, 0).await?
                && !self.finish(turn, response, &mut pace).await?
            {
                return Ok(());
            }
        }
    }

    /// Asks the relay. `None` if something to push came up while it waited.
    async fn turn(
        self: &Arc<Self>,
        pace: &mut Pace,
        wait_seconds: u8,
    ) -> Result<Option<(Turn, DeskResponse)>, FeedError> {
        let Pace {
            acknowledged,
            inbox_read,
            ..
        } = *pace;
        let mut turn = self.blocking(move |desk| desk.prepare(inbox_read)).await?;
        if turn.request.inbox_after != acknowledged {
            turn.request.acknowledged_through = turn.request.inbox_after;
        }
        let idle = turn.request.push.is_empty()
            && turn.request.mailboxes.is_empty()
            && turn.request.library.is_none();
        if idle && self.caught_up.load(Ordering::SeqCst) {
            turn.request.wait_seconds = wait_seconds;
        }
        let identity = &self.identity;
        let (key, certificate) = (&identity.sign_key, &identity.sign_certificate);
        let signed = SignedDeskRequest::sign(&turn.request, key, certificate);
        let exchange = self.link.exchange(signed);
        if turn.request.wait_seconds == 0 {
            return Ok(Some((turn, exchange.await?)));
        }
        tokio::select! {
            response = exchange => Ok(Some((turn, response?))),
            () = self.wake.notified() => Ok(None),
        }
    }

    /// Keeps what the relay said. `true` if it should be asked again at once.
    async fn finish(
        self: &Arc<Self>,
        turn: Turn,
        response: DeskResponse,
        pace: &mut Pace,
    ) -> Result<bool, FeedError> {
        self.metrics.exchanges.add(1);
        let empty = response.arrived.is_empty()
            && response.pages.iter().all(|page| page.envelopes.is_empty());
        let pushed = turn.pushed.len();
        let library = turn.request.library.as_ref();
        let brought = pushed + library.map_or(0, |put| put.chunks.len());
        let asked_after = turn.request.inbox_after;
        let asked_mailboxes = !turn.request.mailboxes.is_empty();
        let done = self
            .blocking(move |desk| desk.process(&turn, &response))
            .await?;
        pace.acknowledged = if done.new_log { 0 } else { asked_after };
        pace.inbox_read = done.read != Read::Part;
        let caught_up = self.caught_up.load(Ordering::SeqCst);
        if !caught_up && asked_mailboxes && done.read == Read::All {
            self.blocking(Self::settle).await?;
            return Ok(true);
        }
        let more = done.read == Read::Part || !caught_up || done.pending;
        pace.empty_turns = if more && empty && brought == 0 {
            pace.empty_turns + 1
        } else {
            0
        };
        if pace.empty_turns > EMPTY_TURNS_MAX_COUNT {
            return Err(LinkError::NotUnderstood.into());
        }
        if pushed > 0 && done.refused == pushed {
            return Err(LinkError::Busy.into());
        }
        if pace.failures > 0 {
            tracing::info!("the desk and its relay get on again");
        }
        pace.failures = 0;
        Ok(more)
    }

    fn pause_after(&self, error: FeedError, pace: &mut Pace) -> Duration {
        match error {
            FeedError::Link(_) => self.metrics.failed_exchanges.add(1),
            FeedError::Desk(_) => self.metrics.failed_pages.add(1),
        }
        if pace.failures == 0 {
            tracing::warn!(%error, "the desk does not get on with its relay; it keeps trying");
        }
        pace.failures = pace.failures.saturating_add(1);
        pace.empty_turns = 0;
        let longest = PAUSE_MIN_MILLISECONDS
            .saturating_mul(1 << pace.failures.min(10))
            .min(PAUSE_MAX_MILLISECONDS);
        // Jitter, so that two desks that lost one relay do not come back as one.
        let pause = self
            .env
            .rng()
            .random_range(PAUSE_MIN_MILLISECONDS / 2..=longest);
        Duration::from_millis(pause)
    }

    async fn blocking<T: Send + 'static>(
        self: &Arc<Self>,
        work: impl FnOnce(&Self) -> Result<T, DeskError> + Send + 'static,
    ) -> Result<T, DeskError> {
        let desk = Arc::clone(self);
        tokio::task::spawn_blocking(move || work(&desk))
            .await
            .unwrap_or(Err(DeskError::Internal { code: 0 }))
    }

    fn prepare(&self, inbox_read: bool) -> Result<Turn, DeskError> {
        self.store.read(|connection| {
            let place = Place::read(connection)?;
            let mut request = self.place_request(connection)?;
            let pending = answers::pending(connection)?;
            let fingerprint = self.identity.certificates.fingerprint();
            let published = (place.published != Some(fingerprint)).then_some(fingerprint);
            if published.is_some() {
                request.certificates = self.identity.certificates.list().to_vec();
            }
            if inbox_read && !self.caught_up.load(Ordering::SeqCst) {
                request.mailboxes = mailboxes::cursors(connection)?;
            }
            let (pushed, bytes): (Vec<_>, Vec<_>) = pending.into_iter().unzip();
            request.push = bytes.into_iter().map(Into::into).collect();
            // Answers first: somebody waits for them.
            let release = if pushed.is_empty() {
                self.bring_library(connection, &mut request)
            } else {
                None
            };
            Ok(Turn {
                request,
                pushed,
                published,
                release,
            })
        })
    }

    /// A request that says where this desk stands, and asks for nothing yet.
    pub(super) fn place_request(&self, connection: &Connection) -> Result<DeskRequest, DeskError> {
        let place = Place::read(connection)?;
        let mut request = DeskRequest::new(self.env.now());
        request.log = place.log;
        request.inbox_after = place.inbox_after;
        request.page_bytes = PAGE_MIN_BYTES;
        Ok(request)
    }

    /// Keeps one answer of the relay, all of it in one transaction.
    fn process(&self, turn: &Turn, response: &DeskResponse) -> Result<Done, DeskError> {
        let mut touched = Touched::default();
        let (done, changed) = self.store.write(|transaction| {
            let done = self.keep(transaction, turn, response, &mut touched)?;
            Ok((done, news(transaction, &touched)?))
        })?;
        for news in changed {
            self.announce(news);
        }
        Ok(Done {
            pending: done.pending | self.note_library(turn.release, response, done.new_log),
            ..done
        })
    }

    fn keep(
        &self,
        transaction: &mut Transaction<'_>,
        turn: &Turn,
        response: &DeskResponse,
        touched: &mut Touched,
    ) -> Result<Done, DeskError> {
        let mut place = Place::read(transaction)?;
        let new_log = place.log != Some(response.log);
        if new_log {
            self.begin_log(transaction, &mut place, response.log)?;
        }
        let refused = self.take_acks(transaction, turn, response)?;
        if turn.published.is_some() {
            place.published = turn.published;
        }
        let opener = self.opener(self.receipts());
        let cut = self.take_arrived(transaction, &opener, &mut place, response, touched)?;
        opener.acknowledge_all(transaction, touched.reports.keys().copied())?;
        // Pages that came too early come again.
        let rest = response.more || cut;
        let takes_mailboxes = !new_log && !rest;
        if takes_mailboxes {
            for page in &response.pages {
                mailboxes::take(transaction, &self.identity, response.log, page)?;
            }
        }
        place.write(transaction)?;
        let more_pages = response.pages.iter().any(|page| page.more);
        Ok(Done {
            new_log,
            read: match (rest, takes_mailboxes && !more_pages) {
                (true, _) => Read::Part,
                (false, false) => Read::Inbox,
                (false, true) => Read::All,
            },
            refused,
            pending: answers::any_pending(transaction)?,
        })
    }

    /// Takes envelopes until they or the time are at an end; `true` if some are
    /// left.
    fn take_arrived(
        &self,
        transaction: &mut Transaction<'_>,
        opener: &Opener<'_>,
        place: &mut Place,
        response: &DeskResponse,
        touched: &mut Touched,
    ) -> Result<bool, DeskError> {
        let latest = self.env.now().saturating_add(DESK_SKEW_MAX_SECONDS);
        let began = self.env.monotonic_milliseconds();
        for arrived in &response.arrived {
            // Counsellors wait for the store meanwhile. The rest comes again.
            let now = self.env.monotonic_milliseconds();
            if now.saturating_sub(began) > PAGE_MAX_MILLISECONDS {
                return Ok(true);
            }
            let received_at = arrived.received_at.min(latest);
            opener.arrive(transaction, &arrived.envelope, received_at, touched)?;
            // Not the relay's `next`: what was not seen is not skipped.
            place.inbox_after = place.inbox_after.max(arrived.seq);
        }
        Ok(false)
    }

    /// Notes which answers the relay has; gives how many it refused.
    fn take_acks(
        &self,
        connection: &Connection,
        turn: &Turn,
        response: &DeskResponse,
    ) -> Result<usize, DeskError> {
        let (pushed, acks) = (&turn.pushed, &response.acks);
        let refused = answers::acknowledged(connection, response.log, pushed, acks)?;
        let delivered = pushed.len().min(acks.len()).saturating_sub(refused);
        self.metrics.refused_answers.add(refused as u64);
        self.metrics.delivered_answers.add(delivered as u64);
        Ok(refused)
    }

    fn begin_log(
        &self,
        connection: &Connection,
        place: &mut Place,
        log: LogId,
    ) -> Result<(), DeskError> {
        self.metrics.new_logs.add(1);
        if place.log.is_some() {
            tracing::warn!(
                "the relay has a new log: it was restored or replaced; all of it is read again"
            );
        }
        *place = Place {
            log: Some(log),
            inbox_after: 0,
            published: None,
        };
        self.caught_up.store(false, Ordering::SeqCst);
        connection.execute("UPDATE answers SET log = NULL, refusals = 0", [])?;
        connection.execute("DELETE FROM mailboxes", [])?;
        Ok(())
    }

    /// The mailboxes have been read back: whoever was not told what became of
    /// their envelopes is told now.
    fn settle(&self) -> Result<(), DeskError> {
        let opener = self.opener(Receipts::Give);
        let mut after = 0;
        loop {
            let last = self.store.write(|transaction| {
                let due = due(transaction, after)?;
                opener.acknowledge_all(transaction, due.iter().copied())?;
                Ok(due.last().copied())
            })?;
            match last {
                Some(number) => after = number,
                None => break,
            }
        }
        self.caught_up.store(true, Ordering::SeqCst);
        Ok(())
    }
}

/// What pages that keep themselves up to date are told.
fn news(connection: &Connection, touched: &Touched) -> Result<Vec<Changed>, DeskError> {
    let sql = "SELECT id FROM reports WHERE number = ?1";
    let mut statement = connection.prepare_cached(sql)?;
    let mut news = Vec::new();
    for (number, urgent) in &touched.reports {
        let id = statement.query_row([number], |row| row.get(0))?;
        news.push(Changed {
            report: Some(ReportId::from_bytes(id)),
            urgent: *urgent,
        });
    }
    if touched.quarantined {
        news.push(Changed {
            report: None,
            urgent: touched.urgent_quarantine,
        });
    }
    Ok(news)
}

/// Reports after `after` whose reporters are to be told something.
fn due(connection: &Connection, after: Number) -> Result<Vec<Number>, DeskError> {
    let sql = "SELECT number FROM reports r WHERE number > ?1 AND (
                   thread_opened_at IS NULL
                   OR (withdrawn_at IS NOT NULL AND withdrawn_seen_at IS NULL)
                   OR EXISTS (SELECT 1 FROM envelopes e
                              WHERE e.report = r.number AND e.told IS NOT e.standing)
                   OR EXISTS (SELECT 1 FROM changes c
                              WHERE c.report = r.number AND c.side = 2 AND c.answer IS NULL))
               ORDER BY number LIMIT ?2";
    let mut statement = connection.prepare_cached(sql)?;
    let numbers = statement.query_map((after, SETTLE_STEP_REPORTS), |row| row.get(0))?;
    Ok(numbers.collect::<Result<_, _>>()?)
}

/// How far the relay's log was read.
struct Place {
    log: Option<LogId>,
    inbox_after: u64,
    published: Option<Fingerprint>,
}

impl Place {
    fn read(connection: &Connection) -> Result<Self, DeskError> {
        let sql = "SELECT log, inbox_after, published FROM feed";
        Ok(connection.prepare_cached(sql)?.query_row([], |row| {
            Ok(Self {
                log: row.get::<_, Option<[u8; 8]>>(0)?.map(LogId::from_bytes),
                inbox_after: uint(row.get(1)?),
                published: row
                    .get::<_, Option<[u8; 8]>>(2)?
                    .map(Fingerprint::from_bytes),
            })
        })?)
    }

    fn write(&self, connection: &Connection) -> Result<(), DeskError> {
        let sql = "UPDATE feed SET log = ?1, inbox_after = ?2, published = ?3";
        connection.prepare_cached(sql)?.execute((
            self.log.as_ref().map(|log| log.as_bytes().as_slice()),
            int(self.inbox_after),
            self.published
                .as_ref()
                .map(|print| print.as_bytes().as_slice()),
        ))?;
        Ok(())
    }
}
