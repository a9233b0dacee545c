//! Somebody reports what they saw, far from any signal.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "tests may panic"
)]

mod common;

use common::{NOW, Person, Pocket, bytes_under};
use crossterm::event::KeyCode;
use loive_documents::Value;
use loive_strings::Lang;
use loive_terminal::Effect;

#[test]
fn a_farmer_without_signal_answers_three_questions_and_sees_that_nothing_was_sent() {
    let pocket = Pocket::new();
    let mut lan = pocket.person();
    lan.sees("gọi 113")
        .sees("Cần tư vấn: 111")
        .sees("Không sóng");
    lan.reports_quickly();
    lan.sees("CHƯA GỬI – nếu gấp hãy gọi 111 / 113")
        .sees("Kết hôn · Xã Đồng Văn, Tuyên Quang")
        .sees("Trên máy này")
        .sees("Tổng đài đã mở");
    lan.esc();
    lan.sees("TIN ĐÃ BÁO")
        .sees("●─○─○─○ Trên máy này")
        .sees("CHƯA GỬI – nếu gấp hãy gọi 111 / 113")
        .does_not_see("BẢN NHÁP");
    assert!(
        lan.effects
            .iter()
            .any(|effect| matches!(effect, Effect::Wake))
    );
}

#[test]
fn the_emergency_numbers_come_first_where_somebody_is_in_danger() {
    let pocket = Pocket::new();
    let mut lan = pocket.person();
    lan.press('n').chooses("Có");
    lan.sees("ĐANG NGUY HIỂM: gọi 113 ngay");
    // The other two questions can wait: it goes with Tab and Enter.
    lan.key(KeyCode::Tab);
    lan.sees("Xem lại trước khi gửi")
        .sees("ĐANG NGUY HIỂM: gọi 113 ngay")
        .sees("được chuyển đi mà không cần hỏi bạn");
    lan.enter();
    lan.sees("CHƯA GỬI – nếu gấp hãy gọi 111 / 113");
    lan.esc();
    lan.sees("Tin báo ●─○─○─○ Trên máy này");
}

#[test]
fn a_report_without_its_three_answers_names_what_is_missing() {
    let pocket = Pocket::new();
    let mut lan = pocket.person();
    lan.press('n').chooses("Không rõ");
    lan.key(KeyCode::Tab);
    lan.sees("Còn thiếu các câu này mới gửi được")
        .sees("○ Ở đâu")
        .sees("○ Giống việc gì nhất?")
        .does_not_see("Gửi tin báo");
    lan.chooses("Ở đâu").types("abroad");
    lan.sees("Không có nơi nào tên như vậy");
    for _ in 0.."abroad".len() {
        lan.key(KeyCode::Backspace);
    }
    lan.chooses("Ở nước ngoài");
    lan.sees("Xem lại trước khi gửi").does_not_see("○ Ở đâu");
    lan.chooses("Giống việc gì nhất?").press(' ').enter();
    lan.sees("Gửi tin báo").does_not_see("Còn thiếu");
}

#[test]
fn a_place_is_found_without_marks_by_its_old_name_and_by_its_province() {
    let pocket = Pocket::new();
    let mut lan = pocket.person();
    lan.press('n').chooses("Không");
    lan.types("ha giang");
    lan.sees("Tuyên Quang (trước là Hà Giang)");
    lan.chooses("trước là Hà Giang");
    lan.sees("Tuyên Quang, chưa rõ xã, phường").types("lung cu");
    lan.sees("Xã Lũng Cú").does_not_see("Xã Đồng Văn");
    lan.enter();
    lan.sees("Giống việc gì nhất?");
    // Back again, what was chosen is there.
    lan.esc();
    lan.sees("Đang chọn: Xã Lũng Cú, Tuyên Quang");
}

