//! One world: a hotline, its phones, the road between them, and the order in
//! which things happen, which the plan alone decides.

use std::path::PathBuf;

use loive_client::TransportError;
use loive_protocol::{DeskResponse, SignedDeskRequest};
use loive_server::desk::link::LinkError;

use super::handset::Handset;
use super::house::House;
use super::kit::{BEGIN_SECONDS, Kit};
use super::plan::{Act, Dice, Plan, What};
use super::site::Site;
use super::tally::Tally;
use super::truth::{Sending, Truth};
use super::violation::{Rule, Violation};

/// Requests and answers that an adversary keeps to play them back.
const RECORDED_MAX_COUNT: usize = 32;

/// A message on its way.
#[derive(Clone)]
pub(super) enum Packet {
    ToRelay {
        phone: usize,
        life: u64,
        ticket: u64,
        bytes: Vec<u8>,
    },
    ToPhone {
        phone: usize,
        life: u64,
        ticket: u64,
        /// What was asked, for whoever wants to lie about it.
        request: Vec<u8>,
        answer: Result<Vec<u8>, TransportError>,
    },
    DeskToRelay {
        life: u64,
        request: Box<SignedDeskRequest>,
    },
    ToDesk {
        life: u64,
        request: Box<SignedDeskRequest>,
        answer: Result<Box<DeskResponse>, LinkError>,
    },
}

pub(super) struct World<'k> {
    pub(super) kit: &'k Kit,
    pub(super) plan: Plan,
    pub(super) folder: PathBuf,
    pub(super) phones: Vec<Handset>,
    pub(super) sites: Vec<Site>,
    pub(super) live: usize,
    pub(super) house: House,
    pub(super) bag: Vec<Packet>,
    /// What any watch would say, in Unix seconds.
    pub(super) now: u64,
    pub(super) truth: Truth,
    pub(super) tally: Tally,
    pub(super) trace: Vec<String>,
    /// Receipts that were shown to somebody: what is typed, and whose it is.
    pub(super) receipts: Vec<(String, Sending)>,
    pub(super) recorded: Vec<Vec<u8>>,
    pub(super) recorded_answers: Vec<Vec<u8>>,
    /// A relay has lied in a way that lasts.
    pub(super) has_lied: bool,
    /// The relay's log has lost something, or may have.
    pub(super) relay_losses: u32,
    pub(super) desk_losses: u32,
    /// When the desk was last set back, by the house's clock.
    pub(super) desk_set_back_at: Option<u64>,
    pub(super) has_forgotten: bool,
    pub(super) clocks_jumped: bool,
    /// Envelopes that phones and desk have offered to a relay.
    pub(super) pushed: u64,
    words: u64,
}

impl<'k> World<'k> {
    pub(super) fn new(kit: &'k Kit, plan: &Plan) -> Result<Self, Violation> {
        let folder = kit.world_folder().map_err(Violation::files)?;
        let now = BEGIN_SECONDS;
        let seed = plan.seed.wrapping_mul(8);
        let site = Site::new(kit, folder.join("relay-0"), now, seed, plan.power_fails)?;
        let house = House::new(kit, folder.join("desk"), now, seed + 7, plan.power_fails)?;
        let phones = (0..plan.phones)
            .map(|number| {
                let folder = folder.join(format!("phone-{number}"));
                Handset::new(kit, number, folder, now, plan)
            })
            .collect::<Result<_, _>>()?;
        Ok(Self {
            kit,
            plan: plan.clone(),
            folder,
            phones,
            sites: vec![site],
            live: 0,
            house,
            bag: Vec::new(),
            now,
            truth: Truth::default(),
            tally: Tally::default(),
            trace: Vec::new(),
            receipts: Vec::new(),
            recorded: Vec::new(),
            recorded_answers: Vec::new(),
            has_lied: false,
            relay_losses: 0,
            desk_losses: 0,
            desk_set_back_at: None,
            has_forgotten: false,
            clocks_jumped: false,
            pushed: 0,
            words: 0,
        })
    }

    /// Everything that the plan says, then the healing, then the last look.
    pub(super) fn run(&mut self) -> Result<(), Violation> {
        for at in 0..self.plan.acts.len() {
            let Some(act) = self.plan.acts.get(at).copied() else {
                break;
            };
            self.note(format!("{at:>3} {:?}", act.what));
            self.step(act)?;
        }
        self.heal()?;
        self.judge()
    }

    /// Ends everything that runs.
    pub(super) fn end(&mut self) {
        for phone in &mut self.phones {
            phone.close();
        }
        self.house.stop();
        for site in &mut self.sites {
            site.stop(self.kit);
        }
    }

