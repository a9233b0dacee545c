//! A relay in a box: a log in memory, and a hand to do to it what happens to
//! relays.

use std::sync::{Arc, Mutex};

use loive_protocol::{
    Ack, Address, Arrived, DeskRequest, DeskResponse, Envelope, EnvelopeId, LockerAnswer, LogId,
    Page, PublicKey, Refusal, SignedDeskRequest, Stored, inbox, mailbox,
};
use loive_server::Env;
use loive_server::desk::link::{DeskLink, Exchange, LinkError};
use tokio::sync::Notify;

#[derive(Default)]
struct Log {
    id: u8,
    /// Address, time of arrival, bytes; the sequence is the place plus one.
    envelopes: Vec<(Address, u64, Vec<u8>)>,
    lockers: Vec<(Address, Vec<u8>)>,
    certificates: usize,
    requests: Vec<DeskRequest>,
    failures: u32,
    refuses_answers: bool,
    /// Envelopes in one page of the inbox.
    page: usize,
}

#[derive(Clone)]
pub(crate) struct Relay {
    log: Arc<Mutex<Log>>,
    arrived: Arc<Notify>,
    root: PublicKey,
    env: Env,
}

impl Relay {
    pub(crate) fn new(root: PublicKey, env: Env) -> Self {
        let log = Log {
            id: 1,
            page: 100,
            ..Log::default()
        };
        Self {
            log: Arc::new(Mutex::new(log)),
            arrived: Arc::default(),
            root,
            env,
        }
    }

    /// A phone, a courier or an attacker pushes bytes to the inbox.
    pub(crate) fn push(&self, bytes: &[u8]) {
        self.store(inbox(&self.root), bytes);
    }

    pub(crate) fn push_envelope(&self, envelope: &Envelope) -> EnvelopeId {
        self.push(envelope.as_bytes());
        envelope.id()
    }

    fn store(&self, address: Address, bytes: &[u8]) {
        let mut log = self.log.lock().unwrap();
        let known = log
            .envelopes
            .iter()
            .any(|(at, _, kept)| *at == address && kept == bytes);
        if !known {
            log.envelopes
                .push((address, self.env.now(), bytes.to_vec()));
        }
        self.arrived.notify_one();
    }

    /// Appends an envelope once more, as a relay does that had forgotten it.
    pub(crate) fn push_again(&self, bytes: &[u8]) {
        let now = self.env.now();
        let mut log = self.log.lock().unwrap();
        log.envelopes.push((inbox(&self.root), now, bytes.to_vec()));
    }

    pub(crate) fn put_locker(&self, envelope: &Envelope) {
        let locker = (*envelope.address(), envelope.as_bytes().to_vec());
        self.log.lock().unwrap().lockers.push(locker);
    }

    /// All answers that lie in mailboxes, in order.
    pub(crate) fn answers(&self) -> Vec<Envelope> {
        let inbox = inbox(&self.root);
        let log = self.log.lock().unwrap();
        let answers = log
            .envelopes
            .iter()
            .filter(|(address, _, kept)| *address != inbox && !kept.is_empty());
        answers
            .map(|(_, _, bytes)| Envelope::parse(bytes.clone()).unwrap())
            .collect()
    }

    /// The relay is restored from a copy that has only the first `kept`
    /// envelopes.
    pub(crate) fn restore(&self, kept: usize) {
        let mut log = self.log.lock().unwrap();
        log.id += 1;
        log.envelopes.truncate(kept);
        log.certificates = 0;
    }

    /// Drops every answer, as a relay does after a long time. Their places stay
    /// taken: sequences are never given twice.
    pub(crate) fn forget_answers(&self) {
        let inbox = inbox(&self.root);
        let mut log = self.log.lock().unwrap();
        for (address, _, bytes) in &mut log.envelopes {
            if *address != inbox {
                *address = Address::from_bytes([0; 32]);
                bytes.clear();
            }
        }
    }

    pub(crate) fn envelopes_count(&self) -> usize {
        self.log.lock().unwrap().envelopes.len()
    }

