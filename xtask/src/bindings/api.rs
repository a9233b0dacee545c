//! The public face of the generated code: its signatures, without comments,
//! bodies and the machinery between. Short enough to be reviewed as text.

use std::fs;
use std::path::Path;

/// A language that bindings are generated for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Language {
    Kotlin,
    Swift,
    Python,
}

/// What marks a line as machinery.
const MACHINERY: [&str; 17] = [
    "Ffi",
    "Uniffi",
    "uniffi",
    "NoHandle",
    "noHandle",
    "RustBuffer",
    "SwiftType",
    "lift(",
    "lower(",
    "read(from",
    "write(_",
    "override ",
    "internal ",
    "private ",
    "fileprivate ",
    "errorDescription",
    "let .",
];

/// How the declarations of the public face begin.
const KOTLIN: [&str; 11] = [
    "public interface ",
    "open class ",
    "data class ",
    "sealed class ",
    "enum class ",
    "class ",
    "object ",
    "suspend fun `",
    "fun `",
    "constructor(`",
    "public typealias ",
];
const SWIFT: [&str; 12] = [
    "public protocol ",
    "open class ",
    "public struct ",
    "public enum ",
    "func ",
    "case ",
    "public convenience init",
    "public init(",
    "public func ",
    "public static func ",
    "public typealias ",
    "public let ",
];
const THROWS: &str = "@Throws(PhoneException::class) ";
const FIRST_KOTLIN: &str = "public interface ";
const FIRST_SWIFT: &str = "public protocol ";

impl Language {
    /// All of them.
    pub(crate) const ALL: [Self; 3] = [Self::Kotlin, Self::Swift, Self::Python];
    /// Those whose face is reviewed; Python's says the same once more.
    pub(crate) const REVIEWED: [Self; 2] = [Self::Kotlin, Self::Swift];

    /// Its name for the generator, and of its folder.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Kotlin => "kotlin",
            Self::Swift => "swift",
            Self::Python => "python",
        }
    }

    /// The signatures of what was generated in `folder`.
    pub(crate) fn signatures(self, folder: &Path) -> Result<String, String> {
        let file = match self {
            Self::Kotlin => "kotlin/vn/loive/loive.kt",
            Self::Swift => "swift/LoiVe.swift",
            Self::Python => "python/loive.py",
        };
        let path = folder.join(file);
        let text = fs::read_to_string(&path)
            .map_err(|problem| format!("cannot read {}: {problem}", path.display()))?;
        Ok(self.face(&text))
    }

    fn face(self, text: &str) -> String {
        let mut face = String::new();
        let plain = without_comments(text);
        // Whatever stands before the first interface is machinery.
        let first = |line: &&str| !line.starts_with(FIRST_KOTLIN) && !line.starts_with(FIRST_SWIFT);
        let mut lines = plain.lines().skip_while(first);
        while let Some(line) = lines.next() {
            let declaration = line.trim().strip_prefix(THROWS).unwrap_or(line.trim());
            if !self.declares(declaration) {
                continue;
            }
            let mut whole = declaration.to_owned();
            while depth(&whole) > 0 {
                let Some(next) = lines.next() else { break };
                whole.push(' ');
                whole.push_str(next.trim());
            }
            let words: Vec<&str> = whole.split_whitespace().collect();
            let words = words
                .join(" ")
                .replace("( ", "(")
                .replace(" )", ")")
                .replace(" ,", ",");
            if MACHINERY.iter().any(|mark| words.contains(mark)) {
                continue;
            }
            let indent = if line.starts_with(' ') { "    " } else { "" };
            face.push_str(indent);
            face.push_str(words.trim_end_matches(['{', '=', ' ', ',']));
            face.push('\n');
        }
        face
    }

    fn declares(self, line: &str) -> bool {
        let begins = |starts: &[&str]| starts.iter().any(|start| line.starts_with(start));
        match self {
            Self::Kotlin => begins(&KOTLIN) || is_entry(line),
            Self::Swift => begins(&SWIFT) && !is_branch(line),
            Self::Python => false,
        }
    }
}

