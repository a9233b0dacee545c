//! One report: where it is, what was written from both sides, and what can be
//! done with it.

use crossterm::event::{KeyCode, KeyEvent};
use loive_client::{
    Delivery, Line as Message, PhoneError, ReceiptState, ReportPage, Speaker, Trouble, Warning,
    Withdrawal,
};
use loive_protocol::ReportId;
use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use super::compose::Compose;
use super::confirm::{Confirm, Deed};
use super::form::Questions;
use super::sheet::Sheet;
use super::{Hint, Screen, Step, summary};
use crate::context::Context;
use crate::parts::list::Page;
use crate::parts::look;
use crate::parts::steps::{self, Steps};
use crate::parts::wrap::wrap;
use crate::problem;
use crate::tongue::Tongue;

/// Columns by which a message is set in.
const MESSAGE_INDENT: &str = "  ";

/// One report.
pub(crate) struct ReportScreen {
    id: ReportId,
    shown: Option<ReportPage>,
    page: Page,
    /// How many messages were there at the last look: a new one is shown.
    messages: usize,
}

impl ReportScreen {
    /// The report with this id.
    pub(crate) fn new(id: ReportId) -> Self {
        Self {
            id,
            shown: None,
            page: Page::default(),
            messages: 0,
        }
    }

    fn can_write(&self) -> bool {
        self.shown
            .as_ref()
            .is_some_and(|page| page.withdrawal.is_none())
    }

    fn can_amend(&self) -> bool {
        self.can_write() && self.shown.as_ref().is_some_and(ReportPage::has_text)
    }
}

/// When each step was reached.
pub(crate) fn steps_of(page: &ReportPage) -> Steps {
    let times = page.times;
    // A report that came back by its receipt was sent from another phone.
    let sent = page.has_text().then_some(page.summary.submitted_at);
    Steps([sent, times.at_relay, times.opened, times.read])
}

/// Lines of words in one look.
fn words(text: &str, style: Style, columns: usize) -> Vec<Line<'static>> {
    wrap(text, columns)
        .into_iter()
        .map(|line| Line::styled(line, style))
        .collect()
}

fn lines(page: &ReportPage, tongue: Tongue, columns: usize) -> Vec<Line<'static>> {
    let mut lines = Vec::new();
    for warning in &page.summary.warnings {
        lines.extend(summary::alarm_of(&warned(*warning, tongue), columns));
    }
    for trouble in &page.troubles {
        lines.extend(words(&troubled(*trouble, tongue), look::DANGER, columns));
    }
    if let Some(withdrawal) = &page.withdrawal {
        lines.extend(words(
            &withdrawn(withdrawal, tongue),
            look::WARNING,
            columns,
        ));
    }
    if let Some(closed) = page.times.closed {
        let closed = tongue.with("report.closed", &[("at", &tongue.moment(closed))]);
        lines.extend(words(&closed, look::STRONG, columns));
    }
    if let Some(key) = receipt(page.receipt) {
        lines.extend(words(tongue.get(key), look::QUIET, columns));
    }
    if !page.has_text() {
        lines.extend(words(tongue.get("report.reopened"), look::QUIET, columns));
    }
    for key in summary::contact_warnings(&page.answers) {
        let warning = format!("⚠ {}", tongue.get(key));
        lines.extend(words(&warning, look::WARNING, columns));
    }
    if !lines.is_empty() {
        lines.push(Line::default());
    }
    lines.extend(words(tongue.get("report.talk"), look::STRONG, columns));
    if page.timeline.is_empty() {
        lines.extend(words(
            tongue.get("report.no_messages"),
            look::QUIET,
            columns,
        ));
    }
    for message in &page.timeline {
        lines.extend(said(message, tongue, columns));
    }
    lines
}

fn said(message: &Message, tongue: Tongue, columns: usize) -> Vec<Line<'static>> {
    let (speaker, style) = match message.speaker {
        Speaker::Reporter => ("report.you", look::KEY),
        Speaker::Hotline => ("report.hotline", look::GOOD),
    };
    let mut head = vec![
        Span::styled(tongue.get(speaker), style),
        Span::styled(
            format!("  {}", tongue.moment(message.written_at)),
            look::QUIET,
        ),
    ];
    if message.speaker == Speaker::Reporter {
        let state = match message.delivery {
            Delivery::OnThisPhone => "message.on_phone",
            Delivery::AtRelay => "message.at_relay",
            _ => "message.opened",
        };
        head.push(Span::styled(
            format!("  {}", tongue.get(state)),
            look::QUIET,
        ));
    }
    let mut lines = vec![Line::from(head)];
    let room = columns.saturating_sub(MESSAGE_INDENT.len());
    let text = wrap(&message.text, room);
    lines.extend(
        text.into_iter()
            .map(|line| Line::from(format!("{MESSAGE_INDENT}{line}"))),
    );
    lines
}

