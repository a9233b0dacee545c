//! Recordings: one voice that reads one block.
//!
//! A recording is an Ogg file (RFC 3533) with Opus in it (RFC 7845). What a phone
//! recorded is taken apart and put together again, on the phone and once more at
//! the desk: comments, pictures and whatever else lies between the sounds stay
//! behind.

use loive_protocol::ChunkHash;
use loive_protocol::limits::{LIBRARY_CHUNK_BYTES, RECORDING_MAX_BYTES};

/// The longest recording.
pub const RECORDING_MAX_MILLISECONDS: u32 = 180_000;

/// Opus counts its time in samples of 48 kHz, whatever was recorded.
const SAMPLES_PER_MILLISECOND: u64 = 48;
/// What we write for the stream's number: the phone's own is random.
const SERIAL: [u8; 4] = *b"LV01";
/// How a page says the length of a packet of less than 255 bytes.
const HEAD_LACING: u8 = 19;
const NO_TAGS_LACING: u8 = 16;
const HEAD_BYTES: usize = HEAD_LACING as usize;
const HEAD: &[u8] = b"OpusHead";
const TAGS: &[u8] = b"OpusTags";
/// No vendor and no comment.
const NO_TAGS: &[u8] = b"OpusTags\0\0\0\0\0\0\0\0";
const CAPTURE: &[u8] = b"OggS";
const PAGE_HEAD_BYTES: usize = 27;
const CONTINUED: u8 = 1;
const BEGINS: u8 = 2;
const ENDS: u8 = 4;
/// A page on which no packet ends has this in the place of a time.
const NO_TIME: u64 = u64::MAX;

/// Where the recording of a block is, as it stands in a document: length, how long
/// it plays, and the chunks, separated by spaces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recording {
    /// Length in bytes.
    pub bytes: u32,
    /// How long it plays.
    pub milliseconds: u32,
    /// Its chunks in order; each but the last has
    /// [`LIBRARY_CHUNK_BYTES`].
    pub chunks: Vec<ChunkHash>,
}

impl Recording {
    /// From the value of a key.
    pub fn from_value(value: &str) -> Option<Self> {
        let mut words = value.split(' ');
        let bytes: u32 = words.next()?.parse().ok()?;
        let milliseconds: u32 = words.next()?.parse().ok()?;
        let chunks = words
            .map(|word| word.parse().ok())
            .collect::<Option<Vec<ChunkHash>>>()?;
        let length = usize::try_from(bytes).ok()?;
        let is_right = (1..=RECORDING_MAX_BYTES).contains(&length)
            && (1..=RECORDING_MAX_MILLISECONDS).contains(&milliseconds)
            && length.div_ceil(LIBRARY_CHUNK_BYTES) == chunks.len();
        let recording = Self {
            bytes,
            milliseconds,
            chunks,
        };
        (is_right && recording.to_value() == value).then_some(recording)
    }

    /// As the value of a key.
    pub fn to_value(&self) -> String {
        let mut value = format!("{} {}", self.bytes, self.milliseconds);
        for hash in &self.chunks {
            value.push(' ');
            value.push_str(&hash.to_string());
        }
        value
    }

    /// Puts the chunks together, if they are the right ones.
    pub fn join<'a>(&self, chunks: impl IntoIterator<Item = &'a [u8]>) -> Option<Vec<u8>> {
        let mut bytes = Vec::new();
        let mut hashes = self.chunks.iter();
        for chunk in chunks {
            if ChunkHash::of(chunk) != *hashes.next()? {
                return None;
            }
            bytes.extend_from_slice(chunk);
        }
        let is_whole =
            hashes.next().is_none() && bytes.len() == usize::try_from(self.bytes).ok()?;
        is_whole.then_some(bytes)
    }
}

/// A recording without anything but sound.
#[derive(Clone, PartialEq, Eq)]
pub struct CleanRecording {
    /// The file.
    pub bytes: Vec<u8>,
    /// How long it plays.
    pub milliseconds: u32,
}

impl CleanRecording {
    /// What a document says of it.
    pub fn recording(&self) -> Recording {
        Recording {
            // At most `RECORDING_MAX_BYTES`.
            bytes: u32::try_from(self.bytes.len()).unwrap_or(u32::MAX),
            milliseconds: self.milliseconds,
            chunks: self.chunks().map(ChunkHash::of).collect(),
        }
    }

