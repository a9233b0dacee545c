//! Relay and desk, each as a program that can be killed.

use std::collections::BTreeMap;
use std::io::BufRead as _;
use std::sync::mpsc::{Receiver, TryRecvError, channel};
use std::thread;
use std::time::Duration;

use loive_protocol::{ReceiptCost, ReportId};
use loive_server::desk::{DeskError, QueueRow, TimelineWhat};
use loive_server::{Config, Hotline};
use loive_stories::{Counsellor, Deed, DeskBooks, DeskReport, Said, scalar_text};
use tokio::time::sleep;

use crate::Outcome;

/// Pause of a counsellor between two looks at the queue.
const LOOK_EVERY: Duration = Duration::from_millis(25);
/// Answers to one report in one life: the desk has others.
const REPLIES_MAX_COUNT: usize = 2;
/// Deeds between two looks at the queue.
const DEEDS_AT_ONCE: usize = 8;

/// What the counsellor of this life has done.
#[derive(Default)]
struct Work {
    count: u64,
    replies: BTreeMap<ReportId, usize>,
}

/// A hotline with this machine's clock, and no limit that a crowd of tests from
/// one address would meet.
fn config(folder: &str) -> Config {
    let mut config = Config {
        folder: folder.into(),
        receipt_cost: ReceiptCost::CHEAP,
        ..Config::default()
    };
    config.relay.listen.set_port(0);
    config.console.listen.set_port(0);
    let relay = &mut config.relay;
    for limit in [
        &mut relay.report_lane_bytes_per_minute,
        &mut relay.report_lane_burst_bytes,
        &mut relay.field_lane_bytes_per_minute,
        &mut relay.field_lane_burst_bytes,
        &mut relay.source_requests_per_minute,
        &mut relay.source_burst_requests,
        &mut relay.lockers_per_minute,
        &mut relay.lockers_burst,
    ] {
        *limit = 1_000_000_000;
    }
    config
}

/// A relay, until it is killed.
pub(crate) async fn relay(folder: &str) -> Outcome {
    let running = Hotline::start_relay(config(folder)).await?;
    Said::Ready(Some(running.relay_addr.to_string())).say()?;
    std::future::pending::<()>().await;
    running.stop().await;
    Ok(())
}

/// A desk with a counsellor who reads and answers, until it is killed. On
/// `books` it says what it has, on `quiet` the counsellor goes home.
pub(crate) async fn desk(folder: &str, relay_url: &str, label: &str) -> Outcome {
    let mut config = config(folder);
    relay_url.clone_into(&mut config.desk.relay);
    let running = Hotline::start_desk(config).await?;
    Said::Ready(None).say()?;
    let counsellor = Counsellor::at(&running.desk, "lan");
    let orders = orders();
    let (mut is_quiet, mut done) = (false, Work::default());
    loop {
        match orders.try_recv() {
            Ok(order) if order == "books" => Said::Desk(books(&counsellor)).say()?,
            Ok(order) => is_quiet = order == "quiet",
            Err(TryRecvError::Empty) => sleep(LOOK_EVERY).await,
            Err(TryRecvError::Disconnected) => break,
        }
        if !is_quiet {
            work(&counsellor, label, &mut done)?;
        }
    }
    running.stop().await;
    Ok(())
}

/// The lines of the standard input.
fn orders() -> Receiver<String> {
    let (sender, orders) = channel();
    thread::spawn(move || {
        for line in std::io::stdin().lock().lines().map_while(Result::ok) {
            if sender.send(line).is_err() {
                return;
            }
        }
    });
    orders
}

/// Reads and answers a few reports that wait for it.
fn work(counsellor: &Counsellor<'_>, label: &str, work: &mut Work) -> Outcome {
    let waits = |row: &QueueRow| row.unread;
    for row in counsellor
        .queue()
        .into_iter()
        .filter(waits)
        .take(DEEDS_AT_ONCE)
    {
        let report = row.report.to_string();
        let look = Deed::Look {
            report: report.clone(),
        };
        act(look, || counsellor.try_read(&row.report))?;
        let replies = work.replies.entry(row.report).or_default();
        if *replies < REPLIES_MAX_COUNT {
            *replies += 1;
            work.count += 1;
            let text = format!("đáp {label}-{}", work.count);
            let reply = Deed::Reply {
                report,
                text: text.clone(),
            };
            act(reply, || counsellor.try_reply(&row.report, &text))?;
        }
    }
    Ok(())
}

/// Says that it will, does it, and says what came of it.
fn act(deed: Deed, work: impl FnOnce() -> Result<(), DeskError>) -> std::io::Result<()> {
    Said::Will(deed.clone()).say()?;
    match work() {
        Ok(()) => Said::Did(deed, String::new()).say(),
        Err(error) => Said::Refused(deed, error.to_string()).say(),
    }
}

fn books(counsellor: &Counsellor<'_>) -> DeskBooks {
    let rows = counsellor.queue();
    let quarantine = counsellor.quarantine();
    DeskBooks {
        reports: rows
            .iter()
            .map(|row| (row.report.to_string(), report(counsellor, &row.report)))
            .collect(),
        quarantine: quarantine.into_iter().map(|row| row.reason).collect(),
    }
}

fn report(counsellor: &Counsellor<'_>, id: &ReportId) -> DeskReport {
    let page = counsellor.report(id);
    let mut report = DeskReport {
        answers: page
            .answers
            .iter()
            .map(|(field, value)| (field.clone(), scalar_text(value)))
            .collect(),
        is_withdrawn: page.row.withdrawn,
        conflicts: page.conflicts.len(),
        ..DeskReport::default()
    };
    for entry in page.timeline {
        match entry.what {
            TimelineWhat::FromReporter(text) => report.messages.push(text),
            TimelineWhat::FromHotline(_, text) => report.replies.push(text),
            TimelineWhat::Read(_) => report.is_read = true,
            _ => {}
        }
    }
    report.messages.sort();
    report.replies.sort();
    report
}
