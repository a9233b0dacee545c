//! The machine alone: event in, effects out, with a real store behind it.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "tests may panic"
)]

mod common;

use common::{Hotline, NOW, delivery, filled_draft, phone};
use loive_client::{
    Connectivity, Delivery, Effect, Ended, Event, ManualClock, Policy, SyncMachine, TransportError,
    Wake, limits,
};
use loive_protocol::{Lane, SyncRequest, Wire as _};

fn send_of(effects: &[Effect]) -> (u64, Vec<u8>) {
    match effects {
        [Effect::Send { ticket, bytes, .. }] => (*ticket, bytes.clone()),
        _ => panic!("a send was expected"),
    }
}

fn ended(effects: &[Effect]) -> Ended {
    effects
        .iter()
        .find_map(|effect| match effect {
            Effect::Done(summary) => Some(summary.ended.clone()),
            _ => None,
        })
        .expect("the session is over")
}

fn pause(effects: &[Effect]) -> std::time::Duration {
    match effects {
        [Effect::SetTimer(pause)] => *pause,
        _ => panic!("a pause was expected"),
    }
}

/// Runs the effects that only need the store.
fn settle(
    machine: &mut SyncMachine,
    phone: &loive_client::Phone,
    mut effects: Vec<Effect>,
) -> Vec<Effect> {
    loop {
        let event = match effects.as_slice() {
            [Effect::Prepare(lane)] => phone.prepare(*lane),
            [Effect::Absorb { asked, response }] => phone.absorb(asked, response),
            _ => return effects,
        };
        effects = machine.handle(event);
    }
}

#[test]
fn cancelled_in_the_middle_it_stops_and_resumes_where_it_was() {
    let dir = tempfile::tempdir().unwrap();
    let (mut hotline, clock) = (Hotline::new(), ManualClock::at(NOW));
    let phone = phone(dir.path(), &hotline, &clock);
    let id = phone.submit(filled_draft(&phone)).unwrap();
    let mut machine = SyncMachine::new(Policy::ONCE, 1);

    let effects = machine.handle(Event::Wake(Wake::Person));
    let effects = settle(&mut machine, &phone, effects);
    let (ticket, bytes) = send_of(&effects);
    assert_eq!(ended(&machine.handle(Event::Cancel)), Ended::Cancelled);
    assert!(machine.is_idle());

    // The answer comes after all: too late, and harmless.
    let late = Ok(hotline.exchange(&bytes));
    assert!(
        machine
            .handle(Event::Response {
                ticket,
                result: late.clone()
            })
            .is_empty()
    );
    assert_eq!(delivery(&phone, &id), Delivery::OnThisPhone);

    // In the next session the same late answer is not taken for the new one.
    let effects = machine.handle(Event::Wake(Wake::Person));
    let effects = settle(&mut machine, &phone, effects);
    let (next, bytes) = send_of(&effects);
    assert!(
        machine
            .handle(Event::Response {
                ticket,
                result: late
            })
            .is_empty()
    );
    let result = Ok(hotline.exchange(&bytes));
    let effects = machine.handle(Event::Response {
        ticket: next,
        result,
    });
    let effects = settle(&mut machine, &phone, effects);
    assert_eq!(ended(&effects), Ended::Complete);
    assert_eq!(delivery(&phone, &id), Delivery::AtRelay);
    assert_eq!(hotline.inbox.len(), 1);
}

#[test]
fn cancelled_while_it_stores_it_finishes_storing() {
    let dir = tempfile::tempdir().unwrap();
    let (mut hotline, clock) = (Hotline::new(), ManualClock::at(NOW));
    let phone = phone(dir.path(), &hotline, &clock);
    let id = phone.submit(filled_draft(&phone)).unwrap();
    let mut machine = SyncMachine::new(Policy::ONCE, 1);
    let effects = machine.handle(Event::Wake(Wake::Person));
    let effects = settle(&mut machine, &phone, effects);
    let (ticket, bytes) = send_of(&effects);
    let result = Ok(hotline.exchange(&bytes));
    let effects = machine.handle(Event::Response { ticket, result });
    assert!(machine.handle(Event::Cancel).is_empty());
    let effects = settle(&mut machine, &phone, effects);
    assert_eq!(ended(&effects), Ended::Cancelled);
    assert_eq!(delivery(&phone, &id), Delivery::AtRelay);
}

