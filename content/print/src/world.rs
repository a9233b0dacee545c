//! What the typesetter can see: our templates and typefaces, one sheet's data
//! and its drawings. No file system, no network, no packages, no clock.

use std::collections::BTreeMap;

use typst::diag::{FileError, FileResult};
use typst::foundations::{Bytes, Datetime, Duration};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt, World};

/// The typefaces, each in its file.
pub(crate) const FONTS: [&[u8]; 2] = [
    include_bytes!("../fonts/BeVietnamPro-Regular.ttf"),
    include_bytes!("../fonts/BeVietnamPro-Bold.ttf"),
];
/// The templates, each with its name.
const TEMPLATES: [(&str, &str); 6] = [
    ("/card.typ", include_str!("../templates/card.typ")),
    ("/common.typ", include_str!("../templates/common.typ")),
    ("/kit.typ", include_str!("../templates/kit.typ")),
    ("/leaflet.typ", include_str!("../templates/leaflet.typ")),
    ("/poster.typ", include_str!("../templates/poster.typ")),
    ("/quiz.typ", include_str!("../templates/quiz.typ")),
];
/// Where a template finds what it is to show.
pub(crate) const DATA: &str = "/data.json";

/// What all sheets have in common.
pub(crate) struct Shop {
    library: LazyHash<Library>,
    book: LazyHash<FontBook>,
    fonts: Vec<Font>,
    templates: BTreeMap<&'static str, Source>,
}

impl Shop {
    pub(crate) fn new() -> Self {
        let fonts: Vec<Font> = FONTS
            .into_iter()
            .flat_map(|font| Font::iter(Bytes::new(font)))
            .collect();
        let template = |(name, text): (&'static str, &str)| {
            (name, Source::new(file_id(name), text.to_owned()))
        };
        Self {
            library: LazyHash::new(<Library as LibraryExt>::default()),
            book: LazyHash::new(FontBook::from_fonts(&fonts)),
            fonts,
            templates: TEMPLATES.into_iter().map(template).collect(),
        }
    }
}

/// The name of a file, as the typesetter knows it.
fn file_id(name: &str) -> FileId {
    let path = VirtualPath::new(name).expect("our names begin with / and have no dots between");
    RootedPath::new(VirtualRoot::Project, path).intern()
}

/// What one sheet can see.
pub(crate) struct Desk<'a> {
    pub(crate) shop: &'a Shop,
    /// The template to begin with.
    pub(crate) template: &'static str,
    /// Data and drawings, by their name.
    pub(crate) files: BTreeMap<String, Bytes>,
}

/// The name of a file of ours; none for one of a package.
fn name_of(id: FileId) -> FileResult<&'static str> {
    let path: &'static RootedPath = id.get();
    match path.root() {
        VirtualRoot::Project => Ok(path.vpath().get_with_slash()),
        VirtualRoot::Package(_) => Err(FileError::AccessDenied),
    }
}

impl World for Desk<'_> {
    fn library(&self) -> &LazyHash<Library> {
        &self.shop.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &self.shop.book
    }

    fn main(&self) -> FileId {
        file_id(self.template)
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        let name = name_of(id)?;
        let template = self.shop.templates.get(name).cloned();
        template.ok_or_else(|| FileError::NotFound(name.into()))
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        let name = name_of(id)?;
        let file = self.files.get(name).cloned();
        file.ok_or_else(|| FileError::NotFound(name.into()))
    }

    fn font(&self, index: usize) -> Option<Font> {
        self.shop.fonts.get(index).cloned()
    }

    fn today(&self, _offset: Option<Duration>) -> Option<Datetime> {
        None
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use super::*;

    /// All letters of Vietnamese: vowels with and without their own mark, in
    /// every tone, and đ.
    const LOWER: &str = "aàảãáạăằẳẵắặâầẩẫấậbcdđeèẻẽéẹêềểễếệfghiìỉĩíịjklmnoòỏõóọôồổỗốộơờởỡớợpqrstuùủũúụưừửữứựvwxyỳỷỹýỵz";

    #[test]
    fn the_typefaces_have_every_letter_of_vietnamese() {
        assert_eq!(LOWER.chars().collect::<BTreeSet<_>>().len(), 26 + 67);
        let upper = LOWER.to_uppercase();
        assert_typefaces_have(LOWER.chars().chain(upper.chars()));
    }

    #[test]
    fn the_typefaces_have_every_letter_of_the_library() {
        let content = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let source = loive_content::Source::read(&content).expect("the library can be read");
        let mut letters = BTreeSet::new();
        for words in source
            .items
            .iter()
            .flat_map(|item| item.translations.values())
        {
            letters.extend(words.title.chars().chain(words.summary.chars()));
            letters.extend(words.blocks.iter().flat_map(|block| block.text.chars()));
        }
        assert!(letters.len() > 150, "{letters:?}");
        assert_typefaces_have(letters.into_iter().filter(|letter| !letter.is_control()));
    }

    fn assert_typefaces_have(letters: impl Iterator<Item = char>) {
        let shop = Shop::new();
        assert_eq!(shop.fonts.len(), FONTS.len());
        for letter in letters {
            for font in &shop.fonts {
                let coverage = &font.info().coverage;
                let name = &font.info().family;
                assert!(coverage.contains(letter.into()), "{name}: {letter:?}");
            }
        }
    }

    #[test]
    fn a_sheet_sees_nothing_outside() {
        let shop = Shop::new();
        let desk = Desk {
            shop: &shop,
            template: "/card.typ",
            files: BTreeMap::new(),
        };
        for name in ["/etc/passwd", "/fonts/other.ttf", "/Cargo.toml"] {
            let id = file_id(name);
            assert!(desk.file(id).is_err() && desk.source(id).is_err(), "{name}");
        }
        assert!(desk.today(None).is_none());
        let families: Vec<_> = shop.book.families().map(|(family, _)| family).collect();
        assert_eq!(families, ["Be Vietnam Pro"]);
    }
}
