//! What stands in the plan.

use loive_documents::{Answers, Field, Form, Value};

use crate::error::PhoneError;
use crate::phone::Phone;
use crate::store::{meta, plan};
use crate::verbs::question;

/// The question that holds the ten checks. Its options are the blocks of the
/// library's item `checks`: `check_3` here is `check-3` there.
const CHECKS: &str = "checks";

/// The plan as a screen shows it. `Debug` is left out: it holds words.
pub struct Plan {
    /// Its form.
    pub form: &'static Form,
    /// Every answer given so far.
    pub answers: Answers,
    /// The questions and notes to show, in order.
    pub visible: Vec<&'static Field>,
    /// What a whole plan still needs.
    pub missing: Vec<&'static Field>,
    /// How many of the ten checks are done.
    pub checks_done: usize,
    /// All of them are.
    pub is_checked: bool,
}

impl Phone {
    /// The safety plan. There is always one; a new one is empty.
    pub fn plan(&self) -> Result<Plan, PhoneError> {
        let form = Form::safety_plan();
        let answers = self.0.store.read(plan::answers)?;
        let checks_done = answers.ticked(CHECKS).len();
        let checks = form.field(CHECKS).map_or(0, |field| field.options().len());
        Ok(Plan {
            form,
            visible: form.visible(&answers),
            missing: form.missing(&answers),
            checks_done,
            is_checked: checks_done == checks,
            answers,
        })
    }

    /// Answers a question of the plan, or takes the answer away with `None` or an
    /// empty one. When it returns, the answer survives whatever happens to the
    /// phone.
    ///
    /// # Errors
    /// [`PhoneError::Invalid`] for what the question does not take;
    /// [`PhoneError::StorageFull`], with every earlier answer intact.
    pub fn set_plan_answer(&self, field: &str, value: Option<&Value>) -> Result<(), PhoneError> {
        let question = question(Form::safety_plan(), field)?;
        if let Some(value) = value {
            question.check(value)?;
        }
        self.0.store.write(|tx| {
            match value.filter(|value| !value.is_empty()) {
                // In the order of the form, and each check once.
                Some(Value::Multi(codes)) => plan::set(tx, field, &question.pick(codes)?)?,
                Some(value) => plan::set(tx, field, value)?,
                None => plan::clear(tx, field)?,
            }
            // What stood there before does not stay behind in free pages; that is
            // done at the next scrub, not at every key stroke.
            meta::scrub_due(tx)?;
            meta::observe(tx, &self.0.env)?;
            Ok(())
        })
    }
}
