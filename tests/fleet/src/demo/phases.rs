//! What happens, in order: write offline, sync over a bad link, answer.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use loive_client::Delivery;
use loive_protocol::ReportId;
use loive_server::desk::view::QueueFilter;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use super::counsellor::{self, Work};
use super::hotline::DemoHotline;
use super::table::Outcome;
use super::{DemoError, Options, library};
use crate::crew::Member;
use crate::folder::DemoFolder;
use crate::link::Link;
use crate::writer::Writer;

/// The demo gives up if nothing moves for so long.
const STALLED_AFTER: Duration = Duration::from_mins(1);
const LOOK_EVERY: Duration = Duration::from_millis(200);
const QUEUE_PAGE_ROWS: usize = 500;
/// How long the link stays up or down, in milliseconds.
const WEATHER_MILLISECONDS: std::ops::Range<u64> = 150..900;

pub(super) async fn play(
    options: &Options,
    folder: &DemoFolder,
    hotline: &DemoHotline,
    link: &Link,
    release: u32,
) -> Result<Outcome, DemoError> {
    let bars = Bars::new(options.reports);
    link.set_up(false);
    let members = write_offline(options, folder, &link.url(), &bars).await?;
    let fetched = library::fetched(&members)?;
    let reports: Vec<ReportId> = members.iter().flat_map(|member| member.reports()).collect();

    let work = Arc::new(Work::default());
    let counsellor = tokio::spawn(counsellor::work(
        Arc::clone(&hotline.running.desk),
        hotline.user.clone(),
        Writer::new(options.seed.wrapping_add(1)),
        reports.clone(),
        Arc::clone(&work),
    ));
    let lives: Vec<_> = members
        .iter()
        .map(|member| tokio::spawn(Arc::clone(member).live()))
        .collect();
    let (mut outcome, cuts) = tokio::join!(
        watch(&members, &work, &bars, release),
        weather(options.seed, link, &work, reports.len())
    );
    link.set_up(true);
    if outcome
        .as_ref()
        .is_ok_and(|outcome| outcome.opened < outcome.written || outcome.readers < outcome.phones)
    {
        outcome = watch(&members, &work, &bars, release).await;
    }
    for life in lives {
        life.abort();
    }
    counsellor.abort();
    bars.finish();
    let mut outcome = outcome?;
    outcome.offline_cuts = cuts;
    outcome.records = records(hotline, &reports).await?;
    outcome.reading =
        tokio::task::spawn_blocking(move || library::read(&members, release, fetched))
            .await?
            .map(Some)?;
    Ok(outcome)
}

/// Every phone writes its share while there is no signal.
async fn write_offline(
    options: &Options,
    folder: &DemoFolder,
    relay_url: &str,
    bars: &Bars,
) -> Result<Vec<Arc<Member>>, DemoError> {
    let card = folder.card()?;
    let mut writer = Writer::new(options.seed);
    let mut members = Vec::new();
    for number in 0..options.phones {
        let share =
            options.reports / options.phones + u32::from(number < options.reports % options.phones);
        let answers: Vec<_> = (0..share).map(|_| writer.report()).collect();
        let name = format!("fleet-{:03}", number + 1);
        let mut member = Member::open(folder, &name, &card, relay_url)?;
        let bar = bars.written.clone();
        let member = tokio::task::spawn_blocking(move || {
            for answers in &answers {
                member.write(answers)?;
                bar.inc(1);
            }
            Ok::<_, DemoError>(member)
        })
        .await??;
        members.push(Arc::new(member));
    }
    Ok(members)
}

/// Switches the link until the hotline has seen every report.
async fn weather(seed: u64, link: &Link, work: &Work, reports: usize) -> usize {
    let mut rng = StdRng::seed_from_u64(seed);
    let mut cuts = 0;
    let started = Instant::now();
    while work.opened.load(Ordering::Relaxed) < reports && started.elapsed() < STALLED_AFTER {
        link.set_up(true);
        tokio::time::sleep(Duration::from_millis(
            rng.random_range(WEATHER_MILLISECONDS),
        ))
        .await;
        link.set_up(false);
        cuts += 1;
        tokio::time::sleep(Duration::from_millis(
            rng.random_range(WEATHER_MILLISECONDS),
        ))
        .await;
    }
    link.set_up(true);
    cuts
}

