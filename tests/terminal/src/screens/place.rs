//! Choosing a place: a province, then its commune, or a search over both that
//! does not mind missing marks.

use crossterm::event::{KeyCode, KeyEvent};
use loive_documents::places::{self, Found, Province};
use loive_documents::{Choice as Choosable, Field, Place, Value, fold};
use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::style::Style;
use ratatui::text::Span;

use super::input::Act;
use crate::parts::editor::{Edit, Editor, Lines};
use crate::parts::list::{Item, List};
use crate::parts::look;
use crate::parts::wrap::{columns, width};
use crate::tongue::Tongue;

/// A question for a place.
pub(crate) struct PlaceChoice {
    field: &'static Field,
    chosen: Option<Place>,
    search: Editor,
    inside: Option<&'static Province>,
    list: List,
}

/// What stands in a row.
enum Row {
    Keyword(&'static Choosable),
    Province(&'static Province),
    Whole(&'static Province),
    Found(Found),
}

impl PlaceChoice {
    /// The question with what was answered before.
    pub(crate) fn new(field: &'static Field, value: Option<&Value>) -> Self {
        let chosen = match value {
            Some(Value::Place(place)) => Some(place.clone()),
            _ => None,
        };
        Self {
            field,
            chosen,
            search: Editor::new("", places::SEARCH_MAX_CHARS, Lines::One),
            inside: None,
            list: List::default(),
        }
    }

    pub(crate) fn value(&self) -> Option<Value> {
        self.chosen.clone().map(Value::Place)
    }

    fn rows(&self) -> Vec<Row> {
        let typed = self.search.text();
        match self.inside {
            Some(province) => inside(province, typed),
            None if fold::fold(typed).trim().is_empty() => {
                let keywords = self.field.options().iter().map(Row::Keyword);
                keywords
                    .chain(places::provinces().iter().map(Row::Province))
                    .collect()
            }
            None => places::search(typed).into_iter().map(Row::Found).collect(),
        }
    }

    /// Goes one step back inside the question; false where there is none.
    pub(crate) fn back(&mut self) -> bool {
        let is_deep = self.inside.is_some() || !self.search.text().is_empty();
        self.enter(None);
        is_deep
    }

    fn enter(&mut self, province: Option<&'static Province>) {
        self.inside = province;
        self.search.clear();
        self.list.move_to(0);
    }

    pub(crate) fn key(&mut self, key: KeyEvent) -> Act {
        let rows = self.rows();
        match key.code {
            KeyCode::Enter => self.take(rows.into_iter().nth(self.list.cursor(self.rows().len()))),
            KeyCode::Backspace if self.search.text().is_empty() => {
                self.enter(None);
                Act::Nothing
            }
            KeyCode::Left | KeyCode::Right => {
                self.search.key(key);
                Act::Nothing
            }
            code if self.list.key(code, rows.len()) => Act::Nothing,
            _ => {
                let edit = self.search.key(key);
                self.searched(edit)
            }
        }
    }

    pub(crate) fn paste(&mut self, text: &str) -> Act {
        let edit = self.search.write(text);
        self.searched(edit)
    }

    fn searched(&mut self, edit: Edit) -> Act {
        match edit {
            Edit::Changed => {
                self.list.move_to(0);
                Act::Nothing
            }
            Edit::Moved => Act::Nothing,
            Edit::NotMine => Act::NotMine,
            Edit::TooLong { limit, found } => Act::TooLong { limit, found },
        }
    }

    fn take(&mut self, row: Option<Row>) -> Act {
        match row {
            None => Act::Nothing,
            Some(Row::Province(province)) => {
                self.enter(Some(province));
                Act::Nothing
            }
            Some(Row::Keyword(option)) => self.choose(Place::from_code(option.code())),
            Some(Row::Whole(province)) => {
                self.choose(Some(Place::Province(province.code().to_owned())))
            }
            // A province found by its name is a door to its communes.
            Some(Row::Found(found)) => match &found.place {
                Place::Province(code) => {
                    self.enter(places::province(code));
                    Act::Nothing
                }
                place => self.choose(Some(place.clone())),
            },
        }
    }

    fn choose(&mut self, place: Option<Place>) -> Act {
        if place.is_none() {
            return Act::Nothing;
        }
        self.chosen = place;
        Act::Done
    }

    pub(crate) fn draw(&mut self, tongue: Tongue, frame: &mut Frame<'_>, area: Rect) {
        let [top, search, gap, body] = Layout::vertical([
            Constraint::Length(1),
            Constraint::Length(1),
            Constraint::Length(1),
            Constraint::Fill(1),
        ])
        .areas(area);
        let _ = gap;
        let lang = tongue.form();
        let now = match (&self.chosen, self.inside) {
            (_, Some(province)) => Span::styled(named(province, tongue), look::STRONG),
            (Some(place), None) => {
                let name = places::name(place, lang);
                Span::styled(
                    tongue.with("place.chosen", &[("place", &name)]),
                    look::QUIET,
                )
            }
            (None, None) => Span::styled(tongue.get("place.help"), look::QUIET),
        };
        frame.render_widget(now, top);
        let label = tongue.get("place.search");
        let [name, field] = Layout::horizontal([
            Constraint::Length(columns(width(label) + 1)),
            Constraint::Fill(1),
        ])
        .areas(search);
        frame.render_widget(Span::styled(label, look::KEY), name);
        self.search.draw(frame, field, Style::new());

        let columns = List::columns(body);
        let rows = self.rows();
        let mut items: Vec<Item> = rows
            .iter()
            .map(|row| Item::row("", &self.words(row, tongue), Style::new(), columns))
            .collect();
        if rows.is_empty() {
            items.push(Item::words(tongue.get("place.none"), look::QUIET, columns));
        }
        self.list.draw(frame, body, &items);
    }

    fn words(&self, row: &Row, tongue: Tongue) -> String {
        let lang = tongue.form();
        match row {
            Row::Keyword(option) => option.label(lang).to_owned(),
            Row::Province(province) => named(province, tongue),
            Row::Whole(province) => {
                tongue.with("place.whole", &[("province", &named(province, tongue))])
            }
            Row::Found(found) => {
                let name = match (&found.place, self.inside) {
                    (Place::Commune { province, commune }, Some(_)) => places::communes(province)
                        .iter()
                        .find(|one| one.code() == commune)
                        .map_or_else(String::new, |one| one.full_name(lang)),
                    (place, _) => places::name(place, lang),
                };
                match found.former {
                    Some(former) => {
                        tongue.with("place.former", &[("place", &name), ("former", former)])
                    }
                    None => name,
                }
            }
        }
    }
}

fn named(province: &Province, tongue: Tongue) -> String {
    places::name(&Place::Province(province.code().to_owned()), tongue.form())
}

/// The communes of a province whose names begin as the words typed do.
fn inside(province: &'static Province, typed: &str) -> Vec<Row> {
    let typed = fold::fold(typed);
    let words: Vec<&str> = typed.split_whitespace().collect();
    let fits = |name: &str| {
        let name = fold::fold(name);
        let begins = |word: &&str| name.split_whitespace().any(|part| part.starts_with(*word));
        words.iter().all(begins)
    };
    let whole = words.is_empty().then_some(Row::Whole(province));
    let communes = province.communes().iter().filter(|one| fits(one.name()));
    let found = communes.map(|one| {
        let place = Place::Commune {
            province: province.code().to_owned(),
            commune: one.code().to_owned(),
        };
        Row::Found(Found {
            place,
            former: None,
        })
    });
    whole.into_iter().chain(found).collect()
}