/// What stands in one text and not in the other, in the order of the texts.
pub(crate) fn differences(reviewed: &str, today: &str) -> Vec<String> {
    let missing = |from: &str, within: &str, mark: char| -> Vec<String> {
        let mut rest: Vec<&str> = within.lines().collect();
        from.lines()
            .filter(|line| match rest.iter().position(|other| other == line) {
                Some(at) => {
                    rest.remove(at);
                    false
                }
                None => true,
            })
            .map(|line| format!("{mark} {line}"))
            .collect()
    };
    let mut all = missing(reviewed, today, '-');
    all.extend(missing(today, reviewed, '+'));
    all
}

/// An entry of a Kotlin enum: `ON_THIS_PHONE,`.
fn is_entry(line: &str) -> bool {
    line.strip_suffix([',', ';']).is_some_and(|name| {
        name.starts_with(|first: char| first.is_ascii_uppercase())
            && name.chars().all(|letter| {
                letter.is_ascii_uppercase() || letter.is_ascii_digit() || letter == '_'
            })
    })
}

/// A branch of a Swift `switch`, which begins as an entry of an enum does.
fn is_branch(line: &str) -> bool {
    line.strip_prefix("case ")
        .is_some_and(|rest| !rest.starts_with(|first: char| first.is_alphabetic() || first == '`'))
        || line.ends_with(':')
}

/// How many brackets are still open.
fn depth(text: &str) -> i64 {
    text.chars().fold(0, |depth, letter| match letter {
        '(' => depth + 1,
        ')' => depth - 1,
        _ => depth,
    })
}

/// Blanks out `/* … */` and `// …`. Generated code has neither inside a string.
fn without_comments(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, comment)) = rest.split_once("/*") {
        plain.push_str(before);
        rest = comment.split_once("*/").map_or("", |(_, after)| after);
    }
    plain.push_str(rest);
    let is_code = |line: &&str| !line.trim_start().starts_with("//");
    plain.lines().filter(is_code).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kotlin_shows_signatures_and_no_machinery() {
        let text = "\
/** A phone. */
public interface PhoneInterface {
    /** Sends. */
    suspend fun `submit`(`draft`: DraftId): ReportId
    companion object
}
public object FfiConverterTypePhone: FfiConverter<Phone> {
    override fun lift(value: Long): Phone {
data class Line (
    /** The words. */
    val `text`: kotlin.String
    ,
    val `id`: kotlin.String

){
enum class Lang {
    VI,
    EN;
";
        let face = Language::Kotlin.face(text);
        let expected = "\
public interface PhoneInterface
    suspend fun `submit`(`draft`: DraftId): ReportId
data class Line (val `text`: kotlin.String, val `id`: kotlin.String)
enum class Lang
    VI
    EN;
";
        assert_eq!(face, expected);
    }

    #[test]
    fn swift_shows_cases_and_not_the_branches_of_a_switch() {
        let text = "\
    case machinery
public protocol LiveProtocol {
public enum Answer: Equatable {
    case text(
        /** The words. */text: String
    )
        switch self {
        case .text(let text):
        case 1: return .text
public struct FfiConverterTypeAnswer: FfiConverterRustBuffer {
open func submit(draft: DraftId)async throws  -> ReportId  {
public func live() -> Live  {
";
        let expected = "\
public protocol LiveProtocol
public enum Answer: Equatable
    case text(text: String)
public func live() -> Live
";
        assert_eq!(Language::Swift.face(text), expected);
    }

    #[test]
    fn a_changed_signature_is_shown_from_both_sides() {
        let found = differences("fun a()\nfun b()\n", "fun a()\nfun b(x: Int)\n");
        assert_eq!(found, ["- fun b()", "+ fun b(x: Int)"]);
        assert!(differences("a\nb\n", "a\nb\n").is_empty());
    }
}
