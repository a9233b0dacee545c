//! Where on the card things stand. Lengths are in millimetres until they are drawn.

use loive_documents::Lang;

use super::CardLine;
use super::canvas::{Canvas, whole_pixels};
use super::font::{Font, regular, semibold};
use super::letters::{ELLIPSIS, Letters};
use super::words::words;

/// The sides of a bank card (ISO/IEC 7810, ID-1).
pub(super) const WIDTH_MM: f32 = 85.60;
/// See [`WIDTH_MM`].
pub(super) const HEIGHT_MM: f32 = 53.98;
/// What a shop's printer can show, and a whole number for the file of a picture.
pub(super) const DOTS_PER_INCH: u16 = 600;
/// [`WIDTH_MM`] at [`DOTS_PER_INCH`].
pub(super) const WIDTH_PIXELS: u16 = 2022;
/// [`HEIGHT_MM`] at [`DOTS_PER_INCH`].
pub(super) const HEIGHT_PIXELS: u16 = 1275;
/// Nothing is drawn nearer to the edge: scissors are not exact.
pub(super) const MARGIN_MM: f32 = 5.0;
/// More lines than these could not be read.
const LINES_MAX_COUNT: usize = 8;

const MM_PER_INCH: f32 = 25.4;
/// Lines are no higher, however few there are.
const ROW_MAX_MM: f32 = 13.0;
/// Between what stands left and the number.
const GAP_MM: f32 = 3.0;
/// What a number may take of the width, so that a name is left room.
const NUMBER_WIDTH_MM: f32 = 48.0;
/// The same where the name is so long that it would be cut.
const NUMBER_BESIDE_LONG_MM: f32 = 38.0;
/// Sizes of letters, as parts of the height of a line.
const NUMBER_SIZE: f32 = 0.72;
const NAME_SIZE: f32 = 0.42;
const WORDS_SIZE: f32 = 0.30;
/// Where the lower of two texts stands, as a part of the height of a line.
const LOWER_MIDDLE: f32 = 0.75;
const UPPER_MIDDLE: f32 = 0.35;
/// However few lines there are.
const NAME_MAX_MM: f32 = 4.2;
/// Smaller letters are not read at arm's length; what is longer is cut.
const LETTERS_MIN_MM: f32 = 2.0;
/// A number is only cut where nobody could read it.
const NUMBER_MIN_MM: f32 = 1.5;
/// No letters are so thin that more of them fit.
const LETTERS_MAX_COUNT: usize = 250;
/// Half the height of capitals and digits, as a part of the size.
const HALF_CAPITAL: f32 = 0.35;
/// Of the lines between two numbers.
const RULE_PIXELS: i32 = 3;
const RULE_INK: f32 = 0.35;

/// Draws the lines; gives the picture, and for each line whether all of it is there.
pub(super) fn draw(lines: &[CardLine], lang: Lang) -> (Canvas, Vec<bool>) {
    let mut canvas = Canvas::new(WIDTH_PIXELS.into(), HEIGHT_PIXELS.into());
    let shown = lines.get(..LINES_MAX_COUNT).unwrap_or(lines);
    let count = f32::from(u8::try_from(shown.len()).unwrap_or(u8::MAX));
    let height = ((HEIGHT_MM - 2.0 * MARGIN_MM) / count.max(1.0)).min(ROW_MAX_MM);
    let mut top = (HEIGHT_MM - height * count) / 2.0;
    let mut is_whole = vec![false; lines.len()];
    for (at, (line, is_whole)) in shown.iter().zip(&mut is_whole).enumerate() {
        if at > 0 {
            let across = (dots(MARGIN_MM), dots(WIDTH_MM - MARGIN_MM));
            canvas.rule(across, dots(top), RULE_PIXELS, RULE_INK);
        }
        *is_whole = Row { top, height }.draw(&mut canvas, line, lang);
        top += height;
    }
    (canvas, is_whole)
}

/// A line's place.
#[derive(Clone, Copy)]
struct Row {
    top: f32,
    height: f32,
}

