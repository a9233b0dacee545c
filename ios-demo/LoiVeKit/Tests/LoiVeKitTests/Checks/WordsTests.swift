import Foundation
import LoiVe
import XCTest

@testable import LoiVeKit

/// A word that somebody wrote is in no message and in nothing printed.
final class WordsTests: Story {
    /// In every answer, message, PIN and receipt.
    private let marked = "chị bán xôi đầu ngõ nhìn thấy hết"

    func testNoWordsInMessages() async throws {
        try await tell { hotline in
            let file = try Machine.folder().appendingPathComponent("printed")
            let seen = Seen()
            let printed = try Printed(into: file)
            do {
                try await writes(hotline, seen)
            } catch {
                printed.stop()
                throw error
            }
            printed.stop()

            let found = seen.texts.filter { $0.contains("xôi") }
            XCTAssertEqual(found, [])
            XCTAssertGreaterThan(seen.texts.count, 200, "much was looked at")
            let output = try String(contentsOf: file, encoding: .utf8)
            XCTAssertTrue(output.contains("looked at the output"), "it was caught")
            XCTAssertFalse(output.contains("xôi"))
            let kinds: Set = [
                "Offline", "Locked", "NotFound", "Invalid", "Rejected", "Internal",
            ]
            XCTAssertTrue(seen.errors.isSuperset(of: kinds), "\(seen.errors)")
        }
    }

    private func writes(_ hotline: Hotline, _ seen: Seen) async throws {
        let mai = try Handset(hotline)
        seen.look(OpenRequest(dir: mai.folder.path, card: hotline.card, pin: marked))
        let phone = try await mai.open()
        let engine = phone.engine
        let draft = try await phone.newDraft(.vi)
        draft.answer("danger_now", .single(code: "yes"))
        for question in ["suspect_info", "where_hint", "safe_word"] {
            draft.answer(question, .text(text: marked))
        }
        _ = await draft.answer("contact_wanted", .bool(yes: true)).value
        seen.look(draft.watched.state)
        let view = try await engine.draft(draft: draft.id, lang: .vi)
        seen.look(view)
        for question in view.questions {
            seen.look(question)
            seen.look(question.answer as Any)
        }
        try await refusedAnswers(engine, draft, seen)
        let report = try await submits(draft, mai, seen)
        try await refusedVerbs(engine, report, seen)
        try await receipts(hotline, mai, report, seen)
        try await privately(phone, seen)
        try await locks(hotline, mai, seen)
        try await offline(hotline, mai, seen)
        print("looked at the output")
        await mai.close()
    }

    private func refusedAnswers(
        _ engine: Phone, _ draft: DraftScreen, _ seen: Seen
    ) async throws {
        let long = String(repeating: marked, count: 100)
        let bad: [(String, Answer)] = [
            ("suspect_info", .text(text: long)), ("danger_now", .single(code: marked)),
            ("danger_now", .text(text: marked)), ("what_type", .multi(codes: [marked])),
            ("safe_phone", .text(text: marked)), ("no_such", .text(text: marked)),
            ("where", .somewhere(place: .province(marked))),
            ("where", .somewhere(place: .commune(province: "01", commune: marked))),
            ("safe_from", .time(minutes: 1500)), ("suspect_info", .number(number: 1)),
        ]
        for (question, answer) in bad {
            seen.look(answer)
            try await seen.refused(question) {
                try await engine.answer(draft: draft.id, question: question, answer: answer)
            }
            _ = await draft.answer(question, answer).value
        }
        seen.look(draft.watched.state.complaints.values.map { $0 })
        try await seen.refused("form") { try await engine.newDraft(form: marked, lang: .vi) }
        try await seen.refused("draft") { try await engine.draft(draft: 999, lang: .vi) }
    }

    private func submits(
        _ draft: DraftScreen, _ mai: Handset, _ seen: Seen
    ) async throws -> ReportId {
        let submitted = await draft.submit()
        let report = try XCTUnwrap(submitted)
        try await mai.phone.reports.send(marked, about: report)
        seen.look(try await mai.sync())
        let page = try await mai.sync(report, until: .opened)
        seen.look(page)
        seen.look(page.summary)
        for line in page.timeline { seen.look(line) }
        for answered in page.answers { seen.look(answered) }
        seen.look(try await mai.phone.reports.watched.state)
        seen.look(try await mai.phone.line.watched.state)
        return report
    }

    private func refusedVerbs(_ engine: Phone, _ report: ReportId, _ seen: Seen) async throws {
        let long = String(repeating: marked, count: 100)
        try await seen.refused("message") {
            try await engine.sendMessage(report: report, text: long)
        }
        try await seen.refused("empty") {
            try await engine.sendMessage(report: report, text: " ")
        }
        try await seen.refused("report") { try await engine.report(report: marked, lang: .vi) }
        try await seen.refused("amend") {
            try await engine.amend(
                report: report, question: "danger_now", answer: .text(text: marked))
        }
        try await engine.withdraw(report: report)
        try await seen.refused("withdrawn") {
            try await engine.amend(
                report: report, question: "suspect_info", answer: .text(text: marked))
        }
        try await engine.suspend()
        try await seen.refused("suspended") {
            try await engine.sendMessage(report: report, text: marked)
        }
        try await engine.resume()
    }

