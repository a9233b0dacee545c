//! The phone as a machine: events in, effects out, and a picture on request.
//! It opens no file, socket or terminal of its own.

use std::time::Duration;

use crossterm::event::{KeyCode, KeyEvent, KeyEventKind, KeyModifiers};
use loive_client::{Phone, PhoneError};
use ratatui::Frame;

use crate::chrome;
use crate::context::{Context, Line};
use crate::screens::{Done, Home, Job, Screen, Step};
use crate::tongue::Tongue;

/// Two presses of Esc within this time are the quick exit.
pub const DOUBLE_ESC_MILLISECONDS: u64 = 700;

/// How often old drafts are looked for.
const EXPIRE_EVERY_TICKS: u64 = 60;

/// Something that happened.
pub enum Event {
    /// A key, and when it was pressed, counted from any fixed moment.
    Key(KeyEvent, Duration),
    /// Text was pasted.
    Paste(String),
    /// A second passed.
    Tick,
    /// How the line to the hotline is now.
    Line(Line),
    /// A job is done.
    Done(Result<Done, PhoneError>),
    /// What came of receipts that were typed in.
    Receipts {
        /// Reports that came back.
        reopened: usize,
        /// Receipts that the relay has nothing for.
        unknown: usize,
    },
}

/// Something to be done outside.
pub enum Effect {
    /// Run a slow job and come back with [`Event::Done`].
    Run(Job),
    /// There is signal, or there is none: the hint that a platform gives.
    Signal(bool),
    /// Something was written that should go at once, if there is signal.
    Wake,
    /// Clear the screen at once and leave.
    Leave,
}

/// The phone in the terminal.
pub struct App {
    context: Context,
    screens: Vec<Box<dyn Screen>>,
    is_busy: bool,
    last_esc: Option<Duration>,
    ticks: u64,
}

impl App {
    /// The phone as it is when it has just been opened.
    pub fn new(phone: Phone, tongue: Tongue, signal: bool) -> Self {
        let context = Context::new(phone, tongue, signal);
        let mut app = Self {
            context,
            screens: vec![Box::new(Home::default())],
            is_busy: false,
            last_esc: None,
            ticks: 0,
        };
        app.refresh();
        app
    }

    /// Says something until the next key, such as what became of the store.
    pub fn warn(&mut self, words: impl Into<String>) {
        self.context.warn(words);
    }

    /// Says something good until the next key.
    pub fn tell(&mut self, words: impl Into<String>) {
        self.context.tell(words);
    }

    /// Takes in what happened and says what is to be done outside.
    pub fn update(&mut self, event: Event) -> Vec<Effect> {
        let effect = self.take_in(event);
        let wake = std::mem::take(&mut self.context.wakes).then_some(Effect::Wake);
        effect.into_iter().chain(wake).collect()
    }

    fn take_in(&mut self, event: Event) -> Option<Effect> {
        match event {
            Event::Key(key, at) if key.kind != KeyEventKind::Release => self.key(key, at),
            Event::Key(..) => None,
            Event::Paste(_) if self.is_busy => None,
            Event::Paste(text) => {
                self.context.hush();
                let step = self.on_top(|screen, context| screen.paste(&text, context));
                self.go(step)
            }
            Event::Tick => {
                self.tick();
                None
            }
            Event::Line(line) => {
                let is_news = line != Line::Talking;
                self.context.line = line;
                if is_news {
                    self.refresh();
                }
                None
            }
            Event::Done(result) => self.done(result),
            Event::Receipts { reopened, unknown } => {
                if unknown > 0 {
                    self.context.warn(self.context.tongue.get("reopen.unknown"));
                } else if reopened > 0 {
                    self.context.tell(self.context.tongue.get("reopen.found"));
                    self.refresh();
                }
                None
            }
        }
    }

    fn tick(&mut self) {
        self.ticks += 1;
        if self.ticks.is_multiple_of(EXPIRE_EVERY_TICKS) {
            let expired = self.context.phone.expire_drafts();
            self.context.attempt(expired);
        }
        self.refresh();
    }

