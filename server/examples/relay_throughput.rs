//! How many reports a second become durable, as `design.md` §12 asks:
//! `cargo run --release -p loive-server --example relay_throughput [seconds]`.
//!
//! Sealed reports of one 512-byte bucket are made beforehand. First many writers
//! push them into the relay in the same process, then over HTTP on loopback,
//! one report a request, as phones do. Everything else is as in production: the
//! encrypted store, `synchronous=FULL`, one acknowledgement after each commit.
#![expect(clippy::print_stdout, reason = "a measurement shows its result")]

use std::error::Error;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use loive_protocol::{
    Ack, Lane, ProofKind, ReportBatch, ReportItem, Seed, SyncRequest, SyncResponse, Wire,
    seal_report,
};
use loive_server::keys::{Folder, NewFolder};
use loive_server::{Config, Env, Hotline, RunningRelay};
use rand::Rng as _;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Phones at the same time.
const PHONES: usize = 256;
/// Reports made beforehand, for each second that is measured.
const REPORTS_A_SECOND: usize = 12_000;
/// So much random text fills the 512-byte bucket.
const TEXT_BYTES: usize = 300;

type Failure = Box<dyn Error + Send + Sync>;

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let seconds: usize = std::env::args().nth(1).map_or(Ok(5), |text| text.parse())?;
    let folder = tempfile::tempdir()?;
    let env = Env::system();
    let hotline = Folder::new(folder.path().join("hotline"));
    hotline.init(
        &NewFolder {
            relay_url: "http://127.0.0.1".into(),
        },
        &env,
    )?;

    println!("making {} sealed reports …", seconds * REPORTS_A_SECOND * 2);
    let (first, second) = (
        make(&hotline, &env, seconds)?,
        make(&hotline, &env, seconds)?,
    );
    let length = first.first().map_or(0, Vec::len);
    println!("one request is {length} bytes; {PHONES} phones at a time; {seconds} s each");

    let running = Hotline::start_relay(config(&hotline)?).await?;
    let in_process = in_process(&running, first, seconds).await?;
    report("in process", &running, &in_process);
    running.stop().await;

    let running = Hotline::start_relay(config(&hotline)?).await?;
    let over_http = over_http(&running, second, seconds).await?;
    report("over HTTP on loopback", &running, &over_http);
    running.stop().await;
    Ok(())
}

/// The configuration as it comes, without the throttles: one machine plays all
/// phones.
fn config(hotline: &Folder) -> Result<Config, Failure> {
    let mut config = Config::of_folder(hotline.path())?;
    config.relay.listen = "127.0.0.1:0".parse()?;
    config.relay.source_requests_per_minute = u64::from(u32::MAX);
    config.relay.source_burst_requests = u64::from(u32::MAX);
    config.relay.report_lane_bytes_per_minute = u64::from(u32::MAX) * 64;
    config.relay.report_lane_burst_bytes = u64::from(u32::MAX) * 64;
    Ok(config)
}

/// Requests of one report each, as bytes.
fn make(hotline: &Folder, env: &Env, seconds: usize) -> Result<Vec<Vec<u8>>, Failure> {
    let keys = hotline.desk_keys()?;
    let to = keys.certificates.seal_key(env.now()).ok_or("no seal key")?;
    let mut rng = env.rng();
    (0..seconds * REPORTS_A_SECOND)
        .map(|_| {
            let seed = Seed::generate(&mut rng);
            let mut text = vec![0; TEXT_BYTES];
            rng.fill_bytes(&mut text);
            let batch = ReportBatch::new(env.now(), vec![ReportItem::Change(text.into())]);
            let envelope = seal_report(&batch, &seed, ProofKind::Seed, to, &keys.root, &mut rng)?;
            let mut request = SyncRequest::new(Lane::Report);
            request.push = vec![envelope.into_bytes().into()];
            Ok(request.to_bytes())
        })
        .collect()
}

struct Measured {
    stored: usize,
    took: Duration,
    slowest: Duration,
}

