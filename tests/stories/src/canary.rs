//! The marked sentences. They mean nothing and stand nowhere else.

/// Written into a form.
pub const IN_THE_FORM: &str = "con yến trắng đếm bảy vỏ ốc ở bến phà cũ 58213";
/// Written as a message by the reporter.
pub const IN_A_MESSAGE: &str = "chiếc đèn lồng vỡ treo trên cây gạo thứ chín 64097";
/// Written by a counsellor.
pub const IN_AN_ANSWER: &str = "mười hai hạt sen khô nằm trong ống bút tre 31846";
/// Refused before it was kept anywhere.
pub const IN_A_MISTAKE: &str = "quả chuông nứt vọng qua năm ngọn đồi chè 97520";

/// All of them.
pub const ALL: [&str; 4] = [IN_THE_FORM, IN_A_MESSAGE, IN_AN_ANSWER, IN_A_MISTAKE];
