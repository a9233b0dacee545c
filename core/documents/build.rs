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
    unreachable_pub,
    reason = "public in the library, read here for its rules"
)]
#[path = "src/form/schema.rs"]
mod schema;
#[path = "src/form/source.rs"]
mod source;

use std::env;
use std::fs;
use std::path::Path;
use std::process::ExitCode;

use schema::{FormFile, IndicatorsFile};
use serde::Serialize;

const FORMS: [&str; 2] = ["suspicion_report", "safety_plan"];
const INDICATORS: &str = "indicators";

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
    let read = |name: &str| {
        let path = format!("forms/{name}.toml");
        fs::read_to_string(&path).map_err(|error| format!("{path}: {error}"))
    };
    let indicators = IndicatorsFile::parse(&read(INDICATORS)?)
        .map_err(|error| format!("{INDICATORS}: {error}"))?;
    write(INDICATORS, &indicators)?;
    for name in FORMS {
        let form = FormFile::parse(&read(name)?, &indicators)
            .map_err(|error| format!("{name}: {error}"))?;
        write(name, &form)?;
    }
    Ok(())
}

/// Written anew, so that no phone carries a parser of TOML.
fn write(name: &str, file: &impl Serialize) -> Result<(), String> {
    let folder = env::var_os("OUT_DIR").ok_or("cargo names no OUT_DIR")?;
    let path = Path::new(&folder).join(format!("{name}.form"));
    let bytes = postcard::to_allocvec(file).map_err(|error| format!("{name}: {error}"))?;
    fs::write(&path, bytes).map_err(|error| format!("{}: {error}", path.display()))
}

fn line(instruction: &str) {
    println!("cargo::{instruction}");
}
