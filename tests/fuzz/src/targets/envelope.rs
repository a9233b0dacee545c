use loive_protocol::{Envelope, OpenError, open_answer, open_locker, open_report};

use crate::world::world;

/// An envelope from anywhere, and everybody who might hold a key to it: what
/// opens is what was sealed, bit for bit.
pub fn envelope(bytes: &[u8]) {
    let Ok(envelope) = Envelope::parse(bytes.to_vec()) else {
        return;
    };
    assert!(envelope.as_bytes() == bytes, "one envelope, two forms");
    let world = world();
    let seed_of = |id: &_| (world.seed.report_id() == *id).then(|| world.seed.clone());
    let keys = core::slice::from_ref(&world.seal);
    match open_report(&envelope, keys, &world.root, seed_of) {
        Ok(_) => assert!(
            [&world.first.envelope, &world.later.envelope].contains(&&envelope),
            "a forged report opened"
        ),
        Err(OpenError::Content(_) | OpenError::BadProof | OpenError::UnknownReport(_)) => {
            panic!("somebody got behind the seal of a report")
        }
        Err(_) => {}
    }
    match open_answer(&envelope, &world.seed, &world.certificates) {
        Ok(_) => assert!(envelope == world.answer.envelope, "a forged answer opened"),
        Err(OpenError::Content(_) | OpenError::NotSigned) => {
            panic!("somebody got behind the seal of an answer")
        }
        Err(_) => {}
    }
    if let Ok(seed) = open_locker(&world.receipt, &envelope) {
        assert!(envelope == world.locker.envelope, "a forged locker opened");
        assert!(seed == world.seed, "a locker gave another seed");
    }
}
