use std::fs;
use std::io;
use std::path::Path;

use zeroize::Zeroizing;

use crate::error::OpenError;
use crate::key::StoreKey;
use crate::primitives::{self, BLOCK_BYTES, Digest, IV_BYTES, KEY_BYTES, MAX_TAG_BYTES};

/// SQLCipher 4's defaults: page, and at its end IV and HMAC-SHA512 tag.
const PAGE_BYTES: usize = 4096;
const RESERVE_BYTES: usize = IV_BYTES + MAX_TAG_BYTES;
/// The salt stands where SQLite has its magic text, at the front of page 1.
const SALT_BYTES: usize = 16;
const MAGIC: &[u8; SALT_BYTES] = b"SQLite format 3\0";
/// How the salt of the tag's key is made of the file's salt, and in how many rounds.
const TAG_SALT_MASK: u8 = 0x3a;
const TAG_KEY_ROUNDS: u32 = 2;
/// SQLite's write-ahead log: its header, and the header of every frame, which
/// begins with the page's number.
const WAL_HEADER_BYTES: usize = 32;
const FRAME_HEADER_BYTES: usize = 24;

/// Decrypts a store as someone would who has the key and the files, and does not
/// ask SQLite: every page of the database, free ones included, and every frame
/// of the write-ahead log, current or stale, whole or torn.
///
/// A page whose tag is wrong is decrypted all the same. After the pages come the
/// files as they are, database, log, log index and rollback journal, so that what
/// was never encrypted shows as well. Not covered: what the file system or the
/// flash still keeps of blocks that the files no longer have.
///
/// The bytes are in no order that SQLite could use; they are for searching.
///
/// Close this process's own connections first, if another process uses the
/// store: reading the file here drops their locks (POSIX).
///
/// # Errors
///
/// [`OpenError::WrongKeyOrDamaged`] unless the tag of page 1, or of one page of
/// the log, is right.
pub fn dump_plaintext(path: &Path, key: &StoreKey) -> Result<Vec<u8>, OpenError> {
    let database = read(path, "")?;
    let log = read(path, "-wal")?;
    let salt = salt_of(&database, &log).ok_or(OpenError::WrongKeyOrDamaged)?;
    let mut reader = Reader::new(key, salt).ok_or(OpenError::WrongKeyOrDamaged)?;

    for (page, number) in database.chunks(PAGE_BYTES).zip(1..) {
        reader.page(page, number);
    }
    let frames = log.get(WAL_HEADER_BYTES..).unwrap_or_default();
    for frame in frames.chunks(FRAME_HEADER_BYTES + PAGE_BYTES) {
        let Some((number, rest)) = frame.split_first_chunk() else {
            continue;
        };
        let page = rest.get(FRAME_HEADER_BYTES - 4..).unwrap_or_default();
        reader.page(page, u32::from_be_bytes(*number));
    }
    if !reader.proved {
        return Err(OpenError::WrongKeyOrDamaged);
    }

    let mut dump = reader.plaintext;
    dump.extend_from_slice(&database);
    dump.extend_from_slice(&log);
    dump.extend_from_slice(&read(path, "-shm")?);
    dump.extend_from_slice(&read(path, "-journal")?);
    Ok(dump)
}

fn read(path: &Path, suffix: &str) -> Result<Vec<u8>, OpenError> {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    match fs::read(&name) {
        Ok(bytes) => Ok(bytes),
        Err(error) if error.kind() == io::ErrorKind::NotFound && !suffix.is_empty() => {
            Ok(Vec::new())
        }
        Err(error) => Err(OpenError::from_io(&error)),
    }
}

/// The salt, from the database or, if that is cut to nothing, from the first
/// frame of the log, which is page 1 where a store was just created.
fn salt_of<'a>(database: &'a [u8], log: &'a [u8]) -> Option<&'a [u8; SALT_BYTES]> {
    database.first_chunk().or_else(|| {
        log.get(WAL_HEADER_BYTES + FRAME_HEADER_BYTES..)?
            .first_chunk()
    })
}

struct Reader<'a> {
    key: &'a [u8; KEY_BYTES],
    tag_key: Zeroizing<[u8; KEY_BYTES]>,
    /// Whether a tag was right, so that the key is.
    proved: bool,
    plaintext: Vec<u8>,
}

impl<'a> Reader<'a> {
    fn new(key: &'a StoreKey, salt: &[u8; SALT_BYTES]) -> Option<Self> {
        let key = key.as_bytes();
        let tag_salt = salt.map(|byte| byte ^ TAG_SALT_MASK);
        let mut tag_key = Zeroizing::new([0; KEY_BYTES]);
        primitives::pbkdf2(
            Digest::Sha512,
            key,
            &tag_salt,
            TAG_KEY_ROUNDS,
            tag_key.as_mut_slice(),
        )?;
        Some(Self {
            key,
            tag_key,
            proved: false,
            plaintext: Vec::new(),
        })
    }

    /// Decrypts one page, or what a cut file has left of it.
    fn page(&mut self, page: &[u8], number: u32) {
        let page = match number {
            1 => {
                self.plaintext.extend_from_slice(MAGIC);
                page.get(SALT_BYTES..).unwrap_or_default()
            }
            _ => page,
        };
        let whole = PAGE_BYTES - if number == 1 { SALT_BYTES } else { 0 };
        let iv = if page.len() == whole {
            self.proved |= self.tag_is_right(page, number);
            iv_of(page)
        } else {
            None
        };
        // Without an IV all but the first block can be read.
        self.decrypt(page, &iv.unwrap_or_default());
    }

    fn tag_is_right(&self, page: &[u8], number: u32) -> bool {
        let Some((signed, tag)) = page.split_last_chunk::<MAX_TAG_BYTES>() else {
            return false;
        };
        let number = number.to_le_bytes();
        let mut expected = [0; MAX_TAG_BYTES];
        let key = self.tag_key.as_slice();
        primitives::hmac(Digest::Sha512, key, signed, &number, &mut expected).is_some()
            && expected == *tag
    }

    fn decrypt(&mut self, ciphertext: &[u8], iv: &[u8; IV_BYTES]) {
        let blocks = ciphertext.len() / BLOCK_BYTES * BLOCK_BYTES;
        let start = self.plaintext.len();
        self.plaintext
            .extend_from_slice(ciphertext.get(..blocks).unwrap_or_default());
        if let Some(place) = self.plaintext.get_mut(start..) {
            // Whole blocks by construction, so this is never refused.
            let _ = primitives::decrypt(self.key, iv, place);
        }
    }
}

fn iv_of(page: &[u8]) -> Option<[u8; IV_BYTES]> {
    let (_, reserve) = page.split_last_chunk::<RESERVE_BYTES>()?;
    reserve.first_chunk().copied()
}
