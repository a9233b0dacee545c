//! `hotline admin`: the people who may log in.

use std::sync::Arc;

use clap::{Args, Subcommand, ValueEnum};
use zeroize::Zeroizing;

use super::{Failure, ask, say};
use crate::config::Config;
use crate::desk::link::{DeskLink, Exchange, LinkError};
use crate::desk::{Desk, DeskConfig, Role};
use crate::keys::Folder;

/// `hotline admin`
#[derive(Debug, Args)]
pub(super) struct Admin {
    #[command(subcommand)]
    command: AdminCommand,
}

#[derive(Debug, Subcommand)]
enum AdminCommand {
    /// People who may log in to the console
    #[command(subcommand)]
    User(UserCommand),
}

#[derive(Debug, Subcommand)]
enum UserCommand {
    /// Add somebody
    #[command(after_help = "\
The password is asked for without showing it; from a script it is one line of standard input;
with --generate one is made and shown once. May be done while the hotline runs.

Examples:
  hotline admin user add linh --display \"Chị Linh\"
  hotline admin user add minh --role administrator --generate")]
    Add(AddUser),
    /// Give somebody another password, asked for in the same way
    Password(Password),
    /// Shut somebody out at once
    Disable(Named),
    /// Let somebody in again
    Enable(Named),
    /// List everybody who may log in
    List,
}

#[derive(Debug, Args)]
struct Named {
    /// The name to log in with
    name: String,
}

#[derive(Debug, Args)]
struct Password {
    /// The name to log in with
    name: String,
    /// Make a password and show it once
    #[arg(long)]
    generate: bool,
}

#[derive(Debug, Args)]
struct AddUser {
    /// The name to log in with: a-z, digits, '.', '-', '_'
    name: String,
    /// The name that colleagues and the audit log show [default: NAME]
    #[arg(long, value_name = "TEXT")]
    display: Option<String>,
    /// What they may do
    #[arg(long, value_enum, default_value_t = CliRole::Counsellor)]
    role: CliRole,
    /// Make a password and show it once
    #[arg(long)]
    generate: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum CliRole {
    /// Reads and answers reports
    Counsellor,
    /// The same, and the audit log
    Administrator,
}

impl From<CliRole> for Role {
    fn from(role: CliRole) -> Self {
        match role {
            CliRole::Counsellor => Self::Counsellor,
            CliRole::Administrator => Self::Administrator,
        }
    }
}

impl Admin {
    pub(super) fn run(&self, config: &Config) -> Result<(), Failure> {
        let AdminCommand::User(command) = &self.command;
        let desk = open(config)?;
        match command {
            UserCommand::Add(add) => {
                let password = choose(add.generate, config)?;
                let display = add.display.as_deref().unwrap_or(&add.name);
                desk.add_user(&add.name, display, add.role.into(), &password)?;
                say(&format!("{} may log in now.", add.name))?;
                show_once(add.generate, &password)
            }
            UserCommand::Password(Password { name, generate }) => {
                let password = choose(*generate, config)?;
                desk.set_password(name, &password)?;
                say(&format!(
                    "{name} has another password; all their sessions have ended."
                ))?;
                show_once(*generate, &password)
            }
            UserCommand::Disable(Named { name }) => {
                desk.set_user_disabled(name, true)?;
                say(&format!("{name} is shut out."))
            }
            UserCommand::Enable(Named { name }) => {
                desk.set_user_disabled(name, false)?;
                say(&format!("{name} may log in again."))
            }
            UserCommand::List => {
                for user in desk.users()? {
                    let role = match user.role {
                        Role::Counsellor => "counsellor",
                        Role::Administrator => "administrator",
                    };
                    say(&format!("{}\t{role}\t{}", user.name, user.display_name))?;
                }
                Ok(())
            }
        }
    }
}

fn choose(generate: bool, config: &Config) -> Result<Zeroizing<String>, Failure> {
    if generate {
        Ok(ask::generated(&config.env))
    } else {
        ask::password()
    }
}

fn show_once(generated: bool, password: &str) -> Result<(), Failure> {
    if generated {
        say(&format!("Password, shown this once: {password}"))
    } else {
        Ok(())
    }
}

/// The desk's store without a relay.
pub(super) fn open(config: &Config) -> Result<Arc<Desk>, Failure> {
    let folder = Folder::new(&config.folder);
    let config = DeskConfig {
        database: folder.desk_db(),
        keys: folder.desk_keys()?,
        receipt_cost: config.receipt_cost,
        env: config.env.clone(),
    };
    Ok(Desk::open(config, Arc::new(NoRelay))?)
}

struct NoRelay;

impl DeskLink for NoRelay {
    fn exchange(&self, _: loive_protocol::SignedDeskRequest) -> Exchange<'_> {
        Box::pin(std::future::ready(Err(LinkError::Offline)))
    }
}
