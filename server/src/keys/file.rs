//! One key in one file, as text that says what it is.

use std::fmt::Write as _;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use zeroize::{Zeroize, Zeroizing};

/// Longest key file that is read, in bytes. Ours have fewer than 200.
const FILE_MAX_BYTES: u64 = 1_024;
const SECRET_DIGITS: usize = 64;

/// What a key file holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyKind {
    /// Signs the other keys.
    Root,
    /// Opens reports.
    Seal,
    /// Signs answers and desk requests.
    Sign,
    /// Signs releases of the library.
    Publish,
    /// Encrypts a database.
    Store,
}

impl KeyKind {
    const fn title(self) -> &'static str {
        match self {
            Self::Root => "loive root key 1",
            Self::Seal => "loive seal key 1",
            Self::Sign => "loive sign key 1",
            Self::Publish => "loive publish key 1",
            Self::Store => "loive store key 1",
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Root => "root",
            Self::Seal => "seal",
            Self::Sign => "sign",
            Self::Publish => "publish",
            Self::Store => "store",
        }
    }
}

/// Why a key file was not read or written. Never holds the key.
#[derive(Debug, thiserror::Error)]
pub enum KeyFileError {
    /// The system's answer.
    #[error("{path}: {source}")]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// There is something already; nothing was overwritten.
    #[error("{path} exists already and is never overwritten; move it away first")]
    Exists {
        /// The file.
        path: PathBuf,
    },
    /// Not a key file of this kind.
    #[error("{path} is not a {expected} key of this program, or it is damaged")]
    NotAKey {
        /// The file.
        path: PathBuf,
        /// The kind that was looked for.
        expected: &'static str,
    },
}

/// A key as its file holds it.
pub(super) struct KeyFile {
    pub(super) kind: KeyKind,
    /// Serial of its certificate; 0 for root and store keys.
    pub(super) serial: u32,
    pub(super) secret: Zeroizing<[u8; 32]>,
    /// When the key is to be destroyed, in Unix seconds.
    pub(super) destroy_after: Option<u64>,
}

impl KeyFile {
    pub(super) const fn new(kind: KeyKind, serial: u32, secret: Zeroizing<[u8; 32]>) -> Self {
        Self {
            kind,
            serial,
            secret,
            destroy_after: None,
        }
    }

    fn render(&self) -> Zeroizing<String> {
        let mut text = Zeroizing::new(String::with_capacity(256));
        let mut line = |arguments: std::fmt::Arguments<'_>| {
            text.write_fmt(arguments).expect("memory takes text");
        };
        line(format_args!(
            "{}\nserial {}\n",
            self.kind.title(),
            self.serial
        ));
        if let Some(time) = self.destroy_after {
            line(format_args!("destroy-after {time}\n"));
        }
        line(format_args!("secret "));
        for byte in self.secret.iter() {
            line(format_args!("{byte:02x}"));
        }
        line(format_args!("\n"));
        text
    }

    fn parse(kind: KeyKind, text: &str) -> Option<Self> {
        let mut lines = text.lines();
        if lines.next()? != kind.title() {
            return None;
        }
        let serial = lines.next()?.strip_prefix("serial ")?.parse().ok()?;
        let mut line = lines.next()?;
        let mut destroy_after = None;
        if let Some(time) = line.strip_prefix("destroy-after ") {
            destroy_after = Some(time.parse().ok()?);
            line = lines.next()?;
        }
        let digits = line.strip_prefix("secret ")?;
        if digits.len() != SECRET_DIGITS || lines.next().is_some() {
            return None;
        }
        let mut secret = Zeroizing::new([0_u8; 32]);
        for (byte, pair) in secret.iter_mut().zip(digits.as_bytes().chunks_exact(2)) {
            *byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
        }
        Some(Self {
            kind,
            serial,
            secret,
            destroy_after,
        })
    }

    pub(super) fn read(kind: KeyKind, path: &Path) -> Result<Self, KeyFileError> {
        let io = |source| KeyFileError::Io {
            path: path.to_owned(),
            source,
        };
        let not_a_key = || KeyFileError::NotAKey {
            path: path.to_owned(),
            expected: kind.name(),
        };
        let metadata = fs::metadata(path).map_err(io)?;
        if metadata.len() > FILE_MAX_BYTES {
            return Err(not_a_key());
        }
        warn_if_others_may_read(path, &metadata);
        let bytes = Zeroizing::new(fs::read(path).map_err(io)?);
        let text = std::str::from_utf8(&bytes).map_err(|_| not_a_key())?;
        Self::parse(kind, text).ok_or_else(not_a_key)
    }

    /// Writes a new file that only its owner may read. Never overwrites.
    pub(super) fn create(&self, path: &Path) -> Result<(), KeyFileError> {
        create_private(path, self.render().as_bytes())
    }

    /// Replaces the file of the same key by one with another time.
    pub(super) fn replace(&self, path: &Path) -> Result<(), KeyFileError> {
        replace(path, self.render().as_bytes(), true)
    }
}

