//! A report from somebody else's phone.

use loive_cipher::{StoreKey, dump_plaintext};
use loive_client::{Delivery, PhoneError};
use loive_protocol::{Envelope, ReceiptCost, open_locker};
use loive_stories::{Handset, Search, World, a_report};

const WORDS: &str = "gã môi giới hẹn ở cây xăng đầu đường số bảy";

/// Everything that is on the phone, for who has its key.
fn all_of(phone: &Handset) -> Vec<u8> {
    let key = StoreKey::from_bytes(phone.store_key());
    dump_plaintext(&phone.store_file(), &key).expect("the store opens with its key")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guest_leaves_nothing_on_a_shared_phone_but_sealed_bytes_and_takes_the_receipt_along() {
    let world = World::new().await;
    let mut shared = world.handset();
    let words = Search::new(WORDS);
    let draft = shared.draft(&a_report().saying(WORDS).answers());
    assert!(
        words.find(&all_of(&shared)).is_some(),
        "a draft is on the phone until it is sent"
    );

    let receipt = shared
        .phone()
        .submit_guest(draft)
        .expect("the guest's report is sealed");
    assert_eq!(
        shared.phone().submit_guest(draft),
        Err(PhoneError::NotFound),
        "a second tap"
    );
    assert_eq!(
        words.find(&all_of(&shared)),
        None,
        "words are left while the app is open"
    );
    shared.restart();
    assert_eq!(
        shared.phone().reports(),
        Ok(Vec::new()),
        "lists show nothing"
    );
    assert_eq!(shared.phone().drafts(), Ok(Vec::new()));
    assert_eq!(
        words.find(&all_of(&shared)),
        None,
        "words are left on the shared phone"
    );
    shared.sync().await;
    world.desk_has(1).await;
    shared.sync().await;

    // The seed is in the locker, for whoever has the paper, and not on the phone.
    let root = world.card().root;
    let keys = receipt
        .unlock(&root, ReceiptCost::CHEAP)
        .expect("the paper unlocks");
    let locker = world
        .stranger()
        .locker(*keys.address())
        .await
        .expect("the locker is kept");
    let locker = Envelope::parse(locker).expect("it is an envelope");
    let seed = open_locker(&keys, &locker).expect("the paper opens it");
    let on_the_phone = all_of(&shared);
    assert_eq!(Search::for_bytes(seed.as_bytes()).find(&on_the_phone), None);
    for number in receipt.numbers() {
        let digits = number.replace(' ', "");
        assert_eq!(
            Search::for_bytes(digits.as_bytes()).find(&on_the_phone),
            None
        );
    }

    // At home, on her own phone.
    let own = world.handset();
    own.phone()
        .reopen(&receipt.numbers().join(" "))
        .expect("the paper is understood");
    assert_eq!(own.sync().await.reopened, [seed.report_id()]);
    world
        .counsellor()
        .reply(&seed.report_id(), "Bạn an toàn chưa?");
    own.sync_until_report_is(&seed.report_id(), Delivery::Read)
        .await;
    assert_eq!(own.lines(&seed.report_id()), ["Bạn an toàn chưa?"]);
    shared.sync().await;
    assert_eq!(
        shared.phone().reports(),
        Ok(Vec::new()),
        "the shared phone learns nothing of it"
    );
    world.end().await;
}
