//! What a power failure takes: any part of what was written and not flushed.

use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::FileExt as _;
use std::path::Path;

/// A disk keeps whole sectors of a write that was under way.
const SECTOR_BYTES: usize = 512;

/// What was done to one file since it was flushed last.
#[derive(Debug, Default)]
pub(super) struct Unsynced(Vec<Done>);

/// One step with what it takes to undo and to do it again.
#[derive(Debug)]
struct Done {
    offset: u64,
    /// What was written; nothing for a truncation.
    written: Option<Vec<u8>>,
    before: Before,
}

/// What stood at the place of a step before it.
#[derive(Debug, Default)]
pub(super) struct Before {
    pub(super) bytes: Vec<u8>,
    /// Of the whole file.
    pub(super) length: u64,
}

impl Unsynced {
    /// Notes a write that is about to happen, or a truncation.
    pub(super) fn note(&mut self, offset: u64, written: Option<&[u8]>, before: Before) {
        self.0.push(Done {
            offset,
            written: written.map(<[u8]>::to_vec),
            before,
        });
    }

    /// Takes everything back and does an arbitrary part of it again. Gives how
    /// many steps were lost, whole or in part.
    pub(super) fn cut(&self, path: &Path, dice: &mut Dice) -> io::Result<u64> {
        if !path.exists() {
            return Ok(0);
        }
        let file = OpenOptions::new().write(true).open(path)?;
        for done in self.0.iter().rev() {
            file.set_len(done.before.length)?;
            file.write_all_at(&done.before.bytes, done.offset)?;
        }
        let mut lost = 0;
        for done in &self.0 {
            lost += done.again(&file, dice)?;
        }
        Ok(lost)
    }
}

impl Done {
    /// Does a step again, or a part of it, or nothing. 1 if something is lost.
    fn again(&self, file: &File, dice: &mut Dice) -> io::Result<u64> {
        let fate = dice.roll(4);
        let Some(written) = &self.written else {
            if fate == 0 {
                file.set_len(self.offset)?;
            }
            return Ok(u64::from(fate != 0));
        };
        let sectors = written.len().div_ceil(SECTOR_BYTES);
        let kept = match fate {
            0 => written.len(),
            1 => dice.roll(sectors) * SECTOR_BYTES,
            _ => 0,
        };
        let kept = written.get(..kept).unwrap_or(written);
        file.write_all_at(kept, self.offset)?;
        Ok(u64::from(kept.len() < written.len()))
    }
}

/// Numbers that depend on a seed only (`SplitMix64`, Steele et al. 2014).
pub(super) struct Dice(u64);

impl Dice {
    pub(super) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A number below `below`; 0 if that is 0.
    fn roll(&mut self, below: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^= mixed >> 31;
        usize::try_from(mixed % (below.max(1) as u64)).unwrap_or_default()
    }
}
