//! The reporter's document. Only the reporter writes it; the hotline reads.

use core::fmt;
use std::collections::BTreeMap;

use loive_protocol::Refusal;

use crate::answers::Answers;
use crate::compact::{self, CompactError};
use crate::document::{Applied, DamagedRow, Document, LoadError, Released, WriteError};
use crate::encode;
use crate::form::{Field, Form};
use crate::keys;
use crate::message::{Message, messages};
use crate::validate::{Actor, ChangeHash, Rules};
use crate::value::{Scalar, Value};

/// A report's first change, rebuilt from its compact form.
#[derive(Clone, PartialEq, Eq)]
pub struct FirstChange {
    /// The uncompressed Automerge change.
    pub raw: Vec<u8>,
    /// Its hash.
    pub hash: ChangeHash,
}

impl FirstChange {
    /// The first 8 bytes of the hash, which travel with the compact form.
    pub fn check(&self) -> [u8; 8] {
        let mut check = [0; 8];
        for (out, byte) in check.iter_mut().zip(self.hash) {
            *out = byte;
        }
        check
    }
}

impl fmt::Debug for FirstChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FirstChange({} bytes)", self.raw.len())
    }
}

/// The first change of a report: a pure function of the compact form and of
/// the actor that is derived from the seed. Form, version and answers become
/// scalars of the root map, the answers in schema order; sequence 1, time 0.
///
/// # Errors
/// What is wrong with the compact form.
pub fn first_change(compact: &[u8], actor: Actor) -> Result<FirstChange, CompactError> {
    let (reference, answers) = compact::decode(compact)?;
    let mut entries = vec![
        (keys::FORM.to_owned(), Scalar::Str(reference.id.to_owned())),
        (
            keys::FORM_VERSION.to_owned(),
            Scalar::Int(i64::from(reference.version)),
        ),
    ];
    let form = reference.form();
    entries.extend(form.questions().filter_map(|field| {
        answers
            .get(field.id())
            .map(|value| (field.id().to_owned(), value.to_scalar()))
    }));
    let (raw, hash) = encode::first_change(actor, &entries);
    Ok(FirstChange { raw, hash })
}

/// What the hotline and the phone show of a report. `Debug` shows no answer.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct ReportView {
    /// Code of the form.
    pub form: Option<String>,
    /// Version of the form in which the report was written.
    pub form_version: Option<i64>,
    /// The answers that this version of the form understands. Where several
    /// stand, the one that every copy of the document picks.
    pub answers: Answers,
    /// Fields to which two people gave different answers: all of them, in one
    /// order everywhere.
    pub conflicts: BTreeMap<String, Vec<Value>>,
    /// What the reporter wrote afterwards, oldest first.
    pub messages: Vec<Message>,
    /// When the reporter took it back, in seconds since 1970.
    pub withdrawn: Option<u64>,
    /// Keys that this version does not know, or whose value it does not
    /// understand. They stay in the document.
    pub unknown: Vec<String>,
}

impl fmt::Debug for ReportView {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReportView")
            .field("form", &self.form)
            .field("form_version", &self.form_version)
            .field("messages", &self.messages.len())
            .field("withdrawn", &self.withdrawn)
            .finish_non_exhaustive()
    }
}

/// A report, as one Automerge document.
pub struct ReportDocument {
    document: Document,
}

impl ReportDocument {
    /// A report that has its first change.
    ///
    /// # Errors
    /// Why the change is none that a report may begin with.
    pub fn new_from_first(raw: &[u8]) -> Result<Self, Refusal> {
        let mut document = Document::new(Rules::report(), true);
        match document.apply(raw)? {
            Applied::New | Applied::Known => Ok(Self { document }),
            Applied::Waiting => Err(Refusal::MissingDependency),
        }
    }

