//! The data folder of a demo, which can be run again on it.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use loive_client::MemoryKeys;
use loive_protocol::HotlineCard;
use std::sync::Arc;

const KEY_BYTES: usize = 32;

/// Where a demo keeps its hotline and its phones.
pub struct DemoFolder(PathBuf);

impl DemoFolder {
    /// A folder that may not exist yet.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self(path.into())
    }

    /// The folder.
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// The hotline's data folder.
    pub fn hotline(&self) -> PathBuf {
        self.0.join("hotline")
    }

    /// The folder of a phone.
    pub fn phone(&self, name: &str) -> PathBuf {
        self.0.join("phones").join(name)
    }

    /// The card with which phones know the hotline.
    pub fn card_path(&self) -> PathBuf {
        self.hotline().join("hotline.card")
    }

    /// Reads the card.
    pub fn card(&self) -> io::Result<HotlineCard> {
        let text = fs::read_to_string(self.card_path())?;
        HotlineCard::from_text(&text).map_err(io::Error::other)
    }

    /// The key of a phone's store, made at first use. A file that only its owner
    /// reads stands in for the keystore of a real phone.
    pub fn phone_keys(&self, name: &str, fresh: [u8; KEY_BYTES]) -> io::Result<Arc<MemoryKeys>> {
        let key = keep(&self.phone(name).with_extension("key"), || fresh.to_vec())?;
        let key: [u8; KEY_BYTES] = key
            .try_into()
            .map_err(|_| io::Error::other("the phone's key file is damaged"))?;
        Ok(MemoryKeys::new(key))
    }

    /// The demo login's password, made at first use.
    pub fn password(&self, fresh: &str) -> io::Result<String> {
        let kept = keep(&self.0.join("console-password.txt"), || {
            fresh.as_bytes().to_vec()
        })?;
        String::from_utf8(kept).map_err(io::Error::other)
    }
}

/// Reads a file, or makes it so that only its owner reads it.
fn keep(path: &Path, fresh: impl FnOnce() -> Vec<u8>) -> io::Result<Vec<u8>> {
    if path.exists() {
        return fs::read(path);
    }
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let content = fresh();
    options.open(path)?.write_all(&content)?;
    Ok(content)
}
