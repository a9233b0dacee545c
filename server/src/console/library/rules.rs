//! What may not be written at one place of an item. What needs the whole library
//! is looked at by `hotline library check`.

use std::collections::BTreeSet;

use loive_content::words::{is_emergency, numbers, runs};
use loive_content::{RUN_SHEET, SUMMARY_MAX_CHARS};
use loive_documents::library::markup::{self, Markup, Outside, Target};
use loive_documents::library::{Class, ItemView, Kind, keys};
use loive_strings::Lang;

/// The longest title, in characters.
const TITLE_MAX_CHARS: usize = 120;
/// The longest block, in characters: a document takes 8,192 bytes.
const BLOCK_MAX_CHARS: usize = 2_700;
/// Parts whose words are drawn from something else, such as a number to dial.
const FIXED_ROLES: &[&str] = &["number"];

/// A string of an item that may be written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::console) enum Place {
    /// The title.
    Title,
    /// The summary.
    Summary,
    /// The words of a block.
    Block(Class),
}

/// Why it was refused: the key of the words, and the values in them.
pub(in crate::console) type Refused = (&'static str, Vec<(&'static str, String)>);

impl Place {
    /// The place and language of a key; `None` if nobody writes there by hand.
    pub(in crate::console) fn of<'k>(key: &'k str, view: &ItemView<'_>) -> Option<(Self, &'k str)> {
        let (lang, block) = keys::language(key).filter(|(code, _)| keys::is_language(code))?;
        let place = match block {
            Some(id) => {
                let block = view.blocks().find(|block| block.id == id)?;
                if FIXED_ROLES.contains(&block.role) {
                    return None;
                }
                // A session is told in minutes; the check of a folder counts them.
                let is_run_sheet = view.kind() == Some(Kind::Kit) && id == RUN_SHEET;
                Self::Block(if is_run_sheet {
                    Class::Part
                } else {
                    block.class()
                })
            }
            None if key.starts_with("title.") => Self::Title,
            None => Self::Summary,
        };
        Some((place, lang))
    }

    /// The most characters.
    pub(in crate::console) const fn limit(self) -> usize {
        match self {
            Self::Title => TITLE_MAX_CHARS,
            Self::Summary => SUMMARY_MAX_CHARS,
            Self::Block(_) => BLOCK_MAX_CHARS,
        }
    }

    /// Why a text may not stand here, if it may not.
    pub(in crate::console) fn refuse(
        self,
        text: &str,
        lang: &str,
        view: &ItemView<'_>,
    ) -> Option<Refused> {
        let count = text.chars().count();
        if count > self.limit() {
            let values = [("n", count), ("limit", self.limit())];
            let values = values.map(|(name, number)| (name, number.to_string()));
            return Some(("library.refused_long", values.into()));
        }
        if text.is_empty() && self != Self::Summary {
            return Some(("library.refused_empty", Vec::new()));
        }
        if text
            .chars()
            .any(|letter| letter.is_control() && letter != '\n')
        {
            return Some(("library.refused_control", Vec::new()));
        }
        if let Some(problem) = markup::check(text).first() {
            let line = vec![("n", problem.line.to_string())];
            return Some((outside_key(problem.what), line));
        }
        match self {
            Self::Title | Self::Summary => headline(text, lang, view),
            Self::Block(Class::Advice) => {
                let shown = shown(text);
                let number = numbers(&shown).find(|it| !is_emergency(it))?;
                let name = vec![("name", number.to_owned())];
                Some(("library.refused_number", name))
            }
            Self::Block(_) => None,
        }
    }
}

/// Items that a text leads to.
pub(in crate::console) fn links(text: &str) -> Vec<String> {
    let markup = Markup::parse(text);
    let items = markup.links().filter_map(|(_, target)| match target {
        Target::Item(id) => Some(id.clone()),
        Target::Term(_) | Target::Tel(_) => None,
    });
    items.collect()
}

