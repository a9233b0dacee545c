//! The machine itself.

use core::time::Duration;

use loive_protocol::{Lane, SyncResponse};
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};

use super::absorb::Absorbed;
use super::exchange::{Asked, Outgoing, TransportError, understand};
use super::summary::{Ended, SyncSummary};
use crate::error::PhoneError;
use crate::limits::{
    ATTEMPTS_MAX_COUNT, BACKOFF_FIRST_MILLISECONDS, BACKOFF_MAX_MILLISECONDS, POLL_MILLISECONDS,
    ROUNDS_MAX_COUNT,
};

/// The lanes in the order in which they go: reports first. They are never in
/// one request nor on one connection.
const LANES: [Lane; 2] = [Lane::Report, Lane::Field];

/// Why the machine is to look for work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wake {
    /// A person asked for it, or has just submitted something: it is tried
    /// whatever the platform says of the network.
    Person,
    /// The platform or a timer thinks that it is time.
    Background,
}

/// What the platform says of the network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Connectivity {
    /// There is one.
    Online,
    /// There is none. Taken as a hint only.
    Offline,
    /// It does not say.
    #[default]
    Unknown,
}

/// Something that happened.
#[derive(Debug)]
pub enum Event {
    /// Look for work.
    Wake(Wake),
    /// The platform's hint.
    Connectivity(Connectivity),
    /// [`Effect::Prepare`] is done.
    Prepared(Result<Option<Outgoing>, PhoneError>),
    /// [`Effect::Send`] is done.
    Response {
        /// The number of the send; an answer to an older one is ignored.
        ticket: u64,
        /// The body, or why there is none.
        result: Result<Vec<u8>, TransportError>,
    },
    /// [`Effect::Absorb`] is done.
    Absorbed(Result<Absorbed, PhoneError>),
    /// The time that was set last is over.
    Timer,
    /// Stop as soon as nothing would be lost by it.
    Cancel,
}

/// Something to be done.
pub enum Effect {
    /// Ask the store for the next request of a lane.
    Prepare(Lane),
    /// Send a request on the lane's own connection.
    Send {
        /// To be handed back with the response.
        ticket: u64,
        /// The lane.
        lane: Lane,
        /// The body.
        bytes: Vec<u8>,
    },
    /// Store what a response says.
    Absorb {
        /// What was asked.
        asked: Box<Asked>,
        /// What was answered.
        response: Box<SyncResponse>,
    },
    /// Wake the machine after this time; an earlier timer is void.
    SetTimer(Duration),
    /// The session is over; close the connections.
    Done(SyncSummary),
}

/// How persistent the machine is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Policy {
    /// Failures in a row after which a session ends; none: it goes on.
    pub attempts_max: Option<u32>,
    /// How often to look for work by itself; none: never.
    pub poll_every: Option<Duration>,
}

impl Policy {
    /// For a sync that somebody waits for.
    pub const ONCE: Self = Self {
        attempts_max: Some(ATTEMPTS_MAX_COUNT),
        poll_every: None,
    };
    /// For a phone that keeps itself up to date.
    pub const STEADY: Self = Self {
        attempts_max: None,
        poll_every: Some(Duration::from_millis(POLL_MILLISECONDS)),
    };
}

enum State {
    Idle,
    Preparing,
    Sending {
        ticket: u64,
        asked: Box<Asked>,
    },
    Absorbing,
    /// Waits for a timer before it tries again.
    Resting,
}

/// Sync as a state machine. One session goes through the lanes, each with as
/// many exchanges as it takes; failures are followed by pauses that grow.
pub struct SyncMachine {
    policy: Policy,
    state: State,
    /// Index into [`LANES`].
    lane: usize,
    /// Failures in a row, of each lane.
    failures: [u32; LANES.len()],
    rounds: u32,
    ticket: u64,
    connectivity: Connectivity,
    is_cancelled: bool,
    is_woken_again: bool,
    summary: SyncSummary,
    jitter: StdRng,
}

