//! The compact form: a report's answers in as few bytes as the first change
//! needs, generation 1.
//!
//! | part | bytes | what |
//! |---|---|---|
//! | generation | 1 | 1 |
//! | form number | 1 | stands for the form's id and version |
//! | answers | some | bits, most significant first, the last byte filled with zeros |
//! | words | the rest | UTF-8 of all words, one after the other, byte for byte as typed |
//!
//! The bits follow the fields in schema order. A field that is not shown,
//! given the answers before it, takes no bit at all. What the others take:
//!
//! | kind | bits |
//! |---|---|
//! | bool | 2: 0 no answer, 1 no, 2 yes |
//! | single | as many as the number of options needs; 0 no answer, else position + 1 |
//! | multi | 1 (answered?), then one for each option; above 16 options, 1 more: 1 and 3 bits of count − 1 and the positions where that is shorter, else 0 and one bit for each option |
//! | place | 3: 0 no answer, 1 commune (7 + 17 bits of the two codes), 2 province (7), 3 abroad, 4 unknown, 5 on the way |
//! | time | 1 (answered?), then 11 |
//! | int | 1 (answered?), then as many as the range needs |
//! | text, long | 1 (answered?), then the length in bytes, as many as four bytes a character need |
//! | phone | 1 (answered?), then the number of symbols, then 4 for each symbol |
//!
//! Calculated fields and device times are no part of it. An empty answer is no
//! answer. Every report has exactly one compact form, and anything else is
//! refused. This generation is frozen: `tests/golden` holds its vectors.

mod bits;
mod layout;

use crate::answers::Answers;
use crate::form::{AnswerError, Form, Reason};
use bits::{BitReader, BitWriter, Exhausted};
use layout::Decoder;

/// The generation that is written.
pub const GENERATION: u8 = 1;
/// The longest compact form that is read.
pub const COMPACT_MAX_BYTES: usize = 4_096;
/// Bytes before the bits.
const HEADER_BYTES: usize = 2;

/// Which form a report was written with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FormRef {
    /// The form's id.
    pub id: &'static str,
    /// The form's version.
    pub version: u16,
    /// The generation of the encoding.
    pub generation: u8,
}

impl FormRef {
    /// The form itself.
    pub fn form(self) -> &'static Form {
        Form::find(self.id, self.version).expect("only a form that we have makes one")
    }
}

/// Why bytes are no compact form. Names fields, never answers.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CompactError {
    /// It ends too early.
    #[error("the compact form ends too early")]
    Truncated,
    /// Something follows after its end.
    #[error("the compact form has bytes after its end")]
    Trailing,
    /// It is longer than any form can be.
    #[error("the compact form has more than {COMPACT_MAX_BYTES} bytes")]
    TooLarge,
    /// Written by a newer program. Keep the report and update.
    #[error("generation {0} of the compact form is unknown here")]
    UnknownGeneration(u8),
    /// A form, or a version of one, that this program does not have. Keep the
    /// report and update.
    #[error("form number {0} is unknown here")]
    UnknownForm(u8),
    /// A field holds bits that stand for nothing.
    #[error("the bits of `{field}` stand for no answer")]
    Malformed {
        /// The id of the field.
        field: String,
    },
    /// A field's words are not UTF-8.
    #[error("the words of `{field}` are not UTF-8")]
    NotText {
        /// The id of the field.
        field: String,
    },
    /// An answer that the form does not allow.
    #[error(transparent)]
    Answer(#[from] AnswerError),
    /// The same answers are written in another way.
    #[error("the compact form is not written in the one way that it has")]
    NotCanonical,
}

impl From<Exhausted> for CompactError {
    fn from(_: Exhausted) -> Self {
        Self::Truncated
    }
}

/// Writes the answers that count (see [`Form::effective`]).
///
/// # Errors
/// An answer that does not fit its field, or that no field of the form asks;
/// [`Reason::UnknownField`] with the form's id for a form that never travels.
pub fn encode(form: &Form, answers: &Answers) -> Result<Vec<u8>, AnswerError> {
    let number = form.number().ok_or_else(|| AnswerError {
        field: form.id().to_owned(),
        reason: Reason::UnknownField,
    })?;
    form.check_all(answers)?;
    let answers = form.effective(answers);
    let mut bits = BitWriter::default();
    let mut words = Vec::new();
    for field in form.questions().filter(|field| field.is_asked(&answers)) {
        layout::write(field, answers.get(field.id()), &mut bits, &mut words);
    }
    let mut bytes = vec![GENERATION, number];
    bytes.extend(bits.into_bytes());
    bytes.extend(words);
    Ok(bytes)
}

/// Reads a compact form. Total: no bytes make it panic, and what it accepts
/// encodes to the same bytes again.
///
/// # Errors
/// [`CompactError`] for everything else.
pub fn decode(bytes: &[u8]) -> Result<(FormRef, Answers), CompactError> {
    if bytes.len() > COMPACT_MAX_BYTES {
        return Err(CompactError::TooLarge);
    }
    let (header, body) = bytes
        .split_at_checked(HEADER_BYTES)
        .ok_or(CompactError::Truncated)?;
    let &[generation, number] = header else {
        return Err(CompactError::Truncated);
    };
    if generation != GENERATION {
        return Err(CompactError::UnknownGeneration(generation));
    }
    let form = Form::by_number(number).ok_or(CompactError::UnknownForm(number))?;
    let mut decoder = Decoder::new(BitReader::new(body));
    for field in form.questions() {
        if field.is_asked(decoder.answers()) {
            decoder.read(field)?;
        }
    }
    let answers = decoder.finish(body)?;
    form.check_all(&answers)?;
    if encode(form, &answers)? != bytes {
        return Err(CompactError::NotCanonical);
    }
    let reference = FormRef {
        id: form.id(),
        version: form.version(),
        generation,
    };
    Ok((reference, answers))
}

#[cfg(test)]
mod tests;
