//! Lan leaves for work: she writes her safety plan, sends word home, misses one,
//! and her phone's clock is not to be relied on.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "tests may panic"
)]

mod common;

use common::library::Publisher;
use common::{Hotline, NOW, one, phone, text};
use loive_client::{
    BUILD_TIME_SECONDS, CardLine, CheckIns, ManualClock, Phone, PhoneError, Problem, Schedule,
    limits,
};
use loive_documents::{Choice, Form, Lang, Value};
use tempfile::TempDir;

const HOUR: u64 = 3_600;
const DAY: u64 = 24 * HOUR;
const YEAR: u64 = 365 * DAY;

struct World {
    hotline: Hotline,
    clock: ManualClock,
    dir: TempDir,
}

impl World {
    fn new() -> Self {
        Self {
            hotline: Hotline::new(),
            clock: ManualClock::at(NOW),
            dir: tempfile::tempdir().unwrap(),
        }
    }

    fn phone(&self) -> Phone {
        phone(self.dir.path(), &self.hotline, &self.clock)
    }

    /// A phone whose check-ins have begun.
    fn on_the_way(&self, schedule: &str, if_missed: &str) -> Phone {
        let phone = self.phone();
        set(&phone, "checkin_schedule", &one(schedule));
        set(&phone, "if_missed", &one(if_missed));
        phone.start_plan_checkins().unwrap();
        phone
    }

    /// Time passes, and the phone looks at its clock now and then.
    fn pass(&self, phone: &Phone, seconds: u64) -> CheckIns {
        for _ in 0..seconds / HOUR {
            self.clock.advance(HOUR);
            phone.plan_checkins().unwrap();
        }
        self.clock.advance(seconds % HOUR);
        check_ins(phone)
    }
}

fn set(phone: &Phone, field: &str, value: &Value) {
    phone.set_plan_answer(field, Some(value)).unwrap();
}

fn check_ins(phone: &Phone) -> CheckIns {
    phone.plan_checkins().unwrap().unwrap()
}

fn at(phone: &Phone) -> Vec<u64> {
    let reminders = phone.plan_reminders(3).unwrap();
    reminders.iter().map(|one| one.at).collect()
}

fn multi(codes: &[&str]) -> Value {
    Value::Multi(codes.iter().map(|code| (*code).to_owned()).collect())
}

#[test]
fn the_plan_is_kept_over_a_restart() {
    let world = World::new();
    let before = {
        let phone = world.phone();
        let empty = phone.plan().unwrap();
        assert_eq!((empty.answers.len(), empty.missing.len()), (0, 10));
        set(&phone, "destination", &text("xưởng may, Bình Dương"));
        set(&phone, "trusted_1_phone", &text("+84 912 345 678"));
        set(&phone, "money_reserve", &Value::Bool(true));
        set(
            &phone,
            "checks",
            &multi(&["check_10", "check_2", "check_2"]),
        );
        set(&phone, "leave_plan", &text("về nhà dì"));
        phone.set_plan_answer("leave_plan", None).unwrap();
        set(&phone, "health_notes", &text(""));
        phone.plan().unwrap().answers
    };
    let plan = world.phone().plan().unwrap();
    assert_eq!(plan.answers, before);
    assert_eq!(plan.answers.len(), 4);
    assert_eq!(plan.answers.ticked("checks"), ["check_2", "check_10"]);
    assert_eq!((plan.checks_done, plan.is_checked), (2, false));
    assert_eq!(plan.missing.len(), 8);
    assert!(plan.visible.len() > 15);
}

#[test]
fn all_ten_checks_are_done_when_the_last_is() {
    let phone = World::new().phone();
    let field = Form::safety_plan().field("checks").unwrap();
    let codes: Vec<&str> = field.options().iter().map(Choice::code).collect();
    set(&phone, "checks", &multi(&codes[1..]));
    assert!(!phone.plan().unwrap().is_checked);
    set(&phone, "checks", &multi(&codes));
    assert!(phone.plan().unwrap().is_checked);
}

#[test]
fn what_a_question_does_not_take_changes_nothing() {
    let phone = World::new().phone();
    set(&phone, "trusted_1_phone", &text("0912 345 678"));
    let refused = |field: &str, value: &Value| {
        let Err(PhoneError::Invalid { reason, .. }) = phone.set_plan_answer(field, Some(value))
        else {
            panic!("{field} takes it");
        };
        reason
    };
    assert_eq!(refused("trusted_1_phone", &text("mẹ")), Problem::Phone);
    assert_eq!(refused("danger_now", &one("yes")), Problem::UnknownField);
    assert_eq!(refused("opening", &text("a")), Problem::UnknownField);
    assert_eq!(
        refused("checks", &multi(&["check_11"])),
        Problem::UnknownOption
    );
    assert_eq!(
        refused("code_ok", &text(&"a".repeat(41))),
        Problem::TooLong {
            limit: 40,
            found: 41
        }
    );
    assert_eq!(phone.plan().unwrap().answers.len(), 1);
}

