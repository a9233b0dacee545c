use loive_protocol::Receipt;

/// What somebody types from a scrap of paper.
pub fn receipt(bytes: &[u8]) {
    let Ok(typed) = core::str::from_utf8(bytes) else {
        return;
    };
    let Ok(receipt) = Receipt::from_typed(typed) else {
        return;
    };
    let digits = |text: &str| -> String { text.chars().filter(char::is_ascii_digit).collect() };
    let shown = receipt.numbers().join("\n");
    assert!(digits(&shown) == digits(typed), "other digits than typed");
    assert!(Receipt::from_typed(&shown).is_ok_and(|again| again == receipt));
}
