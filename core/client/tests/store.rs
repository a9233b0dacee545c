//! The store: keys, PINs, damage, and copies.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "tests may panic"
)]

mod common;

use std::fs;
use std::path::{Path, PathBuf};

use common::{Hotline, NOW, WORDS, filled_draft, phone, request, text};
use loive_client::{
    KeyProvider, KeyUnavailable, Lock, ManualClock, MemoryKeys, OpenOutcome, Phone, PhoneError,
    Pin, Problem, Rejection,
};

fn locked(why: Lock) -> PhoneError {
    PhoneError::Locked { why }
}

fn open(dir: &Path, hotline: &Hotline, pin: Option<&str>) -> Result<Phone, PhoneError> {
    let mut request = request(dir, hotline.card(), &ManualClock::at(NOW));
    request.pin = pin.map(Pin::new);
    Phone::open(request)
}

#[test]
fn a_store_opens_again_with_everything_in_it() {
    let dir = tempfile::tempdir().unwrap();
    let hotline = Hotline::new();
    let first = open(dir.path(), &hotline, None).unwrap();
    assert_eq!(first.outcome(), &OpenOutcome::New);
    let draft = filled_draft(&first);
    let id = first.submit(filled_draft(&first)).unwrap();
    drop(first);
    let again = open(dir.path(), &hotline, None).unwrap();
    assert_eq!(again.outcome(), &OpenOutcome::Opened);
    let view = again.draft_view(draft).unwrap();
    assert_eq!(view.answers.get("suspect_info"), Some(&text(WORDS)));
    assert!(again.report(&id).is_ok());
}

#[test]
fn another_key_opens_nothing_and_harms_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let hotline = Hotline::new();
    filled_draft(&open(dir.path(), &hotline, None).unwrap());
    let mut other = request(dir.path(), hotline.card(), &ManualClock::at(NOW));
    other.keys = MemoryKeys::new([8; 32]);
    assert_eq!(Phone::open(other).unwrap_err(), locked(Lock::WrongKey));
    assert_eq!(
        open(dir.path(), &hotline, None)
            .unwrap()
            .drafts()
            .unwrap()
            .len(),
        1
    );
}

#[test]
fn a_keystore_that_gives_no_key_says_so() {
    struct Shut;
    impl KeyProvider for Shut {
        fn key(&self) -> Result<zeroize::Zeroizing<[u8; 32]>, KeyUnavailable> {
            Err(KeyUnavailable)
        }
    }
    let dir = tempfile::tempdir().unwrap();
    let hotline = Hotline::new();
    let mut request = request(dir.path(), hotline.card(), &ManualClock::at(NOW));
    request.keys = std::sync::Arc::new(Shut);
    assert_eq!(Phone::open(request).unwrap_err(), locked(Lock::NoKey));
}

#[test]
fn a_pin_is_set_changed_and_removed() {
    let dir = tempfile::tempdir().unwrap();
    let hotline = Hotline::new();
    let phone = open(dir.path(), &hotline, None).unwrap();
    let draft = filled_draft(&phone);
    assert!(!phone.has_pin());
    let invalid = |reason| PhoneError::Invalid {
        field: "pin".into(),
        reason,
    };
    assert_eq!(
        phone.set_pin(&Pin::new("123")),
        Err(invalid(Problem::TooShort { limit: 4, found: 3 }))
    );
    phone.set_pin(&Pin::new("mật khẩu 1")).unwrap();
    assert!(phone.has_pin());
    assert!(phone.draft_view(draft).is_ok(), "it stays open");
    drop(phone);

    let wrong = |pin| open(dir.path(), &hotline, pin).unwrap_err();
    assert_eq!(wrong(None), locked(Lock::PinNeeded));
    for _ in 0..20 {
        // However often: the store is never harmed.
        assert_eq!(wrong(Some("0000")), locked(Lock::WrongPin));
    }
    let phone = open(dir.path(), &hotline, Some("mật khẩu 1")).unwrap();
    phone.set_pin(&Pin::new("2468")).unwrap();
    drop(phone);
    assert_eq!(wrong(Some("mật khẩu 1")), locked(Lock::WrongPin));
    let phone = open(dir.path(), &hotline, Some("2468")).unwrap();
    phone.remove_pin().unwrap();
    drop(phone);
    let phone = open(dir.path(), &hotline, None).unwrap();
    let view = phone.draft_view(draft).unwrap();
    assert_eq!(view.answers.get("suspect_info"), Some(&text(WORDS)));
}

