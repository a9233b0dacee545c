//! Disks that fail on command, for tests that simulate: the program is killed
//! between two storage steps, the power is cut, the disk is full.
//!
//! [`install`] puts a layer between SQLite and the platform's files and makes it
//! the process's default. Until then nothing here runs, and afterwards only files
//! in a folder under [`watch`] are looked at. Files that do not go through SQLite
//! go past it.

mod power;
mod vfs;

use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use power::{Before, Unsynced};

/// Puts the layer in. Call it before the first store is opened; again is nothing.
///
/// # Panics
/// If SQLite has no platform files to stand on.
pub fn install() {
    INSTALLED.get_or_init(vfs::register);
}

static INSTALLED: OnceLock<()> = OnceLock::new();

pub(crate) fn is_installed() -> bool {
    INSTALLED.get().is_some()
}

/// What the disk does with writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Mood {
    /// Takes them.
    #[default]
    Works,
    /// Has no room.
    Full,
    /// Fails them all, like a file system that went read-only.
    ReadOnly,
}

/// The disk under one folder. Stops being watched when it is dropped.
#[derive(Debug)]
pub struct Disk {
    folder: PathBuf,
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
    steps: u64,
    /// From this step on nothing reaches the files.
    dies_at: Option<u64>,
    is_dead: bool,
    mood: Mood,
    /// What would be lost if the power failed now; `None` unless it may fail.
    unsynced: Option<HashMap<PathBuf, Unsynced>>,
}

/// A storage step that a file is about to take.
enum StepOf<'a> {
    Write { offset: u64, bytes: &'a [u8] },
    Truncate { length: u64 },
    Sync,
    Delete,
}

/// What becomes of it.
enum Verdict {
    Take,
    Dead,
    Full,
    ReadOnly,
}

type Watched = HashMap<PathBuf, Arc<Mutex<State>>>;

fn watched() -> MutexGuard<'static, Watched> {
    static WATCHED: OnceLock<Mutex<Watched>> = OnceLock::new();
    lock(WATCHED.get_or_init(Mutex::default))
}

/// Watches the SQLite files that lie directly in `folder`, from the next opening
/// on.
pub fn watch(folder: &Path) -> Disk {
    let state = Arc::new(Mutex::new(State::default()));
    watched().insert(folder.to_owned(), Arc::clone(&state));
    Disk {
        folder: folder.to_owned(),
        state,
    }
}

impl Disk {
    /// Storage steps so far: writes, truncations, flushes and deletions.
    pub fn steps(&self) -> u64 {
        lock(&self.state).steps
    }

    /// Lets so many more steps through and none after them, as if the program
    /// was killed there.
    pub fn kill_after(&self, steps: u64) {
        let mut state = lock(&self.state);
        state.dies_at = Some(state.steps.saturating_add(steps));
        state.is_dead |= steps == 0;
    }

    /// Whether a step was refused because the program is dead.
    pub fn is_dead(&self) -> bool {
        lock(&self.state).is_dead
    }

    /// The program is started again, on whatever files are there now: what was
    /// written before counts as flushed. Close every connection first.
    pub fn revive(&self) {
        let mut state = lock(&self.state);
        state.dies_at = None;
        state.is_dead = false;
        if let Some(unsynced) = &mut state.unsynced {
            unsynced.clear();
        }
    }

    /// What the disk does with writes from now on.
    pub fn set_mood(&self, mood: Mood) {
        lock(&self.state).mood = mood;
    }

    /// What it does with writes now.
    pub fn mood(&self) -> Mood {
        lock(&self.state).mood
    }

    /// Notes from now on what is written and not flushed, so that
    /// [`Self::cut_power`] can take it back.
    pub fn power_may_fail(&self) {
        lock(&self.state).unsynced.get_or_insert_default();
    }

    /// The power fails: of what was written since each file's last flush, an
    /// arbitrary part is on the disk, chosen by `seed`. Kill first and close
    /// every connection. Gives how many writes were lost, whole or in part.
    ///
    /// # Errors
    /// What the real files said.
    pub fn cut_power(&self, seed: u64) -> io::Result<u64> {
        let mut state = lock(&self.state);
        let Some(unsynced) = &mut state.unsynced else {
            return Ok(0);
        };
        let mut files: Vec<_> = unsynced.drain().collect();
        files.sort_by(|(a, _), (b, _)| a.cmp(b));
        let mut dice = power::Dice::new(seed);
        let mut lost = 0;
        for (path, writes) in files {
            lost += writes.cut(&path, &mut dice)?;
        }
        Ok(lost)
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        watched().remove(&self.folder);
    }
}

/// The state of the folder in which a file lies, if it is watched.
fn state_of(path: &Path) -> Option<Arc<Mutex<State>>> {
    watched().get(path.parent()?).map(Arc::clone)
}

impl State {
    /// Judges a step before the real file takes it, and notes it. `look` gives
    /// what stands at an offset, so many bytes of it at most.
    fn judge(
        &mut self,
        path: &Path,
        step: &StepOf<'_>,
        look: impl FnOnce(u64, u64) -> Before,
    ) -> Verdict {
        if self.is_dead || self.dies_at.is_some_and(|at| self.steps >= at) {
            self.is_dead = true;
            return Verdict::Dead;
        }
        let grows = matches!(step, StepOf::Write { .. });
        match self.mood {
            Mood::Full if grows => return Verdict::Full,
            Mood::ReadOnly => return Verdict::ReadOnly,
            Mood::Works | Mood::Full => {}
        }
        self.steps += 1;
        if let Some(unsynced) = &mut self.unsynced {
            match step {
                StepOf::Write { offset, bytes } => {
                    let before = look(*offset, bytes.len() as u64);
                    let file = unsynced.entry(path.to_owned()).or_default();
                    file.note(*offset, Some(bytes), before);
                }
                StepOf::Truncate { length } => {
                    let before = look(*length, u64::MAX);
                    let file = unsynced.entry(path.to_owned()).or_default();
                    file.note(*length, None, before);
                }
                StepOf::Sync | StepOf::Delete => {
                    unsynced.remove(path);
                }
            }
        }
        Verdict::Take
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
