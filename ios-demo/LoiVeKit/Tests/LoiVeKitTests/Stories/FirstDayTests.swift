import Foundation
import LoiVe
import XCTest

@testable import LoiVeKit

/// An ordinary first day with the app.
final class FirstDayTests: Story {
    func testFirstStartOffline() async throws {
        try await tell { hotline in
            try hotline.link(up: false)
            let mai = try Handset(hotline)
            let phone = try await mai.open()
            XCTAssertEqual(phone.outcome, .new)
            XCTAssertEqual(mai.door.watched.state, .open(nil))
            let drafts = try await phone.drafts()
            XCTAssertEqual(drafts, [])
            let begun = try await phone.newDraft(.vi)
            // A new phone asks for the library, and she types a receipt.
            try await phone.reports.reopen(try await receiptOfSomebody(hotline))
            let offline = try await complaint("no signal") { try await mai.sync() }
            XCTAssertEqual(offline, Complaint(PhoneError.Offline))
            XCTAssertEqual(phone.line.watched.state.last, .trouble(offline))

            let reports = try await mai.list()
            XCTAssertEqual(reports, [])
            XCTAssertEqual(phone.reports.watched.state.reopening, 1)
            let kept = try await phone.drafts()
            XCTAssertEqual(kept.map(\.id), [begun.id])

            try hotline.link(up: true)
            let later = try await mai.sync()
            XCTAssertEqual(later.ended, .complete)
            XCTAssertEqual(later.receiptsUnknown, 1)
            XCTAssertEqual(phone.line.watched.state.last, .complete)
            await mai.close()
        }
    }

    /// A receipt on paper whose phone has not been to the road yet.
    private func receiptOfSomebody(_ hotline: Hotline) async throws -> String {
        let somebody = try Handset(hotline)
        let phone = try await somebody.open()
        let receipt = try await phone.reports.makeReceipt(try await somebody.submit())
        await somebody.close()
        return "\(receipt.first) \(receipt.second)"
    }

    func testExpressReport() async throws {
        try await tell { hotline in
            try hotline.link(up: false)
            let mai = try Handset(hotline)
            let phone = try await mai.open()
            let draft = try await mai.draft([("danger_now", .single(code: "yes"))])
            XCTAssertEqual(draft.watched.state.view.missing, [])
            XCTAssertEqual(draft.watched.state.view.urgency, .p0)
            XCTAssertTrue(draft.watched.state.canSubmit)
            let submitted = await draft.submit()
            let report = try XCTUnwrap(submitted)
            XCTAssertEqual(draft.watched.state.phase, .submitted(report))

            let before = try await mai.page(report)
            XCTAssertEqual(before.summary.delivery, .onThisPhone)
            XCTAssertEqual(before.summary.warnings, [.notSentYet])
            XCTAssertEqual(phone.reports.watched.state.reports, [before.summary])
            XCTAssertEqual(phone.reports.watched.state.unsent, 1)

            try hotline.link(up: true)
            try await mai.sync()
            try hotline.waitCount(1)
            let found = try XCTUnwrap(try hotline.find(report))
            XCTAssertEqual(found.urgency, "P0")
            XCTAssertEqual(found.answers["danger_now"] as? String, "yes")
            let after = try await mai.page(report)
            XCTAssertEqual(after.summary.warnings, [])
            await mai.close()
        }
    }

    func testKillAndResume() async throws {
        try await tell { hotline in
            let mai = try Handset(hotline)
            let (draft, printed) = try answersUntilKilled(mai, hotline)
            let phone = try await mai.open()
            XCTAssertEqual(phone.outcome, .opened)
            let screen = try await phone.draft(draft, .vi)
            let answers = try await phone.engine.draft(draft: draft, lang: .vi)
                .questions.reduce(into: [String: Answer]()) { $0[$1.id] = $1.answer }
            XCTAssertEqual(answers["danger_now"], .single(code: "yes"))
            for (question, number) in printed {
                guard case .text(let text) = answers[question] else {
                    XCTFail("\(question) is gone")
                    continue
                }
                // The answer after it may have been kept as well, unprinted.
                let isKept = [number, number + 2].contains { text == "Xe thứ \($0) đã qua cầu" }
                XCTAssertTrue(isKept, question)
            }
            let submitted = await screen.submit()
            let report = try XCTUnwrap(submitted)
            try await mai.sync(report, until: .opened)
            XCTAssertEqual(try hotline.count(), 1)
            XCTAssertNotNil(try hotline.find(report))
            await mai.close()
        }
    }

    /// Lets another process answer questions, kills it in the middle, and gives the
    /// draft and the number of the last answer to each question that it printed.
    private func answersUntilKilled(
        _ mai: Handset, _ hotline: Hotline
    ) throws -> (DraftId, [String: Int]) {
        let (process, output) = (Process(), Pipe())
        process.executableURL = try Machine.program("phone-process")
        process.arguments = ["answer", mai.folder.path, hotline.card, mai.keys.digits]
        process.standardOutput = output
        try process.run()
        let lines = Lines(output.fileHandleForReading)
        var (draft, printed): (DraftId?, [String: Int]) = (nil, [:])
        var count = 0
        // What was printed before the kill is read to its end.
        while let line = try lines.nextOrEnd() {
            let words = line.split(separator: " ")
            switch words[0] {
            case "draft": draft = DraftId(words[1])
            case "kept": printed[String(words[1])] = words.count > 4 ? Int(words[4]) : nil
            default: throw Unexpected(line)
            }
            count += 1
            if count == 12 {
                kill(process.processIdentifier, SIGKILL)
            }
        }
        process.waitUntilExit()
        XCTAssertEqual(process.terminationReason, .uncaughtSignal)
        XCTAssertEqual(process.terminationStatus, SIGKILL)
        XCTAssertGreaterThan(printed.count, 1)
        return (try XCTUnwrap(draft), printed)
    }
}
