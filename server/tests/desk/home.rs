//! A hotline in a box.

use std::path::PathBuf;
use std::sync::Arc;

use loive_cipher::StoreKey;
use loive_documents::Answers;
use loive_protocol::{
    Certificate, CertificateBody, CertificateKind, Certificates, ReceiptCost, ReportId, RootKey,
    SealKeyPair, SignKey,
};
use loive_server::Env;
use loive_server::clock::ManualClock;
use loive_server::desk::link::DeskLink;
use loive_server::desk::{
    Desk, DeskConfig, QueueFilter, QueuePage, QueueRow, ReportPage, Role, TimelineWhat, User,
};
use loive_server::keys::DeskKeys;
use tempfile::TempDir;

use crate::phone::{Phone, answers};
use crate::relay::Relay;

pub(crate) const START: u64 = 1_795_000_000;
const YEAR_SECONDS: u64 = 31_536_000;

pub(crate) struct Home {
    pub(crate) env: Env,
    pub(crate) clock: ManualClock,
    pub(crate) relay: Relay,
    pub(crate) root: RootKey,
    pub(crate) seal: Vec<SealKeyPair>,
    pub(crate) certificates: Certificates,
    sign: SignKey,
    sign_certificate: Certificate,
    folder: TempDir,
}

impl Home {
    pub(crate) fn new() -> Self {
        let (env, clock) = Env::manual(START);
        let root = RootKey::generate(&mut env.rng());
        let seal = SealKeyPair::generate(&mut env.rng());
        let sign = SignKey::generate(&mut env.rng());
        let mut certificates = Certificates::new(root.public());
        let certify = |kind, key| {
            root.certify(CertificateBody::new(
                kind,
                1,
                key,
                START,
                START + YEAR_SECONDS,
            ))
        };
        let sign_certificate = certify(CertificateKind::Sign, sign.public());
        certificates.add(&sign_certificate).unwrap();
        certificates
            .add(&certify(CertificateKind::Seal, seal.public()))
            .unwrap();
        Self {
            relay: Relay::new(root.public(), env.clone()),
            folder: tempfile::tempdir().unwrap(),
            seal: vec![seal],
            env,
            clock,
            root,
            certificates,
            sign,
            sign_certificate,
        }
    }

    pub(crate) fn database(&self) -> PathBuf {
        self.folder.path().join("desk.db")
    }

    pub(crate) fn store_key() -> StoreKey {
        StoreKey::from_bytes([9; 32])
    }

    pub(crate) fn config(&self, database: PathBuf) -> DeskConfig {
        DeskConfig {
            database,
            keys: DeskKeys {
                root: self.root.public(),
                certificates: self.certificates.clone(),
                seal: self.seal.clone(),
                sign: self.sign.clone(),
                sign_certificate: self.sign_certificate.clone(),
                store: Self::store_key(),
            },
            receipt_cost: ReceiptCost::CHEAP,
            env: self.env.clone(),
        }
    }

    pub(crate) fn desk(&self) -> Arc<Desk> {
        self.desk_at("desk.db")
    }

    pub(crate) fn desk_at(&self, name: &str) -> Arc<Desk> {
        let link: Arc<dyn DeskLink> = Arc::new(self.relay.clone());
        Desk::open(self.config(self.folder.path().join(name)), link).unwrap()
    }

    /// Copies the closed store under another name, as a backup does.
    pub(crate) fn back_up(&self, name: &str) {
        std::fs::copy(self.database(), self.folder.path().join(name)).unwrap();
    }

    pub(crate) fn phone(&self, words: &str) -> Phone {
        self.phone_with(&answers("no", words))
    }

    pub(crate) fn phone_with(&self, answers: &Answers) -> Phone {
        Phone::new(&self.env, &self.certificates, answers)
    }
}

/// Lan, who takes calls.
pub(crate) fn lan(desk: &Desk) -> User {
    person(desk, "lan", "Nguyễn Thị Lan", Role::Counsellor)
}

/// Minh, who sits beside her.
pub(crate) fn minh(desk: &Desk) -> User {
    person(desk, "minh", "Trần Minh", Role::Counsellor)
}

/// Hoa, who runs the place.
pub(crate) fn hoa(desk: &Desk) -> User {
    person(desk, "hoa", "Lê Hoa", Role::Administrator)
}

fn person(desk: &Desk, name: &str, display: &str, role: Role) -> User {
    let known = desk
        .users()
        .unwrap()
        .into_iter()
        .find(|user| user.name == name);
    known.unwrap_or_else(|| {
        desk.add_user(name, display, role, "một mật khẩu dài")
            .unwrap()
    })
}

pub(crate) fn queue(desk: &Desk, who: &User) -> QueuePage {
    desk.queue(who, QueueFilter::All, 0, 500).unwrap()
}

pub(crate) fn row(desk: &Desk, who: &User, id: &ReportId) -> QueueRow {
    let mut rows = queue(desk, who)
        .rows
        .into_iter()
        .filter(|row| row.report == *id);
    let row = rows.next().unwrap();
    assert!(rows.next().is_none(), "a report stands once in the queue");
    row
}

pub(crate) fn page(desk: &Desk, who: &User, id: &ReportId) -> ReportPage {
    desk.report(who, id).unwrap().unwrap()
}

/// The talk on a page: `<` from the reporter, `>` from the hotline.
pub(crate) fn talk(page: &ReportPage) -> Vec<String> {
    let line = |what: &TimelineWhat| match what {
        TimelineWhat::FromReporter(text) => Some(format!("< {text}")),
        TimelineWhat::FromHotline(who, text) => Some(format!("> {who}: {text}")),
        _ => None,
    };
    page.timeline
        .iter()
        .filter_map(|entry| line(&entry.what))
        .collect()
}
