import Foundation
import LoiVe
import XCTest

@testable import LoiVeKit

/// What screens rely on beside the stories.
final class ScreenTests: XCTestCase {
    private func tell(_ story: (Hotline) async throws -> Void) async throws {
        let hotline = try Hotline()
        defer { hotline.end() }
        try await story(hotline)
    }

    func testTheLastLetterTypedWinsThoughNobodyWaits() async throws {
        try await tell { hotline in
            let mai = try Handset(hotline)
            let phone = try await mai.open()
            let draft = try await phone.newDraft(.vi)
            let text = "Người ta chở ba cô gái đi lúc nửa đêm, xe không biển số."
            for length in 1...text.count {
                draft.answer("suspect_info", .text(text: String(text.prefix(length))))
            }
            await draft.refresh()
            let shown = draft.watched.state.view.questions.first { $0.id == "suspect_info" }
            XCTAssertEqual(shown?.answer, .text(text: text))
            await mai.close()
        }
    }

    func testTwoTapsOnSendAreOneReport() async throws {
        try await tell { hotline in
            let mai = try Handset(hotline)
            let phone = try await mai.open()
            let draft = try await mai.draft(aReport)
            async let first = draft.submit()
            async let second = draft.submit()
            let reports = [await first, await second]
            XCTAssertNotNil(reports[0])
            XCTAssertEqual(reports[0], reports[1])
            let list = try await mai.list()
            XCTAssertEqual(list.count, 1)
            XCTAssertEqual(phone.engine.reopening(), 0)
            await mai.close()
        }
    }

    func testADraftWithSomethingMissingIsNotSentAndSaysSo() async throws {
        try await tell { hotline in
            let mai = try Handset(hotline)
            try await mai.open()
            let draft = try await mai.draft([("danger_now", .single(code: "no"))])
            XCTAssertFalse(draft.watched.state.canSubmit)
            let report = await draft.submit()
            XCTAssertNil(report)
            XCTAssertEqual(draft.watched.state.phase, .open)
            XCTAssertEqual(draft.watched.state.complaint?.sentence.key, "problem.missing")
            await draft.discard()
            XCTAssertEqual(draft.watched.state.phase, .gone)
            let drafts = try await mai.phone.drafts()
            XCTAssertEqual(drafts, [])
            await mai.close()
        }
    }

    func testTwoTapsOnTheDoorAreOneOpening() async throws {
        try await tell { hotline in
            let mai = try Handset(hotline)
            let door = mai.door
            async let first = door.open()
            async let second = door.open()
            let (one, two) = (await first, await second)
            XCTAssertNotNil(one)
            XCTAssertTrue(one === two)
            await mai.close()
        }
    }

    func testAForgottenPinCostsNoBytes() async throws {
        try await tell { hotline in
            let mai = try Handset(hotline)
            try await mai.open(pin: "hoa ban 1987")
            await mai.close()
            let bytes = try Data(contentsOf: mai.store)
            _ = await mai.door.open(pin: "hoa sen 2001")
            XCTAssertEqual(mai.door.watched.state, .pinWrong)
            let path = try await mai.door.setAside()
            XCTAssertEqual(mai.door.watched.state, .closed)
            let aside = URL(fileURLWithPath: path)
            XCTAssertEqual(try Data(contentsOf: aside), bytes)
            let phone = try await mai.open()
            XCTAssertEqual(phone.outcome, .new)
            await mai.close()
        }
    }

    func testTheLineKeepsThePhoneUpToDateByItself() async throws {
        try await tell { hotline in
            let mai = try Handset(hotline)
            let phone = try await mai.open()
            await phone.line.keepSyncing()
            let report = try await mai.submit()
            await phone.line.wake()
            try hotline.waitCount(1)
            for await state in phone.reports.watched.states() {
                if state.reports.first?.delivery == .opened { break }
                await phone.line.wake()
            }
            // In the background and back: it goes on by itself.
            try await phone.suspend()
            try await phone.resume()
            try hotline.reply(report, "Chào bạn.")
            try await eventually("the answer arrives") {
                await phone.line.wake()
                let state = phone.reports.watched.state
                return state.reports.first?.messagesOfHotline == 1 ? true : nil
            }
            XCTAssertEqual(phone.line.watched.state.last, .complete)
            await mai.close()
        }
    }

    /// From the start of a process to its first list; the times are printed.
    func testAColdStartShowsTwentyReports() async throws {
        try await tell { hotline in
            let mai = try Handset(hotline)
            try await mai.open()
            for _ in 0..<20 {
                _ = try await mai.submit()
            }
            await mai.close()
            var milliseconds: [Int] = []
            for _ in 0..<10 {
                let start = Date()
                let line = try otherProcess("look", mai)
                milliseconds.append(Int(Date().timeIntervalSince(start) * 1000))
                XCTAssertEqual(line, "reports 20")
            }
            print("cold start to the first list, ms: \(milliseconds.sorted())")
        }
    }
}
