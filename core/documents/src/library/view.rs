//! An item as one reads it.

use super::item::Fields;
use super::keys;

/// What an item is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// A warning of a new trick.
    Alert,
    /// Something to read.
    Article,
    /// About one destination.
    Guide,
    /// The ten checks before leaving.
    Checks,
    /// Questions with a result.
    Quiz,
    /// The signs of the checklist.
    Flags,
    /// Somebody who helps.
    Entry,
    /// For whoever leads a session.
    Kit,
    /// The doors of the home screen.
    Doors,
    /// Topics and audiences.
    Topics,
    /// The register of sources.
    Sources,
    /// Words and what they mean.
    Terms,
    /// What people type, and the words of today.
    Aliases,
    /// Languages and their names.
    Languages,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 14] = [
        Self::Alert,
        Self::Article,
        Self::Guide,
        Self::Checks,
        Self::Quiz,
        Self::Flags,
        Self::Entry,
        Self::Kit,
        Self::Doors,
        Self::Topics,
        Self::Sources,
        Self::Terms,
        Self::Aliases,
        Self::Languages,
    ];

    /// As it stands under `kind`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Alert => "alert",
            Self::Article => "article",
            Self::Guide => "guide",
            Self::Checks => "checks",
            Self::Quiz => "quiz",
            Self::Flags => "flags",
            Self::Entry => "entry",
            Self::Kit => "kit",
            Self::Doors => "doors",
            Self::Topics => "topics",
            Self::Sources => "sources",
            Self::Terms => "terms",
            Self::Aliases => "aliases",
            Self::Languages => "languages",
        }
    }

    /// The kind of a code. A newer release may have others: they are kept and
    /// not shown.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }

    /// Whether it is a page that somebody reads or uses, and not only something
    /// that others refer to.
    pub const fn is_page(self) -> bool {
        matches!(
            self,
            Self::Alert
                | Self::Article
                | Self::Guide
                | Self::Checks
                | Self::Quiz
                | Self::Flags
                | Self::Entry
                | Self::Kit
        )
    }
}

/// How far one may rely on a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Class {
    /// Has a source.
    Fact,
    /// Has no number, deadline or legal claim. Marked as not yet reviewed until
    /// the hotline has done so.
    Advice,
    /// Anything else, such as a question of a quiz.
    Part,
}

/// A block of an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Block<'a> {
    /// Its id.
    pub id: &'a str,
    /// The first word of what it is: `fact`, `advice`, `question`, …
    pub role: &'a str,
    rest: &'a str,
}

impl<'a> Block<'a> {
    /// How far one may rely on it.
    pub fn class(&self) -> Class {
        match self.role {
            "fact" => Class::Fact,
            "advice" => Class::Advice,
            _ => Class::Part,
        }
    }

    /// Words behind the role that are no `key=value`: the sources of a fact.
    pub fn words(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        words(self.rest).filter(|word| !word.contains('='))
    }

    /// The value of `key=value` behind the role.
    pub fn value(&self, key: &str) -> Option<&'a str> {
        words(self.rest).find_map(|word| word.strip_prefix(key)?.strip_prefix('='))
    }
}

/// An item to read.
#[derive(Debug, Clone, Copy)]
pub struct ItemView<'a> {
    /// Its id.
    pub id: &'a str,
    fields: &'a Fields,
}

impl<'a> ItemView<'a> {
    /// A view of an item's strings.
    pub const fn new(id: &'a str, fields: &'a Fields) -> Self {
        Self { id, fields }
    }

    /// The value of a key.
    pub fn get(&self, key: &str) -> Option<&'a str> {
        self.fields.get(key).map(String::as_str)
    }

    /// What it is.
    pub fn kind(&self) -> Option<Kind> {
        self.get(keys::KIND).and_then(Kind::from_code)
    }

    /// The words of a value that is a list.
    pub fn list(&self, key: &str) -> impl Iterator<Item = &'a str> + use<'a> {
        words(self.get(key).unwrap_or_default())
    }

    /// The title in a language.
    pub fn title(&self, lang: &str) -> Option<&'a str> {
        self.get(&keys::title(lang))
    }

    /// The summary in a language.
    pub fn summary(&self, lang: &str) -> Option<&'a str> {
        self.get(&keys::summary(lang))
    }

    /// The blocks, in order.
    pub fn blocks(&self) -> impl Iterator<Item = Block<'a>> + use<'a> {
        let fields = self.fields;
        self.list(keys::BLOCKS).filter_map(move |id| {
            let spec = fields.get(&keys::block(id))?;
            let (role, rest) = spec.split_once(' ').unwrap_or((spec, ""));
            Some(Block { id, role, rest })
        })
    }

    /// The words of a block in a language.
    pub fn text(&self, lang: &str, block: &str) -> Option<&'a str> {
        self.get(&keys::text(lang, block))
    }

    /// Languages in which there is at least a title or a block, sorted.
    pub fn languages(&self) -> Vec<&'a str> {
        let mut languages: Vec<&str> = self
            .fields
            .keys()
            .filter_map(|key| keys::language(key).map(|(lang, _)| lang))
            .collect();
        languages.sort_unstable();
        languages.dedup();
        languages
    }
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(' ').filter(|word| !word.is_empty())
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests may panic")]
mod tests {
    use super::*;

    #[test]
    fn an_article_is_read_block_by_block() {
        let fields: Fields = [
            ("kind", "article"),
            ("topics", "t1 t6"),
            ("title.vi", "Mua bán người là gì?"),
            ("blocks", "parts gone go-together"),
            ("block.parts", "fact S13 S55"),
            ("block.go-together", "advice"),
            ("text.vi.parts", "Luật nói…"),
            ("text.hnj.go-together", "…"),
        ]
        .map(|(key, text)| (key.to_owned(), text.to_owned()))
        .into();
        let article = ItemView::new("a01", &fields);
        assert_eq!(article.kind(), Some(Kind::Article));
        assert_eq!(article.list(keys::TOPICS).collect::<Vec<_>>(), ["t1", "t6"]);
        assert_eq!(article.languages(), ["hnj", "vi"]);
        let blocks: Vec<_> = article.blocks().collect();
        let [parts, together] = blocks.as_slice() else {
            panic!("{blocks:?}");
        };
        assert_eq!(parts.class(), Class::Fact);
        assert_eq!(parts.words().collect::<Vec<_>>(), ["S13", "S55"]);
        assert_eq!(together.class(), Class::Advice);
        assert_eq!(article.text("vi", parts.id), Some("Luật nói…"));
    }

    #[test]
    fn a_question_has_values() {
        let fields: Fields = [
            ("blocks", "q1_8"),
            (
                "block.q1_8",
                "question weight=5 indicator=t_docs_taken forces=yes",
            ),
        ]
        .map(|(key, text)| (key.to_owned(), text.to_owned()))
        .into();
        let quiz = ItemView::new("q1", &fields);
        let question = quiz.blocks().next().unwrap();
        assert_eq!(question.class(), Class::Part);
        assert_eq!(question.value("weight"), Some("5"));
        assert_eq!(question.value("indicator"), Some("t_docs_taken"));
        assert_eq!(question.value("force"), None);
    }
}
