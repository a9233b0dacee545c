//! The data folder: keys, the card, and where the databases lie.
//!
//! ```text
//! hotline.toml            the configuration
//! hotline.card            no secret: what an app must be given to know this hotline
//! root.key                signs all other keys; to be moved offline after `init`
//! keys/seal-0001.key      opens reports; one file for each key of the rotation
//! keys/sign-0001.key      signs answers and the desk's requests to the relay
//! keys/store-relay.key    encrypts relay.db
//! keys/store-desk.key     encrypts desk.db
//! relay.db, relay.mark    the relay's log, and how it notices a restore
//! desk.db                 reports, cases, users
//! ```
//!
//! A relay on its own needs `hotline.card` and `keys/store-relay.key` and must
//! be given no more.

mod file;
mod folder;
mod pin;
mod rotate;

pub use file::{KeyFileError, KeyKind};
pub use folder::{DeskKeys, Folder, FolderError, NewFolder};
pub use pin::pin_relay;
pub use rotate::{Rotated, Rotation, destroy_expired};

/// How long a new seal or sign key is preferred: five years. Phones go by the
/// serial first and treat time as advice, so this never blocks a report.
const KEY_LIFE_SECONDS: u64 = 5 * 366 * 86_400;
