//! Searching, with or without marks, by ear, and by old names.

use std::collections::HashMap;

use loive_documents::fold::{fold, sound, words};
use loive_documents::library::{ItemView, Kind};
use rusqlite::Connection;

use super::list::lines;
use super::view::{Lang, LibraryLine};
use crate::error::PhoneError;
use crate::limits::{SEARCH_HITS_MAX_COUNT, SEARCH_MAX_CHARS, SNIPPET_CHARS};
use crate::phone::Phone;
use crate::store::library as rows;

/// Something that a search found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    /// The item.
    pub line: LibraryLine,
    /// Its title, cut where words match.
    pub title: Vec<Segment>,
    /// The place in it that matches best, cut in the same way.
    pub snippet: Vec<Segment>,
    /// It was found by today's word for what was typed: `huyện` is `xã`.
    pub instead: Option<String>,
}

/// A piece of text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Segment {
    /// The text.
    pub text: String,
    /// Whether it is what was searched for.
    pub is_match: bool,
}

/// One way to ask, and the word of today if it is not what was typed.
struct Way {
    words: Vec<String>,
    instead: Option<String>,
}

impl Phone {
    /// What the library has on a text, the best first, at most
    /// [`SEARCH_HITS_MAX_COUNT`]. The last word may be unfinished. Writes
    /// nothing.
    pub fn library_search(&self, text: &str, lang: &Lang) -> Result<Vec<Hit>, PhoneError> {
        let short: String = text.chars().take(SEARCH_MAX_CHARS).collect();
        self.0.store.read(|connection| {
            let mut hits: Vec<Hit> = Vec::new();
            for way in ways(connection, &short)? {
                let exact = find(connection, &way, false, lang)?;
                let found = if exact.is_empty() {
                    find(connection, &way, true, lang)?
                } else {
                    exact
                };
                for hit in found {
                    if !hits.iter().any(|known| known.line.id == hit.line.id) {
                        hits.push(hit);
                    }
                }
            }
            // What exists in the reader's language comes first.
            hits.sort_by_key(|hit| hit.line.is_fallback);
            hits.truncate(SEARCH_HITS_MAX_COUNT);
            Ok(hits)
        })
    }
}

fn folded_words(text: &str) -> Vec<String> {
    words(&fold(text)).map(str::to_owned).collect()
}

/// As it was typed, and with every old name put into words of today.
fn ways(connection: &Connection, text: &str) -> Result<Vec<Way>, PhoneError> {
    let typed = folded_words(text);
    if typed.is_empty() {
        return Ok(Vec::new());
    }
    let mut ways = vec![Way {
        words: typed.clone(),
        instead: None,
    }];
    for (id, fields) in rows::fields_of_kind(connection, Kind::Aliases.code())? {
        let view = ItemView::new(&id, &fields);
        for block in view.blocks() {
            let get = |part: &str| view.get(&format!("{part}.{}", block.id));
            let (Some(from), Some(to)) = (get("from"), get("to")) else {
                continue;
            };
            let from = folded_words(from);
            let at = typed
                .windows(from.len().max(1))
                .position(|window| window == from.as_slice());
            if let Some(at) = at {
                let mut changed = typed.clone();
                changed.splice(at..at + from.len(), folded_words(to));
                ways.push(Way {
                    words: changed,
                    instead: Some(to.to_owned()),
                });
            }
        }
    }
    // The words of today first: an old name in a text is mentioned in passing.
    ways.rotate_left(1);
    Ok(ways)
}

fn find(
    connection: &Connection,
    way: &Way,
    by_ear: bool,
    lang: &Lang,
) -> Result<Vec<Hit>, PhoneError> {
    let ranked = if by_ear {
        heard(connection, way)?
    } else {
        ranked(connection, way, lang)?
    };
    let ids = ranked.iter().map(String::as_str);
    lines(connection, ids, lang)?
        .into_iter()
        .map(|line| hit(connection, line, way, by_ear))
        .collect()
}

/// Items in which every word stands, the best first.
fn ranked(connection: &Connection, way: &Way, lang: &Lang) -> Result<Vec<String>, PhoneError> {
    // Titles weigh most; the language of the reader comes first.
    let mut statement = connection.prepare_cached(
        "SELECT item, lang, rank FROM library_search
         WHERE library_search MATCH ?1 AND rank MATCH 'bm25(10.0, 4.0, 1.0)'
         ORDER BY rank LIMIT ?2",
    )?;
    let limit = i64::try_from(SEARCH_HITS_MAX_COUNT * 3).unwrap_or(i64::MAX);
    let mut best: HashMap<String, f64> = HashMap::new();
    let mut rows = statement.query((query(&way.words), limit))?;
    while let Some(row) = rows.next()? {
        let item: String = row.get(0)?;
        let score: f64 = row.get(2)?;
        // bm25 is negative: the smaller the better.
        let is_asked = row.get::<_, String>(1)? == lang;
        let score = if is_asked { score * 1.5 } else { score };
        let entry = best.entry(item).or_insert(score);
        *entry = entry.min(score);
    }
    let mut ranked: Vec<(String, f64)> = best.into_iter().collect();
    ranked.sort_by(|a, b| a.1.total_cmp(&b.1).then_with(|| a.0.cmp(&b.0)));
    ranked.truncate(SEARCH_HITS_MAX_COUNT);
    Ok(ranked.into_iter().map(|(id, _)| id).collect())
}

