//! What all worlds of a process share: the hotline's keys, empty stores to copy
//! from, and a runtime. Nothing of it changes while worlds run.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use loive_cipher::{StoreKey, faults};
use loive_client::{Costs, Env as PhoneEnv, ManualClock, MemoryKeys, OpenRequest, Phone};
use loive_protocol::{
    Certificate, CertificateBody, CertificateKind, Certificates, HotlineCard, ReceiptCost, RootKey,
    SealKeyPair, SignKey, SignedDeskRequest,
};
use loive_server::clock::Env;
use loive_server::desk::link::{DeskLink, Exchange, LinkError};
use loive_server::desk::{Desk, DeskConfig, Role, User};
use loive_server::keys::DeskKeys;
use loive_server::relay::{SqliteOptions, SqliteStore};
use rand::SeedableRng as _;
use rand::rngs::StdRng;
use tokio::runtime::Runtime;

use super::violation::Violation;

/// The day on which every world begins: 15 January 2027, in Unix seconds.
pub(super) const BEGIN_SECONDS: u64 = 1_800_000_000;
/// For ever, as far as a world is concerned.
const KEY_LIFE_SECONDS: u64 = 200 * 366 * 86_400;
const STORE_KEY: [u8; 32] = [0x5a; 32];
const PASSWORD: &str = "một mật khẩu chỉ để mô phỏng";
/// Where files are memory, on Linux.
const MEMORY_FOLDER: &str = "/dev/shm";

/// See the module.
pub struct Kit {
    folder: PathBuf,
    pub(super) runtime: Runtime,
    pub(super) card: HotlineCard,
    pub(super) certificates: Certificates,
    pub(super) seal: [SealKeyPair; 1],
    sign: SignKey,
    sign_certificate: Certificate,
    pub(super) seal_certificate: Certificate,
    pub(super) counsellor: User,
}

/// A kit could not be made.
pub type KitError = Box<dyn std::error::Error + Send + Sync>;

impl Kit {
    /// Makes one, in memory where the system has files in memory. `name` tells
    /// it from others at the same time.
    pub fn new(name: &str) -> Result<Self, KitError> {
        faults::install();
        let memory = Path::new(MEMORY_FOLDER);
        let base = if memory.is_dir() {
            memory.to_owned()
        } else {
            std::env::temp_dir()
        };
        let folder = base.join(format!("loive-simulate-{}-{name}", std::process::id()));
        fs::create_dir_all(&folder)?;
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build()?;

        let mut rng = StdRng::seed_from_u64(0);
        let root = RootKey::generate(&mut rng);
        let seal = SealKeyPair::generate(&mut rng);
        let sign = SignKey::generate(&mut rng);
        let certify = |kind, key| {
            let until = BEGIN_SECONDS + KEY_LIFE_SECONDS;
            root.certify(CertificateBody::new(kind, 1, key, 0, until))
        };
        let seal_certificate = certify(CertificateKind::Seal, seal.public());
        let sign_certificate = certify(CertificateKind::Sign, sign.public());
        let mut certificates = Certificates::new(root.public());
        certificates.add(&seal_certificate)?;
        certificates.add(&sign_certificate)?;
        let url = "https://relay.example".to_owned();
        let card = HotlineCard::new(root.public(), url, None, &certificates);
        let counsellor = User {
            name: "lan".to_owned(),
            display_name: "Chị Lan".to_owned(),
            role: Role::Administrator,
        };
        let kit = Self {
            folder,
            runtime,
            card,
            certificates,
            seal: [seal],
            sign,
            sign_certificate,
            seal_certificate,
            counsellor,
        };
        kit.make_templates()?;
        Ok(kit)
    }

