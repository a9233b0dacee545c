use loive_protocol::{SignedDeskRequest, Wire};

use super::one_form::one_form;
use crate::world::{NOW, world};

/// What anybody on the internet may claim to be the desk's: only what the desk
/// signed is taken.
pub fn signed_desk_request(bytes: &[u8]) {
    let Some(signed) = one_form::<SignedDeskRequest>(bytes) else {
        return;
    };
    let world = world();
    if let Ok(request) = signed.verify(&world.root, NOW) {
        assert!(request == world.desk_request, "a forged request was taken");
        let genuine = world.signed_desk_request.to_bytes();
        assert!(bytes == genuine, "one request, two forms");
    }
}
