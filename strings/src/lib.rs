#![doc = include_str!("../README.md")]

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// A language of the screens.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum Lang {
    /// Vietnamese, the original.
    #[default]
    Vi,
    /// English.
    En,
}

impl Lang {
    /// Every language, the original first.
    pub const ALL: [Self; 2] = [Self::Vi, Self::En];

    /// Its ISO 639-1 code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Vi => "vi",
            Self::En => "en",
        }
    }

    /// From its ISO 639-1 code; `None` for a language without words here.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|lang| lang.code() == code)
    }
}

/// Whose screens, or which sheets, the words are for.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Area {
    /// The hotline's console.
    Console,
    /// The phone and its twin in the terminal.
    Phone,
    /// Cards, leaflets, posters and kits.
    Print,
}

impl Area {
    /// Every area.
    pub const ALL: [Self; 3] = [Self::Console, Self::Phone, Self::Print];

    /// The folder of its words.
    pub const fn folder(self) -> &'static str {
        match self {
            Self::Console => "console",
            Self::Phone => "phone",
            Self::Print => "print",
        }
    }
}

/// The words of one area in one language.
pub struct Words {
    by_key: BTreeMap<String, String>,
}

impl Words {
    fn parse(source: &str) -> Self {
        let table: toml::Table = source
            .parse()
            .expect("the words are embedded and a test reads them all");
        let mut by_key = BTreeMap::new();
        flatten("", table, &mut by_key);
        Self { by_key }
    }

    /// The words for a key. A key without words shows itself.
    ///
    /// # Panics
    /// In a debug build, if the key has no words: so a test or the first look
    /// finds it.
    pub fn get<'key>(&'static self, key: &'key str) -> &'key str {
        match self.find(key) {
            Some(text) => text,
            None if cfg!(debug_assertions) => panic!("no words for the key {key:?}"),
            None => key,
        }
    }

    /// The words for a key that may come from newer data, or `None`.
    pub fn find(&'static self, key: &str) -> Option<&'static str> {
        self.by_key.get(key).map(String::as_str)
    }

    /// The words for a key with its `{placeholders}` filled in. What is filled
    /// in is never itself searched for placeholders; a placeholder without a
    /// value stays visible.
    pub fn with(&'static self, key: &str, values: &[(&str, &str)]) -> String {
        let mut filled = String::new();
        for piece in pieces(self.get(key)) {
            match piece {
                Piece::Text(text) => filled.push_str(text),
                Piece::Placeholder(name) => {
                    let value = values.iter().find(|(known, _)| *known == name);
                    filled.push_str(&value.map_or_else(
                        || Cow::Owned(format!("{{{name}}}")),
                        |(_, value)| Cow::Borrowed(*value),
                    ));
                }
            }
        }
        filled
    }

    /// Every key with its words, in the order of the keys.
    pub fn iter(&'static self) -> impl Iterator<Item = (&'static str, &'static str)> {
        self.by_key
            .iter()
            .map(|(key, text)| (key.as_str(), text.as_str()))
    }
}

/// The words of an area in a language, parsed once.
pub fn words(area: Area, lang: Lang) -> &'static Words {
    static CONSOLE_VI: LazyLock<Words> =
        LazyLock::new(|| Words::parse(include_str!("../console/vi.toml")));
    static CONSOLE_EN: LazyLock<Words> =
        LazyLock::new(|| Words::parse(include_str!("../console/en.toml")));
    static PHONE_VI: LazyLock<Words> =
        LazyLock::new(|| Words::parse(include_str!("../phone/vi.toml")));
    static PHONE_EN: LazyLock<Words> =
        LazyLock::new(|| Words::parse(include_str!("../phone/en.toml")));
    static PRINT_VI: LazyLock<Words> =
        LazyLock::new(|| Words::parse(include_str!("../print/vi.toml")));
    static PRINT_EN: LazyLock<Words> =
        LazyLock::new(|| Words::parse(include_str!("../print/en.toml")));
    match (area, lang) {
        (Area::Console, Lang::Vi) => &CONSOLE_VI,
        (Area::Console, Lang::En) => &CONSOLE_EN,
        (Area::Phone, Lang::Vi) => &PHONE_VI,
        (Area::Phone, Lang::En) => &PHONE_EN,
        (Area::Print, Lang::Vi) => &PRINT_VI,
        (Area::Print, Lang::En) => &PRINT_EN,
    }
}

/// The names of the placeholders of a text, in order.
pub fn placeholders(text: &str) -> impl Iterator<Item = &str> {
    pieces(text).filter_map(|piece| match piece {
        Piece::Placeholder(name) => Some(name),
        Piece::Text(_) => None,
    })
}

enum Piece<'text> {
    Text(&'text str),
    Placeholder(&'text str),
}

/// Cuts a text at its `{placeholders}`. A brace without its partner is text.
fn pieces(text: &str) -> impl Iterator<Item = Piece<'_>> {
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        if let Some((name, after)) = rest.strip_prefix('{').and_then(|r| r.split_once('}')) {
            rest = after;
            return Some(Piece::Placeholder(name));
        }
        // A lone brace at the very start belongs to the text before the next one.
        let end = rest
            .char_indices()
            .skip(1)
            .find_map(|(at, letter)| (letter == '{').then_some(at))
            .unwrap_or(rest.len());
        let (head, tail) = rest.split_at(end);
        rest = tail;
        Some(Piece::Text(head))
    })
}

fn flatten(prefix: &str, table: toml::Table, into: &mut BTreeMap<String, String>) {
    for (name, value) in table {
        let key = if prefix.is_empty() {
            name
        } else {
            format!("{prefix}.{name}")
        };
        match value {
            toml::Value::String(text) => {
                into.insert(key, text);
            }
            toml::Value::Table(inner) => flatten(&key, inner, into),
            _ => panic!("the words for {key:?} are not text"),
        }
    }
}
