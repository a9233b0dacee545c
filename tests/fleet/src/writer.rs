//! What people write: the form's own options, real communes and hand-written
//! sentences, chosen by a seed.

use loive_documents::{Answers, Choice, Field, Form, Kind, Place, Value, places};
use rand::rngs::StdRng;
use rand::seq::{IndexedRandom, IteratorRandom};
use rand::{RngExt, SeedableRng};
use serde::Deserialize;

/// The hand-written sentences of `data/sentences.toml`.
#[derive(Deserialize)]
struct Sentences {
    safe_word: Vec<String>,
    reporter_message: Vec<String>,
    counsellor_answer: Vec<String>,
    situation: Vec<Situation>,
}

/// What reporters say of one kind of situation.
#[derive(Deserialize)]
struct Situation {
    id: String,
    indicators: Vec<String>,
    suspect_info: Vec<String>,
    #[serde(default)]
    route_info: Vec<String>,
    where_hint: Vec<String>,
}

/// Writes reports, messages and answers, the same ones for the same seed.
pub struct Writer {
    rng: StdRng,
    sentences: Sentences,
    form: &'static Form,
}

impl Writer {
    /// A writer.
    pub fn new(seed: u64) -> Self {
        let sentences = toml::from_str(include_str!("../data/sentences.toml"))
            .expect("a test reads the same file");
        Self {
            rng: StdRng::seed_from_u64(seed),
            sentences,
            form: Form::suspicion_report(),
        }
    }

    /// Answers as somebody would give them: one in three only the express way,
    /// the others more or less of the whole form.
    pub fn report(&mut self) -> Answers {
        let mut answers = Answers::new();
        let situation = self.rng.random_range(0..self.sentences.situation.len());
        let express = self.rng.random_ratio(1, 3);
        for field in self.form.questions().filter(|field| !field.system()) {
            let needed = self
                .form
                .express()
                .iter()
                .any(|other| other.id() == field.id());
            let wanted = needed || (!express && self.rng.random_ratio(7, 10));
            let shown = field
                .show_if()
                .is_none_or(|condition| condition.holds(&answers));
            if !wanted || !shown {
                continue;
            }
            if let Some(value) = self.answer(field, situation) {
                answers.set(field.id(), value);
            }
        }
        self.form.effective(&answers)
    }

    /// A report of the whole form whose texts have together about `chars`
    /// characters: the fields with free text are filled up to it.
    pub fn report_of(&mut self, chars: usize) -> Answers {
        let mut answers = Answers::new();
        let situation = self.rng.random_range(0..self.sentences.situation.len());
        for id in [
            "danger_now",
            "reporter_role",
            "when_seen",
            "where",
            "how_many",
            "who_involved",
            "what_type",
            "indicators",
        ] {
            let value = self
                .form
                .field(id)
                .and_then(|field| self.answer(field, situation));
            if let Some(value) = value {
                answers.set(id, value);
            }
        }
        let mut left = chars;
        for (id, limit) in [("suspect_info", 500), ("where_hint", 120)] {
            let text = self.exactly(limit.min(left));
            left -= text.chars().count();
            answers.set(id, Value::Text(text));
        }
        answers
    }

    /// So many characters of sentences of all situations.
    fn exactly(&mut self, chars: usize) -> String {
        let mut text = String::new();
        while text.chars().count() < chars {
            let situation = self.sentences.situation.choose(&mut self.rng);
            let pool = situation
                .map(|one| one.suspect_info.as_slice())
                .unwrap_or_default();
            text = format!(
                "{text} {}",
                pool.choose(&mut self.rng).map_or("…", String::as_str)
            );
        }
        text.trim().chars().take(chars).collect()
    }

    /// A message that a reporter sends later.
    pub fn message(&mut self) -> String {
        pick(&self.sentences.reporter_message, &mut self.rng)
    }

    /// A counsellor's answer.
    pub fn reply(&mut self) -> String {
        pick(&self.sentences.counsellor_answer, &mut self.rng)
    }

