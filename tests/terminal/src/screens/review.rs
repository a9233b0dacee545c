//! The last look before a report is sent.

use crossterm::event::{KeyCode, KeyEvent};
use loive_client::{DraftId, PhoneError};
use loive_documents::{Answers, Field, Form, screening};
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use super::confirm::{Confirm, Deed};
use super::form::Questions;
use super::question::Question;
use super::report::ReportScreen;
use super::screening::{Screening, style};
use super::sheet::Sheet;
use super::{Hint, Screen, Step, summary};
use crate::context::Context;
use crate::parts::list::{Item, List};
use crate::parts::look;
use crate::parts::wrap::{shorten, width};
use crate::tongue::Tongue;

/// The last look at a draft.
pub(crate) struct Review {
    draft: DraftId,
    answers: Answers,
    missing: Vec<&'static Field>,
    list: List,
}

enum Row {
    Missing(&'static Field),
    Send,
    Guest,
    Screening,
    Whole,
    Discard,
}

impl Review {
    /// The last look at this draft.
    pub(crate) fn new(draft: DraftId) -> Self {
        Self {
            draft,
            answers: Answers::new(),
            missing: Vec::new(),
            list: List::default(),
        }
    }

    fn rows(&self) -> Vec<Row> {
        let missing = self.missing.iter().map(|field| Row::Missing(field));
        let mut rows: Vec<Row> = missing.collect();
        if rows.is_empty() {
            rows.extend([Row::Send, Row::Guest]);
        }
        rows.extend([Row::Screening, Row::Whole, Row::Discard]);
        rows
    }

    fn open(&self, row: Option<&Row>, context: &mut Context) -> Step {
        let screen: Box<dyn Screen> = match row {
            None => return Step::Stay,
            Some(Row::Send) => return self.send(context),
            Some(Row::Missing(field)) => {
                let question = Question::of(Sheet::Draft(self.draft), field, context);
                match context.attempt(question) {
                    Some(question) => Box::new(question),
                    None => return Step::Stay,
                }
            }
            Some(Row::Guest) => Box::new(Confirm::new(Deed::SubmitGuest(self.draft))),
            Some(Row::Screening) => Box::new(Screening::new(self.answers.clone())),
            Some(Row::Whole) => Box::new(Questions::new(Sheet::Draft(self.draft))),
            Some(Row::Discard) => Box::new(Confirm::new(Deed::Discard(self.draft))),
        };
        Step::To(screen)
    }

    fn send(&self, context: &mut Context) -> Step {
        let sent = context.phone.submit(self.draft);
        let Some(id) = context.attempt(sent) else {
            return Step::Stay;
        };
        context.wakes = true;
        context.tell(context.tongue.get("review.sealed"));
        Step::Home(Some(Box::new(ReportScreen::new(id))))
    }

    fn items(&self, tongue: Tongue, columns: usize) -> Vec<Item> {
        let mut items = Vec::new();
        if summary::is_danger(&self.answers) {
            items.extend([Item::lines(summary::alarm(tongue, columns)), Item::gap()]);
        }
        let express = Form::suspicion_report().express();
        let lines = express.iter().filter_map(|field| {
            let value = self.answers.get(field.id())?;
            let answer = summary::spoken(field, value, tongue);
            Some(pair(field.label(tongue.form()), &answer, columns))
        });
        items.push(Item::lines(lines.collect()));
        let is_express = |id: &str| express.iter().any(|field| field.id() == id);
        let others = self
            .answers
            .iter()
            .filter(|(id, _)| !is_express(id))
            .count();
        if others > 0 {
            let words = tongue.with("review.others", &[("n", &others.to_string())]);
            items.push(Item::words(&words, look::QUIET, columns));
        }
        if !self.answers.ticked("indicators").is_empty() {
            let level = screening::score_level(&self.answers);
            let words = tongue.get(super::screening::short(level));
            items.push(Item::words(words, style(level), columns));
        }
        items.push(Item::gap());
        if self.missing.is_empty() {
            items.push(Item::words(
                tongue.get("consent.notice"),
                look::QUIET,
                columns,
            ));
        } else {
            items.push(Item::words(
                tongue.get("review.missing"),
                look::WARNING,
                columns,
            ));
        }
        items.push(Item::gap());
        items.extend(self.rows().iter().map(|row| item(row, tongue, columns)));
        items
    }
}

fn item(row: &Row, tongue: Tongue, columns: usize) -> Item {
    let (key, style) = match row {
        Row::Missing(field) => {
            return Item::row("○ ", field.label(tongue.form()), Style::new(), columns);
        }
        Row::Send => ("review.send", look::STRONG),
        Row::Guest => ("review.guest", Style::new()),
        Row::Screening => ("review.screening", Style::new()),
        Row::Whole => ("review.whole", Style::new()),
        Row::Discard => ("review.discard", Style::new()),
    };
    Item::row("", tongue.get(key), style, columns)
}

/// A question and its answer on one line.
fn pair(question: &str, answer: &str, columns: usize) -> Line<'static> {
    let question = shorten(question, columns * 2 / 3);
    let room = columns.saturating_sub(width(&question) + 2);
    Line::from(vec![
        Span::styled(format!("{question}  "), look::QUIET),
        Span::styled(shorten(answer, room), look::STRONG),
    ])
}

impl Screen for Review {
    fn title(&self, tongue: Tongue) -> String {
        tongue.get("review.title").to_owned()
    }

    fn hints(&self, _context: &Context) -> Vec<Hint> {
        vec![
            ("key.arrows", "hint.move"),
            ("key.enter", "hint.choose"),
            ("key.esc", "hint.keep_draft"),
            ("key.quit", "hint.quit"),
        ]
    }

    fn key(&mut self, key: KeyEvent, context: &mut Context) -> Step {
        let rows = self.rows();
        if self.list.key(key.code, rows.len()) {
            return Step::Stay;
        }
        match key.code {
            KeyCode::Enter => self.open(rows.get(self.list.cursor(rows.len())), context),
            KeyCode::Esc => Step::Back,
            _ => Step::Stay,
        }
    }

    fn refresh(&mut self, context: &mut Context) -> Result<(), PhoneError> {
        let draft = context.phone.draft_view(self.draft)?;
        self.answers = draft.form.effective(&draft.answers);
        self.missing = draft.missing;
        context.answered = None;
        Ok(())
    }

    fn draw(&mut self, context: &Context, frame: &mut Frame<'_>, area: Rect) {
        let items = self.items(context.tongue, List::columns(area));
        self.list.draw(frame, area, &items);
    }
}
