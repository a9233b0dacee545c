//! Disks that nobody may write, as after a fault of the disk or a wrong mount.

use loive_client::{Lock, PhoneError};
use rand::RngExt as _;

use crate::disk::{is_inside, run_inside};
use crate::disks::under_all;
use crate::town::Town;
use crate::{now, number, report};

/// Times that disks are locked without `LOIVE_KILLS`.
const LOCKED_DEFAULT: u64 = 4;
/// Of so many kills of a long run, one ends on a locked disk.
const LOCKED_OF_KILLS: u64 = 20;

#[test]
fn locked_disks_are_called_so_and_lose_nothing() {
    run_inside("locked::locked_disks");
}

/// The story of the other process.
#[tokio::test(flavor = "multi_thread")]
async fn locked_disks() {
    if !is_inside() {
        return;
    }
    let times = number("LOIVE_KILLS").map_or(LOCKED_DEFAULT, |kills| kills / LOCKED_OF_KILLS);
    let mut town = Town::new(number("LOIVE_KILLS_SEED").unwrap_or(1), now()).await;
    let disks = under_all(&town);
    for time in 0..times {
        town.kill_the_hotline(true, true, true).await;
        // Every second time the stores were closed as they should be.
        if time % 2 == 1 {
            town.reckon().await;
            town.hotline.kill_relay();
            town.hotline.kill_desk();
        }
        let mut is_locked: Vec<_> = disks.iter().map(|_| town.rng.random_ratio(2, 3)).collect();
        is_locked[town.rng.random_range(0..disks.len())] = true;
        for (disk, _) in disks.iter().zip(&is_locked).filter(|(_, locked)| **locked) {
            disk.lock();
        }
        everybody_tries(&mut town, &is_locked).await;
        for (disk, _) in disks.iter().zip(&is_locked).filter(|(_, locked)| **locked) {
            disk.unlock();
        }
        for owner in &mut town.owners {
            drop(owner.settle());
        }
    }
    town.reckon().await;
    report("kills survived before and beside locked disks", &town.tally);
}

/// Who cannot write says so, and the others go on with their work.
async fn everybody_tries(town: &mut Town, is_locked: &[bool]) {
    let [relay, desk, phones @ ..] = is_locked else {
        panic!("relay, desk and phones have disks");
    };
    for (why, is_locked) in [
        (town.hotline.open_relay(&town.world), relay),
        (town.hotline.open_desk(&town.world), desk),
    ] {
        assert_eq!(why.is_err(), *is_locked, "{why:?}");
        if let Err(why) = why {
            assert!(why.contains("the store cannot be written"), "{why}");
        }
    }
    let error = PhoneError::Locked {
        why: Lock::ReadOnly,
    };
    for (owner, is_locked) in town.owners.iter_mut().zip(phones) {
        if *is_locked {
            assert_eq!(owner.try_open().map(|_| ()), Err(error.clone()));
        }
        owner.start("writing");
        let why = owner.wait();
        assert_eq!(why.is_err(), *is_locked, "{why:?}");
        if let Err(why) = why {
            assert_eq!(why, error.to_string());
            owner.kill();
        }
    }
    town.live_on().await;
    for number in 0..phones.len() {
        if town.owners[number].runs() {
            town.end_phone(number);
        }
    }
}
