import Foundation
import LoiVe
import XCTest

@testable import LoiVeKit

/// The whole form, with a change of mind.
final class WholeFormTests: Story {
    func testWholeFormSkipLogic() async throws {
        try await tell { hotline in
            let mai = try Handset(hotline)
            try await mai.open()
            let draft = try await mai.draft([
                ("where", .somewhere(place: .abroad)), ("contact_wanted", .bool(yes: true)),
                ("what_type", .multi(codes: ["job_abroad", "cross_border"])),
                ("danger_now", .single(code: "yes")),
            ])
            var given = try await answersAll(draft)
            XCTAssertTrue(given.keys.contains("country_abroad"))
            XCTAssertTrue(given.keys.contains("safe_phone"))
            XCTAssertTrue(given.keys.contains("safe_from"))

            // She changes her mind.
            _ = await draft.answer("where", .somewhere(place: .province("01"))).value
            _ = await draft.answer("contact_wanted", .bool(yes: false)).value
            let shown = Set(draft.watched.state.view.questions.map(\.id))
            let hidden = Set(given.keys).subtracting(shown)
            XCTAssertTrue(hidden.isSuperset(of: ["country_abroad", "safe_phone", "safe_from"]))
            for question in hidden {
                given[question] = nil
            }
            given["where"] = .somewhere(place: .province("01"))
            given["contact_wanted"] = .bool(yes: false)

            try await refuses(draft)
            let submitted = await draft.submit()
            let report = try XCTUnwrap(submitted)
            try await mai.sync(report, until: .opened)
            let found = try XCTUnwrap(try hotline.find(report))
            var expected: [String: NSObject] = given.mapValues(onTheDesk)
            expected["lang"] = "vi" as NSString
            XCTAssertEqual(found.answers as? [String: NSObject], expected)
            await mai.close()
        }
    }

    /// Answers every question that is shown, and gives what stands in the draft then.
    private func answersAll(_ draft: DraftScreen) async throws -> [String: Answer] {
        for question in draft.watched.state.view.questions where question.answer == nil {
            guard let answer = someAnswer(question) else { continue }
            let isKept = await draft.answer(question.id, answer).value
            XCTAssertTrue(isKept, question.id)
        }
        let view = draft.watched.state.view
        let open = view.questions.filter { $0.kind != .note && $0.answer == nil }.map(\.id)
        XCTAssertEqual(open, [], "every question is answered")
        let kinds = Set(view.questions.map(\.kind))
        XCTAssertTrue(
            kinds.isSuperset(of: [.bool, .single, .multi, .place, .text, .long, .phone, .time]))
        return view.questions.reduce(into: [:]) { $0[$1.id] = $1.answer }
    }

    private func someAnswer(_ question: Question) -> Answer? {
        switch question.kind {
        case .bool: .bool(yes: true)
        case .single: .single(code: question.options[0].code)
        case .multi: .multi(codes: question.options.prefix(2).map(\.code))
        case .int: .number(number: question.min ?? 1)
        case .place: .somewhere(place: .moving)
        case .text, .long: .text(text: "Gần chợ")
        case .phone: .text(text: "0912 345 678")
        case .time: .time(minutes: 19 * 60 + 30)
        case .note: nil
        }
    }

    /// An answer too long and one that is no option: each named by its field, and
    /// nothing changes.
    private func refuses(_ draft: DraftScreen) async throws {
        let before = draft.watched.state.view
        let tooLong = String(repeating: "ạ", count: 501)
        let isKept = await draft.answer("suspect_info", .text(text: tooLong)).value
        XCTAssertFalse(isKept)
        let long = try XCTUnwrap(draft.watched.state.complaints["suspect_info"])
        XCTAssertEqual(long.field, "suspect_info")
        XCTAssertEqual(long.sentence.key, "problem.too_long")
        XCTAssertEqual(long.sentence.values, ["limit": "500", "found": "501"])
        XCTAssertEqual(long.remedy, .correct)

        let isOption = await draft.answer("danger_now", .single(code: "có lẽ")).value
        XCTAssertFalse(isOption)
        let unknown = try XCTUnwrap(draft.watched.state.complaints["danger_now"])
        XCTAssertEqual(unknown.field, "danger_now")
        XCTAssertEqual(unknown.sentence.key, "problem.unknown_option")
        await draft.refresh()
        XCTAssertEqual(draft.watched.state.view, before)

        // The next good answer takes the complaint away.
        _ = await draft.answer("danger_now", .single(code: "yes")).value
        XCTAssertEqual(Set(draft.watched.state.complaints.keys), ["suspect_info"])
    }

    /// An answer as the desk shows it.
    private func onTheDesk(_ answer: Answer) -> NSObject {
        switch answer {
        case .bool(let yes): NSNumber(value: yes)
        case .number(let number): NSNumber(value: number)
        case .text(let text): text as NSString
        case .single(let code): code as NSString
        case .multi(let codes): codes as NSArray
        case .time(let minutes): NSNumber(value: minutes)
        case .somewhere(.province(let code)): ["province": code] as NSDictionary
        case .somewhere(let place): "\(place)" as NSString
        }
    }
}
