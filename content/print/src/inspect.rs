//! Looks at what was typeset: nothing cut, nothing missing.

use typst::layout::{Frame, FrameItem, Size, Transform};
use typst::text::TextItem;
use typst_layout::PagedDocument;

use crate::error::PrintError;
use crate::sheet::Sheet;

/// How far words stay from the edge, as a share of the page's width: printers
/// leave a margin, and phones have round corners.
const EDGE_SHARE: f64 = 0.02;

/// # Errors
/// [`PrintError::DoesNotFit`] or [`PrintError::NoLetter`].
pub(crate) fn document(document: &PagedDocument, sheet: &Sheet) -> Result<(), PrintError> {
    for page in document.pages() {
        let look = Look {
            sheet,
            size: page.frame.size(),
        };
        look.at(&page.frame, Transform::identity())?;
    }
    Ok(())
}

/// The words of all pages.
pub(crate) fn text(document: &PagedDocument) -> String {
    fn collect(frame: &Frame, into: &mut String) {
        for (_, item) in frame.items() {
            match item {
                FrameItem::Group(group) => collect(&group.frame, into),
                FrameItem::Text(text) => {
                    into.push_str(&text.text);
                    into.push('\n');
                }
                _ => {}
            }
        }
    }
    let mut words = String::new();
    for page in document.pages() {
        collect(&page.frame, &mut words);
    }
    words
}

struct Look<'a> {
    sheet: &'a Sheet,
    /// Of the page.
    size: Size,
}

impl Look<'_> {
    fn at(&self, frame: &Frame, to_page: Transform) -> Result<(), PrintError> {
        for (position, item) in frame.items() {
            let here = to_page.pre_concat(Transform::translate(position.x, position.y));
            match item {
                FrameItem::Group(group) => {
                    self.at(&group.frame, here.pre_concat(group.transform))?;
                }
                FrameItem::Text(text) => {
                    self.has_every_letter(text)?;
                    self.is_on_paper(text, here)?;
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn has_every_letter(&self, text: &TextItem) -> Result<(), PrintError> {
        // Glyph 0 is the box that a typeface shows for what it lacks.
        let Some(missing) = text.glyphs.iter().find(|glyph| glyph.id == 0) else {
            return Ok(());
        };
        let letter = text.text.get(missing.range()).unwrap_or(&text.text);
        Err(PrintError::NoLetter {
            name: self.sheet.name.clone(),
            letter: letter.to_owned(),
        })
    }

    fn is_on_paper(&self, text: &TextItem, to_page: Transform) -> Result<(), PrintError> {
        let edge = self.size.x * EDGE_SHARE;
        let ink = text.bbox();
        // Spaces have no ink.
        if !ink.min.x.to_raw().is_finite() {
            return Ok(());
        }
        let corners = [ink.min, ink.max];
        let is_inside = corners.into_iter().all(|corner| {
            let point = corner.transform(to_page);
            point.x >= edge
                && point.y >= edge
                && point.x <= self.size.x - edge
                && point.y <= self.size.y - edge
        });
        if is_inside {
            return Ok(());
        }
        Err(PrintError::DoesNotFit {
            name: self.sheet.name.clone(),
            why: format!("“{}” runs over the edge", text.text),
        })
    }
}