    fn key(&mut self, key: KeyEvent, at: Duration) -> Option<Effect> {
        if self.is_quick_exit(key, at) {
            return Some(Effect::Leave);
        }
        if self.is_busy {
            return None;
        }
        self.context.hush();
        let takes_text = self
            .screens
            .last()
            .is_some_and(|screen| screen.takes_text());
        match key.code {
            KeyCode::Char('s') if !takes_text => {
                let on = !self.context.signal;
                self.context.signal = on;
                self.context.line = Line::Untried;
                let words = if on {
                    "signal.now_on"
                } else {
                    "signal.now_off"
                };
                self.context.tell(self.context.tongue.get(words));
                return Some(Effect::Signal(on));
            }
            KeyCode::Char('l') if !takes_text => {
                self.context.tongue = self.context.tongue.other();
                return None;
            }
            _ => {}
        }
        let step = self.on_top(|screen, context| screen.key(key, context));
        self.go(step)
    }

    /// `q` where nothing is written, Esc twice, or Ctrl-C anywhere.
    fn is_quick_exit(&mut self, key: KeyEvent, at: Duration) -> bool {
        let control = key.modifiers.contains(KeyModifiers::CONTROL);
        let before = self.last_esc.take();
        match key.code {
            KeyCode::Esc => {
                self.last_esc = Some(at);
                let limit = Duration::from_millis(DOUBLE_ESC_MILLISECONDS);
                before.is_some_and(|before| at.saturating_sub(before) <= limit)
            }
            KeyCode::Char('c' | 'q') if control => true,
            KeyCode::Char('q') => !self
                .screens
                .last()
                .is_some_and(|screen| screen.takes_text()),
            _ => false,
        }
    }

    fn done(&mut self, result: Result<Done, PhoneError>) -> Option<Effect> {
        self.is_busy = false;
        let done = self.context.attempt(result)?;
        let step = self.on_top(|screen, context| screen.done(done, context));
        self.go(step)
    }

    fn on_top(&mut self, act: impl FnOnce(&mut dyn Screen, &mut Context) -> Step) -> Step {
        match self.screens.last_mut() {
            Some(screen) => act(screen.as_mut(), &mut self.context),
            None => Step::Stay,
        }
    }

    fn go(&mut self, step: Step) -> Option<Effect> {
        match step {
            Step::Run(job) => {
                self.is_busy = true;
                return Some(Effect::Run(job));
            }
            // The first screen has nothing under it.
            Step::Back if self.screens.len() > 1 => {
                self.screens.pop();
            }
            Step::Stay | Step::Back => return None,
            Step::To(screen) => self.screens.push(screen),
            Step::Instead(screen) => {
                self.screens.pop();
                self.screens.push(screen);
            }
            Step::Home(screen) => {
                self.screens.truncate(1);
                self.screens.extend(screen);
            }
        }
        self.refresh();
        None
    }

    /// Reads anew what the top screen shows. A screen whose subject is gone,
    /// such as a draft that expired, goes with it.
    fn refresh(&mut self) {
        while let Some(screen) = self.screens.last_mut() {
            match screen.refresh(&mut self.context) {
                Ok(()) => return,
                Err(error) => {
                    self.context.fail(&error);
                    if error != PhoneError::NotFound || self.screens.len() == 1 {
                        return;
                    }
                    self.screens.pop();
                }
            }
        }
    }

    /// Draws everything.
    pub fn draw(&mut self, frame: &mut Frame<'_>) {
        let Some(screen) = self.screens.last_mut() else {
            return;
        };
        let words = chrome::Words {
            title: screen.title(self.context.tongue),
            hints: screen.hints(&self.context),
            is_busy: self.is_busy,
        };
        let body = chrome::draw(&self.context, &words, frame);
        if !body.is_empty() {
            screen.draw(&self.context, frame, body);
        }
    }
}
