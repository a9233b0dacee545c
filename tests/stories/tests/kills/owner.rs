//! A phone and the program that runs it, which is killed.

use std::path::PathBuf;
use std::process::Command;

use loive_client::{Costs, Driver, MemoryKeys, OpenOutcome, OpenRequest, Phone, PhoneError, Pin};
use loive_protocol::HotlineCard;
use loive_stories::{Deed, Process, Said, World, hexadecimal};

use crate::truth::Truth;

pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_story-process");

/// What a life is mostly made of.
pub(crate) const LIKINGS: [&str; 4] = ["writing", "sending", "erasing", "pins"];

/// One phone.
pub(crate) struct Owner {
    pub(crate) dir: PathBuf,
    pub(crate) truth: Truth,
    pub(crate) driver: Driver,
    card: HotlineCard,
    key: [u8; 32],
    program: Option<Process>,
    lives: u64,
    number: usize,
}

impl Owner {
    pub(crate) fn new(world: &World, number: usize) -> Self {
        let handset = world.closed_handset(world.card());
        Self {
            dir: handset.dir().to_owned(),
            truth: Truth::default(),
            driver: Driver::new(handset.card()).expect("the card names a relay"),
            card: handset.card().clone(),
            key: handset.store_key(),
            program: None,
            lives: 0,
            number,
        }
    }

    pub(crate) const fn runs(&self) -> bool {
        self.program.is_some()
    }

    /// Starts a life on the store.
    pub(crate) fn start(&mut self, liking: &str) {
        self.lives += 1;
        let label = format!("{}.{}", self.number, self.lives);
        let mut command = Command::new(PROGRAM);
        command.arg("live").arg(&self.dir).arg(self.card.to_text());
        command.args([hexadecimal(&self.key), label, liking.to_owned()]);
        self.program = Some(Process::start(&mut command));
    }

    /// Waits until the phone is open; says whether it is, or why not.
    pub(crate) fn wait(&mut self) -> Result<(), String> {
        let program = self.program.as_mut().expect("it was started");
        let line = program.line().ok_or("it ended without a word")?;
        match Said::hear(&line) {
            Said::Failed(why) => Err(why),
            said => {
                self.truth.hear(said);
                Ok(())
            }
        }
    }

    /// Hears what was said so far.
    pub(crate) fn hear(&mut self) {
        let lines = self.program.as_mut().map(Process::heard);
        for line in lines.into_iter().flatten() {
            self.truth.hear(Said::hear(&line));
        }
    }

    /// Kills it, and says what was under way.
    pub(crate) fn kill(&mut self) -> &'static str {
        let Some(mut program) = self.program.take() else {
            return "nothing";
        };
        let was_born = self.lives > 1 || self.truth.is_born;
        let mut has_opened = self.truth.pending.is_some();
        for line in program.kill() {
            let said = Said::hear(&line);
            has_opened |= !matches!(said, Said::Ready(_) | Said::Failed(_));
            self.truth.hear(said);
        }
        match &self.truth.pending {
            None if !was_born => "being born",
            None if !has_opened => "opening",
            None => "between two deeds",
            Some(Deed::Begin | Deed::Answer { .. }) => "writing",
            Some(Deed::Submit { .. } | Deed::Guest { .. }) => "submitting",
            Some(Deed::Sync) => "syncing",
            Some(Deed::Erase { .. } | Deed::Discard { .. }) => "erasing",
            Some(Deed::Pin { .. }) => "changing its PIN",
            Some(_) => "amending, messaging, resting",
        }
    }

    /// Opens the store here, with a PIN that may be the right one.
    pub(crate) fn try_open(&self) -> Result<(Phone, Option<String>), PhoneError> {
        let mut last = PhoneError::NotFound;
        for pin in self.truth.pins() {
            let mut request =
                OpenRequest::new(&self.dir, self.card.clone(), MemoryKeys::new(self.key));
            request.costs = Costs::CHEAP;
            request.pin = pin.as_deref().map(Pin::new);
            match Phone::open(request) {
                // A PIN that the store does not have (any more) keeps nobody out.
                Ok(phone) => {
                    let pin = pin.filter(|_| phone.has_pin());
                    return Ok((phone, pin));
                }
                Err(error) => last = error,
            }
        }
        Err(last)
    }

    /// Opens the store after a kill and looks whether everything is there.
    pub(crate) fn settle(&mut self) -> Phone {
        let (phone, pin) = self.try_open().expect("the store opens again");
        match phone.outcome() {
            OpenOutcome::Opened => {}
            OpenOutcome::New => assert!(!self.truth.is_born, "the store is gone"),
            other => panic!("a killed phone complains: {other:?}"),
        }
        self.truth.is_born = true;
        self.truth.settle(&phone, pin.as_deref());
        phone
    }
}
