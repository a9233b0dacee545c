//! The arguments of `cargo xtask phone`.

use std::path::PathBuf;

use clap::Parser;
use loive_strings::Lang;

/// A phone in the terminal, on the same engine as the apps.
///
/// Start the hotline with `cargo xtask demo` in another terminal.
#[derive(Parser)]
#[command(name = "loive-phone")]
pub struct Args {
    /// The demo's data folder: the hotline's card is read from it, and the phone
    /// is kept in it.
    #[arg(long, value_name = "DIR", default_value = "demo-data")]
    pub data: PathBuf,
    /// The hotline's card, if it is elsewhere [default: DIR/hotline/hotline.card].
    #[arg(long, value_name = "FILE")]
    pub hotline: Option<PathBuf>,
    /// Which phone: another name is another phone.
    #[arg(long, default_value = "1", value_parser = name)]
    pub name: String,
    /// The language to begin with: vi or en.
    #[arg(long, default_value = "vi", value_parser = lang)]
    pub lang: Lang,
    /// Ask for a PIN, and give the phone one if it has none.
    #[arg(long)]
    pub pin: bool,
    /// Begin without signal.
    #[arg(long)]
    pub no_signal: bool,
}

/// Longest name of a phone, in characters.
const NAME_MAX_CHARS: usize = 32;

fn name(text: &str) -> Result<String, String> {
    let is_plain = text
        .chars()
        .all(|letter| letter.is_ascii_alphanumeric() || letter == '-');
    if is_plain && (1..=NAME_MAX_CHARS).contains(&text.len()) {
        Ok(text.to_owned())
    } else {
        Err(format!(
            "use 1 to {NAME_MAX_CHARS} letters, digits and dashes"
        ))
    }
}

fn lang(text: &str) -> Result<Lang, String> {
    Lang::from_code(text).ok_or_else(|| "use vi or en".to_owned())
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests may panic")]
mod tests {
    use super::*;

    #[test]
    fn a_name_never_leaves_the_data_folder() {
        for bad in ["../hotline", "a/b", "", ".", "a b", &"a".repeat(33)] {
            assert!(
                Args::try_parse_from(["phone", "--name", bad]).is_err(),
                "{bad}"
            );
        }
        let args = Args::try_parse_from(["phone", "--name", "chi-2", "--lang", "en"]).unwrap();
        assert_eq!((args.name.as_str(), args.lang), ("chi-2", Lang::En));
    }
}