#[test]
fn questions_open_and_close_with_the_answers() {
    let pocket = Pocket::new();
    let mut lan = pocket.person();
    lan.press('d').resize(100, 90);
    lan.sees("Muốn được gọi lại?").does_not_see("Số an toàn");
    lan.chooses("Muốn được gọi lại?").chooses("Có");
    lan.sees("Số an toàn")
        .sees("Ngày gọi được")
        .sees("Từ để nhận ra nhau");
    lan.chooses("Số an toàn").types("0912 345 678").enter();
    lan.sees("0912 345 678");
    lan.chooses("Gọi được từ giờ").types("19h30").enter();
    lan.sees("19:30");
    lan.chooses("Muốn được gọi lại?").chooses("Không");
    lan.does_not_see("Số an toàn").does_not_see("0912 345 678");
    lan.chooses("Muốn được gọi lại?").key(KeyCode::Up);
    lan.enter();
    lan.sees("0912 345 678").sees("19:30");
}

#[test]
fn the_cursor_goes_on_to_the_next_question() {
    let pocket = Pocket::new();
    let mut lan = pocket.person();
    lan.press('d')
        .chooses("Bạn là ai trong chuyện này?")
        .enter();
    lan.finds("Tôi muốn giấu tên");
    let screen = lan.screen();
    let row = screen.lines().find(|line| line.contains('▸')).unwrap();
    assert!(row.contains("Tôi muốn giấu tên"), "{screen}");
}

#[test]
fn what_is_no_number_and_no_time_is_said_and_not_kept() {
    let pocket = Pocket::new();
    let mut lan = pocket.person();
    lan.press('d').chooses("Muốn được gọi lại?").chooses("Có");
    lan.chooses("Số an toàn").types("gọi chị Tư").enter();
    lan.sees("Chưa phải số điện thoại");
    lan.esc().chooses("Gọi được đến giờ").types("25h").enter();
    lan.sees("Chưa phải giờ");
    let draft = lan.phone.drafts().unwrap()[0].id;
    let answers = lan.phone.draft_view(draft).unwrap().answers;
    assert!(answers.get("safe_phone").is_none() && answers.get("safe_to").is_none());
}

#[test]
fn a_pasted_novel_is_refused_and_what_was_written_stays() {
    let pocket = Pocket::new();
    let mut lan = pocket.person();
    lan.press('d').chooses("Về người rủ rê").types("bà Tư");
    lan.pastes(&"ă".repeat(100_000));
    lan.sees("Quá dài: 100005 ký tự, tối đa 500")
        .sees("bà Tư")
        .sees("5 / 500");
    lan.pastes(", xe 29B");
    lan.sees("bà Tư, xe 29B").does_not_see("Quá dài");
}

#[test]
fn the_terminal_is_killed_in_the_middle_of_a_word_and_the_draft_is_there() {
    let pocket = Pocket::new();
    let mut lan = pocket.person();
    lan.press('d').chooses("Lúc này có ai").chooses("Không");
    lan.chooses("Về người rủ rê").types("xe khách biển s");
    // Nothing is closed, nothing is said: the program is simply gone.
    drop(lan);
    let mut lan = pocket.person();
    lan.sees("BẢN NHÁP, CHƯA GỬI").sees("2 câu đã trả lời");
    lan.chooses("Viết cách đây");
    lan.chooses("Về người rủ rê");
    lan.sees("xe khách biển s").types("ố 29B");
    lan.sees("xe khách biển số 29B");
}

#[test]
fn a_draft_that_was_only_opened_leaves_nothing_behind() {
    let pocket = Pocket::new();
    let mut lan = pocket.person();
    lan.press('d').esc();
    lan.does_not_see("BẢN NHÁP");
    assert!(lan.phone.drafts().unwrap().is_empty());
}

#[test]
fn a_draft_that_nobody_touches_for_three_days_goes_and_the_screen_with_it() {
    let pocket = Pocket::new();
    let mut lan = pocket.person();
    lan.press('n').chooses("Không").esc().esc();
    lan.sees("BẢN NHÁP, CHƯA GỬI");
    // The phone must see the time pass: a clock alone proves nothing.
    for day in 1..=4 {
        pocket.clock.set(NOW + day * 86_400);
        for _ in 0..60 {
            lan.event(loive_terminal::Event::Tick);
        }
    }
    lan.does_not_see("BẢN NHÁP, CHƯA GỬI");
}

