//! What goes into the next request.

use loive_documents::first_change;
use loive_protocol::limits::{ITEMS_MAX_COUNT, PAGE_MIN_BYTES, PUSH_MAX_COUNT};
use loive_protocol::{
    Certificate, CertificateKind, Certificates, KeyId, Lane, MailboxCursor, ProofKind, ReportBatch,
    ReportId, ReportItem, SyncRequest, Wire as _, seal_report,
};
use rusqlite::Transaction;

use super::exchange::{Asked, Outgoing};
use crate::error::PhoneError;
use crate::limits::{BATCH_MAX_BYTES, GUEST_KEEP_SECONDS, LIBRARY_PAGE_BYTES, PUSH_MAX_BYTES};
use crate::phone::Inner;
use crate::store::changes::{self, Unsealed};
use crate::store::outbox::{self, Kind, Offer};
use crate::store::{lockers, meta, proposals, reports};
use crate::verbs::first_item;

impl Inner {
    /// The next request of a lane; `None` if there is nothing to ask.
    pub(crate) fn prepare(&self, lane: Lane) -> Result<Option<Outgoing>, PhoneError> {
        match lane {
            Lane::Report => self.prepare_report(),
            Lane::Field => self.prepare_field(),
        }
    }

    fn prepare_report(&self) -> Result<Option<Outgoing>, PhoneError> {
        let certificates = self.certificates();
        let gets: Vec<_> = self
            .reopenings()
            .iter()
            .map(|reopening| *reopening.address())
            .collect();
        let (mut request, mut asked, keeps_guests) = self.store.write(|tx| {
            let observed = meta::observe(tx, &self.env)?;
            if let Some(before) = observed.checked_sub(GUEST_KEEP_SECONDS) {
                outbox::drop_old_guests(tx, before)?;
            }
            self.seal_changes(tx, &certificates)?;
            let (request, asked) = self.compose(tx, &certificates)?;
            Ok((request, asked, outbox::keeps_guests(tx)?))
        })?;
        request.locker_gets.clone_from(&gets);
        asked.locker_gets = gets;
        let is_empty = request.push.is_empty()
            && request.mailboxes.is_empty()
            && request.locker_puts.is_empty()
            && request.locker_gets.is_empty()
            && request.locker_erasures.is_empty();
        // A relay that lost its log shows that only to who asks: a shared phone
        // with nothing but guests' reports would never offer them again.
        if is_empty && !keeps_guests {
            return Ok(None);
        }
        Ok(Some(Outgoing {
            lane: Lane::Report,
            bytes: request.to_bytes(),
            asked,
        }))
    }

    /// Asks for the library. Nobody is enrolled in anything yet, so nobody says
    /// who they are.
    fn prepare_field(&self) -> Result<Option<Outgoing>, PhoneError> {
        let Some((ask, library)) = self.store.read(|connection| self.library_ask(connection))?
        else {
            return Ok(None);
        };
        let mut request = SyncRequest::new(Lane::Field);
        request.page_bytes = LIBRARY_PAGE_BYTES;
        request.certificates_seen = Some(self.certificates().fingerprint());
        request.library = Some(ask);
        let asked = Asked {
            library: Some(library),
            ..Asked::default()
        };
        Ok(Some(Outgoing {
            lane: Lane::Field,
            bytes: request.to_bytes(),
            asked,
        }))
    }

    fn compose(
        &self,
        tx: &Transaction<'_>,
        certificates: &Certificates,
    ) -> Result<(SyncRequest, Asked), PhoneError> {
        let mut request = SyncRequest::new(Lane::Report);
        request.log = meta::log(tx)?;
        request.page_bytes = PAGE_MIN_BYTES;
        request.certificates_seen = Some(certificates.fingerprint());
        request.mailboxes = reports::shards(tx)?
            .into_iter()
            .map(|(shard, after)| MailboxCursor { shard, after })
            .collect();
        let mut asked = Asked {
            log: request.log,
            mailboxes: request.mailboxes.clone(),
            ..Asked::default()
        };
        outbox::take_back_retired(tx, |key| is_retired(certificates, key))?;
        let mut bytes = 0_usize;
        for offer in outbox::offers(tx, request.log)? {
            let Some((row, envelope)) = self.ready(tx, offer, certificates)? else {
                continue;
            };
            bytes += envelope.len();
            let is_full = asked.pushed.len() >= PUSH_MAX_COUNT || bytes > PUSH_MAX_BYTES;
            if is_full && !asked.pushed.is_empty() {
                break;
            }
            request.push.push(envelope.into());
            asked.pushed.push(row);
        }
        for (row, put) in lockers::puts(tx)? {
            request.locker_puts.push(put);
            asked.locker_puts.push(row);
        }
        request.locker_erasures = lockers::erasures(tx)?;
        asked.locker_erasures = request
            .locker_erasures
            .iter()
            .map(|erasure| erasure.address)
            .collect();
        Ok((request, asked))
    }

