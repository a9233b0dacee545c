//! The program as a volunteer starts it.
#![expect(clippy::unwrap_used, reason = "tests may panic")]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

const CONTENT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

fn run(content: &str, out: &Path, words: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_loive-print"));
    command
        .args(words)
        .args(["--content", content, "--out"])
        .arg(out);
    command.output().unwrap()
}

fn error(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

#[test]
fn a_volunteer_makes_a_card_and_a_leaflet() {
    let out = tempfile::tempdir().unwrap();
    let folder = out.path().join("new");
    let made = run(CONTENT, &folder, &["cards", "a09", "--lang", "all"]);
    assert!(made.status.success(), "{}", error(&made));
    assert!(String::from_utf8_lossy(&made.stdout).starts_with("2 files in "));
    let made = run(CONTENT, &folder, &["leaflet", "q3", "--lang", "vi"]);
    assert!(made.status.success(), "{}", error(&made));
    let mut names: Vec<String> = fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert_eq!(
        names,
        ["a09.en.card.png", "a09.vi.card.png", "q3.vi.leaflet.pdf"]
    );
    let card = fs::read(folder.join("a09.vi.card.png")).unwrap();
    assert!(card.starts_with(b"\x89PNG"));
}

#[test]
fn what_is_asked_for_wrongly_is_said_in_one_sentence_and_makes_nothing() {
    let out = tempfile::tempdir().unwrap();
    for (words, says) in [
        (&["cards", "a09", "a99"][..], "the library has no \"a99\""),
        (&["cards", "k_t1"], "k_t1 cannot be made into a card"),
        (&["kit", "a09"], "a09 cannot be made into a kit"),
        (&["poster", "../a09"], "the library has no"),
    ] {
        let refused = run(CONTENT, out.path(), words);
        assert_eq!(refused.status.code(), Some(2), "{words:?}");
        let text = error(&refused);
        assert!(text.contains(says), "{text}");
        assert_eq!(text.lines().count(), 1, "{text}");
    }
    let refused = run(CONTENT, out.path(), &["cards", "--lang", "fr"]);
    assert_eq!(refused.status.code(), Some(2));
    assert_eq!(fs::read_dir(out.path()).unwrap().count(), 0);
}

#[test]
fn a_folder_that_is_not_there_or_cannot_be_written_is_named() {
    let out = tempfile::tempdir().unwrap();
    let nowhere = out.path().join("nowhere");
    let refused = run(nowhere.to_str().unwrap(), out.path(), &["cards", "a09"]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(error(&refused).contains("--content"), "{}", error(&refused));
    let file = out.path().join("file");
    fs::write(&file, "in the way").unwrap();
    let refused = run(CONTENT, &file, &["cards", "a09", "--lang", "vi"]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(error(&refused).contains("--out"), "{}", error(&refused));
}

#[test]
fn a_library_that_may_not_be_published_is_not_printed() {
    let content = tempfile::tempdir().unwrap();
    for name in [
        "topics.toml",
        "sources.toml",
        "terms.toml",
        "directory.toml",
    ] {
        fs::copy(Path::new(CONTENT).join(name), content.path().join(name)).unwrap();
    }
    let refused = run(content.path().to_str().unwrap(), content.path(), &["all"]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(
        error(&refused).contains("loive-content check"),
        "{}",
        error(&refused)
    );
}

#[test]
fn help_names_every_form() {
    let help = Command::new(env!("CARGO_BIN_EXE_loive-print"))
        .arg("--help")
        .output()
        .unwrap();
    assert!(help.status.success());
    let text = String::from_utf8(help.stdout).unwrap();
    for form in ["cards", "leaflet", "poster", "kit", "all"] {
        assert!(text.contains(form), "{text}");
    }
}