    /// A chance of `numerator` in `denominator`.
    pub fn chance(&mut self, numerator: u32, denominator: u32) -> bool {
        self.rng.random_ratio(numerator, denominator)
    }

    fn answer(&mut self, field: &Field, situation: usize) -> Option<Value> {
        match field.id() {
            // Danger is rare; most people answer that there is none or that
            // they do not know.
            "danger_now" => Some(Value::Single(
                if self.rng.random_ratio(1, 12) {
                    "yes"
                } else {
                    "unknown"
                }
                .into(),
            )),
            "what_type" => {
                let id = self.sentences.situation.get(situation)?.id.clone();
                field.pick([id]).ok()
            }
            "indicators" => {
                let known = &self.sentences.situation.get(situation)?.indicators;
                let count = self.rng.random_range(1..=4);
                field.pick(known.iter().sample(&mut self.rng, count)).ok()
            }
            _ => self.by_kind(field, situation),
        }
    }

    fn by_kind(&mut self, field: &Field, situation: usize) -> Option<Value> {
        match field.kind() {
            Kind::Bool => Some(Value::Bool(self.rng.random_ratio(1, 2))),
            Kind::Single => {
                let choice = field.options().choose(&mut self.rng)?;
                Some(Value::Single(choice.code().to_owned()))
            }
            Kind::Multi => {
                let count = self.rng.random_range(1..=3);
                let chosen = field.options().iter().sample(&mut self.rng, count);
                field.pick(chosen.into_iter().map(Choice::code)).ok()
            }
            Kind::Place => self.place(),
            Kind::Text | Kind::Long => self.text(field, situation),
            Kind::Phone => Some(Value::Text(format!(
                "0900000{:03}",
                self.rng.random_range(0..1_000)
            ))),
            Kind::Time => Some(Value::Time(self.rng.random_range(0..48) * 30)),
            _ => None,
        }
    }

    fn place(&mut self) -> Option<Value> {
        if self.rng.random_ratio(1, 8) {
            return Some(Value::Place(Place::Abroad));
        }
        let province = places::provinces().iter().choose(&mut self.rng)?;
        let commune = places::communes(province.code())
            .iter()
            .choose(&mut self.rng)?;
        Some(Value::Place(Place::Commune {
            province: province.code().to_owned(),
            commune: commune.code().to_owned(),
        }))
    }

    fn text(&mut self, field: &Field, situation: usize) -> Option<Value> {
        let situation = self.sentences.situation.get(situation)?;
        let (pool, count) = match field.id() {
            "suspect_info" => (&situation.suspect_info, self.rng.random_range(1..=5)),
            "route_info" => (&situation.route_info, 2),
            "where_hint" => (&situation.where_hint, 1),
            "safe_word" => (&self.sentences.safe_word, 1),
            _ => return None,
        };
        let mut text = String::new();
        for sentence in pool.iter().sample(&mut self.rng, count) {
            let longer = text.chars().count() + 1 + sentence.chars().count();
            if field.max_chars().is_none_or(|limit| longer <= limit) {
                if !text.is_empty() {
                    text.push(' ');
                }
                text.push_str(sentence);
            }
        }
        (!text.is_empty()).then_some(Value::Text(text))
    }
}

fn pick(pool: &[String], rng: &mut StdRng) -> String {
    pool.choose(rng).cloned().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_fits_the_form_and_depends_only_on_the_seed() {
        let mut one = Writer::new(7);
        let mut same = Writer::new(7);
        let mut express = 0;
        for _ in 0..300 {
            let answers = one.report();
            assert!(answers == same.report(), "one seed, one text");
            let form = Form::suspicion_report();
            assert!(form.missing(&answers).is_empty());
            form.check_all(&answers)
                .expect("every value fits its field");
            express += u32::from(answers.len() <= 3);
        }
        assert!((30..200).contains(&express), "{express} express reports");
        assert!(
            !(Writer::new(8).report() == Writer::new(7).report()
                && Writer::new(8).message() == Writer::new(7).message())
        );
    }
}