    /// The bytes to offer. What is sealed to a key that the hotline retired is
    /// sealed anew, the one exception to "sealed once"; a guest's report cannot
    /// be, for nothing of it is left to seal. `None` if it is not to be offered.
    fn ready(
        &self,
        tx: &Transaction<'_>,
        offer: Offer,
        certificates: &Certificates,
    ) -> Result<Option<(i64, Vec<u8>)>, PhoneError> {
        let is_retired = is_retired(certificates, offer.key_id);
        if let (true, Some(report)) = (is_retired, offer.report) {
            let Some(to) = certificates.seal_key(self.now()) else {
                return Ok(None);
            };
            let items = items_of(tx, &report, &offer)?;
            let envelope = self.seal(tx, &report, offer.kind, items, to)?;
            outbox::replace(tx, offer.row, &envelope)?;
            return Ok(Some((offer.row, envelope.into_bytes())));
        }
        if offer.refused.is_some() {
            return Ok(None);
        }
        Ok(Some((offer.row, offer.bytes)))
    }

    /// Seals the changes that were made since the last time: all of one report
    /// into as few envelopes as they fit. Without a key to seal to they wait.
    fn seal_changes(
        &self,
        tx: &Transaction<'_>,
        certificates: &Certificates,
    ) -> Result<(), PhoneError> {
        let Some(to) = certificates.seal_key(self.now()) else {
            return Ok(());
        };
        for batch in batches(changes::unsealed(tx)?) {
            let Some(report) = batch.first().map(|change| change.report) else {
                continue;
            };
            let items = batch
                .iter()
                .map(|change| ReportItem::Change(change.raw.clone().into()))
                .collect();
            let envelope = self.seal(tx, &report, Kind::Changes, items, to)?;
            let row = outbox::insert(tx, Some(&report), Kind::Changes, &envelope, self.now())?;
            for change in &batch {
                changes::set_outbox(tx, change.row, row)?;
            }
        }
        Ok(())
    }

    /// Seals items of a report with the proof that their kind needs.
    pub(crate) fn seal(
        &self,
        tx: &Transaction<'_>,
        report: &ReportId,
        kind: Kind,
        items: Vec<ReportItem>,
        to: &Certificate,
    ) -> Result<loive_protocol::Envelope, PhoneError> {
        let row = reports::get(tx, report)?;
        let proof = match kind {
            // Whatever begins a report brings its seed, so that a desk that
            // lost everything can still open it.
            Kind::First | Kind::RawFirst | Kind::Proposal => ProofKind::Seed,
            Kind::Changes => ProofKind::Mac,
        };
        let certificates = self.certificates();
        Ok(seal_report(
            &ReportBatch::new(self.now(), items),
            &row.seed,
            proof,
            to,
            certificates.root(),
            &mut self.env.rng(),
        )?)
    }
}

fn is_retired(certificates: &Certificates, key: KeyId) -> bool {
    certificates.find(CertificateKind::Seal, &key).is_none()
}

/// What an envelope carried, from the rows that it was made of.
fn items_of(
    tx: &Transaction<'_>,
    report: &ReportId,
    offer: &Offer,
) -> Result<Vec<ReportItem>, PhoneError> {
    let whole = |raw: Vec<u8>| ReportItem::Change(raw.into());
    match offer.kind {
        Kind::First => {
            let compact = reports::compact(tx, report)?.ok_or(PhoneError::Damaged)?;
            let row = reports::get(tx, report)?;
            let first =
                first_change(&compact, row.seed.first_actor()).map_err(|_| PhoneError::Damaged)?;
            Ok(vec![first_item(&compact, &first)])
        }
        Kind::RawFirst => {
            let raw = changes::first(tx, report)?.ok_or(PhoneError::Damaged)?;
            Ok(vec![whole(raw)])
        }
        Kind::Changes => Ok(changes::of_outbox(tx, offer.row)?
            .into_iter()
            .map(whole)
            .collect()),
        Kind::Proposal => Ok(proposals::get(tx, report)?.items()),
    }
}

/// Neighbours of one report together, as long as an envelope holds them.
fn batches(changes: Vec<Unsealed>) -> Vec<Vec<Unsealed>> {
    let mut batches: Vec<Vec<Unsealed>> = Vec::new();
    let mut bytes = 0;
    for change in changes {
        let fits = batches.last().is_some_and(|batch| {
            batch.len() < ITEMS_MAX_COUNT
                && bytes + change.raw.len() <= BATCH_MAX_BYTES
                && batch
                    .first()
                    .is_some_and(|first| first.report == change.report)
        });
        if fits {
            bytes += change.raw.len();
            if let Some(batch) = batches.last_mut() {
                batch.push(change);
            }
        } else {
            bytes = change.raw.len();
            batches.push(vec![change]);
        }
    }
    batches
}