    /// A report from its stored changes, one row for each, in any order. Rows
    /// that cannot be read do not cost the others: see
    /// [`Self::damaged_rows`].
    ///
    /// Without any row it is the report of somebody who came back by a receipt
    /// and has none of its changes: messages and a withdrawal can be written.
    ///
    /// # Errors
    /// There were rows, and none of them could be read.
    pub fn load<'a>(rows: impl IntoIterator<Item = &'a [u8]>) -> Result<Self, LoadError> {
        let document = Document::new(Rules::report(), true).load(rows)?;
        Ok(Self { document })
    }

    /// Takes one change from outside. It is validated first; duplicates are
    /// harmless.
    ///
    /// # Errors
    /// Why it was refused; the document is as it was.
    pub fn apply(&mut self, raw: &[u8]) -> Result<Applied, Refusal> {
        self.document.apply(raw)
    }

    /// Answers a field. `None` if that answer stood there already.
    ///
    /// # Errors
    /// See [`WriteError`].
    pub fn set(
        &mut self,
        field: &str,
        value: &Value,
        actor: Actor,
        time: u64,
    ) -> Result<Option<Vec<u8>>, WriteError> {
        self.edit([(field, Some(value))], actor, time)
    }

    /// Takes an answer back. `None` if there was none.
    ///
    /// # Errors
    /// See [`WriteError`].
    pub fn clear(
        &mut self,
        field: &str,
        actor: Actor,
        time: u64,
    ) -> Result<Option<Vec<u8>>, WriteError> {
        self.edit([(field, None)], actor, time)
    }

    /// Several answers as one change. `None` if nothing changes.
    ///
    /// # Errors
    /// See [`WriteError`].
    pub fn edit<'a>(
        &mut self,
        edits: impl IntoIterator<Item = (&'a str, Option<&'a Value>)>,
        actor: Actor,
        time: u64,
    ) -> Result<Option<Vec<u8>>, WriteError> {
        let form = Form::suspicion_report();
        let edits = edits
            .into_iter()
            .map(|(id, value)| {
                let field = form.field(id).ok_or(WriteError::UnknownField)?;
                if let Some(value) = value {
                    field.check(value).map_err(|_| WriteError::BadValue)?;
                }
                Ok((id, value.map(Value::to_scalar)))
            })
            .collect::<Result<Vec<_>, WriteError>>()?;
        self.document.write(&edits, actor, time)
    }

    /// Adds a message to the hotline. `nonce` is random.
    ///
    /// # Errors
    /// See [`WriteError`].
    pub fn add_message(
        &mut self,
        text: &str,
        actor: Actor,
        time: u64,
        nonce: [u8; 4],
    ) -> Result<Vec<u8>, WriteError> {
        self.document.write_message(text, actor, time, nonce)
    }

    /// Takes the report back. The hotline keeps it and sees that it was taken
    /// back. `None` if it was before.
    ///
    /// # Errors
    /// See [`WriteError`].
    pub fn withdraw(&mut self, actor: Actor, time: u64) -> Result<Option<Vec<u8>>, WriteError> {
        if !self.document.seconds(keys::WITHDRAWN).is_empty() {
            return Ok(None);
        }
        let seconds = i64::try_from(time).map_err(|_| WriteError::BadValue)?;
        let edit = (keys::WITHDRAWN, Some(Scalar::Int(seconds)));
        self.document.write(&[edit], actor, time)
    }

    /// The report as this version of the form understands it.
    pub fn view(&self) -> ReportView {
        let keys = self.document.keys();
        let mut view = ReportView {
            messages: messages(&self.document, &keys),
            withdrawn: self.document.seconds(keys::WITHDRAWN).first().copied(),
            ..ReportView::default()
        };
        for key in keys {
            let scalars = self.document.scalars(&key);
            match (key.as_str(), scalars.last()) {
                (keys::FORM, Some(Scalar::Str(form))) => view.form = Some(form.clone()),
                (keys::FORM_VERSION, Some(Scalar::Int(version))) => {
                    view.form_version = Some(*version);
                }
                (keys::WITHDRAWN, _) | (_, None) => {}
                (id, _) if keys::message_written_at(id).is_some() => {}
                (id, Some(_)) => match Form::suspicion_report().field(id) {
                    Some(field) => view.take(field, &scalars),
                    None => view.unknown.push(key),
                },
            }
        }
        view
    }

    /// What stands at a key as text, for showing what this version does not
    /// understand.
    pub fn raw_texts(&self, key: &str) -> Vec<String> {
        self.document
            .scalars(key)
            .into_iter()
            .map(|scalar| match scalar {
                Scalar::Str(text) => text,
                Scalar::Int(number) => number.to_string(),
                Scalar::Bool(yes) => yes.to_string(),
            })
            .collect()
    }

    /// Changes that no other depends on, sorted.
    pub fn heads(&self) -> Vec<ChangeHash> {
        self.document.heads()
    }

    /// True if the change is part of the document.
    pub fn contains(&self, hash: &ChangeHash) -> bool {
        self.document.contains(hash)
    }

    /// Every change of the document, each after what it depends on.
    pub fn changes(&self) -> impl ExactSizeIterator<Item = &[u8]> {
        self.document.changes()
    }

    /// Changes that wait for others. They are to be stored too.
    pub fn waiting(&self) -> impl ExactSizeIterator<Item = &[u8]> {
        self.document.waiting()
    }

    /// What became of changes that had waited, since the last call.
    pub fn take_released(&mut self) -> Vec<Released> {
        self.document.take_released()
    }

    /// Rows that [`Self::load`] could not read.
    pub fn damaged_rows(&self) -> &[DamagedRow] {
        self.document.damaged()
    }

    /// The whole document in Automerge's own file format, for other programs.
    pub fn save(&self) -> Vec<u8> {
        self.document.save()
    }
}

impl ReportView {
    /// Reads what stands at a field; the last scalar is the one picked.
    fn take(&mut self, field: &Field, scalars: &[Scalar]) {
        let mut values: Vec<(&Scalar, Value)> = scalars
            .iter()
            .filter_map(|scalar| Some((scalar, Value::from_scalar(field, scalar).ok()?)))
            .collect();
        if values.len() < scalars.len() {
            self.unknown.push(field.id().to_owned());
        }
        let Some((_, picked)) = values.last() else {
            return;
        };
        self.answers.set(field.id(), picked.clone());
        values.sort_by(|(a, _), (b, _)| order(a).cmp(&order(b)));
        values.dedup_by(|(a, _), (b, _)| a == b);
        if values.len() > 1 {
            let values = values.into_iter().map(|(_, value)| value).collect();
            self.conflicts.insert(field.id().to_owned(), values);
        }
    }
}

/// One order of scalars, the same on every machine.
fn order(scalar: &Scalar) -> (u8, i64, &str) {
    match scalar {
        Scalar::Bool(yes) => (0, i64::from(*yes), ""),
        Scalar::Int(number) => (1, *number, ""),
        Scalar::Str(text) => (2, 0, text),
    }
}
