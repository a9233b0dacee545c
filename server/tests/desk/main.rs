//! The hotline's desk, from the envelope in the relay's log to the counsellor's
//! page and back to the phone.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "tests may panic"
)]

mod home;
mod hostile;
mod people;
mod phone;
mod proposals;
mod relay;
mod reports;
mod restores;
mod threads;
mod whole;