#[test]
fn pauses_grow_are_random_and_have_a_ceiling() {
    let dir = tempfile::tempdir().unwrap();
    let (hotline, clock) = (Hotline::new(), ManualClock::at(NOW));
    let phone = phone(dir.path(), &hotline, &clock);
    phone.submit(filled_draft(&phone)).unwrap();
    let pauses = |seed| {
        let mut machine = SyncMachine::new(Policy::STEADY, seed);
        let mut effects = machine.handle(Event::Wake(Wake::Person));
        let mut pauses = Vec::new();
        for _ in 0..40 {
            effects = settle(&mut machine, &phone, effects);
            let (ticket, _) = send_of(&effects);
            let result = Err(TransportError::Offline);
            pauses.push(pause(&machine.handle(Event::Response { ticket, result })).as_millis());
            effects = machine.handle(Event::Timer);
        }
        pauses
    };
    let (one, other) = (pauses(1), pauses(2));
    assert_ne!(one, other, "a thousand phones do not come back together");
    let (first, most) = (
        u128::from(limits::BACKOFF_FIRST_MILLISECONDS),
        u128::from(limits::BACKOFF_MAX_MILLISECONDS),
    );
    assert!(one[0] <= first && other[0] <= first);
    assert!(one.iter().chain(&other).all(|pause| *pause <= most));
    assert!(one[20..].iter().any(|pause| *pause > most / 2));
}

#[test]
fn the_platforms_hints_are_heard_and_not_trusted() {
    let dir = tempfile::tempdir().unwrap();
    let (hotline, clock) = (Hotline::new(), ManualClock::at(NOW));
    let phone = phone(dir.path(), &hotline, &clock);
    phone.submit(filled_draft(&phone)).unwrap();
    let mut machine = SyncMachine::new(Policy::STEADY, 1);
    assert!(
        machine
            .handle(Event::Connectivity(Connectivity::Offline))
            .is_empty()
    );
    let effects = machine.handle(Event::Wake(Wake::Background));
    assert_eq!(ended(&effects), Ended::Transport(TransportError::Offline));

    // A person who asks is believed more than the platform.
    let effects = machine.handle(Event::Wake(Wake::Person));
    let effects = settle(&mut machine, &phone, effects);
    let (ticket, _) = send_of(&effects);
    let result = Err(TransportError::Offline);
    pause(&machine.handle(Event::Response { ticket, result }));
    // Back on the road: at once, not after the pause.
    let effects = machine.handle(Event::Connectivity(Connectivity::Online));
    send_of(&settle(&mut machine, &phone, effects));
}

#[test]
fn what_is_written_while_a_request_is_under_way_goes_in_the_same_session() {
    let dir = tempfile::tempdir().unwrap();
    let (mut hotline, clock) = (Hotline::new(), ManualClock::at(NOW));
    let phone = phone(dir.path(), &hotline, &clock);
    let id = phone.submit(filled_draft(&phone)).unwrap();
    let mut machine = SyncMachine::new(Policy::ONCE, 1);
    let effects = machine.handle(Event::Wake(Wake::Person));
    let effects = settle(&mut machine, &phone, effects);
    let (ticket, bytes) = send_of(&effects);
    phone.send_message(&id, "còn một điều").unwrap();
    assert!(machine.handle(Event::Wake(Wake::Person)).is_empty());
    let result = Ok(hotline.exchange(&bytes));
    let effects = machine.handle(Event::Response { ticket, result });
    let effects = settle(&mut machine, &phone, effects);
    let (_, bytes) = send_of(&effects);
    assert_eq!(SyncRequest::from_bytes(&bytes).unwrap().push.len(), 1);
}

/// A relay whose library is broken keeps no report waiting, and a sync that
/// somebody waits for ends.
#[test]
fn reports_go_first_however_often_the_library_fails() {
    let dir = tempfile::tempdir().unwrap();
    let (mut hotline, clock) = (Hotline::new(), ManualClock::at(NOW));
    let phone = phone(dir.path(), &hotline, &clock);
    phone.look_for_library().unwrap();
    let mut machine = SyncMachine::new(Policy::ONCE, 1);
    let mut effects = machine.handle(Event::Wake(Wake::Person));
    let mut report = None;
    for round in 0..100 {
        effects = settle(&mut machine, &phone, effects);
        effects = match effects.as_slice() {
            [
                Effect::Send {
                    ticket,
                    lane: Lane::Field,
                    ..
                },
            ] => machine.handle(Event::Response {
                ticket: *ticket,
                result: Ok(b"no answer".to_vec()),
            }),
            [Effect::Send { ticket, bytes, .. }] => {
                assert!(round > 0, "there was nothing to send at first");
                let result = Ok(hotline.exchange(bytes));
                machine.handle(Event::Response {
                    ticket: *ticket,
                    result,
                })
            }
            [Effect::SetTimer(_)] => {
                // Written while the machine rests from the library.
                let id = *report.get_or_insert_with(|| phone.submit(filled_draft(&phone)).unwrap());
                let woken = machine.handle(Event::Wake(Wake::Person));
                let lanes = matches!(woken.as_slice(), [Effect::Prepare(Lane::Report)]);
                assert!(lanes, "the report is looked for first");
                assert!(delivery(&phone, &id) <= Delivery::AtRelay);
                woken
            }
            _ => break,
        };
    }
    assert_eq!(ended(&effects), Ended::NotUnderstood);
    assert_eq!(delivery(&phone, &report.unwrap()), Delivery::AtRelay);
}
