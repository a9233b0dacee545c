//! What programs that are killed say of themselves, one JSON value on each line:
//! before a deed that they will do it, and after it that it is done.

use std::collections::BTreeMap;
use std::io::{self, Write as _};

use loive_documents::{Scalar, Value};
use serde::{Deserialize, Serialize};

/// Something that changes a store, or tries to. Drafts and reports stand here as
/// they are printed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "a draft is a draft")]
pub enum Deed {
    /// A draft is begun; the outcome is its number.
    Begin,
    /// A question is answered, with the text of the answer's scalar.
    Answer {
        draft: String,
        field: String,
        value: String,
    },
    /// The outcome is the report.
    Submit { draft: String },
    /// Submitted as a guest. The marker stands in the report.
    Guest { draft: String, marker: String },
    /// A draft is thrown away.
    Discard { draft: String },
    /// A message to the hotline.
    Message { report: String, text: String },
    /// Other words about the recruiter.
    Amend { report: String, text: String },
    /// Taken back.
    Withdraw { report: String },
    /// Erased from the phone.
    Erase { report: String },
    /// Another PIN, or none.
    Pin { pin: Option<String> },
    /// One sync.
    Sync,
    /// Suspended and resumed.
    Rest,
    /// A counsellor has read a report.
    Look { report: String },
    /// A counsellor answers.
    Reply { report: String, text: String },
}

/// One line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Said {
    /// The program is at work; with its address, or the PIN that opened it.
    Ready(Option<String>),
    /// It begins now.
    Will(Deed),
    /// It is durable now; with its outcome.
    Did(Deed, String),
    /// It was not done, and why.
    Refused(Deed, String),
    /// What the desk has.
    Desk(DeskBooks),
    /// The program cannot go on.
    Failed(String),
}

/// What the desk has, report by report.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeskBooks {
    /// By the id of the report.
    pub reports: BTreeMap<String, DeskReport>,
    /// Reasons for which something could not be merged.
    pub quarantine: Vec<String>,
}

/// One report at the desk.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeskReport {
    /// The texts of the answers' scalars, by field.
    pub answers: BTreeMap<String, String>,
    /// The reporter's messages, sorted.
    pub messages: Vec<String>,
    /// The hotline's answers, sorted.
    pub replies: Vec<String>,
    /// A counsellor has read it.
    pub is_read: bool,
    /// It was taken back.
    pub is_withdrawn: bool,
    /// Fields with more than one value.
    pub conflicts: usize,
}

impl Said {
    /// Prints the line. It is out when this returns.
    pub fn say(&self) -> io::Result<()> {
        let mut out = io::stdout().lock();
        serde_json::to_writer(&mut out, self)?;
        writeln!(out)?;
        out.flush()
    }

    /// Understands a line.
    ///
    /// # Panics
    /// If it is none: a program of ours speaks clearly.
    pub fn hear(line: &str) -> Self {
        serde_json::from_str(line).expect("the program speaks clearly")
    }
}

/// The text of an answer's scalar.
pub fn scalar_text(value: &Value) -> String {
    match value.to_scalar() {
        Scalar::Str(text) => text,
        Scalar::Bool(yes) => yes.to_string(),
        Scalar::Int(number) => number.to_string(),
    }
}
