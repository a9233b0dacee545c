//! Laying variables and flags over the file.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use toml::{Table, Value};

use super::{CONFIG_FILE, Config, KEYS, Key, Kind};

/// Variables of ours that are not keys of the configuration.
const OTHER_VARIABLES: [&str; 3] = ["HOTLINE_DATA", "HOTLINE_CONFIG", "HOTLINE_PASSWORD"];

/// Why there is no configuration.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error(
        "{path} cannot be read ({source}); `hotline init DIR` makes a data folder, --data DIR or \
         HOTLINE_DATA names it"
    )]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The file has a mistake. The text shows its line.
    #[error("{path}: {source}")]
    File {
        /// The file.
        path: PathBuf,
        /// What and where.
        source: Box<toml::de::Error>,
    },
    /// A variable that starts with `HOTLINE_` and is no key.
    #[error("the variable {0} is not known; see `hotline config`")]
    UnknownVariable(String),
    /// `--set` names no key.
    #[error("--set {0}: there is no such key; see `hotline config`")]
    UnknownKey(String),
    /// `--set` without `=`.
    #[error("--set {0}: write it as SECTION.KEY=VALUE")]
    NotAnAssignment(String),
    /// A value of the wrong kind.
    #[error("{origin}: {expected} is expected")]
    WrongKind {
        /// The variable or flag.
        origin: String,
        /// What was expected.
        expected: &'static str,
    },
    /// A value from a variable or a flag that its key does not take.
    #[error("a value from a variable or a flag is not taken: {0}")]
    Value(Box<toml::de::Error>),
    /// A certificate without key or the reverse.
    #[error("[{section}] needs tls_certificate and tls_key together")]
    HalfTls {
        /// The section.
        section: &'static str,
    },
}

/// What lies over the file.
#[derive(Debug, Clone, Default)]
pub struct Layers {
    /// Another file than `hotline.toml` in the data folder.
    pub file: Option<PathBuf>,
    /// Environment variables, name and value. Others than ours may be among them.
    pub variables: Vec<(String, String)>,
    /// Flags: path of the key and value, the strongest last.
    pub flags: Vec<(String, String)>,
}

impl Layers {
    /// Reads the file of a data folder and lays the rest over it.
    pub fn load(&self, folder: &Path) -> Result<Config, ConfigError> {
        let path = self
            .file
            .clone()
            .unwrap_or_else(|| folder.join(CONFIG_FILE));
        let text = std::fs::read_to_string(&path).map_err(|source| ConfigError::Read {
            path: path.clone(),
            source,
        })?;
        let mut config = self.over(&path, &text)?;
        folder.clone_into(&mut config.folder);
        Ok(config)
    }

    fn over(&self, path: &Path, text: &str) -> Result<Config, ConfigError> {
        let in_file = |source| ConfigError::File {
            path: path.to_owned(),
            source: Box::new(source),
        };
        // First alone: a mistake in the file is shown with its line.
        toml::from_str::<Config>(text).map_err(in_file)?;
        let mut table: Table = text.parse().map_err(in_file)?;
        for (name, value) in &self.variables {
            if !name.starts_with("HOTLINE_") || OTHER_VARIABLES.contains(&name.as_str()) {
                continue;
            }
            let key = KEYS
                .iter()
                .find(|key| key.variable() == *name)
                .ok_or_else(|| ConfigError::UnknownVariable(name.clone()))?;
            put(&mut table, key, value, name)?;
        }
        for (name, value) in &self.flags {
            let key = KEYS
                .iter()
                .find(|key| key.path() == *name)
                .ok_or_else(|| ConfigError::UnknownKey(name.clone()))?;
            put(&mut table, key, value, name)?;
        }
        table
            .try_into()
            .map_err(|source| ConfigError::Value(Box::new(source)))
    }

    /// Adds `SECTION.KEY=VALUE`.
    pub fn assign(&mut self, assignment: &str) -> Result<(), ConfigError> {
        let (key, value) = assignment
            .split_once('=')
            .ok_or_else(|| ConfigError::NotAnAssignment(assignment.to_owned()))?;
        self.flags.push((key.trim().to_owned(), value.to_owned()));
        Ok(())
    }
}

fn put(table: &mut Table, key: &Key, value: &str, origin: &str) -> Result<(), ConfigError> {
    let wrong = |expected| ConfigError::WrongKind {
        origin: origin.to_owned(),
        expected,
    };
    let value = match key.kind {
        Kind::Text => Value::String(value.to_owned()),
        Kind::Number => Value::Integer(value.parse().map_err(|_| wrong("a whole number"))?),
        Kind::Switch => Value::Boolean(value.parse().map_err(|_| wrong("`true` or `false`"))?),
    };
    let section = table
        .entry(key.section)
        .or_insert_with(|| Value::Table(Table::new()))
        .as_table_mut()
        .ok_or_else(|| wrong("a table in the file"))?;
    section.insert(key.name.to_owned(), value);
    Ok(())
}

