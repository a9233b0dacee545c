//! The first screen.

use loive_documents::library::{ItemView, Kind, keys};
use rusqlite::Connection;

use super::list::{FIRST_LANG, by_id, lines, list};
use super::private;
use super::view::{Home, HomeDoor, Lang, LibraryLine, LibraryQuery};
use crate::error::PhoneError;
use crate::phone::Phone;
use crate::store::library as rows;

/// The item that holds the doors.
const DOORS_ITEM: &str = "doors";

impl Phone {
    /// The first screen in `lang`, with the warnings for a province (two digits)
    /// or, without one, only those for everywhere. Writes nothing.
    pub fn library_home(&self, lang: &Lang, province: Option<&str>) -> Result<Home, PhoneError> {
        self.0.store.read(|connection| {
            Ok(Home {
                alerts: alerts(connection, lang, province)?,
                doors: doors(connection, lang)?,
                favourites: private::favourites(connection, lang)?,
            })
        })
    }
}

fn alerts(
    connection: &Connection,
    lang: &Lang,
    province: Option<&str>,
) -> Result<Vec<LibraryLine>, PhoneError> {
    let mut found = Vec::new();
    for (id, fields) in rows::fields_of_kind(connection, Kind::Alert.code())? {
        let view = ItemView::new(&id, &fields);
        let mut provinces = view.list(keys::PROVINCES).peekable();
        let is_everywhere = provinces.peek().is_none();
        if is_everywhere || province.is_some_and(|here| provinces.any(|one| one == here)) {
            found.push((
                view.get(keys::FROM).unwrap_or_default().to_owned(),
                id.clone(),
            ));
        }
    }
    // Days are written year first: the latest on top.
    found.sort_by(|a, b| b.cmp(a));
    lines(connection, found.iter().map(|(_, id)| id.as_str()), lang)
}

fn doors(connection: &Connection, lang: &Lang) -> Result<Vec<HomeDoor>, PhoneError> {
    let Some(fields) = rows::fields(connection, DOORS_ITEM)? else {
        return Ok(Vec::new());
    };
    let view = ItemView::new(DOORS_ITEM, &fields);
    let all = by_id(connection, lang)?;
    let mut doors = Vec::new();
    for block in view.blocks() {
        let title = view
            .text(lang, block.id)
            .or_else(|| view.text(FIRST_LANG, block.id));
        let ids = |key| block.value(key).unwrap_or_default().split(',');
        let mut behind: Vec<LibraryLine> =
            ids("first").filter_map(|id| all.get(id).cloned()).collect();
        for (topic, audience) in ids("topics")
            .map(|topic| (Some(topic), None))
            .chain(ids("audience").map(|audience| (None, Some(audience))))
        {
            if topic.or(audience).is_none_or(str::is_empty) {
                continue;
            }
            let query = LibraryQuery {
                kind: None,
                topic: topic.map(str::to_owned),
                audience: audience.map(str::to_owned),
            };
            for line in list(connection, &query, lang)? {
                if !behind.iter().any(|known| known.id == line.id) {
                    behind.push(line);
                }
            }
        }
        doors.push(HomeDoor {
            id: block.id.to_owned(),
            title: title.unwrap_or(block.id).to_owned(),
            lines: behind,
        });
    }
    Ok(doors)
}
