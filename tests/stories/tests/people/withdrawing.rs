//! Taking a report back.

use loive_client::{Delivery, PhoneError, Rejection};
use loive_documents::Value;
use loive_server::desk::CaseState;
use loive_stories::{World, a_report};

#[tokio::test(flavor = "multi_thread")]
async fn a_report_that_is_taken_back_is_closed_at_the_desk_and_the_phone_is_told_so() {
    let world = World::new().await;
    let mai = world.handset();
    let report = mai.submit(&a_report().saying("Tôi nhầm người.").answers());
    mai.sync_until_report_is(&report, Delivery::Opened).await;

    mai.phone().withdraw(&report).expect("it is taken back");
    mai.phone().withdraw(&report).expect("twice is once");
    let withdrawal = mai
        .report(&report)
        .withdrawal
        .expect("the screen says so at once");
    assert_eq!(
        (withdrawal.delivery, withdrawal.seen_at),
        (Delivery::OnThisPhone, None)
    );
    let text = Value::Text("thêm".into());
    assert_eq!(
        mai.phone().amend(&report, "suspect_info", &text),
        Err(PhoneError::Rejected {
            reason: Rejection::Withdrawn
        })
    );

    let withdrawal = mai
        .sync_until("the hotline acknowledges it", |phone| {
            let page = phone.report(&report).expect("the report is here");
            page.withdrawal
                .filter(|withdrawal| withdrawal.seen_at.is_some())
        })
        .await;
    assert_eq!(withdrawal.delivery, Delivery::Opened);
    let row = world.counsellor().report(&report).row;
    assert!(row.withdrawn);
    assert_eq!(row.state, CaseState::Closed);
    world.end().await;
}