    pub(crate) fn certificates_count(&self) -> usize {
        self.log.lock().unwrap().certificates
    }

    pub(crate) fn fail_next(&self, times: u32) {
        self.log.lock().unwrap().failures = times;
    }

    pub(crate) fn refuse_answers(&self, refuse: bool) {
        self.log.lock().unwrap().refuses_answers = refuse;
    }

    pub(crate) fn set_page(&self, envelopes: usize) {
        self.log.lock().unwrap().page = envelopes;
    }

    /// Every request since the last call.
    pub(crate) fn take_requests(&self) -> Vec<DeskRequest> {
        std::mem::take(&mut self.log.lock().unwrap().requests)
    }

    fn answer(&self, request: &DeskRequest) -> Result<DeskResponse, LinkError> {
        let mut log = self.log.lock().unwrap();
        if log.failures > 0 {
            log.failures -= 1;
            return Err(LinkError::Offline);
        }
        log.requests.push(request.clone());
        let id = LogId::from_bytes([log.id; 8]);
        let mut response = DeskResponse::new(id);
        let same_log = request.log == Some(id);
        if !request.certificates.is_empty() {
            log.certificates = request.certificates.len();
        }
        let now = self.env.now();
        for bytes in &request.push {
            let address = *Envelope::parse(bytes.to_vec()).unwrap().address();
            if log.refuses_answers {
                response.acks.push(Ack::Refused(Refusal::Full));
                continue;
            }
            if !log
                .envelopes
                .iter()
                .any(|(_, _, kept)| kept[..] == bytes[..])
            {
                log.envelopes.push((address, now, bytes.to_vec()));
            }
            response.acks.push(Ack::Stored);
        }
        let after = if same_log { request.inbox_after } else { 0 };
        let mut inbox = read(&log, &inbox(&self.root), after);
        response.more = inbox.len() > log.page;
        inbox.truncate(log.page);
        response.next = inbox.last().map_or(after, |(seq, _, _)| *seq);
        for (seq, received_at, bytes) in inbox {
            response.arrived.push(Arrived {
                seq,
                received_at,
                envelope: bytes.into(),
            });
        }
        for cursor in &request.mailboxes {
            let after = if same_log { cursor.after } else { 0 };
            let rows = read(&log, &mailbox(&self.root, cursor.shard), after);
            let Some((next, _, _)) = rows.last().cloned() else {
                continue;
            };
            let stored = |(seq, _, bytes): (u64, u64, Vec<u8>)| Stored {
                seq,
                envelope: bytes.into(),
            };
            let envelopes = rows.into_iter().map(stored).collect();
            response.pages.push(Page {
                shard: cursor.shard,
                envelopes,
                next,
                more: false,
            });
        }
        for address in &request.locker_gets {
            let locker = log.lockers.iter().find(|(at, _)| at == address);
            response
                .lockers
                .push(locker.map_or(LockerAnswer::Missing, |(_, bytes)| {
                    LockerAnswer::Found(bytes.clone().into())
                }));
        }
        Ok(response)
    }
}

fn read(log: &Log, wanted: &Address, after: u64) -> Vec<(u64, u64, Vec<u8>)> {
    (1..)
        .zip(&log.envelopes)
        .filter(|(seq, (address, _, _))| *seq > after && address == wanted)
        .map(|(seq, (_, at, bytes))| (seq, *at, bytes.clone()))
        .collect()
}

impl DeskLink for Relay {
    fn exchange(&self, request: SignedDeskRequest) -> Exchange<'_> {
        Box::pin(async move {
            let request = request
                .verify(&self.root, self.env.now())
                .map_err(|_| LinkError::NotSigned)?;
            let response = self.answer(&request)?;
            let nothing = response.arrived.is_empty() && request.log == Some(response.log);
            if request.wait_seconds == 0 || !nothing {
                return Ok(response);
            }
            self.arrived.notified().await;
            self.answer(&request)
        })
    }
}
