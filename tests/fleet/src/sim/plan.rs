//! What a seed decides: how large a world is, what may go wrong in it, and the
//! list of acts. Every act carries dice of its own, so that a list from which
//! acts were taken still means the same.

use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};

/// Fewest and most phones of a world.
const PHONES_COUNT: std::ops::RangeInclusive<usize> = 2..=5;
/// Fewest and most acts of a world.
const ACTS_COUNT: std::ops::RangeInclusive<usize> = 40..=130;

/// Something that happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum What {
    /// A person writes a report and sends it off.
    Report,
    /// A person begins a draft or goes on with one, and leaves it.
    Draft,
    /// A person sends a draft off that was left.
    Submit,
    /// The same on a shared phone.
    Guest,
    Amend,
    Message,
    Withdraw,
    Erase,
    MakeReceipt,
    Reopen,
    EraseReceipt,
    /// A phone begins to sync.
    Sync,
    /// A phone syncs, and nothing comes in between.
    SyncThrough,
    /// A message on its way arrives: any of them.
    Deliver,
    Timer,
    Cancel,
    /// The desk begins to ask its relay.
    Desk,
    /// The desk asks until it has everything.
    DeskThrough,
    CounsellorReads,
    CounsellorReplies,
    Lose,
    Duplicate,
    Truncate,
    KillPhone,
    KillRelay,
    KillDesk,
    RestartPhone,
    RestartRelay,
    RestartDesk,
    DiskFull,
    DiskWorks,
    BackUpPhone,
    RestorePhone,
    BackUpRelay,
    RestoreRelay,
    FailOver,
    BackUpDesk,
    RestoreDesk,
    TimePasses,
    PhoneClock,
    RelayClock,
    Forget,
    ForgeAck,
    Withhold,
    ReplayRequest,
    ReplayResponse,
    CopyAcross,
    Garbage,
    Bomb,
    Stranger,
    Preempt,
    ForgeAnswer,
    FlipLog,
    JumpCursor,
    ForgeCertificate,
    LieToDesk,
}

/// A group of acts that a world may be without.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Group {
    Always,
    Network,
    Kills,
    Disk,
    PhoneRestores,
    RelayRestores,
    DeskRestores,
    Clocks,
    Adversary,
}

/// Every act with its weight and its group.
const ACTS: &[(What, u32, Group)] = &[
    (What::Report, 12, Group::Always),
    (What::Draft, 4, Group::Always),
    (What::Submit, 4, Group::Always),
    (What::Guest, 4, Group::Always),
    (What::Amend, 6, Group::Always),
    (What::Message, 8, Group::Always),
    (What::Withdraw, 2, Group::Always),
    (What::Erase, 2, Group::Always),
    (What::MakeReceipt, 5, Group::Always),
    (What::Reopen, 5, Group::Always),
    (What::EraseReceipt, 1, Group::Always),
    (What::Sync, 18, Group::Always),
    (What::SyncThrough, 8, Group::Always),
    (What::Deliver, 60, Group::Always),
    (What::Timer, 4, Group::Always),
    (What::Cancel, 1, Group::Always),
    (What::Desk, 10, Group::Always),
    (What::DeskThrough, 6, Group::Always),
    (What::CounsellorReads, 5, Group::Always),
    (What::CounsellorReplies, 7, Group::Always),
    (What::TimePasses, 5, Group::Always),
    (What::Lose, 8, Group::Network),
    (What::Duplicate, 6, Group::Network),
    (What::Truncate, 4, Group::Network),
    (What::KillPhone, 9, Group::Kills),
    (What::KillRelay, 5, Group::Kills),
    (What::KillDesk, 6, Group::Kills),
    (What::RestartPhone, 3, Group::Kills),
    (What::RestartRelay, 2, Group::Kills),
    (What::RestartDesk, 2, Group::Kills),
    (What::DiskFull, 3, Group::Disk),
    (What::DiskWorks, 6, Group::Disk),
    (What::BackUpPhone, 4, Group::PhoneRestores),
    (What::RestorePhone, 3, Group::PhoneRestores),
    (What::BackUpRelay, 4, Group::RelayRestores),
    (What::RestoreRelay, 3, Group::RelayRestores),
    (What::FailOver, 3, Group::RelayRestores),
    (What::BackUpDesk, 4, Group::DeskRestores),
    (What::RestoreDesk, 4, Group::DeskRestores),
    (What::PhoneClock, 6, Group::Clocks),
    (What::RelayClock, 3, Group::Clocks),
    (What::Forget, 3, Group::Clocks),
    (What::ForgeAck, 5, Group::Adversary),
    (What::Withhold, 4, Group::Adversary),
    (What::ReplayRequest, 4, Group::Adversary),
    (What::ReplayResponse, 4, Group::Adversary),
    (What::CopyAcross, 4, Group::Adversary),
    (What::Garbage, 3, Group::Adversary),
    (What::Bomb, 3, Group::Adversary),
    (What::Stranger, 2, Group::Adversary),
    (What::Preempt, 4, Group::Adversary),
    (What::ForgeAnswer, 6, Group::Adversary),
    (What::FlipLog, 2, Group::Adversary),
    (What::JumpCursor, 2, Group::Adversary),
    (What::ForgeCertificate, 2, Group::Adversary),
    (What::LieToDesk, 5, Group::Adversary),
];

