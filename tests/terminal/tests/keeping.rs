//! What happens to a report once it is sealed, and how to leave in a hurry.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "tests may panic"
)]

mod common;

use common::{Person, Pocket, numbers};
use crossterm::event::KeyCode;
use loive_client::PhoneError;
use loive_strings::Lang;
use loive_terminal::{Effect, Event, Line};

#[test]
fn a_guest_leaves_nothing_on_the_phone_but_takes_a_receipt_along() {
    let pocket = Pocket::new();
    let mut lan = pocket.person();
    lan.press('n').chooses("Có").key(KeyCode::Tab);
    lan.chooses("Gửi từ máy dùng chung")
        .sees("Biên nhận là đường duy nhất");
    lan.chooses("Gửi và cho xem biên nhận");
    lan.sees("chỉ hiện lần này")
        .sees("mất hai số là mất đường quay lại");
    let [first, second] = numbers(&mut lan);
    assert!(first.starts_with('0') && first.len() == 12, "{first}");
    // A slip is told, and the numbers can be looked at again.
    lan.enter().types(&first).enter();
    lan.sees("Biên nhận có 20 chữ số, bạn gõ 10");
    lan.esc().sees(&first).sees(&second);
    lan.enter().types(&format!("{first} {second}")).enter();
    lan.sees("Đúng rồi").sees("Chưa có tin nào trên máy này");
    lan.sees("CHƯA GỬI 1 phần – nếu gấp hãy gọi 111 / 113");
    lan.does_not_see(&first);
    assert!(lan.phone.reports().unwrap().is_empty());
    assert!(lan.phone.drafts().unwrap().is_empty());
}

#[test]
fn esc_does_not_lose_a_receipt_that_was_not_copied() {
    let pocket = Pocket::new();
    let mut lan = pocket.person();
    lan.reports_quickly().press('b').chooses("Cho xem hai số");
    let [first, _] = numbers(&mut lan);
    lan.esc().sees(&first).sees("Hai số này không hiện lại");
    lan.press('x').does_not_see(&first);
    lan.sees("Biên nhận chưa tới trạm chuyển tiếp nên chưa mở được");
}

#[test]
fn a_mistyped_receipt_is_found_out_before_anybody_is_asked() {
    let pocket = Pocket::new();
    let mut lan = pocket.person();
    lan.press('b').types("0912 345 678").enter();
    lan.sees("Biên nhận có 20 chữ số, bạn gõ 10");
    lan.esc()
        .press('b')
        .types("0912 345 678 111 111 1111")
        .enter();
    lan.sees("Số thứ 2 có đầu số không đúng");
    assert_eq!(lan.phone.reopening(), 0);
}

#[test]
fn a_right_receipt_waits_for_signal() {
    let pocket = Pocket::new();
    let mut lan = pocket.person();
    lan.reports_quickly().press('b').chooses("Cho xem hai số");
    let [first, second] = numbers(&mut lan);
    let other = Pocket::new();
    let mut lan = other.person();
    lan.press('b')
        .types(&first)
        .pastes(&format!(" {second}"))
        .enter();
    lan.sees("Sẽ tìm khi máy có sóng")
        .sees("1 biên nhận đang chờ sóng");
    assert_eq!(lan.phone.reopening(), 1);
    lan.event(Event::Receipts {
        reopened: 0,
        unknown: 1,
    });
    lan.sees("Không có gì cho biên nhận đó");
}

#[test]
fn a_message_is_written_kept_and_shown_as_not_sent() {
    let pocket = Pocket::new();
    let mut lan = pocket.person();
    lan.reports_quickly().press('t');
    lan.key(KeyCode::Tab).sees("Chưa có chữ nào");
    lan.types("Xe vừa đi qua cầu")
        .enter()
        .types("lúc 8 giờ")
        .key(KeyCode::Tab);
    lan.sees("Bạn")
        .sees("chưa gửi")
        .sees("Xe vừa đi qua cầu lúc 8 giờ");
    let id = lan.phone.reports().unwrap()[0].id;
    let page = lan.phone.report(&id).unwrap();
    assert_eq!(page.timeline[0].text, "Xe vừa đi qua cầu\nlúc 8 giờ");
}

#[test]
fn a_message_that_was_left_half_written_is_still_there() {
    let pocket = Pocket::new();
    let mut lan = pocket.person();
    lan.reports_quickly().press('t').types("Xe vừa đi").esc();
    lan.sees("Chưa có tin nhắn nào")
        .press('t')
        .types(" qua cầu");
    lan.sees("Xe vừa đi qua cầu").key(KeyCode::Tab);
    lan.sees("chưa gửi").press('t').does_not_see("Xe vừa đi");
}

#[test]
fn too_long_a_message_is_refused_with_its_limit() {
    let pocket = Pocket::new();
    let mut lan = pocket.person();
    lan.reports_quickly().press('t').types("a");
    lan.pastes(&"x".repeat(2_000));
    lan.sees("Quá dài: 2001 ký tự, tối đa 2000")
        .sees("1 / 2000");
}