impl SyncMachine {
    /// A machine at rest. `seed` is for the random part of its pauses, so that a
    /// thousand phones do not come back in the same second.
    pub fn new(policy: Policy, seed: u64) -> Self {
        Self {
            policy,
            state: State::Idle,
            lane: 0,
            failures: [0; LANES.len()],
            rounds: 0,
            ticket: 0,
            connectivity: Connectivity::Unknown,
            is_cancelled: false,
            is_woken_again: false,
            summary: SyncSummary::default(),
            jitter: StdRng::seed_from_u64(seed),
        }
    }

    /// Takes an event and gives what is to be done, in order. What does not fit
    /// the state is ignored: late answers and stale timers are harmless.
    pub fn handle(&mut self, event: Event) -> Vec<Effect> {
        match event {
            Event::Wake(wake) => self.wake(wake),
            Event::Connectivity(connectivity) => self.hint(connectivity),
            Event::Prepared(result) => self.prepared(result),
            Event::Response { ticket, result } => self.response(ticket, result),
            Event::Absorbed(result) => self.absorbed(result),
            Event::Timer => self.timer(),
            Event::Cancel => self.cancel(),
        }
    }

    /// Whether nothing is under way.
    pub const fn is_idle(&self) -> bool {
        matches!(self.state, State::Idle)
    }

    fn wake(&mut self, wake: Wake) -> Vec<Effect> {
        match self.state {
            State::Idle if wake == Wake::Background && self.is_offline() => {
                self.finish(Ended::Transport(TransportError::Offline))
            }
            State::Idle => self.begin(),
            State::Resting if wake == Wake::Person => self.prepare(),
            State::Resting => Vec::new(),
            _ => {
                // Something may have been written after the request was made.
                self.is_woken_again = true;
                Vec::new()
            }
        }
    }

    fn hint(&mut self, connectivity: Connectivity) -> Vec<Effect> {
        let was = core::mem::replace(&mut self.connectivity, connectivity);
        let is_back = connectivity == Connectivity::Online && was != Connectivity::Online;
        match self.state {
            State::Resting if is_back => {
                self.failures = [0; LANES.len()];
                self.prepare()
            }
            State::Idle if is_back && self.policy.poll_every.is_some() => self.begin(),
            _ => Vec::new(),
        }
    }

    fn timer(&mut self) -> Vec<Effect> {
        match self.state {
            State::Resting => self.prepare(),
            State::Idle if self.policy.poll_every.is_some() => self.wake(Wake::Background),
            _ => Vec::new(),
        }
    }

    fn cancel(&mut self) -> Vec<Effect> {
        match self.state {
            State::Idle => Vec::new(),
            State::Sending { .. } | State::Resting => self.finish(Ended::Cancelled),
            // The store is at work: what it does is not thrown away.
            State::Preparing | State::Absorbing => {
                self.is_cancelled = true;
                Vec::new()
            }
        }
    }

    fn prepared(&mut self, result: Result<Option<Outgoing>, PhoneError>) -> Vec<Effect> {
        if !matches!(self.state, State::Preparing) {
            return Vec::new();
        }
        if self.is_cancelled {
            return self.finish(Ended::Cancelled);
        }
        match result {
            Err(error) => self.finish(Ended::Store(error)),
            Ok(None) => self.next_lane(),
            Ok(Some(outgoing)) => {
                self.ticket += 1;
                self.rounds += 1;
                self.summary.requests += 1;
                self.summary.bytes_up += length(&outgoing.bytes);
                self.state = State::Sending {
                    ticket: self.ticket,
                    asked: Box::new(outgoing.asked),
                };
                vec![Effect::Send {
                    ticket: self.ticket,
                    lane: outgoing.lane,
                    bytes: outgoing.bytes,
                }]
            }
        }
    }

    fn response(&mut self, ticket: u64, result: Result<Vec<u8>, TransportError>) -> Vec<Effect> {
        let asked = match core::mem::replace(&mut self.state, State::Absorbing) {
            State::Sending {
                ticket: sent,
                asked,
            } if sent == ticket => asked,
            other => {
                self.state = other;
                return Vec::new();
            }
        };
        let bytes = match result {
            Ok(bytes) => bytes,
            Err(error) if error.is_busy() => return self.fail(Ended::Busy),
            Err(error) => return self.fail(Ended::Transport(error)),
        };
        self.summary.bytes_down += length(&bytes);
        match understand(&asked, &bytes) {
            Err(_) => self.fail(Ended::NotUnderstood),
            Ok(response) => vec![Effect::Absorb {
                asked,
                response: Box::new(response),
            }],
        }
    }

