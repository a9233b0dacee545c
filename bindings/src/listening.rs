//! The languages of the library, and recordings in them.

use loive_client::LanguageView;

use crate::error::PhoneError;
use crate::phone::Phone;

/// A language, and what the library has in it.
#[uniffi::remote(Record)]
pub struct LanguageView {
    /// Its code, ISO 639: `vi`, `hnj`.
    pub code: String,
    /// Its name; the code where the hotline's list has none.
    pub name: String,
    /// Items that have words in it.
    pub items: u32,
    /// Blocks that have a recording in it.
    pub recordings: u32,
    /// All of its recordings, in bytes.
    pub bytes: u64,
    /// So many of these bytes are on this phone.
    pub bytes_here: u64,
    /// The person wants to hear it.
    pub is_wanted: bool,
}

#[uniffi::export]
impl Phone {
    /// The languages of the hotline's list in its order, then others in which there
    /// is something. Writes nothing.
    pub async fn languages(&self, lang: String) -> Result<Vec<LanguageView>, PhoneError> {
        self.run(move |phone| phone.languages(&lang)).await
    }

    /// Marks a language in which the person wants to hear recordings, or takes the
    /// mark away and the recordings with it. Private: in no envelope.
    pub async fn set_listening(&self, lang: String, is_wanted: bool) -> Result<(), PhoneError> {
        self.run(move |phone| phone.set_listening(&lang, is_wanted))
            .await
    }

    /// The recording of a block in a language: an Ogg file with Opus. Writes
    /// nothing, and asks nobody; `NotFound` if it is not on this phone.
    pub async fn recording(
        &self,
        item: String,
        block: String,
        lang: String,
    ) -> Result<Vec<u8>, PhoneError> {
        self.run(move |phone| phone.recording(&item, &block, &lang))
            .await
    }
}
