//! A picture as a PNG (ISO/IEC 15948), no more of it than one picture in grey needs.

use std::io::Write as _;

use flate2::write::ZlibEncoder;
use flate2::{Compression, Crc};

use super::canvas::Canvas;
use super::draw::{DOTS_PER_INCH, HEIGHT_PIXELS, WIDTH_PIXELS};

const SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";
/// Eight bits of grey, no palette, deflated, filtered, not interlaced.
const FORMAT: [u8; 5] = [8, 0, 0, 0, 0];
/// Each byte is told by its difference to the one above.
const UP: u8 = 2;
/// The unit of a density.
const METRE: u8 = 1;

/// The rows, filtered as a PNG has them and deflated. A PDF takes the same bytes.
pub(super) fn deflated(canvas: &Canvas) -> Vec<u8> {
    let mut bytes = ZlibEncoder::new(Vec::new(), Compression::default());
    let mut above = vec![0; usize::from(WIDTH_PIXELS)];
    for row in canvas.rows() {
        let differences = row
            .iter()
            .zip(&above)
            .map(|(below, above)| below.wrapping_sub(*above));
        let filtered: Vec<u8> = std::iter::once(UP).chain(differences).collect();
        bytes
            .write_all(&filtered)
            .expect("memory takes what is written");
        above.copy_from_slice(row);
    }
    bytes.finish().expect("memory takes what is written")
}

/// The file, around what [`deflated`] gave.
pub(super) fn file(deflated: &[u8]) -> Vec<u8> {
    let mut size = Vec::new();
    size.extend(u32::from(WIDTH_PIXELS).to_be_bytes());
    size.extend(u32::from(HEIGHT_PIXELS).to_be_bytes());
    size.extend(FORMAT);
    // 600 dots per inch are 23,622 per metre.
    let per_metre = u32::from(DOTS_PER_INCH) * 10_000 / 254;
    let mut density = per_metre.to_be_bytes().repeat(2);
    density.push(METRE);

    let mut file = SIGNATURE.to_vec();
    for (name, bytes) in [
        (*b"IHDR", size.as_slice()),
        (*b"pHYs", &density),
        (*b"IDAT", deflated),
        (*b"IEND", &[]),
    ] {
        chunk(&mut file, name, bytes);
    }
    file
}

fn chunk(file: &mut Vec<u8>, name: [u8; 4], bytes: &[u8]) {
    let length = u32::try_from(bytes.len()).expect("a card is no gigabyte");
    let mut sum = Crc::new();
    sum.update(&name);
    sum.update(bytes);
    file.extend(length.to_be_bytes());
    file.extend(name);
    file.extend(bytes);
    file.extend(sum.sum().to_be_bytes());
}