    /// Opening a new store costs much more than copying one.
    fn make_templates(&self) -> Result<(), KitError> {
        let clock = ManualClock::at(BEGIN_SECONDS);
        let env = PhoneEnv::simulated(Arc::new(clock), 0);
        Phone::open(self.phone_request(self.template("phone"), env))?;

        let (env, _clock) = Env::manual(BEGIN_SECONDS);
        fs::create_dir_all(self.template("relay"))?;
        let relay = self.template("relay").join("relay.db");
        SqliteStore::open(&relay, &store_key(), SqliteOptions::default(), &env)?;

        fs::create_dir_all(self.template("desk"))?;
        let desk = self.open_desk(&self.template("desk"), env, Arc::new(NoRoad))?;
        let who = &self.counsellor;
        desk.add_user(&who.name, &who.display_name, who.role, PASSWORD)?;
        Ok(())
    }

    pub(super) fn template(&self, of: &str) -> PathBuf {
        self.folder.join(format!("template-{of}"))
    }

    /// A fresh folder for a world.
    pub(super) fn world_folder(&self) -> io::Result<PathBuf> {
        let folder = self.folder.join("world");
        if folder.exists() {
            fs::remove_dir_all(&folder)?;
        }
        fs::create_dir(&folder)?;
        Ok(folder)
    }

    pub(super) fn phone_request(&self, folder: PathBuf, env: PhoneEnv) -> OpenRequest {
        let keys = MemoryKeys::new(STORE_KEY);
        let mut request = OpenRequest::new(folder, self.card.clone(), keys);
        request.costs = Costs::CHEAP;
        request.env = env;
        request
    }

    pub(super) fn open_desk(
        &self,
        folder: &Path,
        env: Env,
        link: Arc<dyn DeskLink>,
    ) -> Result<Arc<Desk>, loive_server::desk::DeskOpenError> {
        let keys = DeskKeys {
            root: self.card.root,
            certificates: self.certificates.clone(),
            seal: self.seal.to_vec(),
            sign: self.sign.clone(),
            sign_certificate: self.sign_certificate.clone(),
            store: store_key(),
        };
        let config = DeskConfig {
            database: folder.join("desk.db"),
            keys,
            receipt_cost: ReceiptCost::CHEAP,
            env,
        };
        Desk::open(config, link)
    }
}

impl Drop for Kit {
    fn drop(&mut self) {
        // What cannot be removed from memory goes with the next start.
        let _ = fs::remove_dir_all(&self.folder);
    }
}

pub(super) fn store_key() -> StoreKey {
    StoreKey::from_bytes(STORE_KEY)
}

impl Kit {
    /// Lays an empty store of this kind into a folder, on a disk that fails on
    /// command.
    pub(super) fn furnish(
        &self,
        kind: &str,
        folder: &Path,
        power_fails: bool,
    ) -> Result<faults::Disk, Violation> {
        copy_store(&self.template(kind), folder).map_err(Violation::files)?;
        let disk = faults::watch(folder);
        if power_fails {
            disk.power_may_fail();
        }
        Ok(disk)
    }
}

/// Copies a store's files, whether somebody has them open or not: between two
/// acts nobody writes. A mark is never part of a backup.
pub(super) fn copy_store(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    copy_over(from, to, true)
}

/// The same into the files that are there: the system cannot tell that they are
/// others now.
pub(super) fn copy_in_place(from: &Path, to: &Path) -> io::Result<()> {
    copy_over(from, to, false)
}

fn copy_over(from: &Path, to: &Path, afresh: bool) -> io::Result<()> {
    for name in STORE_FILES {
        let target = to.join(name);
        let is_database = target.extension().is_some_and(|end| end == "db");
        if target.exists() && (afresh || !is_database) {
            fs::remove_file(&target)?;
        }
        // The index of a log is made again by whoever opens it.
        if from.join(name).exists() && !name.ends_with("-shm") {
            fs::copy(from.join(name), target)?;
        }
    }
    Ok(())
}

const STORE_FILES: [&str; 10] = [
    "phone.db",
    "phone.db-wal",
    "phone.db-shm",
    "phone.db.meta",
    "relay.db",
    "relay.db-wal",
    "relay.db-shm",
    "desk.db",
    "desk.db-wal",
    "desk.db-shm",
];

struct NoRoad;

impl DeskLink for NoRoad {
    fn exchange(&self, _: SignedDeskRequest) -> Exchange<'_> {
        Box::pin(async { Err(LinkError::Offline) })
    }
}
