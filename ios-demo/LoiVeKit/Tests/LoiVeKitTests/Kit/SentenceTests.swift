import Foundation
import LoiVe
import XCTest

@testable import LoiVeKit

/// Every error and every state has words in both languages.
final class SentenceTests: XCTestCase {
    func testEverythingThatCanBeSaidHasWordsInBothLanguages() throws {
        for language in ["vi", "en"] {
            let words = try Words(language)
            for sentence in everySentence {
                let text = try XCTUnwrap(
                    words.fill(sentence), "\(language) has no words for \(sentence.key)")
                XCTAssertFalse(text.contains("{"), "\(sentence.key): \(text)")
            }
        }
    }

    /// The hotline's reasons come from the strings themselves.
    func testEveryReasonOfTheHotlineIsSaidInItsOwnWords() throws {
        let words = try Words("vi")
        let reasons = words.texts.keys.filter { $0.hasPrefix("refusal.") }
        XCTAssertGreaterThan(reasons.count, 15)
        for reason in reasons {
            let key = String(reason.dropFirst("refusal.".count))
            XCTAssertEqual(Complaint(Rejection.refused(reason: key)).sentence.key, reason)
        }
    }

    func testAnErrorThatIsNotTheEnginesSaysNothingOfItself() {
        let complaint = Complaint(Unexpected("chìa khoá nằm dưới chậu cây"))
        XCTAssertEqual(complaint.sentence, Sentence("error.internal", ["id": "swift"]))
    }

    private var everySentence: [Sentence] {
        let locks: [Lock] = [.pinNeeded, .wrongPin, .wrongKey, .noKey, .inUse, .readOnly]
        let problems: [Problem] = [
            .tooLong(limit: 1, found: 2), .tooShort(limit: 2, found: 1), .empty, .missing,
            .unknownOption, .wrongType, .phone, .time, .number(min: 1, max: 2), .place,
            .unknownField, .receiptLength(found: 3), .receiptNotDigits,
            .receiptPrefix(which: 1), .receiptCheckDigit,
        ]
        let rejections: [Rejection] = [
            .refused(reason: "busy"), .notUnderstood, .untrusted, .insecureAddress,
            .otherHotline, .badCard, .newerStore, .notOurRelease, .olderRelease, .noSealKey,
            .tooLarge, .documentFull, .withdrawn, .notOnThisPhone, .tooMany(limit: 3),
        ]
        var errors: [PhoneError] = [
            .Offline, .NotFound, .StorageFull, .Damaged, .Internal(incidentId: "x"),
        ]
        errors += locks.map { .Locked(why: $0) }
        errors += problems.map { .Invalid(field: "where", reason: $0) }
        errors += rejections.map { .Rejected(reason: $0) }
        var sentences = errors.map { Complaint($0).sentence }
        sentences += [Delivery.onThisPhone, .atRelay, .opened, .read].map { Sentence($0) }
        sentences += [60, 7200, 90000].map { Sentence(Warning.notOpenedAfter(seconds: $0)) }
        sentences.append(Sentence(Warning.notSentYet))
        let troubles: [Trouble] = [
            .refusedByRelay("full"), .quarantined("other"), .waitingForEarlier, .sendRaw,
        ]
        sentences += troubles.map { Sentence($0) }
        let receipts: [ReceiptState] = [.waiting, .kept, .failed]
        sentences += receipts.compactMap { Sentence($0) }
        let outcomes: [OpenOutcome] = [.lost, .setAside(path: "p")]
        sentences += outcomes.compactMap { Sentence($0) }
        let ends: [Ended] = [.busy, .offline, .untrusted, .notUnderstood, .store]
        for end in ends {
            guard case .trouble(let complaint) = LineToHotline.Last(end) else { continue }
            sentences.append(complaint.sentence)
        }
        return sentences
    }
}

/// The phone's words of one language, as an app would have them in its resources.
private struct Words {
    private(set) var texts: [String: String] = [:]

    init(_ language: String) throws {
        let folder = try Machine.file("LOIVE_STRINGS")
        let file = try String(contentsOfFile: "\(folder)/\(language).toml", encoding: .utf8)
        var table = ""
        for line in file.split(separator: "\n") {
            if line.hasPrefix("["), line.hasSuffix("]") {
                table = String(line.dropFirst().dropLast())
            } else if let at = line.range(of: " = \"") {
                texts["\(table).\(line[..<at.lowerBound])"] =
                    String(line[at.upperBound...].dropLast())
            }
        }
    }

    /// The words with everything in its place.
    func fill(_ sentence: Sentence) -> String? {
        guard var text = texts[sentence.key] else { return nil }
        for (name, value) in sentence.values {
            text = text.replacingOccurrences(of: "{\(name)}", with: value)
        }
        for (name, part) in sentence.parts {
            guard let words = fill(part) else { return nil }
            text = text.replacingOccurrences(of: "{\(name)}", with: words)
        }
        return text
    }
}
