//! The first screen: what can be begun, drafts, and reports with where they
//! are.

use crossterm::event::{KeyCode, KeyEvent};
use loive_client::{DraftId, DraftSummary, PhoneError, ReportPage};
use loive_documents::Form;
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::form::Questions;
use super::question::Question;
use super::reopen::Reopen;
use super::report::{ReportScreen, steps_of, warned};
use super::review::Review;
use super::sheet::Sheet;
use super::{Hint, Screen, Step, summary};
use crate::context::Context;
use crate::parts::list::{Item, List};
use crate::parts::look;
use crate::parts::wrap::shorten;
use crate::tongue::Tongue;

/// Columns before the second line of a row.
const INDENT_COLUMNS: usize = 2;

/// The first screen.
#[derive(Default)]
pub(crate) struct Home {
    drafts: Vec<DraftSummary>,
    reports: Vec<ReportPage>,
    /// Pieces that no relay has, those of guests included: they are in no list.
    unsent: usize,
    reopening: usize,
    list: List,
}

#[derive(Clone, Copy)]
enum Row {
    Express,
    Whole,
    Reopen,
    Draft(usize),
    Report(usize),
}

impl Home {
    fn rows(&self) -> Vec<Row> {
        let begin = [Row::Express, Row::Whole, Row::Reopen];
        let drafts = (0..self.drafts.len()).map(Row::Draft);
        let reports = (0..self.reports.len()).map(Row::Report);
        begin.into_iter().chain(drafts).chain(reports).collect()
    }

    fn open(&self, row: Option<Row>, context: &mut Context) -> Step {
        let screen: Option<Box<dyn Screen>> = match row {
            Some(Row::Express) => begin(context).and_then(|draft| {
                let question = Question::express(draft, context);
                Some(Box::new(context.attempt(question)?) as Box<dyn Screen>)
            }),
            Some(Row::Whole) => {
                begin(context).map(|draft| Box::new(Questions::new(Sheet::Draft(draft))) as _)
            }
            Some(Row::Reopen) => Some(Box::new(Reopen::new())),
            Some(Row::Draft(at)) => self.drafts.get(at).map(|draft| resume(draft, context)),
            Some(Row::Report(at)) => self
                .reports
                .get(at)
                .map(|page| Box::new(ReportScreen::new(page.summary.id)) as _),
            None => None,
        };
        screen.map_or(Step::Stay, Step::To)
    }

    fn items(&self, tongue: Tongue, now: u64, columns: usize) -> Vec<Item> {
        let mut items = Vec::new();
        if let Some(opening) = Form::suspicion_report().field("opening") {
            items.push(Item::words(
                opening.label(tongue.form()),
                look::WARNING,
                columns,
            ));
        }
        if self.unsent > 0 {
            let words = tongue.with("home.unsent", &[("n", &self.unsent.to_string())]);
            items.push(Item::lines(summary::alarm_of(&words, columns)));
        }
        if self.reopening > 0 {
            let words = tongue.with("home.reopening", &[("n", &self.reopening.to_string())]);
            items.push(Item::words(&words, look::QUIET, columns));
        }
        items.push(Item::gap());
        for key in ["home.express", "home.whole", "home.reopen"] {
            items.push(Item::row("", tongue.get(key), look::STRONG, columns));
        }
        if !self.drafts.is_empty() {
            items.push(Item::gap());
            items.push(Item::words(tongue.get("home.drafts"), look::KEY, columns));
        }
        items.extend(
            self.drafts
                .iter()
                .map(|draft| draft_item(draft, tongue, now, columns)),
        );
        items.push(Item::gap());
        items.push(Item::words(tongue.get("home.reports"), look::KEY, columns));
        if self.reports.is_empty() {
            items.push(Item::words(
                tongue.get("home.no_reports"),
                look::QUIET,
                columns,
            ));
        }
        items.extend(
            self.reports
                .iter()
                .map(|page| report_item(page, tongue, columns)),
        );
        items
    }
}

fn begin(context: &mut Context) -> Option<DraftId> {
    let lang = context.tongue.form();
    let draft = context.phone.new_draft(Form::suspicion_report().id(), lang);
    context.attempt(draft)
}

