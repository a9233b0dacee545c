//! Finding a report by the receipt that a caller reads out.

use std::collections::HashMap;
use std::sync::PoisonError;

use loive_protocol::{
    DeskRequest, Envelope, LockerAnswer, Receipt, ReceiptKeys, ReportId, SignedDeskRequest,
    open_locker,
};
use tokio::runtime::Handle;

use super::Desk;
use super::audit;
use super::case_file::report_number;
use super::error::DeskError;
use super::view::User;

/// Receipts that one person may try in one minute. A caller reads slowly.
const TRIES_PER_MINUTE: u32 = 10;
const MINUTE_SECONDS: u64 = 60;

/// What came of a search.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FindOutcome {
    /// This report.
    Found(ReportId),
    /// The numbers are no receipt: a digit was misheard.
    Mistyped,
    /// They may be a receipt, but there is no report for it here: it has not
    /// arrived, or the receipt has expired or was erased.
    NotFound,
    /// Too many tries, or the relay cannot be reached. Try again.
    Busy,
}

/// For each person, when their minute began and how often they tried in it.
pub(super) type Finds = HashMap<String, (u64, u32)>;

impl Desk {
    /// The report of a receipt, as a caller reads it out. Slow: a receipt costs
    /// some hundred milliseconds on purpose, and the relay is asked. Must be
    /// called where blocking is allowed, not on a thread that drives a runtime.
    pub fn find_by_receipt(&self, who: &User, typed: &str) -> Result<FindOutcome, DeskError> {
        self.note(who, audit::SEARCHED_RECEIPT, None)?;
        let Ok(receipt) = Receipt::from_typed(typed) else {
            return Ok(FindOutcome::Mistyped);
        };
        if !self.may_try(who) {
            return Ok(FindOutcome::Busy);
        }
        let keys = {
            let _one_at_a_time = self.slow.lock().unwrap_or_else(PoisonError::into_inner);
            receipt.unlock(self.identity.root(), self.receipt_cost)
        };
        let Some(keys) = keys else {
            return Err(DeskError::Internal { code: 0 });
        };
        let bytes = match self.fetch_locker(&keys)? {
            LockerAnswer::Found(bytes) => bytes,
            LockerAnswer::Missing => return Ok(FindOutcome::NotFound),
            LockerAnswer::Busy => return Ok(FindOutcome::Busy),
        };
        let seed = Envelope::parse(bytes.to_vec())
            .ok()
            .and_then(|envelope| open_locker(&keys, &envelope).ok());
        // A locker that does not open was put there by somebody else.
        let Some(seed) = seed else {
            return Ok(FindOutcome::NotFound);
        };
        let id = seed.report_id();
        let known = self
            .store
            .read(|connection| report_number(connection, &id))?;
        Ok(known.map_or(FindOutcome::NotFound, |_| FindOutcome::Found(id)))
    }

    fn may_try(&self, who: &User) -> bool {
        let now = self.env.monotonic_milliseconds() / 1_000;
        let mut finds = self.finds.lock().unwrap_or_else(PoisonError::into_inner);
        let (began, tries) = finds.entry(who.name.clone()).or_insert((now, 0));
        if now.saturating_sub(*began) >= MINUTE_SECONDS {
            (*began, *tries) = (now, 0);
        }
        *tries = tries.saturating_add(1);
        *tries <= TRIES_PER_MINUTE
    }

    fn fetch_locker(&self, keys: &ReceiptKeys) -> Result<LockerAnswer, DeskError> {
        let mut request: DeskRequest = self
            .store
            .read(|connection| self.place_request(connection))?;
        request.locker_gets = vec![*keys.address()];
        let identity = &self.identity;
        let signed =
            SignedDeskRequest::sign(&request, &identity.sign_key, &identity.sign_certificate);
        let runtime = Handle::try_current()
            .ok()
            .or_else(|| self.runtime.get().cloned());
        let Some(runtime) = runtime else {
            return Ok(LockerAnswer::Busy);
        };
        let response = runtime.block_on(self.link.exchange(signed));
        let locker = response
            .ok()
            .and_then(|response| response.lockers.into_iter().next());
        Ok(locker.unwrap_or(LockerAnswer::Busy))
    }
}
