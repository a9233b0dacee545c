//! The whole way, over a real socket to a real hotline and back.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "tests may panic"
)]

mod common;

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::time::{Duration, Instant};

use common::{Person, Pocket, numbers};
use crossterm::event::KeyCode;
use loive_client::{Cancel, Driver};
use loive_protocol::HotlineCard;
use loive_server::clock::Env;
use loive_server::config::Config;
use loive_server::desk::view::{Role, User};
use loive_server::keys::{Folder, NewFolder};
use loive_server::{Hotline, Running};
use loive_strings::Lang;
use loive_terminal::Event;
use tempfile::TempDir;

/// How long the hotline may take for anything.
const PATIENCE: Duration = Duration::from_secs(30);

struct World {
    _folder: TempDir,
    running: Running,
    card: HotlineCard,
    driver: Driver,
    counsellor: User,
}

impl World {
    async fn new() -> Self {
        let temporary = tempfile::tempdir().unwrap();
        let place = temporary.path().join("hotline");
        let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let relay = free.local_addr().unwrap();
        drop(free);
        let folder = Folder::new(place.clone());
        let relay_url = format!("http://{relay}");
        folder
            .init(&NewFolder { relay_url }, &Env::system())
            .unwrap();
        let mut config = Config::of_folder(&place).unwrap();
        config.relay.listen = relay;
        config.console.listen = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let running = Hotline::start(config).await.unwrap();
        let card = folder.card().unwrap();
        let counsellor = running
            .desk
            .add_user("hoa", "Hoa", Role::Counsellor, "bông lúa vàng trên đồi")
            .unwrap();
        Self {
            _folder: temporary,
            driver: Driver::new(&card).unwrap(),
            card,
            running,
            counsellor,
        }
    }

    /// The phone stands in signal until this is on its screen.
    async fn until_it_shows(&self, person: &mut Person, words: &str) {
        let started = Instant::now();
        loop {
            let summary = person
                .phone
                .sync(&self.driver, &Cancel::new())
                .await
                .unwrap();
            person.event(Event::Receipts {
                reopened: summary.reopened.len(),
                unknown: summary.receipts_unknown,
            });
            person.event(Event::Tick);
            if person.text().contains(words) {
                return;
            }
            assert!(
                started.elapsed() < PATIENCE,
                "{words:?} did not appear:\n{}",
                person.screen()
            );
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn lan_finds_signal_and_a_counsellor_answers_her() {
    let world = World::new().await;
    let pocket = Pocket::of_today(world.card.clone());
    let mut lan = pocket.person();
    lan.reports_quickly();
    lan.sees("CHƯA GỬI – nếu gấp hãy gọi 111 / 113");
    world.until_it_shows(&mut lan, "Tổng đài đã mở").await;
    lan.does_not_see("CHƯA GỬI");

    // She asks something; a counsellor reads it and answers.
    lan.press('t').types("Tôi nên làm gì?").key(KeyCode::Tab);
    lan.sees("chưa gửi");
    world.until_it_shows(&mut lan, "tổng đài đã nhận").await;
    let id = lan.phone.reports().unwrap()[0].id;
    let desk = &world.running.desk;
    desk.mark_read(&world.counsellor, &id).unwrap();
    desk.reply(&world.counsellor, &id, "Bạn ở lại nơi có người.", "once")
        .unwrap();
    world
        .until_it_shows(&mut lan, "Bạn ở lại nơi có người.")
        .await;
    lan.esc();
    lan.sees("●─●─●─● Có người đã đọc")
        .sees("1 tin nhắn từ tổng đài");

    // She goes home with a receipt and looks from her sister's phone.
    lan.chooses("Kết hôn").press('b').chooses("Cho xem hai số");
    let receipt = numbers(&mut lan).join(" ");
    lan.enter().types(&receipt).enter().sees("Đúng rồi");
    world
        .until_it_shows(&mut lan, "Biên nhận đã dùng được")
        .await;
    let other = Pocket::of_today(world.card.clone());
    let mut sister = Person::with(other.open(), Lang::En, 60, 24);
    sister.press('b').types(&receipt).enter();
    world
        .until_it_shows(&mut sister, "Opened by its receipt")
        .await;
    sister.sees("Found. The report is in the list.");
    sister.chooses("Opened by its receipt");
    sister
        .sees("Bạn ở lại nơi có người.")
        .sees("not what was reported")
        .does_not_see("Kết hôn");
    world.running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guest_finds_the_way_back_from_another_phone() {
    let world = World::new().await;
    let pocket = Pocket::of_today(world.card.clone());
    let mut guest = pocket.person();
    guest.press('n').chooses("Có").key(KeyCode::Tab);
    guest.chooses("Gửi từ máy dùng chung");
    guest.chooses("Gửi và cho xem biên nhận");
    let receipt = numbers(&mut guest).join(" ");
    guest.press('x').sees("CHƯA GỬI");
    world.until_it_shows(&mut guest, "Chưa có tin nào").await;
    guest.does_not_see("CHƯA GỬI");

    let home = Pocket::of_today(world.card.clone());
    let mut guest = home.person();
    guest.press('b').types(&receipt).enter();
    world
        .until_it_shows(&mut guest, "Tin mở bằng biên nhận")
        .await;
    guest.chooses("Tin mở bằng biên nhận");
    world.until_it_shows(&mut guest, "Tổng đài đã mở").await;
    world.running.stop().await;
}
