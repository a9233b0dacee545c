//! The library: what there is to read. Reading writes nothing.

use std::collections::HashMap;

use loive_client::{
    DirectoryQuery, Entry, Hit, Home, ItemPage, LibraryLine, LibraryQuery, LibraryStanding, Taken,
};
use loive_documents::library::markup::Markup;
use loive_documents::screening::{Offer, Outcome, Tri};
use loive_documents::{Indicator, Lang};

use crate::error::PhoneError;
use crate::phone::Phone;
use crate::screening::{Screened, Sign};

/// What a quiz says.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct QuizOutcome {
    /// The words of the result, in the library's markup.
    pub words: Option<String>,
    /// How alarming an offer is; `None` for a quiz about something else. A
    /// screening aid, not the identification of a victim: say so.
    pub screened: Option<Screened>,
    /// Questions to look at again, by id.
    pub questions: Vec<String>,
    /// Right answers, for a quiz about knowledge.
    pub right: Option<u32>,
    /// What to read now.
    pub read: Vec<LibraryLine>,
}

/// What the signs of an offer say.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct OfferOutcome {
    /// How alarming it is. A screening aid, not the identification of a victim:
    /// say so.
    pub screened: Screened,
    /// The signs that are there, by id.
    pub signs: Vec<String>,
    /// What to read now.
    pub read: Vec<LibraryLine>,
}

/// The words of a block, taken apart. Any text gives something.
#[uniffi::export]
pub fn parse_markup(text: &str) -> Markup {
    Markup::parse(text)
}

/// The signs that are asked about an offer, in order.
#[uniffi::export]
pub fn offer_signs(offer: Offer, lang: Lang) -> Vec<Sign> {
    let sign = |sign: &Indicator| Sign::new(sign, lang);
    offer.signs().into_iter().map(sign).collect()
}

/// Languages of the library are named by code: `vi`, `en`, `hnj`.
#[uniffi::export]
impl Phone {
    /// Where the library stands.
    pub async fn library(&self) -> Result<LibraryStanding, PhoneError> {
        self.run(loive_client::Phone::library).await
    }

    /// Takes the library out of a file: the one that ships with the app, or one
    /// that another phone made. Needs no network.
    pub async fn take_library_file(&self, bytes: Vec<u8>) -> Result<Taken, PhoneError> {
        self.run(move |phone| phone.take_library_file(&bytes)).await
    }

    /// The library that is shown, as a file for another phone.
    pub async fn library_file(&self) -> Result<Vec<u8>, PhoneError> {
        self.run(loive_client::Phone::library_file).await
    }

    /// Tells whether the network costs the person money by the byte.
    pub fn set_metered(&self, is_metered: bool) {
        self.0.set_metered(is_metered);
    }

    /// Lets the next sync ask for a new release.
    pub async fn look_for_library(&self) -> Result<(), PhoneError> {
        self.run(loive_client::Phone::look_for_library).await
    }

    /// Releases up to this size are fetched over mobile data without asking.
    pub async fn set_library_unasked_bytes(&self, bytes: u32) -> Result<(), PhoneError> {
        self.run(move |phone| phone.set_library_unasked_bytes(bytes))
            .await
    }

    /// The release that waits may be fetched over mobile data.
    pub async fn allow_library(&self) -> Result<(), PhoneError> {
        self.run(loive_client::Phone::allow_library).await
    }

    /// The first screen, with the warnings for a province (two digits).
    pub async fn library_home(
        &self,
        lang: String,
        province: Option<String>,
    ) -> Result<Home, PhoneError> {
        self.run(move |phone| phone.library_home(&lang, province.as_deref()))
            .await
    }

    /// What the library has, by kind and in order.
    pub async fn library_list(
        &self,
        query: LibraryQuery,
        lang: String,
    ) -> Result<Vec<LibraryLine>, PhoneError> {
        self.run(move |phone| phone.library_list(&query, &lang))
            .await
    }

    /// An item to read. What does not exist in the language is there in
    /// Vietnamese and says so.
    pub async fn library_item(&self, id: String, lang: String) -> Result<ItemPage, PhoneError> {
        self.run(move |phone| phone.library_item(&id, &lang)).await
    }

    /// What the library has on a text, the best first. The last word may be
    /// unfinished.
    pub async fn library_search(&self, text: String, lang: String) -> Result<Vec<Hit>, PhoneError> {
        self.run(move |phone| phone.library_search(&text, &lang))
            .await
    }

    /// Who helps. Emergency numbers come first.
    pub async fn directory(
        &self,
        query: DirectoryQuery,
        lang: String,
    ) -> Result<Vec<Entry>, PhoneError> {
        self.run(move |phone| phone.directory(&query, &lang)).await
    }

    /// Judges the answers to a quiz, by question. `possible_minor`: the person is
    /// or may be under 18; `abroad`: it is about going abroad under a contract.
    pub async fn judge_quiz(
        &self,
        quiz: String,
        answers: HashMap<String, Tri>,
        possible_minor: bool,
        abroad: bool,
        lang: String,
    ) -> Result<QuizOutcome, PhoneError> {
        let answers: Vec<(String, Tri)> = answers.into_iter().collect();
        let judge = move |phone: &loive_client::Phone| {
            phone.judge_quiz(&quiz, &answers, possible_minor, abroad, &lang)
        };
        Ok(self.run(judge).await?.into())
    }

    /// Judges what somebody knows of an offer, by sign.
    pub async fn check_offer(
        &self,
        offer: Offer,
        answers: HashMap<String, Tri>,
        possible_minor: bool,
        lang: String,
    ) -> Result<OfferOutcome, PhoneError> {
        let answers: Vec<(String, Tri)> = answers.into_iter().collect();
        let check = move |phone: &loive_client::Phone| {
            phone.check_offer(offer, &answers, possible_minor, &lang)
        };
        Ok(self.run(check).await?.into())
    }

    /// Marks an item, or takes the mark away. Private: in no envelope.
    pub async fn set_favourite(&self, id: String, is_favourite: bool) -> Result<(), PhoneError> {
        self.run(move |phone| phone.set_favourite(&id, is_favourite))
            .await
    }

    /// What the person marked, the latest first.
    pub async fn favourites(&self, lang: String) -> Result<Vec<LibraryLine>, PhoneError> {
        self.run(move |phone| phone.favourites(&lang)).await
    }

    /// Erases everything that is only this phone's and in no report.
    pub async fn erase_private(&self) -> Result<(), PhoneError> {
        self.run(loive_client::Phone::erase_private).await
    }
}

impl From<loive_client::QuizOutcome> for QuizOutcome {
    fn from(outcome: loive_client::QuizOutcome) -> Self {
        Self {
            words: outcome.words,
            screened: outcome.outcome.map(Screened::from),
            questions: outcome.questions,
            right: outcome.right,
            read: outcome.read,
        }
    }
}

impl From<loive_client::OfferOutcome> for OfferOutcome {
    fn from(outcome: loive_client::OfferOutcome) -> Self {
        Self {
            screened: outcome.outcome.into(),
            signs: outcome.signs,
            read: outcome.read,
        }
    }
}

impl From<Outcome> for Screened {
    fn from(outcome: Outcome) -> Self {
        Self {
            level: outcome.level,
            enough_information: outcome.enough_information,
        }
    }
}
