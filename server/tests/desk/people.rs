//! People: logging in, sessions, the audit log, receipts that are read out.

use loive_documents::Urgency;
use loive_protocol::{EraseToken, Receipt, ReceiptCost, seal_locker};
use loive_server::desk::{
    Desk, DeskError, FindOutcome, PASSWORD_MIN_CHARS, Role, SESSION_IDLE_SECONDS,
    SESSION_MAX_SECONDS, audit,
};

use crate::home::{Home, hoa, lan, page, queue};

const PASSWORD: &str = "một mật khẩu dài";

#[test]
fn only_the_right_password_opens_and_guessing_is_slow() {
    let home = Home::new();
    let desk = home.desk();
    lan(&desk);
    let now = home.env.now();
    let user = desk.verify_login(" LAN ", PASSWORD, now).unwrap().unwrap();
    assert_eq!(
        (user.name.as_str(), user.display_name.as_str()),
        ("lan", "Nguyễn Thị Lan")
    );
    assert!(
        desk.verify_login("nobody", PASSWORD, now)
            .unwrap()
            .is_none()
    );

    for _ in 0..4 {
        assert!(
            desk.verify_login("lan", "sai rồi nhé", now)
                .unwrap()
                .is_none()
        );
    }
    assert!(
        desk.verify_login("lan", PASSWORD, now).unwrap().is_some(),
        "the count starts again"
    );
    for _ in 0..5 {
        assert!(
            desk.verify_login("lan", "sai rồi nhé", now)
                .unwrap()
                .is_none()
        );
    }
    let waits = |now| match desk.verify_login("lan", PASSWORD, now) {
        Err(DeskError::Throttled { seconds }) => seconds,
        _ => 0,
    };
    assert_eq!(waits(now), 30, "even with the right password");
    assert_eq!(waits(now + 29), 1);
    assert!(
        desk.verify_login("lan", "sai rồi nhé", now + 30)
            .unwrap()
            .is_none()
    );
    assert_eq!(waits(now + 30), 60, "every further try doubles it");
    assert!(
        desk.verify_login("lan", PASSWORD, now + 90)
            .unwrap()
            .is_some()
    );

    desk.set_password("lan", "mật khẩu khác hẳn").unwrap();
    assert!(
        desk.verify_login("lan", PASSWORD, now + 90)
            .unwrap()
            .is_none()
    );
    assert!(
        desk.verify_login("lan", "mật khẩu khác hẳn", now + 90)
            .unwrap()
            .is_some()
    );
}

#[test]
fn names_are_unique_and_passwords_have_a_length() {
    let home = Home::new();
    let desk = home.desk();
    lan(&desk);
    let add = |name: &str, display: &str, password: &str| {
        desk.add_user(name, display, Role::Counsellor, password)
            .err()
    };
    assert_eq!(
        add("Lan", "Người khác", PASSWORD),
        Some(DeskError::NameTaken)
    );
    assert_eq!(
        add("lan2", "Nguyễn Thị Lan", PASSWORD),
        Some(DeskError::NameTaken)
    );
    assert!(matches!(
        add("hồng", "Hồng", PASSWORD),
        Some(DeskError::BadName { .. })
    ));
    assert!(matches!(
        add("", "Hồng", PASSWORD),
        Some(DeskError::BadName { .. })
    ));
    assert!(matches!(
        add("hong", " ", PASSWORD),
        Some(DeskError::BadName { .. })
    ));
    let short = "x".repeat(PASSWORD_MIN_CHARS - 1);
    assert!(matches!(
        add("hong", "Hồng", &short),
        Some(DeskError::BadPassword { .. })
    ));
    assert_eq!(add("hong", "Hồng", PASSWORD), None);
}

#[test]
fn a_session_ends_when_it_is_idle_old_left_or_its_person_is_shut_out() {
    let home = Home::new();
    let desk = home.desk();
    let who = lan(&desk);
    let token = desk.new_session(&who).unwrap();
    let (user, csrf) = desk.session(&token).unwrap().unwrap();
    assert_eq!(user.name, "lan");
    assert_ne!(csrf, token);
    assert_eq!(desk.session(&token).unwrap().unwrap().1, csrf);
    assert!(desk.session("").unwrap().is_none());
    assert!(desk.session(&csrf).unwrap().is_none());

    home.clock.advance_seconds(SESSION_IDLE_SECONDS);
    assert!(desk.session(&token).unwrap().is_none(), "idle");

    let token = desk.new_session(&who).unwrap();
    let step = SESSION_IDLE_SECONDS / 2;
    for _ in 1..SESSION_MAX_SECONDS / step {
        home.clock.advance_seconds(step);
        assert!(desk.session(&token).unwrap().is_some(), "in use");
    }
    home.clock.advance_seconds(step);
    assert!(desk.session(&token).unwrap().is_none(), "the shift is over");

    let token = desk.new_session(&who).unwrap();
    desk.end_session(&token).unwrap();
    assert!(desk.session(&token).unwrap().is_none(), "left");

    let token = desk.new_session(&who).unwrap();
    desk.set_user_disabled("lan", true).unwrap();
    assert!(desk.session(&token).unwrap().is_none(), "shut out");
    assert!(
        desk.verify_login("lan", PASSWORD, home.env.now())
            .unwrap()
            .is_none()
    );
    desk.set_user_disabled("lan", false).unwrap();
    assert!(
        desk.session(&token).unwrap().is_none(),
        "the old session stays ended"
    );
    assert!(
        desk.verify_login("lan", PASSWORD, home.env.now())
            .unwrap()
            .is_some()
    );
}