#[test]
fn no_report_is_made_of_a_plan() {
    let phone = World::new().phone();
    set(&phone, "destination", &text("xưởng may"));
    let refused = PhoneError::Invalid {
        field: "form".to_owned(),
        reason: Problem::UnknownOption,
    };
    assert_eq!(
        phone.new_draft("safety_plan", Lang::Vi).unwrap_err(),
        refused
    );
    // Nor do its answers fit into a draft of a report.
    let draft = phone.new_draft("suspicion_report", Lang::Vi).unwrap();
    for field in Form::safety_plan().questions() {
        assert!(
            phone.answer(draft, field.id(), &text("112")).is_err(),
            "{}",
            field.id()
        );
    }
    assert!(phone.submit(draft).is_err());
    assert!(phone.drafts().unwrap().len() == 1 && phone.reports().unwrap().is_empty());
}

#[test]
fn word_home_is_missed_and_made_up_for() {
    let world = World::new();
    let phone = world.phone();
    assert_eq!(phone.plan_checkins(), Ok(None));
    assert_eq!(phone.note_checkin(), Err(PhoneError::NotFound));
    let needs_schedule = PhoneError::Invalid {
        field: "checkin_schedule".to_owned(),
        reason: Problem::Missing,
    };
    assert_eq!(phone.start_plan_checkins(), Err(needs_schedule));
    set(&phone, "checkin_schedule", &one("2_days"));
    phone.start_plan_checkins().unwrap();

    // Nothing is said yet of what happens without word.
    let begun = check_ins(&phone);
    assert_eq!(begun.schedule, Schedule::TwoDays);
    assert_eq!((begun.told_at, begun.next_due), (NOW, NOW + 2 * DAY));
    assert_eq!((begun.family_acts_at, begun.missed_since), (None, None));
    set(&phone, "if_missed", &one("48h"));
    assert_eq!(check_ins(&phone).family_acts_at, Some(NOW + 4 * DAY));

    assert!(!world.pass(&phone, 2 * DAY - 1).is_overdue);
    let due = world.pass(&phone, 1);
    assert!(due.is_overdue && due.missed_since.is_none());
    assert_eq!(due.next_due, NOW + 2 * DAY);
    let missed = world.pass(&phone, 2 * DAY + HOUR);
    assert_eq!(missed.missed_since, Some(NOW + 4 * DAY));

    // She is fine, and says so.
    phone.note_checkin().unwrap();
    let now = NOW + 4 * DAY + HOUR;
    let fine = check_ins(&phone);
    assert!(!fine.is_overdue && fine.missed_since.is_none());
    assert_eq!((fine.told_at, fine.next_due), (now, now + 2 * DAY));

    // She is home again.
    phone.stop_plan_checkins().unwrap();
    assert_eq!(phone.plan_checkins(), Ok(None));
    assert!(phone.plan_reminders(3).unwrap().is_empty());
    assert!(phone.plan().unwrap().answers.get("if_missed").is_some());
}

/// The battery is empty, or somebody took the phone away: nobody has seen the
/// time pass, and yet it has.
#[test]
fn a_phone_that_was_off_for_days_knows_what_was_missed() {
    let world = World::new();
    drop(world.on_the_way("daily", "48h"));
    world.clock.advance(5 * DAY);
    let state = check_ins(&world.phone());
    assert_eq!(state.told_at, NOW);
    assert_eq!(state.missed_since, Some(NOW + 3 * DAY));
}

#[test]
fn a_clock_set_back_a_year_hides_no_missed_word() {
    let world = World::new();
    let phone = world.on_the_way("daily", "24h");
    world.pass(&phone, 12 * HOUR);
    world.clock.set(NOW - YEAR);
    let state = check_ins(&phone);
    assert!(!state.is_overdue);
    // On the clock that everybody sees now, twelve hours are left.
    assert_eq!(state.next_due, phone.now() + 12 * HOUR);
    assert_eq!(
        at(&phone)[0],
        NOW - YEAR + 12 * HOUR,
        "in the device's time"
    );

    assert!(world.pass(&phone, 13 * HOUR).is_overdue);
    drop(phone);
    let phone = world.phone();
    let state = world.pass(&phone, 24 * HOUR);
    assert_eq!(state.missed_since, Some(phone.now() - HOUR));

    // Set right again. The jump counts as a day at most: rather too early.
    world.clock.set(NOW + 49 * HOUR);
    let since = check_ins(&phone).missed_since.unwrap();
    assert!((NOW + 24 * HOUR..=NOW + 48 * HOUR).contains(&since));
}