    private func receipts(
        _ hotline: Hotline, _ mai: Handset, _ report: ReportId, _ seen: Seen
    ) async throws {
        let engine = try await mai.phone.engine
        let receipt = try await engine.makeReceipt(report: report)
        let digits = "\(receipt.first)"
        for text in ["\(receipt)", String(reflecting: receipt)] {
            XCTAssertFalse(text.contains(digits))
        }
        seen.look(receipt)
        for typed in [marked, "\(digits) \(marked)", digits, "12345678901234567890"] {
            try await seen.refused("receipt") { try await engine.reopen(typed: typed) }
            try await seen.refused("receipt") { try await engine.eraseReceipt(typed: typed) }
        }
    }

    private func privately(_ phone: OpenPhone, _ seen: Seen) async throws {
        let (plan, library) = (phone.plan(.vi), phone.library(.vi))
        await plan.answer("code_danger", .text(text: marked))
        await plan.answer("trusted_1_name", .text(text: String(repeating: marked, count: 9)))
        await library.search(marked)
        await library.open(marked)
        _ = await library.take(Data(marked.utf8))
        seen.look(plan.watched.state)
        seen.look(library.watched.state)
        seen.look(try await phone.engine.plan(lang: .vi))
        seen.look(try await phone.engine.planCard())
        seen.look(try await phone.engine.drawPlanCard(lang: .vi))
        try await seen.refused("item") {
            try await phone.engine.libraryItem(id: marked, lang: marked)
        }
    }

    private func locks(_ hotline: Hotline, _ mai: Handset, _ seen: Seen) async throws {
        let engine = try await mai.phone.engine
        let tooLong = String(repeating: marked, count: 9)
        try await seen.refused("pin") { try await engine.setPin(pin: tooLong) }
        try await engine.setPin(pin: marked)
        await mai.close()
        let dir = mai.folder.path
        let keys: [(any KeyStore, String?)] = [
            (mai.keys, nil), (mai.keys, "\(marked)!"), (BrokenKeys(), marked),
            (KeptKey(), marked),
        ]
        for (keys, pin) in keys {
            let request = OpenRequest(dir: dir, card: hotline.card, pin: pin)
            seen.look(request)
            try await seen.refused("lock") {
                try await openPhone(request: request, keys: keys, clock: nil)
            }
        }
        try await seen.refused("card") {
            let request = OpenRequest(dir: dir, card: marked, pin: marked)
            return try await openPhone(request: request, keys: mai.keys, clock: nil)
        }
        try await seen.refused("card") { try Driver(card: marked) }
        try await seen.refused("address") {
            try Driver.to(card: hotline.card, relayUrl: "http://example.invalid/\(marked)")
        }
        try await mai.open(pin: marked)
        seen.look(mai.door.watched.state)
        try await mai.phone.removePin()
    }

    private func offline(_ hotline: Hotline, _ mai: Handset, _ seen: Seen) async throws {
        try hotline.link(up: false)
        _ = try await mai.submit([
            ("danger_now", .single(code: "yes")), ("suspect_info", .text(text: marked)),
        ])
        let line = try await mai.phone.line
        let complaint = try await complaint("no signal") { try await line.sync() }
        seen.look(complaint)
        seen.look(complaint.localizedDescription)
        let driver = try Driver.to(card: hotline.card, relayUrl: hotline.relayUrl)
        let engine = try await mai.phone.engine
        try await seen.refused("offline") { try await engine.sync(driver: driver, cancel: nil) }
        try hotline.link(up: true)
    }
}

/// Every text form of what crossed the border.
private final class Seen {
    private(set) var texts: [String] = []
    /// The kinds of errors.
    private(set) var errors: Set<String> = []

    func look(_ value: Any) {
        var dumped = ""
        dump(value, to: &dumped)
        texts += ["\(value)", String(reflecting: value), dumped]
        if let error = value as? any Error {
            texts += [error.localizedDescription, "\(Complaint(error))"]
        }
    }

    func refused<T>(_ what: String, _ work: () async throws -> T) async throws {
        let error = try await refusal(what, work)
        look(error)
        let name = String(reflecting: error)
        errors.insert(
            ["Offline", "Locked", "NotFound", "Invalid", "Rejected", "Internal"]
                .first { name.contains("PhoneError.\($0)") } ?? name)
    }
}

/// Everything that this process prints while it lasts.
private final class Printed {
    private let output: Int32
    private let errors: Int32

    init(into file: URL) throws {
        fflush(nil)
        (output, errors) = (dup(1), dup(2))
        let number = open(file.path, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        guard number >= 0 else { throw Unexpected("cannot write \(file.path)") }
        dup2(number, 1)
        dup2(number, 2)
        close(number)
    }

    func stop() {
        fflush(nil)
        dup2(output, 1)
        dup2(errors, 2)
        close(output)
        close(errors)
    }
}
