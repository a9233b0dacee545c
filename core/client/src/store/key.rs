//! Where the store's key comes from: the platform's keystore and, with a PIN,
//! Argon2id over both.

use std::fmt;
use std::sync::Arc;

use argon2::{Algorithm, Argon2, Params, Version};
use loive_cipher::StoreKey;
use sha2::{Digest, Sha256};
use zeroize::{Zeroize, Zeroizing};

use crate::error::{Lock, PhoneError, Problem};
use crate::limits::{PIN_MAX_CHARS, PIN_MIN_CHARS};

/// Length of the key that a platform keystore keeps, in bytes.
pub const KEY_BYTES: usize = 32;
/// The most memory that a store's header may ask for, in KiB. A header that
/// asks for more was not written by us.
const MEMORY_MAX_KIB: u32 = 1 << 20;
/// The most passes that a header may ask for.
const PASSES_MAX_COUNT: u32 = 64;

/// The platform keystore did not hand out its key, for example because the
/// phone was not unlocked since it started.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the platform's keystore gave no key")]
pub struct KeyUnavailable;

/// The platform's keystore: it keeps 32 random bytes where no backup and no
/// other app reaches them.
pub trait KeyProvider: Send + Sync {
    /// The key. The same bytes at every call, or nothing.
    fn key(&self) -> Result<Zeroizing<[u8; KEY_BYTES]>, KeyUnavailable>;
}

/// A key in memory: for tests and simulated phones, which have no keystore.
pub struct MemoryKeys(Zeroizing<[u8; KEY_BYTES]>);

impl MemoryKeys {
    /// A keystore that always gives this key.
    pub fn new(key: [u8; KEY_BYTES]) -> Arc<Self> {
        Arc::new(Self(Zeroizing::new(key)))
    }
}

impl KeyProvider for MemoryKeys {
    fn key(&self) -> Result<Zeroizing<[u8; KEY_BYTES]>, KeyUnavailable> {
        Ok(self.0.clone())
    }
}

/// A PIN as it was typed. Wiped from memory when dropped, never shown.
#[derive(Clone)]
pub struct Pin(Zeroizing<String>);

impl Pin {
    /// From what somebody typed.
    pub fn new(typed: impl Into<String>) -> Self {
        Self(Zeroizing::new(typed.into()))
    }

    /// Whether it may become the PIN of a store.
    pub(crate) fn check(&self) -> Result<(), PhoneError> {
        let found = self.0.chars().count();
        let reason = if found < PIN_MIN_CHARS {
            Problem::TooShort {
                limit: PIN_MIN_CHARS,
                found,
            }
        } else if found > PIN_MAX_CHARS {
            Problem::TooLong {
                limit: PIN_MAX_CHARS,
                found,
            }
        } else {
            return Ok(());
        };
        Err(PhoneError::invalid("pin", reason))
    }
}

impl fmt::Debug for Pin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pin(secret)")
    }
}

/// How much work it is to try one PIN: the only brake on whoever has the phone
/// and its keystore.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PinCost {
    /// Memory, in KiB.
    pub memory_kib: u32,
    /// Passes over it.
    pub passes: u32,
}

impl PinCost {
    /// What phones use: 64 MiB, three passes.
    pub const REAL: Self = Self {
        memory_kib: 65_536,
        passes: 3,
    };
    /// For tests and fleets of simulated phones only: no protection at all.
    pub const CHEAP: Self = Self {
        memory_kib: 8,
        passes: 1,
    };

    pub(crate) fn is_sane(self) -> bool {
        (8..=MEMORY_MAX_KIB).contains(&self.memory_kib)
            && (1..=PASSES_MAX_COUNT).contains(&self.passes)
    }
}

/// How the key of a store is made of the keystore's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Recipe {
    /// The keystore's bytes as they are.
    Plain,
    /// Argon2id over the PIN, with the keystore's bytes as its secret.
    Pin(PinCost),
}

/// The keystore's bytes, from which every key of this store is made.
pub(crate) struct Root(Zeroizing<[u8; KEY_BYTES]>);

impl Root {
    pub(crate) fn from_provider(keys: &dyn KeyProvider) -> Result<Self, PhoneError> {
        let key = keys.key().map_err(|_| PhoneError::locked(Lock::NoKey))?;
        Ok(Self(key))
    }

    /// The store's key; `None` if the recipe needs a PIN and there is none.
    pub(crate) fn store_key(&self, recipe: Recipe, pin: Option<&Pin>) -> Option<StoreKey> {
        match (recipe, pin) {
            (Recipe::Plain, _) => Some(StoreKey::from_bytes(*self.0)),
            (Recipe::Pin(cost), Some(pin)) => self.stretch(pin, cost),
            (Recipe::Pin(_), None) => None,
        }
    }

    fn stretch(&self, pin: &Pin, cost: PinCost) -> Option<StoreKey> {
        // The salt is derived, so that a lost header does not cost the store.
        // It differs from phone to phone as the keystore's bytes do.
        let salt = Zeroizing::new(hash("loive/1 pin salt", &[self.0.as_slice()]));
        let params = Params::new(cost.memory_kib, cost.passes, 1, Some(KEY_BYTES)).ok()?;
        let argon = Argon2::new_with_secret(
            self.0.as_slice(),
            Algorithm::Argon2id,
            Version::V0x13,
            params,
        )
        .ok()?;
        let mut key = [0_u8; KEY_BYTES];
        argon
            .hash_password_into(pin.0.as_bytes(), salt.as_slice(), &mut key)
            .ok()?;
        let stretched = StoreKey::from_bytes(key);
        key.zeroize();
        Some(stretched)
    }
}

/// A value by which a key is recognised without opening the store: it tells a
/// wrong key from a damaged file. Of no use without the keystore's bytes, and
/// trying PINs against it costs the same as against the store itself.
pub(crate) fn check_value(key: &StoreKey) -> [u8; 16] {
    let full = hash("loive/1 store key check", &[key.as_bytes()]);
    let mut check = [0; 16];
    for (to, from) in check.iter_mut().zip(full) {
        *to = from;
    }
    check
}

pub(crate) fn hash(label: &str, parts: &[&[u8]]) -> [u8; 32] {
    let mut hasher = Sha256::new();
    hasher.update(label.as_bytes());
    for part in parts {
        hasher.update(part);
    }
    hasher.finalize().into()
}
