//! The hotline's certificates: only verified ones, only growing.

use loive_protocol::{Certificate, Certificates, PublicKey, Wire as _};
use rusqlite::Connection;

use crate::error::PhoneError;

/// All that are stored, each checked against the root again: a few milliseconds
/// at the opening, and nobody has to trust the file for it.
pub(crate) fn load(connection: &Connection, root: PublicKey) -> Result<Certificates, PhoneError> {
    let mut certificates = Certificates::new(root);
    let mut statement = connection.prepare("SELECT bytes FROM certificates")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let bytes: Vec<u8> = row.get(0)?;
        // One that this version does not understand stays for a newer one.
        if let Ok(certificate) = Certificate::from_bytes(&bytes) {
            certificates.add(&certificate)?;
        }
    }
    Ok(certificates)
}

pub(crate) fn insert(connection: &Connection, certificate: &Certificate) -> Result<(), PhoneError> {
    connection
        .prepare_cached("INSERT OR IGNORE INTO certificates (bytes) VALUES (?1)")?
        .execute([certificate.to_bytes()])?;
    Ok(())
}
