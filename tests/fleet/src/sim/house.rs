//! The desk: a real one over a real store, whose every request to the relay and
//! every answer is an event of its own.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::future::{Future, poll_fn};
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::Poll;

use loive_cipher::faults::{Disk, Mood};
use loive_protocol::{DeskResponse, ReportId, SignedDeskRequest};
use loive_server::clock::{Env, ManualClock};
use loive_server::desk::link::{DeskLink, Exchange, LinkError};
use loive_server::desk::{Changed, Desk, FeedError};
use tokio::sync::broadcast::{self, error::TryRecvError};
use tokio::sync::oneshot;

use super::kit::{Kit, copy_store};
use super::violation::{Rule, Violation};

type Answer = Result<DeskResponse, LinkError>;
type Turn = Pin<Box<dyn Future<Output = Result<(), FeedError>>>>;

/// The road to the relay, at whose end the simulation stands.
#[derive(Default)]
struct Road(Mutex<Waiting>);

#[derive(Default)]
struct Waiting {
    asked: Option<SignedDeskRequest>,
    answer: Option<oneshot::Sender<Answer>>,
}

impl Road {
    fn waiting(&self) -> std::sync::MutexGuard<'_, Waiting> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl DeskLink for Road {
    fn exchange(&self, request: SignedDeskRequest) -> Exchange<'_> {
        let (sender, receiver) = oneshot::channel();
        let mut waiting = self.waiting();
        waiting.asked = Some(request);
        waiting.answer = Some(sender);
        Box::pin(async { receiver.await.unwrap_or(Err(LinkError::Offline)) })
    }
}

/// What the desk does next.
pub(super) enum Step {
    /// It asks its relay and waits.
    Asks(Box<SignedDeskRequest>),
    /// It has everything, or has given up.
    Done(Result<(), FeedError>),
}

/// What counsellors have seen of a report in the life of one store.
pub(super) type Shown = BTreeMap<ReportId, BTreeSet<String>>;

pub(super) struct House {
    folder: PathBuf,
    pub(super) disk: Disk,
    pub(super) desk: Option<Arc<Desk>>,
    road: Arc<Road>,
    turn: Option<Turn>,
    news: Option<broadcast::Receiver<Changed>>,
    env: Env,
    pub(super) clock: ManualClock,
    power_fails: bool,
    /// Counts its starts and its requests: an answer to an earlier one is lost.
    pub(super) life: u64,
    pub(super) shown: Shown,
    backup: Option<Shown>,
}

impl House {
    pub(super) fn new(
        kit: &Kit,
        folder: PathBuf,
        now: u64,
        seed: u64,
        power_fails: bool,
    ) -> Result<Self, Violation> {
        let (env, clock) = Env::simulated(now, seed);
        let disk = kit.furnish("desk", &folder, power_fails)?;
        let mut house = Self {
            folder,
            disk,
            desk: None,
            road: Arc::default(),
            turn: None,
            news: None,
            env,
            clock,
            power_fails,
            life: 0,
            shown: Shown::new(),
            backup: None,
        };
        house.start(kit)?;
        Ok(house)
    }

    pub(super) fn start(&mut self, kit: &Kit) -> Result<(), Violation> {
        self.life += 1;
        self.road = Arc::default();
        // Whoever starts it has made room.
        self.disk.set_mood(Mood::Works);
        let link: Arc<dyn DeskLink> = self.road.clone();
        let desk = match kit.open_desk(&self.folder, self.env.clone(), link) {
            Ok(desk) => desk,
            // Killed while it started: it will be started again.
            Err(_) if self.disk.is_dead() => return Ok(()),
            Err(error) => {
                return Err(Violation::new(Rule::Opens, format!("the desk: {error}")));
            }
        };
        self.news = Some(desk.subscribe());
        self.desk = Some(desk);
        Ok(())
    }

    pub(super) fn stop(&mut self) {
        self.turn = None;
        self.news = None;
        self.desk = None;
    }

    /// It was killed, or the power failed.
    pub(super) fn come_back(&mut self, kit: &Kit, seed: u64) -> Result<u64, Violation> {
        self.disk.kill_after(0);
        self.stop();
        let mut lost = 0;
        if self.power_fails {
            lost = self.disk.cut_power(seed).map_err(Violation::files)?;
        }
        self.disk.revive();
        self.start(kit)?;
        Ok(lost)
    }

    pub(super) fn back_up(&mut self, to: &Path) -> Result<(), Violation> {
        copy_store(&self.folder, to).map_err(Violation::files)?;
        self.backup = Some(self.shown.clone());
        Ok(())
    }

    /// Puts an older copy back, or an empty store where there is none.
    pub(super) fn restore(&mut self, kit: &Kit, from: &Path) -> Result<(), Violation> {
        self.stop();
        let shown = self.backup.clone();
        let from = if shown.is_some() {
            from.to_owned()
        } else {
            kit.template("desk")
        };
        copy_store(&from, &self.folder).map_err(Violation::files)?;
        self.disk.revive();
        self.shown = shown.unwrap_or_default();
        self.start(kit)
    }

    /// Throws the store away and everything that was ever copied of it.
    pub(super) fn forget_backup(&mut self, at: &Path) {
        self.backup = None;
        let _ = fs::remove_dir_all(at);
    }

    pub(super) fn is_busy(&self) -> bool {
        self.turn.is_some()
    }

    /// Begins to exchange with the relay, if it does not do so already.
    pub(super) fn begin(&mut self) -> bool {
        let (Some(desk), None) = (&self.desk, &self.turn) else {
            return false;
        };
        let desk = Arc::clone(desk);
        self.turn = Some(Box::pin(async move { desk.catch_up().await }));
        true
    }

    /// The relay's answer, or that there is none. `false` if nobody waits.
    pub(super) fn answer(&self, answer: Answer) -> bool {
        let waiting = self.road.waiting().answer.take();
        waiting.is_some_and(|sender| sender.send(answer).is_ok())
    }

    /// Lets it work until it asks or is done. `None` if it has nothing to do.
    pub(super) fn work(&mut self, kit: &Kit) -> Option<Step> {
        let turn = self.turn.as_mut()?;
        let road = &self.road;
        let step = kit.runtime.block_on(poll_fn(|context| {
            if let Poll::Ready(done) = turn.as_mut().poll(context) {
                return Poll::Ready(Step::Done(done));
            }
            match road.waiting().asked.take() {
                Some(request) => Poll::Ready(Step::Asks(Box::new(request))),
                None => Poll::Pending,
            }
        }));
        match step {
            Step::Done(_) => self.turn = None,
            Step::Asks(_) => self.life += 1,
        }
        Some(step)
    }

    /// The reports of which something changed; `None` if all are to be looked
    /// at.
    pub(super) fn changed(&mut self) -> Option<BTreeSet<ReportId>> {
        let mut changed = BTreeSet::new();
        let news = self.news.as_mut()?;
        loop {
            match news.try_recv() {
                Ok(Changed { report, .. }) => changed.extend(report),
                Err(TryRecvError::Lagged(_)) => return None,
                Err(TryRecvError::Empty | TryRecvError::Closed) => return Some(changed),
            }
        }
    }
}
