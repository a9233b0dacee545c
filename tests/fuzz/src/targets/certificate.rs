use loive_protocol::limits::TIME_MAX_SECONDS;
use loive_protocol::{Certificate, Certificates};

use super::one_form::one_form;
use crate::world::world;

/// A certificate from a relay: only what the root signed is taken.
pub fn certificate(bytes: &[u8]) {
    let Some(certificate) = one_form::<Certificate>(bytes) else {
        return;
    };
    let body = certificate.body();
    assert!(body.not_before <= TIME_MAX_SECONDS && body.not_after <= TIME_MAX_SECONDS);
    assert!(certificate.key_id() == body.kind.key_id(&body.key));
    let world = world();
    let genuine = world.certificates.list().contains(&certificate);
    assert_eq!(certificate.verify(&world.root).is_ok(), genuine, "forged");
    let mut known = Certificates::new(world.root);
    assert_eq!(known.add(&certificate).is_ok(), genuine, "forged");
}