/// Writes a new file with mode 0600, durably. Never overwrites.
pub(super) fn create_private(path: &Path, bytes: &[u8]) -> Result<(), KeyFileError> {
    let written = open_new(path, true).and_then(|file| write_and_sync(file, bytes));
    written.map_err(|source| match source.kind() {
        io::ErrorKind::AlreadyExists => KeyFileError::Exists {
            path: path.to_owned(),
        },
        _ => KeyFileError::Io {
            path: path.to_owned(),
            source,
        },
    })?;
    sync_folder_of(path)
}

/// Replaces a file in one step: whoever reads sees the old or the new one.
pub(super) fn replace(path: &Path, bytes: &[u8], private: bool) -> Result<(), KeyFileError> {
    let mut beside = path.as_os_str().to_owned();
    beside.push(".new");
    let beside = PathBuf::from(beside);
    let io = |source| KeyFileError::Io {
        path: path.to_owned(),
        source,
    };
    match fs::remove_file(&beside) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(io(error)),
        _ => {}
    }
    open_new(&beside, private)
        .and_then(|file| write_and_sync(file, bytes))
        .map_err(io)?;
    fs::rename(&beside, path).map_err(io)?;
    sync_folder_of(path)
}

/// Writes zeros over a file, then removes it. On a disk that moves blocks about
/// (flash, snapshots) older copies may remain: encrypt the disk too.
pub(super) fn destroy(path: &Path) -> Result<(), KeyFileError> {
    let io = |source| KeyFileError::Io {
        path: path.to_owned(),
        source,
    };
    let length = fs::metadata(path).map_err(io)?.len().min(FILE_MAX_BYTES);
    let zeros = vec![0_u8; usize::try_from(length).unwrap_or_default()];
    let file = OpenOptions::new().write(true).open(path).map_err(io)?;
    write_and_sync(file, &zeros).map_err(io)?;
    fs::remove_file(path).map_err(io)?;
    sync_folder_of(path)
}

fn write_and_sync(mut file: File, bytes: &[u8]) -> io::Result<()> {
    file.write_all(bytes)?;
    file.sync_all()
}

fn open_new(path: &Path, private: bool) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    if private {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    options.open(path)
}

/// A name that is not on the disk is a file that is lost.
fn sync_folder_of(path: &Path) -> Result<(), KeyFileError> {
    let Some(folder) = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
    else {
        return Ok(());
    };
    File::open(folder)
        .and_then(|folder| folder.sync_all())
        .map_err(|source| KeyFileError::Io {
            path: folder.to_owned(),
            source,
        })
}

#[cfg(unix)]
fn warn_if_others_may_read(path: &Path, metadata: &fs::Metadata) {
    use std::os::unix::fs::PermissionsExt as _;
    if metadata.permissions().mode() & 0o077 != 0 {
        tracing::warn!(file = %path.display(), "others may read this key; do: chmod 600");
    }
}

#[cfg(not(unix))]
fn warn_if_others_may_read(_: &Path, _: &fs::Metadata) {}

impl Drop for KeyFile {
    fn drop(&mut self) {
        self.secret.zeroize();
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests may panic")]
    use super::*;

    fn key() -> KeyFile {
        KeyFile::new(KeyKind::Seal, 7, Zeroizing::new([0xa5; 32]))
    }

    #[test]
    fn a_key_reads_back_with_its_time() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("seal.key");
        let mut written = key();
        written.create(&path).unwrap();
        written.destroy_after = Some(1_800_000_000);
        written.replace(&path).unwrap();
        let read = KeyFile::read(KeyKind::Seal, &path).unwrap();
        assert_eq!((read.serial, read.destroy_after), (7, Some(1_800_000_000)));
        assert_eq!(*read.secret, [0xa5; 32]);
    }

    #[test]
    fn a_key_is_never_overwritten_and_is_for_its_owner_only() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("seal.key");
        key().create(&path).unwrap();
        assert!(matches!(
            key().create(&path),
            Err(KeyFileError::Exists { .. })
        ));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            assert_eq!(
                fs::metadata(&path).unwrap().permissions().mode() & 0o777,
                0o600
            );
        }
    }

    #[test]
    fn a_key_of_another_kind_or_a_damaged_one_is_refused_without_showing_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("seal.key");
        key().create(&path).unwrap();
        assert!(matches!(
            KeyFile::read(KeyKind::Sign, &path),
            Err(KeyFileError::NotAKey { .. })
        ));
        let text = fs::read_to_string(&path).unwrap();
        for damaged in [
            &text[..text.len() - 3],
            &text.replace("a5a5", "zzzz"),
            "",
            "\u{0}",
        ] {
            fs::write(&path, damaged).unwrap();
            let Err(error) = KeyFile::read(KeyKind::Seal, &path) else {
                panic!("it was read")
            };
            assert!(!error.to_string().contains("a5"));
        }
    }

    #[test]
    fn a_destroyed_key_is_gone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("seal.key");
        key().create(&path).unwrap();
        // A second name for the same bytes shows what was written over them.
        let witness = folder.path().join("witness");
        fs::hard_link(&path, &witness).unwrap();
        destroy(&path).unwrap();
        assert!(!path.exists());
        assert!(fs::read(witness).unwrap().iter().all(|byte| *byte == 0));
    }
}
