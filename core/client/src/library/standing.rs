//! Where the library stands, and what a person may decide about it.

use std::sync::atomic::Ordering;

use crate::error::PhoneError;
use crate::phone::Phone;
use crate::store::library as rows;
use crate::store::recordings;

/// Where the library stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LibraryStanding {
    /// The number of the release that is shown; `None`: there is none yet.
    pub release: Option<u32>,
    /// When it was published, in Unix seconds by the hotline's clock.
    pub released_at: Option<u64>,
    /// Days since then, by the time that this phone goes by. Shown, never a
    /// reason to refuse.
    pub age_days: Option<u64>,
    /// Documents in it.
    pub items: u32,
    /// Languages in it, by code.
    pub languages: Vec<String>,
    /// A later release of so many bytes waits for leave, because this is mobile
    /// data: see [`Phone::allow_library`].
    pub waiting_bytes: Option<u32>,
    /// Recordings of so many bytes wait for leave, because this is mobile data: see
    /// [`Phone::allow_library`]. A release that waits goes first.
    pub waiting_recording_bytes: Option<u64>,
    /// The latest release that was fetched was not what it says. The one before
    /// is shown.
    pub is_refused: bool,
    /// Bytes fetched for the library since the store was made.
    pub bytes_fetched: u64,
    /// Releases up to this size are fetched over mobile data without asking, in
    /// bytes.
    pub unasked_bytes: u32,
}

/// What became of a release in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taken {
    /// It is shown from now on.
    Shown {
        /// Its number.
        release: u32,
    },
    /// This phone has it, or a later one.
    Known {
        /// Its number.
        release: u32,
    },
}

const DAY_SECONDS: u64 = 86_400;

impl Phone {
    /// Where the library stands.
    pub fn library(&self) -> Result<LibraryStanding, PhoneError> {
        let (state, waiting_recordings) = self.0.store.read(|connection| {
            let state = rows::state(connection)?;
            let waiting = self.0.waiting_recordings(connection, &state)?;
            Ok((state, waiting))
        })?;
        let manifest = state
            .manifest
            .as_ref()
            .and_then(|signed| signed.verify(self.0.certificates().root()).ok());
        let released_at = manifest.as_ref().map(|manifest| manifest.released_at);
        Ok(LibraryStanding {
            release: (state.release > 0).then_some(state.release),
            released_at,
            age_days: released_at.map(|at| self.now().saturating_sub(at) / DAY_SECONDS),
            items: manifest.as_ref().map_or(0, |manifest| manifest.items),
            waiting_bytes: self.0.waiting_bytes(&state).map(|(_, bytes)| bytes),
            waiting_recording_bytes: waiting_recordings,
            is_refused: state.refused > state.release,
            languages: manifest.map(|it| it.languages).unwrap_or_default(),
            bytes_fetched: state.bytes_fetched,
            unasked_bytes: state.unasked_bytes,
        })
    }

    /// Tells whether the network costs the person money by the byte. The platform
    /// knows; without its word it does not.
    pub fn set_metered(&self, is_metered: bool) {
        self.0.is_metered.store(is_metered, Ordering::Relaxed);
    }

    /// Lets the next sync ask for a new release, however short the last time is
    /// past.
    pub fn look_for_library(&self) -> Result<(), PhoneError> {
        self.0.store.write(|tx| {
            recordings::set_missed(tx, None)?;
            rows::set_asked(tx, None)
        })
    }

    /// Releases up to this size are fetched over mobile data without asking.
    pub fn set_library_unasked_bytes(&self, bytes: u32) -> Result<(), PhoneError> {
        self.0.store.write(|tx| rows::set_unasked_bytes(tx, bytes))
    }

    /// What waits, the release or else the recordings of the one that is shown, may
    /// be fetched over mobile data, with the next sync.
    pub fn allow_library(&self) -> Result<(), PhoneError> {
        self.0.store.write(|tx| {
            let state = rows::state(tx)?;
            match self.0.waiting_bytes(&state) {
                Some((release, _)) => rows::allow(tx, release),
                None if self.0.waiting_recordings(tx, &state)?.is_some() => {
                    recordings::allow(tx, state.release)
                }
                None => Ok(()),
            }
        })
    }
}
