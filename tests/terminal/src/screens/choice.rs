//! Choosing among options: one, several, or yes and no.

use crossterm::event::KeyCode;
use loive_documents::{Choice as Choosable, Field, Kind, Value};
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::input::Act;
use crate::parts::list::{Item, List};
use crate::parts::look;
use crate::tongue::Tongue;

/// A question with options.
pub(crate) struct Choice {
    field: &'static Field,
    picked: Vec<String>,
    yes_or_no: Option<bool>,
    list: List,
    /// Whether the options that are less common are shown too.
    shows_all: bool,
}

/// What stands in a row.
enum Row {
    Option(&'static Choosable),
    Bool(bool),
    More(usize),
}

impl Choice {
    /// The question with what was answered before.
    pub(crate) fn new(field: &'static Field, value: Option<&Value>) -> Self {
        let picked = match value {
            Some(Value::Single(code)) => vec![code.clone()],
            Some(Value::Multi(codes)) => codes.clone(),
            _ => Vec::new(),
        };
        let yes_or_no = match value {
            Some(Value::Bool(yes)) => Some(*yes),
            _ => None,
        };
        let has_common = field.options().iter().any(Choosable::common);
        let is_rare = |code: &String| field.option(code).is_some_and(|option| !option.common());
        let shows_all = !has_common || picked.iter().any(is_rare);
        let mut choice = Self {
            field,
            picked,
            yes_or_no,
            list: List::default(),
            shows_all,
        };
        let rows = choice.rows();
        let first = rows.iter().position(|row| choice.is_picked(row));
        choice.list = List::at(first.unwrap_or_default());
        choice
    }

    /// The answer as it stands; `None` where nothing is chosen.
    pub(crate) fn value(&self) -> Option<Value> {
        match self.field.kind() {
            Kind::Bool => self.yes_or_no.map(Value::Bool),
            Kind::Multi => self
                .field
                .pick(&self.picked)
                .ok()
                .filter(|value| !value.is_empty()),
            _ => self.picked.first().cloned().map(Value::Single),
        }
    }

    /// Whether several may be chosen.
    pub(crate) fn is_several(&self) -> bool {
        self.field.kind() == Kind::Multi
    }

    fn rows(&self) -> Vec<Row> {
        if self.field.kind() == Kind::Bool {
            return vec![Row::Bool(true), Row::Bool(false)];
        }
        let options = self.field.options();
        if self.shows_all {
            // The common ones stay where they were when the rest appears.
            let common = options.iter().filter(|option| option.common());
            let others = options.iter().filter(|option| !option.common());
            return common.chain(others).map(Row::Option).collect();
        }
        let common: Vec<_> = options.iter().filter(|option| option.common()).collect();
        let more = options.len() - common.len();
        let rows = common.into_iter().map(Row::Option);
        rows.chain([Row::More(more)]).collect()
    }

    fn is_picked(&self, row: &Row) -> bool {
        match row {
            Row::Option(option) => self.picked.iter().any(|code| code == option.code()),
            Row::Bool(yes) => self.yes_or_no == Some(*yes),
            Row::More(_) => false,
        }
    }

    pub(crate) fn key(&mut self, code: KeyCode) -> Act {
        let rows = self.rows();
        if self.list.key(code, rows.len()) {
            return Act::Nothing;
        }
        let several = self.is_several();
        if let KeyCode::Char(digit @ '1'..='9') = code {
            let at = digit.to_digit(10).map_or(0, |digit| digit - 1);
            let Some(row) = usize::try_from(at).ok().filter(|row| *row < rows.len()) else {
                return Act::Nothing;
            };
            self.list.move_to(row);
            return self.take(rows.get(row), several);
        }
        let row = rows.get(self.list.cursor(rows.len()));
        let is_more = matches!(row, Some(Row::More(_)));
        match code {
            KeyCode::Enter if several && !is_more => Act::Done,
            KeyCode::Enter | KeyCode::Char(' ') => self.take(row, several),
            _ => Act::NotMine,
        }
    }

    fn take(&mut self, row: Option<&Row>, several: bool) -> Act {
        match row {
            None => Act::Nothing,
            Some(Row::More(_)) => {
                self.shows_all = true;
                Act::Nothing
            }
            Some(Row::Bool(yes)) => {
                self.yes_or_no = Some(*yes);
                Act::Done
            }
            Some(Row::Option(option)) if several => {
                let code = option.code();
                let before = self.picked.len();
                self.picked.retain(|picked| picked != code);
                if self.picked.len() == before {
                    self.picked.push(code.to_owned());
                }
                Act::Changed
            }
            Some(Row::Option(option)) => {
                self.picked = vec![option.code().to_owned()];
                Act::Done
            }
        }
    }

    pub(crate) fn draw(&mut self, tongue: Tongue, frame: &mut Frame<'_>, area: Rect) {
        let columns = List::columns(area);
        let several = self.is_several();
        let items: Vec<Item> = self
            .rows()
            .iter()
            .map(|row| {
                let picked = self.is_picked(row);
                let mark = match (several, picked) {
                    (true, true) => "[x] ",
                    (true, false) => "[ ] ",
                    (false, true) => "(•) ",
                    (false, false) => "( ) ",
                };
                let style = if picked { look::STRONG } else { Style::new() };
                match row {
                    Row::Option(option) => {
                        Item::row(mark, option.label(tongue.form()), style, columns)
                    }
                    Row::Bool(true) => Item::row(mark, tongue.get("answer.yes"), style, columns),
                    Row::Bool(false) => Item::row(mark, tongue.get("answer.no"), style, columns),
                    Row::More(count) => {
                        let words = tongue.with("question.more", &[("n", &count.to_string())]);
                        Item::row("", &words, look::KEY, columns)
                    }
                }
            })
            .collect();
        self.list.draw(frame, area, &items);
    }
}