/// What the person must be told, always with the emergency numbers.
pub(crate) fn warned(warning: Warning, tongue: Tongue) -> String {
    match warning {
        Warning::NotSentYet => tongue.get("alarm.not_sent").to_owned(),
        Warning::NotOpenedAfter { seconds } => {
            tongue.with("alarm.not_opened", &[("time", &tongue.stretch(seconds))])
        }
    }
}

fn troubled(trouble: Trouble, tongue: Tongue) -> String {
    match trouble {
        Trouble::RefusedByRelay(refusal) => {
            let why = problem::refused(refusal, tongue);
            tongue.with("trouble.refused", &[("why", &why)])
        }
        Trouble::Quarantined(refusal) => {
            let why = problem::refused(refusal, tongue);
            tongue.with("trouble.quarantined", &[("why", &why)])
        }
        Trouble::WaitingForEarlier => tongue.get("trouble.waiting").to_owned(),
        Trouble::SendRaw => tongue.get("trouble.send_raw").to_owned(),
    }
}

fn withdrawn(withdrawal: &Withdrawal, tongue: Tongue) -> String {
    let (key, at) = match (withdrawal.seen_at, withdrawal.delivery) {
        (Some(seen), _) => ("withdrawn.seen", seen),
        (None, Delivery::OnThisPhone) => ("withdrawn.on_phone", withdrawal.written_at),
        (None, Delivery::AtRelay) => ("withdrawn.at_relay", withdrawal.written_at),
        (None, _) => ("withdrawn.opened", withdrawal.written_at),
    };
    tongue.with(key, &[("at", &tongue.moment(at))])
}

fn receipt(state: ReceiptState) -> Option<&'static str> {
    match state {
        ReceiptState::None => None,
        ReceiptState::Waiting => Some("receipt.waiting"),
        ReceiptState::Kept => Some("receipt.kept"),
        ReceiptState::Failed => Some("receipt.failed"),
    }
}

impl Screen for ReportScreen {
    fn title(&self, tongue: Tongue) -> String {
        let answers = self.shown.as_ref().map(|page| &page.answers);
        answers
            .and_then(|answers| summary::about(answers, tongue))
            .unwrap_or_else(|| tongue.get("report.title").to_owned())
    }

    fn hints(&self, _context: &Context) -> Vec<Hint> {
        let mut hints = Vec::new();
        if self.can_write() {
            hints.push(("key.write", "hint.write"));
        }
        if self.can_amend() {
            hints.push(("key.amend", "hint.amend"));
        }
        hints.push(("key.receipt", "hint.make_receipt"));
        if self.can_write() {
            hints.push(("key.withdraw", "hint.withdraw"));
        }
        hints.extend([
            ("key.erase", "hint.erase"),
            ("key.signal", "hint.signal"),
            ("key.esc", "hint.back"),
            ("key.quit", "hint.quit"),
        ]);
        hints
    }

    fn key(&mut self, key: KeyEvent, context: &mut Context) -> Step {
        if self.page.key(key.code) {
            return Step::Stay;
        }
        let screen: Box<dyn Screen> = match key.code {
            KeyCode::Esc => return Step::Back,
            KeyCode::Char('t') if self.can_write() => Box::new(Compose::new(self.id, context)),
            KeyCode::Char('c') if self.can_amend() => {
                Box::new(Questions::new(Sheet::Report(self.id)))
            }
            KeyCode::Char('b') => Box::new(Confirm::new(Deed::MakeReceipt(self.id))),
            KeyCode::Char('r') if self.can_write() => {
                Box::new(Confirm::new(Deed::Withdraw(self.id)))
            }
            KeyCode::Char('x') => Box::new(Confirm::new(Deed::Erase(self.id))),
            _ => return Step::Stay,
        };
        Step::To(screen)
    }

    fn refresh(&mut self, context: &mut Context) -> Result<(), PhoneError> {
        let page = context.phone.report(&self.id)?;
        if page.timeline.len() > self.messages {
            self.messages = page.timeline.len();
            self.page.show_end();
        }
        self.shown = Some(page);
        Ok(())
    }

    fn draw(&mut self, context: &Context, frame: &mut Frame<'_>, area: Rect) {
        let Some(page) = &self.shown else { return };
        let [top, gap, rest] = Layout::vertical([
            Constraint::Max(steps::HEIGHT_ROWS),
            Constraint::Max(1),
            Constraint::Min(3),
        ])
        .areas(area);
        let _ = gap;
        steps_of(page).draw(context.tongue, frame, top);
        let text_columns = usize::from(rest.width.saturating_sub(2));
        let lines = lines(page, context.tongue, text_columns);
        self.page.draw(frame, rest, &lines);
    }
}
