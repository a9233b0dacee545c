//! What a test asks for: one JSON object on each line, its `do` says what.

use std::path::PathBuf;

use serde::Deserialize;

/// One line. The table in the README says what each does.
#[derive(Deserialize)]
#[serde(tag = "do", rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum Command {
    Link {
        up: bool,
    },
    DeskLink {
        up: bool,
    },
    Advance {
        seconds: u64,
    },
    Now,
    Look {
        report: String,
    },
    Find {
        report: String,
    },
    Count,
    WaitCount {
        count: usize,
    },
    Reply {
        report: String,
        text: String,
    },
    Quarantine,
    StopRelay,
    StartRelay,
    BackupRelay,
    RestoreRelay,
    StopDesk,
    StartDesk,
    BackupDesk,
    RestoreDesk,
    Log,
    Forge {
        what: Forgery,
    },
    BackupPhone {
        dir: PathBuf,
    },
    SetBackPhone {
        dir: PathBuf,
    },
    PublishLibrary {
        content: PathBuf,
        file: PathBuf,
        edit: Option<Edit>,
    },
}

/// A string of the library that somebody writes anew.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Edit {
    pub(crate) item: String,
    pub(crate) key: String,
    pub(crate) text: String,
}

/// What somebody without the app sends to the relay.
#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Forgery {
    /// A well-sealed envelope with noise in it, which only the desk can tell.
    Envelope,
    /// Bytes that are no request.
    Bytes,
}
