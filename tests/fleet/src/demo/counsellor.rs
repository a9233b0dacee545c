//! A counsellor who reads what comes in and answers some of it.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use loive_protocol::ReportId;
use loive_server::desk::Desk;
use loive_server::desk::view::User;

use super::DemoError;
use crate::writer::Writer;

/// One report in three is answered.
const ANSWERED_OF: (u32, u32) = (1, 3);
const PAUSE: std::time::Duration = std::time::Duration::from_millis(150);

/// What the counsellor has done.
#[derive(Default)]
pub(super) struct Work {
    pub(super) opened: AtomicUsize,
    pub(super) answered: AtomicUsize,
    pub(super) to_answer: AtomicUsize,
}

/// Reads every report of `reports` as it appears, and answers some, until all
/// are done.
pub(super) async fn work(
    desk: Arc<Desk>,
    user: User,
    mut writer: Writer,
    reports: Vec<ReportId>,
    done: Arc<Work>,
) -> Result<(), DemoError> {
    let chosen: BTreeSet<ReportId> = reports
        .iter()
        .copied()
        .filter(|_| writer.chance(ANSWERED_OF.0, ANSWERED_OF.1))
        .collect();
    done.to_answer.store(chosen.len(), Ordering::Relaxed);
    let mut left: BTreeSet<ReportId> = reports.into_iter().collect();
    while !left.is_empty() {
        let round: Vec<(ReportId, Option<String>)> = left
            .iter()
            .map(|id| (*id, chosen.contains(id).then(|| writer.reply())))
            .collect();
        let (desk, user) = (Arc::clone(&desk), user.clone());
        let seen = tokio::task::spawn_blocking(move || round_of(&desk, &user, &round)).await??;
        done.opened.fetch_add(seen.len(), Ordering::Relaxed);
        done.answered.fetch_add(
            seen.iter().filter(|id| chosen.contains(id)).count(),
            Ordering::Relaxed,
        );
        for id in seen {
            left.remove(&id);
        }
        tokio::time::sleep(PAUSE).await;
    }
    Ok(())
}

/// Those of the round that are at the desk; each is answered if it has a text.
fn round_of(
    desk: &Desk,
    user: &User,
    round: &[(ReportId, Option<String>)],
) -> Result<Vec<ReportId>, DemoError> {
    let mut seen = Vec::new();
    for (id, text) in round {
        if desk.report(user, id)?.is_none() {
            continue;
        }
        if let Some(text) = text {
            desk.mark_read(user, id)?;
            desk.reply(user, id, text, &format!("demo-{id}"))?;
        }
        seen.push(*id);
    }
    Ok(seen)
}
