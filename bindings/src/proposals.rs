//! Other words for the library, proposed from this phone. Messages, withdrawing
//! and erasing take a proposal's id as they take a report's.

use std::time::SystemTime;

use loive_client::{Delivery, ProposedRecording, Trouble};
use loive_protocol::ReportId;

use crate::error::{PhoneError, count};
use crate::phone::Phone;
use crate::report::{Line, Times, Withdrawal, time};

/// What somebody would write in an item of the library.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
#[uniffi::export(Debug, Display)]
pub struct NewProposal {
    /// The item.
    pub item: String,
    /// The words.
    pub texts: Vec<ProposedText>,
    /// A block that was read aloud.
    pub recording: Option<NewRecording>,
    /// Why, for the hotline.
    pub note: Option<String>,
}

/// Which words of an item.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Enum)]
pub enum ItemPart {
    /// Its title.
    Title,
    /// Its summary.
    Summary,
    /// A block.
    Block {
        /// Its id.
        id: String,
    },
}

/// Words for one part of an item, in one language.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
#[uniffi::export(Debug, Display)]
pub struct ProposedText {
    /// The part.
    pub part: ItemPart,
    /// The code of the language.
    pub lang: String,
    /// The words, in the library's markup.
    pub text: String,
}

/// A block that was read aloud, as the phone recorded it.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
#[uniffi::export(Debug, Display)]
pub struct NewRecording {
    /// The block, by its id.
    pub block: String,
    /// The code of the language.
    pub lang: String,
    /// An Ogg file with Opus. What is in it beside the sound is left behind.
    pub ogg: Vec<u8>,
}

/// What the hotline says to a proposal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum Decision {
    /// Nothing yet.
    Waiting,
    /// It is taken into the library.
    Accepted {
        /// When, by the hotline's clock.
        at: SystemTime,
    },
    /// It is not taken. A message may say why.
    Declined {
        /// When, by the hotline's clock.
        at: SystemTime,
    },
}

/// A proposal in a list.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
#[uniffi::export(Debug, Display)]
pub struct ProposalSummary {
    /// Which proposal.
    pub id: ReportId,
    /// The item that it is for.
    pub item: String,
    /// The item's title; `None` if the library does not have it any more.
    pub title: Option<String>,
    /// When it was proposed.
    pub proposed_at: SystemTime,
    /// How far it has come.
    pub delivery: Delivery,
    /// What the hotline says to it.
    pub decision: Decision,
    /// When it was taken back.
    pub withdrawn_at: Option<SystemTime>,
    /// How many messages the hotline wrote.
    pub messages_of_hotline: u64,
}

/// Words that were proposed, beside what the library says today.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
#[uniffi::export(Debug, Display)]
pub struct ProposedWords {
    /// The part.
    pub part: ItemPart,
    /// The code of the language.
    pub lang: String,
    /// What was proposed.
    pub proposed: String,
    /// What stands there today.
    pub today: Option<String>,
    /// Something else was written there since.
    pub has_moved_on: bool,
}

/// The recording of a proposal. Its sound: `Phone.proposed_recording`.
#[uniffi::remote(Record)]
pub struct ProposedRecording {
    /// The block that is read.
    pub block: String,
    /// The code of the language.
    pub lang: String,
    /// How long it plays.
    pub milliseconds: u32,
    /// Its length in bytes.
    pub bytes: u32,
}

/// A proposal as a screen shows it.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
#[uniffi::export(Debug, Display)]
pub struct ProposalPage {
    /// What a list shows of it.
    pub summary: ProposalSummary,
    /// When each step was acknowledged.
    pub times: Times,
    /// The words, in the order of their keys.
    pub texts: Vec<ProposedWords>,
    /// The recording.
    pub recording: Option<ProposedRecording>,
    /// Why it was proposed.
    pub note: Option<String>,
    /// What was written from both sides, oldest first.
    pub timeline: Vec<Line>,
    /// Whether it was taken back.
    pub withdrawal: Option<Withdrawal>,
    /// What is wrong with something that was sent, worst first.
    pub troubles: Vec<Trouble>,
}