impl Row {
    /// Draws a line; gives whether all of it is there.
    fn draw(self, canvas: &mut Canvas, line: &CardLine, lang: Lang) -> bool {
        let texts = Texts::new(line, lang, self.height, NUMBER_WIDTH_MM);
        let texts = if texts.is_cut() {
            Texts::new(line, lang, self.height, NUMBER_BESIDE_LONG_MM)
        } else {
            texts
        };
        let right = WIDTH_MM - MARGIN_MM - texts.number.width();
        self.write(canvas, &texts.number, right, 0.5);
        if let Some(name) = &texts.name {
            self.write(canvas, name, MARGIN_MM, UPPER_MIDDLE);
            self.write(canvas, &texts.words, MARGIN_MM, LOWER_MIDDLE);
        } else {
            self.write(canvas, &texts.words, MARGIN_MM, 0.5);
        }
        texts.is_whole
    }

    /// Writes a text so that its digits are in the middle of a part of the height.
    fn write(self, canvas: &mut Canvas, text: &Fitted, left: f32, middle: f32) {
        let baseline = self.top + self.height * middle + text.size * HALF_CAPITAL;
        let place = (exact_dots(left), exact_dots(baseline));
        text.font
            .draw(canvas, &text.text, exact_dots(text.size), place);
    }
}

/// What a line says, in sizes that fit beside each other.
struct Texts {
    number: Fitted,
    /// None also if not a letter of it can be drawn.
    name: Option<Fitted>,
    words: Fitted,
    is_whole: bool,
}

impl Texts {
    fn new(line: &CardLine, lang: Lang, height: f32, number_width: f32) -> Self {
        let sizes = (height * NUMBER_SIZE, NUMBER_MIN_MM);
        let number = Fitted::new(semibold(), &line.number, sizes, number_width);
        let room = WIDTH_MM - 2.0 * MARGIN_MM - GAP_MM - number.width();
        let beside = |text: &str, size: f32| {
            let sizes = (size.min(NAME_MAX_MM), LETTERS_MIN_MM);
            Fitted::new(regular(), text, sizes, room)
        };
        let name = line.name.as_deref();
        let name = name.map(|name| beside(name, height * NAME_SIZE));
        let is_named = name.as_ref().is_none_or(|name| name.is_whole);
        let name = name.filter(|name| name.text.chars().any(char::is_alphanumeric));
        let known = words(line.words_key, lang);
        // The name is what is looked for: the words below it are no bigger.
        let size = name.as_ref().map_or(height * NAME_SIZE, |name| {
            name.size.min(height * WORDS_SIZE)
        });
        let words = beside(known.unwrap_or_default(), size);
        Self {
            is_whole: number.is_whole && is_named && words.is_whole && known.is_some(),
            number,
            name,
            words,
        }
    }

    /// What stands beside the number needs more room.
    fn is_cut(&self) -> bool {
        self.words.is_cut || self.name.as_ref().is_some_and(|name| name.is_cut)
    }
}

/// A text with the size in which it fits.
struct Fitted {
    font: &'static Font,
    text: String,
    size: f32,
    /// Its end did not fit.
    is_cut: bool,
    /// Nothing of it is missing, for whichever reason.
    is_whole: bool,
}

impl Fitted {
    /// Shrinks a text from the first size to the second until it fits into the room,
    /// and then cuts it.
    fn new(font: &'static Font, text: &str, (size, smallest): (f32, f32), room: f32) -> Self {
        let letters = Letters::new(text, LETTERS_MAX_COUNT, |letter| font.has(letter));
        // The largest size that fits: without end for no text at all.
        let fitting = room / font.width(&letters.text);
        let mut fitted = Self {
            font,
            text: letters.text,
            size: fitting.max(smallest).min(size),
            is_cut: false,
            is_whole: letters.is_whole,
        };
        if fitting < fitted.size {
            fitted.cut(room);
        }
        fitted
    }

    fn cut(&mut self, room: f32) {
        self.is_cut = true;
        self.is_whole = false;
        let mut left = room / self.size - self.font.width(ELLIPSIS.encode_utf8(&mut [0; 4]));
        let mut kept = String::new();
        for letter in self.text.chars() {
            left -= self.font.width(letter.encode_utf8(&mut [0; 4]));
            if left < 0.0 {
                break;
            }
            kept.push(letter);
        }
        kept.truncate(kept.trim_end_matches([' ', ELLIPSIS]).len());
        kept.push(ELLIPSIS);
        self.text = kept;
    }

    fn width(&self) -> f32 {
        self.font.width(&self.text) * self.size
    }
}

fn exact_dots(length_mm: f32) -> f32 {
    length_mm * f32::from(DOTS_PER_INCH) / MM_PER_INCH
}

fn dots(length_mm: f32) -> i32 {
    whole_pixels(exact_dots(length_mm))
}