#[test]
fn no_page_stays_readable_under_the_old_key() {
    let dir = tempfile::tempdir().unwrap();
    let hotline = Hotline::new();
    let phone = open(dir.path(), &hotline, None).unwrap();
    filled_draft(&phone);
    phone.set_pin(&Pin::new("1357")).unwrap();
    let key = loive_cipher::StoreKey::from_bytes([7; 32]);
    assert!(loive_cipher::dump_plaintext(&dir.path().join("phone.db"), &key).is_err());
}

#[test]
fn a_store_without_its_header_still_opens() {
    for pin in [None, Some("2468")] {
        let dir = tempfile::tempdir().unwrap();
        let hotline = Hotline::new();
        filled_draft(&open(dir.path(), &hotline, pin).unwrap());
        let header = dir.path().join("phone.db.meta");
        for damage in [Vec::new(), b"LVKM nonsense".to_vec()] {
            fs::write(&header, damage).unwrap();
            let again = open(dir.path(), &hotline, pin).unwrap();
            assert_eq!(again.outcome(), &OpenOutcome::Opened);
            assert_eq!(again.drafts().unwrap().len(), 1);
            drop(again);
        }
        fs::remove_file(&header).unwrap();
        if pin.is_some() {
            assert!(open(dir.path(), &hotline, Some("9999")).is_err());
        }
        assert!(open(dir.path(), &hotline, pin).is_ok());
        assert!(header.exists());
    }
}

/// Damages a closed store in many ways; each time it must be set aside whole,
/// and a new one begun.
#[test]
fn a_damaged_store_is_set_aside_and_reported() {
    let original = tempfile::tempdir().unwrap();
    let hotline = Hotline::new();
    {
        let phone = open(original.path(), &hotline, None).unwrap();
        filled_draft(&phone);
        phone.suspend().unwrap();
    }
    let whole = fs::read(original.path().join("phone.db")).unwrap();
    let header = fs::read(original.path().join("phone.db.meta")).unwrap();

    let mut damaged: Vec<Vec<u8>> = [17, 100, 4_100, whole.len() / 2, whole.len() - 1]
        .into_iter()
        .map(|place| {
            let mut bytes = whole.clone();
            bytes[place] ^= 0x10;
            bytes
        })
        .collect();
    damaged.extend([1, 1_000, 4_096, whole.len() - 4_096].map(|len| whole[..len].to_vec()));
    for bytes in damaged {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("phone.db"), &bytes).unwrap();
        fs::write(dir.path().join("phone.db.meta"), &header).unwrap();
        let phone = open(dir.path(), &hotline, None).unwrap();
        let OpenOutcome::SetAside { path } = phone.outcome() else {
            panic!("{} bytes: {:?}", bytes.len(), phone.outcome());
        };
        assert_eq!(fs::read(path).unwrap().len(), bytes.len());
        assert!(phone.drafts().unwrap().is_empty());
        // The new one works, and is not set aside the next time.
        filled_draft(&phone);
        drop(phone);
        let again = open(dir.path(), &hotline, None).unwrap();
        assert_eq!(again.outcome(), &OpenOutcome::Opened);
    }
}

#[test]
fn a_store_that_vanished_is_not_passed_over_in_silence() {
    let dir = tempfile::tempdir().unwrap();
    let hotline = Hotline::new();
    let phone = open(dir.path(), &hotline, None).unwrap();
    filled_draft(&phone);
    phone.suspend().unwrap();
    fs::write(dir.path().join("phone.db"), b"").unwrap();
    let phone = open(dir.path(), &hotline, None).unwrap();
    assert_eq!(phone.outcome(), &OpenOutcome::Lost);
}

#[test]
fn a_damaged_store_with_a_pin_is_told_from_a_wrong_pin() {
    let dir = tempfile::tempdir().unwrap();
    let hotline = Hotline::new();
    open(dir.path(), &hotline, Some("2468"))
        .unwrap()
        .suspend()
        .unwrap();
    let path = dir.path().join("phone.db");
    let mut bytes = fs::read(&path).unwrap();
    bytes[200] ^= 1;
    fs::write(&path, &bytes).unwrap();
    assert_eq!(
        open(dir.path(), &hotline, Some("1111")).unwrap_err(),
        locked(Lock::WrongPin),
        "nobody without the PIN moves it"
    );
    let phone = open(dir.path(), &hotline, Some("2468")).unwrap();
    assert!(phone.outcome().is_set_aside());
    assert!(phone.has_pin(), "the new one has the PIN too");
}

