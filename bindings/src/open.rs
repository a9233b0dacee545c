//! Opening the phone.

use std::path::PathBuf;
use std::sync::Arc;

use loive_client::{Costs, Env, Pin};
use loive_protocol::HotlineCard;

use crate::error::PhoneError;
use crate::foreign::{AppClock, DeviceClock, KeyStore, Keys};
use crate::phone::Phone;
use crate::runtime::blocking;

/// What a phone needs to open.
#[derive(Clone, uniffi::Record)]
#[uniffi::export(Debug, Display)]
pub struct OpenRequest {
    /// A folder of the app's own, kept out of platform backups.
    pub dir: String,
    /// Which hotline: the text of its card, built into the app.
    pub card: String,
    /// The PIN, if the store has one. A new store gets it.
    #[uniffi(default = None)]
    pub pin: Option<String>,
    /// The platform says that the store was copied back from a backup.
    #[uniffi(default = false)]
    pub restored: bool,
}

/// What became of the store when it was opened.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Enum)]
pub enum OpenOutcome {
    /// A new, empty store was made.
    New,
    /// The store that was there.
    Opened,
    /// There was a store and its file is gone or empty, by no act of this app. A
    /// new one was begun: tell the person.
    Lost,
    /// The store that was there is damaged. It was moved to `path`, not deleted,
    /// and a new one was begun: tell the person.
    SetAside {
        /// Where it lies now.
        path: String,
    },
}

/// Opens the store in `request.dir`, or begins one. A damaged store is set aside,
/// never deleted: look at `outcome()`. One process at a time.
///
/// Without a `clock` the device's own is read.
#[uniffi::export(default(clock = None))]
pub async fn open_phone(
    request: OpenRequest,
    keys: Arc<dyn KeyStore>,
    clock: Option<Arc<dyn DeviceClock>>,
) -> Result<Arc<Phone>, PhoneError> {
    let phone = blocking(move || {
        loive_client::Phone::open(loive_client::OpenRequest {
            dir: request.dir.into(),
            card: HotlineCard::from_text(&request.card)?,
            keys: Arc::new(Keys(keys)),
            pin: request.pin.map(Pin::new),
            env: clock.map_or_else(Env::system, |it| Env::with_clock(Arc::new(AppClock(it)))),
            costs: Costs::REAL,
            restored: request.restored,
        })
    });
    Ok(Phone::new(phone.await?))
}

/// Moves a store that nobody can open out of the way, because its PIN was
/// forgotten or the keystore lost its key, so that opening begins a new one.
/// Nothing is deleted; gives where it lies now.
#[uniffi::export]
pub async fn set_aside(dir: String) -> Result<String, PhoneError> {
    let moved = blocking(move || loive_client::Phone::set_aside(&PathBuf::from(dir)));
    Ok(moved.await?.display().to_string())
}

impl From<&loive_client::OpenOutcome> for OpenOutcome {
    fn from(outcome: &loive_client::OpenOutcome) -> Self {
        use loive_client::OpenOutcome as Inner;
        match outcome {
            Inner::New => Self::New,
            Inner::Opened => Self::Opened,
            Inner::Lost => Self::Lost,
            Inner::SetAside { path } => Self::SetAside {
                path: path.display().to_string(),
            },
        }
    }
}
