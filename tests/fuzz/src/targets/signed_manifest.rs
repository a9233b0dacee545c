use loive_protocol::{Manifest, SignedManifest};

use super::one_form::one_form;
use crate::world::world;

/// A release's manifest, signed or bare: its packs add up, and only what the
/// publishing key signed is the hotline's.
pub fn signed_manifest(bytes: &[u8]) {
    if let Some(manifest) = one_form::<Manifest>(bytes) {
        for pack in manifest.packs() {
            let chunks = 0..pack.chunks.len();
            let length: usize = chunks.filter_map(|index| pack.chunk_bytes(index)).sum();
            assert_eq!(
                u32::try_from(length),
                Ok(pack.bytes),
                "chunks do not add up"
            );
            assert_eq!(pack.chunk_bytes(pack.chunks.len()), None);
        }
    }
    if let Some(signed) = one_form::<SignedManifest>(bytes) {
        let world = world();
        let genuine = signed == world.release.manifest;
        assert_eq!(signed.verify(&world.root).is_ok(), genuine, "forged");
    }
}
