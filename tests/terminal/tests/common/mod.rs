//! A person in front of the phone: presses keys, reads the screen.
#![expect(
    clippy::unwrap_used,
    dead_code,
    reason = "tests may panic, and no test file uses every part"
)]

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use loive_client::{Costs, Env, ManualClock, MemoryKeys, OpenRequest, Phone};
use loive_protocol::{
    CertificateBody, CertificateKind, Certificates, HotlineCard, RootKey, SealKeyPair,
};
use loive_strings::Lang;
use loive_terminal::{App, Effect, Event, Tongue};
use rand::SeedableRng as _;
use rand::rngs::StdRng;
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use tempfile::TempDir;

/// A Tuesday in December 2026.
pub(crate) const NOW: u64 = 1_796_100_000;

/// A hotline that nobody can reach: enough to seal to.
pub(crate) fn card() -> HotlineCard {
    let mut rng = StdRng::seed_from_u64(11);
    let root = RootKey::generate(&mut rng);
    let seal = SealKeyPair::generate(&mut rng).public();
    let mut certificates = Certificates::new(root.public());
    let body = CertificateBody::new(CertificateKind::Seal, 1, seal, 0, 4_000_000_000);
    certificates.add(&root.certify(body)).unwrap();
    HotlineCard::new(
        root.public(),
        "https://relay.example".into(),
        None,
        &certificates,
    )
}

/// A phone's folder, which outlives the phone.
pub(crate) struct Pocket {
    folder: TempDir,
    pub(crate) clock: ManualClock,
    env: Env,
    card: HotlineCard,
}

impl Pocket {
    pub(crate) fn new() -> Self {
        Self::of(card())
    }

    fn of(card: HotlineCard) -> Self {
        let clock = ManualClock::at(NOW);
        Self {
            folder: tempfile::tempdir().unwrap(),
            env: Env::simulated(Arc::new(clock.clone()), 3),
            clock,
            card,
        }
    }

    /// A phone for a hotline that runs now: with today's clock and with
    /// randomness of its own.
    pub(crate) fn of_today(card: HotlineCard) -> Self {
        Self {
            env: Env::system(),
            ..Self::of(card)
        }
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.folder.path().join("phone")
    }

    /// Takes the phone out.
    pub(crate) fn open(&self) -> Phone {
        let keys = MemoryKeys::new([7; 32]);
        let mut request = OpenRequest::new(self.path(), self.card.clone(), keys);
        request.costs = Costs::CHEAP;
        request.env = self.env.clone();
        Phone::open(request).unwrap()
    }

    pub(crate) fn person(&self) -> Person {
        Person::with(self.open(), Lang::Vi, 80, 24)
    }
}

/// A person and the phone in their hand.
pub(crate) struct Person {
    pub(crate) app: App,
    pub(crate) phone: Phone,
    pub(crate) effects: Vec<Effect>,
    terminal: Terminal<TestBackend>,
    at: Duration,
}

impl Person {
    pub(crate) fn with(phone: Phone, lang: Lang, columns: u16, rows: u16) -> Self {
        Self {
            app: App::new(phone.clone(), Tongue::new(lang), false),
            phone,
            effects: Vec::new(),
            terminal: Terminal::new(TestBackend::new(columns, rows)).unwrap(),
            at: Duration::ZERO,
        }
    }

    pub(crate) fn event(&mut self, event: Event) -> &mut Self {
        let mut effects = self.app.update(event);
        while let Some(at) = effects
            .iter()
            .position(|effect| matches!(effect, Effect::Run(_)))
        {
            let Effect::Run(job) = effects.remove(at) else {
                unreachable!("just looked")
            };
            effects.extend(self.app.update(Event::Done(job.run(&self.phone))));
        }
        self.effects.extend(effects);
        self
    }

    /// Presses a key, a second after the last one.
    pub(crate) fn key(&mut self, code: KeyCode) -> &mut Self {
        self.at += Duration::from_secs(1);
        let key = KeyEvent::from(code);
        self.event(Event::Key(key, self.at))
    }

    pub(crate) fn control(&mut self, letter: char) -> &mut Self {
        let key = KeyEvent::new(KeyCode::Char(letter), KeyModifiers::CONTROL);
        self.event(Event::Key(key, self.at))
    }

