//! Opening the phone.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64};
use std::sync::{Arc, Mutex, RwLock};

use loive_protocol::{Certificates, HotlineCard};

use crate::env::Env;
use crate::error::{PhoneError, Rejection};
use crate::phone::{Costs, Inner, Phone};
use crate::store::key::{KeyProvider, Pin, Root};
use crate::store::{self, OpenOutcome, Store, certificates, meta, project};

/// What a phone needs to open.
pub struct OpenRequest {
    /// A folder of the app's own, kept out of platform backups.
    pub dir: PathBuf,
    /// Which hotline: built into the app.
    pub card: HotlineCard,
    /// The platform's keystore.
    pub keys: Arc<dyn KeyProvider>,
    /// The PIN, if the store has one. A new store gets it.
    pub pin: Option<Pin>,
    /// Clock and randomness.
    pub env: Env,
    /// How much work it is to try a PIN or a receipt.
    pub costs: Costs,
    /// The platform says that the store was copied back from a backup.
    pub restored: bool,
}

impl OpenRequest {
    /// With the device's clock and randomness, real costs and no PIN.
    pub fn new(dir: impl Into<PathBuf>, card: HotlineCard, keys: Arc<dyn KeyProvider>) -> Self {
        Self {
            dir: dir.into(),
            card,
            keys,
            pin: None,
            env: Env::system(),
            costs: Costs::REAL,
            restored: false,
        }
    }
}

impl Phone {
    /// Opens the store in `request.dir`, or begins one. A damaged store is set
    /// aside, never deleted: look at [`Phone::outcome`].
    ///
    /// One process at a time; within it, clone the phone.
    ///
    /// # Errors
    /// [`PhoneError::Locked`] with a wrong key or PIN, or without one;
    /// [`PhoneError::Rejected`] if the store belongs to another hotline or a
    /// newer app, or the card is not genuine; [`PhoneError::StorageFull`].
    pub fn open(request: OpenRequest) -> Result<Self, PhoneError> {
        let card = request.card.verified().map_err(PhoneError::from)?;
        let root = Root::from_provider(request.keys.as_ref())?;
        let opened = store::open(&request.dir, &root, request.pin.as_ref(), request.costs.pin)?;
        let (certificates, last_signed) = prepare(&opened.store, &card, &request)?;
        let phone = Self(Arc::new(Inner {
            store: opened.store,
            env: request.env,
            root,
            recipe: Mutex::new(opened.recipe),
            costs: request.costs,
            outcome: opened.outcome,
            certificates: RwLock::new(certificates),
            last_signed: AtomicU64::new(last_signed),
            changed: Inner::new_changes(),
            reopenings: Mutex::new(Vec::new()),
            is_metered: AtomicBool::new(false),
            syncing: Arc::default(),
        }));
        phone.expire_drafts()?;
        Ok(phone)
    }

    /// Moves a store that nobody can open out of the way, because its PIN was
    /// forgotten or the keystore lost its key, so that [`Self::open`] begins a
    /// new one. Nothing is deleted; gives where it lies now.
    ///
    /// # Errors
    /// [`PhoneError::NotFound`] if there is no store.
    pub fn set_aside(dir: &Path) -> Result<PathBuf, PhoneError> {
        store::set_aside_folder(dir)
    }
}

/// Binds the store to its hotline, adds the card's certificates, and sees to it
/// that the actor is this installation's own.
fn prepare(
    store: &Store,
    card: &Certificates,
    request: &OpenRequest,
) -> Result<(Certificates, u64), PhoneError> {
    let identity = identity(store.path());
    store.write(|tx| {
        if !meta::bind_root(tx, card.root().as_bytes())? {
            return Err(PhoneError::rejected(Rejection::OtherHotline));
        }
        let mut all = certificates::load(tx, *card.root())?;
        for certificate in card.list() {
            if all.add(certificate)? {
                certificates::insert(tx, certificate)?;
            }
        }
        // Two lives of one actor would write different changes under one
        // number. A fresh actor costs nothing, so any doubt is enough.
        if meta::identity_changed(tx, &identity)? || request.restored {
            meta::renew_actor(tx, &request.env)?;
        }
        meta::observe(tx, &request.env)?;
        if meta::project_is_due(tx)? {
            project::project_all(tx)?;
        }
        Ok((all, meta::last_signed(tx)?))
    })
}

/// What tells this file from a copy of it, where the platform can say.
#[cfg(unix)]
fn identity(path: &Path) -> Vec<u8> {
    use std::os::unix::fs::MetadataExt as _;
    std::fs::metadata(path).map_or_else(
        |_| Vec::new(),
        |file| [file.dev().to_be_bytes(), file.ino().to_be_bytes()].concat(),
    )
}

/// Elsewhere only the platform's own word counts.
#[cfg(not(unix))]
fn identity(_: &Path) -> Vec<u8> {
    Vec::new()
}

impl OpenOutcome {
    /// Whether a damaged store was set aside.
    pub const fn is_set_aside(&self) -> bool {
        matches!(self, Self::SetAside { .. })
    }
}
