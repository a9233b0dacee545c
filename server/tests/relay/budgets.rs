//! Lockers, and what everybody together may ask.

use loive_protocol::{
    Ack, Address, EraseToken, Lane, LockerAck, LockerAnswer, LockerErasure, LockerPut, Receipt,
    ReceiptCost, Refusal, Seed, SyncRequest, seal_locker,
};
use loive_server::relay::{Rate, RelaySettings};

use crate::support::{Home, push, sync};

fn put(home: &Home, receipt: &Receipt, seed: &Seed, keep_days: u16) -> LockerPut {
    let keys = receipt.unlock(home.root(), ReceiptCost::CHEAP).unwrap();
    let locker = seal_locker(&keys, seed, &mut home.env.rng()).unwrap();
    LockerPut {
        envelope: locker.into_bytes().into(),
        erase_hash: keys.erase_token().hashed(),
        keep_days,
    }
}

#[tokio::test]
async fn a_locker_is_kept_for_its_receipt_until_it_is_erased_or_its_days_are_over() {
    let home = Home::new();
    let relay = home.relay(RelaySettings::default());
    let mut rng = home.env.rng();
    let (receipt, seed) = (Receipt::generate(&mut rng), Seed::generate(&mut rng));
    let keys = receipt.unlock(home.root(), ReceiptCost::CHEAP).unwrap();
    let locker = put(&home, &receipt, &seed, 10);
    let mut request = SyncRequest::new(Lane::Report);
    request.locker_puts = vec![
        locker.clone(),
        locker.clone(),
        put(&home, &receipt, &seed, 10),
    ];
    let acks = sync(&relay, request).await.locker_acks;
    assert_eq!(
        acks,
        [LockerAck::Stored, LockerAck::Stored, LockerAck::Exists]
    );

    let mut get = SyncRequest::new(Lane::Report);
    get.locker_gets = vec![*keys.address(), Address::from_bytes([9; 32])];
    let found = sync(&relay, get.clone()).await.lockers;
    assert!(
        found
            == [
                LockerAnswer::Found(locker.envelope.clone()),
                LockerAnswer::Missing
            ]
    );
    let by_desk = relay
        .desk(home.ask(|desk| desk.locker_gets = vec![*keys.address()]))
        .await;
    assert!(by_desk.unwrap().lockers == [LockerAnswer::Found(locker.envelope.clone())]);

    let mut erase = SyncRequest::new(Lane::Report);
    let wrong = EraseToken::from_bytes([1; 32]);
    erase.locker_erasures = vec![LockerErasure {
        address: *keys.address(),
        token: wrong,
    }];
    assert_eq!(sync(&relay, erase.clone()).await.locker_erased, [false]);
    erase.locker_erasures[0].token = *keys.erase_token();
    assert_eq!(sync(&relay, erase).await.locker_erased, [true]);
    assert!(sync(&relay, get.clone()).await.lockers[0] == LockerAnswer::Missing);

    let mut again = SyncRequest::new(Lane::Report);
    again.locker_puts = vec![locker];
    sync(&relay, again).await;
    home.clock.advance_seconds(10 * 86_400);
    assert!(sync(&relay, get).await.lockers[0] == LockerAnswer::Missing);
    assert_eq!(relay.forget().unwrap().lockers, 1);
    relay.stop().await;
}

#[tokio::test]
async fn receipts_cannot_be_tried_faster_than_everybody_together_may() {
    let home = Home::new();
    let lockers = Rate {
        per_minute: 60,
        burst: 3,
    };
    let relay = home.relay(RelaySettings {
        lockers,
        ..RelaySettings::default()
    });
    let mut get = SyncRequest::new(Lane::Report);
    get.locker_gets = (0..5).map(|byte| Address::from_bytes([byte; 32])).collect();
    let first = sync(&relay, get.clone()).await.lockers;
    let busy = |answers: &[LockerAnswer]| {
        answers
            .iter()
            .filter(|answer| **answer == LockerAnswer::Busy)
            .count()
    };
    assert_eq!(busy(&first), 2);
    assert_eq!(busy(&sync(&relay, get.clone()).await.lockers), 5);
    home.clock.advance_seconds(2);
    assert_eq!(busy(&sync(&relay, get).await.lockers), 3);
    // The desk, which speaks for a caller on the phone, is not kept waiting by them.
    let desk = relay.desk(home.ask(|desk| desk.locker_gets = vec![Address::from_bytes([1; 32])]));
    assert!(desk.await.unwrap().lockers == [LockerAnswer::Missing]);
    relay.stop().await;
}

#[tokio::test]
async fn a_lane_beyond_its_bytes_is_told_to_come_back_and_the_other_is_not() {
    let home = Home::new();
    let report_lane = Rate {
        per_minute: 6_000,
        burst: 2_000,
    };
    let relay = home.relay(RelaySettings {
        report_lane,
        ..RelaySettings::default()
    });
    let reports: Vec<_> = (0..3).map(|_| home.report()).collect();
    assert_eq!(sync(&relay, push(&reports)).await.acks, [Ack::Stored; 3]);
    let busy = sync(&relay, push(&reports)).await;
    assert_eq!(busy.acks, [Ack::Refused(Refusal::Busy); 3]);
    let field = relay
        .sync(SyncRequest::new(Lane::Field), 5_000)
        .await
        .unwrap();
    assert_eq!(field.log, busy.log);
    home.clock.advance_seconds(20);
    assert_eq!(sync(&relay, push(&reports)).await.acks, [Ack::Stored; 3]);
    relay.stop().await;
}
