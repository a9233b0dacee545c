//! `loive-print`: makes cards, leaflets, posters and kits of a library.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand, ValueEnum};
use loive_print::{Form, Library, Press, PrintError};
use loive_strings::Lang;

/// Makes cards to share, leaflets, posters and kits from the library's text.
#[derive(Parser)]
#[command(name = "loive-print", version)]
struct Command {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Pictures to share, PNG of at most 100 kB: articles, guides, warnings, the checks
    Cards(Wanted),
    /// A5 leaflets, PDF: the same, quizzes (q1), and whole topics (t3)
    Leaflet(Wanted),
    /// A4 posters, PDF: what has a card
    Poster(Wanted),
    /// A4 kits for whoever leads a session, PDF: kits (`k_t1`)
    Kit(Wanted),
    /// Everything
    All(Options),
}

#[derive(Args)]
struct Wanted {
    #[command(flatten)]
    options: Options,
    /// Which, by the names of their files, such as a09; none: all that there are
    #[arg(value_name = "ID")]
    ids: Vec<String>,
}

#[derive(Args)]
struct Options {
    /// The library's folder
    #[arg(long, value_name = "DIR", default_value = "content")]
    content: PathBuf,
    /// Where the files go
    #[arg(long, value_name = "DIR", default_value = "printed")]
    out: PathBuf,
    /// In which language
    #[arg(long, value_enum, default_value_t = Langs::All)]
    lang: Langs,
}

#[derive(Clone, Copy, ValueEnum)]
enum Langs {
    /// Vietnamese
    Vi,
    /// English
    En,
    /// Both
    All,
}

impl Langs {
    const fn list(self) -> &'static [Lang] {
        match self {
            Self::Vi => &[Lang::Vi],
            Self::En => &[Lang::En],
            Self::All => &Lang::ALL,
        }
    }
}

fn main() -> ExitCode {
    let (options, wanted) = match Command::parse().what {
        What::Cards(it) => (it.options, vec![(Form::Card, it.ids)]),
        What::Leaflet(it) => (it.options, vec![(Form::Leaflet, it.ids)]),
        What::Poster(it) => (it.options, vec![(Form::Poster, it.ids)]),
        What::Kit(it) => (it.options, vec![(Form::Kit, it.ids)]),
        What::All(options) => (options, Form::ALL.map(|form| (form, Vec::new())).to_vec()),
    };
    match print(&options, &wanted) {
        Ok(count) => {
            let out = options.out.display();
            // A reader that hangs up early, such as `head`, is no error of ours.
            let _ = writeln!(io::stdout(), "{count} files in {out}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            let _ = writeln!(io::stderr(), "loive-print: {error}");
            ExitCode::from(if error.is_usage() { 2 } else { 1 })
        }
    }
}

/// Makes all files; the first that cannot be made ends it.
fn print(options: &Options, wanted: &[(Form, Vec<String>)]) -> Result<usize, PrintError> {
    let library = Library::read(&options.content)?;
    let mut sheets = Vec::new();
    for (form, ids) in wanted {
        let all = form.ids(&library);
        for id in if ids.is_empty() { &all } else { ids } {
            for lang in options.lang.list() {
                sheets.push((*form, form.sheet(&library, id, *lang)?));
            }
        }
    }
    let press = Press::new();
    for (form, sheet) in &sheets {
        let pages = press.typeset(&library, sheet)?;
        let file = match form {
            Form::Card => pages.png()?,
            Form::Leaflet | Form::Poster | Form::Kit => pages.pdf()?,
        };
        let name = format!("{}.{}", sheet.name, form.extension());
        write(&options.out, &name, &file)?;
    }
    Ok(sheets.len())
}

fn write(folder: &Path, name: &str, file: &[u8]) -> Result<(), PrintError> {
    let path = folder.join(name);
    let written = fs::create_dir_all(folder).and_then(|()| fs::write(&path, file));
    written.map_err(|why| PrintError::Write { path, why })
}
