//! Making a data folder and reading what a role needs from it.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use loive_cipher::StoreKey;
use loive_protocol::{
    CardError, Certificate, CertificateBody, CertificateKind, Certificates, HotlineCard, PublicKey,
    PublishKey, RootKey, SealKeyPair, SignKey,
};
use zeroize::Zeroizing;

use super::KEY_LIFE_SECONDS;
use super::file::{self, KeyFile, KeyFileError, KeyKind};
use crate::clock::Env;
use crate::config::{CONFIG_FILE, Config};
use crate::tls::{self, TlsError};

/// Seal keys that may be held at once: those of the rotation's grace.
const SEAL_KEYS_MAX_COUNT: usize = 32;

/// A data folder.
#[derive(Debug, Clone)]
pub struct Folder(PathBuf);

/// What `hotline init` is told.
#[derive(Debug, Clone)]
pub struct NewFolder {
    /// Where phones will reach the relay.
    pub relay_url: String,
}

/// What the desk holds.
pub struct DeskKeys {
    /// The root's public half.
    pub root: PublicKey,
    /// All certificates of the card.
    pub certificates: Certificates,
    /// Every private half that opens reports, the newest first.
    pub seal: Vec<SealKeyPair>,
    /// Signs answers and requests.
    pub sign: SignKey,
    /// The root's word on it.
    pub sign_certificate: Certificate,
    /// Encrypts `desk.db`.
    pub store: StoreKey,
}

/// Why a data folder was not made or read.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    /// A key file.
    #[error(transparent)]
    Key(#[from] KeyFileError),
    /// The card.
    #[error("{path}: {source}")]
    Card {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: CardError,
    },
    /// The hotline's own authority.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// There is no private half that opens reports.
    #[error("{0} holds no seal-….key: without one no report can be opened")]
    NoSealKey(PathBuf),
    /// The desk's key and the card do not fit together.
    #[error("{0} has no certificate for the key in keys/: are card and keys of the same hotline?")]
    NotCertified(PathBuf),
    /// There is no key to sign releases with, or the card does not know it.
    #[error(
        "{0} holds no publish-0001.key that hotline.card knows: run `hotline library key`, which \
         needs the root key"
    )]
    NoPublishKey(PathBuf),
    /// The root key is not the card's.
    #[error("this root key is not the one of {0}")]
    OtherRoot(PathBuf),
    /// More certificates than a card holds.
    #[error("the card is full; rotate keys less often or destroy old ones")]
    TooManyCertificates,
    /// More keys than can be held.
    #[error("more than {SEAL_KEYS_MAX_COUNT} seal keys lie in keys/; move old ones away")]
    TooManySealKeys,
}

