//! What happens to machines: kills, full disks, restores, wrong clocks.

use loive_cipher::faults::Mood;

use super::handset::{Known, Opening};
use super::plan::{Dice, What};
use super::site::{Site, Start};
use super::truth::tag_of;
use super::violation::{Rule, Violation};
use super::world::World;

/// Storage steps within which a kill happens.
const KILL_MAX_STEPS: usize = 60;
/// Relays that a hotline falls back on.
const SITES_MAX_COUNT: usize = 3;
const YEAR_SECONDS: u64 = 366 * 86_400;
/// How far a wrong clock is off at most, in years.
const WRONG_MAX_YEARS: usize = 12;
/// Relay and desk understand each other as long as their clocks do.
const SKEW_SECONDS: usize = 500;

type Did = Result<bool, Violation>;

impl World<'_> {
    /// Somebody will be killed within the next storage steps.
    pub(super) fn kill(&mut self, what: What, dice: &mut Dice) -> bool {
        let number = dice.below(self.phones.len());
        let steps = dice.below(KILL_MAX_STEPS) as u64 + 1;
        match what {
            What::KillPhone => self.handset(number).disk.kill_after(steps),
            What::KillRelay => self.site().disk.kill_after(steps),
            _ => self.house.disk.kill_after(steps),
        }
        true
    }

    /// Somebody is killed between two acts.
    pub(super) fn restart(&mut self, what: What, dice: &mut Dice) -> Did {
        let number = dice.below(self.phones.len());
        let kit = self.kit;
        match what {
            What::RestartPhone => self.handset(number).disk.kill_after(0),
            What::RestartRelay if dice.chance(1, 2) => {
                // Gracefully.
                self.site_mut().stop(kit);
                self.site_mut().start(kit, Start::Again)?;
                self.site().check_promises(kit)?;
            }
            What::RestartRelay => self.site().disk.kill_after(0),
            _ if dice.chance(1, 2) => {
                self.house.stop();
                self.house.start(kit)?;
                self.check_whole_desk(Rule::KeptIsKept)?;
            }
            _ => self.house.disk.kill_after(0),
        }
        Ok(true)
    }

    pub(super) fn disk(&mut self, what: What, dice: &mut Dice) -> bool {
        let mood = match what {
            What::DiskFull => Mood::Full,
            _ => Mood::Works,
        };
        match dice.below(4) {
            0 => self.site().disk.set_mood(mood),
            1 => self.house.disk.set_mood(mood),
            _ => {
                let number = dice.below(self.phones.len());
                let handset = self.handset_mut(number);
                handset.is_full |= mood == Mood::Full;
                handset.disk.set_mood(mood);
            }
        }
        true
    }

    pub(super) fn phone_backup(&mut self, what: What, dice: &mut Dice) -> Did {
        let number = dice.below(self.phones.len());
        let folder = self.backup_folder(&format!("phone-{number}"));
        if what == What::BackUpPhone {
            self.handset_mut(number).back_up(&folder)?;
            return Ok(true);
        }
        let how = match dice.below(3) {
            0 => Opening::Restored,
            1 => Opening::AsAlways,
            _ => Opening::InPlace,
        };
        let kit = self.kit;
        let Some(before) = self.handset_mut(number).restore(kit, &folder, how)? else {
            return Ok(false);
        };
        self.note(format!("    phone {number} was set back, {how:?}"));
        self.fork(number, &before, how);
        self.note_drafts_that_came_back(number);
        self.check_all_of_phone(number)?;
        self.handset_mut(number).known.asked.clear();
        Ok(true)
    }

    /// A draft that was sent is one again, and neither phone nor hotline knows.
    fn note_drafts_that_came_back(&mut self, number: usize) {
        let mut drafts = std::mem::take(&mut self.handset_mut(number).known.drafts);
        for draft in &mut drafts {
            let tag = tag_of(&draft.answers);
            draft.came_back = tag.is_some_and(|tag| self.truth.was_sent(&tag));
        }
        self.handset_mut(number).known.drafts = drafts;
    }

    /// What was changed after the copy was made now has two histories.
    fn fork(&mut self, number: usize, before: &Known, how: Opening) {
        for (id, held) in &before.reports {
            let now = self.handset(number).known.reports.get(id);
            let differs = now.is_none_or(|now| {
                let said_more =
                    now.messages != held.messages || now.is_withdrawn != held.is_withdrawn;
                now.answers != held.answers || (how == Opening::InPlace && said_more)
            });
            if differs {
                self.truth.report(*id).is_forked = true;
            }
        }
    }

    pub(super) fn relay_backup(&mut self, what: What, dice: &mut Dice) -> Did {
        let kit = self.kit;
        let folder = self.backup_folder(&format!("relay-{}", self.live));
        match what {
            What::BackUpRelay => self.site_mut().back_up(&folder)?,
            What::RestoreRelay => {
                let how = if dice.chance(1, 2) {
                    Start::Again
                } else {
                    Start::NewLog
                };
                if !self.site_mut().restore(kit, &folder, how)? {
                    return Ok(false);
                }
                self.relay_losses += 1;
            }
            _ => {
                self.relay_losses += 1;
                self.fail_over(dice)?;
            }
        }
        Ok(true)
    }

    /// Phones and desk reach another relay: an empty one, or one that was left
    /// before.
    fn fail_over(&mut self, dice: &mut Dice) -> Result<(), Violation> {
        if self.sites.len() < SITES_MAX_COUNT && dice.chance(2, 3) {
            let number = self.sites.len();
            let folder = self.folder.join(format!("relay-{number}"));
            let seed = self.plan.seed.wrapping_mul(8).wrapping_add(number as u64);
            let site = Site::new(self.kit, folder, self.now, seed, self.plan.power_fails)?;
            self.sites.push(site);
            self.live = number;
        } else {
            self.live = dice.below(self.sites.len());
        }
        self.note(format!("    relay {} is live", self.live));
        Ok(())
    }

    pub(super) fn desk_backup(&mut self, what: What, dice: &mut Dice) -> Did {
        let folder = self.backup_folder("desk");
        if what == What::BackUpDesk {
            self.house.back_up(&folder)?;
            return Ok(true);
        }
        if dice.chance(1, 4) {
            // The store is lost, and every copy of it. The keys are not.
            self.house.forget_backup(&folder);
        }
        let kit = self.kit;
        self.house.restore(kit, &folder)?;
        self.desk_losses += 1;
        self.desk_set_back_at = Some(self.now);
        self.note("    the desk was set back");
        self.check_whole_desk(Rule::KeptIsKept)?;
        Ok(true)
    }

    pub(super) fn time(&mut self, what: What, dice: &mut Dice) -> Did {
        match what {
            What::TimePasses => {
                let most = if self.clocks_jumped { 86_400 } else { 3_600 };
                self.pass(dice.below(most) as u64);
            }
            What::PhoneClock => {
                self.clocks_jumped = true;
                let number = dice.below(self.phones.len());
                let wrong = self.wrong_time(dice);
                self.handset(number).clock.set(wrong);
            }
            What::RelayClock => {
                self.clocks_jumped = true;
                let away = dice.below(2 * SKEW_SECONDS) as u64;
                let mut time = self.now.saturating_sub(SKEW_SECONDS as u64) + away;
                if dice.chance(1, 3) {
                    // So far that relay and desk do not get on.
                    time = self.wrong_time(dice);
                }
                self.site().clock.set_seconds(time);
            }
            _ => {
                self.has_forgotten = true;
                self.clocks_jumped = true;
                self.pass(40 * 86_400);
                if let Some(relay) = self.site().relay().cloned() {
                    // What the desk was told by a liar it has acknowledged in
                    // good faith.
                    let forgettable = if self.has_lied {
                        self.site().promised.clone()
                    } else {
                        self.truth.shown_to_desk.clone()
                    };
                    self.site_mut().forgettable.extend(forgettable);
                    if let Ok(forgotten) = relay.forget() {
                        self.tally.more("envelopes forgotten", forgotten.envelopes);
                    }
                    self.site().check_promises(self.kit)?;
                }
            }
        }
        Ok(true)
    }

    fn wrong_time(&self, dice: &mut Dice) -> u64 {
        let years = dice.below(WRONG_MAX_YEARS) as u64 + 1;
        if dice.chance(1, 2) {
            self.now + years * YEAR_SECONDS
        } else {
            self.now.saturating_sub(years * YEAR_SECONDS)
        }
    }

    /// Time passes for everybody, also for those whose clocks are wrong.
    pub(super) fn pass(&mut self, seconds: u64) {
        self.now += seconds;
        for phone in &self.phones {
            phone.clock.advance(seconds);
        }
        for site in &self.sites {
            site.clock.advance_seconds(seconds);
        }
        self.house.clock.advance_seconds(seconds);
    }
}