impl Config {
    /// `hotline.toml` for a new data folder: every key with what it does and its
    /// default as a comment, and those in `set` (path and value) in force.
    pub fn template(set: &[(&str, &str)]) -> String {
        let defaults = Table::try_from(Self::default()).unwrap_or_default();
        let mut text = String::from(
            "# The configuration of this hotline. Lines that start with # show the default.\n\
             # A variable such as HOTLINE_RELAY_LISTEN is stronger than this file, and a flag\n\
             # is stronger than both. Paths start from this folder.\n",
        );
        let mut section = "";
        for key in KEYS {
            if key.section != section {
                section = key.section;
                push(&mut text, format_args!("\n[{section}]\n"));
            }
            for line in key.help.lines() {
                push(&mut text, format_args!("# {line}\n"));
            }
            let path = key.path();
            if let Some((_, value)) = set.iter().find(|(name, _)| *name == path) {
                let value = match key.kind {
                    Kind::Text => Value::String((*value).to_owned()).to_string(),
                    Kind::Number | Kind::Switch => (*value).to_owned(),
                };
                push(&mut text, format_args!("{} = {value}\n", key.name));
            } else {
                let default = defaults
                    .get(section)
                    .and_then(|table| table.get(key.name))
                    .map(ToString::to_string)
                    .unwrap_or_default();
                push(&mut text, format_args!("# {} = {default}\n", key.name));
            }
        }
        text
    }
}

fn push(text: &mut String, line: std::fmt::Arguments<'_>) {
    text.write_fmt(line).expect("memory takes text");
}

#[cfg(test)]
mod tests {
    #![expect(
        clippy::unwrap_used,
        clippy::indexing_slicing,
        reason = "tests may panic"
    )]
    use super::*;

    fn load(text: &str, layers: &Layers) -> Result<Config, ConfigError> {
        layers.over(Path::new("hotline.toml"), text)
    }

    #[test]
    fn the_list_of_keys_is_the_same_as_the_types() {
        let table = Table::try_from(Config::default()).unwrap();
        let mut of_types = Vec::new();
        for (section, keys) in &table {
            of_types.extend(
                keys.as_table()
                    .unwrap()
                    .keys()
                    .map(|key| format!("{section}.{key}")),
            );
        }
        let mut of_list: Vec<String> = KEYS.iter().map(Key::path).collect();
        of_types.sort();
        of_list.sort();
        assert_eq!(of_types, of_list);
        for key in KEYS {
            let fits = match &table[key.section][key.name] {
                Value::String(_) => key.kind == Kind::Text,
                Value::Integer(_) => key.kind == Kind::Number,
                Value::Boolean(_) => key.kind == Kind::Switch,
                _ => false,
            };
            assert!(fits, "{}", key.path());
        }
    }

    #[test]
    fn the_file_is_weaker_than_a_variable_and_that_than_a_flag() {
        let file =
            "[relay]\nlisten = \"127.0.0.1:1\"\nlockers_burst = 1\n[log]\nlevel = \"warn\"\n";
        let layers = Layers {
            file: None,
            variables: vec![
                ("HOTLINE_RELAY_LISTEN".into(), "127.0.0.1:2".into()),
                ("HOTLINE_RELAY_LOCKERS_BURST".into(), "2".into()),
                ("HOTLINE_DATA".into(), "/somewhere".into()),
                ("PATH".into(), "/bin".into()),
            ],
            flags: vec![("relay.lockers_burst".into(), "3".into())],
        };
        let config = load(file, &layers).unwrap();
        assert_eq!(config.relay.listen.port(), 2);
        assert_eq!(config.relay.lockers_burst, 3);
        assert_eq!(config.log.level, "warn");
    }

    #[test]
    fn a_mistyped_key_is_refused_with_its_line() {
        let error = load(
            "[relay]\nlisten = \"127.0.0.1:1\"\nlisen = \"x\"\n",
            &Layers::default(),
        );
        let text = error.unwrap_err().to_string();
        assert!(text.contains("line 3") && text.contains("lisen"), "{text}");
    }

    #[test]
    fn a_mistyped_variable_or_flag_is_refused_by_name() {
        let layers = Layers {
            variables: vec![("HOTLINE_RELAY_LISEN".into(), "127.0.0.1:2".into())],
            ..Layers::default()
        };
        assert!(
            load("", &layers)
                .unwrap_err()
                .to_string()
                .contains("HOTLINE_RELAY_LISEN")
        );
        let layers = Layers {
            flags: vec![("relay.lisen".into(), "x".into())],
            ..Layers::default()
        };
        assert!(
            load("", &layers)
                .unwrap_err()
                .to_string()
                .contains("relay.lisen")
        );
        let layers = Layers {
            flags: vec![("relay.lockers_burst".into(), "many".into())],
            ..Layers::default()
        };
        assert!(matches!(
            load("", &layers),
            Err(ConfigError::WrongKind { .. })
        ));
    }

    #[test]
    fn the_file_that_init_writes_is_the_default_and_what_was_set() {
        let text = Config::template(&[("relay.public_url", "https://relay.example")]);
        let config = load(&text, &Layers::default()).unwrap();
        assert_eq!(config.relay.public_url, "https://relay.example");
        assert_eq!(config.relay.listen, Config::default().relay.listen);
        // Every default that is shown as a comment can be put in force as it is.
        let in_force: String = text
            .lines()
            .map(|line| match line.strip_prefix("# ") {
                Some(shown)
                    if shown
                        .split_once(" = ")
                        .is_some_and(|(key, _)| KEYS.iter().any(|known| known.name == key)) =>
                {
                    format!("{shown}\n")
                }
                _ => format!("{line}\n"),
            })
            .collect();
        let config = load(&in_force, &Layers::default()).unwrap();
        assert_eq!(config.relay_settings(), Config::default().relay_settings());
    }
}
