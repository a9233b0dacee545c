//! The first screen.

use loive_documents::library::{ItemView, Kind, keys};
use rusqlite::Connection;

use super::list::{FIRST_LANG, audiences, lines, list};
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
    let all = list(connection, &LibraryQuery::default(), lang)?;
    let audiences = audiences(connection)?;
    let mut doors = Vec::new();
    for block in view.blocks() {
        let title = view
            .text(lang, block.id)
            .or_else(|| view.text(FIRST_LANG, block.id));
        let named = |key| block.value(key).unwrap_or_default().split(',');
        let first = named("first").filter_map(|id| all.iter().find(|line| line.id == id));
        let mut behind: Vec<LibraryLine> = first.cloned().collect();
        let about = named("topics").flat_map(|topic| {
            let is_about = move |line: &&LibraryLine| line.topics.iter().any(|one| one == topic);
            all.iter().filter(is_about)
        });
        let meant = named("audience").flat_map(|audience| {
            let ids = audiences.get(audience);
            all.iter()
                .filter(move |line| ids.is_some_and(|ids| ids.contains(&line.id)))
        });
        for line in about.chain(meant) {
            if !behind.iter().any(|known| known.id == line.id) {
                behind.push(line.clone());
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
