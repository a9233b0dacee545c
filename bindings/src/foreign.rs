//! What the platform does for the engine: keep a key, tell the time, listen.
//!
//! Each of these is called on a thread of the library, with no lock held, and
//! may take its time. Whatever it throws becomes a [`CallbackError`] without the
//! words of the exception, which could hold anything.

use std::sync::Arc;

use loive_client::{Clock, KEY_BYTES, KeyProvider, KeyUnavailable};
use loive_protocol::ReportId;
use zeroize::{Zeroize as _, Zeroizing};

use crate::sync::SyncSummary;

/// What the app's own code answers when it cannot do what it was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error, uniffi::Error)]
pub enum CallbackError {
    /// Not now, for example because the phone was not unlocked since it started.
    #[error("not available now")]
    Unavailable,
    /// It threw something else.
    #[error("the app's own code failed")]
    Failed,
}

impl From<uniffi::UnexpectedUniFFICallbackError> for CallbackError {
    /// Its reason carries a stack trace of the app: it ends here.
    fn from(_: uniffi::UnexpectedUniFFICallbackError) -> Self {
        Self::Failed
    }
}

/// The platform's keystore: it keeps 32 random bytes where no backup and no other
/// app reaches them.
#[uniffi::export(foreign)]
pub trait KeyStore: Send + Sync {
    /// The 32 bytes. The same at every call, or an error.
    fn key(&self) -> Result<Vec<u8>, CallbackError>;
}

/// Another clock than the device's. For tests and for training.
#[uniffi::export(foreign)]
pub trait DeviceClock: Send + Sync {
    /// Seconds since 1970.
    fn unix_seconds(&self) -> Result<u64, CallbackError>;
}

/// Told when something of a report changed: a state, a message, an answer.
#[uniffi::export(foreign)]
pub trait ReportListener: Send + Sync {
    /// Something of this report changed, or it is gone. `None`: so much changed
    /// at once that some was missed, so read the list again.
    fn changed(&self, report: Option<ReportId>) -> Result<(), CallbackError>;
}

/// Told how each sync in the background ended.
#[uniffi::export(foreign)]
pub trait SyncListener: Send + Sync {
    /// One ended.
    fn ended(&self, summary: SyncSummary) -> Result<(), CallbackError>;
}

/// The platform's keystore as the engine asks for it.
pub(crate) struct Keys(pub(crate) Arc<dyn KeyStore>);

impl KeyProvider for Keys {
    fn key(&self) -> Result<Zeroizing<[u8; KEY_BYTES]>, KeyUnavailable> {
        let mut bytes = self.0.key().map_err(|_| KeyUnavailable)?;
        let key = <[u8; KEY_BYTES]>::try_from(bytes.as_slice());
        bytes.zeroize();
        key.map(Zeroizing::new).map_err(|_| KeyUnavailable)
    }
}

/// The app's clock as the engine asks for it.
pub(crate) struct AppClock(pub(crate) Arc<dyn DeviceClock>);

impl Clock for AppClock {
    /// A clock that fails says 1970: the engine then goes by what it knows
    /// besides, the time of its release and of the hotline's last signature.
    fn unix_seconds(&self) -> u64 {
        self.0.unix_seconds().unwrap_or(0)
    }
}
