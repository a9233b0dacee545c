//! Going to the background and coming back.

use crate::error::PhoneError;
use crate::phone::Phone;

impl Phone {
    /// Closes the store's file, with everything in it. iOS ends an app that is
    /// suspended while it holds a lock on a file. Until [`Phone::resume`] every
    /// other verb fails.
    pub fn suspend(&self) -> Result<(), PhoneError> {
        self.0.store.suspend()
    }

    /// Opens the store again with the key that opened it before: the PIN is not
    /// asked for. An app that wants it asked drops the phone instead.
    pub fn resume(&self) -> Result<(), PhoneError> {
        self.0.store.resume()
    }
}
