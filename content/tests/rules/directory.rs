//! Only who is public stands in the directory.

use loive_content::Rule;

use crate::library::Edit::Say;
use crate::library::{Case, Edit, accepted, refused};

const FILE: &str = "directory.toml";

pub(crate) const CASES: &[Case] = &[
    (
        Rule::NotPublic,
        &[Say(FILE, "\"recheck\"", "\"not public\"")],
    ),
    (
        Rule::Shelter,
        &[Say(
            FILE,
            "needs = [\"support\"]",
            "needs = [\"support\", \"shelter\"]",
        )],
    ),
    (
        Rule::Shelter,
        &[Say(FILE, "needs = [\"abroad\"]", "needs = [\"shelter\"]")],
    ),
    (
        Rule::Shelter,
        &[Say(
            FILE,
            "cost = \"free\"",
            "web = \"https://example.org\"",
        )],
    ),
    (
        Rule::Entry,
        &[Say(
            FILE,
            "border_only = true",
            "numbers = [{ number = \"113\" }]",
        )],
    ),
    (
        Rule::Entry,
        &[Say(FILE, "border_only = true", "email = \"a@example.org\"")],
    ),
    (Rule::Entry, &[Say(FILE, "\"placeholder\"", "\"verified\"")]),
    (Rule::Entry, &[Say(FILE, "emergency = true\n", "")]),
    (
        Rule::Entry,
        &[Say(
            FILE,
            "needs = [\"abroad\"]",
            "needs = [\"abroad\"]\nemergency = true",
        )],
    ),
    (
        Rule::Entry,
        &[Say(FILE, "number = \"111\"", "number = \"gọi 111\"")],
    ),
    (
        Rule::Entry,
        &[Say(FILE, "number = \"111\"", "number = \"11\"")],
    ),
    (
        Rule::Entry,
        &[Say(FILE, "needs = [\"support\"]", "needs = []")],
    ),
    (Rule::Entry, &[Say(FILE, "source = [\"S13\"]\n", "")]),
];

#[test]
fn who_may_not_be_shown_is_refused() {
    refused(CASES);
}

#[test]
fn a_page_alone_is_a_way_to_reach_somebody() {
    const GOOD: &[&[Edit]] = &[
        &[Say(
            FILE,
            "numbers = [{ number = \"+84 981 84 84 84\", label_vi = \"máy một\", label_en = \"line one\" }]\nemail = \"a@example.org\"",
            "web = \"https://example.org\"",
        )],
        &[Say(
            FILE,
            "border_only = true",
            "web = \"https://example.org\"",
        )],
    ];
    accepted(GOOD);
}
