//! Relay and desk as programs of their own, which are killed.

use std::collections::{BTreeMap, BTreeSet};
use std::process::{Command, Stdio};
use std::time::Duration;

use loive_stories::{Deed, DeskBooks, Process, Said, World};

use crate::owner::PROGRAM;

/// Answers of counsellors to one report.
#[derive(Default)]
pub(crate) struct Replies {
    /// Said to be given.
    pub(crate) sure: Vec<String>,
    /// Being given when the desk was killed.
    pub(crate) perhaps: Vec<String>,
}

/// Both programs, and what the desk said.
#[derive(Default)]
pub(crate) struct Hotline {
    pub(crate) relay: Option<Process>,
    pub(crate) desk: Option<Process>,
    pub(crate) replies: BTreeMap<String, Replies>,
    /// Reports that somebody has read for sure.
    pub(crate) read: BTreeSet<String>,
    /// Why the desk did not do something, since somebody looked.
    pub(crate) refusals: Vec<(Deed, String)>,
    /// Why programs could not go on, since somebody looked.
    pub(crate) failures: Vec<String>,
    pending: Option<Deed>,
    lives: u64,
}

impl Hotline {
    /// Starts what does not run. Says why if something does not start.
    pub(crate) fn start(&mut self, world: &World) -> Result<(), String> {
        self.open_relay(world)?;
        self.open_desk(world)
    }

    pub(crate) fn open_relay(&mut self, world: &World) -> Result<(), String> {
        if self.relay.is_none() {
            let mut relay = start_relay(world);
            let address = ready(&mut relay)?.ok_or("the relay says no address")?;
            world.relay_listens_at(address.parse().expect("it is an address"));
            self.relay = Some(relay);
        }
        Ok(())
    }

    pub(crate) fn open_desk(&mut self, world: &World) -> Result<(), String> {
        if self.desk.is_none() {
            let mut desk = self.start_desk(world);
            ready(&mut desk)?;
            self.desk = Some(desk);
        }
        Ok(())
    }

    /// Starts both and kills them after `life`, wherever they are then.
    pub(crate) async fn start_and_kill(&mut self, world: &World, life: Duration) {
        let mut relay = start_relay(world);
        self.desk = Some(self.start_desk(world));
        tokio::time::sleep(life).await;
        relay.kill();
        self.kill_desk();
    }

    fn start_desk(&mut self, world: &World) -> Process {
        self.lives += 1;
        let mut command = Command::new(PROGRAM);
        command.arg("desk").arg(world.folder().path());
        command.args([world.desk_link.url(), self.lives.to_string()]);
        command.stdin(Stdio::piped());
        Process::start(&mut command)
    }

    pub(crate) fn kill_relay(&mut self) {
        if let Some(mut relay) = self.relay.take() {
            relay.kill();
        }
    }

    /// Kills it, and says what was under way.
    pub(crate) fn kill_desk(&mut self) -> &'static str {
        let lines = self.desk.take().map(|mut desk| desk.kill());
        for line in lines.into_iter().flatten() {
            self.hear(&line);
        }
        match self.pending.take() {
            Some(Deed::Reply { report, text }) => {
                self.replies.entry(report).or_default().perhaps.push(text);
                "answering"
            }
            Some(_) => "noting what was read",
            None => "opening or waiting",
        }
    }

    /// Hears what the desk said so far.
    pub(crate) fn listen(&mut self) {
        let lines = self.desk.as_mut().map(Process::heard);
        for line in lines.into_iter().flatten() {
            self.hear(&line);
        }
    }

    /// What the desk has now.
    pub(crate) fn books(&mut self) -> DeskBooks {
        self.tell("books");
        loop {
            let desk = self.desk.as_mut().expect("the desk runs");
            let line = desk.line().expect("the desk goes on");
            if let Some(books) = self.hear(&line) {
                return books;
            }
        }
    }

    /// Tells the counsellor to go home (`quiet`) or to come back (`work`).
    pub(crate) fn tell(&mut self, order: &str) {
        self.desk.as_mut().expect("the desk runs").tell(order);
    }

    fn hear(&mut self, line: &str) -> Option<DeskBooks> {
        match Said::hear(line) {
            Said::Ready(_) => {}
            Said::Will(deed) => self.pending = Some(deed),
            Said::Did(deed, _) => {
                self.pending = None;
                match deed {
                    Deed::Look { report } => {
                        self.read.insert(report);
                    }
                    Deed::Reply { report, text } => {
                        self.replies.entry(report).or_default().sure.push(text);
                    }
                    other => panic!("a desk does no such thing: {other:?}"),
                }
            }
            Said::Refused(deed, why) => {
                self.pending = None;
                self.refusals.push((deed, why));
            }
            Said::Desk(books) => return Some(books),
            Said::Failed(why) => self.failures.push(why),
        }
        None
    }
}

fn start_relay(world: &World) -> Process {
    let mut command = Command::new(PROGRAM);
    command.arg("relay").arg(world.relay_folder().path());
    Process::start(&mut command)
}

fn ready(program: &mut Process) -> Result<Option<String>, String> {
    let line = program.line().ok_or("it ended without a word")?;
    match Said::hear(&line) {
        Said::Ready(address) => Ok(address),
        Said::Failed(why) => Err(why),
        other => panic!("it begins with {other:?}"),
    }
}