impl Folder {
    /// A folder that may not exist yet.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self(path.into())
    }

    /// The folder.
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// `relay.db`
    pub fn relay_db(&self) -> PathBuf {
        self.0.join("relay.db")
    }

    /// `desk.db`
    pub fn desk_db(&self) -> PathBuf {
        self.0.join("desk.db")
    }

    /// `hotline.card`
    pub fn card_path(&self) -> PathBuf {
        self.0.join("hotline.card")
    }

    /// `root.key`
    pub fn root_path(&self) -> PathBuf {
        self.0.join("root.key")
    }

    pub(super) fn keys(&self) -> PathBuf {
        self.0.join("keys")
    }

    pub(super) fn seal_path(&self, serial: u32) -> PathBuf {
        self.keys().join(format!("seal-{serial:04}.key"))
    }

    fn sign_path(&self) -> PathBuf {
        self.keys().join("sign-0001.key")
    }

    fn publish_path(&self) -> PathBuf {
        self.keys().join("publish-0001.key")
    }

    fn store_path(&self, of: &str) -> PathBuf {
        self.keys().join(format!("store-{of}.key"))
    }

    /// Makes the keys, the card and the configuration of a new hotline. Whatever
    /// exists already stops it before anything is written.
    pub fn init(&self, new: &NewFolder, env: &Env) -> Result<(), FolderError> {
        let planned = [
            self.root_path(),
            self.keys(),
            self.card_path(),
            self.0.join(CONFIG_FILE),
            self.relay_db(),
            self.desk_db(),
        ];
        for path in planned {
            if path.symlink_metadata().is_ok() {
                return Err(KeyFileError::Exists { path }.into());
            }
        }
        make_private_folder(&self.0)?;
        make_private_folder(&self.keys())?;

        let mut rng = env.rng();
        let root = RootKey::generate(&mut rng);
        let seal = SealKeyPair::generate(&mut rng);
        let sign = SignKey::generate(&mut rng);
        let publish = PublishKey::generate(&mut rng);
        KeyFile::new(KeyKind::Root, 0, root.to_bytes()).create(&self.root_path())?;
        KeyFile::new(KeyKind::Seal, 1, seal.to_bytes()).create(&self.seal_path(1))?;
        KeyFile::new(KeyKind::Sign, 1, sign.to_bytes()).create(&self.sign_path())?;
        KeyFile::new(KeyKind::Publish, 1, publish.to_bytes()).create(&self.publish_path())?;
        for of in ["relay", "desk"] {
            let secret = Zeroizing::new(env.random());
            KeyFile::new(KeyKind::Store, 0, secret).create(&self.store_path(of))?;
        }

        let now = env.now();
        let mut certificates = Certificates::new(root.public());
        let keys = [
            (CertificateKind::Seal, seal.public()),
            (CertificateKind::Sign, sign.public()),
            (CertificateKind::Publish, publish.public()),
        ];
        for (kind, key) in keys {
            let body = CertificateBody::new(kind, 1, key, now, now + KEY_LIFE_SECONDS);
            certificates
                .add(&root.certify(body))
                .expect("the root has just signed the first certificates");
        }
        let card = HotlineCard::new(root.public(), new.relay_url.clone(), None, &certificates);
        self.write_card(&card)?;
        let config = Config::template(&[("relay.public_url", &new.relay_url)]);
        file::create_private(&self.0.join(CONFIG_FILE), config.as_bytes())?;
        Ok(())
    }

    /// The card, its certificates checked.
    pub fn card(&self) -> Result<HotlineCard, FolderError> {
        let path = self.card_path();
        let text = fs::read_to_string(&path).map_err(|source| io_error(&path, source))?;
        HotlineCard::from_text(&text).map_err(|source| FolderError::Card { path, source })
    }

    /// Writes the card again with the relay's address and authority of the
    /// configuration.
    pub fn refresh_card(&self, config: &Config) -> Result<HotlineCard, FolderError> {
        let card = self.card()?;
        let ca = config
            .path(&config.relay.own_ca)
            .map(|path| tls::read_certificates(&path))
            .transpose()?
            .and_then(|certificates| certificates.into_iter().next())
            .map(|certificate| certificate.to_vec());
        let certificates = self.certificates(&card)?;
        let url = config.relay.public_url.clone();
        let card = HotlineCard::new(card.root, url, ca, &certificates);
        self.write_card(&card)?;
        Ok(card)
    }

    pub(super) fn certificates(&self, card: &HotlineCard) -> Result<Certificates, FolderError> {
        card.verified().map_err(|source| FolderError::Card {
            path: self.card_path(),
            source,
        })
    }

    /// Writes the card again with other certificates.
    pub(super) fn rewrite_card(
        &self,
        card: HotlineCard,
        certificates: &Certificates,
    ) -> Result<(), FolderError> {
        let ca = card.ca_der.map(|der| der.to_vec());
        self.write_card(&HotlineCard::new(
            card.root,
            card.relay_url,
            ca,
            certificates,
        ))
    }

    fn write_card(&self, card: &HotlineCard) -> Result<(), FolderError> {
        let text = format!("{}\n", card.to_text());
        Ok(file::replace(&self.card_path(), text.as_bytes(), false)?)
    }

    /// The key of `relay.db`.
    pub fn relay_store_key(&self) -> Result<StoreKey, FolderError> {
        self.store_key("relay")
    }

    fn store_key(&self, of: &str) -> Result<StoreKey, FolderError> {
        let key = KeyFile::read(KeyKind::Store, &self.store_path(of))?;
        Ok(StoreKey::from_bytes(*key.secret))
    }

    /// The root key, from this folder or from where it was moved to.
    pub fn root_key(&self, elsewhere: Option<&Path>) -> Result<RootKey, FolderError> {
        let here = self.root_path();
        let key = KeyFile::read(KeyKind::Root, elsewhere.unwrap_or(&here))?;
        let root = RootKey::from_bytes(*key.secret);
        if root.public() != self.card()?.root {
            return Err(FolderError::OtherRoot(self.card_path()));
        }
        Ok(root)
    }

    /// What the desk needs.
    pub fn desk_keys(&self) -> Result<DeskKeys, FolderError> {
        let card = self.card()?;
        let certificates = self.certificates(&card)?;
        let seal: Vec<SealKeyPair> = self
            .seal_files()?
            .iter()
            .map(|(_, key)| SealKeyPair::from_bytes(*key.secret))
            .collect();
        if seal.is_empty() {
            return Err(FolderError::NoSealKey(self.keys()));
        }
        let sign = KeyFile::read(KeyKind::Sign, &self.sign_path())?;
        let sign = SignKey::from_bytes(*sign.secret);
        let sign_certificate = certificates
            .find(CertificateKind::Sign, &sign.key_id())
            .cloned()
            .ok_or_else(|| FolderError::NotCertified(self.card_path()))?;
        let store = self.store_key("desk")?;
        Ok(DeskKeys {
            root: card.root,
            certificates,
            seal,
            sign,
            sign_certificate,
            store,
        })
    }

    /// The key that signs releases of the library, from this folder or from
    /// where it was moved to, and the root's word on it.
    pub fn publishing(
        &self,
        elsewhere: Option<&Path>,
    ) -> Result<(PublishKey, Certificate), FolderError> {
        let here = self.publish_path();
        let missing = || FolderError::NoPublishKey(self.keys());
        let path = elsewhere.unwrap_or(&here);
        if elsewhere.is_none() && !here.exists() {
            return Err(missing());
        }
        let key = PublishKey::from_bytes(*KeyFile::read(KeyKind::Publish, path)?.secret);
        let certificates = self.certificates(&self.card()?)?;
        let id = CertificateKind::Publish.key_id(&key.public());
        let certificate = certificates
            .find(CertificateKind::Publish, &id)
            .cloned()
            .ok_or_else(missing)?;
        Ok((key, certificate))
    }

    /// Makes the key that signs releases, for a hotline of before there were any.
    /// Does nothing if there is one.
    pub fn make_publish_key(&self, root: Option<&Path>, env: &Env) -> Result<bool, FolderError> {
        if self.publishing(None).is_ok() {
            return Ok(false);
        }
        let root = self.root_key(root)?;
        let card = self.card()?;
        let mut certificates = self.certificates(&card)?;
        let path = self.publish_path();
        let key = if path.exists() {
            PublishKey::from_bytes(*KeyFile::read(KeyKind::Publish, &path)?.secret)
        } else {
            let key = PublishKey::generate(&mut env.rng());
            KeyFile::new(KeyKind::Publish, 1, key.to_bytes()).create(&path)?;
            key
        };
        let (now, kind) = (env.now(), CertificateKind::Publish);
        let body = CertificateBody::new(kind, 1, key.public(), now, now + KEY_LIFE_SECONDS);
        certificates
            .add(&root.certify(body))
            .map_err(|_| FolderError::TooManyCertificates)?;
        self.rewrite_card(card, &certificates)?;
        Ok(true)
    }

    /// The seal keys that are held, with their files, the newest first.
    pub(super) fn seal_files(&self) -> Result<Vec<(PathBuf, KeyFile)>, FolderError> {
        let folder = self.keys();
        let mut found = Vec::new();
        for entry in fs::read_dir(&folder).map_err(|source| io_error(&folder, source))? {
            let path = entry.map_err(|source| io_error(&folder, source))?.path();
            let name = path
                .file_name()
                .map(|name| name.to_string_lossy().into_owned());
            let is_seal = name.is_some_and(|name| {
                name.starts_with("seal-")
                    && Path::new(&name).extension().is_some_and(|e| e == "key")
            });
            if is_seal {
                let key = KeyFile::read(KeyKind::Seal, &path)?;
                found.push((path, key));
            }
        }
        if found.len() > SEAL_KEYS_MAX_COUNT {
            return Err(FolderError::TooManySealKeys);
        }
        found.sort_by_key(|(_, key)| std::cmp::Reverse(key.serial));
        Ok(found)
    }
}

fn io_error(path: &Path, source: io::Error) -> FolderError {
    KeyFileError::Io {
        path: path.to_owned(),
        source,
    }
    .into()
}

fn make_private_folder(path: &Path) -> Result<(), FolderError> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt as _;
        builder.mode(0o700);
    }
    builder
        .create(path)
        .map_err(|source| io_error(path, source))
}
