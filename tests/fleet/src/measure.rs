//! Bytes and requests of sync, counted on a real TCP link with HTTP headers and
//! without TLS, as the peers' figures are.

mod library;

use std::path::Path;
use std::process::ExitCode;

use loive_client::{Cancel, Costs, Driver, MemoryKeys, OpenRequest, Phone};
use loive_documents::{Answers, Form, Lang, Place, Value};
use loive_server::clock::Env;
use loive_server::config::Config;
use loive_server::keys::{Folder, NewFolder};
use loive_server::{Hotline, Running};

use crate::link::Link;
use crate::writer::Writer;

/// How long a text the measured report has, in characters.
const TEXT_CHARS: usize = 600;
/// How many different reports of that length are measured.
const SAMPLES: usize = 40;
const FEW_DOCUMENTS: usize = 10;
const MANY_DOCUMENTS: usize = 1_000;
const GOAL_REPORT_BYTES: u64 = 800;
const GOAL_IDLE_BYTES: u64 = 200;

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// Takes the measures and prints them.
pub async fn run() -> ExitCode {
    match measure().await {
        Ok(lines) => {
            say(&lines);
            ExitCode::SUCCESS
        }
        Err(error) => {
            say(&format!("not measured: {error}"));
            ExitCode::FAILURE
        }
    }
}

async fn measure() -> Result<String, Failure> {
    let folder = std::env::temp_dir().join(format!("loive-measure-{}", std::process::id()));
    let result = in_folder(&folder).await;
    // What cannot be removed from a temporary folder is no reason to fail.
    let _ = std::fs::remove_dir_all(&folder);
    result
}

async fn in_folder(folder: &Path) -> Result<String, Failure> {
    let running = start(&folder.join("hotline")).await?;
    let link = Link::open(running.relay_addr).await?;
    let card = Folder::new(folder.join("hotline")).card()?;
    let open = |name: &str| -> Result<(Phone, Driver), Failure> {
        let keys = MemoryKeys::new(Env::system().random());
        let mut request = OpenRequest::new(folder.join(name), card.clone(), keys);
        request.costs = Costs::CHEAP;
        Ok((Phone::open(request)?, Driver::to(&card, &link.url())?))
    };

    let mut lines = vec![
        "bytes with HTTP headers, before TLS".to_owned(),
        String::new(),
    ];
    let (phone, driver) = open("one")?;
    // The first sync tells the phone which log it speaks to.
    settle(&phone, &driver, &[]).await?;
    let mut writer = Writer::new(600);
    let mut costs = Vec::new();
    for _ in 0..SAMPLES {
        submit(&phone, &writer.report_of(TEXT_CHARS))?;
        let before = counts(&link);
        phone.sync(&driver, &Cancel::new()).await?;
        costs.push(since(&link, before).await);
        // Its answer must not be counted with the next report.
        let sent: Vec<_> = phone.reports()?.iter().map(|one| one.id).collect();
        settle(&phone, &driver, &sent).await?;
    }
    costs.sort_unstable_by_key(|cost| cost.up + cost.down);
    for (name, at) in [
        ("median", SAMPLES / 2),
        ("95th percentile", SAMPLES * 95 / 100),
    ] {
        if let Some(cost) = costs.get(at) {
            lines.push(cost.line(
                &format!("one {TEXT_CHARS}-character report, {name}"),
                GOAL_REPORT_BYTES,
            ));
        }
    }

    for (name, documents) in [("ten", FEW_DOCUMENTS), ("thousand", MANY_DOCUMENTS)] {
        let (phone, driver) = open(name)?;
        let reports = (0..documents)
            .map(|_| submit(&phone, &express()))
            .collect::<Result<Vec<_>, Failure>>()?;
        settle(&phone, &driver, &reports).await?;
        let before = counts(&link);
        phone.sync(&driver, &Cancel::new()).await?;
        let cost = since(&link, before).await;
        lines.push(cost.line(
            &format!("nothing changed, {documents} reports"),
            GOAL_IDLE_BYTES,
        ));
    }
    running.stop().await;
    let folder = folder.to_path_buf();
    lines.extend(tokio::task::spawn_blocking(move || library::measure(&folder)).await??);
    Ok(lines.join("\n"))
}

async fn start(folder: &Path) -> Result<Running, Failure> {
    let hotline = Folder::new(folder);
    hotline.init(
        &NewFolder {
            relay_url: "http://127.0.0.1:1".to_owned(),
        },
        &Env::system(),
    )?;
    let mut config = Config::of_folder(folder)?;
    config.relay.listen = "127.0.0.1:0".parse()?;
    config.console.listen = "127.0.0.1:0".parse()?;
    config.relay.source_requests_per_minute = 1_000_000;
    config.relay.source_burst_requests = 1_000_000;
    Ok(Hotline::start(config).await?)
}

/// The express answers.
fn express() -> Answers {
    let mut answers = Answers::new();
    answers.set("danger_now", Value::Single("unknown".into()));
    answers.set("where", Value::Place(Place::Unknown));
    answers.set("what_type", Value::Multi(vec!["unsure".into()]));
    answers
}

fn submit(phone: &Phone, answers: &Answers) -> Result<loive_protocol::ReportId, Failure> {
    let draft = phone.new_draft(Form::suspicion_report().id(), Lang::Vi)?;
    for (field, value) in answers.iter() {
        phone.answer(draft, field, value)?;
    }
    Ok(phone.submit(draft)?)
}

/// Synchronises until the hotline has opened all and nothing more comes.
async fn settle(
    phone: &Phone,
    driver: &Driver,
    reports: &[loive_protocol::ReportId],
) -> Result<(), Failure> {
    for _ in 0..600 {
        phone.sync(driver, &Cancel::new()).await?;
        let summaries = phone.reports()?;
        let opened = summaries
            .iter()
            .filter(|one| one.delivery >= loive_client::Delivery::Opened);
        if opened.count() >= reports.len() {
            phone.sync(driver, &Cancel::new()).await?;
            return Ok(());
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    Err("the hotline did not open everything within a minute".into())
}

struct Cost {
    up: u64,
    down: u64,
    requests: u64,
}

impl Cost {
    fn line(&self, name: &str, goal: u64) -> String {
        let both = self.up + self.down;
        format!(
            "{name:<44} up {:>5}  down {:>5}  both {both:>5} B (goal ≤ {goal})  requests {}",
            self.up, self.down, self.requests
        )
    }
}

fn counts(link: &Link) -> Cost {
    let traffic = link.traffic();
    Cost {
        up: traffic.up_bytes(),
        down: traffic.down_bytes(),
        requests: traffic.connections(),
    }
}

async fn since(link: &Link, before: Cost) -> Cost {
    // The link counts a moment after the phone has read.
    tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    let now = counts(link);
    Cost {
        up: now.up - before.up,
        down: now.down - before.down,
        requests: now.requests - before.requests,
    }
}

#[expect(
    clippy::print_stdout,
    reason = "the measures are a program of the terminal"
)]
fn say(line: &str) {
    println!("{line}");
}
