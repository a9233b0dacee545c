//! A release as a file: out of the app itself, or from another phone.

use loive_protocol::{Bundle, BundleItem, PackError, ReleaseFile, Wire as _};

use super::install::{Unfit, install};
use super::standing::Taken;
use crate::error::{PhoneError, Rejection};
use crate::phone::Phone;
use crate::store::library as rows;

impl Phone {
    /// Takes the library out of a file: the one that ships with the app, or one
    /// that another phone made with [`Self::library_file`]. Needs no network.
    ///
    /// # Errors
    /// [`PhoneError::Rejected`] if the hotline did not publish it, or it is older
    /// than one that this phone has seen. What was shown is shown still.
    pub fn take_library_file(&self, bytes: &[u8]) -> Result<Taken, PhoneError> {
        let file = ReleaseFile::from_bytes(bytes)
            .map_err(|_| PhoneError::rejected(Rejection::NotUnderstood))?;
        let state = self.0.store.read(rows::state)?;
        let manifest = self
            .0
            .verified(&state, &file.manifest)
            .map_err(PhoneError::rejected)?;
        let release = manifest.release;
        if release <= state.release {
            return Ok(Taken::Known { release });
        }
        self.0.store.write(|tx| {
            install(tx, &file.manifest, &manifest, 0, &file.pack).map_err(|unfit| match unfit {
                Unfit::Store(error) => error,
                Unfit::Bytes | Unfit::Stored => PhoneError::rejected(Rejection::NotOurRelease),
            })
        })?;
        Ok(Taken::Shown { release })
    }

    /// The library that is shown, as a file for another phone.
    ///
    /// # Errors
    /// [`PhoneError::NotFound`] if there is none yet.
    pub fn library_file(&self) -> Result<Vec<u8>, PhoneError> {
        let now = self.now();
        self.0.store.read(|connection| {
            let state = rows::state(connection)?;
            let manifest = state.manifest.ok_or(PhoneError::NotFound)?;
            let mut items = Vec::new();
            for id in rows::ids(connection)? {
                let changes = rows::changes(connection, &id)?;
                items.push(BundleItem {
                    id,
                    changes: changes.into_iter().map(Into::into).collect(),
                });
            }
            let packed = Bundle::new(items).pack(0).map_err(|error| match error {
                PackError::TooLarge | PackError::Content(_) => PhoneError::internal("pack"),
            })?;
            Ok(ReleaseFile::new(now, manifest, packed.bytes.into()).to_bytes())
        })
    }
}
