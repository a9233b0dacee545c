//! One question of the form.

use crossterm::event::{KeyCode, KeyEvent};
use loive_client::{DraftId, PhoneError};
use loive_documents::{Field, Form};
use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::style::Style;
use ratatui::text::{Line, Text};

use super::input::{Act, Input};
use super::review::Review;
use super::sheet::Sheet;
use super::{Hint, Screen, Step, summary};
use crate::context::Context;
use crate::parts::look;
use crate::parts::wrap::{columns, wrap};
use crate::problem;
use crate::tongue::Tongue;

/// The question with which the person agrees to the processing of the report.
const CONSENT: &str = "consent_process";

/// One question.
pub(crate) struct Question {
    sheet: Sheet,
    field: &'static Field,
    input: Input,
    way: Way,
    is_danger: bool,
}

/// Where the question stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    /// It was chosen from the list of all questions.
    Whole,
    /// It is one of the three of the shortest way, counted from 0.
    Express(usize),
}

impl Question {
    /// A question chosen from the list.
    pub(crate) fn of(
        sheet: Sheet,
        field: &'static Field,
        context: &Context,
    ) -> Result<Self, PhoneError> {
        Self::new(sheet, field, Way::Whole, context)
    }

    /// The first of the three questions after which a report can be sent.
    pub(crate) fn express(draft: DraftId, context: &Context) -> Result<Self, PhoneError> {
        Self::nth(draft, 0, context)
    }

    fn nth(draft: DraftId, at: usize, context: &Context) -> Result<Self, PhoneError> {
        let [first, rest @ ..] = Form::suspicion_report().express();
        let field = at
            .checked_sub(1)
            .and_then(|at| rest.get(at))
            .copied()
            .unwrap_or(first);
        Self::new(Sheet::Draft(draft), field, Way::Express(at), context)
    }

    fn new(
        sheet: Sheet,
        field: &'static Field,
        way: Way,
        context: &Context,
    ) -> Result<Self, PhoneError> {
        let answers = sheet.answers(&context.phone)?;
        Ok(Self {
            sheet,
            field,
            input: Input::new(field, answers.get(field.id())),
            way,
            is_danger: summary::is_danger(&answers),
        })
    }

    /// Writes the answer; false where it could not be written.
    fn keep(&self, context: &mut Context) -> bool {
        match self.input.value() {
            Ok(value) => {
                let kept = self
                    .sheet
                    .answer(&context.phone, self.field.id(), value.as_ref());
                context.wakes |= !self.sheet.keeps_every_key();
                context.attempt(kept).is_some()
            }
            Err(key) => {
                context.warn(context.tongue.get(key));
                false
            }
        }
    }

    fn after(&mut self, act: Act, key: Option<KeyCode>, context: &mut Context) -> Step {
        match act {
            Act::Changed => {
                if self.sheet.keeps_every_key() && self.input.is_good_in_part() {
                    self.keep(context);
                }
                Step::Stay
            }
            Act::Done if self.keep(context) => self.forward(context),
            Act::Done | Act::Nothing => Step::Stay,
            Act::TooLong { limit, found } => {
                context.warn(problem::too_long(limit, found, context.tongue));
                Step::Stay
            }
            Act::NotMine => match key {
                Some(KeyCode::Esc) if self.input.back() => Step::Stay,
                Some(KeyCode::Esc) => {
                    // What is on the screen is kept whichever way it is left.
                    // What is no answer is not; the sentence says why.
                    self.keep(context);
                    self.backward(context)
                }
                Some(KeyCode::Tab) => self.to_review(),
                _ => Step::Stay,
            },
        }
    }

    fn forward(&self, context: &mut Context) -> Step {
        match (self.way, self.sheet) {
            (Way::Express(at), Sheet::Draft(draft))
                if at + 1 < Form::suspicion_report().express().len() =>
            {
                goto(Self::nth(draft, at + 1, context), context)
            }
            (Way::Express(_), Sheet::Draft(_)) => self.to_review(),
            _ => {
                context.answered = Some(self.field.id());
                Step::Back
            }
        }
    }

    fn backward(&self, context: &mut Context) -> Step {
        match (self.way, self.sheet) {
            (Way::Express(at), Sheet::Draft(draft)) if at > 0 => {
                goto(Self::nth(draft, at - 1, context), context)
            }
            _ => Step::Back,
        }
    }

    fn to_review(&self) -> Step {
        match (self.way, self.sheet) {
            (Way::Express(_), Sheet::Draft(draft)) => Step::Instead(Box::new(Review::new(draft))),
            _ => Step::Stay,
        }
    }

    fn head(&self, tongue: Tongue, columns: usize) -> Vec<Line<'static>> {
        let mut lines = Vec::new();
        if self.is_danger {
            lines.extend(summary::alarm(tongue, columns));
            lines.push(Line::default());
        }
        let mut add = |text: &str, style: Style| {
            lines.extend(
                wrap(text, columns)
                    .into_iter()
                    .map(|line| Line::styled(line, style)),
            );
        };
        add(self.field.label(tongue.form()), look::STRONG);
        if let Some(help) = self.field.help(tongue.form()) {
            add(help, look::QUIET);
        }
        if self.field.id() == CONSENT {
            add(tongue.get("consent.notice"), look::QUIET);
        }
        lines.push(Line::default());
        lines
    }
}

fn goto(question: Result<Question, PhoneError>, context: &mut Context) -> Step {
    match context.attempt(question) {
        Some(question) => Step::Instead(Box::new(question)),
        None => Step::Stay,
    }
}

impl Screen for Question {
    fn title(&self, tongue: Tongue) -> String {
        match self.way {
            Way::Whole => Form::suspicion_report().title(tongue.form()).to_owned(),
            Way::Express(at) => tongue.with("express.title", &[("n", &(at + 1).to_string())]),
        }
    }

    fn hints(&self, _context: &Context) -> Vec<Hint> {
        let mut hints = self.input.hints().to_vec();
        if matches!(self.way, Way::Express(_)) && self.is_danger {
            hints.push(("key.tab", "hint.send_now"));
        }
        let quit = if self.takes_text() {
            "key.esc_esc"
        } else {
            "key.quit"
        };
        hints.extend([("key.esc", "hint.back"), (quit, "hint.quit")]);
        hints
    }

    fn takes_text(&self) -> bool {
        self.input.takes_text()
    }

    fn key(&mut self, key: KeyEvent, context: &mut Context) -> Step {
        let act = self.input.key(key);
        self.after(act, Some(key.code), context)
    }

    fn paste(&mut self, text: &str, context: &mut Context) -> Step {
        let act = self.input.paste(text);
        self.after(act, None, context)
    }

    /// The answer under way is on the screen; only whether the draft is still
    /// there needs to be known.
    fn refresh(&mut self, context: &mut Context) -> Result<(), PhoneError> {
        let answers = self.sheet.answers(&context.phone)?;
        self.is_danger = summary::is_danger(&answers);
        Ok(())
    }

    fn draw(&mut self, context: &Context, frame: &mut Frame<'_>, area: Rect) {
        let head = self.head(context.tongue, usize::from(area.width));
        let [top, rest] =
            Layout::vertical([Constraint::Max(columns(head.len())), Constraint::Min(4)])
                .areas(area);
        frame.render_widget(Text::from(head), top);
        self.input.draw(context.tongue, frame, rest);
    }
}