/// Items with words that sound like these.
fn heard(connection: &Connection, way: &Way) -> Result<Vec<String>, PhoneError> {
    let heard: Vec<String> = way.words.iter().map(|word| sound(word)).collect();
    let mut statement = connection.prepare_cached(
        "SELECT DISTINCT item FROM library_sounds
         JOIN library_search ON library_search.rowid = library_sounds.rowid
         WHERE library_sounds MATCH ?1 ORDER BY item LIMIT ?2",
    )?;
    let limit = i64::try_from(SEARCH_HITS_MAX_COUNT).unwrap_or(i64::MAX);
    let rows = statement.query_map((query(&heard), limit), |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Every word, the last one as a beginning. Words hold letters and digits only,
/// so nothing of them is FTS syntax once they are in quotes.
fn query(words: &[String]) -> String {
    let terms: Vec<String> = words
        .iter()
        .enumerate()
        .map(|(index, word)| {
            let star = if index + 1 == words.len() { "*" } else { "" };
            format!("\"{word}\"{star}")
        })
        .collect();
    terms.join(" AND ")
}

fn hit(
    connection: &Connection,
    line: LibraryLine,
    way: &Way,
    by_ear: bool,
) -> Result<Hit, PhoneError> {
    let texts = rows::texts(connection, &line.id, &line.lang)?;
    // Of those with most of the words the summary: `max_by_key` takes the last.
    let best = texts
        .iter()
        .chain(std::iter::once(&line.summary))
        .max_by_key(|text| way.count_in(text, by_ear))
        .map_or("", String::as_str);
    Ok(Hit {
        title: segments(&line.title, &way.words, by_ear),
        snippet: shorten(segments(best, &way.words, by_ear)),
        instead: way.instead.clone(),
        line,
    })
}

impl Way {
    /// How many of its words stand in a text.
    fn count_in(&self, text: &str, by_ear: bool) -> usize {
        let folded = fold(text);
        let have: Vec<&str> = words(&folded).collect();
        let wanted = self.words.iter().enumerate();
        wanted
            .filter(|(index, word)| {
                let is_last = index + 1 == self.words.len();
                have.iter().any(|have| fits(have, word, is_last, by_ear))
            })
            .count()
    }
}

/// Whether a folded word is the one that is wanted, or begins with it.
fn fits(have: &str, want: &str, is_last: bool, by_ear: bool) -> bool {
    let same = |have: &str, want: &str| have == want || (is_last && have.starts_with(want));
    same(have, want) || (by_ear && same(&sound(have), &sound(want)))
}

/// Cuts a text where its words match.
fn segments(text: &str, wanted: &[String], by_ear: bool) -> Vec<Segment> {
    let plain: String = text
        .lines()
        .map(|line| line.trim_start_matches(['#', '-', ' ']))
        .collect::<Vec<_>>()
        .join(" ")
        .replace("**", "");
    let mut segments: Vec<Segment> = Vec::new();
    let mut push = |text: &str, is_match: bool| match segments.last_mut() {
        Some(last) if last.is_match == is_match => last.text.push_str(text),
        _ => segments.push(Segment {
            text: text.to_owned(),
            is_match,
        }),
    };
    for piece in plain.split_inclusive(|c: char| !c.is_alphanumeric()) {
        let word = piece.trim_end_matches(|c: char| !c.is_alphanumeric());
        let rest = piece.strip_prefix(word).unwrap_or_default();
        push(word, !word.is_empty() && matches(word, wanted, by_ear));
        push(rest, false);
    }
    segments.retain(|segment| !segment.text.is_empty());
    segments
}

fn matches(word: &str, wanted: &[String], by_ear: bool) -> bool {
    let folded = fold(word);
    wanted.iter().enumerate().any(|(index, word)| {
        let is_last = index + 1 == wanted.len();
        fits(&folded, word, is_last, by_ear)
    })
}

/// Some words around the first match.
fn shorten(segments: Vec<Segment>) -> Vec<Segment> {
    let mut left = SNIPPET_CHARS;
    let mut short = Vec::new();
    let first = segments.iter().position(|segment| segment.is_match);
    for (index, mut segment) in segments.into_iter().enumerate() {
        let before_first = first.is_none_or(|first| index < first);
        let count = segment.text.chars().count();
        if before_first && first.is_some() && count > SNIPPET_CHARS / 3 {
            let tail: String = segment
                .text
                .chars()
                .skip(count - SNIPPET_CHARS / 3)
                .collect();
            // From the next whole word.
            let tail = tail.split_once(' ').map_or(tail.as_str(), |(_, rest)| rest);
            segment.text = format!("…{tail}");
        }
        let count = segment.text.chars().count();
        if count > left {
            let head: String = segment.text.chars().take(left).collect();
            let head = head
                .rsplit_once(' ')
                .map_or(head.as_str(), |(head, _)| head);
            segment.text = format!("{head}…");
            short.push(segment);
            break;
        }
        left -= count;
        short.push(segment);
    }
    short
}
