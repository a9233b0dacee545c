//! The result of the signs: a screening aid and no judgement on a person.
//! Words only, never a percentage.

use crossterm::event::{KeyCode, KeyEvent};
use loive_documents::screening::{self, Level};
use loive_documents::{Answers, Form};
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::Line;

use super::{Hint, Screen, Step, summary};
use crate::context::Context;
use crate::parts::list::Page;
use crate::parts::look;
use crate::parts::wrap::wrap;
use crate::tongue::Tongue;

/// The ten checks before somebody leaves, in order.
const CHECKS: [&str; 10] = [
    "checks.company",
    "checks.contract",
    "checks.pay",
    "checks.fees",
    "checks.papers",
    "checks.border",
    "checks.course",
    "checks.copies",
    "checks.password",
    "checks.numbers",
];

/// The result of the signs ticked in a report.
pub(crate) struct Screening {
    answers: Answers,
    page: Page,
}

impl Screening {
    /// The result for these answers.
    pub(crate) fn new(answers: Answers) -> Self {
        Self {
            answers,
            page: Page::default(),
        }
    }

    fn lines(&self, tongue: Tongue, columns: usize) -> Vec<Line<'static>> {
        let level = screening::score_level(&self.answers);
        let mut lines = Vec::new();
        let mut add = |text: &str, style: Style| {
            lines.extend(
                wrap(text, columns)
                    .into_iter()
                    .map(|line| Line::styled(line, style)),
            );
            lines.push(Line::default());
        };
        if summary::is_danger(&self.answers) {
            add(tongue.get("alarm.danger"), look::ALARM);
        }
        add(tongue.get(long(level)), style(level));
        if screening::minor_possible(&self.answers) {
            add(tongue.get("screening.minor"), look::WARNING);
        }
        add(tongue.get("screening.only"), look::STRONG);
        let form = Form::suspicion_report();
        let ticked = self.answers.ticked("indicators");
        match form.field("indicators").filter(|_| !ticked.is_empty()) {
            None => add(tongue.get("screening.no_signs"), look::QUIET),
            Some(field) => {
                let signs = ticked.iter().filter_map(|code| field.option(code));
                let signs = signs.map(|sign| format!("• {}", sign.label(tongue.form())));
                add(&signs.collect::<Vec<_>>().join("\n"), Style::new());
            }
        }
        if level <= Level::Yellow {
            add(tongue.get("checks.title"), look::STRONG);
            let checks = (1..)
                .zip(CHECKS)
                .map(|(n, key)| format!("{n}. {}", tongue.get(key)));
            add(&checks.collect::<Vec<_>>().join("\n"), Style::new());
        }
        lines
    }
}

/// What a level means and what to do.
fn long(level: Level) -> &'static str {
    match level {
        Level::Red => "screening.red",
        Level::Orange => "screening.orange",
        Level::Yellow => "screening.yellow",
        Level::Grey => "screening.grey",
    }
}

/// The same in one line.
pub(crate) fn short(level: Level) -> &'static str {
    match level {
        Level::Red => "screening.red_short",
        Level::Orange => "screening.orange_short",
        Level::Yellow => "screening.yellow_short",
        Level::Grey => "screening.grey_short",
    }
}

/// The look of a level.
pub(crate) fn style(level: Level) -> Style {
    match level {
        Level::Red => look::DANGER,
        Level::Orange | Level::Yellow => look::WARNING,
        Level::Grey => look::STRONG,
    }
}

impl Screen for Screening {
    fn title(&self, tongue: Tongue) -> String {
        tongue.get("screening.title").to_owned()
    }

    fn hints(&self, _context: &Context) -> Vec<Hint> {
        vec![
            ("key.arrows", "hint.scroll"),
            ("key.esc", "hint.back"),
            ("key.quit", "hint.quit"),
        ]
    }

    fn key(&mut self, key: KeyEvent, _context: &mut Context) -> Step {
        match key.code {
            KeyCode::Esc | KeyCode::Enter => Step::Back,
            code => {
                self.page.key(code);
                Step::Stay
            }
        }
    }

    fn draw(&mut self, context: &Context, frame: &mut Frame<'_>, area: Rect) {
        let columns = usize::from(area.width.saturating_sub(2));
        let lines = self.lines(context.tongue, columns);
        self.page.draw(frame, area, &lines);
    }
}