/// Looks at the phones until everything has arrived, or nothing moves any more.
async fn watch(
    members: &[Arc<Member>],
    work: &Work,
    bars: &Bars,
    release: u32,
) -> Result<Outcome, DemoError> {
    let mut last = (0, Instant::now());
    loop {
        let outcome = look(members, work, release)?;
        bars.show(&outcome);
        let moved = outcome.at_relay + outcome.opened + outcome.answered + outcome.readers;
        if moved > last.0 {
            last = (moved, Instant::now());
        }
        let all_seen = outcome.opened == outcome.written
            && work.opened.load(Ordering::Relaxed) == outcome.written
            && outcome.answered == outcome.to_answer
            && outcome.readers == outcome.phones;
        if all_seen || last.1.elapsed() > STALLED_AFTER {
            return Ok(outcome);
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

fn look(members: &[Arc<Member>], work: &Work, release: u32) -> Result<Outcome, DemoError> {
    let mut outcome = Outcome {
        written: 0,
        at_relay: 0,
        opened: 0,
        to_answer: work.to_answer.load(Ordering::Relaxed),
        answered: 0,
        records: 0,
        offline_cuts: 0,
        phones: members.len(),
        readers: library::readers(members, release)?,
        reading: None,
    };
    for member in members {
        outcome.written += member.count(Delivery::OnThisPhone)?;
        outcome.at_relay += member.count(Delivery::AtRelay)?;
        outcome.opened += member.count(Delivery::Opened)?;
        outcome.answered += member.count_answered()?;
    }
    Ok(outcome)
}

/// How many rows of the desk's queue are reports of this run.
async fn records(hotline: &DemoHotline, reports: &[ReportId]) -> Result<usize, DemoError> {
    let wanted: BTreeSet<ReportId> = reports.iter().copied().collect();
    let (desk, user) = (Arc::clone(&hotline.running.desk), hotline.user.clone());
    tokio::task::spawn_blocking(move || {
        let (mut count, mut offset) = (0, 0);
        loop {
            let page = desk.queue(&user, QueueFilter::All, offset, QUEUE_PAGE_ROWS)?;
            count += page
                .rows
                .iter()
                .filter(|row| wanted.contains(&row.report))
                .count();
            offset += page.rows.len();
            if !page.more {
                return Ok(count);
            }
        }
    })
    .await?
}

struct Bars {
    written: ProgressBar,
    at_relay: ProgressBar,
    opened: ProgressBar,
    answered: ProgressBar,
    readers: ProgressBar,
}

impl Bars {
    fn new(reports: u32) -> Self {
        let all = MultiProgress::new();
        let style = ProgressStyle::with_template("  {prefix:<28} {bar:32} {pos:>6}/{len}")
            .unwrap_or_else(|_| ProgressStyle::default_bar());
        let bar = |prefix: &'static str| {
            all.add(
                ProgressBar::new(u64::from(reports))
                    .with_style(style.clone())
                    .with_prefix(prefix),
            )
        };
        let [written, at_relay, opened, answered, readers] = [
            "written, no signal",
            "at the relay",
            "opened by the hotline",
            "answers arrived",
            "phones with the library",
        ]
        .map(bar);
        Self {
            written,
            at_relay,
            opened,
            answered,
            readers,
        }
    }

    fn show(&self, outcome: &Outcome) {
        self.at_relay.set_position(outcome.at_relay as u64);
        self.opened.set_position(outcome.opened as u64);
        self.answered.set_length(outcome.to_answer as u64);
        self.answered.set_position(outcome.answered as u64);
        self.readers.set_length(outcome.phones as u64);
        self.readers.set_position(outcome.readers as u64);
    }

    fn finish(&self) {
        for bar in [
            &self.written,
            &self.at_relay,
            &self.opened,
            &self.answered,
            &self.readers,
        ] {
            bar.abandon();
        }
    }
}
