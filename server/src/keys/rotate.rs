//! A new seal key, and the end of old ones.
//!
//! Phones seal to the highest serial that they know. One that has been offline
//! for long knows only an older one, so its private half is kept for a grace
//! and destroyed then: what was sealed to it stays sealed for ever, also to
//! whoever takes the desk.

use std::path::{Path, PathBuf};

use loive_protocol::{CertificateBody, CertificateKind, Certificates, KeyId, SealKeyPair};

use super::KEY_LIFE_SECONDS;
use super::file::{self, KeyFile, KeyKind};
use super::folder::{Folder, FolderError};
use crate::clock::Env;

const SECONDS_PER_DAY: u64 = 86_400;

/// What `hotline keys rotate` is told.
#[derive(Debug, Clone, Default)]
pub struct Rotation {
    /// Where the root key is, if not in the data folder.
    pub root: Option<PathBuf>,
    /// Days that the private halves before this one are kept.
    pub grace_days: u32,
    /// Phones are told not to use keys with a lower serial than this; `None`
    /// leaves it as it was.
    pub retires_below: Option<u32>,
}

/// What a rotation did.
#[derive(Debug, PartialEq, Eq)]
pub struct Rotated {
    /// Serial of the new key.
    pub serial: u32,
    /// Until when older private halves are kept, in Unix seconds.
    pub older_until: u64,
}

impl Rotation {
    /// Makes a new seal key, certifies it, writes the card again, and sets the
    /// end of the keys before it. The desk reads its keys when it starts.
    pub fn run(&self, folder: &Folder, env: &Env) -> Result<Rotated, FolderError> {
        let root = folder.root_key(self.root.as_deref())?;
        let card = folder.card()?;
        let old = folder.certificates(&card)?;
        let bodies = || old.list().iter().map(loive_protocol::Certificate::body);
        let seals = || bodies().filter(|body| body.kind == CertificateKind::Seal);
        let held = folder.seal_files()?;
        let highest = seals()
            .map(|body| body.serial)
            .chain(held.iter().map(|(_, key)| key.serial))
            .max()
            .unwrap_or(0);
        let serial = highest + 1;
        let retires_below = seals().map(|body| body.retires_below).max().unwrap_or(0);

        let now = env.now();
        let pair = SealKeyPair::generate(&mut env.rng());
        let mut body = CertificateBody::new(
            CertificateKind::Seal,
            serial,
            pair.public(),
            now,
            now + KEY_LIFE_SECONDS,
        );
        body.retires_below = self
            .retires_below
            .unwrap_or(0)
            .max(retires_below)
            .min(serial);
        let certificate = root.certify(body);
        // The private half is safe before anybody can be told of the public one.
        KeyFile::new(KeyKind::Seal, serial, pair.to_bytes()).create(&folder.seal_path(serial))?;

        let older_until = now + u64::from(self.grace_days) * SECONDS_PER_DAY;
        for (path, mut key) in held {
            // An end that was set earlier is not put off.
            key.destroy_after = Some(key.destroy_after.unwrap_or(u64::MAX).min(older_until));
            key.replace(&path)?;
        }
        let mut certificates = Certificates::new(card.root);
        let kept = without_destroyed(folder, &old)?;
        for certificate in kept.iter().chain([&certificate]) {
            certificates
                .add(certificate)
                .map_err(|_| FolderError::TooManyCertificates)?;
        }
        folder.rewrite_card(card, &certificates)?;
        Ok(Rotated {
            serial,
            older_until,
        })
    }
}

/// The certificates of a list whose private half still opens something, and
/// those of other kinds.
fn without_destroyed(
    folder: &Folder,
    certificates: &Certificates,
) -> Result<Vec<loive_protocol::Certificate>, FolderError> {
    let held: Vec<KeyId> = folder
        .seal_files()?
        .iter()
        .map(|(_, key)| SealKeyPair::from_bytes(*key.secret).key_id())
        .collect();
    let usable = certificates.list().iter().filter(|certificate| {
        certificate.body().kind != CertificateKind::Seal || held.contains(&certificate.key_id())
    });
    Ok(usable.cloned().collect())
}

/// Destroys the private halves whose grace has ended, and gives their serials.
/// The newest key is never destroyed.
pub fn destroy_expired(folder: &Folder, now: u64) -> Result<Vec<u32>, FolderError> {
    let mut destroyed = Vec::new();
    for (path, key) in folder.seal_files()?.into_iter().skip(1) {
        if key.destroy_after.is_some_and(|end| end <= now) {
            destroy(&path)?;
            destroyed.push(key.serial);
        }
    }
    Ok(destroyed)
}

fn destroy(path: &Path) -> Result<(), FolderError> {
    Ok(file::destroy(path)?)
}

