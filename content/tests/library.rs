//! The library as it stands in this folder.

use std::path::Path;

use loive_content::{PLAN_POINTS, Source, coverage, examine};

fn folder() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn the_library_may_be_published() {
    let findings = examine(folder());
    let lines: Vec<String> = findings.iter().map(ToString::to_string).collect();
    assert!(
        lines.is_empty(),
        "{} findings:\n{}",
        lines.len(),
        lines.join("\n")
    );
}

/// A volunteer asks of every point of the inter-agency plan: where is it?
#[test]
fn every_point_of_the_plan_is_answered_by_several_articles() {
    let source = Source::read(folder()).expect("the files are in the form of the README");
    let covered = coverage(&source);
    assert_eq!(covered.len(), PLAN_POINTS.len());
    for (point, articles) in covered {
        assert!(articles.len() >= 3, "{point}: {articles:?}");
    }
}
