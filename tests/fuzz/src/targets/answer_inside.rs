use loive_protocol::fuzzing;

use crate::world::world;

/// What a holder of the seed who is not the hotline can put under a seal.
pub fn answer_inside(bytes: &[u8]) {
    let world = world();
    let report = world.seed.report_id();
    let answer = &world.answer;
    let opened = fuzzing::read_answer(&answer.envelope, bytes, &report, &world.certificates);
    if let Ok(batch) = opened {
        assert!(bytes == answer.inside, "a forged signature was taken");
        assert!(batch == answer.content, "an answer says something else");
    }
}
