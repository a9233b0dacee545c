//! The list of places, read once from `data/places.txt` (format: its README).

use std::sync::OnceLock;

use crate::fold::fold;
use crate::lang::Lang;

const PLACES: &str = include_str!("../../data/places.txt");

pub(super) struct Table {
    pub(super) provinces: Vec<Province>,
}

/// A province or a city of the first level.
#[derive(Debug)]
pub struct Province {
    code: &'static str,
    name: &'static str,
    full_name: &'static str,
    english: &'static str,
    key: String,
    former: Vec<(&'static str, String)>,
    communes: Vec<Commune>,
}

/// A commune, ward or special zone: the second and last level.
#[derive(Debug)]
pub struct Commune {
    code: &'static str,
    name: &'static str,
    unit: Unit,
    key: String,
}

#[derive(Clone, Copy, Debug)]
struct Unit {
    letter: &'static str,
    vi: &'static str,
    en: &'static str,
}

pub(super) fn table() -> &'static Table {
    static TABLE: OnceLock<Table> = OnceLock::new();
    TABLE.get_or_init(|| Table::parse(PLACES).expect("a test reads the whole file"))
}

impl Table {
    fn parse(text: &'static str) -> Option<Self> {
        let mut units: Vec<Unit> = Vec::new();
        let mut provinces: Vec<Province> = Vec::new();
        for line in text.lines() {
            if line.contains('=') {
                units.push(Unit::parse(line)?);
            } else if line.contains('|') {
                provinces.push(Province::parse(line)?);
            } else {
                provinces
                    .last_mut()?
                    .communes
                    .push(Commune::parse(line, &units)?);
            }
        }
        for province in &mut provinces {
            province
                .communes
                .sort_by(|a, b| (&a.key, a.code).cmp(&(&b.key, b.code)));
        }
        provinces.sort_by(|a, b| a.key.cmp(&b.key));
        Some(Self { provinces })
    }
}

impl Unit {
    fn parse(line: &'static str) -> Option<Self> {
        let (letter, labels) = line.split_once('=')?;
        let (vi, en) = labels.split_once('=')?;
        Some(Self { letter, vi, en })
    }
}

impl Province {
    fn parse(line: &'static str) -> Option<Self> {
        let mut parts = line.split('|');
        let (code, name) = (parts.next()?, parts.next()?);
        let (full_name, english, former) = (parts.next()?, parts.next()?, parts.next()?);
        let former = former.split(';').filter(|name| !name.is_empty());
        Some(Self {
            code,
            name,
            full_name,
            english,
            key: fold(name),
            former: former.map(|name| (name, fold(name))).collect(),
            communes: Vec::new(),
        })
    }

    /// Two digits.
    pub fn code(&self) -> &'static str {
        self.code
    }

    /// The name alone: "Tuyên Quang".
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// The name with its kind: "Tỉnh Tuyên Quang".
    pub fn full_name(&self) -> &'static str {
        self.full_name
    }

    /// The English name: "Tuyen Quang Province".
    pub fn english(&self) -> &'static str {
        self.english
    }

    /// The communes, by name.
    pub fn communes(&self) -> &[Commune] {
        &self.communes
    }

    /// The former provinces that became part of it on 1 July 2025 under
    /// another name than theirs.
    pub fn former_names(&self) -> impl Iterator<Item = &'static str> {
        self.former.iter().map(|(name, _)| *name)
    }

    pub(super) fn former(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.former.iter().map(|(name, key)| (*name, key.as_str()))
    }

    pub(super) fn key(&self) -> &str {
        &self.key
    }
}

impl Commune {
    fn parse(line: &'static str, units: &[Unit]) -> Option<Self> {
        let (code, rest) = line.split_at_checked(5)?;
        let (letter, name) = rest.split_at_checked(1)?;
        let unit = *units.iter().find(|unit| unit.letter == letter)?;
        Some(Self {
            code,
            name,
            unit,
            key: fold(name),
        })
    }

    /// Five digits.
    pub fn code(&self) -> &'static str {
        self.code
    }

    /// The name alone: "Ba Đình".
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// The name with its kind: "Phường Ba Đình", "Ba Đình Ward".
    pub fn full_name(&self, lang: Lang) -> String {
        match lang {
            Lang::Vi => format!("{} {}", self.unit.vi, self.name),
            Lang::En => format!("{} {}", self.name, self.unit.en),
        }
    }

    pub(super) fn key(&self) -> &str {
        &self.key
    }
}
