//! One hotline in a temporary folder, and the roads that lead to it.

use std::cell::Cell;
use std::fs;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use loive_client::Costs;
use loive_fleet::Link;
use loive_protocol::{HotlineCard, ReceiptCost};
use loive_server::clock::ManualClock;
use loive_server::desk::Desk;
use loive_server::keys::{Folder, NewFolder};
use loive_server::relay::Relay;
use loive_server::{Config, Env, Hotline, Running, RunningDesk, RunningRelay};
use tempfile::TempDir;

use crate::counsellor::Counsellor;
use crate::eventually::eventually;
use crate::handset::Handset;
use crate::stranger::Stranger;
use crate::tls::TlsFiles;

/// The day on which the stories begin: 15 January 2027, in Unix seconds.
pub const TODAY: u64 = 1_800_000_000;
/// The password of every login.
pub const PASSWORD: &str = "một mật khẩu chỉ để kể chuyện";

/// A port where nobody listens: where a road leads before its hotline is up.
const NOWHERE: SocketAddr = SocketAddr::V4(std::net::SocketAddrV4::new(Ipv4Addr::LOCALHOST, 1));
const ANY_PORT: SocketAddr = SocketAddr::V4(std::net::SocketAddrV4::new(Ipv4Addr::LOCALHOST, 0));

/// How a world differs from the usual one.
#[derive(Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own")]
pub struct Options<'a> {
    /// Relay and desk each on its own, with a road between them.
    pub apart: bool,
    /// The relay is another process: this one starts only the desk.
    pub relay_elsewhere: bool,
    /// Relay and desk are other processes: this one starts nothing.
    pub all_elsewhere: bool,
    /// Receipts cost what they cost in life.
    pub real_receipts: bool,
    /// The roads keep a copy of what crosses them.
    pub capture: bool,
    /// The relay speaks TLS with these files, as `localhost`.
    pub tls: Option<&'a TlsFiles>,
    /// When the story begins, in Unix seconds, if not [`TODAY`].
    pub begins_at: Option<u64>,
}

/// A hotline, its clock, and the way to it.
pub struct World {
    home: TempDir,
    /// The hotline's clock. It stands still until it is moved.
    pub clock: ManualClock,
    /// The configuration of the whole, or of the desk alone.
    pub config: Config,
    /// The configuration of a relay that runs alone.
    pub relay_config: Config,
    /// The road from all phones to the relay.
    pub link: Link,
    /// The road from the desk to a relay that runs alone.
    pub desk_link: Link,
    apart: bool,
    costs: Costs,
    begins_at: u64,
    whole: Option<Running>,
    relay: Option<RunningRelay>,
    desk: Option<RunningDesk>,
    phones: Cell<u64>,
}

impl World {
    /// A hotline at work, relay and desk in one.
    pub async fn new() -> Self {
        Self::with(Options::default()).await
    }

    /// A hotline at work.
    ///
    /// # Panics
    /// If it does not start.
    pub async fn with(options: Options<'_>) -> Self {
        let mut world = Self::build(&options).await;
        if options.all_elsewhere {
            return world;
        }
        if options.relay_elsewhere {
            world.start_desk().await;
        } else {
            world.start().await;
        }
        world
    }

