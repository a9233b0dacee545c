//! A phone in somebody's hands, which does one thing after the other until it is
//! killed.

use std::fmt::Display;
use std::time::Duration;

use loive_client::{Cancel, Costs, Driver, Lock, MemoryKeys, OpenRequest, Phone, PhoneError, Pin};
use loive_documents::{Form, Lang, Value};
use loive_fleet::Writer;
use loive_protocol::{HotlineCard, ReportId};
use loive_stories::{Deed, Said, scalar_text};
use rand::rngs::StdRng;
use rand::seq::IndexedRandom as _;
use rand::{RngExt as _, SeedableRng as _};

use crate::Outcome;

/// A sync that has come no further by then is given up: a killed relay must not
/// keep the phone from everything else.
const SYNC_MAX: Duration = Duration::from_millis(600);
/// More drafts than somebody has at once.
const DRAFTS_MANY_COUNT: usize = 6;
/// PINs that are used in turn; nobody guesses here.
const PINS: [Option<&str>; 3] = [None, Some("1357"), Some("2468")];
/// The words that are amended: the marker, and a number after this.
const AMENDED: &str = " / ";
/// The question whose answer is marked.
const MARKED_FIELD: &str = "suspect_info";

/// What this life is mostly made of.
#[derive(Clone, Copy)]
enum Liking {
    Writing,
    Sending,
    Erasing,
    Pins,
}

struct Life {
    phone: Phone,
    driver: Driver,
    rng: StdRng,
    writer: Writer,
    /// Unique among all lives of all phones.
    label: String,
    count: u64,
    liking: Liking,
}

/// Lives until it is killed.
pub(crate) async fn live(arguments: [&str; 5]) -> Outcome {
    let [dir, card, key, label, liking] = arguments;
    let card = HotlineCard::from_text(card)?;
    let (phone, pin) = open(dir, &card, crate::key_of(key))?;
    let seed = label.bytes().fold(0_u64, |seed, byte| {
        seed.wrapping_mul(0x0100_0000_01b3) ^ u64::from(byte)
    });
    let mut life = Life {
        phone,
        driver: Driver::new(&card)?,
        rng: StdRng::seed_from_u64(seed),
        writer: Writer::new(seed),
        label: label.to_owned(),
        count: 0,
        liking: match liking {
            "writing" => Liking::Writing,
            "sending" => Liking::Sending,
            "erasing" => Liking::Erasing,
            "pins" => Liking::Pins,
            _ => return Err("writing, sending, erasing or pins".into()),
        },
    };
    Said::Ready(pin.map(str::to_owned)).say()?;
    loop {
        life.step().await?;
    }
}

/// Opens the phone with the PIN that it has, whichever that is.
fn open(
    dir: &str,
    card: &HotlineCard,
    key: [u8; 32],
) -> Result<(Phone, Option<&'static str>), PhoneError> {
    let mut locked = None;
    for pin in PINS {
        let mut request = OpenRequest::new(dir, card.clone(), MemoryKeys::new(key));
        request.costs = Costs::CHEAP;
        request.pin = pin.map(Pin::new);
        match Phone::open(request) {
            Ok(phone) => return Ok((phone, pin)),
            Err(
                error @ PhoneError::Locked {
                    why: Lock::PinNeeded | Lock::WrongPin,
                },
            ) => {
                locked = Some(error);
            }
            Err(error) => return Err(error),
        }
    }
    Err(locked.unwrap_or(PhoneError::NotFound))
}

impl Life {
    async fn step(&mut self) -> Outcome {
        // Of a hundred steps: reports, syncs, erasures, PINs; the rest is small.
        let [write, sync, erase, pin] = match self.liking {
            Liking::Writing => [60, 15, 3, 1],
            Liking::Sending => [25, 50, 2, 1],
            Liking::Erasing => [25, 15, 40, 1],
            Liking::Pins => [10, 10, 3, 60],
        };
        let die = self.rng.random_range(0..100);
        if die < write {
            self.write_report()
        } else if die < write + sync {
            self.sync().await
        } else if die < write + sync + erase {
            self.erase_or_discard()
        } else if die < write + sync + erase + pin {
            self.change_pin()
        } else {
            self.small_thing()
        }
    }

    fn marker(&mut self) -> String {
        self.count += 1;
        format!("{}-{}", self.label, self.count)
    }

    fn write_report(&mut self) -> Outcome {
        self.discard_one_of_many()?;
        let form = Form::suspicion_report().id();
        let Some(draft) = act(Deed::Begin, || self.phone.new_draft(form, Lang::Vi))? else {
            return Ok(());
        };
        let number = draft.to_string();
        let marker = self.marker();
        let mut answers = self.writer.report();
        answers.set(MARKED_FIELD, Value::Text("…".into()));
        let words = Value::Text(marker.clone());
        let last = (MARKED_FIELD, &words);
        let mut whole = true;
        for (field, value) in answers.iter().chain([last]) {
            let deed = Deed::Answer {
                draft: number.clone(),
                field: field.to_owned(),
                value: scalar_text(value),
            };
            whole &= act(deed, || done(self.phone.answer(draft, field, value)))?.is_some();
        }
        match self.rng.random_range(0..10) {
            _ if !whole => {}
            0 => {}
            1 => {
                let deed = Deed::Guest {
                    draft: number,
                    marker,
                };
                act(deed, || self.phone.submit_guest(draft).map(|_| ""))?;
            }
            _ => {
                act(Deed::Submit { draft: number }, || self.phone.submit(draft))?;
            }
        }
        Ok(())
    }

