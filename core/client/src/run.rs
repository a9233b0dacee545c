//! Running the machine: once, in the background, or inside a simulator.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use loive_protocol::Lane;
use tokio::sync::{Notify, OwnedMutexGuard, mpsc, watch};
use tokio::time::{Instant, Sleep};

use crate::driver::{Driver, Exchange, Session};
use crate::error::PhoneError;
use crate::phone::Phone;
use crate::sync::{
    Connectivity, Effect, Ended, Event, Policy, SyncMachine, SyncSummary, TransportError, Wake,
};

/// Hints and requests that may wait for the machine.
const EVENTS_MAX_COUNT: usize = 64;

/// Stops a sync from elsewhere. Cheap to clone; every clone stops the same.
#[derive(Debug, Clone, Default)]
pub struct Cancel(Arc<CancelState>);

#[derive(Debug, Default)]
struct CancelState {
    is_cancelled: AtomicBool,
    changed: Notify,
}

impl Cancel {
    /// Not cancelled yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Stops it, as soon as nothing would be lost by it.
    pub fn cancel(&self) {
        self.0.is_cancelled.store(true, Ordering::SeqCst);
        self.0.changed.notify_waiters();
    }

    async fn cancelled(&self) {
        let notified = self.0.changed.notified();
        tokio::pin!(notified);
        // Registered before the look, so that nothing falls between the two.
        notified.as_mut().enable();
        if !self.0.is_cancelled.load(Ordering::SeqCst) {
            notified.await;
        }
    }
}

impl Phone {
    /// Sends what is to be sent and fetches what is there. Fails fast: it tries
    /// a few times and gives up. One at a time; a second call waits.
    ///
    /// Must run on a tokio runtime with time and I/O enabled.
    ///
    /// # Errors
    /// [`PhoneError::Offline`]; [`PhoneError::Rejected`] if what answered is not
    /// the relay or is not understood; errors of the store. What was done before
    /// the error is durable.
    pub async fn sync(&self, driver: &Driver, cancel: &Cancel) -> Result<SyncSummary, PhoneError> {
        let turn = tokio::select! {
            biased;
            () = cancel.cancelled() => {
                return Ok(SyncSummary { ended: Ended::Cancelled, ..SyncSummary::default() });
            }
            turn = self.0.syncing.clone().lock_owned() => turn,
        };
        let mut runner = Runner::new(self, driver, Policy::ONCE);
        runner.turn = Some(turn);
        let mut is_told = false;
        let mut event = Event::Wake(Wake::Person);
        loop {
            runner.feed(event).await;
            if let Some(summary) = runner.done.take() {
                return summary.into_result();
            }
            event = tokio::select! {
                event = runner.next() => event,
                () = cancel.cancelled(), if !is_told => {
                    is_told = true;
                    Event::Cancel
                }
            };
        }
    }

    /// Keeps the phone up to date until the handle is dropped. Must be called on
    /// a tokio runtime, which it runs on.
    pub fn keep_syncing(&self, driver: &Driver) -> SyncHandle {
        let (events, inbox) = mpsc::channel(EVENTS_MAX_COUNT);
        let (report, last) = watch::channel(None);
        let task = tokio::spawn(keep(self.clone(), driver.clone(), inbox, report));
        SyncHandle { events, last, task }
    }

    /// A sync that `carry` does the carrying for, with no runtime, no socket and
    /// no waiting: pauses are over at once. For simulators, and for carriers of
    /// other kinds.
    ///
    /// # Errors
    /// As [`Phone::sync`].
    pub fn sync_through(
        &self,
        mut carry: impl FnMut(Lane, &[u8]) -> Result<Vec<u8>, TransportError>,
    ) -> Result<SyncSummary, PhoneError> {
        let mut machine = SyncMachine::new(Policy::ONCE, self.jitter_seed());
        let mut effects = VecDeque::from(machine.handle(Event::Wake(Wake::Person)));
        while let Some(effect) = effects.pop_front() {
            let event = match effect {
                Effect::Prepare(lane) => Event::Prepared(self.0.prepare(lane)),
                Effect::Send {
                    ticket,
                    lane,
                    bytes,
                } => Event::Response {
                    ticket,
                    result: carry(lane, &bytes),
                },
                Effect::Absorb { asked, response } => {
                    Event::Absorbed(self.0.absorb(&asked, &response))
                }
                Effect::SetTimer(_) => Event::Timer,
                Effect::Done(summary) => return summary.into_result(),
            };
            effects.extend(machine.handle(event));
        }
        Err(PhoneError::internal("sync-stuck"))
    }

    /// What [`Effect::Prepare`] asks for. For those who drive a
    /// [`SyncMachine`] themselves.
    pub fn prepare(&self, lane: Lane) -> Event {
        Event::Prepared(self.0.prepare(lane))
    }

    /// What [`Effect::Absorb`] asks for.
    pub fn absorb(
        &self,
        asked: &crate::sync::Asked,
        response: &loive_protocol::SyncResponse,
    ) -> Event {
        Event::Absorbed(self.0.absorb(asked, response))
    }

    pub(crate) fn jitter_seed(&self) -> u64 {
        u64::from_be_bytes(self.0.env.random())
    }
}

/// A phone that keeps itself up to date. Stops when dropped.
#[derive(Debug)]
pub struct SyncHandle {
    events: mpsc::Sender<Event>,
    last: watch::Receiver<Option<SyncSummary>>,
    task: tokio::task::JoinHandle<()>,
}

impl SyncHandle {
    /// Looks for work now, because a person asked or something was submitted.
    pub fn wake(&self) {
        self.tell(Event::Wake(Wake::Person));
    }