    async fn build(options: &Options<'_>) -> Self {
        let home = tempfile::tempdir().expect("there is room for temporary files");
        let begins_at = options.begins_at.unwrap_or(TODAY);
        let (env, clock) = Env::manual(begins_at);
        let link = road(options.capture).await;
        let desk_link = road(options.capture).await;
        let relay_url = match options.tls {
            None => link.url(),
            Some(_) => format!("https://localhost:{}", link.address().port()),
        };
        let receipt_cost = if options.real_receipts {
            ReceiptCost::REAL
        } else {
            ReceiptCost::CHEAP
        };
        let mut config = config(home.path().join("hotline"), &env, receipt_cost);
        config.relay.public_url.clone_from(&relay_url);
        config.desk.relay = desk_link.url();
        if let Some(tls) = options.tls {
            config.relay.tls_certificate.clone_from(&tls.certificate);
            config.relay.tls_key.clone_from(&tls.key);
            config.relay.own_ca.clone_from(&tls.authority);
        }
        let folder = Folder::new(&config.folder);
        folder
            .init(&NewFolder { relay_url }, &env)
            .expect("a data folder is made");
        folder.refresh_card(&config).expect("the card is written");
        let mut relay_config = config.clone();
        relay_config.folder = home.path().join("relay");
        give_to_relay(&config.folder, &relay_config.folder);
        let costs = Costs {
            receipt: receipt_cost,
            ..Costs::CHEAP
        };
        Self {
            home,
            clock,
            config,
            relay_config,
            link,
            desk_link,
            apart: options.apart || options.relay_elsewhere || options.all_elsewhere,
            costs,
            begins_at,
            whole: None,
            relay: None,
            desk: None,
            phones: Cell::new(0),
        }
    }

    /// Starts everything (again).
    ///
    /// # Panics
    /// If it does not start.
    pub async fn start(&mut self) {
        if self.apart {
            self.start_relay().await;
            self.start_desk().await;
        } else {
            let whole = Hotline::start(self.config.clone())
                .await
                .expect("the hotline starts");
            self.link.lead_to(whole.relay_addr);
            self.whole = Some(whole);
        }
    }

    /// Stops everything gracefully.
    pub async fn stop(&mut self) {
        if let Some(whole) = self.whole.take() {
            whole.stop().await;
            closed(&self.folder().relay_db()).await;
            closed(&self.folder().desk_db()).await;
        }
        self.stop_desk().await;
        self.stop_relay().await;
    }

    /// The end of a story: a hotline that cannot stop is a bug too.
    pub async fn end(mut self) {
        self.stop().await;
    }

    /// Stops everything and starts it again.
    pub async fn restart(&mut self) {
        self.stop().await;
        self.start().await;
    }

    /// Starts the relay of a world whose parts run alone.
    ///
    /// # Panics
    /// If it does not start.
    pub async fn start_relay(&mut self) {
        let relay = Hotline::start_relay(self.relay_config.clone()).await;
        let relay = relay.expect("the relay starts");
        self.relay_listens_at(relay.relay_addr);
        self.relay = Some(relay);
    }

    /// Both roads lead here from now on.
    pub fn relay_listens_at(&self, address: SocketAddr) {
        self.link.lead_to(address);
        self.desk_link.lead_to(address);
    }

    /// Stops the relay of a world whose parts run alone.
    pub async fn stop_relay(&mut self) {
        if let Some(relay) = self.relay.take() {
            relay.stop().await;
            closed(&self.relay_folder().relay_db()).await;
        }
    }

    /// Starts the desk of a world whose parts run alone.
    ///
    /// # Panics
    /// If it does not start.
    pub async fn start_desk(&mut self) {
        let desk = Hotline::start_desk(self.config.clone()).await;
        self.desk = Some(desk.expect("the desk starts"));
    }

    /// Stops the desk of a world whose parts run alone.
    pub async fn stop_desk(&mut self) {
        if let Some(desk) = self.desk.take() {
            desk.stop().await;
            closed(&self.folder().desk_db()).await;
        }
    }

    /// Whether the relay of a world whose parts run alone is started.
    pub const fn has_relay(&self) -> bool {
        self.relay.is_some()
    }

    /// Whether the desk of a world whose parts run alone is started.
    pub const fn has_desk(&self) -> bool {
        self.desk.is_some()
    }

    /// The desk.
    ///
    /// # Panics
    /// If it does not run.
    pub fn desk(&self) -> &Arc<Desk> {
        let alone = self.desk.as_ref().map(|running| &running.desk);
        let whole = self.whole.as_ref().map(|running| &running.desk);
        alone.or(whole).expect("the desk runs")
    }

