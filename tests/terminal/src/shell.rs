//! The terminal itself: raw mode and back, keys in, pictures out. Whatever
//! happens, the terminal is given back as it was.

use std::io::{self, Write as _, stderr, stdout};
use std::panic::PanicHookInfo;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crossterm::cursor::{MoveTo, Show};
use crossterm::event::{self, DisableBracketedPaste, EnableBracketedPaste, Event as TerminalEvent};
use crossterm::execute;
use crossterm::terminal::{
    Clear, ClearType, EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode, enable_raw_mode,
};
use loive_client::{Phone, PhoneError};
use ratatui::Terminal;
use ratatui::backend::CrosstermBackend;
use tokio::sync::mpsc;

use crate::app::{App, Effect, Event};
use crate::context::Line;
use crate::gate::{Gate, Passed};
use crate::line::{Carrier, News};
use crate::screens::Done;
use crate::tongue::Tongue;

/// How long a key may wait for the machine's other business.
const KEY_WAIT_MILLISECONDS: u64 = 100;
/// How often screens are read anew.
const TICK_MILLISECONDS: u64 = 1_000;
/// Results of jobs that may wait.
const JOBS_MAX_COUNT: usize = 8;

/// Whether the terminal belongs to the phone: whoever ends the phone gives it
/// back, and only the first of them.
static TAKEN: AtomicBool = AtomicBool::new(false);

/// The terminal while it belongs to the phone.
pub(crate) struct Shell {
    terminal: Terminal<CrosstermBackend<io::Stdout>>,
    started: Instant,
}

impl Shell {
    /// Takes the terminal. A panic from here on gives it back before it says
    /// anything.
    pub(crate) fn take(tongue: Tongue) -> io::Result<Self> {
        let drawing = std::thread::current().id();
        std::panic::set_hook(Box::new(move |info| {
            // On another thread it is a job that failed: the phone goes on.
            if std::thread::current().id() == drawing {
                give_back();
                tell_panic(info, tongue);
            }
        }));
        TAKEN.store(true, Ordering::SeqCst);
        enable_raw_mode()?;
        execute!(stdout(), EnterAlternateScreen, EnableBracketedPaste)?;
        let terminal = Terminal::new(CrosstermBackend::new(stdout()))?;
        Ok(Self {
            terminal,
            started: Instant::now(),
        })
    }

    /// Asks for a PIN; none if the person leaves.
    pub(crate) fn ask(&mut self, gate: &mut Gate) -> io::Result<Option<loive_client::Pin>> {
        loop {
            self.terminal.draw(|frame| gate.draw(frame))?;
            match event::read()? {
                TerminalEvent::Key(key) if key.is_press() => match gate.key(key) {
                    Passed::Waiting => {}
                    Passed::Pin(pin) => return Ok(Some(pin)),
                    Passed::Leave => return Ok(None),
                },
                TerminalEvent::Paste(text) => gate.paste(&text),
                _ => {}
            }
        }
    }

    /// Runs the phone until the person leaves. Must be on a tokio runtime.
    pub(crate) fn run(
        &mut self,
        app: &mut App,
        phone: &Phone,
        carrier: &mut Carrier,
        signal: bool,
    ) -> io::Result<()> {
        let (sender, mut jobs) = mpsc::channel::<Result<Done, PhoneError>>(JOBS_MAX_COUNT);
        if signal {
            carrier.signal(true, Instant::now());
        }
        let mut ticked = Instant::now();
        loop {
            self.terminal.draw(|frame| app.draw(frame))?;
            let mut effects = Vec::new();
            for event in self.wait()? {
                effects.extend(app.update(event));
            }
            while let Ok(result) = jobs.try_recv() {
                effects.extend(app.update(Event::Done(result)));
            }
            let now = Instant::now();
            if let Some(news) = carrier.look(now) {
                effects.extend(tell(app, &news));
            }
            if now.duration_since(ticked) >= Duration::from_millis(TICK_MILLISECONDS) {
                ticked = now;
                effects.extend(app.update(Event::Tick));
            }
            for effect in effects {
                match effect {
                    Effect::Leave => return Ok(()),
                    Effect::Signal(on) => carrier.signal(on, now),
                    Effect::Wake => carrier.wake(now),
                    Effect::Run(job) => {
                        let (phone, sender) = (phone.clone(), sender.clone());
                        let job = tokio::task::spawn_blocking(move || job.run(&phone));
                        tokio::spawn(async move {
                            let result = job.await.unwrap_or_else(|_| Err(job_panicked()));
                            // Nobody waits for it once the person has left.
                            let _ = sender.send(result).await;
                        });
                    }
                }
            }
        }
    }

    /// The keys that were pressed, waiting a moment for the first.
    fn wait(&self) -> io::Result<Vec<Event>> {
        let mut events = Vec::new();
        let mut patience = Duration::from_millis(KEY_WAIT_MILLISECONDS);
        while event::poll(patience)? {
            patience = Duration::ZERO;
            match event::read()? {
                TerminalEvent::Key(key) => {
                    events.push(Event::Key(key, self.started.elapsed()));
                }
                TerminalEvent::Paste(text) => events.push(Event::Paste(text)),
                _ => {}
            }
        }
        Ok(events)
    }
}

fn tell(app: &mut App, news: &News) -> Vec<Effect> {
    let found = Event::Receipts {
        reopened: news.reopened,
        unknown: news.receipts_unknown,
    };
    let mut effects = app.update(Event::Line(Line::clone(&news.line)));
    effects.extend(app.update(found));
    effects
}

impl Drop for Shell {
    fn drop(&mut self) {
        give_back();
    }
}

fn job_panicked() -> PhoneError {
    PhoneError::Internal {
        incident_id: "job".to_owned(),
    }
}

/// Says where in the source it happened and nothing else: the message of a
/// panic may quote what somebody wrote.
fn tell_panic(info: &PanicHookInfo<'_>, tongue: Tongue) {
    let place = info.location().map_or_else(String::new, |at| {
        let file = at.file().rsplit(['/', '\\']).next().unwrap_or_default();
        format!("{file}:{}", at.line())
    });
    let _ = writeln!(
        stderr(),
        "{}",
        tongue.with("start.panic", &[("place", &place)])
    );
}

/// Gives the terminal back, once. Nothing of the phone stays to be seen, nor
/// what was in the window before it.
pub(crate) fn give_back() {
    if !TAKEN.swap(false, Ordering::SeqCst) {
        return;
    }
    // Each is tried, whatever became of the one before: this may run in the
    // middle of a panic or after a hang-up, with nobody left to tell.
    let _ = execute!(stdout(), Clear(ClearType::All), DisableBracketedPaste);
    let _ = execute!(stdout(), LeaveAlternateScreen, Show);
    let _ = execute!(
        stdout(),
        Clear(ClearType::All),
        Clear(ClearType::Purge),
        MoveTo(0, 0)
    );
    let _ = disable_raw_mode();
    let _ = stdout().flush();
}
