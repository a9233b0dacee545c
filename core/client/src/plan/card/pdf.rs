//! The picture as a PDF (ISO 32000) of one page, to be printed and cut out. There is
//! no text in it, no date, and no name of a program.

use std::fmt::Write as _;

use super::draw::{HEIGHT_MM, HEIGHT_PIXELS, WIDTH_MM, WIDTH_PIXELS};

/// A4, which every shop has.
const PAGE_MM: (f32, f32) = (210.0, 297.0);
/// From the top of the page to the card: printers do not reach the edge.
const ABOVE_MM: f32 = 30.0;
/// The marks for the scissors: how far from the card, and how long.
const MARK_GAP_MM: f32 = 1.5;
const MARK_MM: f32 = 5.0;
/// The unit of a PDF.
const POINTS_PER_MM: f32 = 72.0 / 25.4;

/// The file, around the rows of the picture as [`super::png::deflated`] gives them.
pub(super) fn file(deflated: &[u8]) -> Vec<u8> {
    let page = page();
    let (width, height) = (points(PAGE_MM.0), points(PAGE_MM.1));
    let mut file = File {
        bytes: b"%PDF-1.6\n%\xe2\xe3\xcf\xd3\n".to_vec(),
        starts: Vec::new(),
    };
    // In real size, unless somebody asks for another.
    file.object(
        "<< /Type /Catalog /Pages 2 0 R /ViewerPreferences << /PrintScaling /None >> >>",
        None,
    );
    file.object("<< /Type /Pages /Kids [3 0 R] /Count 1 >>", None);
    file.object(
        &format!(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {width:.3} {height:.3}] \
             /Resources << /XObject << /Card 4 0 R >> >> /Contents 5 0 R >>"
        ),
        None,
    );
    file.object(
        &format!(
            "<< /Type /XObject /Subtype /Image /Width {WIDTH_PIXELS} /Height {HEIGHT_PIXELS} \
             /ColorSpace /DeviceGray /BitsPerComponent 8 /Filter /FlateDecode \
             /DecodeParms << /Predictor 15 /Columns {WIDTH_PIXELS} >> /Length {} >>",
            deflated.len()
        ),
        Some(deflated),
    );
    file.object(
        &format!("<< /Length {} >>", page.len()),
        Some(page.as_bytes()),
    );
    file.end()
}

/// What the printer does: the card in real size, and marks at its corners.
fn page() -> String {
    let (width, height) = (points(WIDTH_MM), points(HEIGHT_MM));
    let (left, bottom) = (
        points((PAGE_MM.0 - WIDTH_MM) / 2.0),
        points(PAGE_MM.1 - ABOVE_MM - HEIGHT_MM),
    );
    let mut page = String::new();
    let mut add = |line: std::fmt::Arguments<'_>| {
        page.write_fmt(line).expect("a text takes what is written");
    };
    add(format_args!(
        "q {width:.3} 0 0 {height:.3} {left:.3} {bottom:.3} cm /Card Do Q\n0.3 w 0.4 G\n"
    ));
    let (near, far) = (points(MARK_GAP_MM), points(MARK_GAP_MM + MARK_MM));
    for (x, outward) in [(left, -1.0), (left + width, 1.0)] {
        for (y, upward) in [(bottom, -1.0), (bottom + height, 1.0)] {
            let (x_near, x_far) = (x + outward * near, x + outward * far);
            let (y_near, y_far) = (y + upward * near, y + upward * far);
            add(format_args!("{x_near:.3} {y:.3} m {x_far:.3} {y:.3} l S\n"));
            add(format_args!("{x:.3} {y_near:.3} m {x:.3} {y_far:.3} l S\n"));
        }
    }
    page
}

fn points(length_mm: f32) -> f32 {
    length_mm * POINTS_PER_MM
}

/// A file that is being written.
struct File {
    bytes: Vec<u8>,
    /// Where each object begins, in bytes.
    starts: Vec<usize>,
}

impl File {
    /// The next object, with its stream if it has one.
    fn object(&mut self, dictionary: &str, stream: Option<&[u8]>) {
        self.starts.push(self.bytes.len());
        let number = self.starts.len();
        self.text(&format!("{number} 0 obj\n{dictionary}\n"));
        if let Some(stream) = stream {
            self.text("stream\n");
            self.bytes.extend(stream);
            self.text("\nendstream\n");
        }
        self.text("endobj\n");
    }

    /// The table of objects and the end.
    fn end(mut self) -> Vec<u8> {
        let table = self.bytes.len();
        let count = self.starts.len() + 1;
        self.text(&format!("xref\n0 {count}\n0000000000 65535 f \n"));
        for start in std::mem::take(&mut self.starts) {
            self.text(&format!("{start:010} 00000 n \n"));
        }
        self.text(&format!(
            "trailer\n<< /Size {count} /Root 1 0 R >>\nstartxref\n{table}\n%%EOF\n"
        ));
        self.bytes
    }

    fn text(&mut self, text: &str) {
        self.bytes.extend(text.as_bytes());
    }
}