    /// The relay.
    ///
    /// # Panics
    /// If it does not run in this process.
    pub fn relay(&self) -> &Arc<Relay> {
        let alone = self.relay.as_ref().map(|running| &running.relay);
        let whole = self.whole.as_ref().map(|running| &running.relay);
        alone.or(whole).expect("the relay runs")
    }

    /// The relay's own port, past every road.
    ///
    /// # Panics
    /// If it does not run in this process.
    pub fn relay_addr(&self) -> SocketAddr {
        let alone = self.relay.as_ref().map(|running| running.relay_addr);
        let whole = self.whole.as_ref().map(|running| running.relay_addr);
        alone.or(whole).expect("the relay runs")
    }

    /// Where counsellors' browsers go.
    ///
    /// # Panics
    /// If the desk does not run.
    pub fn console_addr(&self) -> SocketAddr {
        let alone = self.desk.as_ref().map(|running| running.console_addr);
        let whole = self.whole.as_ref().map(|running| running.console_addr);
        alone.or(whole).expect("the console runs")
    }

    /// Somebody without our app, at the relay's own port.
    pub fn stranger(&self) -> Stranger {
        Stranger::at(self.relay_addr())
    }

    /// A counsellor.
    pub fn counsellor(&self) -> Counsellor<'_> {
        Counsellor::at(self.desk(), "lan")
    }

    /// Waits until the desk has this many reports.
    pub async fn desk_has(&self, count: usize) {
        let what = format!("the desk has {count} reports");
        eventually(&what, async || {
            (self.counsellor().count() == count).then_some(())
        })
        .await;
    }

    /// A new phone, open, with the card of today and the right time.
    pub fn handset(&self) -> Handset {
        self.handset_with(self.card())
    }

    /// A new phone with another card.
    pub fn handset_with(&self, card: HotlineCard) -> Handset {
        let mut handset = self.closed_handset(card);
        handset.open();
        handset
    }

    /// A new phone whose engine has never run.
    pub fn closed_handset(&self, card: HotlineCard) -> Handset {
        let number = self.phones.get() + 1;
        self.phones.set(number);
        let dir = self.home.path().join(format!("phone-{number}"));
        Handset::new(dir, card, number, self.costs, self.begins_at)
    }

    /// The card that apps are built with today.
    ///
    /// # Panics
    /// If it cannot be read.
    pub fn card(&self) -> HotlineCard {
        self.folder().card().expect("the card is read")
    }

    /// The data folder of the whole, or of the desk.
    pub fn folder(&self) -> Folder {
        Folder::new(&self.config.folder)
    }

    /// The data folder of a relay that runs alone.
    pub fn relay_folder(&self) -> Folder {
        Folder::new(&self.relay_config.folder)
    }

    /// Where everything of this world lies.
    pub fn home(&self) -> &Path {
        self.home.path()
    }

    /// The hotline's clock and randomness, for its command line.
    pub const fn env(&self) -> &Env {
        &self.config.env
    }
}

async fn road(capture: bool) -> Link {
    let link = if capture {
        Link::open_capturing(NOWHERE).await
    } else {
        Link::open(NOWHERE).await
    };
    link.expect("a road is opened")
}

fn config(folder: PathBuf, env: &Env, receipt_cost: ReceiptCost) -> Config {
    let mut config = Config {
        folder,
        env: env.clone(),
        receipt_cost,
        ..Config::default()
    };
    config.relay.listen = ANY_PORT;
    config.console.listen = ANY_PORT;
    config
}

/// What a relay on its own needs, and no more.
fn give_to_relay(from: &Path, to: &Path) {
    fs::create_dir_all(to.join("keys")).expect("the relay's folder is made");
    for name in ["hotline.card", "keys/store-relay.key"] {
        fs::copy(from.join(name), to.join(name)).expect("the relay gets its file");
    }
}

/// Waits until the last connection to a store is closed: then its log is gone.
async fn closed(database: &Path) {
    let log = database.with_extension("db-wal");
    eventually("a store is closed", async || (!log.exists()).then_some(())).await;
}