    /// Passes on what the platform says of the network.
    pub fn connectivity(&self, connectivity: Connectivity) {
        self.tell(Event::Connectivity(connectivity));
    }

    /// What the last session did; `None` before the first one ended. Waits on a
    /// clone of it see every change.
    pub fn last(&self) -> watch::Receiver<Option<SyncSummary>> {
        self.last.clone()
    }

    fn tell(&self, event: Event) {
        // A full queue holds a wake already.
        let _ = self.events.try_send(event);
    }
}

impl Drop for SyncHandle {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn keep(
    phone: Phone,
    driver: Driver,
    mut inbox: mpsc::Receiver<Event>,
    report: watch::Sender<Option<SyncSummary>>,
) {
    let mut runner = Runner::new(&phone, &driver, Policy::STEADY);
    let mut event = Event::Wake(Wake::Background);
    loop {
        runner.feed(event).await;
        if let Some(summary) = runner.done.take() {
            report.send_replace(Some(summary));
        }
        event = tokio::select! {
            event = runner.next() => event,
            event = inbox.recv() => match event {
                Some(event) => event,
                None => return,
            },
        };
    }
}

/// A machine with its exchange, its timer and its connections.
struct Runner<'a> {
    phone: &'a Phone,
    driver: &'a Driver,
    policy: Policy,
    machine: SyncMachine,
    /// Held from the first request to the end of the session, or to a pause.
    turn: Option<OwnedMutexGuard<()>>,
    session: Option<Session>,
    exchange: Option<Exchange>,
    timer: Option<std::pin::Pin<Box<Sleep>>>,
    done: Option<SyncSummary>,
}

impl<'a> Runner<'a> {
    fn new(phone: &'a Phone, driver: &'a Driver, policy: Policy) -> Self {
        Self {
            phone,
            driver,
            policy,
            machine: SyncMachine::new(policy, phone.jitter_seed()),
            turn: None,
            session: None,
            exchange: None,
            timer: None,
            done: None,
        }
    }

    /// Waits for the exchange or the timer; with neither, for ever. Loses
    /// nothing when it is dropped while it waits.
    async fn next(&mut self) -> Event {
        tokio::select! {
            (ticket, result) = wait_exchange(&mut self.exchange) => {
                self.exchange = None;
                Event::Response { ticket, result }
            }
            () = wait_timer(&mut self.timer) => {
                self.timer = None;
                Event::Timer
            }
        }
    }

    /// Hands an event to the machine and does what it asks for. Not to be
    /// dropped half-way, unless the whole runner is.
    async fn feed(&mut self, event: Event) {
        let mut effects = VecDeque::from(self.machine.handle(event));
        while let Some(effect) = effects.pop_front() {
            if let Some(event) = self.run(effect).await {
                effects.extend(self.machine.handle(event));
            }
        }
    }

    async fn run(&mut self, effect: Effect) -> Option<Event> {
        match effect {
            Effect::Prepare(lane) => {
                if self.turn.is_none() {
                    self.turn = Some(self.phone.0.syncing.clone().lock_owned().await);
                }
                let phone = self.phone.clone();
                let prepared = blocking(move || phone.0.prepare(lane)).await;
                Some(Event::Prepared(prepared))
            }
            Effect::Absorb { asked, response } => {
                let phone = self.phone.clone();
                let absorbed = blocking(move || phone.0.absorb(&asked, &response)).await;
                Some(Event::Absorbed(absorbed))
            }
            Effect::Send {
                ticket,
                lane,
                bytes,
            } => match self.session().send(ticket, lane, bytes) {
                Ok(exchange) => {
                    self.timer = None;
                    self.exchange = Some(exchange);
                    None
                }
                Err(_) => Some(Event::Response {
                    ticket,
                    result: Err(TransportError::Offline),
                }),
            },
            Effect::SetTimer(pause) => {
                self.exchange = None;
                if self.policy == Policy::STEADY {
                    // A long pause: somebody who waits may go first.
                    self.turn = None;
                }
                self.timer = Some(Box::pin(tokio::time::sleep_until(deadline(pause))));
                None
            }
            Effect::Done(summary) => {
                // Connections end with the session.
                self.turn = None;
                self.session = None;
                self.exchange = None;
                self.timer = None;
                self.done = Some(summary);
                None
            }
        }
    }

    fn session(&mut self) -> &mut Session {
        let (phone, driver) = (self.phone, self.driver);
        self.session.get_or_insert_with(|| {
            let pins = phone.0.certificates().relay_pins().copied().collect();
            driver.session(phone.now(), pins)
        })
    }
}

fn deadline(pause: Duration) -> Instant {
    Instant::now() + pause
}

async fn wait_exchange(exchange: &mut Option<Exchange>) -> (u64, Result<Vec<u8>, TransportError>) {
    match exchange {
        Some(exchange) => exchange.await,
        None => core::future::pending().await,
    }
}

async fn wait_timer(timer: &mut Option<std::pin::Pin<Box<Sleep>>>) {
    match timer {
        Some(timer) => timer.await,
        None => core::future::pending().await,
    }
}

/// Runs what blocks on the disk away from the runtime's own threads.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, PhoneError> + Send + 'static,
) -> Result<T, PhoneError> {
    tokio::task::spawn_blocking(work)
        .await
        .unwrap_or_else(|_| Err(PhoneError::internal("blocking")))
}

impl Ended {
    /// Whether nothing is left to do for now.
    pub fn is_complete(&self) -> bool {
        *self == Self::Complete
    }
}
