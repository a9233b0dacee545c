#![doc = include_str!("../README.md")]

pub mod chunk;
pub mod corpus;
pub mod feed;
pub mod mutate;
pub mod ogg;
pub mod seeds;
pub mod shelf;
pub mod targets;
pub mod world;

/// A target: its name, which is that of its folder in `corpus/`, and the
/// function that takes a fuzzer's bytes and panics where a promise is broken.
pub type Target = (&'static str, fn(&[u8]));

/// Every target. `fuzz/fuzz_targets/` has a program for each.
pub const TARGETS: &[Target] = &[
    ("envelope", targets::envelope),
    ("report_inside", targets::report_inside),
    ("answer_inside", targets::answer_inside),
    ("locker_inside", targets::locker_inside),
    ("inflated", targets::inflated),
    ("report_batch", targets::report_batch),
    ("answer_batch", targets::answer_batch),
    ("sync_request", targets::sync_request),
    ("sync_response", targets::sync_response),
    ("desk_request", targets::desk_request),
    ("signed_desk_request", targets::signed_desk_request),
    ("desk_response", targets::desk_response),
    ("certificate", targets::certificate),
    ("hotline_card", targets::hotline_card),
    ("receipt", targets::receipt),
    ("identifier", targets::identifier),
    ("place_search", targets::place_search),
    ("raw_change", targets::raw_change),
    ("report_change", targets::report_change),
    ("thread_change", targets::thread_change),
    ("history", targets::history),
    ("peers", targets::peers),
    ("compact", targets::compact),
    ("stored_answer", targets::stored_answer),
    ("form_file", targets::form_file),
    ("signed_manifest", targets::signed_manifest),
    ("bundle", targets::bundle),
    ("release_file", targets::release_file),
    ("item_change", targets::item_change),
    ("markup_text", targets::markup_text),
    ("proposal", targets::proposal),
    ("recording", targets::recording),
];
