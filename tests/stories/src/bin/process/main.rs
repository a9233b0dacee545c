//! Programs that a story runs apart from itself: a phone that is killed while
//! somebody writes, a phone on a full disk, a relay or a desk that loses its power.

mod hotline;
mod life;

use std::error::Error;
use std::fs;
use std::io::{self, Write as _};
use std::path::Path;
use std::process::ExitCode;

use loive_client::{Cancel, Costs, DraftId, Driver, MemoryKeys, OpenRequest, Phone, PhoneError};
use loive_documents::{Answers, Form, Lang, Value};
use loive_fleet::Writer;
use loive_protocol::{HotlineCard, ReceiptCost};
use loive_server::{Config, Env, Hotline};
use loive_stories::Said;

/// More texts than any small disk takes.
const TEXTS_MAX_COUNT: usize = 5_000;
const BALLAST_STEP_BYTES: usize = 4_096;

type Outcome = Result<(), Box<dyn Error>>;

#[tokio::main]
async fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let outcome = match arguments.as_slice() {
        ["write", dir, card, key, seed] => write(&Handset::open(dir, card, key), seed).await,
        ["fill", dir, card, key] => fill(&Handset::open(dir, card, key), None).await,
        ["fill", dir, card, key, ballast] => {
            fill(&Handset::open(dir, card, key), Some(Path::new(ballast))).await
        }
        ["relay", folder, now] => relay(folder, now).await,
        ["live", dir, card, key, label, liking] => {
            return told(life::live([dir, card, key, label, liking]).await);
        }
        ["relay", folder] => return told(hotline::relay(folder).await),
        ["desk", folder, relay_url, label] => {
            return told(hotline::desk(folder, relay_url, label).await);
        }
        _ => Err("write|fill|live DIR CARD KEY …, relay|desk FOLDER …".into()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = say(&format!("failed {error}"));
            ExitCode::FAILURE
        }
    }
}

/// Tells a story that hears [`Said`] why the program cannot go on.
fn told(outcome: Outcome) -> ExitCode {
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = Said::Failed(error.to_string()).say();
            ExitCode::FAILURE
        }
    }
}

/// Tells the story what is durable now. The line is out when this returns.
fn say(line: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "{line}")?;
    out.flush()
}

fn key_of(digits: &str) -> [u8; 32] {
    let mut bytes = [0; 32];
    for (byte, pair) in bytes.iter_mut().zip(digits.as_bytes().chunks_exact(2)) {
        let pair = str::from_utf8(pair).expect("the story gives hexadecimal digits");
        *byte = u8::from_str_radix(pair, 16).expect("the story gives hexadecimal digits");
    }
    bytes
}

struct Handset {
    phone: Phone,
    driver: Driver,
}

impl Handset {
    fn open(dir: &str, card: &str, key: &str) -> Self {
        let card = HotlineCard::from_text(card).expect("the story gives a card");
        let driver = Driver::new(&card).expect("the card names a relay on this machine");
        let mut request = OpenRequest::new(dir, card, MemoryKeys::new(key_of(key)));
        request.costs = Costs::CHEAP;
        let phone = Phone::open(request).expect("the phone opens");
        Self { phone, driver }
    }

    fn new_draft(&self) -> Result<DraftId, PhoneError> {
        self.phone
            .new_draft(Form::suspicion_report().id(), Lang::Vi)
    }

    async fn sync(&self) -> Result<(), PhoneError> {
        self.phone
            .sync(&self.driver, &Cancel::new())
            .await
            .map(|_| ())
    }
}

/// Writes and sends reports without end, and says what it has done.
async fn write(handset: &Handset, seed: &str) -> Outcome {
    let mut writer = Writer::new(seed.parse()?);
    loop {
        let draft = handset.new_draft()?;
        for (field, value) in writer.report().iter() {
            handset.phone.answer(draft, field, value)?;
            say(&format!("answered {field}"))?;
        }
        let report = handset.phone.submit(draft)?;
        say(&format!("submitted {report}"))?;
        handset.sync().await?;
        say("synchronised")?;
        handset.phone.send_message(&report, &writer.message())?;
        say(&format!("wrote {report}"))?;
    }
}

/// Fills the disk, goes on writing, and checks that nothing is lost by it. With
/// a ballast file, which takes the last free byte, it makes room again and sends
/// what it has.
async fn fill(handset: &Handset, ballast: Option<&Path>) -> Outcome {
    let phone = &handset.phone;
    let draft = handset.new_draft()?;
    let mut kept = Answers::new();
    let mut answer = |field: &str, value: Value| -> Result<(), PhoneError> {
        phone.answer(draft, field, &value)?;
        kept.set(field, value);
        Ok(())
    };
    answer("danger_now", Value::Single("yes".into()))?;
    answer("suspect_info", Value::Text("Xe đang chạy.".into()))?;
    if let Some(ballast) = ballast {
        fill_with_ballast(ballast)?;
    }
    let refused = (0..TEXTS_MAX_COUNT).find_map(|number| {
        let text = format!("Dòng thứ {number}: xe tải trắng đỗ sau chợ. ").repeat(8);
        answer("suspect_info", Value::Text(text)).err()
    });
    say(&format!(
        "refused {}",
        refused.ok_or("the disk took everything")?
    ))?;
    check_draft(phone, draft, &kept)?;
    let Some(ballast) = ballast else {
        return Ok(());
    };

    let error = phone
        .submit(draft)
        .err()
        .ok_or("it was submitted on a full disk")?;
    say(&format!("refused {error}"))?;
    check_draft(phone, draft, &kept)?;
    fs::remove_file(ballast)?;
    say(&format!("submitted {}", phone.submit(draft)?))?;
    handset.sync().await?;
    say("synchronised")?;
    Ok(())
}

fn fill_with_ballast(path: &Path) -> Outcome {
    let mut file = fs::File::create(path)?;
    let zeros = [0; BALLAST_STEP_BYTES];
    loop {
        match file.write_all(&zeros) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::StorageFull => return Ok(()),
            Err(error) => return Err(error.into()),
        }
    }
}

fn check_draft(phone: &Phone, draft: DraftId, kept: &Answers) -> Outcome {
    if phone.draft_view(draft)?.answers == *kept {
        say("intact")?;
        Ok(())
    } else {
        Err("an answer that was kept is not there".into())
    }
}

/// A relay on its own, until it is killed.
async fn relay(folder: &str, now: &str) -> Outcome {
    // The clock is the story's: desk and relay must agree on the time.
    let (env, _clock) = Env::manual(now.parse()?);
    let mut config = Config {
        folder: folder.into(),
        env,
        receipt_cost: ReceiptCost::CHEAP,
        ..Config::default()
    };
    config.relay.listen.set_port(0);
    let running = Hotline::start_relay(config).await?;
    say(&format!("listening {}", running.relay_addr))?;
    std::future::pending::<()>().await;
    running.stop().await;
    Ok(())
}