    fn absorbed(&mut self, result: Result<Absorbed, PhoneError>) -> Vec<Effect> {
        if !matches!(self.state, State::Absorbing) {
            return Vec::new();
        }
        let absorbed = match result {
            Ok(absorbed) => absorbed,
            Err(error) => return self.finish(Ended::Store(error)),
        };
        self.summary.add(&absorbed);
        self.is_woken_again |= absorbed.reports_too;
        if self.is_cancelled {
            return self.finish(Ended::Cancelled);
        }
        if absorbed.busy {
            return self.fail(Ended::Busy);
        }
        self.set_failures(0);
        if absorbed.more && self.rounds < ROUNDS_MAX_COUNT {
            return self.prepare();
        }
        self.next_lane()
    }

    fn begin(&mut self) -> Vec<Effect> {
        self.summary = SyncSummary::default();
        self.lane = 0;
        self.failures = [0; LANES.len()];
        self.rounds = 0;
        self.is_cancelled = false;
        self.prepare()
    }

    fn prepare(&mut self) -> Vec<Effect> {
        if self.lane == 0 {
            self.is_woken_again = false;
        }
        match LANES.get(self.lane) {
            Some(lane) => {
                self.state = State::Preparing;
                vec![Effect::Prepare(*lane)]
            }
            None => self.finish(Ended::Complete),
        }
    }

    fn next_lane(&mut self) -> Vec<Effect> {
        self.lane += 1;
        if self.lane >= LANES.len() && self.is_woken_again && self.rounds < ROUNDS_MAX_COUNT {
            self.lane = 0;
        }
        self.prepare()
    }

    /// Something went wrong: try again after a pause, unless it was too often.
    ///
    /// Whichever lane it was, reports go first again: a library that cannot be
    /// fetched keeps none of them waiting.
    fn fail(&mut self, ended: Ended) -> Vec<Effect> {
        let failures = self.failures_here().saturating_add(1);
        self.set_failures(failures);
        let is_enough = self
            .policy
            .attempts_max
            .is_some_and(|most| failures >= most);
        if is_enough {
            return self.finish(ended);
        }
        let pause = self.pause(failures);
        self.lane = 0;
        self.state = State::Resting;
        vec![Effect::SetTimer(pause)]
    }

    fn failures_here(&self) -> u32 {
        self.failures.get(self.lane).copied().unwrap_or_default()
    }

    fn set_failures(&mut self, count: u32) {
        if let Some(failures) = self.failures.get_mut(self.lane) {
            *failures = count;
        }
    }

    fn finish(&mut self, ended: Ended) -> Vec<Effect> {
        self.state = State::Idle;
        self.is_cancelled = false;
        self.summary.ended = ended;
        let mut effects = vec![Effect::Done(core::mem::take(&mut self.summary))];
        if let Some(every) = self.policy.poll_every {
            // Between half and the whole of it.
            let every = u64::try_from(every.as_millis()).unwrap_or(u64::MAX);
            let pause = self.jitter.random_range(every / 2..=every);
            effects.push(Effect::SetTimer(Duration::from_millis(pause)));
        }
        effects
    }

    /// Exponential with full jitter (Brooker 2015): any time up to a limit that
    /// doubles with every failure.
    fn pause(&mut self, failures: u32) -> Duration {
        let doublings = failures.saturating_sub(1).min(20);
        let most = (BACKOFF_FIRST_MILLISECONDS << doublings).min(BACKOFF_MAX_MILLISECONDS);
        Duration::from_millis(self.jitter.random_range(0..=most))
    }

    fn is_offline(&self) -> bool {
        self.connectivity == Connectivity::Offline
    }
}

fn length(bytes: &[u8]) -> u64 {
    u64::try_from(bytes.len()).unwrap_or(u64::MAX)
}
