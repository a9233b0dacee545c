//! From a sheet to a page, and from a page to a file.

use std::collections::BTreeMap;

use typst::World;
use typst::diag::SourceDiagnostic;
use typst::foundations::{Bytes, Smart};
use typst::utils::Scalar;
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards};
use typst_render::RenderOptions;

use crate::error::PrintError;
use crate::inspect;
use crate::library::Library;
use crate::picture::{self, Pixels};
use crate::sheet::{SIZES_POINTS, Sheet, picture_file};
use crate::world::{DATA, Desk, Shop};

/// The colour of lines in drawings, which themselves leave it to the page.
const LINE_COLOUR: &str = "#17212b";
/// How many sheets later the typesetter forgets what it worked out for one.
const REMEMBERED_SHEETS: usize = 4;

/// Typesets sheets.
pub struct Press {
    shop: Shop,
}

/// A sheet as it was typeset: every letter there, every word on the paper.
#[derive(Debug)]
pub struct Pages {
    name: String,
    document: PagedDocument,
}

impl Default for Press {
    fn default() -> Self {
        Self::new()
    }
}

impl Press {
    /// Makes ready. Takes some time: make one and keep it.
    pub fn new() -> Self {
        Self { shop: Shop::new() }
    }

    /// Typesets a sheet, in the largest letters with which it keeps to its
    /// pages, and looks at it.
    ///
    /// # Errors
    /// [`PrintError::DoesNotFit`], [`PrintError::NoLetter`] or
    /// [`PrintError::Template`].
    pub fn typeset(&self, library: &Library, sheet: &Sheet) -> Result<Pages, PrintError> {
        let mut pages = 0;
        for size in SIZES_POINTS {
            let document = self.compile(library, sheet, size)?;
            pages = document.pages().len();
            if pages <= sheet.max_pages {
                inspect::document(&document, sheet)?;
                return Ok(Pages {
                    name: sheet.name.clone(),
                    document,
                });
            }
        }
        Err(PrintError::DoesNotFit {
            name: sheet.name.clone(),
            why: format!("{pages} pages instead of {}", sheet.max_pages),
        })
    }

    fn compile(
        &self,
        library: &Library,
        sheet: &Sheet,
        size: f64,
    ) -> Result<PagedDocument, PrintError> {
        let desk = Desk {
            shop: &self.shop,
            template: sheet.template,
            files: files(library, sheet, size),
        };
        let made = typst::compile::<PagedDocument>(&desk);
        typst::comemo::evict(REMEMBERED_SHEETS);
        let refuse = |found: &[SourceDiagnostic]| PrintError::Template {
            name: sheet.name.clone(),
            why: messages(&desk, found),
        };
        let document = made.output.map_err(|errors| refuse(&errors))?;
        if made.warnings.is_empty() {
            Ok(document)
        } else {
            Err(refuse(&made.warnings))
        }
    }
}

impl Pages {
    /// How many there are.
    pub fn count(&self) -> usize {
        self.document.pages().len()
    }

    /// The words on them, in order, a line for each stretch.
    pub fn text(&self) -> String {
        inspect::text(&self.document)
    }

    /// As PDF/UA-1, with tags, title and language for those who listen.
    ///
    /// # Errors
    /// [`PrintError::Template`] if the template leaves something out that
    /// PDF/UA-1 asks for.
    pub fn pdf(&self) -> Result<Vec<u8>, PrintError> {
        let refuse = |why: String| PrintError::Template {
            name: self.name.clone(),
            why,
        };
        let standards = PdfStandards::new(&[PdfStandard::Ua_1])
            .map_err(|error| refuse(error.message().to_string()))?;
        let options = PdfOptions {
            ident: Smart::Custom(self.name.clone()),
            creator: Smart::Custom(None),
            standards,
            ..PdfOptions::default()
        };
        typst_pdf::pdf(&self.document, &options).map_err(|errors| {
            let texts: Vec<String> = errors.iter().map(|it| it.message.to_string()).collect();
            refuse(texts.join("; "))
        })
    }

    /// The first page as a PNG of few colours, one pixel a point.
    ///
    /// # Errors
    /// [`PrintError::TooHeavy`] if it cannot be made light enough.
    pub fn png(&self) -> Result<Vec<u8>, PrintError> {
        let options = RenderOptions {
            pixel_per_pt: Scalar::new(1.0),
            render_bleed: false,
        };
        let page = self.document.pages().first();
        let page = page.ok_or_else(|| PrintError::Template {
            name: self.name.clone(),
            why: "it has no page".to_owned(),
        })?;
        let rendered = typst_render::render(page, &options);
        let pixels = Pixels {
            width: rendered.width(),
            height: rendered.height(),
            data: rendered.data(),
        };
        picture::png(&pixels, &self.name)
    }
}

fn files(library: &Library, sheet: &Sheet, size: f64) -> BTreeMap<String, Bytes> {
    let drawing = |name: &String| {
        let svg = library.pictures.get(name)?;
        let svg = svg.replace("currentColor", LINE_COLOUR);
        Some((picture_file(name), Bytes::from_string(svg)))
    };
    let mut files: BTreeMap<String, Bytes> = sheet.pictures.iter().filter_map(drawing).collect();
    let mut data = sheet.data.clone();
    if let Some(fields) = data.as_object_mut() {
        fields.insert("size".to_owned(), size.into());
    }
    files.insert(DATA.to_owned(), Bytes::from_string(data.to_string()));
    files
}

/// What the typesetter says, with the line of the template.
fn messages(desk: &Desk<'_>, found: &[SourceDiagnostic]) -> String {
    let message = |it: &SourceDiagnostic| match place(desk, it) {
        Some(place) => format!("{place}: {}", it.message),
        None => it.message.to_string(),
    };
    let texts: Vec<String> = found.iter().map(message).collect();
    texts.join("; ")
}

fn place(desk: &Desk<'_>, it: &SourceDiagnostic) -> Option<String> {
    use typst::WorldExt;

    let id = it.span.id()?;
    let source = desk.source(id).ok()?;
    let at = desk.range(it.span)?.start;
    let line = source.lines().byte_to_line(at)? + 1;
    Some(format!("{}:{line}", id.vpath().get_without_slash()))
}
