//! Languages of the library: which there are, and their names.

use std::collections::BTreeSet;

use loive_documents::library::{Fields, ItemView, keys};
use loive_strings::Lang;

use super::state::lang_key;
use crate::console::page::Page;

/// The item that lists languages with their names.
pub(in crate::console) const LIST: &str = "languages";

/// A language as the console names it.
#[derive(Clone, PartialEq, Eq)]
pub(in crate::console) struct Language {
    /// Its code.
    pub(in crate::console) code: String,
    /// Its name, or the code.
    pub(in crate::console) name: String,
}

/// The list of the library, for names.
pub(in crate::console) struct Languages<'a> {
    page: &'a Page,
    list: &'a Fields,
}

impl<'a> Languages<'a> {
    /// Names from the fields of the item [`LIST`], which may be empty.
    pub(in crate::console) const fn new(page: &'a Page, list: &'a Fields) -> Self {
        Self { page, list }
    }

    /// The language of a code.
    pub(in crate::console) fn of(&self, code: &str) -> Language {
        Language {
            name: self.name(code),
            code: code.to_owned(),
        }
    }

    /// Its name in the language of the page, in Vietnamese, or the code.
    pub(in crate::console) fn name(&self, code: &str) -> String {
        if let Some(lang) = Lang::from_code(code) {
            return self.page.t(lang_key(lang)).to_owned();
        }
        let list = ItemView::new(LIST, self.list);
        let named = [self.page.lang, Lang::Vi]
            .into_iter()
            .find_map(|lang| list.text(lang.code(), code));
        named.map_or_else(|| code.to_owned(), |name| format!("{name} ({code})"))
    }

    /// English, and whatever the item or the list has beside Vietnamese.
    pub(in crate::console) fn beside_the_original(&self, item: &Fields) -> Vec<Language> {
        let listed = ItemView::new(LIST, self.list)
            .blocks()
            .map(|block| block.id);
        let recorded = item.keys().filter_map(|key| keys::recorded(key));
        let codes: BTreeSet<&str> = ItemView::new("", item)
            .languages()
            .into_iter()
            .chain(recorded.map(|(lang, _)| lang))
            .chain(listed)
            .filter(|code| keys::is_language(code) && Lang::from_code(code).is_none())
            .collect();
        let all = std::iter::once(Lang::En.code()).chain(codes);
        all.map(|code| self.of(code)).collect()
    }
}
