//! Reads the files in `forms/`: in the build script, and in tests.

use super::rules::SchemaError;
use super::schema::{FormFile, IndicatorsFile};

fn unreadable(error: &toml::de::Error) -> SchemaError {
    SchemaError::Unreadable(error.to_string())
}

impl IndicatorsFile {
    /// Reads and checks the indicators file.
    pub(crate) fn parse(text: &str) -> Result<Self, SchemaError> {
        let file: Self = toml::from_str(text).map_err(|error| unreadable(&error))?;
        file.checked()
    }
}

impl FormFile {
    /// Reads and checks a form file.
    pub(crate) fn parse(text: &str, indicators: &IndicatorsFile) -> Result<Self, SchemaError> {
        let file: Self = toml::from_str(text).map_err(|error| unreadable(&error))?;
        file.checked(indicators)
    }
}