/// One thing that happens, with dice of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Act {
    pub(super) what: What,
    pub(super) dice: u64,
}

/// A world and what happens in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    pub(super) seed: u64,
    pub(super) phones: usize,
    /// A kill is a power failure: what was not flushed may be gone.
    pub(super) power_fails: bool,
    /// The phones keep themselves up to date, rather than once on request.
    pub(super) steady: bool,
    pub(super) acts: Vec<Act>,
}

impl Plan {
    /// The plan of a seed.
    pub fn of(seed: u64) -> Self {
        let mut dice = Dice::new(seed);
        let phones = PHONES_COUNT.start() + dice.below(PHONES_COUNT.count());
        let groups: Vec<Group> = [
            (Group::Always, 1, 1),
            (Group::Network, 3, 4),
            (Group::Kills, 2, 3),
            (Group::Disk, 1, 4),
            (Group::PhoneRestores, 2, 5),
            (Group::RelayRestores, 2, 5),
            (Group::DeskRestores, 2, 5),
            (Group::Clocks, 2, 5),
            (Group::Adversary, 1, 2),
        ]
        .into_iter()
        .filter_map(|(group, part, of)| dice.chance(part, of).then_some(group))
        .collect();
        let power_fails = dice.chance(1, 2);
        let steady = dice.chance(1, 2);
        let able: Vec<(What, u32)> = ACTS
            .iter()
            .filter(|(_, _, group)| groups.contains(group))
            .map(|(what, weight, _)| (*what, *weight))
            .collect();
        let count = ACTS_COUNT.start() + dice.below(ACTS_COUNT.count());
        let acts = (0..count).map(|_| Act {
            what: dice.weighed(&able),
            dice: dice.any(),
        });
        Self {
            seed,
            phones,
            power_fails,
            steady,
            acts: acts.collect(),
        }
    }

    /// The same world with other acts.
    pub(super) fn with(&self, acts: Vec<Act>) -> Self {
        Self {
            acts,
            ..self.clone()
        }
    }
}

/// Decisions that depend on a seed only.
pub(super) struct Dice(pub(super) StdRng);

impl Dice {
    pub(super) fn new(seed: u64) -> Self {
        Self(StdRng::seed_from_u64(seed))
    }

    pub(super) fn any(&mut self) -> u64 {
        self.0.random()
    }

    /// Below `count`; 0 if that is 0.
    pub(super) fn below(&mut self, count: usize) -> usize {
        self.0.random_range(0..count.max(1))
    }

    pub(super) fn chance(&mut self, part: u32, of: u32) -> bool {
        self.0.random_ratio(part, of)
    }

    /// One of them, if there is any.
    pub(super) fn pick<'a, T>(&mut self, from: &'a [T]) -> Option<&'a T> {
        let at = self.below(from.len());
        from.get(at)
    }

    fn weighed(&mut self, from: &[(What, u32)]) -> What {
        let sum: u32 = from.iter().map(|(_, weight)| weight).sum();
        let mut left = self.0.random_range(0..sum.max(1));
        for (what, weight) in from {
            match left.checked_sub(*weight) {
                Some(rest) => left = rest,
                None => return *what,
            }
        }
        What::Deliver
    }
}
