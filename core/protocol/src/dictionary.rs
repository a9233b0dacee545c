//! Compression: zstd (RFC 8878) at level 19, with a dictionary that knows what
//! reports look like, so that a short text still becomes shorter.
//!
//! A dictionary is named by its number in every envelope and never changes.

use zstd::bulk::{Compressor, Decompressor};
use zstd::zstd_safe::{CParameter, DParameter};

use crate::limits::INFLATED_MAX_BYTES;
use crate::wire::DecodeError;

const LEVEL: i32 = 19;
/// The number of the dictionary that is written today.
pub(crate) const CURRENT: u8 = 1;
/// No dictionary.
pub(crate) const NONE: u8 = 0;
const REPORTS_1: &[u8] = include_bytes!("../dictionaries/reports-1.bin");

pub(crate) const fn is_known(dictionary: u8) -> bool {
    matches!(dictionary, NONE | CURRENT)
}

fn bytes_of(dictionary: u8) -> Result<&'static [u8], DecodeError> {
    match dictionary {
        NONE => Ok(&[]),
        CURRENT => Ok(REPORTS_1),
        _ => Err(DecodeError::Unknown("this dictionary")),
    }
}

/// Compresses. Fails only where memory does.
pub(crate) fn deflate(content: &[u8], dictionary: u8) -> Result<Vec<u8>, DecodeError> {
    let failed = |_| DecodeError::Malformed;
    let mut compressor =
        Compressor::with_dictionary(LEVEL, bytes_of(dictionary)?).map_err(failed)?;
    // The envelope names the dictionary and authenticates the whole, so the
    // frame need not: 4 bytes for its id and 4 for a checksum are saved.
    compressor
        .set_parameter(CParameter::DictIdFlag(false))
        .map_err(failed)?;
    compressor
        .set_parameter(CParameter::ChecksumFlag(false))
        .map_err(failed)?;
    compressor.compress(content).map_err(failed)
}

/// Inflates at most [`INFLATED_MAX_BYTES`].
pub(crate) fn inflate(compressed: &[u8], dictionary: u8) -> Result<Vec<u8>, DecodeError> {
    let failed = |_| DecodeError::Malformed;
    let claimed = zstd::zstd_safe::get_frame_content_size(compressed)
        .map_err(|_| DecodeError::Malformed)?
        .ok_or(DecodeError::NotCanonical)?;
    let too_large = DecodeError::TooLarge {
        what: "a batch",
        limit: INFLATED_MAX_BYTES,
    };
    let claimed = usize::try_from(claimed).map_err(|_| too_large)?;
    if claimed > INFLATED_MAX_BYTES {
        return Err(too_large);
    }
    // A window as large as the content is all that a frame of one piece needs.
    let mut decompressor = Decompressor::with_dictionary(bytes_of(dictionary)?).map_err(failed)?;
    decompressor
        .set_parameter(DParameter::WindowLogMax(20))
        .map_err(failed)?;
    let content = decompressor
        .decompress(compressed, claimed)
        .map_err(failed)?;
    let frame = zstd::zstd_safe::find_frame_compressed_size(compressed)
        .map_err(|_| DecodeError::Malformed)?;
    if content.len() != claimed || frame != compressed.len() {
        return Err(DecodeError::Malformed);
    }
    Ok(content)
}
