//! Parsers that no public function leads to, for the fuzz targets alone.

use crate::form::{self, Form};

/// Reads a form file and the file of indicators beside it, as the build does.
/// The form is none that reports can be written with.
///
/// # Errors
/// What is wrong with a file, for whoever edits it.
pub fn form_file(form: &str, indicators: &str) -> Result<Form, String> {
    form::parse(form, indicators)
}
