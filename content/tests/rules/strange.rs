//! Whatever somebody types, an author gets findings and no crash.

use loive_content::{Finding, Rule};
use loive_documents::library::markup::{self, Markup, plain};
use proptest::prelude::*;

use crate::library::{findings_in, with_words};

const MARKS: &str = "[-#*\\[\\]()|<>&;:+.!?…“” \n0-9a-zđạ]{0,120}";

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn any_words_in_any_place_are_checked(words in MARKS, strange in "\\PC{0,80}") {
        for words in [&words, &strange] {
            let found: Vec<Finding> = findings_in(&with_words(words));
            prop_assert!(found.iter().all(|finding| !finding.text.is_empty()));
            // A link to nowhere is never let through.
            let broken = format!("{words}\n\n[đây](a99)");
            let found = findings_in(&with_words(&broken));
            prop_assert!(
                found.iter().any(|it| matches!(it.rule, Rule::Link | Rule::Form)),
                "{found:?}"
            );
        }
    }
}

proptest! {
    #[test]
    fn no_letter_of_a_text_is_lost(text in MARKS) {
        let letters = |text: &str| -> String {
            text.chars().filter(|letter| letter.is_alphabetic()).collect()
        };
        let markup = Markup::parse(&text);
        let shown: String = markup.runs().map(plain).collect();
        if markup.links().next().is_none() {
            prop_assert_eq!(letters(&shown), letters(&text));
        }
        let _ = markup::check(&text);
    }

    #[test]
    fn plain_sentences_are_inside_of_the_subset(
        lines in prop::collection::vec("[a-zđạ][a-zđạ ,.?]{0,40}", 1..6),
    ) {
        let list: String = lines.join("\n- ");
        let text = format!("## {}\n\n{}\n\n- {list}", lines.join(" "), lines.join("\n"));
        prop_assert!(markup::check(&text).is_empty());
        let markup = Markup::parse(&text);
        prop_assert!(markup.heading.is_some());
        prop_assert_eq!(markup.parts.len(), 2);
        prop_assert_eq!(markup.runs().count(), 2 + lines.len());
    }
}
