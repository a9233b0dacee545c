//! A page as a PNG that a slow connection carries.

use std::collections::{BTreeMap, HashMap};

use png::{BitDepth, ColorType, Compression, Encoder, EncodingError, Filter};

use crate::error::PrintError;

/// The most that a picture may weigh.
pub const PNG_MAX_BYTES: usize = 100_000;
/// How many colours are tried, best first. Drawings have few; all others are
/// the soft edges of letters and lines.
const PALETTES: [usize; 3] = [64, 32, 16];
/// Colours that differ in this many lower bits only count as one.
const MERGED_BITS: u32 = 3;

type Colour = [u8; 3];

/// An opaque picture, four bytes a pixel: red, green, blue and one of no use.
pub(crate) struct Pixels<'a> {
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) data: &'a [u8],
}

impl Pixels<'_> {
    fn colours(&self) -> impl Iterator<Item = Colour> {
        let (pixels, _) = self.data.as_chunks::<4>();
        pixels
            .iter()
            .map(|[red, green, blue, _]| [*red, *green, *blue])
    }

    /// Each colour with how many pixels in a row have it: most of a page is
    /// one colour.
    fn runs(&self) -> impl Iterator<Item = (Colour, u32)> {
        let mut colours = self.colours().peekable();
        std::iter::from_fn(move || {
            let colour = colours.next()?;
            let mut times = 1;
            while colours.next_if_eq(&colour).is_some() {
                times += 1;
            }
            Some((colour, times))
        })
    }
}

/// Writes a picture with as many colours as the limit allows.
pub(crate) fn png(pixels: &Pixels<'_>, name: &str) -> Result<Vec<u8>, PrintError> {
    let counted = counted(pixels);
    let mut bytes = 0;
    for count in PALETTES {
        let palette = palette(&counted, count);
        let file = encode(pixels, &palette).map_err(|error| PrintError::Template {
            name: name.to_owned(),
            why: error.to_string(),
        })?;
        if file.len() <= PNG_MAX_BYTES {
            return Ok(file);
        }
        bytes = file.len();
    }
    Err(PrintError::TooHeavy {
        name: name.to_owned(),
        bytes,
        limit: PNG_MAX_BYTES,
    })
}

/// How often each colour is there.
fn counted(pixels: &Pixels<'_>) -> BTreeMap<Colour, u32> {
    let mut counted: HashMap<Colour, u32> = HashMap::new();
    for (colour, times) in pixels.runs() {
        *counted.entry(colour).or_default() += times;
    }
    // In an order of its own, so that the same picture gets the same palette.
    counted.into_iter().collect()
}

/// The colours that are there most often, similar ones counted together.
fn palette(counted: &BTreeMap<Colour, u32>, count: usize) -> Vec<Colour> {
    let mut merged: BTreeMap<Colour, (u32, u32, Colour)> = BTreeMap::new();
    for (colour, times) in counted {
        let group = colour.map(|part| part >> MERGED_BITS);
        let (total, most, best) = merged.entry(group).or_insert((0, 0, *colour));
        *total += times;
        if times > most {
            (*most, *best) = (*times, *colour);
        }
    }
    let mut groups: Vec<(u32, Colour)> = merged
        .into_values()
        .map(|(total, _, best)| (total, best))
        .collect();
    groups.sort_unstable_by(|a, b| b.cmp(a));
    groups.into_iter().take(count).map(|(_, it)| it).collect()
}

fn encode(pixels: &Pixels<'_>, palette: &[Colour]) -> Result<Vec<u8>, EncodingError> {
    let mut known: HashMap<Colour, u8> = HashMap::new();
    let mut indices = Vec::new();
    for (colour, times) in pixels.runs() {
        let index = *known
            .entry(colour)
            .or_insert_with(|| nearest(palette, colour));
        indices.extend((0..times).map(|_| index));
    }
    let mut file = Vec::new();
    let mut encoder = Encoder::new(&mut file, pixels.width, pixels.height);
    encoder.set_color(ColorType::Indexed);
    encoder.set_depth(BitDepth::Eight);
    encoder.set_palette(palette.concat());
    encoder.set_compression(Compression::High);
    // Neighbours in a palette are not neighbours in colour.
    encoder.set_filter(Filter::NoFilter);
    let mut writer = encoder.write_header()?;
    writer.write_image_data(&indices)?;
    writer.finish()?;
    Ok(file)
}

/// The place of the nearest colour of a palette, by the squares of the
/// distances.
fn nearest(palette: &[Colour], colour: Colour) -> u8 {
    let distance = |other: &Colour| -> u32 {
        let parts = other.iter().zip(colour);
        parts.map(|(a, b)| u32::from(a.abs_diff(b)).pow(2)).sum()
    };
    let places = (0..=u8::MAX).zip(palette);
    places
        .min_by_key(|(_, other)| distance(other))
        .map_or(0, |(place, _)| place)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests may panic")]
mod tests {
    use super::*;

    fn decoded(file: &[u8]) -> Vec<Colour> {
        let mut decoder = png::Decoder::new(std::io::Cursor::new(file));
        decoder.set_transformations(png::Transformations::EXPAND);
        let mut reader = decoder.read_info().unwrap();
        let mut data = vec![0; reader.output_buffer_size().unwrap()];
        reader.next_frame(&mut data).unwrap();
        data.as_chunks::<3>().0.to_vec()
    }

    #[test]
    fn a_picture_of_few_colours_comes_back_as_it_was() {
        let data: Vec<u8> = (0..64u8)
            .flat_map(|at| [at % 5 * 40, at % 3 * 90, 200, 255])
            .collect();
        let pixels = Pixels {
            width: 8,
            height: 8,
            data: &data,
        };
        let file = png(&pixels, "x").unwrap();
        assert_eq!(decoded(&file), pixels.colours().collect::<Vec<_>>());
    }

    #[test]
    fn a_picture_that_cannot_be_made_light_is_refused() {
        // What does not repeat does not get smaller.
        let mut state = 1_u32;
        let mut next = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            state.to_le_bytes()[3]
        };
        let data: Vec<u8> = (0..4 * 600 * 600).map(|_| next()).collect();
        let pixels = Pixels {
            width: 600,
            height: 600,
            data: &data,
        };
        let refused = png(&pixels, "noise").unwrap_err();
        assert!(matches!(refused, PrintError::TooHeavy { .. }), "{refused}");
    }
}
