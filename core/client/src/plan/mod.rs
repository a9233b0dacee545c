//! The safety plan of somebody who is leaving: private to this phone, in no
//! envelope, and gone with [`Phone::erase_private`](crate::Phone::erase_private).

mod answers;
mod card;
mod checkins;

pub use answers::Plan;
pub use card::{CardLine, DrawnCard, PlanCard};
pub use checkins::{CheckIns, Reminder, Schedule};
