//! A phone with its sync machine, its disk, its clock, and what its owner knows
//! to be on it.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use loive_cipher::faults::{Disk, Mood};
use loive_client::{
    Clock, Delivery, DraftId, Effect, Ended, Env, Event, ManualClock, OpenOutcome, Origin, Phone,
    PhoneError, Policy, SyncMachine, SyncSummary,
};
use loive_documents::Answers;
use loive_protocol::ReportId;

use super::kit::{Kit, copy_in_place, copy_store};
use super::truth::Sending;
use super::violation::{Rule, Violation};

/// Starts whose randomness does not overlap.
const LIVES_MAX_COUNT: u64 = 1 << 16;

/// What the owner of a phone knows to be on it.
#[derive(Default, Clone)]
pub(super) struct Known {
    pub(super) reports: BTreeMap<ReportId, Held>,
    pub(super) drafts: Vec<Draft>,
    pub(super) guests: BTreeSet<Sending>,
    /// Whose receipts were typed in here.
    pub(super) asked: BTreeSet<Sending>,
    pub(super) delivery: BTreeMap<ReportId, Delivery>,
}

/// A report as its owner knows it.
#[derive(Clone)]
pub(super) struct Held {
    pub(super) origin: Origin,
    pub(super) answers: Answers,
    pub(super) messages: Vec<String>,
    pub(super) is_withdrawn: bool,
}

#[derive(Clone)]
pub(super) struct Draft {
    pub(super) id: DraftId,
    pub(super) answers: Answers,
    /// It had been sent when a backup brought it back.
    pub(super) came_back: bool,
}

impl Draft {
    pub(super) fn new(id: DraftId) -> Self {
        Self {
            id,
            answers: Answers::new(),
            came_back: false,
        }
    }
}

/// A verb during which the phone died: it was done, or nothing was.
#[derive(Clone)]
pub(super) enum Doubt {
    Begin,
    Answer(DraftId, Answers),
    Submit(DraftId),
    Guest(DraftId),
    Amend(ReportId, Answers),
    Message(ReportId, String),
    Withdraw(ReportId),
    Erase(ReportId),
    /// Nothing that anybody sees.
    Other,
}

/// What came of a verb.
pub(super) enum Came<T> {
    Done(T),
    /// It was refused, or there was no room, and nothing was changed.
    Refused(PhoneError),
    /// The phone died.
    Unknown,
}

#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub(super) struct Handset {
    pub(super) number: usize,
    folder: PathBuf,
    pub(super) disk: Disk,
    phone: Option<Phone>,
    machine: SyncMachine,
    pub(super) life: u64,
    pub(super) clock: ManualClock,
    pub(super) known: Known,
    pub(super) doubt: Option<Doubt>,
    backup: Option<Known>,
    pub(super) is_resting: bool,
    /// It may have been so full that something was refused.
    pub(super) is_full: bool,
    power_fails: bool,
    steady: bool,
    seed: u64,
}

/// A request that is ready to go.
pub(super) struct Request {
    pub(super) ticket: u64,
    pub(super) bytes: Vec<u8>,
}

/// What a phone did on its own until it had to wait.
#[derive(Default)]
pub(super) struct Fed {
    pub(super) requests: Vec<Request>,
    pub(super) done: Option<SyncSummary>,
    pub(super) absorbed: bool,
}

/// How a phone is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Opening {
    AsAlways,
    /// The platform says that the store was copied back.
    Restored,
    /// It was copied back block by block into the very file that was there, and
    /// nobody says so.
    InPlace,
}

impl Handset {
    pub(super) fn new(
        kit: &Kit,
        number: usize,
        folder: PathBuf,
        now: u64,
        world: &super::plan::Plan,
    ) -> Result<Self, Violation> {
        let disk = kit.furnish("phone", &folder, world.power_fails)?;
        let mut handset = Self {
            number,
            folder,
            disk,
            phone: None,
            machine: SyncMachine::new(Policy::ONCE, 0),
            life: 0,
            clock: ManualClock::at(now),
            known: Known::default(),
            doubt: None,
            backup: None,
            is_resting: false,
            is_full: false,
            power_fails: world.power_fails,
            steady: world.steady,
            seed: world.seed.wrapping_mul(64).wrapping_add(number as u64),
        };
        handset.open(kit, Opening::AsAlways)?;
        Ok(handset)
    }

    /// The engine.
    ///
    /// # Panics
    /// If it is not open: between two acts it always is.
    pub(super) fn phone(&self) -> &Phone {
        self.phone
            .as_ref()
            .expect("between two acts every phone is open")
    }

    /// Opens the engine, as the app does when it starts.
    pub(super) fn open(&mut self, kit: &Kit, how: Opening) -> Result<(), Violation> {
        match self.try_open(kit, how) {
            Ok(()) => Ok(()),
            Err(error) => {
                let text = format!("phone {} does not open: {error}", self.number);
                Err(Violation::new(Rule::Opens, text))
            }
        }
    }