    async fn sync(&self) -> Outcome {
        Said::Will(Deed::Sync).say()?;
        let cancel = Cancel::new();
        let sync = self.phone.sync(&self.driver, &cancel);
        match tokio::time::timeout(SYNC_MAX, sync).await {
            Ok(Ok(_)) => Said::Did(Deed::Sync, String::new()).say()?,
            Ok(Err(error)) => Said::Refused(Deed::Sync, error.to_string()).say()?,
            Err(_) => Said::Refused(Deed::Sync, PhoneError::Offline.to_string()).say()?,
        }
        Ok(())
    }

    fn erase_or_discard(&mut self) -> Outcome {
        self.discard_one_of_many()?;
        if let Some(report) = self.any_report(false)? {
            let deed = Deed::Erase {
                report: report.to_string(),
            };
            act(deed, || {
                let gone = || self.phone.report(&report).is_err();
                done(unless_gone(self.phone.erase_report(&report), gone))
            })?;
        }
        Ok(())
    }

    /// Every kill may leave a draft, and a phone takes no more than so many.
    fn discard_one_of_many(&self) -> Outcome {
        let drafts = self.phone.drafts()?;
        if let (Some(draft), true) = (drafts.last(), drafts.len() >= DRAFTS_MANY_COUNT) {
            let deed = Deed::Discard {
                draft: draft.id.to_string(),
            };
            act(deed, || {
                let gone = || self.phone.draft_view(draft.id).is_err();
                done(unless_gone(self.phone.discard_draft(draft.id), gone))
            })?;
        }
        Ok(())
    }

    fn change_pin(&mut self) -> Outcome {
        let pin = PINS.choose(&mut self.rng).copied().flatten();
        let deed = Deed::Pin {
            pin: pin.map(str::to_owned),
        };
        act(deed, || {
            done(match pin {
                Some(pin) => self.phone.set_pin(&Pin::new(pin)),
                None => self.phone.remove_pin(),
            })
        })?;
        Ok(())
    }

    fn small_thing(&mut self) -> Outcome {
        if self.rng.random_ratio(1, 10) {
            act(Deed::Rest, || done(self.phone.suspend()))?;
            // On a full disk this may fail; an app then starts anew.
            self.phone.resume()?;
            return Ok(());
        }
        let Some(id) = self.any_report(true)? else {
            return Ok(());
        };
        let report = id.to_string();
        match self.rng.random_range(0..10) {
            0 => {
                act(Deed::Withdraw { report }, || done(self.phone.withdraw(&id)))?;
            }
            1..4 => {
                let page = self.phone.report(&id)?;
                let Some(Value::Text(words)) = page.answers.get(MARKED_FIELD) else {
                    return Err("a report has lost its words".into());
                };
                let (marker, _) = words.split_once(AMENDED).unwrap_or((words, ""));
                let text = format!("{marker}{AMENDED}{}", self.marker());
                let value = Value::Text(text.clone());
                let deed = Deed::Amend { report, text };
                act(deed, || done(self.phone.amend(&id, MARKED_FIELD, &value)))?;
            }
            _ => {
                let text = format!("tin {}", self.marker());
                let deed = Deed::Message {
                    report,
                    text: text.clone(),
                };
                act(deed, || done(self.phone.send_message(&id, &text)))?;
            }
        }
        Ok(())
    }

    fn any_report(&mut self, stands: bool) -> Result<Option<ReportId>, PhoneError> {
        let mut reports = self.phone.reports()?;
        reports.retain(|report| !stands || report.withdrawn_at.is_none());
        Ok(reports.choose(&mut self.rng).map(|report| report.id))
    }
}

/// A full disk may keep old pages from being cleaned: that is done later, and the
/// rest is done now.
fn unless_gone(
    result: Result<(), PhoneError>,
    gone: impl FnOnce() -> bool,
) -> Result<(), PhoneError> {
    match result {
        Err(PhoneError::StorageFull) if gone() => Ok(()),
        other => other,
    }
}

fn done(result: Result<(), PhoneError>) -> Result<&'static str, PhoneError> {
    result.map(|()| "")
}

/// Says that it will, does it, and says what came of it.
fn act<T: Display>(
    deed: Deed,
    work: impl FnOnce() -> Result<T, PhoneError>,
) -> Result<Option<T>, std::io::Error> {
    Said::Will(deed.clone()).say()?;
    match work() {
        Ok(value) => {
            Said::Did(deed, value.to_string()).say()?;
            Ok(Some(value))
        }
        Err(error) => {
            Said::Refused(deed, error.to_string()).say()?;
            Ok(None)
        }
    }
}