/// Runs all phones until the requests or the time are used up.
async fn measure<P, F>(
    requests: Vec<Vec<u8>>,
    seconds: usize,
    phone: P,
) -> Result<Measured, Failure>
where
    P: Fn(Arc<Vec<Vec<u8>>>, Arc<AtomicUsize>, Instant) -> F,
    F: Future<Output = Result<(usize, Duration), Failure>> + Send + 'static,
{
    let (requests, next) = (Arc::new(requests), Arc::new(AtomicUsize::new(0)));
    let start = Instant::now();
    let end = start + Duration::from_secs(seconds as u64);
    let mut phones = tokio::task::JoinSet::new();
    for _ in 0..PHONES {
        phones.spawn(phone(Arc::clone(&requests), Arc::clone(&next), end));
    }
    let (mut stored, mut slowest) = (0, Duration::ZERO);
    while let Some(phone) = phones.join_next().await {
        let (count, slow) = phone??;
        stored += count;
        slowest = slowest.max(slow);
    }
    Ok(Measured {
        stored,
        took: start.elapsed(),
        slowest,
    })
}

async fn in_process(
    running: &RunningRelay,
    requests: Vec<Vec<u8>>,
    seconds: usize,
) -> Result<Measured, Failure> {
    let relay = Arc::clone(&running.relay);
    measure(requests, seconds, |requests, next, end| {
        let relay = Arc::clone(&relay);
        async move {
            let (mut stored, mut slowest) = (0, Duration::ZERO);
            while Instant::now() < end {
                let Some(body) = requests.get(next.fetch_add(1, Ordering::Relaxed)) else {
                    break;
                };
                let before = Instant::now();
                let response = relay
                    .sync(SyncRequest::from_bytes(body)?, body.len())
                    .await?;
                slowest = slowest.max(before.elapsed());
                stored += usize::from(response.acks == [Ack::Stored]);
            }
            Ok((stored, slowest))
        }
    })
    .await
}

async fn over_http(
    running: &RunningRelay,
    requests: Vec<Vec<u8>>,
    seconds: usize,
) -> Result<Measured, Failure> {
    let address = running.relay_addr;
    measure(requests, seconds, |requests, next, end| async move {
        let mut stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let (mut stored, mut slowest) = (0, Duration::ZERO);
        while Instant::now() < end {
            let Some(body) = requests.get(next.fetch_add(1, Ordering::Relaxed)) else {
                break;
            };
            let before = Instant::now();
            let response = post(&mut stream, body).await?;
            slowest = slowest.max(before.elapsed());
            stored += usize::from(response.acks == [Ack::Stored]);
        }
        Ok((stored, slowest))
    })
    .await
}

/// One request over a connection that stays: the client must not cost more than
/// the relay that is measured.
async fn post(stream: &mut TcpStream, body: &[u8]) -> Result<SyncResponse, Failure> {
    let mut request = format!(
        "POST /v1/sync HTTP/1.1\r\nhost: relay\r\ncontent-length: {}\r\n\r\n",
        body.len()
    )
    .into_bytes();
    request.extend_from_slice(body);
    stream.write_all(&request).await?;
    let mut answer = Vec::with_capacity(256);
    loop {
        if stream.read_buf(&mut answer).await? == 0 {
            return Err("the relay hung up".into());
        }
        let Some(end) = answer.windows(4).position(|four| four == b"\r\n\r\n") else {
            continue;
        };
        let (head, body) = answer.split_at(end + 4);
        let head = std::str::from_utf8(head)?;
        let length = head
            .lines()
            .find_map(|line| line.strip_prefix("content-length: "));
        if body.len() >= length.ok_or("no length")?.parse::<usize>()? {
            return Ok(SyncResponse::from_bytes(body)?);
        }
    }
}

fn report(name: &str, running: &RunningRelay, measured: &Measured) {
    let metrics = running.relay.metrics();
    let (commits, writes) = (metrics.commits.get(), metrics.committed_writes.get());
    #[expect(
        clippy::cast_precision_loss,
        reason = "a rate is shown in whole numbers"
    )]
    let rate = measured.stored as f64 / measured.took.as_secs_f64();
    println!(
        "{name}: {rate:.0} reports/s durably acknowledged ({} in {:.2} s; {} a commit; slowest {} ms)",
        measured.stored,
        measured.took.as_secs_f64(),
        writes / commits.max(1),
        measured.slowest.as_millis()
    );
}