#[test]
fn a_clock_set_forward_a_year_makes_no_missed_word() {
    let world = World::new();
    let phone = world.on_the_way("weekly", "72h");
    world.pass(&phone, 12 * HOUR);
    world.clock.set(NOW + YEAR);
    let state = check_ins(&phone);
    assert!(!state.is_overdue && state.missed_since.is_none());
    assert!(state.next_due > phone.now(), "not in the past");
    // Set right again. One day at most was counted too much.
    world.clock.set(NOW + 13 * HOUR);
    let state = check_ins(&phone);
    assert!(!state.is_overdue);
    assert!((NOW + 6 * DAY..=NOW + 7 * DAY).contains(&state.next_due));
}

/// After an empty battery a cheap phone begins in 1970; somebody sends word, and
/// then the network sets the clock.
#[test]
fn a_clock_that_was_wrong_when_word_was_sent_is_not_believed_later() {
    let world = World::new();
    world.clock.set(1_000);
    let phone = world.on_the_way("weekly", "24h");
    assert_eq!(check_ins(&phone).told_at, BUILD_TIME_SECONDS);
    world.clock.set(NOW + 30 * DAY);
    let state = check_ins(&phone);
    assert!(!state.is_overdue && state.missed_since.is_none());
}

#[test]
fn reminders_come_when_word_is_due_and_before_those_at_home_call() {
    let world = World::new();
    let phone = world.on_the_way("daily", "48h");
    let reminders = phone.plan_reminders(4).unwrap();
    assert!(
        reminders
            .iter()
            .all(|one| one.words_key == "reminder.neutral")
    );
    let last_call = NOW + 3 * DAY - limits::REMINDER_BEFORE_FAMILY_SECONDS;
    assert_eq!(at(&phone), [NOW + DAY, NOW + 2 * DAY, last_call]);
    assert_eq!(reminders[3].at, NOW + 3 * DAY);

    // Due and not answered: the next ones only, none in the past.
    world.pass(&phone, DAY + HOUR);
    assert_eq!(at(&phone), [NOW + 2 * DAY, last_call, NOW + 3 * DAY]);
    // Missed altogether: still every day.
    world.pass(&phone, 2 * DAY);
    assert_eq!(at(&phone)[0], NOW + 4 * DAY);
    phone.note_checkin().unwrap();
    assert_eq!(at(&phone)[0], NOW + 4 * DAY + HOUR);
    assert_eq!(
        phone.plan_reminders(usize::MAX).unwrap().len(),
        limits::REMINDERS_MAX_COUNT
    );
    assert!(phone.plan_reminders(0).unwrap().is_empty());
}

#[test]
fn the_pocket_card_has_numbers_and_nothing_that_betrays() {
    let mut world = World::new();
    let phone = world.phone();
    let lines = |phone: &Phone| {
        let card = phone.plan_card().unwrap();
        let line = |line: CardLine| (line.words_key, line.name, line.number);
        card.lines.into_iter().map(line).collect::<Vec<_>>()
    };
    let plain = |key, number: &str| (key, None, number.to_owned());
    let always = [
        plain("plan.card_hotline", "111"),
        plain("plan.card_police", "113"),
    ];
    assert_eq!(lines(&phone), always);

    for field in Form::safety_plan().questions() {
        let _ = phone.set_plan_answer(field.id(), Some(&text("bí mật")));
    }
    set(&phone, "trusted_1_name", &text(" Dì Hoa "));
    set(&phone, "trusted_1_phone", &text("+84 912 345 678"));
    phone.set_plan_answer("trusted_2_name", None).unwrap();
    set(&phone, "trusted_2_phone", &text("0987 654 321"));
    let mut publisher = Publisher::new(&world.hotline.root);
    publisher.write(
        "d04",
        &[
            ("kind", "entry"),
            ("scope", "abroad"),
            ("status", "verified"),
            ("sources", "S29"),
            ("checked_on", "2026-11-23"),
            ("needs", "abroad"),
            ("title.vi", "Bảo hộ công dân"),
            ("blocks", "one"),
            ("block.one", "number dial=+84981848484"),
            ("text.vi.one", "+84 981 84 84 84"),
        ],
    );
    publisher.publish(&mut world.hotline.shelf);
    phone.look_for_library().unwrap();
    world.hotline.sync(&phone).unwrap();
    let person = "plan.card_person";
    assert_eq!(
        lines(&phone),
        [
            (
                person,
                Some("Dì Hoa".to_owned()),
                "+84 912 345 678".to_owned()
            ),
            plain(person, "0987 654 321"),
            plain("plan.card_citizens", "+84 981 84 84 84"),
            always[0].clone(),
            always[1].clone(),
        ]
    );
}
