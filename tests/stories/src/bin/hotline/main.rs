//! One hotline for the stories that other languages tell: it does what it is
//! told on its standard input, says on its standard output what came of it, and
//! ends with its input. The protocol stands in the README.

mod command;
mod desk;
mod library;
mod shown;

use std::any::Any;
use std::future::poll_fn;
use std::io::{self, BufRead as _, Write as _};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::task::Poll;
use std::thread;
use std::time::{Duration, Instant};

use command::Command;
use desk::Obedient;
use loive_client::BUILD_TIME_SECONDS;
use loive_server::clock::ManualClock;
use loive_stories::{Options, World};
use serde_json::{Value as Json, json};
use tokio::sync::mpsc::{Receiver, channel};

/// Commands that may wait while one is being done.
const WAITING_MAX_COUNT: usize = 16;
/// How often the hotline's clock is moved on.
const TICK: Duration = Duration::from_millis(100);

#[tokio::main]
async fn main() -> io::Result<()> {
    let now = device_seconds().max(BUILD_TIME_SECONDS);
    let world = World::with(Options {
        apart: true,
        real_receipts: true,
        begins_at: Some(now),
        ..Options::default()
    })
    .await;
    tokio::spawn(let_time_pass(world.clock.clone()));
    say(&json!({
        "ready": true,
        "card": world.card().to_text(),
        "relay_url": world.link.url(),
        "now": now,
    }))?;

    // From here on what fails is said in an answer: see `caught`.
    std::panic::set_hook(Box::new(|_| {}));
    let mut hotline = Obedient::new(world);
    let mut lines = lines();
    while let Some(line) = lines.recv().await {
        say(&answer(&mut hotline, &line).await)?;
    }
    hotline.world.end().await;
    Ok(())
}

/// What comes of one line. What fails, fails for this line only.
async fn answer(hotline: &mut Obedient, line: &str) -> Json {
    let done = match serde_json::from_str::<Command>(line) {
        Ok(command) => caught(hotline.obey(command)).await,
        Err(error) => Err(error.to_string()),
    };
    done.unwrap_or_else(|error| json!({ "error": error }))
}

/// The stories panic with a sentence that says what did not happen. Here it is
/// an answer.
async fn caught<T>(work: impl Future<Output = Result<T, String>>) -> Result<T, String> {
    let mut work = pin!(work);
    poll_fn(|context| {
        catch_unwind(AssertUnwindSafe(|| work.as_mut().poll(context)))
            .unwrap_or_else(|panic| Poll::Ready(Err(sentence(panic.as_ref()))))
    })
    .await
}

fn sentence(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("it failed")
        .to_owned()
}

/// The lines of the standard input, until it ends.
fn lines() -> Receiver<String> {
    let (sender, lines) = channel(WAITING_MAX_COUNT);
    thread::spawn(move || {
        for line in io::stdin().lock().lines().map_while(Result::ok) {
            if sender.blocking_send(line).is_err() {
                return;
            }
        }
    });
    lines
}

fn say(answer: &Json) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "{answer}")?;
    out.flush()
}

/// The hotline's clock goes as fast as every other, besides being moved.
async fn let_time_pass(clock: ManualClock) {
    let begun = Instant::now();
    let mut passed = 0;
    loop {
        tokio::time::sleep(TICK).await;
        let elapsed = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
        clock.advance_milliseconds(elapsed.saturating_sub(passed));
        passed = elapsed;
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the phones of the other languages go by this machine's clock"
)]
fn device_seconds() -> u64 {
    std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .map_or(0, |since| since.as_secs())
}
