//! "Check an offer": which signs are asked about a job or a marriage.

use crate::form::{Indicator, indicators};

/// What was offered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Offer {
    /// Work, at home or abroad.
    Job,
    /// A marriage or a relationship that leads away.
    Marriage,
}

const JOB: [&str; 12] = [
    "r_no_licence",
    "r_no_contract",
    "r_pay_too_good",
    "r_broker_fee_debt",
    "r_secret_hurry",
    "r_use_of_relation",
    "r_job_lie",
    "r_family_threat",
    "t_docs_taken",
    "t_border_illegal",
    "t_fake_papers",
    "t_not_told_route",
];
const MARRIAGE: [&str; 10] = [
    "r_fake_love",
    "r_marriage_paid",
    "r_secret_hurry",
    "r_use_of_relation",
    "r_family_threat",
    "r_forced_or_sold",
    "t_docs_taken",
    "t_border_illegal",
    "t_fake_papers",
    "t_watched",
];

impl Offer {
    /// The signs that are asked, in order. All of them are signs of the one
    /// checklist, and [`super::level`] judges the answers.
    pub fn signs(self) -> Vec<&'static Indicator> {
        let ids: &[&str] = match self {
            Self::Job => &JOB,
            Self::Marriage => &MARRIAGE,
        };
        ids.iter()
            .filter_map(|id| indicators().iter().find(|one| one.id() == *id))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sign_that_is_asked_is_on_the_checklist() {
        assert_eq!(Offer::Job.signs().len(), JOB.len());
        assert_eq!(Offer::Marriage.signs().len(), MARRIAGE.len());
    }
}
