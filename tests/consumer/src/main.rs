#![doc = include_str!("../README.md")]

use std::env;
use std::error::Error;
use std::io::Write as _;

use loive_client::{Costs, MemoryKeys, OpenRequest, Phone};
use loive_documents::{Lang, Value};
use loive_protocol::HotlineCard;

/// The card of no hotline: it is the one of the protocol's golden vectors.
const CARD: &str = "loive-hotline-1:pAABAVggj6ZN5jilcboQTVveyHafHAqTBuEHt1Gc0pNWrOZsOFMCdWh0dHBzOi8vcmVsYXkuZXhhbXBsZQSCogCnAAEBAQIBAwAEWCCp3fFnYTp-EXc6qUKIUGneqMLOqhU2KwGWEtPATjQUPwUaarE7gAYabJJvAAFYQBH2NnvScRwO0fdawfaBXd6zL_o11ENnLhVYz1nPt-wR1a3RGn0KFGfG07FwLV-Jcr1lpPeJDZQcU2fAnKHWfAGiAKcAAQECAgEDAARYIIesJpj9BcJ1S-_cpbK_h4kvWADoQbkMV3cnrfhUYhiFBRpqsTuABhpskm8AAVhApz1N7l5bImMU8Md7MSRmqqFOEFnyQm8wSGxjElDFhnvNR5RNATIHai_kYIMMFO2sNAWxBe4Zw-WFGIufMtACDA";
const KEYSTORE: [u8; 32] = [7; 32];
const FIELD: &str = "where_hint";

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    match arguments
        .iter()
        .map(String::as_str)
        .collect::<Vec<_>>()
        .as_slice()
    {
        ["write", folder, words] => write(folder, words),
        ["read", folder] => read(folder),
        _ => Err("write FOLDER WORDS, or read FOLDER".into()),
    }
}

/// Succeeds only where SQLCipher answered: `Phone::open` refuses plain SQLite.
fn open(folder: &str) -> Result<Phone, Box<dyn Error>> {
    let card = HotlineCard::from_text(CARD)?;
    let mut request = OpenRequest::new(folder, card, MemoryKeys::new(KEYSTORE));
    request.costs = Costs::CHEAP;
    Ok(Phone::open(request)?)
}

fn write(folder: &str, words: &str) -> Result<(), Box<dyn Error>> {
    let phone = open(folder)?;
    let draft = phone.new_draft("suspicion_report", Lang::En)?;
    phone.answer(draft, FIELD, &Value::Text(words.to_owned()))?;
    Ok(())
}

fn read(folder: &str) -> Result<(), Box<dyn Error>> {
    let phone = open(folder)?;
    let mut output = std::io::stdout().lock();
    for draft in phone.drafts()? {
        if let Some(Value::Text(words)) = phone.draft_view(draft.id)?.answers.get(FIELD) {
            writeln!(output, "{words}")?;
        }
    }
    Ok(())
}
