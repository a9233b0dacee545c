//! What can go wrong, each with what to do about it.

use std::path::PathBuf;

use thiserror::Error;

/// Why something was not printed.
#[derive(Debug, Error)]
pub enum PrintError {
    /// The folder is no library.
    #[error("there is no library in {0}: name its folder with --content")]
    NoLibrary(PathBuf),
    /// What may not be published is not printed.
    #[error(
        "the library in {dir} has {findings} findings: `loive-content check` names them; correct them first"
    )]
    NotPublishable {
        /// The library's folder.
        dir: PathBuf,
        /// How many there are.
        findings: usize,
    },
    /// A drawing is missing or too large.
    #[error("the drawing {0} cannot be read, or is too large: put it right and try again")]
    Picture(PathBuf),
    /// The library has nothing of this name.
    #[error("the library has no {0:?}: ids are the names of its files, such as a09, g01 or k_t1")]
    UnknownId(String),
    /// It exists, but not in this form.
    #[error("{id} cannot be made into a {form}: choose another id or another form")]
    NoSuchForm {
        /// What was asked for.
        id: String,
        /// `card`, `leaflet`, `poster` or `kit`.
        form: &'static str,
    },
    /// An item has nothing that may be published in this language.
    #[error("{id} has nothing to print in {lang}: translate it, or choose another language")]
    NoWords {
        /// The item.
        id: String,
        /// The code of the language.
        lang: &'static str,
    },
    /// The library does not name the number that stands on every sheet.
    #[error("the directory has no entry with the number {0}: add it with its source")]
    NoHotline(&'static str),
    /// Folder or file cannot be written.
    #[error("{path} cannot be written ({why}): choose another folder with --out")]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system says.
        why: std::io::Error,
    },
    /// Words would be cut or run over the edge.
    #[error("the words of {name} do not fit: shorten them ({why})")]
    DoesNotFit {
        /// The sheet.
        name: String,
        /// What lies outside.
        why: String,
    },
    /// The typeface lacks a letter.
    #[error("the typeface has no {letter:?}, which {name} needs: write it another way")]
    NoLetter {
        /// The sheet.
        name: String,
        /// The letter, or several that belong together.
        letter: String,
    },
    /// A picture is too heavy to be shared.
    #[error(
        "{name} has {bytes} bytes, more than {limit}: give it a simpler drawing or fewer words"
    )]
    TooHeavy {
        /// The sheet.
        name: String,
        /// How many it has.
        bytes: usize,
        /// How many it may have.
        limit: usize,
    },
    /// A template is wrong: an error of ours.
    #[error("{name} cannot be typeset: {why}. This is an error of the program; please report it")]
    Template {
        /// The sheet.
        name: String,
        /// What the typesetter says.
        why: String,
    },
}

impl PrintError {
    /// Whether the command line asks for something that there is not.
    pub const fn is_usage(&self) -> bool {
        matches!(
            self,
            Self::UnknownId(_) | Self::NoSuchForm { .. } | Self::NoWords { .. }
        )
    }
}
