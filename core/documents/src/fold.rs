//! Text as people search it: small letters, no marks, đ as d.
//!
//! `SQLite`'s `unicode61 remove_diacritics 2` does not fold đ, so both sides of
//! a search are folded here.

/// Folds a text for searching: "Đồng Văn" and "dong van" become the same.
///
/// Works on composed and on decomposed text, which some keyboards write.
pub fn fold(text: &str) -> String {
    text.chars()
        .flat_map(char::to_lowercase)
        .filter(|c| !is_mark(*c))
        .map(base)
        .collect()
}

/// What a folded word sounds like, roughly: the letters that people confuse when
/// they write by ear become one.
///
/// `s` and `x`, `ch` and `tr`, `d`, `gi` and `r`, a leading `l` and `n`, `c`, `k` and `q`,
/// `i` and `y`, and the silent `h` of `ngh` and `gh`.
pub fn sound(word: &str) -> String {
    const HEADS: [(&str, &str); 11] = [
        ("ngh", "ng"),
        ("gh", "g"),
        ("gi", "d"),
        ("tr", "ch"),
        ("r", "d"),
        ("x", "s"),
        ("l", "n"),
        ("qu", "cu"),
        ("kh", "kh"),
        ("k", "c"),
        ("q", "c"),
    ];
    let (head, rest) = HEADS
        .iter()
        .find_map(|(from, to)| Some((*to, word.strip_prefix(from)?)))
        .unwrap_or(("", word));
    format!("{head}{}", rest.replace('y', "i"))
}

/// The words of a folded text: its runs of letters and digits.
pub fn words(folded: &str) -> impl Iterator<Item = &str> {
    folded
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
}

fn is_mark(c: char) -> bool {
    ('\u{300}'..='\u{36f}').contains(&c)
}

fn base(c: char) -> char {
    match c {
        'à' | 'á' | 'ả' | 'ã' | 'ạ' | 'ă' | 'ằ' | 'ắ' | 'ẳ' | 'ẵ' | 'ặ' | 'â' | 'ầ' | 'ấ' | 'ẩ'
        | 'ẫ' | 'ậ' => 'a',
        'è' | 'é' | 'ẻ' | 'ẽ' | 'ẹ' | 'ê' | 'ề' | 'ế' | 'ể' | 'ễ' | 'ệ' => 'e',
        'ì' | 'í' | 'ỉ' | 'ĩ' | 'ị' => 'i',
        'ò' | 'ó' | 'ỏ' | 'õ' | 'ọ' | 'ô' | 'ồ' | 'ố' | 'ổ' | 'ỗ' | 'ộ' | 'ơ' | 'ờ' | 'ớ' | 'ở'
        | 'ỡ' | 'ợ' => 'o',
        'ù' | 'ú' | 'ủ' | 'ũ' | 'ụ' | 'ư' | 'ừ' | 'ứ' | 'ử' | 'ữ' | 'ự' => 'u',
        'ỳ' | 'ý' | 'ỷ' | 'ỹ' | 'ỵ' => 'y',
        'đ' => 'd',
        _ => c,
    }
}

#[cfg(test)]
mod tests {
    use super::fold;

    #[test]
    fn a_person_without_a_vietnamese_keyboard_finds_every_letter() {
        assert_eq!(fold("Đắk Lắk, Thừa Thiên Huế"), "dak lak, thua thien hue");
        assert_eq!(fold("MUA BÁN NGƯỜI"), "mua ban nguoi");
        let letters = "àáảãạăằắẳẵặâầấẩẫậèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵđ";
        assert!(fold(letters).is_ascii());
        assert!(fold(&letters.to_uppercase()).is_ascii());
    }

    #[test]
    fn words_that_sound_alike_are_found_by_ear() {
        for (written, heard) in [
            ("trung", "chung"),
            ("xuat", "suat"),
            ("giay", "day"),
            ("rang", "dang"),
        ] {
            assert_eq!(super::sound(written), super::sound(heard));
        }
        assert_eq!(super::sound("nghi"), super::sound("ngi"));
        assert_ne!(super::sound("khu"), super::sound("cu"));
        assert_eq!(super::sound("113"), "113");
    }

    #[test]
    fn decomposed_text_folds_like_composed_text() {
        assert_eq!(fold("Vie\u{323}\u{302}t Tri\u{300}"), fold("Việt Trì"));
        assert_eq!(fold("o\u{31b}\u{300}"), fold("ờ"));
    }
}
