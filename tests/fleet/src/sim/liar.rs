//! What a relay does that has changed sides: it acknowledges what it throws
//! away, withholds, plays back, mixes up and forges.

use loive_protocol::limits::MAILBOX_SHARDS;
use loive_protocol::{
    Ack, AnswerBatch, AnswerItem, Arrived, Certificate, CertificateBody, CertificateKind,
    DeskReceipt, DeskResponse, Envelope, EnvelopeId, LockerAck, LockerAnswer, LogId, Outcome, Page,
    PublicKey, Refusal, RootKey, SignKey, Stored, SyncRequest, SyncResponse, Wire as _,
    seal_answer,
};

use super::intruder::own;
use super::plan::{Dice, What};
use super::site::read_request;
use super::violation::Violation;
use super::world::{Packet, World};
use loive_documents::Thread;

type Did = Result<bool, Violation>;

/// A cursor far behind the end of every log.
const FAR_AWAY: u64 = 1 << 40;

impl World<'_> {
    pub(super) fn lie(&mut self, what: What, dice: &mut Dice) -> Did {
        let did = match what {
            What::ForgeAck => self.forge_acks(dice),
            What::LieToDesk => self.lie_to_desk(dice)?,
            _ => self.lie_to_phone(what, dice)?,
        };
        self.has_lied |= did;
        Ok(did)
    }

    /// Answers a request without looking at it.
    fn forge_acks(&mut self, dice: &mut Dice) -> bool {
        let waits = |packet: &Packet| matches!(packet, Packet::ToRelay { .. });
        let Some(at) = self.any_packet(dice, waits) else {
            return false;
        };
        let Packet::ToRelay {
            phone,
            life,
            ticket,
            bytes,
        } = self.bag.remove(at)
        else {
            return false;
        };
        let Some(request) = read_request(&bytes) else {
            return false;
        };
        let mut response = SyncResponse::new(self.log(dice));
        let refuses = dice.chance(1, 4);
        response.acks = request
            .push
            .iter()
            .map(|_| {
                if refuses {
                    Ack::Refused(Refusal::TooLarge)
                } else {
                    Ack::Stored
                }
            })
            .collect();
        response.locker_acks = request
            .locker_puts
            .iter()
            .map(|_| LockerAck::Stored)
            .collect();
        response.lockers = request
            .locker_gets
            .iter()
            .map(|_| LockerAnswer::Missing)
            .collect();
        response.locker_erased = request.locker_erasures.iter().map(|_| true).collect();
        if !refuses {
            self.note_false_acks(&request);
        }
        self.bag.push(Packet::ToPhone {
            phone,
            life,
            ticket,
            request: bytes,
            answer: Ok(response.to_bytes()),
        });
        true
    }

    fn note_false_acks(&mut self, request: &SyncRequest) {
        for bytes in &request.push {
            if let Ok(envelope) = Envelope::parse(bytes.to_vec()) {
                self.truth.false_acks.insert(envelope.id());
            }
        }
    }

    /// The log that phones know, or another.
    fn log(&self, dice: &mut Dice) -> LogId {
        let known = self.recorded_answers.last();
        let known = known.and_then(|bytes| SyncResponse::from_bytes(bytes).ok());
        match known {
            Some(response) if dice.chance(4, 5) => response.log,
            _ => LogId::from_bytes(dice.any().to_be_bytes()),
        }
    }

    fn any_packet(&self, dice: &mut Dice, wanted: impl Fn(&Packet) -> bool) -> Option<usize> {
        let found: Vec<usize> = self
            .bag
            .iter()
            .enumerate()
            .filter_map(|(at, packet)| wanted(packet).then_some(at))
            .collect();
        dice.pick(&found).copied()
    }

    /// Changes an honest answer on its way to a phone.
    fn lie_to_phone(&mut self, what: What, dice: &mut Dice) -> Did {
        let is_answer = |packet: &Packet| matches!(packet, Packet::ToPhone { answer: Ok(_), .. });
        let mut at = self.any_packet(dice, is_answer);
        if at.is_none() {
            let waits = |packet: &Packet| matches!(packet, Packet::ToRelay { .. });
            let Some(first) = self.any_packet(dice, waits) else {
                return Ok(false);
            };
            self.deliver(first)?;
            at = self.any_packet(dice, is_answer);
        }
        let Some(at) = at else { return Ok(false) };
        let Some(Packet::ToPhone {
            request,
            answer: Ok(bytes),
            ..
        }) = self.bag.get(at).cloned()
        else {
            return Ok(false);
        };
        let (Some(request), Ok(response)) =
            (read_request(&request), SyncResponse::from_bytes(&bytes))
        else {
            return Ok(false);
        };
        let Some(lie) = self.changed(what, &request, response, dice)? else {
            return Ok(false);
        };
        if let Some(Packet::ToPhone { answer, .. }) = self.bag.get_mut(at) {
            *answer = Ok(lie);
        }
        Ok(true)
    }

    fn changed(
        &mut self,
        what: What,
        request: &SyncRequest,
        mut response: SyncResponse,
        dice: &mut Dice,
    ) -> Result<Option<Vec<u8>>, Violation> {
        match what {
            What::ReplayResponse => {
                self.note_false_acks(request);
                return Ok(dice.pick(&self.recorded_answers).cloned());
            }
            What::Withhold => {
                for page in &mut response.pages {
                    page.envelopes.clear();
                }
            }
            What::FlipLog => response.log = LogId::from_bytes(dice.any().to_be_bytes()),
            What::JumpCursor => {
                for page in &mut response.pages {
                    page.next = page.next.saturating_add(FAR_AWAY);
                }
                if response.pages.is_empty() {
                    let bytes = self.garbage(dice);
                    inject(&mut response, request, None, bytes, FAR_AWAY);
                }
            }
            What::ForgeCertificate => response.certificates.push(forged_certificate(dice)),
            What::CopyAcross => {
                let Some(bytes) = self.of_another_space(dice) else {
                    return Ok(None);
                };
                inject(&mut response, request, None, bytes, 1);
            }
            _ => {
                let Some((shard, bytes)) = self.forged_answer(dice)? else {
                    return Ok(None);
                };
                inject(&mut response, request, Some(shard), bytes, 1);
            }
        }
        Ok(Some(response.to_bytes()))
    }

    /// An envelope of another space, or one whose address was rewritten.
    fn of_another_space(&mut self, dice: &mut Dice) -> Option<Vec<u8>> {
        let shard = u8::try_from(dice.below(usize::from(MAILBOX_SHARDS))).ok()?;
        let from = loive_protocol::mailbox(&self.kit.card.root, shard);
        let answers = self.site().envelopes_at(&from).ok()?;
        let reports = self
            .site()
            .envelopes_at(&loive_protocol::inbox(&self.kit.card.root));
        let all: Vec<Vec<u8>> = answers.into_iter().chain(reports.ok()?).collect();
        let mut bytes = dice.pick(&all)?.clone();
        if dice.chance(1, 2) {
            let other = loive_protocol::mailbox(&self.kit.card.root, shard ^ 1);
            for (to, from) in bytes.iter_mut().skip(12).zip(other.as_bytes()) {
                *to = *from;
            }
        }
        Some(bytes)
    }

    /// An answer by somebody who holds the seed and not the hotline's key: it
    /// says that everything is merged and read, and has words of its own.
    fn forged_answer(&mut self, dice: &mut Dice) -> Result<Option<(u8, Vec<u8>)>, Violation> {
        let Some((id, seed)) = self.stolen(dice) else {
            return Ok(None);
        };
        let firsts = self.truth.report(id).firsts.clone();
        let all: Vec<EnvelopeId> = self
            .truth
            .sealed
            .iter()
            .filter_map(|(envelope, sealed)| (sealed.report == id).then_some(*envelope))
            .chain(firsts)
            .collect();
        let mut items: Vec<AnswerItem> = all
            .into_iter()
            .map(|envelope| {
                AnswerItem::Receipt(DeskReceipt {
                    envelope,
                    received_at: self.now,
                    outcome: Outcome::Merged,
                })
            })
            .collect();
        let mut thread = Thread::new();
        let actor = [0xee; 16];
        let read = thread
            .mark_read(actor, self.now)
            .map_err(|error| own(&error))?;
        let words = thread
            .add_message("Đừng gọi ai cả.", actor, self.now, [4, 3, 2, 1])
            .map_err(|error| own(&error))?;
        items.extend(read.map(|raw| AnswerItem::Change(raw.into())));
        items.push(AnswerItem::Change(words.into()));
        let batch = AnswerBatch::new(self.now, items);
        let key = SignKey::generate(&mut dice.0);
        let root = &self.kit.card.root;
        let sealed = seal_answer(&batch, &seed, &key, root, &mut dice.0);
        let envelope = sealed.map_err(|error| own(&error))?;
        Ok(Some((seed.shard(), envelope.into_bytes())))
    }

    fn lie_to_desk(&mut self, dice: &mut Dice) -> Did {
        if dice.chance(1, 3) {
            return Ok(self.swallow_answers(dice));
        }
        let is_answer = |packet: &Packet| matches!(packet, Packet::ToDesk { answer: Ok(_), .. });
        let mut at = self.any_packet(dice, is_answer);
        if at.is_none() {
            let waits = |packet: &Packet| matches!(packet, Packet::DeskToRelay { .. });
            let Some(first) = self.any_packet(dice, waits) else {
                return Ok(false);
            };
            self.deliver(first)?;
            at = self.any_packet(dice, is_answer);
        }
        let forged = self.forged_answer(dice)?;
        let garbage = self.garbage(dice);
        let elsewhere = self.of_another_space(dice);
        let Some(Packet::ToDesk {
            answer: Ok(response),
            ..
        }) = at.and_then(|at| self.bag.get_mut(at))
        else {
            return Ok(false);
        };
        let next = response
            .arrived
            .last()
            .map_or(response.next, |last| last.seq);
        let mut arrives = |bytes: Vec<u8>, received_at| {
            response.next = response.next.max(next + 1);
            response.arrived.push(Arrived {
                seq: next + 1,
                received_at,
                envelope: bytes.into(),
            });
        };
        match dice.below(6) {
            0 => response.arrived.clear(),
            1 => arrives(garbage, u64::MAX >> 12),
            2 => arrives(elsewhere.unwrap_or_default(), 0),
            3 => response.log = LogId::from_bytes(dice.any().to_be_bytes()),
            4 => response.next = FAR_AWAY,
            _ => {
                if let Some((shard, bytes)) = forged {
                    let stored = Stored {
                        seq: FAR_AWAY,
                        envelope: bytes.into(),
                    };
                    response.pages.retain(|page| page.shard != shard);
                    response.pages.push(Page {
                        shard,
                        envelopes: vec![stored],
                        next: FAR_AWAY,
                        more: false,
                    });
                }
            }
        }
        Ok(true)
    }

    /// Takes the desk's answers, says that they are stored, and forgets them.
    fn swallow_answers(&mut self, dice: &mut Dice) -> bool {
        let waits = |packet: &Packet| matches!(packet, Packet::DeskToRelay { .. });
        let Some(at) = self.any_packet(dice, waits) else {
            return false;
        };
        let Packet::DeskToRelay { life, request } = self.bag.remove(at) else {
            return false;
        };
        let Ok(asked) = request.verify(&self.kit.card.root, self.now) else {
            return false;
        };
        let log = asked.log.unwrap_or_else(|| self.log(dice));
        let mut response = DeskResponse::new(log);
        response.acks = asked.push.iter().map(|_| Ack::Stored).collect();
        response.next = asked.inbox_after;
        self.bag.push(Packet::ToDesk {
            life,
            request,
            answer: Ok(Box::new(response)),
        });
        true
    }
}

