//! The world behind the pipe, and what each command does to it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use loive_protocol::{Refusal, ReportId};
use loive_stories::{Backup, Flood, World};
use serde_json::{Value as Json, json};

use crate::command::{Command, Forgery};
use crate::{library, shown};

/// The engine's file in a phone's folder.
const PHONE_STORE_FILE: &str = "phone.db";
/// Length of the forged change, and of the forged request.
const FORGED_BYTES: usize = 300;

/// A hotline that does what it is told.
pub(crate) struct Obedient {
    pub(crate) world: World,
    relay_backup: Option<Backup>,
    desk_backup: Option<Backup>,
    phone_backups: BTreeMap<PathBuf, Backup>,
    flood: Flood,
}

impl Obedient {
    pub(crate) fn new(world: World) -> Self {
        let flood = Flood::new(&world.card());
        Self {
            world,
            relay_backup: None,
            desk_backup: None,
            phone_backups: BTreeMap::new(),
            flood,
        }
    }

    /// Does it and gives the answer, or why it was not done.
    pub(crate) async fn obey(&mut self, command: Command) -> Result<Json, String> {
        match command {
            Command::Link { up } => self.world.link.set_up(up),
            Command::DeskLink { up } => self.world.desk_link.set_up(up),
            Command::Advance { seconds } => {
                self.world.clock.advance_seconds(seconds);
                return Ok(json!({ "now": self.world.env().now() }));
            }
            Command::Now => return Ok(json!({ "now": self.world.env().now() })),
            Command::Look { report } => return self.look(&report),
            Command::Find { report } => return self.find(&report),
            Command::Count => return Ok(json!({ "count": self.world.counsellor().count() })),
            Command::WaitCount { count } => {
                self.world.desk_has(count).await;
                return Ok(json!({ "count": count }));
            }
            Command::Reply { report, text } => {
                let id = self.known(&report)?;
                self.world.counsellor().reply(&id, &text);
            }
            Command::Quarantine => return Ok(shown::quarantine(&self.world.counsellor())),
            Command::StopRelay => self.world.stop_relay().await,
            Command::StartRelay => self.start_relay().await,
            Command::BackupRelay => self.backup_relay().await,
            Command::RestoreRelay => return self.restore_relay().await,
            Command::StopDesk => self.world.stop_desk().await,
            Command::StartDesk => self.start_desk().await,
            Command::BackupDesk => self.backup_desk().await,
            Command::RestoreDesk => return self.restore_desk().await,
            Command::Log => return self.log().await,
            Command::Forge { what } => return Ok(self.forge(what).await),
            Command::BackupPhone { dir } => {
                let backup = Backup::of(&store_of(&dir)?);
                self.phone_backups.insert(dir, backup);
            }
            Command::SetBackPhone { dir } => {
                let backup = self.phone_backups.get(&dir).ok_or("there is no copy")?;
                backup.restore_in_place();
            }
            Command::PublishLibrary {
                content,
                file,
                edit,
            } => {
                return library::publish(&self.world, &content, &file, edit.as_ref());
            }
        }
        Ok(json!({ "done": true }))
    }

    fn look(&self, report: &str) -> Result<Json, String> {
        let id = parsed(report)?;
        if self.world.counsellor().find(&id).is_some() {
            self.world.counsellor().read(&id);
        }
        self.find(report)
    }

    fn find(&self, report: &str) -> Result<Json, String> {
        let id = parsed(report)?;
        let counsellor = self.world.counsellor();
        let found = counsellor
            .find(&id)
            .map(|page| (page, counsellor.lines(&id)));
        Ok(shown::report(found))
    }

    fn known(&self, report: &str) -> Result<ReportId, String> {
        let id = parsed(report)?;
        let found = self.world.counsellor().find(&id);
        found
            .map(|_| id)
            .ok_or("the desk has no such report".into())
    }

    async fn start_relay(&mut self) {
        if !self.world.has_relay() {
            self.world.start_relay().await;
        }
    }

    async fn start_desk(&mut self) {
        if !self.world.has_desk() {
            self.world.start_desk().await;
        }
    }

    /// A relay that ran runs again afterwards.
    async fn backup_relay(&mut self) {
        let ran = self.world.has_relay();
        self.world.stop_relay().await;
        self.relay_backup = Some(Backup::of(&self.world.relay_folder().relay_db()));
        if ran {
            self.world.start_relay().await;
        }
    }

    /// A desk that ran runs again afterwards.
    async fn backup_desk(&mut self) {
        let ran = self.world.has_desk();
        self.world.stop_desk().await;
        self.desk_backup = Some(Backup::of(&self.world.folder().desk_db()));
        if ran {
            self.world.start_desk().await;
        }
    }

    async fn restore_relay(&mut self) -> Result<Json, String> {
        let backup = self.relay_backup.take().ok_or("there is no copy")?;
        self.world.stop_relay().await;
        backup.restore();
        self.relay_backup = Some(backup);
        self.world.start_relay().await;
        self.log().await
    }

    async fn restore_desk(&mut self) -> Result<Json, String> {
        let backup = self.desk_backup.take().ok_or("there is no copy")?;
        self.world.stop_desk().await;
        backup.restore();
        self.desk_backup = Some(backup);
        self.world.start_desk().await;
        Ok(json!({ "done": true }))
    }

    async fn log(&self) -> Result<Json, String> {
        if !self.world.has_relay() {
            return Err("the relay is stopped".into());
        }
        Ok(json!({ "log": self.world.stranger().log().await.to_string() }))
    }

    async fn forge(&mut self, what: Forgery) -> Json {
        let envelope = self.flood.next(FORGED_BYTES);
        let stranger = self.world.stranger();
        match what {
            Forgery::Bytes => json!({ "status": stranger.post(&envelope).await.status }),
            Forgery::Envelope => {
                json!({ "refused": stranger.push(envelope).await.map(Refusal::key) })
            }
        }
    }
}

fn parsed(report: &str) -> Result<ReportId, String> {
    report.parse().map_err(|error| format!("report: {error}"))
}

/// The store of the phone in this folder.
fn store_of(dir: &Path) -> Result<PathBuf, String> {
    let file = dir.join(PHONE_STORE_FILE);
    if file.exists() {
        Ok(file)
    } else {
        Err("there is no phone in this folder".into())
    }
}
