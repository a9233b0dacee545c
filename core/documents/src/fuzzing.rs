//! Parsers that no public function leads to, for the fuzz targets alone.

use crate::form::Form;

/// Reads a form file. The form is none that reports can be written with.
///
/// # Errors
/// What is wrong with the file, for whoever edits it.
pub fn form_file(text: &str) -> Result<Form, String> {
    Form::parse(text).map_err(|error| error.to_string())
}