/// A draft that is ready goes to its last look, another one to its questions.
fn resume(draft: &DraftSummary, context: &Context) -> Box<dyn Screen> {
    let is_ready = context
        .phone
        .draft_view(draft.id)
        .is_ok_and(|draft| draft.missing.is_empty());
    if is_ready {
        Box::new(Review::new(draft.id))
    } else {
        Box::new(Questions::new(Sheet::Draft(draft.id)))
    }
}

fn draft_item(draft: &DraftSummary, tongue: Tongue, now: u64, columns: usize) -> Item {
    let ago = tongue.stretch(now.saturating_sub(draft.started_at));
    let answered = draft.answered.to_string();
    let words = tongue.with("home.draft", &[("ago", &ago), ("n", &answered)]);
    Item::row("", &words, Style::new(), columns)
}

fn report_item(page: &ReportPage, tongue: Tongue, columns: usize) -> Item {
    let about = summary::about(&page.answers, tongue).unwrap_or_else(|| {
        let key = if page.has_text() {
            "report.title"
        } else {
            "home.reopened"
        };
        tongue.get(key).to_owned()
    });
    let steps = steps_of(page);
    let mut item = Item::row("", &shorten(&about, columns), Style::new(), columns).and(
        &steps.short(tongue),
        look::GOOD,
        INDENT_COLUMNS,
        columns,
    );
    for warning in &page.summary.warnings {
        item = item.and(
            &warned(*warning, tongue),
            look::ALARM,
            INDENT_COLUMNS,
            columns,
        );
    }
    if page.withdrawal.is_some() {
        item = item.and(
            tongue.get("home.withdrawn"),
            look::WARNING,
            INDENT_COLUMNS,
            columns,
        );
    }
    if page.summary.messages_of_hotline > 0 {
        let n = page.summary.messages_of_hotline.to_string();
        let words = tongue.with("home.messages", &[("n", &n)]);
        item = item.and(&words, look::STRONG, INDENT_COLUMNS, columns);
    }
    item
}

impl Screen for Home {
    fn title(&self, tongue: Tongue) -> String {
        tongue.get("app.name").to_owned()
    }

    fn hints(&self, _context: &Context) -> Vec<Hint> {
        vec![
            ("key.enter", "hint.open"),
            ("key.express", "hint.express"),
            ("key.whole", "hint.whole"),
            ("key.receipt", "hint.reopen"),
            ("key.signal", "hint.signal"),
            ("key.language", "hint.language"),
            ("key.arrows", "hint.move"),
            ("key.quit", "hint.quit"),
        ]
    }

    fn key(&mut self, key: KeyEvent, context: &mut Context) -> Step {
        let rows = self.rows();
        if self.list.key(key.code, rows.len()) {
            return Step::Stay;
        }
        let row = match key.code {
            KeyCode::Enter => rows.get(self.list.cursor(rows.len())).copied(),
            KeyCode::Char('n') => Some(Row::Express),
            KeyCode::Char('d') => Some(Row::Whole),
            KeyCode::Char('b') => Some(Row::Reopen),
            _ => None,
        };
        self.open(row, context)
    }

    fn refresh(&mut self, context: &mut Context) -> Result<(), PhoneError> {
        let phone = &context.phone;
        // A draft in which nothing was answered is nothing to come back to.
        let drafts = phone.drafts()?;
        for empty in drafts.iter().filter(|draft| draft.answered == 0) {
            phone.discard_draft(empty.id)?;
        }
        self.drafts = drafts
            .into_iter()
            .filter(|draft| draft.answered > 0)
            .collect();
        self.reports = phone
            .reports()?
            .iter()
            .map(|summary| phone.report(&summary.id))
            .collect::<Result<_, _>>()?;
        self.unsent = phone.unsent()?;
        self.reopening = phone.reopening();
        Ok(())
    }

    fn draw(&mut self, context: &Context, frame: &mut Frame<'_>, area: Rect) {
        let items = self.items(context.tongue, context.now(), List::columns(area));
        self.list.draw(frame, area, &items);
    }
}
