//! White paper, and ink on it.

const WHITE: u8 = u8::MAX;

/// A picture in grey, a byte a pixel, from top left.
#[derive(PartialEq, Eq)]
pub(super) struct Canvas {
    width: usize,
    rows: Vec<u8>,
}

impl Canvas {
    /// Blank; the sides are in pixels.
    pub(super) fn new(width: usize, height: usize) -> Self {
        Self {
            width,
            rows: vec![WHITE; width * height],
        }
    }

    /// The rows of pixels, from the top.
    pub(super) fn rows(&self) -> impl Iterator<Item = &[u8]> {
        self.rows.chunks_exact(self.width)
    }

    /// Puts ink on a pixel: 0 is none, 1 is black. What is outside stays outside.
    pub(super) fn ink(&mut self, (x, y): (i32, i32), ink: f32) {
        let (Ok(x), Ok(y)) = (usize::try_from(x), usize::try_from(y)) else {
            return;
        };
        if x >= self.width {
            return;
        }
        if let Some(pixel) = self.rows.get_mut(y * self.width + x) {
            *pixel = grey(f32::from(*pixel) * (1.0 - ink.clamp(0.0, 1.0)));
        }
    }

    /// A line of so many pixels' thickness, downward from `y`.
    pub(super) fn rule(&mut self, (from, to): (i32, i32), y: i32, thickness: i32, ink: f32) {
        for y in y..y.saturating_add(thickness) {
            for x in from..to {
                self.ink((x, y), ink);
            }
        }
    }
}

/// The pixel in which a length ends, rounded down.
#[expect(
    clippy::cast_possible_truncation,
    reason = "a float that is no i32 becomes the nearest one, which is off every canvas"
)]
pub(super) fn whole_pixels(length: f32) -> i32 {
    length.floor() as i32
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "it lies between black and white"
)]
fn grey(level: f32) -> u8 {
    level.round() as u8
}
