//! A receipt that was typed in and waits for the relay.

use loive_protocol::{Address, ReceiptKeys};

/// Kept in memory only; the keys are wiped when it is dropped.
pub(crate) struct Reopening(ReceiptKeys);

impl Reopening {
    pub(crate) const fn new(keys: ReceiptKeys) -> Self {
        Self(keys)
    }

    pub(crate) fn is_for(&self, address: &Address) -> bool {
        self.0.address() == address
    }

    pub(crate) const fn address(&self) -> &Address {
        self.0.address()
    }

    pub(crate) const fn keys(&self) -> &ReceiptKeys {
        &self.0
    }
}
