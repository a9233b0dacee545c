//! Reads the form files before the library is built, so that a form with a
//! missing label or a question that nobody can reach fails the build.

#[expect(
    unreachable_pub,
    reason = "public in the library, read here for its rules"
)]
#[path = "src/form/condition.rs"]
mod condition;
#[path = "src/form/rules.rs"]
mod rules;
#[expect(
    dead_code,
    unreachable_pub,
    reason = "public in the library, read here for its rules"
)]
#[path = "src/form/schema.rs"]
mod schema;

use std::fs;
use std::process::ExitCode;

use schema::{FormFile, IndicatorsFile};

const FORMS: [&str; 1] = ["forms/suspicion_report.toml"];
const INDICATORS: &str = "forms/indicators.toml";

fn main() -> ExitCode {
    for file in ["forms", "src/form", "build.rs"] {
        line(&format!("rerun-if-changed={file}"));
    }
    match check() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // An instruction to cargo is one line; an error in TOML has several.
            line(&format!("error={}", error.replace('\n', " ")));
            ExitCode::FAILURE
        }
    }
}

fn check() -> Result<(), String> {
    let read = |path: &str| fs::read_to_string(path).map_err(|error| format!("{path}: {error}"));
    let indicators = IndicatorsFile::parse(&read(INDICATORS)?)
        .map_err(|error| format!("{INDICATORS}: {error}"))?;
    for path in FORMS {
        FormFile::parse(&read(path)?, &indicators).map_err(|error| format!("{path}: {error}"))?;
    }
    Ok(())
}

fn line(instruction: &str) {
    println!("cargo::{instruction}");
}
