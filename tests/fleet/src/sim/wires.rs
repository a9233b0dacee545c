//! The road: requests and answers on their way, each an event of its own.

use loive_client::{Event, TransportError, Wake};
use loive_protocol::{DeskRequestError, DeskResponse, SignedDeskRequest, Wire as _};
use loive_server::desk::link::LinkError;
use loive_server::relay::DeskRefusal;

use super::house::Step;
use super::plan::{Dice, What};
use super::site::read_request;
use super::violation::Violation;
use super::world::{Packet, World};

/// Exchanges after which a session that was not to be interrupted is left to
/// the others.
const EXCHANGES_MAX_COUNT: usize = 40;
/// HTTP statuses that the relay's port answers with.
const BAD_REQUEST: u16 = 400;
const UNAVAILABLE: u16 = 503;

type Did = Result<bool, Violation>;

impl World<'_> {
    pub(super) fn phone_syncs(&mut self, what: What, dice: &mut Dice) -> Did {
        let number = dice.below(self.phones.len());
        match what {
            What::Cancel => self.feed(number, Event::Cancel),
            What::Timer => {
                if !self.handset(number).is_resting {
                    return Ok(false);
                }
                self.feed(number, Event::Timer)
            }
            What::Sync => self.feed(number, Event::Wake(Wake::Person)),
            _ => {
                self.feed(number, Event::Wake(Wake::Person))?;
                self.carry_for(number)
            }
        }
    }

    /// Hands an event to a phone's machine; what it sends is on its way then.
    pub(super) fn feed(&mut self, number: usize, event: Event) -> Did {
        let life = self.handset(number).life;
        let fed = self.handset_mut(number).feed(event)?;
        for request in fed.requests {
            self.watch_request(&request.bytes);
            self.bag.push(Packet::ToRelay {
                phone: number,
                life,
                ticket: request.ticket,
                bytes: request.bytes,
            });
        }
        if let Some(summary) = &fed.done {
            self.tally.count("phone sessions ended");
            self.tally
                .more("reports reopened", summary.reopened.len() as u64);
            self.tally
                .more("pieces ignored by phones", summary.ignored as u64);
            self.tally
                .more("new logs noticed by phones", summary.new_logs.into());
        }
        if !self.handset(number).disk.is_dead() && (fed.absorbed || fed.done.is_some()) {
            self.check_phone(number)?;
        }
        Ok(true)
    }

    /// Whoever stands at the road sees every envelope; the hotline's key tells
    /// the simulation what is in it.
    fn watch_request(&mut self, bytes: &[u8]) {
        self.record(bytes);
        if let Some(request) = read_request(bytes) {
            self.pushed += request.push.len() as u64;
            for envelope in &request.push {
                self.truth.spy(self.kit, envelope);
            }
        }
    }

    /// Delivers everything of one phone until it rests.
    pub(super) fn carry_for(&mut self, number: usize) -> Did {
        for _ in 0..EXCHANGES_MAX_COUNT {
            let next = self.bag.iter().position(|packet| match packet {
                Packet::ToRelay { phone, .. } | Packet::ToPhone { phone, .. } => *phone == number,
                _ => false,
            });
            let Some(next) = next else { break };
            self.deliver(next)?;
            if self.handset(number).disk.is_dead() || self.site().disk.is_dead() {
                break;
            }
        }
        Ok(true)
    }

    pub(super) fn deliver_any(&mut self, dice: &mut Dice) -> Did {
        if self.bag.is_empty() {
            return Ok(false);
        }
        // Mostly in order; where the dice say so, whatever comes.
        let at = if dice.chance(1, 2) {
            0
        } else {
            dice.below(self.bag.len())
        };
        if at > 0 {
            self.tally.count("messages that overtook another");
        }
        self.deliver(at)?;
        Ok(true)
    }

    pub(super) fn deliver(&mut self, at: usize) -> Result<(), Violation> {
        let packet = self.bag.remove(at);
        self.arrive(packet)
    }

    fn arrive(&mut self, packet: Packet) -> Result<(), Violation> {
        match packet {
            Packet::ToRelay {
                phone,
                life,
                ticket,
                bytes,
            } => {
                let answer = self.relay_answers(&bytes);
                if let Ok(bytes) = &answer {
                    self.record_answer(bytes);
                }
                self.bag.push(Packet::ToPhone {
                    phone,
                    life,
                    ticket,
                    request: bytes,
                    answer,
                });
            }
            Packet::ToPhone {
                phone,
                life,
                ticket,
                answer,
                ..
            } => {
                if self.handset(phone).life != life {
                    return Ok(());
                }
                let result = answer;
                self.feed(phone, Event::Response { ticket, result })?;
            }
            Packet::DeskToRelay { life, request } => {
                let answer = self.relay_answers_desk(&request).map(Box::new);
                self.bag.push(Packet::ToDesk {
                    life,
                    request,
                    answer,
                });
            }
            Packet::ToDesk { life, answer, .. } => {
                if self.house.life != life {
                    return Ok(());
                }
                // As bytes, so that the desk's own reader judges it.
                let answer = answer.and_then(|response| {
                    let read = DeskResponse::from_bytes(&response.to_bytes());
                    read.map_err(|_| LinkError::NotUnderstood)
                });
                if let Ok(response) = &answer {
                    for arrived in &response.arrived {
                        self.shown_to_desk(&arrived.envelope);
                    }
                }
                if self.house.answer(answer) {
                    self.desk_works()?;
                }
            }
        }
        Ok(())
    }

    /// What the relay's port does with a body.
    pub(super) fn relay_answers(&mut self, bytes: &[u8]) -> Result<Vec<u8>, TransportError> {
        let Some(request) = read_request(bytes) else {
            return Err(TransportError::Status(BAD_REQUEST));
        };
        let Some(relay) = self.site().relay().cloned() else {
            return Err(TransportError::Offline);
        };
        self.tally.count("requests of phones");
        let asked = request.clone();
        let answer = self.kit.runtime.block_on(relay.sync(asked, bytes.len()));
        if self.site().disk.is_dead() {
            return Err(TransportError::Interrupted);
        }
        let response = answer.map_err(|_| TransportError::Status(UNAVAILABLE))?;
        let stored = self.site_mut().note_acks(&request, &response.acks);
        self.truth.stored.extend(stored);
        Ok(response.to_bytes())
    }

    fn relay_answers_desk(
        &mut self,
        request: &SignedDeskRequest,
    ) -> Result<DeskResponse, LinkError> {
        let Some(relay) = self.site().relay().cloned() else {
            return Err(LinkError::Offline);
        };
        self.tally.count("requests of the desk");
        let answer = self.kit.runtime.block_on(relay.desk(request.clone()));
        if self.site().disk.is_dead() {
            return Err(LinkError::Offline);
        }
        answer.map_err(|refusal| match refusal {
            DeskRefusal::Request(DeskRequestError::NotSigned) => LinkError::NotSigned,
            DeskRefusal::Request(DeskRequestError::Stale) => LinkError::ClockSkew,
            DeskRefusal::Request(DeskRequestError::Content(_)) => LinkError::NotUnderstood,
            DeskRefusal::Relay(_) => LinkError::Busy,
        })
    }

    pub(super) fn desk_syncs(&mut self, what: What) -> Did {
        if self.house.begin() {
            self.desk_works()?;
        }
        if what == What::DeskThrough {
            self.carry_for_desk()?;
        }
        Ok(true)
    }

    /// Delivers everything of the desk until it has done.
    pub(super) fn carry_for_desk(&mut self) -> Result<(), Violation> {
        for _ in 0..EXCHANGES_MAX_COUNT {
            let next = self.bag.iter().position(|packet| {
                matches!(packet, Packet::DeskToRelay { .. } | Packet::ToDesk { .. })
            });
            let Some(next) = next else { break };
            self.deliver(next)?;
            if self.house.disk.is_dead() || self.site().disk.is_dead() {
                break;
            }
        }
        Ok(())
    }

    /// Lets the desk work until it asks its relay something, or is done.
    pub(super) fn desk_works(&mut self) -> Result<(), Violation> {
        let Some(step) = self.house.work(self.kit) else {
            return Ok(());
        };
        if self.house.disk.is_dead() {
            return Ok(());
        }
        self.check_desk()?;
        if self.house.disk.is_dead() {
            return Ok(());
        }
        match step {
            Step::Asks(request) => {
                self.watch_desk(&request)?;
                let life = self.house.life;
                self.bag.push(Packet::DeskToRelay { life, request });
            }
            Step::Done(Ok(())) => self.tally.count("desk has everything"),
            Step::Done(Err(_)) => self.tally.count("desk gave up"),
        }
        Ok(())
    }

    pub(super) fn counsellor(&mut self, what: What, dice: &mut Dice) -> Did {
        let Some(report) = self.any_report_at_desk(dice)? else {
            return Ok(false);
        };
        let Some(desk) = self.house.desk.clone() else {
            return Ok(false);
        };
        let who = &self.kit.counsellor;
        // Whoever answers has read; if the desk dies now it may be kept.
        self.truth.report(report).read = true;
        let done = if what == What::CounsellorReads {
            desk.mark_read(who, &report)
        } else {
            let words = self.fresh_words("Trả lời");
            let replies = &mut self.truth.report(report).replies;
            replies.insert(words.clone());
            desk.reply(who, &report, &words, "")
        };
        drop(desk);
        self.desk_did(done)?;
        Ok(true)
    }

    /// Makes the road worse for one message.
    pub(super) fn disturb(&mut self, what: What, dice: &mut Dice) -> bool {
        if self.bag.is_empty() {
            return false;
        }
        let at = dice.below(self.bag.len());
        match what {
            What::Duplicate => {
                if let Some(copy) = self.bag.get(at).cloned() {
                    self.bag.push(copy);
                }
            }
            What::Truncate => {
                if let Some(packet) = self.bag.get_mut(at) {
                    return cut(packet, dice);
                }
            }
            _ => self.lose(at),
        }
        true
    }

    /// A message is lost; whoever waits for it hears that after a while.
    pub(super) fn lose(&mut self, at: usize) {
        let lost = self.bag.remove(at);
        let instead = match lost {
            Packet::ToRelay {
                phone,
                life,
                ticket,
                bytes,
            } => Packet::ToPhone {
                phone,
                life,
                ticket,
                request: bytes,
                answer: Err(TransportError::Offline),
            },
            Packet::ToPhone {
                phone,
                life,
                ticket,
                request,
                answer: Ok(_),
            } => Packet::ToPhone {
                phone,
                life,
                ticket,
                request,
                answer: Err(TransportError::Interrupted),
            },
            Packet::DeskToRelay { life, request } | Packet::ToDesk { life, request, .. } => {
                Packet::ToDesk {
                    life,
                    request,
                    answer: Err(LinkError::Offline),
                }
            }
            bad @ Packet::ToPhone { .. } => bad,
        };
        self.bag.push(instead);
    }
}

/// A body arrives without its end.
fn cut(packet: &mut Packet, dice: &mut Dice) -> bool {
    match packet {
        Packet::ToRelay { bytes, .. }
        | Packet::ToPhone {
            answer: Ok(bytes), ..
        } => {
            let length = dice.below(bytes.len());
            bytes.truncate(length);
            true
        }
        _ => false,
    }
}