#[test]
fn a_forgotten_pin_costs_the_store_but_not_its_file() {
    let dir = tempfile::tempdir().unwrap();
    let hotline = Hotline::new();
    filled_draft(&open(dir.path(), &hotline, Some("2468")).unwrap());
    let aside: PathBuf = Phone::set_aside(dir.path()).unwrap();
    assert!(aside.exists());
    let phone = open(dir.path(), &hotline, None).unwrap();
    assert_eq!(phone.outcome(), &OpenOutcome::New);
    assert_eq!(
        Phone::set_aside(&dir.path().join("nowhere")),
        Err(PhoneError::NotFound)
    );
}

#[test]
fn a_store_of_another_hotline_is_not_touched() {
    let dir = tempfile::tempdir().unwrap();
    let hotline = Hotline::new();
    filled_draft(&open(dir.path(), &hotline, None).unwrap());
    let mut other = Hotline::new();
    other.root = loive_protocol::RootKey::generate(&mut other.rng);
    other.certificates = loive_protocol::Certificates::new(other.root.public());
    assert_eq!(
        open(dir.path(), &other, None).unwrap_err(),
        PhoneError::Rejected {
            reason: Rejection::OtherHotline
        }
    );
    assert!(open(dir.path(), &hotline, None).is_ok());
}

/// Two copies of one store write on. With one actor the desk would refuse the
/// second; a copy has an actor of its own.
#[test]
fn a_store_that_was_copied_back_writes_under_another_actor() {
    let (dir, backup) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (mut hotline, clock) = (Hotline::new(), ManualClock::at(NOW));
    let original = phone(dir.path(), &hotline, &clock);
    let id = original.submit(filled_draft(&original)).unwrap();
    original.send_message(&id, "trước khi sao lưu").unwrap();
    hotline.sync(&original).unwrap();
    original.suspend().unwrap();
    for name in ["phone.db", "phone.db.meta"] {
        fs::copy(dir.path().join(name), backup.path().join(name)).unwrap();
    }
    original.resume().unwrap();
    original.send_message(&id, "sau khi sao lưu").unwrap();
    hotline.sync(&original).unwrap();

    let restored = phone(backup.path(), &hotline, &clock);
    restored.send_message(&id, "từ bản sao").unwrap();
    hotline.sync(&restored).unwrap();
    hotline.work();
    let said = hotline.cases[&id].document.view().messages;
    assert_eq!(said.len(), 3);
}

#[test]
fn a_suspended_phone_holds_no_file_and_comes_back() {
    let dir = tempfile::tempdir().unwrap();
    let (hotline, clock) = (Hotline::new(), ManualClock::at(NOW));
    let phone = phone(dir.path(), &hotline, &clock);
    let draft = filled_draft(&phone);
    phone.suspend().unwrap();
    phone.suspend().unwrap();
    assert!(phone.draft_view(draft).is_err());
    assert!(!dir.path().join("phone.db-wal").exists());
    phone.resume().unwrap();
    assert!(phone.draft_view(draft).is_ok());
}

#[test]
fn no_error_and_no_debug_output_holds_a_word() {
    let dir = tempfile::tempdir().unwrap();
    let (hotline, clock) = (Hotline::new(), ManualClock::at(NOW));
    let phone = phone(dir.path(), &hotline, &clock);
    let draft = phone
        .new_draft("suspicion_report", loive_documents::Lang::Vi)
        .unwrap();
    let secret = "Nguyễn Thị Bí Mật";
    let mut shown = Vec::new();
    for field in [
        "danger_now",
        "safe_phone",
        "safe_from",
        "where",
        "suspect_info",
    ] {
        for value in [text(secret), common::one(secret), text(&secret.repeat(99))] {
            if let Err(error) = phone.answer(draft, field, &value) {
                shown.push(format!("{error} {error:?}"));
            }
        }
    }
    phone
        .answer(draft, "danger_now", &common::one("yes"))
        .unwrap();
    phone.answer(draft, "suspect_info", &text(secret)).unwrap();
    let id = phone.submit(draft).unwrap();
    phone.send_message(&id, secret).unwrap();
    shown.push(format!("{:?} {:?}", phone.report(&id), phone.reports()));
    shown.push(format!(
        "{phone:?} {:?} {:?}",
        Pin::new(secret),
        phone.make_receipt(&id)
    ));
    let shown = shown.concat();
    assert!(shown.len() > 500);
    assert!(!shown.contains("Bí Mật"));
}
