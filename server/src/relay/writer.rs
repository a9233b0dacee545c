//! The one thread that writes: requests queue, whatever waits goes into one
//! transaction, and nobody hears of it before it is durable.

use std::sync::Arc;
use std::thread::{self, JoinHandle};

use loive_protocol::LogId;
use tokio::sync::{mpsc, oneshot};

use super::metrics::Metrics;
use super::store::{Committed, LogStore, StoreError, Write, Written};

/// Requests that may wait for the writer. Beyond it a phone is told to come back.
const QUEUE_MAX_JOBS: usize = 4_096;
/// Writes in one transaction. Larger ones gain nothing and make the first wait.
const GROUP_MAX_WRITES: usize = 1_024;

/// Called after every commit, before the writers are answered.
pub(super) type OnCommit = Box<dyn Fn(&[Write], &[Written]) + Send>;

struct Job {
    writes: Vec<Write>,
    reply: oneshot::Sender<Result<Committed, StoreError>>,
}

enum Message {
    Job(Job),
    Stop,
}

/// The way to the writer thread.
pub(super) struct Writer {
    queue: mpsc::Sender<Message>,
    thread: std::sync::Mutex<Option<JoinHandle<()>>>,
}

impl Writer {
    /// Starts the thread.
    pub(super) fn start(
        store: Arc<dyn LogStore>,
        metrics: Arc<Metrics>,
        on_commit: OnCommit,
    ) -> std::io::Result<Self> {
        let (queue, waiting) = mpsc::channel(QUEUE_MAX_JOBS);
        let worker = Worker {
            store,
            metrics,
            on_commit,
            waiting,
            full: false,
        };
        let thread = thread::Builder::new()
            .name("relay-writer".into())
            .spawn(|| worker.run())?;
        Ok(Self {
            queue,
            thread: std::sync::Mutex::new(Some(thread)),
        })
    }

    /// Has the writes committed, all or none, and says so when they are durable.
    ///
    /// Whoever stops waiting does not stop the commit: it is as if the answer
    /// was lost on the way, and pushing again is harmless.
    pub(super) async fn submit(&self, writes: Vec<Write>) -> Result<Committed, StoreError> {
        let (reply, answer) = oneshot::channel();
        self.queue
            .try_send(Message::Job(Job { writes, reply }))
            .map_err(|_| StoreError::Busy)?;
        answer.await.unwrap_or(Err(StoreError::Busy))
    }

    /// Lets the thread finish what waits, and ends it. Blocks until it has.
    pub(super) fn stop(&self) {
        // A full queue drains, because the thread is at work on it.
        if self.queue.blocking_send(Message::Stop).is_err() {
            tracing::debug!("the relay's writer had ended already");
        }
        let thread = self
            .thread
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .take();
        if thread.is_some_and(|thread| thread.join().is_err()) {
            tracing::error!("the relay's writer ended by a panic");
        }
    }
}

struct Worker {
    store: Arc<dyn LogStore>,
    metrics: Arc<Metrics>,
    on_commit: OnCommit,
    waiting: mpsc::Receiver<Message>,
    /// The last commit found no room: said once, not at every commit.
    full: bool,
}

impl Worker {
    fn run(mut self) {
        while let Some(Message::Job(first)) = self.waiting.blocking_recv() {
            let mut writes = first.writes.len();
            let mut group = vec![first];
            let mut stopping = false;
            while writes < GROUP_MAX_WRITES {
                match self.waiting.try_recv() {
                    Ok(Message::Job(job)) => {
                        writes += job.writes.len();
                        group.push(job);
                    }
                    Ok(Message::Stop) => {
                        stopping = true;
                        break;
                    }
                    Err(_) => break,
                }
            }
            self.commit_group(group);
            if stopping {
                break;
            }
        }
    }

    fn commit_group(&mut self, mut group: Vec<Job>) {
        let counts: Vec<usize> = group.iter().map(|job| job.writes.len()).collect();
        let batch: Vec<Write> = group
            .iter_mut()
            .flat_map(|job| job.writes.drain(..))
            .collect();
        match self.commit(&batch) {
            Ok(committed) => {
                let mut written = committed.written.into_iter();
                for (job, count) in group.into_iter().zip(counts) {
                    answer(job, Ok(share(committed.log, &mut written, count)));
                }
            }
            // One large job must not take the small ones down with it: what is
            // left of the disk may hold a report of 512 bytes.
            Err(StoreError::Full) if group.len() > 1 => {
                let mut batch = batch.into_iter();
                for (job, count) in group.into_iter().zip(counts) {
                    let alone: Vec<Write> = batch.by_ref().take(count).collect();
                    let result = self.commit(&alone);
                    answer(job, result);
                }
            }
            Err(error) => {
                for job in group {
                    answer(job, Err(error));
                }
            }
        }
    }

    fn commit(&mut self, batch: &[Write]) -> Result<Committed, StoreError> {
        let result = self.store.commit(batch);
        match &result {
            Ok(committed) => {
                self.metrics.commits.add(1);
                self.metrics.committed_writes.add(batch.len() as u64);
                (self.on_commit)(batch, &committed.written);
                if std::mem::take(&mut self.full) {
                    tracing::info!("the relay's storage has room again");
                }
            }
            Err(StoreError::Full) => {
                self.metrics.store_full.add(1);
                if !std::mem::replace(&mut self.full, true) {
                    tracing::warn!(
                        "the relay's storage is full; nothing is acknowledged, phones keep \
                         their reports and try again"
                    );
                }
            }
            Err(error) => {
                self.metrics.store_failures.add(1);
                tracing::error!(%error, "the relay could not commit; nothing was acknowledged");
            }
        }
        result
    }
}

fn share(log: LogId, written: &mut impl Iterator<Item = Written>, count: usize) -> Committed {
    Committed {
        log,
        written: written.by_ref().take(count).collect(),
    }
}

/// A phone that hung up before its answer loses nothing: it asks again.
fn answer(job: Job, result: Result<Committed, StoreError>) {
    if job.reply.send(result).is_err() {
        tracing::trace!("a request went away before its commit was answered");
    }
}
