//! The client as a phone's library, to be weighed: one exported function that
//! reaches every verb of the engine, so that nothing of it is left out.

use std::sync::Arc;

use loive_client::{Cancel, DraftId, Driver, MemoryKeys, OpenRequest, Phone, PhoneError, Pin};

/// Reaches everything. Never called: the library is only weighed.
#[unsafe(no_mangle)]
pub extern "C" fn loive_weigh() -> bool {
    std::env::var("LOIVE_CARD").is_ok_and(|card| reach(&card).is_ok())
}

fn reach(card: &str) -> Result<(), PhoneError> {
    let Ok(card) = loive_protocol::HotlineCard::from_text(card) else {
        return Ok(());
    };
    let keys: Arc<MemoryKeys> = MemoryKeys::new([0; 32]);
    let driver = Driver::new(&card)?;
    let phone = Phone::open(OpenRequest::new("phone", card, keys))?;
    let draft: DraftId = phone.new_draft("suspicion_report", loive_documents::Lang::Vi)?;
    let view = phone.draft_view(draft)?;
    for (field, value) in view.answers.iter() {
        phone.answer(draft, field, value)?;
        phone.clear_answer(draft, field)?;
    }
    let report = phone.submit(draft)?;
    phone.send_message(&report, "")?;
    phone.make_receipt(&report)?;
    phone.submit_guest(draft)?;
    phone.reopen("")?;
    phone.withdraw(&report)?;
    phone.set_pin(&Pin::new(""))?;
    phone.erase_receipt("")?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build();
    if let Ok(runtime) = runtime {
        runtime.block_on(phone.sync(&driver, &Cancel::new()))?;
        let _running = runtime.block_on(async { phone.keep_syncing(&driver) });
    }
    phone.report(&report)?;
    phone.reports()?;
    phone.erase_report(&report)?;
    phone.suspend()
}