    /// The chunks, in order.
    pub fn chunks(&self) -> impl Iterator<Item = &[u8]> {
        self.bytes.chunks(LIBRARY_CHUNK_BYTES)
    }
}

/// A recording was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RecordingError {
    /// Not an Ogg file with one Opus stream in it, or a damaged one.
    #[error("not a recording in Ogg Opus, or a damaged one")]
    NotOpus,
    /// Larger than [`RECORDING_MAX_BYTES`].
    #[error("the recording has {found} bytes, at most {RECORDING_MAX_BYTES}")]
    TooLarge {
        /// Its length in bytes.
        found: usize,
    },
    /// Longer than [`RECORDING_MAX_MILLISECONDS`].
    #[error("the recording plays longer than {RECORDING_MAX_MILLISECONDS} ms")]
    TooLong,
    /// There is no sound in it.
    #[error("there is no sound in the recording")]
    Silent,
}

/// Takes a recording apart and puts it together again with nothing but sound.
/// What this gives is given back unchanged.
///
/// # Errors
/// See [`RecordingError`].
pub fn clean_recording(ogg: &[u8]) -> Result<CleanRecording, RecordingError> {
    // Comments may be long; a picture in them is no reason to refuse.
    if ogg.len() > RECORDING_MAX_BYTES * 8 {
        return Err(RecordingError::TooLarge { found: ogg.len() });
    }
    let mut pages = Pages { rest: ogg };
    let head = head(&pages.next()?.ok_or(RecordingError::NotOpus)?)?;
    skip_tags(&mut pages)?;
    let mut writer = Writer::default();
    writer.page(BEGINS, 0, &[HEAD_LACING], &head.bytes);
    writer.page(0, 0, &[NO_TAGS_LACING], NO_TAGS);
    let mut end = 0;
    let mut sounds: Vec<Page<'_>> = Vec::new();
    while let Some(page) = pages.next()? {
        if page.time != NO_TIME {
            if page.time < end {
                return Err(RecordingError::NotOpus);
            }
            end = page.time;
        }
        sounds.push(page);
    }
    let last = sounds.len().checked_sub(1).ok_or(RecordingError::Silent)?;
    for (at, page) in sounds.iter().enumerate() {
        let ends = if at == last { ENDS } else { 0 };
        writer.page(
            page.flags & CONTINUED | ends,
            page.time,
            page.lacing,
            page.body,
        );
    }
    let samples = end.saturating_sub(u64::from(head.pre_skip));
    let milliseconds = u32::try_from(samples.div_ceil(SAMPLES_PER_MILLISECOND))
        .ok()
        .filter(|length| *length <= RECORDING_MAX_MILLISECONDS)
        .ok_or(RecordingError::TooLong)?;
    match writer.bytes.len() {
        _ if milliseconds == 0 => Err(RecordingError::Silent),
        found if found > RECORDING_MAX_BYTES => Err(RecordingError::TooLarge { found }),
        _ => Ok(CleanRecording {
            bytes: writer.bytes,
            milliseconds,
        }),
    }
}

/// The first packet, as we write it.
struct Head {
    bytes: [u8; HEAD_BYTES],
    /// Samples at the beginning that are not played.
    pre_skip: u16,
}

fn head(page: &Page<'_>) -> Result<Head, RecordingError> {
    let bytes: [u8; HEAD_BYTES] = page.body.try_into().map_err(|_| RecordingError::NotOpus)?;
    let [
        _,
        _,
        _,
        _,
        _,
        _,
        _,
        _,
        version,
        channels,
        skip_low,
        skip_high,
        ..,
        family,
    ] = bytes;
    let is_opus = bytes.starts_with(HEAD)
        && page.flags == BEGINS
        // The upper half is a version that a reader of today cannot read.
        && version >> 4 == 0
        && (1..=2).contains(&channels)
        && family == 0;
    if !is_opus {
        return Err(RecordingError::NotOpus);
    }
    Ok(Head {
        bytes,
        pre_skip: u16::from_le_bytes([skip_low, skip_high]),
    })
}