#[test]
fn signs_give_a_level_in_words_and_never_a_percentage() {
    let pocket = Pocket::new();
    let mut lan = pocket.person();
    lan.press('d').chooses("Bạn thấy dấu hiệu nào?");
    lan.sees("Xem thêm 30 dấu hiệu");
    lan.chooses("Xem thêm 30 dấu hiệu");
    lan.finds("tiền chuộc").press(' ').enter();
    lan.press('g').chooses("Xem mức cảnh báo");
    lan.sees("Có dấu hiệu nguy cấp. Gọi 113 nếu đang nguy hiểm, gọi 111 ngay.")
        .sees("Chỉ cơ quan có thẩm quyền mới xác định nạn nhân")
        .does_not_see("%")
        .does_not_see("là nạn nhân");
}

#[test]
fn without_signs_the_ten_checks_are_shown_and_nothing_is_called_fine() {
    let pocket = Pocket::new();
    let mut lan = pocket.person();
    lan.press('n').chooses("Không").key(KeyCode::Tab);
    lan.chooses("Xem mức cảnh báo").resize(80, 40);
    lan.sees("Chưa thấy dấu hiệu rõ; vẫn kiểm tra 10 mục")
        .sees("10. Thuộc 111, 113")
        .sees("Chỉ cơ quan có thẩm quyền mới xác định nạn nhân")
        .does_not_see("ổn");
}

#[test]
fn a_draft_is_deleted_only_after_a_second_question() {
    let pocket = Pocket::new();
    let mut lan = pocket.person();
    lan.press('d')
        .chooses("Về người rủ rê")
        .types("bà Tư ở bến xe")
        .key(KeyCode::Tab);
    lan.press('g').chooses("Xoá bản nháp này");
    // The cursor stands on "no".
    lan.enter().sees("Xem lại trước khi gửi");
    lan.chooses("Xoá bản nháp này").chooses("Xoá bản nháp");
    lan.sees("Đã xoá bản nháp.")
        .does_not_see("BẢN NHÁP, CHƯA GỬI");
    assert!(lan.phone.drafts().unwrap().is_empty());
}

#[test]
fn a_visitor_reads_the_same_story_in_english() {
    let pocket = Pocket::new();
    let mut ann = Person::with(pocket.open(), Lang::En, 80, 24);
    ann.sees("If someone is in danger, call 113")
        .sees("No signal");
    ann.press('n').chooses("No").types("ha noi").enter();
    ann.sees("Hanoi City, commune not known").enter();
    ann.sees("Looks most like").press(' ').enter();
    ann.sees("Only the hotline's counsellors")
        .chooses("Send the report");
    ann.sees("NOT SENT – if urgent, call 111 / 113");
    // And changes the language where she stands.
    ann.press('l').sees("CHƯA GỬI – nếu gấp hãy gọi 111 / 113");
}

#[test]
fn no_file_holds_a_word_of_what_was_written() {
    let pocket = Pocket::new();
    let mut lan = pocket.person();
    lan.press('d')
        .chooses("Về người rủ rê")
        .types("biensoxe29B")
        .key(KeyCode::Tab);
    lan.chooses("Lúc này có ai").chooses("Có");
    lan.press('g').chooses("Gửi tin báo");
    assert_eq!(lan.phone.reports().unwrap().len(), 1);
    let needle = b"biensoxe29B";
    let bytes = bytes_under(&pocket.path());
    assert!(!bytes.windows(needle.len()).any(|window| window == needle));
}

#[test]
fn answers_are_kept_as_they_were_chosen() {
    let pocket = Pocket::new();
    let mut lan = pocket.person();
    lan.press('d').chooses("Họ là");
    lan.finds("Bé gái").press(' ').finds("Phụ nữ");
    lan.key(KeyCode::Home).press(' ').enter();
    lan.chooses("Bao nhiêu người?").press('2');
    let draft = lan.phone.drafts().unwrap()[0].id;
    let answers = lan.phone.draft_view(draft).unwrap().answers;
    let both = Value::Multi(vec!["woman".into(), "girl_u18".into()]);
    assert!(answers.get("who_involved") == Some(&both));
    assert!(answers.get("how_many") == Some(&Value::Single("2-5".into())));
    // And taken away again.
    lan.finds("Bao nhiêu người?").key(KeyCode::Delete);
    lan.sees("Đã xoá câu trả lời.");
    assert!(
        lan.phone
            .draft_view(draft)
            .unwrap()
            .answers
            .get("how_many")
            .is_none()
    );
}
