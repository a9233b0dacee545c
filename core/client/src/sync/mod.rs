//! Sync: a state machine that takes events and gives back effects, and what a
//! request and a response mean to the store. No clock, no socket, no runtime:
//! a simulator drives it as well as the [driver](crate::Driver) does.

mod absorb;
mod answers;
mod exchange;
mod machine;
mod prepare;
pub(crate) mod reopening;
mod summary;

pub use absorb::Absorbed;
pub use exchange::{Asked, Outgoing, TransportError};
pub use machine::{Connectivity, Effect, Event, Policy, SyncMachine, Wake};
pub use summary::{Ended, SyncSummary};
