#![doc = include_str!("../README.md")]

mod aside;
mod error;
#[cfg(all(feature = "faults", unix))]
pub mod faults;
#[cfg(feature = "forensics")]
mod forensics;
mod key;
mod migrate;
mod open;
mod primitives;
mod provider;
mod wal;

pub use aside::set_aside;
pub use error::{OpenError, is_damaged, is_storage_full};
#[cfg(feature = "forensics")]
pub use forensics::dump_plaintext;
pub use key::{STORE_KEY_BYTES, StoreKey};
pub use migrate::{MigrateError, Migration, Step, migrate};
pub use open::{BUSY_TIMEOUT_MS, Durability, Options, open};
#[doc(hidden)]
pub use provider::{SqlcipherProvider, loive_cipher_provider};
pub use wal::fold_wal;