/// Puts an envelope at the end of a shard's page, or of a page of its own.
fn inject(
    response: &mut SyncResponse,
    request: &SyncRequest,
    shard: Option<u8>,
    bytes: Vec<u8>,
    further: u64,
) {
    let asked = request
        .mailboxes
        .iter()
        .find(|cursor| shard.is_none_or(|shard| shard == cursor.shard));
    let Some(cursor) = asked else { return };
    let after = if request.log == Some(response.log) {
        cursor.after
    } else {
        0
    };
    let known = response
        .pages
        .iter()
        .position(|page| page.shard == cursor.shard);
    let at = known.unwrap_or_else(|| {
        response.pages.push(Page {
            shard: cursor.shard,
            envelopes: Vec::new(),
            next: after,
            more: false,
        });
        response.pages.len() - 1
    });
    if let Some(page) = response.pages.get_mut(at) {
        page.next += further;
        page.envelopes.push(Stored {
            seq: page.next,
            envelope: bytes.into(),
        });
    }
}

/// A key that another root certifies.
fn forged_certificate(dice: &mut Dice) -> Certificate {
    let root = RootKey::generate(&mut dice.0);
    let mut key = [0; 32];
    for (to, from) in key.iter_mut().zip(dice.any().to_be_bytes()) {
        *to = from;
    }
    let kind = if dice.chance(1, 2) {
        CertificateKind::Seal
    } else {
        CertificateKind::Sign
    };
    let key = PublicKey::from_bytes(key);
    root.certify(CertificateBody::new(kind, 99, key, 0, u64::MAX >> 20))
}
