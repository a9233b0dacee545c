//! The typeface of the card, built in: where it came from says `fonts/README.md`.

use std::sync::LazyLock;

use ab_glyph_rasterizer::{Point, Rasterizer, point};
use ttf_parser::{Face, GlyphId, OutlineBuilder};

use super::canvas::{Canvas, whole_pixels};

/// One weight of the typeface.
pub(super) struct Font {
    face: Face<'static>,
}

/// For words and names.
pub(super) fn regular() -> &'static Font {
    static FONT: LazyLock<Font> =
        LazyLock::new(|| Font::new(include_bytes!("../../../fonts/be-vietnam-pro-regular.ttf")));
    &FONT
}

/// For numbers.
pub(super) fn semibold() -> &'static Font {
    static FONT: LazyLock<Font> =
        LazyLock::new(|| Font::new(include_bytes!("../../../fonts/be-vietnam-pro-semibold.ttf")));
    &FONT
}

impl Font {
    fn new(file: &'static [u8]) -> Self {
        let face = Face::parse(file, 0).expect("the file is built in and tests draw all of it");
        Self { face }
    }

    /// It has this letter.
    pub(super) fn has(&self, letter: char) -> bool {
        self.face.glyph_index(letter).is_some()
    }

    /// The width of a text, as a multiple of its size.
    pub(super) fn width(&self, text: &str) -> f32 {
        text.chars().map(|letter| self.advance(letter)).sum()
    }

    /// Draws a text from `left` on `baseline`; all in pixels.
    pub(super) fn draw(
        &self,
        canvas: &mut Canvas,
        text: &str,
        size: f32,
        (left, baseline): (f32, f32),
    ) {
        let mut left = left;
        for letter in text.chars() {
            if let Some(glyph) = self.face.glyph_index(letter) {
                self.draw_glyph(canvas, glyph, size, (left, baseline));
            }
            left += self.advance(letter) * size;
        }
    }

    /// How far it is to the next letter, as a multiple of the size.
    fn advance(&self, letter: char) -> f32 {
        let glyph = self.face.glyph_index(letter);
        let advance = glyph.and_then(|glyph| self.face.glyph_hor_advance(glyph));
        f32::from(advance.unwrap_or_default()) / f32::from(self.face.units_per_em())
    }

    fn draw_glyph(&self, canvas: &mut Canvas, glyph: GlyphId, size: f32, (x, y): (f32, f32)) {
        // A space has no outline.
        let Some(bounds) = self.face.glyph_bounding_box(glyph) else {
            return;
        };
        let scale = size / f32::from(self.face.units_per_em());
        let left = whole_pixels(x + f32::from(bounds.x_min) * scale) - 1;
        let top = whole_pixels(y - f32::from(bounds.y_max) * scale) - 1;
        let right = whole_pixels(x + f32::from(bounds.x_max) * scale) + 2;
        let bottom = whole_pixels(y - f32::from(bounds.y_min) * scale) + 2;
        let sides = (usize::try_from(right - left), usize::try_from(bottom - top));
        let (Ok(width), Ok(height)) = sides else {
            return;
        };
        let mut pen = Pen {
            shape: Rasterizer::new(width, height),
            origin: point(x - pixels(left), y - pixels(top)),
            scale,
            start: point(0.0, 0.0),
            at: point(0.0, 0.0),
        };
        self.face.outline_glyph(glyph, &mut pen);
        pen.shape.for_each_pixel_2d(|x, y, ink| {
            canvas.ink(
                (
                    left.saturating_add_unsigned(x),
                    top.saturating_add_unsigned(y),
                ),
                ink,
            );
        });
    }
}

/// Pixels as a length.
#[expect(
    clippy::cast_precision_loss,
    reason = "a card has a few thousand pixels a side"
)]
fn pixels(count: i32) -> f32 {
    count as f32
}

/// Hands an outline, in the units of the typeface and with y upward, to the rasteriser.
struct Pen {
    shape: Rasterizer,
    origin: Point,
    scale: f32,
    start: Point,
    at: Point,
}

impl Pen {
    fn place(&self, x: f32, y: f32) -> Point {
        point(
            self.origin.x + x * self.scale,
            self.origin.y - y * self.scale,
        )
    }
}

impl OutlineBuilder for Pen {
    fn move_to(&mut self, x: f32, y: f32) {
        self.start = self.place(x, y);
        self.at = self.start;
    }

    fn line_to(&mut self, x: f32, y: f32) {
        let to = self.place(x, y);
        self.shape.draw_line(self.at, to);
        self.at = to;
    }

    fn quad_to(&mut self, x1: f32, y1: f32, x: f32, y: f32) {
        let (by, to) = (self.place(x1, y1), self.place(x, y));
        self.shape.draw_quad(self.at, by, to);
        self.at = to;
    }

    fn curve_to(&mut self, x1: f32, y1: f32, x2: f32, y2: f32, x: f32, y: f32) {
        let to = self.place(x, y);
        let (first, second) = (self.place(x1, y1), self.place(x2, y2));
        self.shape.draw_cubic(self.at, first, second, to);
        self.at = to;
    }

    fn close(&mut self) {
        self.shape.draw_line(self.at, self.start);
        self.at = self.start;
    }
}

#[cfg(test)]
#[expect(clippy::indexing_slicing, reason = "tests may panic")]
mod tests {
    use super::*;

    /// Every Vietnamese letter that is not in ASCII, small.
    const VIETNAMESE: &str = "àáảãạăằắẳẵặâầấẩẫậèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵđ";

    fn drawn(font: &Font, letter: char) -> Canvas {
        let mut canvas = Canvas::new(200, 200);
        font.draw(&mut canvas, &letter.to_string(), 80.0, (60.0, 120.0));
        canvas
    }

    #[test]
    fn every_letter_of_vietnamese_has_a_look_of_its_own() {
        let letters: Vec<char> = VIETNAMESE
            .chars()
            .chain(VIETNAMESE.to_uppercase().chars())
            .chain(' '..='~')
            .collect();
        let pictures: Vec<Canvas> = letters
            .iter()
            .map(|letter| drawn(regular(), *letter))
            .collect();
        for (at, letter) in letters.iter().enumerate() {
            assert!(regular().has(*letter), "{letter:?}");
            for other in at + 1..letters.len() {
                let is_same = pictures[at] == pictures[other];
                assert!(!is_same, "{letter:?} and {:?}", letters[other]);
            }
        }
    }

    #[test]
    fn all_that_the_files_have_can_be_drawn() {
        for font in [regular(), semibold()] {
            let mut count = 0;
            for letter in ('\u{21}'..'\u{2fff}').filter(|letter| font.has(*letter)) {
                let has_ink = drawn(font, letter) != Canvas::new(200, 200);
                assert!(
                    has_ink || letter.is_whitespace() || letter == '\u{ad}',
                    "{letter:?}"
                );
                count += 1;
            }
            assert!(count >= 94, "{count}");
        }
    }
}