    fn step(&mut self, act: Act) -> Result<(), Violation> {
        let mut dice = Dice::new(act.dice);
        let done = self.perform(act.what, &mut dice)?;
        if done {
            self.tally.add(act.what);
        }
        self.bring_back(&mut dice)
    }

    /// `false` if there was nothing to do it with.
    fn perform(&mut self, what: What, dice: &mut Dice) -> Result<bool, Violation> {
        use What as W;
        match what {
            W::Report
            | W::Draft
            | W::Submit
            | W::Guest
            | W::Amend
            | W::Message
            | W::Withdraw
            | W::Erase
            | W::MakeReceipt
            | W::Reopen
            | W::EraseReceipt => self.person(what, dice),
            W::Sync | W::SyncThrough | W::Timer | W::Cancel => self.phone_syncs(what, dice),
            W::Deliver => self.deliver_any(dice),
            W::Desk | W::DeskThrough => self.desk_syncs(what),
            W::CounsellorReads | W::CounsellorReplies => self.counsellor(what, dice),
            W::Lose | W::Duplicate | W::Truncate => Ok(self.disturb(what, dice)),
            W::KillPhone | W::KillRelay | W::KillDesk => Ok(self.kill(what, dice)),
            W::RestartPhone | W::RestartRelay | W::RestartDesk => self.restart(what, dice),
            W::DiskFull | W::DiskWorks => Ok(self.disk(what, dice)),
            W::BackUpPhone | W::RestorePhone => self.phone_backup(what, dice),
            W::BackUpRelay | W::RestoreRelay | W::FailOver => self.relay_backup(what, dice),
            W::BackUpDesk | W::RestoreDesk => self.desk_backup(what, dice),
            W::TimePasses | W::PhoneClock | W::RelayClock | W::Forget => self.time(what, dice),
            W::ReplayRequest | W::Garbage | W::Bomb | W::Stranger | W::Preempt => {
                self.intrude(what, dice)
            }
            W::ForgeAck
            | W::Withhold
            | W::ReplayResponse
            | W::CopyAcross
            | W::ForgeAnswer
            | W::FlipLog
            | W::JumpCursor
            | W::ForgeCertificate
            | W::LieToDesk => self.lie(what, dice),
        }
    }

    /// Whoever died in the last act starts again.
    pub(super) fn bring_back(&mut self, dice: &mut Dice) -> Result<(), Violation> {
        for number in 0..self.phones.len() {
            if self.handset(number).disk.is_dead() {
                self.phone_comes_back(number, dice)?;
            }
        }
        let kit = self.kit;
        if self.site().disk.is_dead() {
            self.tally.count("relay died between two storage steps");
            let lost = self.site_mut().come_back(kit, dice.any())?;
            self.tally.lost_writes(lost);
            self.note("    the relay died and came back");
        }
        if self.house.disk.is_dead() {
            self.tally.count("desk died between two storage steps");
            let lost = self.house.come_back(kit, dice.any())?;
            self.tally.lost_writes(lost);
            self.note("    the desk died and came back");
            self.check_whole_desk(Rule::KeptIsKept)?;
        }
        Ok(())
    }

    pub(super) fn note(&mut self, line: impl Into<String>) {
        self.trace.push(line.into());
    }

    /// Words that nobody has written before.
    pub(super) fn fresh_words(&mut self, about: &str) -> String {
        self.words += 1;
        format!("{about} số {}", self.words)
    }

    /// A phone.
    ///
    /// # Panics
    /// If there is none with this number.
    pub(super) fn handset(&self, number: usize) -> &Handset {
        self.phones.get(number).expect("phones are never removed")
    }

    pub(super) fn handset_mut(&mut self, number: usize) -> &mut Handset {
        self.phones
            .get_mut(number)
            .expect("phones are never removed")
    }

    /// The relay that phones and desk reach.
    ///
    /// # Panics
    /// Never: there always is one.
    pub(super) fn site(&self) -> &Site {
        self.sites.get(self.live).expect("one relay is live")
    }

    pub(super) fn site_mut(&mut self) -> &mut Site {
        self.sites.get_mut(self.live).expect("one relay is live")
    }

    pub(super) fn record(&mut self, request: &[u8]) {
        if self.recorded.len() < RECORDED_MAX_COUNT {
            self.recorded.push(request.to_vec());
        }
    }

    pub(super) fn record_answer(&mut self, answer: &[u8]) {
        if self.recorded_answers.len() < RECORDED_MAX_COUNT {
            self.recorded_answers.push(answer.to_vec());
        }
    }

    /// What the administrators' copies are called.
    pub(super) fn backup_folder(&self, of: &str) -> PathBuf {
        self.folder.join(format!("backup-{of}"))
    }
}
