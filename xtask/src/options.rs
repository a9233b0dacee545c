//! The arguments of `cargo xtask test`.

use std::collections::BTreeSet;

/// What the person asked of `cargo xtask test`.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct TestOptions {
    /// Name the steps and stop.
    pub(crate) list: bool,
    /// Install what is missing without asking.
    pub(crate) yes: bool,
    /// Steps, or ignored tests, that may be left out.
    pub(crate) waived: BTreeSet<String>,
    /// The steps to run; empty means all.
    pub(crate) only: BTreeSet<String>,
}

impl TestOptions {
    /// Reads the arguments; `--waive a --waive b`, `--waive a,b` and
    /// `--waive=a` mean what they look like.
    pub(crate) fn parse(arguments: &[String]) -> Result<Self, String> {
        let mut options = Self::default();
        let mut rest = arguments.iter().map(String::as_str);
        while let Some(argument) = rest.next() {
            let (name, joined) = match argument.split_once('=') {
                Some((name, value)) => (name, Some(value)),
                None => (argument, None),
            };
            match name {
                "--list" => options.list = true,
                "--yes" => options.yes = true,
                "--waive" | "--only" => {
                    let value = joined
                        .or_else(|| rest.next())
                        .ok_or_else(|| format!("{name} wants the name of a step"))?;
                    let names = value.split(',').map(str::to_owned);
                    if name == "--waive" {
                        options.waived.extend(names);
                    } else {
                        options.only.extend(names);
                    }
                }
                _ => {
                    return Err(format!(
                        "test does not know {argument:?}; it knows --list, --only NAME, --waive NAME and --yes"
                    ));
                }
            }
        }
        Ok(options)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<TestOptions, String> {
        let arguments: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
        TestOptions::parse(&arguments)
    }

    #[test]
    fn names_may_be_repeated_joined_or_listed() {
        let options = parse("--waive a --waive=b,c --only fmt --yes").expect("all known");
        assert!(options.yes && !options.list);
        assert_eq!(
            options.waived,
            BTreeSet::from(["a", "b", "c"].map(str::to_owned))
        );
        assert_eq!(options.only, BTreeSet::from(["fmt".to_owned()]));
    }

    #[test]
    fn a_slip_is_refused_and_the_known_arguments_are_named() {
        let problem = parse("--wave browser").expect_err("not an argument");
        assert!(problem.contains("--wave") && problem.contains("--waive"));
        assert!(parse("--only").is_err());
    }
}