#[tokio::test]
async fn every_look_and_every_act_is_in_the_audit_log() {
    let home = Home::new();
    let desk = home.desk();
    let (who, chief) = (lan(&desk), hoa(&desk));
    let phone = home.phone("nhật ký");
    let id = phone.seed.report_id();
    home.relay.push_envelope(&phone.first());
    desk.catch_up().await.unwrap();
    let acts: [(&str, &dyn Fn()); 11] = [
        (audit_of("looked_at_queue"), &|| drop(queue(&desk, &who))),
        (audit_of("looked_at_report"), &|| {
            drop(page(&desk, &who, &id));
        }),
        (audit_of("claimed"), &|| {
            drop(desk.claim(&who, &id).unwrap());
        }),
        (audit_of("read"), &|| desk.mark_read(&who, &id).unwrap()),
        (audit_of("replied"), &|| {
            desk.reply(&who, &id, "a", "t").unwrap();
        }),
        (audit_of("changed_urgency"), &|| {
            desk.set_urgency(&who, &id, Urgency::P1, "vì").unwrap();
        }),
        (audit_of("marked_hoax"), &|| {
            desk.mark_hoax(&who, &id, "vì").unwrap();
        }),
        (audit_of("undid_hoax"), &|| {
            desk.undo_hoax(&who, &id).unwrap();
        }),
        (audit_of("released"), &|| desk.release(&who, &id).unwrap()),
        (audit_of("looked_at_quarantine"), &|| {
            drop(desk.quarantine(&who).unwrap());
        }),
        (audit_of("searched_receipt"), &|| {
            desk.find_by_receipt(&who, "1").unwrap();
        }),
    ];
    for (_, act) in &acts {
        home.clock.advance_seconds(1);
        act();
    }
    let rows = desk.audit(&chief, None, 100).unwrap();
    let seen: Vec<_> = rows.iter().rev().map(|row| row.action.as_str()).collect();
    let did: Vec<_> = acts.iter().map(|(action, _)| *action).collect();
    let start = seen.iter().position(|action| *action == did[0]).unwrap();
    assert_eq!(seen[start..start + did.len()], did);
    let look = rows
        .iter()
        .find(|row| row.action == "looked_at_report")
        .unwrap();
    assert_eq!((look.user.as_str(), look.number), ("lan", Some(1)));

    assert!(matches!(
        desk.audit(&who, None, 9),
        Err(DeskError::Forbidden)
    ));
    let all = audit_pages(&desk, &chief);
    assert!(
        all.windows(2).all(|pair| pair[0] >= pair[1]),
        "newest first"
    );
    assert!(all.len() > did.len());
}

fn audit_of(action: &'static str) -> &'static str {
    assert!(audit::ACTIONS.contains(&action));
    action
}

/// The times of all rows, read in pages of two.
fn audit_pages(desk: &Desk, chief: &loive_server::desk::User) -> Vec<u64> {
    let (mut times, mut before) = (Vec::new(), None);
    loop {
        let rows = desk.audit(chief, before, 2).unwrap();
        let Some(last) = rows.last() else {
            return times;
        };
        before = Some(last.at);
        times.extend(rows.iter().map(|row| row.at));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_caller_reads_out_a_receipt_and_the_report_is_found() {
    let home = Home::new();
    let desk = home.desk();
    let who = lan(&desk);
    let phone = home.phone("biên nhận");
    let id = phone.seed.report_id();
    let mut rng = home.env.rng();
    let receipt = Receipt::generate(&mut rng);
    let keys = receipt
        .unlock(&home.root.public(), ReceiptCost::CHEAP)
        .unwrap();
    let _: &EraseToken = keys.erase_token();
    let typed = receipt.numbers().join(" - ");
    let find = |typed: String| {
        let (desk, who) = (std::sync::Arc::clone(&desk), who.clone());
        async move {
            let search = move || desk.find_by_receipt(&who, &typed).unwrap();
            tokio::task::spawn_blocking(search).await.unwrap()
        }
    };

    assert_eq!(find(typed.clone()).await, FindOutcome::NotFound);
    home.relay
        .put_locker(&seal_locker(&keys, &phone.seed, &mut rng).unwrap());
    assert_eq!(
        find(typed.clone()).await,
        FindOutcome::NotFound,
        "the report is not here yet"
    );
    home.relay.push_envelope(&phone.first());
    desk.catch_up().await.unwrap();
    assert_eq!(find(typed.clone()).await, FindOutcome::Found(id));
    assert_eq!(find("0912 345".into()).await, FindOutcome::Mistyped);
    home.relay.fail_next(1);
    assert_eq!(
        find(typed.clone()).await,
        FindOutcome::Busy,
        "the relay is away"
    );

    for _ in 0..6 {
        assert_eq!(find(typed.clone()).await, FindOutcome::Found(id));
    }
    assert_eq!(
        find(typed.clone()).await,
        FindOutcome::Busy,
        "nobody reads that fast"
    );
    home.clock.advance_seconds(60);
    assert_eq!(find(typed).await, FindOutcome::Found(id));
}
