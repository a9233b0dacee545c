//! What the desk counts, as Prometheus text. Totals only: nothing by which one
//! report could be told from another.

use std::fmt::Write as _;

use crate::relay::metrics::Counter;

macro_rules! metrics {
    ($($(#[doc = $help:literal])+ $field:ident => $name:literal;)*) => {
        /// The desk's counters.
        #[derive(Debug, Default)]
        pub struct Metrics {
            $($(#[doc = $help])+ pub $field: Counter,)*
        }

        impl Metrics {
            /// Everything as Prometheus reads it.
            pub fn to_text(&self) -> String {
                let mut text = String::new();
                $(
                    let (name, help) = ($name, concat!($($help),+).trim_ascii());
                    writeln!(
                        text,
                        "# HELP loive_desk_{name} {help}\n# TYPE loive_desk_{name} counter\n\
                         loive_desk_{name} {}",
                        self.$field.get(),
                    )
                    .expect("memory takes text");
                )*
                text
            }
        }
    };
}

metrics! {
    /// Exchanges with the relay that were answered.
    exchanges => "exchanges_total";
    /// Exchanges with the relay that failed.
    failed_exchanges => "failed_exchanges_total";
    /// Pages that could not be kept because the store failed.
    failed_pages => "failed_pages_total";
    /// Envelopes that opened.
    opened_envelopes => "opened_envelopes_total";
    /// Envelopes that did not open and lie in quarantine.
    unopened_envelopes => "unopened_envelopes_total";
    /// Envelopes that did not open and were not kept, because quarantine is full.
    dropped_envelopes => "dropped_envelopes_total";
    /// Envelopes that had been processed before.
    repeated_envelopes => "repeated_envelopes_total";
    /// Reports begun.
    new_reports => "new_reports_total";
    /// Proposals for the library begun.
    new_proposals => "new_proposals_total";
    /// Proposals that were not kept, because too many wait for a decision.
    dropped_proposals => "dropped_proposals_total";
    /// Answers that the relay has.
    delivered_answers => "delivered_answers_total";
    /// Answers that the relay refused.
    refused_answers => "refused_answers_total";
    /// Replies written.
    replies => "replies_total";
    /// Logs of the relay that were new to this desk.
    new_logs => "new_logs_total";
}