    /// Presses Esc so long after the last key.
    pub(crate) fn esc_after(&mut self, milliseconds: u64) -> &mut Self {
        self.at += Duration::from_millis(milliseconds);
        self.event(Event::Key(KeyEvent::from(KeyCode::Esc), self.at))
    }

    pub(crate) fn press(&mut self, letter: char) -> &mut Self {
        self.key(KeyCode::Char(letter))
    }

    pub(crate) fn enter(&mut self) -> &mut Self {
        self.key(KeyCode::Enter)
    }

    pub(crate) fn esc(&mut self) -> &mut Self {
        self.key(KeyCode::Esc)
    }

    pub(crate) fn down(&mut self, times: usize) -> &mut Self {
        for _ in 0..times {
            self.key(KeyCode::Down);
        }
        self
    }

    pub(crate) fn types(&mut self, text: &str) -> &mut Self {
        for letter in text.chars() {
            self.press(letter);
        }
        self
    }

    pub(crate) fn pastes(&mut self, text: &str) -> &mut Self {
        self.event(Event::Paste(text.to_owned()))
    }

    /// Moves down the list, from its top, until this is under the cursor.
    pub(crate) fn finds(&mut self, words: &str) -> &mut Self {
        self.key(KeyCode::Home);
        for _ in 0..60 {
            let screen = self.screen();
            if screen
                .lines()
                .any(|line| line.contains("▸ ") && line.contains(words))
            {
                return self;
            }
            self.key(KeyCode::Down);
        }
        panic!("{words:?} is not in the list:\n{}", self.screen());
    }

    /// Chooses this in a list.
    pub(crate) fn chooses(&mut self, words: &str) -> &mut Self {
        self.finds(words).enter()
    }

    /// What stands on the screen.
    pub(crate) fn screen(&mut self) -> String {
        self.terminal.draw(|frame| self.app.draw(frame)).unwrap();
        let buffer = self.terminal.backend().buffer();
        let area = buffer.area;
        let line = |y| {
            let cells = (0..area.width).map(|x| buffer[(x, y)].symbol());
            cells.collect::<String>().trim_end().to_owned()
        };
        (0..area.height).map(line).collect::<Vec<_>>().join("\n")
    }

    /// The screen without its line breaks, so that a sentence is found however
    /// it was broken.
    pub(crate) fn text(&mut self) -> String {
        let screen = self.screen();
        screen.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    #[track_caller]
    pub(crate) fn sees(&mut self, words: &str) -> &mut Self {
        assert!(
            self.text().contains(words),
            "{words:?} is not on the screen:\n{}",
            self.screen()
        );
        self
    }

    #[track_caller]
    pub(crate) fn does_not_see(&mut self, words: &str) -> &mut Self {
        assert!(
            !self.text().contains(words),
            "{words:?} is on the screen:\n{}",
            self.screen()
        );
        self
    }

    pub(crate) fn resize(&mut self, columns: u16, rows: u16) -> &mut Self {
        self.terminal = Terminal::new(TestBackend::new(columns, rows)).unwrap();
        self
    }

    pub(crate) fn has_left(&self) -> bool {
        self.effects
            .iter()
            .any(|effect| matches!(effect, Effect::Leave))
    }

    /// Fills in and sends the shortest report.
    pub(crate) fn reports_quickly(&mut self) -> &mut Self {
        self.press('n');
        self.chooses("Không");
        self.types("dong van").chooses("Xã Đồng Văn, Tuyên Quang");
        self.finds("Kết hôn").press(' ').enter();
        self.chooses("Gửi tin báo")
    }
}

/// The two numbers of the receipt on the screen.
pub(crate) fn numbers(person: &mut Person) -> [String; 2] {
    let screen = person.screen();
    let number = |name: &str| {
        let line = screen.lines().find(|line| line.contains(name)).unwrap();
        line.split(name).nth(1).unwrap().trim().to_owned()
    };
    [number("Số thứ nhất"), number("Số thứ hai")]
}

/// Every byte of every file under a folder.
pub(crate) fn bytes_under(folder: &Path) -> Vec<u8> {
    let mut all = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            all.extend(bytes_under(&path));
        } else {
            all.extend(std::fs::read(path).unwrap());
        }
    }
    all
}
