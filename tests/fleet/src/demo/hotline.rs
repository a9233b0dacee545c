//! The demo's hotline: a real one, on loopback.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};

use loive_server::clock::Env;
use loive_server::config::Config;
use loive_server::desk::view::{Role, User};
use loive_server::keys::{Folder, NewFolder};
use loive_server::{Hotline, Running};

use super::DemoError;
use crate::folder::DemoFolder;

const RELAY_PORT: u16 = 8471;
const CONSOLE_PORT: u16 = 8470;
const USER: &str = "demo";
const PASSWORD_CHARACTERS: usize = 12;

/// A running hotline and the login to look at it.
pub(super) struct DemoHotline {
    pub(super) running: Running,
    pub(super) user: User,
    pub(super) password: String,
}

impl DemoHotline {
    /// Starts it; at the first start its keys are made.
    pub(super) async fn start(demo: &DemoFolder) -> Result<Self, DemoError> {
        let folder = Folder::new(demo.hotline());
        if !demo.card_path().exists() {
            let relay_url = format!("http://127.0.0.1:{}", free_or(RELAY_PORT)?);
            folder.init(&NewFolder { relay_url }, &Env::system())?;
        }
        let mut config = Config::of_folder(&demo.hotline())?;
        let card = folder.card()?;
        config.relay.listen = card
            .relay_url
            .trim_start_matches("http://")
            .parse()
            .map_err(std::io::Error::other)?;
        config.console.listen = SocketAddr::from((Ipv4Addr::LOCALHOST, free_or(CONSOLE_PORT)?));
        // All phones of the fleet come from one address.
        config.relay.source_requests_per_minute = 1_000_000;
        config.relay.source_burst_requests = 1_000_000;
        let running = Hotline::start(config).await?;
        let password = demo.password(&fresh_password())?;
        let user = User {
            name: USER.to_owned(),
            display_name: "Tư vấn viên demo".to_owned(),
            role: Role::Administrator,
        };
        if running
            .desk
            .verify_login(USER, &password, Env::system().now())?
            .is_none()
        {
            running
                .desk
                .add_user(&user.name, &user.display_name, user.role, &password)?;
        }
        Ok(Self {
            running,
            user,
            password,
        })
    }
}

/// The port, or any other that is free if somebody has it.
fn free_or(port: u16) -> std::io::Result<u16> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))
        .or_else(|_| TcpListener::bind((Ipv4Addr::LOCALHOST, 0)))?;
    Ok(listener.local_addr()?.port())
}

fn fresh_password() -> String {
    const LETTERS: &[u8] = b"abcdefghjkmnpqrstuvwxyz23456789";
    let mut rng = Env::system().rng();
    (0..PASSWORD_CHARACTERS)
        .filter_map(|_| rand::seq::IndexedRandom::choose(LETTERS, &mut rng).copied())
        .map(char::from)
        .collect()
}