#[cfg(test)]
mod tests {
    #![expect(
        clippy::unwrap_used,
        clippy::indexing_slicing,
        reason = "tests may panic"
    )]
    use super::*;
    use crate::keys::NewFolder;

    fn hotline() -> (tempfile::TempDir, Folder, Env, crate::clock::ManualClock) {
        let home = tempfile::tempdir().unwrap();
        let folder = Folder::new(home.path().join("hotline"));
        let (env, clock) = Env::manual(1_800_000_000);
        folder
            .init(
                &NewFolder {
                    relay_url: "https://relay.example".into(),
                },
                &env,
            )
            .unwrap();
        (home, folder, env, clock)
    }

    #[test]
    fn init_makes_a_hotline_whose_card_and_keys_fit_and_never_runs_twice() {
        let (_home, folder, env, _clock) = hotline();
        let keys = folder.desk_keys().unwrap();
        let card = folder.card().unwrap();
        assert_eq!(card.root, keys.root);
        assert_eq!(card.relay_url, "https://relay.example");
        let seal = keys.certificates.seal_key(env.now()).unwrap();
        assert_eq!(seal.key_id(), keys.seal[0].key_id());
        let again = folder.init(
            &NewFolder {
                relay_url: "https://other.example".into(),
            },
            &env,
        );
        assert!(again.is_err());
        assert_eq!(folder.card().unwrap(), card);
    }

    #[test]
    fn after_a_rotation_phones_use_the_new_key_and_the_old_one_opens_until_its_grace_ends() {
        let (_home, folder, env, clock) = hotline();
        let old = folder.desk_keys().unwrap().seal[0].key_id();
        let rotation = Rotation {
            grace_days: 90,
            ..Rotation::default()
        };
        let rotated = rotation.run(&folder, &env).unwrap();
        assert_eq!(rotated.serial, 2);

        let keys = folder.desk_keys().unwrap();
        let newest = keys.certificates.seal_key(env.now()).unwrap().key_id();
        assert_eq!(newest, keys.seal[0].key_id());
        assert!(keys.seal.iter().any(|key| key.key_id() == old));

        clock.advance_seconds(90 * 86_400 - 1);
        assert!(destroy_expired(&folder, env.now()).unwrap().is_empty());
        clock.advance_seconds(1);
        assert_eq!(destroy_expired(&folder, env.now()).unwrap(), [1]);
        let keys = folder.desk_keys().unwrap();
        assert_eq!(keys.seal.len(), 1);
        assert_eq!(keys.seal[0].key_id(), newest);
    }

    #[test]
    fn the_next_rotation_drops_the_certificate_of_a_destroyed_key() {
        let (_home, folder, env, clock) = hotline();
        let rotation = Rotation {
            grace_days: 1,
            ..Rotation::default()
        };
        rotation.run(&folder, &env).unwrap();
        clock.advance_seconds(86_400);
        destroy_expired(&folder, env.now()).unwrap();
        rotation.run(&folder, &env).unwrap();
        let serials: Vec<u32> = folder
            .card()
            .unwrap()
            .certificates
            .iter()
            .filter(|c| c.body().kind == CertificateKind::Seal)
            .map(|c| c.body().serial)
            .collect();
        assert!(serials.contains(&2) && serials.contains(&3) && !serials.contains(&1));
    }

    #[test]
    fn a_second_rotation_does_not_put_off_the_end_of_a_key() {
        let (_home, folder, env, clock) = hotline();
        Rotation {
            grace_days: 10,
            ..Rotation::default()
        }
        .run(&folder, &env)
        .unwrap();
        Rotation {
            grace_days: 100,
            ..Rotation::default()
        }
        .run(&folder, &env)
        .unwrap();
        clock.advance_seconds(10 * 86_400);
        assert_eq!(destroy_expired(&folder, env.now()).unwrap(), [1]);
    }

    #[test]
    fn retiring_takes_older_keys_out_of_use_at_once_and_cannot_be_undone() {
        let (_home, folder, env, _clock) = hotline();
        let retire = Rotation {
            grace_days: 30,
            retires_below: Some(2),
            root: None,
        };
        retire.run(&folder, &env).unwrap();
        Rotation {
            grace_days: 30,
            ..Rotation::default()
        }
        .run(&folder, &env)
        .unwrap();
        let certificates = folder.desk_keys().unwrap().certificates;
        for certificate in certificates.list() {
            let body = certificate.body();
            if body.kind == CertificateKind::Seal {
                assert_eq!(certificates.is_retired(body), body.serial == 1);
                assert!(body.serial < 3 || body.retires_below == 2);
            }
        }
    }

    #[test]
    fn a_root_key_that_was_moved_away_is_used_from_there_and_a_strange_one_is_refused() {
        let (home, folder, env, _clock) = hotline();
        let elsewhere = home.path().join("root-on-a-stick.key");
        std::fs::rename(folder.root_path(), &elsewhere).unwrap();
        assert!(Rotation::default().run(&folder, &env).is_err());
        let rotation = Rotation {
            root: Some(elsewhere),
            ..Rotation::default()
        };
        assert_eq!(rotation.run(&folder, &env).unwrap().serial, 2);

        let (_other_home, other, _, _clock) = hotline();
        let stranger = Folder::new(home.path().join("stranger"));
        let (_, env) = (env, Env::system());
        stranger
            .init(
                &NewFolder {
                    relay_url: String::new(),
                },
                &env,
            )
            .unwrap();
        let rotation = Rotation {
            root: Some(stranger.root_path()),
            ..Rotation::default()
        };
        assert!(matches!(
            rotation.run(&other, &env),
            Err(FolderError::OtherRoot(_))
        ));
    }
}
