//! Where the phone keeps itself, and the file that stands in for a keystore.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use loive_client::{KEY_BYTES, KeyProvider, KeyUnavailable};
use loive_protocol::HotlineCard;
use rand::TryRng as _;
use rand::rngs::SysRng;
use zeroize::Zeroizing;

use crate::args::Args;
use crate::tongue::Tongue;

/// The largest file that is read as a card, in bytes: ten times what a card
/// may have, so that a device or a log is not read to its end.
const CARD_FILE_MAX_BYTES: u64 = 1 << 20;

/// The files of one phone.
pub struct Files {
    /// The hotline's card.
    pub card: PathBuf,
    /// The folder of the encrypted store.
    pub store: PathBuf,
    /// The store's key.
    pub key: PathBuf,
}

/// Why the phone does not start. Paths are shown: whoever typed the command
/// chose them.
#[derive(Debug)]
pub enum FilesError {
    /// There is no card: the demo has not run here.
    NoCard(PathBuf),
    /// The file is not a card, or its certificates are not by its root.
    BadCard(PathBuf),
    /// The key file has not the right length.
    BadKey(PathBuf),
    /// A file or folder could not be read or written.
    Io(PathBuf, io::ErrorKind),
}

impl FilesError {
    /// What the person can do about it.
    pub fn sentence(&self, tongue: Tongue) -> String {
        let (key, path) = match self {
            Self::NoCard(path) => ("start.no_card", path),
            Self::BadCard(path) => ("start.bad_card", path),
            Self::BadKey(path) => ("start.bad_key", path),
            Self::Io(path, _) => ("start.io", path),
        };
        tongue.with(key, &[("path", &path.display().to_string())])
    }
}

impl Files {
    /// The files that the arguments name.
    pub fn of(args: &Args) -> Self {
        let phones = args.data.join("phones");
        let name = format!("terminal-{}", args.name);
        let card = args.hotline.clone();
        Self {
            card: card.unwrap_or_else(|| args.data.join("hotline").join("hotline.card")),
            store: phones.join(&name),
            key: phones.join(format!("{name}.key")),
        }
    }

    /// Reads the hotline's card.
    ///
    /// # Errors
    /// [`FilesError::NoCard`] before the first demo, [`FilesError::BadCard`].
    pub fn read_card(&self) -> Result<HotlineCard, FilesError> {
        let path = || self.card.clone();
        let length = match fs::metadata(&self.card) {
            Ok(about) => about.len(),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(FilesError::NoCard(path()));
            }
            Err(error) => return Err(FilesError::Io(path(), error.kind())),
        };
        if length > CARD_FILE_MAX_BYTES {
            return Err(FilesError::BadCard(path()));
        }
        let bytes = fs::read(&self.card).map_err(|error| FilesError::Io(path(), error.kind()))?;
        let text = String::from_utf8(bytes).map_err(|_| FilesError::BadCard(path()))?;
        HotlineCard::from_text(&text).map_err(|_| FilesError::BadCard(path()))
    }

    /// The store's key, made at first use.
    ///
    /// # Errors
    /// [`FilesError::BadKey`] if the file is damaged, [`FilesError::Io`].
    pub fn keys(&self) -> Result<Arc<KeyFile>, FilesError> {
        if !self.key.exists() {
            make_key(&self.key).map_err(|error| FilesError::Io(self.key.clone(), error.kind()))?;
        }
        let keys = KeyFile(self.key.clone());
        match keys.key() {
            Ok(_) => Ok(Arc::new(keys)),
            Err(KeyUnavailable) => Err(FilesError::BadKey(self.key.clone())),
        }
    }
}

/// A file with the store's key that only its owner may read. It stands in for
/// the keystore of a real phone, which no program can read at all.
pub struct KeyFile(PathBuf);

impl KeyProvider for KeyFile {
    fn key(&self) -> Result<Zeroizing<[u8; KEY_BYTES]>, KeyUnavailable> {
        let bytes = Zeroizing::new(fs::read(&self.0).map_err(|_| KeyUnavailable)?);
        let key = <[u8; KEY_BYTES]>::try_from(bytes.as_slice()).map_err(|_| KeyUnavailable)?;
        Ok(Zeroizing::new(key))
    }
}

/// Writes a fresh key under another name first: a phone that dies meanwhile
/// leaves no half key behind.
fn make_key(path: &Path) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let mut key = Zeroizing::new([0_u8; KEY_BYTES]);
    SysRng
        .try_fill_bytes(key.as_mut_slice())
        .map_err(io::Error::other)?;
    let half = path.with_extension("new");
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&half)?;
    file.write_all(key.as_slice())?;
    file.sync_all()?;
    fs::rename(&half, path)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests may panic")]
mod tests {
    use super::*;

    fn files(folder: &Path) -> Files {
        Files {
            card: folder.join("hotline.card"),
            store: folder.join("phone"),
            key: folder.join("deep").join("phone.key"),
        }
    }

    #[cfg(unix)]
    #[test]
    fn the_key_is_made_once_and_only_its_owner_reads_it() {
        use std::os::unix::fs::PermissionsExt as _;

        let folder = tempfile::tempdir().unwrap();
        let files = files(folder.path());
        let first = files.keys().unwrap().key().unwrap();
        assert_eq!(files.keys().unwrap().key().unwrap(), first);
        let mode = fs::metadata(&files.key).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }

    #[test]
    fn half_a_key_is_refused_and_not_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let files = files(folder.path());
        files.keys().unwrap();
        fs::write(&files.key, [7; 12]).unwrap();
        assert!(matches!(files.keys(), Err(FilesError::BadKey(_))));
        assert_eq!(fs::read(&files.key).unwrap(), [7; 12]);
    }

    #[test]
    fn without_a_card_the_person_learns_to_start_the_demo() {
        let folder = tempfile::tempdir().unwrap();
        let files = files(folder.path());
        let vi = Tongue::new(loive_strings::Lang::Vi);
        let missing = files.read_card().unwrap_err();
        assert!(missing.sentence(vi).contains("cargo xtask demo"));
        fs::write(&files.card, "not a card").unwrap();
        assert!(matches!(files.read_card(), Err(FilesError::BadCard(_))));
    }
}