/// A title or summary is plain words, and its numbers stand in a fact: of the same
/// language, or where that is not one in which all of an item is, of the original.
fn headline(text: &str, lang: &str, view: &ItemView<'_>) -> Option<Refused> {
    let is_plain = !text.contains('\n') && shown(text) == text && !text.starts_with("## ");
    if !is_plain {
        return Some(("library.refused_headline", Vec::new()));
    }
    let in_langs = match Lang::from_code(lang) {
        Some(_) => [lang; 2],
        None => [lang, Lang::Vi.code()],
    };
    let facts = view
        .blocks()
        .filter(|block| block.class() == Class::Fact)
        .flat_map(|block| in_langs.map(|lang| view.text(lang, block.id)))
        .flatten();
    let facts = facts.map(shown).collect::<Vec<_>>();
    let known: BTreeSet<&str> = facts.iter().flat_map(|fact| numbers(fact)).collect();
    // A quiz and an entry have no facts: their numbers are counts and names.
    let has_facts = view.blocks().any(|block| block.class() == Class::Fact);
    let number = numbers(text)
        .filter(|_| has_facts)
        .find(|number| !is_emergency(number) && !known.contains(number))?;
    let name = vec![("name", number.to_owned())];
    Some(("library.refused_headline_number", name))
}

/// The words as a phone shows them.
fn shown(text: &str) -> String {
    runs(text).join("\n")
}

const fn outside_key(what: Outside) -> &'static str {
    match what {
        Outside::Heading => "library.outside_heading",
        Outside::List => "library.outside_list",
        Outside::Empty => "library.outside_empty",
        Outside::NoEmptyLine => "library.outside_line",
        Outside::Construct => "library.outside_construct",
        Outside::Html => "library.outside_html",
        Outside::Image => "library.outside_image",
        Outside::Star => "library.outside_star",
        Outside::Link => "library.outside_link",
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests may panic")]
    use loive_documents::library::Fields;

    use super::*;

    fn article() -> Fields {
        [
            ("kind", "article"),
            ("blocks", "law help"),
            ("block.law", "fact S13"),
            ("block.help", "advice"),
            ("text.vi.law", "Dưới 18 tuổi."),
        ]
        .map(|(key, text)| (key.to_owned(), text.to_owned()))
        .into()
    }

    fn refused(key: &str, text: &str) -> Option<&'static str> {
        let fields = article();
        let view = ItemView::new("a01", &fields);
        let (place, lang) = Place::of(key, &view).unwrap();
        place.refuse(text, lang, &view).map(|(key, _)| key)
    }

    #[test]
    fn advice_names_no_number_but_those_everybody_should_know() {
        let call = "Hãy gọi [111](tel:111).";
        assert_eq!(refused("text.vi.help", call), None);
        let number = Some("library.refused_number");
        assert_eq!(refused("text.vi.help", "Trong 24 giờ."), number);
        assert_eq!(refused("text.vi.law", "Trong 24 giờ."), None);
    }

    #[test]
    fn a_title_says_only_what_a_fact_says() {
        assert_eq!(refused("title.vi", "Dưới 18 tuổi"), None);
        let unknown = Some("library.refused_headline_number");
        assert_eq!(refused("title.vi", "Dưới 16 tuổi"), unknown);
        let marked = Some("library.refused_headline");
        assert_eq!(refused("title.vi", "**Mạnh**"), marked);
        assert_eq!(refused("summary.vi", ""), None);
        assert_eq!(refused("title.vi", ""), Some("library.refused_empty"));
    }

    #[test]
    fn nobody_writes_where_an_item_has_no_words() {
        let fields = article();
        let view = ItemView::new("a01", &fields);
        for key in [
            "kind",
            "text.vi.nothing",
            "title.X",
            "block.help",
            "audio.vi.help",
        ] {
            assert_eq!(Place::of(key, &view), None, "{key}");
        }
    }

    #[test]
    fn a_translation_keeps_to_the_numbers_of_the_original() {
        assert_eq!(refused("title.hnj", "18 xyoo"), None);
        let unknown = Some("library.refused_headline_number");
        assert_eq!(refused("title.hnj", "16 xyoo"), unknown);
        let number = Some("library.refused_number");
        assert_eq!(refused("text.hnj.help", "Hu 0900."), number);
        let html = Some("library.outside_html");
        assert_eq!(refused("text.hnj.help", "<b>Hu</b>"), html);
    }

    #[test]
    fn whatever_the_starter_library_says_may_be_saved_as_it_is() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../content");
        let source = loive_content::Source::read(folder.as_ref()).unwrap();
        let mut looked_at = 0;
        for (id, fields) in source.documents() {
            let view = ItemView::new(&id, &fields);
            for (key, text) in &fields {
                if let Some((place, lang)) = Place::of(key, &view) {
                    assert_eq!(place.refuse(text, lang, &view), None, "{id} {key}");
                    looked_at += 1;
                }
            }
        }
        assert!(looked_at > 1_000, "{looked_at}");
    }
}
