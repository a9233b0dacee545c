//! Disks without a free byte, and disks that nobody may write, under a phone, a
//! relay and a desk that are killed besides.

use std::collections::BTreeSet;

use loive_client::PhoneError;
use loive_stories::Deed;
use rand::RngExt as _;

use crate::disk::{Disk, is_inside, run_inside};
use crate::owner::Owner;
use crate::town::Town;
use crate::{now, number, report};

const PHONE_DISK_BYTES: u64 = 8_000_000;
const HOTLINE_DISK_BYTES: u64 = 32_000_000;
/// What a full disk still takes at most.
const SPARE_MAX_BYTES: u64 = 200_000;
/// Times that disks are full without `LOIVE_KILLS`.
const FULL_DEFAULT: u64 = 12;
/// Of so many kills of a long run, one goes with full disks.
const FULL_OF_KILLS: u64 = 5;
/// Rounds between two reckonings.
const ROUNDS: usize = 6;

#[test]
fn full_disks_lose_nothing_and_say_nothing_untrue() {
    run_inside("disks::full_disks");
}

/// The story of the other process.
#[tokio::test(flavor = "multi_thread")]
async fn full_disks() {
    if !is_inside() {
        return;
    }
    let times = number("LOIVE_KILLS").map_or(FULL_DEFAULT, |kills| kills / FULL_OF_KILLS);
    let mut town = Town::new(number("LOIVE_KILLS_SEED").unwrap_or(1), now()).await;
    let mut disks = under_all(&town);
    let mut reasons = BTreeSet::new();
    // Everybody has been at work once.
    town.kill_the_hotline(false, false, true).await;
    town.reckon().await;
    let mut full = 0;
    while full < times {
        for _ in 0..ROUNDS {
            full += 1;
            a_full_day(&mut town, &mut disks, &mut reasons).await;
        }
        town.reckon().await;
    }
    report("kills survived on full disks", &town.tally);
    crate::list(&reasons);
}

/// Relay, desk, phones.
pub(crate) fn under_all(town: &Town) -> Vec<Disk> {
    let relay = town.world.relay_folder();
    let desk = town.world.folder();
    let hotline = [relay.path(), desk.path()].map(|path| Disk::under(path, HOTLINE_DISK_BYTES));
    let phones = town.owners.iter();
    let phones = phones.map(|owner| Disk::under(&owner.dir, PHONE_DISK_BYTES));
    hotline.into_iter().chain(phones).collect()
}

/// Some disks become full while everybody is at work or before, somebody is
/// killed, and then there is room again.
async fn a_full_day(town: &mut Town, disks: &mut [Disk], reasons: &mut BTreeSet<String>) {
    let before = town.rng.random_ratio(1, 2);
    if before {
        fill_some(town, disks);
    }
    if let Err(why) = town.hotline.start(&town.world) {
        reasons.insert(format!("hotline does not start: {why}"));
    }
    for owner in town.owners.iter_mut().filter(|owner| !owner.runs()) {
        owner.start("writing");
        if let Err(why) = owner.wait() {
            assert_eq!(
                why,
                PhoneError::StorageFull.to_string(),
                "a phone does not open"
            );
            reasons.insert(format!("phone does not open: {why}"));
            owner.kill();
        }
    }
    if !before {
        fill_some(town, disks);
    }
    town.live_on().await;
    match town.rng.random_range(0..4) {
        0 => {
            town.hotline.kill_relay();
            town.note("relay");
        }
        1 => {
            town.hotline.kill_desk();
            town.note("desk");
        }
        _ => {}
    }
    // Some go on on their full disks, and live to see the room.
    let are_killed = town.rng.random_ratio(1, 2);
    if are_killed {
        end_phones(town, disks, reasons);
    }
    disks.iter_mut().for_each(Disk::free);
    town.live_on().await;
    if !are_killed {
        end_phones(town, disks, reasons);
    }
    town.hotline.listen();
    for (_, why) in town.hotline.refusals.drain(..) {
        reasons.insert(format!("desk: {why}"));
    }
    for why in town.hotline.failures.drain(..) {
        reasons.insert(format!("desk does not go on: {why}"));
    }
}

fn fill_some(town: &mut Town, disks: &mut [Disk]) {
    let count = disks.len();
    let first = town.rng.random_range(0..count);
    for (number, disk) in disks.iter_mut().enumerate() {
        if number == first || town.rng.random_ratio(1, 3) {
            disk.fill(town.rng.random_range(0..SPARE_MAX_BYTES));
        }
    }
}

/// Kills the phones and looks at what they left: on disks that are still full,
/// where it opens, and in any case afterwards.
fn end_phones(town: &mut Town, disks: &mut [Disk], reasons: &mut BTreeSet<String>) {
    let Town { owners, .. } = town;
    let mut killed = Vec::new();
    for owner in owners.iter_mut().filter(|owner| owner.runs()) {
        killed.push(format!("phone, {}", owner.kill()));
        match owner.try_open() {
            Ok((phone, _)) => drop(phone),
            Err(error) => {
                assert_eq!(error, PhoneError::StorageFull, "a phone does not open");
            }
        }
    }
    disks.iter_mut().for_each(Disk::free);
    for owner in owners.iter_mut() {
        drop(owner.settle());
        told_that_it_is_full(owner, reasons);
    }
    for what in killed {
        town.note(&what);
    }
}

/// What was refused was refused for want of space, and a sync for want of a
/// relay too.
fn told_that_it_is_full(owner: &mut Owner, reasons: &mut BTreeSet<String>) {
    let [full, offline] = [PhoneError::StorageFull, PhoneError::Offline].map(|it| it.to_string());
    for (deed, why) in owner.truth.refusals.drain(..) {
        let is_clear = why == full || (deed == Deed::Sync && why == offline);
        assert!(is_clear, "{deed:?} was refused: {why}");
        if why == full {
            reasons.insert(format!("phone: {why}"));
        }
    }
    for why in owner.truth.failures.drain(..) {
        assert_eq!(why, full);
    }
}