#[test]
fn an_answer_is_changed_after_the_report_was_sealed() {
    let pocket = Pocket::new();
    let mut lan = pocket.person();
    lan.reports_quickly().press('c');
    lan.sees("Mỗi câu sửa xong được lưu ngay")
        .does_not_see("Xem lại và gửi");
    lan.chooses("Về người rủ rê").types("bà Tư").enter();
    lan.sees("bà Tư").esc();
    let id = lan.phone.reports().unwrap()[0].id;
    let answers = lan.phone.report(&id).unwrap().answers;
    assert!(answers.get("suspect_info").is_some());
}

#[test]
fn who_wants_a_call_is_told_what_may_go_wrong() {
    let pocket = Pocket::new();
    let mut lan = pocket.person();
    lan.reports_quickly().press('c');
    lan.chooses("Muốn được gọi lại?").chooses("Có");
    lan.chooses("Người khác có dùng chung máy này?")
        .chooses("Có");
    lan.esc();
    lan.sees("chưa ghi số an toàn")
        .sees("có người khác dùng chung");
}

#[test]
fn a_report_is_withdrawn_after_a_second_question() {
    let pocket = Pocket::new();
    let mut lan = pocket.person();
    lan.reports_quickly().press('r');
    lan.sees("Tổng đài vẫn giữ tin và thấy rằng bạn đã rút lại")
        .enter();
    let id = lan.phone.reports().unwrap()[0].id;
    assert!(
        lan.phone.report(&id).unwrap().withdrawal.is_none(),
        "the cursor stands on no"
    );
    lan.press('r').chooses("Rút lại tin này");
    lan.sees("Lời rút lại chưa gửi");
    // Nothing more is written about it.
    lan.press('t').does_not_see("Viết cho tổng đài");
    lan.esc().sees("Đã rút lại");
}

#[test]
fn a_report_is_erased_from_the_phone_after_a_second_question() {
    let pocket = Pocket::new();
    let mut lan = pocket.person();
    lan.reports_quickly()
        .press('x')
        .sees("Phần chưa gửi cũng mất");
    lan.chooses("Xoá khỏi máy này");
    lan.sees("Đã xoá khỏi máy này.")
        .sees("Chưa có tin nào trên máy này");
    assert!(lan.phone.reports().unwrap().is_empty());
}

#[test]
fn somebody_comes_in_and_the_phone_is_gone_at_once() {
    let pocket = Pocket::new();
    let leaves = |act: fn(&mut Person) -> &mut Person| act(&mut pocket.person()).has_left();
    assert!(leaves(|lan| lan.press('q')));
    assert!(leaves(|lan| lan.press('d').press('q')));
    assert!(leaves(|lan| lan.esc_after(900).esc_after(300)));
    assert!(leaves(|lan| {
        let lan = lan.press('d').chooses("Về người").types("x");
        lan.esc_after(900).esc_after(300)
    }));
    assert!(leaves(|lan| lan
        .press('d')
        .chooses("Về người")
        .control('c')));
    // Slowly, Esc only goes back; and a q in a text is a letter.
    assert!(!leaves(|lan| lan.esc_after(900).esc_after(900)));
    assert!(!leaves(|lan| lan
        .press('d')
        .chooses("Về người")
        .types("quán q")));
}

#[test]
fn signal_is_switched_and_the_line_is_told_apart_from_it() {
    let pocket = Pocket::new();
    let mut lan = pocket.person();
    lan.sees("○ Không sóng").press('s').sees("● Có sóng");
    assert!(matches!(lan.effects.last(), Some(Effect::Signal(true))));
    lan.event(Event::Line(Line::Bad(PhoneError::Offline)));
    lan.sees("Có sóng, chưa tới được tổng đài");
    lan.event(Event::Line(Line::Good))
        .does_not_see("chưa tới được");
    lan.press('s').sees("○ Không sóng");
    assert!(matches!(lan.effects.last(), Some(Effect::Signal(false))));
}

#[test]
fn every_screen_can_be_drawn_at_every_size() {
    let pocket = Pocket::new();
    for lang in Lang::ALL {
        let mut lan = Person::with(pocket.open(), lang, 80, 24);
        let walk: [&[KeyCode]; 8] = [
            &[],
            &[KeyCode::Char('n'), KeyCode::Down],
            &[KeyCode::Enter],
            &[KeyCode::Tab],
            &[
                KeyCode::Esc,
                KeyCode::Char('d'),
                KeyCode::Down,
                KeyCode::Enter,
            ],
            &[KeyCode::Esc, KeyCode::Char('g'), KeyCode::Enter],
            &[KeyCode::Esc, KeyCode::Esc, KeyCode::Esc, KeyCode::Char('b')],
            &[KeyCode::Char('1')],
        ];
        for keys in walk {
            for key in keys {
                lan.key(*key);
            }
            for (columns, rows) in [
                (1, 1),
                (2, 2),
                (10, 3),
                (20, 5),
                (60, 10),
                (60, 24),
                (200, 60),
            ] {
                lan.resize(columns, rows).screen();
            }
        }
    }
}

#[test]
fn sixty_columns_cut_no_words() {
    let pocket = Pocket::new();
    for lang in Lang::ALL {
        let mut lan = Person::with(pocket.open(), lang, 60, 24);
        let screen = lan.screen();
        assert!(screen.contains("111") && screen.contains("113"), "{screen}");
        let last = screen.lines().last().unwrap_or_default();
        assert!(
            last.contains('q'),
            "the way out is in the footer:\n{screen}"
        );
        assert!(screen.lines().all(|line| line.chars().count() <= 60));
    }
}