/// Reads past the comments: one packet, on pages of its own.
fn skip_tags(pages: &mut Pages<'_>) -> Result<(), RecordingError> {
    let mut is_first = true;
    loop {
        let page = pages.next()?.ok_or(RecordingError::NotOpus)?;
        let begins_right = !is_first || page.body.starts_with(TAGS);
        let goes_on = page.flags & CONTINUED != 0;
        let ends_in = page.lacing.iter().position(|length| *length < u8::MAX);
        if !begins_right || goes_on == is_first {
            return Err(RecordingError::NotOpus);
        }
        match ends_in {
            Some(at) if at + 1 == page.lacing.len() => return Ok(()),
            Some(_) => return Err(RecordingError::NotOpus),
            None => is_first = false,
        }
    }
}

/// One page of an Ogg file.
struct Page<'a> {
    flags: u8,
    /// Samples that have been played when the last packet that ends on it ends.
    time: u64,
    lacing: &'a [u8],
    body: &'a [u8],
}

/// The pages of a file, each after the one before it and with the right sum.
struct Pages<'a> {
    rest: &'a [u8],
}

impl<'a> Pages<'a> {
    fn next(&mut self) -> Result<Option<Page<'a>>, RecordingError> {
        if self.rest.is_empty() {
            return Ok(None);
        }
        let (page, length) = read(self.rest).ok_or(RecordingError::NotOpus)?;
        self.rest = self.rest.get(length..).unwrap_or_default();
        Ok(Some(page))
    }
}

fn read(bytes: &[u8]) -> Option<(Page<'_>, usize)> {
    let head = bytes.first_chunk::<PAGE_HEAD_BYTES>()?;
    let [_, _, _, _, version, flags, ..] = *head;
    if !head.starts_with(CAPTURE) || version != 0 || flags > CONTINUED | BEGINS | ENDS {
        return None;
    }
    let (_, rest) = bytes.split_at_checked(PAGE_HEAD_BYTES)?;
    let [.., segments] = *head;
    let (lacing, rest) = rest.split_at_checked(segments.into())?;
    let length = lacing.iter().map(|length| usize::from(*length)).sum();
    let (body, _) = rest.split_at_checked(length)?;
    let time = u64::from_le_bytes(head.get(6..14)?.try_into().ok()?);
    let sum = u32::from_le_bytes(head.get(22..26)?.try_into().ok()?);
    let mut blank = *head;
    blank.get_mut(22..26)?.fill(0);
    let page = Page {
        flags,
        time,
        lacing,
        body,
    };
    let found = [&blank[..], lacing, body].into_iter().fold(0, add_to_sum);
    (found == sum).then_some((page, PAGE_HEAD_BYTES + lacing.len() + length))
}

/// Writes pages, numbered from 0.
#[derive(Default)]
struct Writer {
    bytes: Vec<u8>,
    count: u32,
}

impl Writer {
    fn page(&mut self, flags: u8, time: u64, lacing: &[u8], body: &[u8]) {
        let mut page = Vec::with_capacity(PAGE_HEAD_BYTES + lacing.len() + body.len());
        page.extend_from_slice(CAPTURE);
        page.extend_from_slice(&[0, flags]);
        page.extend_from_slice(&time.to_le_bytes());
        page.extend_from_slice(&SERIAL);
        page.extend_from_slice(&self.count.to_le_bytes());
        page.extend_from_slice(&[0; 4]);
        // A page was read with at most 255 of them.
        page.push(u8::try_from(lacing.len()).unwrap_or(u8::MAX));
        page.extend_from_slice(lacing);
        page.extend_from_slice(body);
        let sum = add_to_sum(0, &page).to_le_bytes();
        if let Some(place) = page.get_mut(22..26) {
            place.copy_from_slice(&sum);
        }
        self.bytes.extend_from_slice(&page);
        self.count += 1;
    }
}

/// The sum of RFC 3533: CRC-32 with polynomial 0x04c11db7, from the highest bit.
fn add_to_sum(sum: u32, bytes: &[u8]) -> u32 {
    bytes.iter().fold(sum, |mut sum, byte| {
        sum ^= u32::from(*byte) << 24;
        for _ in 0..8 {
            let carry = sum >> 31;
            sum = (sum << 1) ^ (carry * 0x04c1_1db7);
        }
        sum
    })
}

#[cfg(test)]
mod tests;