    fn try_open(&mut self, kit: &Kit, how: Opening) -> Result<(), PhoneError> {
        self.life += 1;
        let policy = if self.steady {
            Policy::STEADY
        } else {
            Policy::ONCE
        };
        let seed = self
            .seed
            .wrapping_mul(LIVES_MAX_COUNT)
            .wrapping_add(self.life);
        self.machine = SyncMachine::new(policy, seed);
        self.is_resting = false;
        let clock: Arc<dyn Clock> = Arc::new(self.clock.clone());
        let mut request = kit.phone_request(self.folder.clone(), Env::simulated(clock, seed));
        request.restored = how == Opening::Restored;
        let phone = Phone::open(request)?;
        if *phone.outcome() != OpenOutcome::Opened {
            return Err(PhoneError::Damaged);
        }
        self.phone = Some(phone);
        Ok(())
    }

    pub(super) fn close(&mut self) {
        self.phone = None;
    }

    /// It died. `again` kills it once more, so many steps into its opening.
    pub(super) fn come_back(
        &mut self,
        kit: &Kit,
        seed: u64,
        again: Option<u64>,
    ) -> Result<u64, Violation> {
        let mut lost = 0;
        // Whoever starts it has made room.
        self.disk.set_mood(Mood::Works);
        for steps in [again, None] {
            self.disk.kill_after(0);
            self.close();
            if self.power_fails {
                lost += self.disk.cut_power(seed).map_err(Violation::files)?;
            }
            self.disk.revive();
            let Some(steps) = steps else { break };
            self.disk.kill_after(steps);
            let opened = self.try_open(kit, Opening::AsAlways);
            if let (Err(error), false) = (opened, self.disk.is_dead()) {
                let text = format!("phone {} does not open: {error}", self.number);
                return Err(Violation::new(Rule::Opens, text));
            }
        }
        self.open(kit, Opening::AsAlways)?;
        Ok(lost)
    }

    /// Does something with the phone. What `doubt` says may or may not have been
    /// done if the phone dies of it.
    pub(super) fn attempt<T>(
        &mut self,
        doubt: Doubt,
        verb: impl FnOnce(&Phone) -> Result<T, PhoneError>,
    ) -> Result<Came<T>, Violation> {
        if self.disk.is_dead() {
            return Ok(Came::Unknown);
        }
        match verb(self.phone()) {
            Ok(done) => Ok(Came::Done(done)),
            Err(_) if self.disk.is_dead() => {
                self.doubt = Some(doubt);
                Ok(Came::Unknown)
            }
            Err(error @ PhoneError::StorageFull) if self.is_full => Ok(Came::Refused(error)),
            Err(
                error @ (PhoneError::NotFound
                | PhoneError::Rejected { .. }
                | PhoneError::Invalid { .. }),
            ) => Ok(Came::Refused(error)),
            Err(error) => {
                let text = format!("phone {}: {error}", self.number);
                Err(Violation::new(Rule::NoSurprise, text))
            }
        }
    }

    /// Hands an event to the machine and does what it asks for, until it waits.
    pub(super) fn feed(&mut self, event: Event) -> Result<Fed, Violation> {
        let mut fed = Fed::default();
        let mut effects = VecDeque::from(self.machine.handle(event));
        while let Some(effect) = effects.pop_front() {
            let event = match effect {
                Effect::Prepare(lane) => self.phone().prepare(lane),
                Effect::Absorb { asked, response } => {
                    fed.absorbed = true;
                    self.phone().absorb(&asked, &response)
                }
                Effect::Send { ticket, bytes, .. } => {
                    self.is_resting = false;
                    fed.requests.push(Request { ticket, bytes });
                    continue;
                }
                Effect::SetTimer(_) => {
                    self.is_resting = true;
                    continue;
                }
                Effect::Done(summary) => {
                    self.judge_end(&summary)?;
                    fed.done = Some(summary);
                    continue;
                }
            };
            if self.disk.is_dead() {
                self.doubt = Some(Doubt::Other);
                break;
            }
            effects.extend(self.machine.handle(event));
        }
        Ok(fed)
    }

    fn judge_end(&self, summary: &SyncSummary) -> Result<(), Violation> {
        match &summary.ended {
            Ended::Store(PhoneError::StorageFull) if self.is_full => Ok(()),
            Ended::Store(_) if self.disk.is_dead() => Ok(()),
            Ended::Store(error) => {
                let text = format!("phone {} cannot sync: {error}", self.number);
                Err(Violation::new(Rule::NoSurprise, text))
            }
            _ => Ok(()),
        }
    }

    pub(super) fn is_idle(&self) -> bool {
        self.machine.is_idle()
    }

    pub(super) fn back_up(&mut self, to: &Path) -> Result<(), Violation> {
        copy_store(&self.folder, to).map_err(Violation::files)?;
        self.backup = Some(self.known.clone());
        Ok(())
    }

    /// Puts an older copy back; gives what was known before, or nothing if there
    /// is no copy.
    pub(super) fn restore(
        &mut self,
        kit: &Kit,
        from: &Path,
        how: Opening,
    ) -> Result<Option<Known>, Violation> {
        let Some(backup) = self.backup.clone() else {
            return Ok(None);
        };
        self.close();
        let copy = match how {
            Opening::InPlace => copy_in_place,
            Opening::AsAlways | Opening::Restored => copy_store,
        };
        copy(from, &self.folder).map_err(Violation::files)?;
        self.disk.revive();
        self.disk.set_mood(Mood::Works);
        let before = std::mem::replace(&mut self.known, backup);
        self.open(kit, how)?;
        Ok(Some(before))
    }
}