#[uniffi::export]
impl Phone {
    /// Proposes other words for an item of the library. They are sealed once and
    /// sent with the next sync; the same proposal again is the same.
    pub async fn propose(&self, proposal: NewProposal) -> Result<ReportId, PhoneError> {
        let proposal = proposal.into();
        self.run(move |phone| phone.propose(&proposal)).await
    }

    /// What was proposed on this phone, the newest first.
    pub async fn proposals(&self, lang: String) -> Result<Vec<ProposalSummary>, PhoneError> {
        let proposals = self.run(move |phone| phone.proposals(&lang)).await?;
        Ok(proposals.into_iter().map(ProposalSummary::from).collect())
    }

    /// A proposal beside what the library says today. Writes nothing.
    pub async fn proposal(&self, id: ReportId, lang: String) -> Result<ProposalPage, PhoneError> {
        let page = self.run(move |phone| phone.proposal(&id, &lang)).await?;
        Ok(page.into())
    }

    /// The recording of a proposal of this phone: an Ogg file with Opus.
    pub async fn proposed_recording(&self, id: ReportId) -> Result<Vec<u8>, PhoneError> {
        self.run(move |phone| phone.proposed_recording(&id)).await
    }
}

impl From<NewProposal> for loive_client::NewProposal {
    fn from(new: NewProposal) -> Self {
        let text = |text: ProposedText| loive_client::ProposedText {
            part: text.part.into(),
            lang: text.lang,
            text: text.text,
        };
        Self {
            item: new.item,
            texts: new.texts.into_iter().map(text).collect(),
            recording: new.recording.map(|it| loive_client::NewRecording {
                block: it.block,
                lang: it.lang,
                ogg: it.ogg,
            }),
            note: new.note,
        }
    }
}

impl From<ItemPart> for loive_client::Part {
    fn from(part: ItemPart) -> Self {
        match part {
            ItemPart::Title => Self::Title,
            ItemPart::Summary => Self::Summary,
            ItemPart::Block { id } => Self::Block(id),
        }
    }
}

impl From<loive_client::Part> for ItemPart {
    fn from(part: loive_client::Part) -> Self {
        match part {
            loive_client::Part::Title => Self::Title,
            loive_client::Part::Summary => Self::Summary,
            loive_client::Part::Block(id) => Self::Block { id },
        }
    }
}

impl From<loive_client::Decision> for Decision {
    fn from(decision: loive_client::Decision) -> Self {
        match decision {
            loive_client::Decision::Waiting => Self::Waiting,
            loive_client::Decision::Accepted { at } => Self::Accepted { at: time(at) },
            loive_client::Decision::Declined { at } => Self::Declined { at: time(at) },
        }
    }
}

impl From<loive_client::ProposalSummary> for ProposalSummary {
    fn from(proposal: loive_client::ProposalSummary) -> Self {
        Self {
            id: proposal.id,
            item: proposal.item,
            title: proposal.title,
            proposed_at: time(proposal.proposed_at),
            delivery: proposal.delivery,
            decision: proposal.decision.into(),
            withdrawn_at: proposal.withdrawn_at.map(time),
            messages_of_hotline: count(proposal.messages_of_hotline),
        }
    }
}

impl From<loive_client::ProposalPage> for ProposalPage {
    fn from(page: loive_client::ProposalPage) -> Self {
        let words = |it: loive_client::ProposedWords| ProposedWords {
            part: it.part.into(),
            lang: it.lang,
            proposed: it.proposed,
            today: it.today,
            has_moved_on: it.has_moved_on,
        };
        Self {
            summary: page.summary.into(),
            times: page.times.into(),
            texts: page.texts.into_iter().map(words).collect(),
            recording: page.recording,
            note: page.note,
            timeline: page.timeline.into_iter().map(Line::from).collect(),
            withdrawal: page.withdrawal.map(Withdrawal::from),
            troubles: page.troubles,
        }
    }
}
