//! The hotline publishes its library, and phones read it.

use std::path::{Path, PathBuf};

use loive_client::{LibraryQuery, Phone};
use loive_content::Source;
use loive_documents::library::Kind;
use loive_protocol::{Bundle, ReleaseFile, Wire as _};
use loive_server::desk::Desk;
use loive_server::desk::library::LibraryError;
use loive_stories::{Handset, World, eventually};

/// What the repository publishes.
pub(super) fn content() -> Source {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../content");
    Source::read(Path::new(&folder)).expect("content/ is in its form")
}

pub(super) fn release(world: &World, desk: &Desk, note: &str) -> u32 {
    desk.build_release(note).expect("something has changed");
    let (key, certificate) = world.folder().publishing(None).expect("init made the key");
    desk.sign_release(&key, &certificate, &[])
        .expect("phones will believe it");
    desk.publish_release().expect("it is signed")
}

/// Syncs until the phone shows a release.
pub(super) async fn gets(phone: &Handset, release: u32) {
    eventually("the phone shows the release", async || {
        phone.phone().look_for_library().expect("a row is written");
        phone.sync().await;
        let standing = phone.phone().library().expect("the store is open");
        (standing.release == Some(release)).then_some(())
    })
    .await;
}

fn title(phone: &Phone, id: &str) -> String {
    let page = phone.library_item(id, "vi").expect("it is there");
    page.line.title
}

#[tokio::test(flavor = "multi_thread")]
async fn the_library_goes_from_text_files_to_a_phone_and_drafts_stay_behind() {
    let world = World::new().await;
    let desk = world.desk();
    let source = content();
    let documents = source.documents();
    let written = desk.import_library(&documents).expect("it fits");
    assert_eq!(written.changed, documents.len());
    assert_eq!(
        desk.import_library(&documents).expect("it fits").changed,
        0,
        "the same twice writes nothing"
    );
    let first = release(&world, desk, "the first");
    assert_eq!(
        desk.build_release("again"),
        Err(LibraryError::Unchanged(first))
    );

    let lan = world.handset();
    gets(&lan, first).await;
    let phone = lan.phone();
    let home = phone.library_home("vi", None).expect("it is read");
    assert!(!home.doors.is_empty());
    assert!(home.doors.iter().all(|door| !door.lines.is_empty()));
    let of_kind = |kind| {
        let query = LibraryQuery {
            kind: Some(kind),
            ..LibraryQuery::default()
        };
        phone.library_list(&query, "vi").expect("it is read").len()
    };
    let articles = source
        .items
        .iter()
        .filter(|item| item.kind == Kind::Article);
    assert_eq!(of_kind(Kind::Article), articles.count());
    assert_eq!(of_kind(Kind::Quiz), source.quizzes.len());

    // Every word of a draft is in no byte that leaves the desk.
    let file = desk.release_file().expect("it is published");
    let file = ReleaseFile::from_bytes(&file).expect("our own file");
    let bundle = Bundle::unpack(&file.pack).expect("our own pack").to_bytes();
    let drafts = source.items.iter().flat_map(|item| {
        let ids = item
            .blocks
            .iter()
            .filter(|block| !block.class.is_published());
        ids.flat_map(|block| {
            let texts = item.translations.values();
            texts.flat_map(|words| words.blocks.iter().filter(|text| text.id == block.id))
        })
    });
    let mut count = 0;
    for draft in drafts {
        let words = draft.text.trim().as_bytes();
        assert!(
            !bundle.windows(words.len()).any(|part| part == words),
            "a draft went out"
        );
        count += 1;
    }
    assert!(count > 0, "there are drafts to look for");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_correction_and_a_step_back_are_small_new_releases() {
    let mut world = World::new().await;
    let desk = world.desk();
    desk.import_library(&content().documents())
        .expect("it fits");
    let first = release(&world, desk, "the first");
    let lan = world.handset();
    gets(&lan, first).await;
    let before = title(lan.phone(), "a09");
    let fetched = || {
        lan.phone()
            .library()
            .expect("the store is open")
            .bytes_fetched
    };
    let whole = fetched();

    let corrected = desk.edit_library("a09", "title.vi", Some("Lời mời quá tốt"));
    assert_eq!(corrected, Ok(true));
    let second = release(&world, desk, "a better title");
    gets(&lan, second).await;
    assert_eq!(title(lan.phone(), "a09"), "Lời mời quá tốt");
    assert!(
        fetched() - whole < 1_000,
        "{} of {whole}",
        fetched() - whole
    );

    // Back to the first words: phones go forward to a third release.
    assert_eq!(desk.restore_release(first), Ok(1));
    let third = release(&world, desk, "as the first");
    assert!(third > second);
    // The relay keeps what it hands out.
    world.restart().await;
    gets(&lan, third).await;
    assert_eq!(title(lan.phone(), "a09"), before);
    let history = world.desk().release_history().expect("it is read");
    assert_eq!(history.len(), 3);
    assert!(history.iter().all(|release| release.published_at.is_some()));
    world.end().await;
}
