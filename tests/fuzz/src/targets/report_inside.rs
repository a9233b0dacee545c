use loive_protocol::{Wire, fuzzing};

use crate::world::world;

/// What somebody who knows only the hotline's public key can put under a seal.
pub fn report_inside(bytes: &[u8]) {
    let world = world();
    let seed_of = |id: &_| (world.seed.report_id() == *id).then(|| world.seed.clone());
    let Ok(opened) = fuzzing::read_report(&world.later.envelope, bytes, seed_of) else {
        return;
    };
    match &opened.seed {
        Some(seed) => assert!(
            seed.report_id() == opened.report,
            "a seed of another report"
        ),
        None => assert!(bytes == world.later.inside, "a forged proof was taken"),
    }
    let again = loive_protocol::ReportBatch::from_bytes(&opened.batch.to_bytes());
    assert!(again.is_ok_and(|again| again == opened.batch));
}
