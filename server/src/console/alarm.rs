//! The loud band on top of every page: what is critical and claimed by nobody.

use loive_documents::Urgency;

use super::Console;
use super::labels::Labels;
use super::problem::Problem;
use super::row::RowView;
use crate::desk::view::{CaseState, QueueFilter, User};

/// Most rows that are looked through. The queue has the most urgent first, so
/// only with more critical reports than this is the number in the band short.
const SCAN_MAX_ROWS: usize = 100;
/// Most reports that the band names.
const SHOWN_MAX_ROWS: usize = 5;

/// What the band says.
#[derive(Default)]
pub(super) struct Alarm {
    /// The first critical reports.
    pub(super) rows: Vec<RowView>,
    /// How many more there are.
    pub(super) more: usize,
    /// Envelopes in quarantine that nobody has looked at.
    pub(super) quarantined: u64,
    /// Of these, how many may be critical.
    pub(super) quarantined_urgent: u64,
    ids: String,
}

impl Alarm {
    /// Asks the desk.
    ///
    /// # Errors
    /// The desk failed.
    pub(super) async fn of(
        console: &Console,
        user: &User,
        labels: Labels,
    ) -> Result<Self, Problem> {
        let (user, now) = (user.clone(), console.now());
        console
            .desk(move |desk| {
                let queue = desk.queue(&user, QueueFilter::Unclaimed, 0, SCAN_MAX_ROWS)?;
                let counts = queue.counts;
                let mut rows: Vec<RowView> = queue
                    .rows
                    .iter()
                    .filter(|row| row.urgency == Urgency::P0 && row.state != CaseState::Closed)
                    .map(|row| RowView::of(row, &user, now, &labels))
                    .collect();
                let mut ids: Vec<String> = rows.iter().map(|row| row.number.to_string()).collect();
                // One more of these is news, one less is not.
                ids.extend((1..=counts.quarantined_urgent).map(|nth| format!("q{nth}")));
                let more = rows.len().saturating_sub(SHOWN_MAX_ROWS);
                rows.truncate(SHOWN_MAX_ROWS);
                Ok::<_, crate::desk::DeskError>(Self {
                    rows,
                    more,
                    quarantined: counts.quarantined,
                    quarantined_urgent: counts.quarantined_urgent,
                    ids: ids.join(" "),
                })
            })
            .await
    }

    /// Whether there is anything to be loud about.
    pub(super) fn rings(&self) -> bool {
        !self.ids.is_empty()
    }

    /// How many critical reports nobody has claimed.
    pub(super) fn total(&self) -> usize {
        self.rows.len() + self.more
    }

    /// How many things ring.
    pub(super) fn count(&self) -> usize {
        self.ids.split(' ').count()
    }

    /// What rings, by numbers without meaning: so that the script can tell what
    /// was silenced from what is new.
    pub(super) fn ids(&self) -> &str {
        &self.ids
    }
}
