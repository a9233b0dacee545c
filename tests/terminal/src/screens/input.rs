//! One way in for every kind of answer.

use crossterm::event::{KeyCode, KeyEvent};
use loive_documents::{Field, Kind, Value};
use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::style::Style;
use ratatui::text::Line;
use ratatui::widgets::Block;

use super::choice::Choice;
use super::place::PlaceChoice;
use crate::parts::editor::{Edit, Editor, Lines};
use crate::parts::look;
use crate::tongue::{self, Tongue};

/// Longest time of day that somebody types, in characters: "19 : 30 h".
const CLOCK_MAX_CHARS: usize = 9;
/// For a field of words without a limit of its own; the form has none today.
const WORDS_MAX_CHARS: usize = 2_000;
/// Rows of the field for a page of words.
const PAGE_MAX_ROWS: u16 = 10;

/// What a key did to an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Act {
    /// The key is not for the answer.
    NotMine,
    /// Nothing changed that is worth keeping.
    Nothing,
    /// The answer is another one.
    Changed,
    /// The answer is given.
    Done,
    /// There would be too many characters; nothing changed.
    TooLong {
        /// The most that may stand here.
        limit: usize,
        /// How many there would have been.
        found: usize,
    },
}

/// Where an answer is given.
pub(crate) enum Input {
    /// By choosing.
    Choice(Choice),
    /// By choosing a place.
    Place(PlaceChoice),
    /// By writing.
    Words(&'static Field, Editor),
}

impl Input {
    /// The right way for a field, with what was answered before.
    pub(crate) fn new(field: &'static Field, value: Option<&Value>) -> Self {
        let lines = match field.kind() {
            Kind::Place => return Self::Place(PlaceChoice::new(field, value)),
            Kind::Bool | Kind::Single | Kind::Multi | Kind::Note => {
                return Self::Choice(Choice::new(field, value));
            }
            Kind::Long => Lines::Many,
            Kind::Text | Kind::Phone | Kind::Time | Kind::Int => Lines::One,
        };
        let (text, limit) = match value {
            Some(Value::Time(minutes)) => (tongue::clock(*minutes), CLOCK_MAX_CHARS),
            Some(Value::Text(text)) => (text.clone(), WORDS_MAX_CHARS),
            Some(Value::Int(number)) => (number.to_string(), WORDS_MAX_CHARS),
            _ if field.kind() == Kind::Time => (String::new(), CLOCK_MAX_CHARS),
            _ => (String::new(), WORDS_MAX_CHARS),
        };
        let limit = field.max_chars().unwrap_or(limit);
        Self::Words(field, Editor::new(&text, limit, lines))
    }

    /// The answer as it stands. `Ok(None)`: none. `Err`: what stands there is
    /// no answer to this question, with the key of the words that say so.
    pub(crate) fn value(&self) -> Result<Option<Value>, &'static str> {
        let (field, editor) = match self {
            Self::Choice(choice) => return Ok(choice.value()),
            Self::Place(place) => return Ok(place.value()),
            Self::Words(field, editor) => (field, editor),
        };
        let text = editor.text();
        if text.trim().is_empty() {
            return Ok(None);
        }
        let value = match field.kind() {
            Kind::Time => Value::Time(tongue::read_clock(text).ok_or("problem.time")?),
            Kind::Int => Value::Int(text.trim().parse().map_err(|_| "problem.wrong_type")?),
            _ => Value::Text(text.to_owned()),
        };
        match field.check(&value) {
            Ok(()) => Ok(Some(value)),
            Err(_) if field.kind() == Kind::Phone => Err("problem.phone"),
            Err(_) => Err("problem.wrong_type"),
        }
    }

    /// Whether an unfinished answer is one too: half a sentence is, half a
    /// telephone number or time of day is another one.
    pub(crate) fn is_good_in_part(&self) -> bool {
        match self {
            Self::Choice(_) | Self::Place(_) => true,
            Self::Words(field, _) => matches!(field.kind(), Kind::Text | Kind::Long),
        }
    }

    /// Whether letters are for the answer rather than for the screen.
    pub(crate) fn takes_text(&self) -> bool {
        !matches!(self, Self::Choice(_))
    }

    /// Goes one step back inside the question; false where there is none.
    pub(crate) fn back(&mut self) -> bool {
        match self {
            Self::Place(place) => place.back(),
            Self::Choice(_) | Self::Words(..) => false,
        }
    }

    /// Handles a key.
    pub(crate) fn key(&mut self, key: KeyEvent) -> Act {
        match self {
            Self::Choice(choice) => choice.key(key.code),
            Self::Place(place) => place.key(key),
            Self::Words(_, editor) => match (editor.key(key), key.code) {
                (Edit::NotMine, KeyCode::Enter | KeyCode::Tab) => Act::Done,
                (edit, _) => act(edit),
            },
        }
    }

    /// Takes what was pasted.
    pub(crate) fn paste(&mut self, text: &str) -> Act {
        match self {
            Self::Choice(_) => Act::NotMine,
            Self::Place(place) => place.paste(text),
            Self::Words(_, editor) => act(editor.write(text)),
        }
    }

    /// The keys of `strings/` for its hints: the key and what it does.
    pub(crate) fn hints(&self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::Choice(choice) if choice.is_several() => {
                &[("key.space", "hint.tick"), ("key.enter", "hint.done")]
            }
            Self::Choice(_) => &[("key.arrows", "hint.move"), ("key.enter", "hint.choose")],
            Self::Place(_) => &[("key.letters", "hint.search"), ("key.enter", "hint.choose")],
            Self::Words(field, _) if field.kind() == Kind::Long => {
                &[("key.tab", "hint.done"), ("key.enter", "hint.new_line")]
            }
            Self::Words(..) => &[("key.enter", "hint.done")],
        }
    }

    /// Draws it.
    pub(crate) fn draw(&mut self, tongue: Tongue, frame: &mut Frame<'_>, area: Rect) {
        match self {
            Self::Choice(choice) => choice.draw(tongue, frame, area),
            Self::Place(place) => place.draw(tongue, frame, area),
            Self::Words(field, editor) => {
                let rows = if field.kind() == Kind::Long {
                    PAGE_MAX_ROWS
                } else {
                    1
                };
                draw_editor(editor, rows, tongue, frame, area);
            }
        }
    }
}

/// Draws a field to write in, framed, with how much of its limit is used.
pub(crate) fn draw_editor(
    editor: &mut Editor,
    rows: u16,
    tongue: Tongue,
    frame: &mut Frame<'_>,
    area: Rect,
) {
    let [field, _] = Layout::vertical([Constraint::Max(rows + 2), Constraint::Fill(1)]).areas(area);
    let (used, limit) = editor.count();
    let count = tongue.with(
        "question.count",
        &[("n", &used.to_string()), ("limit", &limit.to_string())],
    );
    let style = if used >= limit {
        look::WARNING
    } else {
        look::QUIET
    };
    let block = Block::bordered()
        .border_style(look::QUIET)
        .title_bottom(Line::styled(count, style).right_aligned());
    let inner = block.inner(field);
    frame.render_widget(block, field);
    editor.draw(frame, inner, Style::new());
}

/// What an edit means for the answer.
pub(crate) fn act(edit: Edit) -> Act {
    match edit {
        Edit::Changed => Act::Changed,
        Edit::Moved => Act::Nothing,
        Edit::NotMine => Act::NotMine,
        Edit::TooLong { limit, found } => Act::TooLong { limit, found },
    }
}
