//! The `hotline` program. Everything is in the library, where tests reach it.

use std::process::ExitCode;

fn main() -> ExitCode {
    loive_server::cli::run()
}
