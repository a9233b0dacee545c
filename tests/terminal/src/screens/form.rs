//! All questions in one list, each with its answer. Skip logic is live: what
//! an answer opens or closes appears and disappears at once.

use crossterm::event::{KeyCode, KeyEvent};
use loive_client::PhoneError;
use loive_documents::{Answers, Field, Form, Kind};
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::question::Question;
use super::review::Review;
use super::sheet::Sheet;
use super::{Hint, Screen, Step, summary};
use crate::context::Context;
use crate::parts::list::{Item, List};
use crate::parts::look;
use crate::parts::wrap::shorten;
use crate::tongue::Tongue;

/// Columns before an answer.
const ANSWER_INDENT_COLUMNS: usize = 4;
/// Lines of a long answer that the list shows.
const ANSWER_MAX_ROWS: usize = 2;

/// The list of questions.
pub(crate) struct Questions {
    sheet: Sheet,
    answers: Answers,
    list: List,
}

enum Row {
    Question(&'static Field),
    Review,
}

impl Questions {
    /// All questions of a draft or a report.
    pub(crate) fn new(sheet: Sheet) -> Self {
        Self {
            sheet,
            answers: Answers::new(),
            list: List::default(),
        }
    }

    fn visible(&self) -> Vec<&'static Field> {
        Form::suspicion_report().visible(&self.answers)
    }

    fn rows(&self) -> Vec<Row> {
        let questions = self
            .visible()
            .into_iter()
            .filter(|field| field.kind() != Kind::Note);
        let review = matches!(self.sheet, Sheet::Draft(_)).then_some(Row::Review);
        questions.map(Row::Question).chain(review).collect()
    }

    fn open(&self, row: Option<&Row>, context: &mut Context) -> Step {
        match (row, self.sheet) {
            (Some(Row::Question(field)), sheet) => {
                let question = Question::of(sheet, field, context);
                match context.attempt(question) {
                    Some(question) => Step::To(Box::new(question)),
                    None => Step::Stay,
                }
            }
            (Some(Row::Review), Sheet::Draft(draft)) => Step::To(Box::new(Review::new(draft))),
            _ => Step::Stay,
        }
    }

    fn clear(&self, row: Option<&Row>, context: &mut Context) -> Result<(), PhoneError> {
        let Some(Row::Question(field)) = row else {
            return Ok(());
        };
        if self.answers.get(field.id()).is_none() {
            return Ok(());
        }
        self.sheet.answer(&context.phone, field.id(), None)?;
        context.tell(context.tongue.get("form.cleared"));
        Ok(())
    }

    fn items(&self, tongue: Tongue, columns: usize) -> Vec<Item> {
        let effective = Form::suspicion_report().effective(&self.answers);
        let mut items = Vec::new();
        if summary::is_danger(&effective) {
            items.push(Item::lines(summary::alarm(tongue, columns)));
        }
        if matches!(self.sheet, Sheet::Report(_)) {
            items.push(Item::words(
                tongue.get("form.amend_help"),
                look::QUIET,
                columns,
            ));
        }
        for field in self.visible() {
            if let Some(section) = summary::section(field) {
                items.push(Item::gap());
                items.push(Item::words(tongue.get(section), look::KEY, columns));
            }
            items.push(match field.kind() {
                Kind::Note => Item::words(field.label(tongue.form()), look::WARNING, columns),
                _ => question(field, &effective, tongue, columns),
            });
        }
        if matches!(self.sheet, Sheet::Draft(_)) {
            items.push(Item::gap());
            items.push(Item::row(
                "",
                tongue.get("form.review"),
                look::STRONG,
                columns,
            ));
        }
        items
    }
}

/// A question with its answer, if it has one.
fn question(field: &Field, effective: &Answers, tongue: Tongue, columns: usize) -> Item {
    let label = field.label(tongue.form());
    let label = if field.required() {
        tongue.with("form.needed", &[("question", label)])
    } else {
        label.to_owned()
    };
    let Some(value) = effective.get(field.id()) else {
        return Item::row("○ ", &label, Style::new(), columns);
    };
    let room = columns.saturating_sub(ANSWER_INDENT_COLUMNS) * ANSWER_MAX_ROWS;
    let answer = shorten(
        &summary::spoken(field, value, tongue),
        room.saturating_sub(8),
    );
    Item::row("✓ ", &label, Style::new(), columns).and(
        &answer,
        look::GOOD,
        ANSWER_INDENT_COLUMNS,
        columns,
    )
}

impl Screen for Questions {
    fn title(&self, tongue: Tongue) -> String {
        let rows = self.visible();
        let asked = rows
            .iter()
            .filter(|field| field.kind() != Kind::Note)
            .count();
        let answered = Form::suspicion_report()
            .effective(&self.answers)
            .iter()
            .filter(|(id, _)| rows.iter().any(|field| field.id() == *id))
            .count();
        let title = Form::suspicion_report().title(tongue.form());
        let (n, of) = (answered.to_string(), asked.to_string());
        tongue.with("form.title", &[("form", title), ("n", &n), ("of", &of)])
    }

    fn hints(&self, _context: &Context) -> Vec<Hint> {
        let mut hints = vec![("key.enter", "hint.answer"), ("key.delete", "hint.clear")];
        if matches!(self.sheet, Sheet::Draft(_)) {
            hints.push(("key.send", "hint.review"));
        }
        hints.extend([("key.esc", "hint.back"), ("key.quit", "hint.quit")]);
        hints
    }

    fn key(&mut self, key: KeyEvent, context: &mut Context) -> Step {
        let rows = self.rows();
        if self.list.key(key.code, rows.len()) {
            return Step::Stay;
        }
        let row = rows.get(self.list.cursor(rows.len()));
        match key.code {
            KeyCode::Enter => self.open(row, context),
            KeyCode::Char('g') => self.open(rows.last(), context),
            KeyCode::Delete | KeyCode::Backspace => {
                let cleared = self.clear(row, context);
                context.attempt(cleared);
                let read = self.refresh(context);
                context.attempt(read);
                Step::Stay
            }
            KeyCode::Esc => Step::Back,
            _ => Step::Stay,
        }
    }

    fn refresh(&mut self, context: &mut Context) -> Result<(), PhoneError> {
        self.answers = self.sheet.answers(&context.phone)?;
        if let Some(answered) = context.answered.take() {
            let rows = self.rows();
            let is_it = |row: &Row| matches!(row, Row::Question(field) if field.id() == answered);
            let next = rows.iter().position(is_it).map(|at| at + 1);
            self.list.move_to(next.unwrap_or_default());
        }
        Ok(())
    }

    fn draw(&mut self, context: &Context, frame: &mut Frame<'_>, area: Rect) {
        let items = self.items(context.tongue, List::columns(area));
        self.list.draw(frame, area, &items);
    }
}
