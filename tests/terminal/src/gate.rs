//! The PIN, before the phone is open.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use loive_client::Pin;
use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::style::Style;
use ratatui::text::{Line, Text};
use ratatui::widgets::Block;

use crate::parts::editor::{Editor, Lines};
use crate::parts::look;
use crate::parts::wrap::wrap;
use crate::tongue::Tongue;

/// Longest PIN, in characters, as the engine has it.
const PIN_MAX_CHARS: usize = 64;
/// Fewest characters of a PIN, as the engine has it.
const PIN_MIN_CHARS: usize = 4;
/// Columns of the field.
const FIELD_COLUMNS: u16 = 30;

/// What the PIN is wanted for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// To open the phone.
    Open,
    /// To give the phone one: it is typed twice.
    Set,
}

/// Asks for a PIN.
pub(crate) struct Gate {
    purpose: Purpose,
    tongue: Tongue,
    editor: Editor,
    /// The first of two typings.
    first: Option<Editor>,
    said: Option<String>,
}

/// What came of a key.
pub(crate) enum Passed {
    /// Nothing yet.
    Waiting,
    /// This is the PIN.
    Pin(Pin),
    /// The person left.
    Leave,
}

impl Gate {
    /// Asks for a PIN, saying first why the last one was no good.
    pub(crate) fn new(purpose: Purpose, tongue: Tongue, said: Option<String>) -> Self {
        let editor = Editor::new("", PIN_MAX_CHARS, Lines::Secret);
        Self {
            purpose,
            tongue,
            editor,
            first: None,
            said,
        }
    }

    /// Handles a key.
    pub(crate) fn key(&mut self, key: KeyEvent) -> Passed {
        let control = key.modifiers.contains(KeyModifiers::CONTROL);
        match key.code {
            KeyCode::Esc => Passed::Leave,
            KeyCode::Char('c' | 'q') if control => Passed::Leave,
            KeyCode::Enter => self.enter(),
            _ => {
                self.editor.key(key);
                Passed::Waiting
            }
        }
    }

    /// Takes what was pasted.
    pub(crate) fn paste(&mut self, text: &str) {
        self.editor.write(text);
    }

    fn enter(&mut self) -> Passed {
        self.said = None;
        let fresh = Editor::new("", PIN_MAX_CHARS, Lines::Secret);
        let typed = std::mem::replace(&mut self.editor, fresh);
        match (self.purpose, self.first.take()) {
            (Purpose::Open, _) => Passed::Pin(Pin::new(typed.text())),
            (Purpose::Set, None) if typed.count().0 < PIN_MIN_CHARS => {
                let limit = PIN_MIN_CHARS.to_string();
                self.said = Some(self.tongue.with("problem.too_short", &[("limit", &limit)]));
                Passed::Waiting
            }
            (Purpose::Set, None) => {
                self.first = Some(typed);
                Passed::Waiting
            }
            (Purpose::Set, Some(first)) if first.text() == typed.text() => {
                Passed::Pin(Pin::new(typed.text()))
            }
            (Purpose::Set, Some(_)) => {
                self.said = Some(self.tongue.get("pin.differ").to_owned());
                Passed::Waiting
            }
        }
    }

    /// Draws it.
    pub(crate) fn draw(&mut self, frame: &mut Frame<'_>) {
        let area = frame.area();
        let wide = usize::from(area.width);
        let key = match (self.purpose, &self.first) {
            (Purpose::Open, _) => "pin.ask",
            (Purpose::Set, None) => "pin.set",
            (Purpose::Set, Some(_)) => "pin.again",
        };
        let mut head: Vec<Line<'_>> = vec![Line::styled(self.tongue.get("app.name"), look::STRONG)];
        head.extend(wrap(self.tongue.get(key), wide).into_iter().map(Line::from));
        if let Some(said) = &self.said {
            let said = wrap(said, wide).into_iter();
            head.extend(said.map(|line| Line::styled(line, look::DANGER)));
        }
        let rows = crate::parts::wrap::columns(head.len());
        let [top, middle, hint] = Layout::vertical([
            Constraint::Length(rows),
            Constraint::Length(3),
            Constraint::Length(1),
        ])
        .areas(area);
        frame.render_widget(Text::from(head), top);
        let field = Rect {
            width: middle.width.min(FIELD_COLUMNS),
            ..middle
        };
        let block = Block::bordered().border_style(look::QUIET);
        let inner = block.inner(field);
        frame.render_widget(block, field);
        self.editor.draw(frame, inner, Style::new());
        let keys = Line::styled(self.tongue.get("pin.keys"), look::QUIET);
        frame.render_widget(keys, hint);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn type_in(gate: &mut Gate, text: &str) -> Passed {
        for letter in text.chars() {
            gate.key(KeyEvent::from(KeyCode::Char(letter)));
        }
        gate.key(KeyEvent::from(KeyCode::Enter))
    }

    fn gate(purpose: Purpose) -> Gate {
        Gate::new(purpose, Tongue::new(loive_strings::Lang::Vi), None)
    }

    #[test]
    fn a_new_pin_is_typed_twice_and_alike() {
        let mut gate = gate(Purpose::Set);
        assert!(
            matches!(type_in(&mut gate, "123"), Passed::Waiting),
            "too short"
        );
        assert!(gate.said.is_some());
        assert!(
            matches!(type_in(&mut gate, "1234"), Passed::Waiting),
            "once"
        );
        assert!(
            matches!(type_in(&mut gate, "1243"), Passed::Waiting),
            "a slip"
        );
        assert!(gate.said.is_some());
        assert!(
            matches!(type_in(&mut gate, "1234"), Passed::Waiting),
            "once"
        );
        assert!(
            matches!(type_in(&mut gate, "1234"), Passed::Pin(_)),
            "twice"
        );
    }

    #[test]
    fn an_old_pin_is_typed_once_and_may_be_anything() {
        assert!(matches!(
            type_in(&mut gate(Purpose::Open), "1"),
            Passed::Pin(_)
        ));
        let esc = gate(Purpose::Open).key(KeyEvent::from(KeyCode::Esc));
        assert!(matches!(esc, Passed::Leave));
    }
}
