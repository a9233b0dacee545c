use loive_documents::library::markup::Markup;

/// The words of a block: any text becomes something, and no word of it is lost
/// or made up.
pub fn markup_text(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    let markup = Markup::parse(text);
    let shown: usize = markup
        .runs()
        .flatten()
        .map(|inline| inline.text().chars().count())
        .sum();
    assert!(shown <= text.chars().count(), "words out of nothing");
}
