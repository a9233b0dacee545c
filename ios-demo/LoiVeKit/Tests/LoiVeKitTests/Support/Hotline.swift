import Foundation
import XCTest

/// A real relay and a real desk in a process of their own, driven through its pipes
/// (tests/stories/README.md).
final class Hotline {
    /// The text of its card.
    let card: String
    /// Its clock when it was ready, in Unix seconds.
    let now: UInt64
    /// Where phones reach the relay.
    let relayUrl: String

    private let process = Process()
    private let input = Pipe()
    private let lines: Lines

    init() throws {
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: try Machine.file("LOIVE_STORY_HOTLINE"))
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        lines = Lines(output.fileHandleForReading)
        let ready = try Self.parse(lines.next())
        card = try XCTUnwrap(ready["card"] as? String)
        now = try XCTUnwrap((ready["now"] as? NSNumber)?.uint64Value)
        relayUrl = try XCTUnwrap(ready["relay_url"] as? String)
    }

    /// Lets it end gracefully and waits for it; a test that lost its way must not wait
    /// for ever.
    func end() {
        try? input.fileHandleForWriting.close()
        let end = Date().addingTimeInterval(Machine.patienceSeconds / 4)
        while process.isRunning, Date() < end {
            Thread.sleep(forTimeInterval: 0.02)
        }
        if process.isRunning {
            XCTFail("the hotline does not end")
            kill(process.processIdentifier, SIGKILL)
        }
        process.waitUntilExit()
    }

    /// Has something done, and gives the answer.
    @discardableResult
    func ask(_ what: String, _ with: [String: Any] = [:]) throws -> [String: Any] {
        let order = with.merging(["do": what]) { _, new in new }
        var line = try JSONSerialization.data(withJSONObject: order)
        line.append(0x0a)
        try input.fileHandleForWriting.write(contentsOf: line)
        let answer = try Self.parse(lines.next())
        if let problem = answer["error"] {
            throw Unexpected("\(what): \(problem)")
        }
        return answer
    }

    /// The phones' road.
    func link(up: Bool) throws {
        try ask("link", ["up": up])
    }

    func count() throws -> Int {
        try XCTUnwrap(ask("count")["count"] as? Int)
    }

    /// Waits until the desk has so many reports.
    func waitCount(_ count: Int) throws {
        try ask("wait_count", ["count": count])
    }

    /// What the desk has of a report, unmarked.
    func find(_ report: String) throws -> DeskReport? {
        DeskReport(try ask("find", ["report": report]))
    }

    /// A counsellor reads it.
    @discardableResult
    func look(_ report: String) throws -> DeskReport? {
        DeskReport(try ask("look", ["report": report]))
    }

    /// A counsellor answers.
    func reply(_ report: String, _ text: String) throws {
        try ask("reply", ["report": report, "text": text])
    }

    /// A release of the library, as an app ships it.
    func publishLibrary(_ edit: [String: String]? = nil) throws -> Data {
        let content = URL(fileURLWithPath: try Machine.file("LOIVE_STORIES"))
            .appendingPathComponent("../../../content").standardizedFileURL
        let file = try Machine.folder().appendingPathComponent("release")
        var with: [String: Any] = ["content": content.path, "file": file.path]
        with["edit"] = edit
        try ask("publish_library", with)
        return try Data(contentsOf: file)
    }

    private static func parse(_ line: String) throws -> [String: Any] {
        let value = try JSONSerialization.jsonObject(with: Data(line.utf8))
        return try XCTUnwrap(value as? [String: Any], line)
    }
}

/// A report as the desk shows it.
struct DeskReport {
    /// As they came.
    let fields: [String: Any]

    init?(_ fields: [String: Any]) {
        guard fields["found"] as? Bool == true else { return nil }
        self.fields = fields
    }

    var answers: [String: Any] { fields["answers"] as? [String: Any] ?? [:] }
    var conflicts: [String: [Any]] { fields["conflicts"] as? [String: [Any]] ?? [:] }
    var lines: [String] { fields["lines"] as? [String] ?? [] }
    var urgency: String? { fields["urgency"] as? String }
    var state: String? { fields["state"] as? String }
    var isWithdrawn: Bool { fields["withdrawn"] as? Bool ?? false }
    var isQuarantined: Bool { fields["quarantined"] as? Bool ?? false }
    var writtenAt: UInt64 { (fields["written_at"] as? NSNumber)?.uint64Value ?? .max }
    var receivedAt: UInt64 { (fields["received_at"] as? NSNumber)?.uint64Value ?? 0 }
}
