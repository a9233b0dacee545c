import Foundation
import LoiVe
import XCTest

@testable import LoiVeKit

/// What is read and planned with no signal.
final class ReadingTests: Story {
    private let hour: UInt64 = 3_600
    private let newTitle = "Lương cao mà việc nhẹ"

    func testLibraryFirstStart() async throws {
        try await tell { hotline in
            let shipped = try hotline.publishLibrary()
            try hotline.link(up: false)
            let mai = try Handset(hotline)
            let library = try await mai.open().library(.vi)
            await library.refresh(province: "15")
            XCTAssertEqual(
                library.watched.state.home, Home(alerts: [], doors: [], favourites: []))
            XCTAssertNil(library.watched.state.standing?.release)
            let taken = await library.take(shipped)
            XCTAssertEqual(taken, .shown(release: 1))
            let standing = try XCTUnwrap(library.watched.state.standing)
            XCTAssertEqual(standing.release, 1)
            XCTAssertEqual([standing.ageDays, standing.bytesFetched], [0, 0])
            let doors = try XCTUnwrap(library.watched.state.home?.doors)
            XCTAssertFalse(doors.isEmpty)
            XCTAssertTrue(doors.allSatisfy { !$0.title.isEmpty && !$0.lines.isEmpty })

            await library.look(LibraryQuery(kind: .article, topic: nil, audience: nil))
            XCTAssertTrue(library.watched.state.list.contains { $0.id == "a09" })
            await library.open("a09")
            let page = try XCTUnwrap(library.watched.state.page)
            XCTAssertFalse(page.sources.isEmpty)
            XCTAssertNotNil(page.checkedOn)
            XCTAssertTrue(page.blocks.allSatisfy { !parseMarkup(text: $0.text).parts.isEmpty })
            let again = await library.take(shipped)
            XCTAssertEqual(again, .known(release: 1))
            await mai.close()
        }
    }

    func testLibrarySearch() async throws {
        try await tell { hotline in
            let (mai, library) = try await reader(hotline)
            await library.search("duong mon")
            let path = try XCTUnwrap(library.watched.state.hits.first)
            XCTAssertEqual(path.line.id, "a56")
            XCTAssertEqual(path.title.filter(\.isMatch).map(\.text), ["đường", "mòn"])
            await library.search("18001567")
            let number = try XCTUnwrap(library.watched.state.hits.first)
            XCTAssertEqual(number.line.id, "d01")
            XCTAssertEqual(number.instead, "tổng đài 111")
            await library.search("huyện")
            XCTAssertEqual(library.watched.state.hits.first?.instead, "xã")
            for typed in ["", "\"", "((", "zzzz"] {
                await library.search(typed)
                XCTAssertEqual(library.watched.state.hits, [], typed)
            }
            XCTAssertNil(library.watched.state.complaint)
            await mai.close()
        }
    }

    func testLibraryQuiz() async throws {
        try await tell { hotline in
            let (mai, first) = try await reader(hotline)
            var library = first
            let cases: [(String, Bool, Level)] = [
                ("q1_1", false, .yellow), ("q1_1", true, .red), ("q1_8", false, .red),
            ]
            for (question, mayBeMinor, level) in cases {
                let answers: [String: Tri] = [question: .yes, "q1_2": .dontKnow]
                await library.judge("q1", answers, possibleMinor: mayBeMinor)
                let outcome = try XCTUnwrap(library.watched.state.quiz)
                XCTAssertEqual(outcome.screened?.level, level)
                XCTAssertEqual(outcome.questions, [question])
                XCTAssertTrue(outcome.words?.contains("111") == true && !outcome.read.isEmpty)
            }
            await library.open("a09")
            XCTAssertEqual(library.watched.state.page?.isFavourite, false)
            XCTAssertEqual(library.watched.state.favourites, [])
            var plan = try await mai.phone.plan(.vi)
            await plan.refresh()
            let empty = try XCTUnwrap(plan.watched.state.plan)
            XCTAssertTrue(empty.questions.allSatisfy { $0.answer == nil })

            await library.mark("a09", true)
            await plan.answer("destination", .text(text: "Bắc Ninh, khu trọ số 4"))
            let phone = try await mai.restart()
            (library, plan) = (phone.library(.vi), phone.plan(.vi))
            await library.refresh()
            await plan.refresh()
            XCTAssertEqual(library.watched.state.favourites.map(\.id), ["a09"])
            XCTAssertNotEqual(plan.watched.state.plan, empty)
            try await phone.erasePrivate(library, plan)
            XCTAssertEqual(library.watched.state.favourites, [])
            XCTAssertEqual(plan.watched.state.plan, empty)
            await mai.close()
        }
    }

    func testLibraryFromPhoneToPhone() async throws {
        try await tell { hotline in
            let first = try hotline.publishLibrary()
            let second = try hotline.publishLibrary([
                "item": "a09", "key": "title.vi", "text": newTitle,
            ])
            try hotline.link(up: false)
            let (maiPhone, lanPhone) = (try Handset(hotline), try Handset(hotline))
            let mai = try await maiPhone.open().library(.vi)
            let lan = try await lanPhone.open().library(.vi)
            for library in [mai, lan] {
                let taken = await library.take(first)
                XCTAssertEqual(taken, .shown(release: 1))
            }
            let newer = await mai.take(second)
            XCTAssertEqual(newer, .shown(release: 2))
            let file = try await mai.file()
            await lan.open("a09")
            let old = lan.watched.state.page

            var flipped = file
            flipped[file.count / 2] ^= 1
            for (damaged, why) in [
                (flipped, "rejection.not_our_release"),
                (file.prefix(file.count / 2), "rejection.not_understood"),
            ] {
                let taken = await lan.take(damaged)
                XCTAssertNil(taken)
                XCTAssertEqual(lan.watched.state.complaint?.sentence.key, why)
                await lan.open("a09")
                XCTAssertEqual(lan.watched.state.page, old)
                XCTAssertEqual(lan.watched.state.standing?.release, 1)
            }
            let whole = await lan.take(file)
            XCTAssertEqual(whole, .shown(release: 2))
            await lan.open("a09")
            XCTAssertEqual(lan.watched.state.page?.line.title, newTitle)
            let again = await lan.take(file)
            XCTAssertEqual(again, .known(release: 2))
            _ = await lan.take(first)
            XCTAssertEqual(
                lan.watched.state.complaint?.sentence.key, "rejection.older_release")
            await maiPhone.close()
            await lanPhone.close()
        }
    }

    func testSafetyPlan() async throws {
        try await tell { hotline in
            let clock = SetClock(hotline.now)
            let mai = try Handset(hotline, clock: clock)
            let phone = try await mai.open()
            let screen = phone.plan(.vi)
            await screen.refresh()
            let empty = try XCTUnwrap(screen.watched.state.plan)
            await screen.start()
            XCTAssertEqual(screen.watched.state.complaint?.field, "checkin_schedule")
            for (question, answer) in aPlan {
                let isKept = await screen.answer(question, answer)
                XCTAssertTrue(isKept, question)
            }
            let plan = try XCTUnwrap(screen.watched.state.plan)
            XCTAssertEqual(plan.missing, [])
            XCTAssertTrue(plan.checksDone == 10 && plan.isChecked)
            let numbers = screen.watched.state.card?.lines.map(\.number)
            XCTAssertEqual(numbers, ["0912 345 678", "111", "113"])
            try await drawsTheCard(mai, screen)

            await screen.start()
            let first = try XCTUnwrap(screen.watched.state.checkIns)
            XCTAssertFalse(first.isOverdue)
            XCTAssertEqual(first.nextDue, first.toldAt.addingTimeInterval(24 * 3_600))
            let reminders = screen.watched.state.reminders
            XCTAssertEqual(reminders.first?.at, first.nextDue)
            XCTAssertEqual(Set(reminders.map(\.wordsKey)), ["reminder.neutral"])
            clock.set(hotline.now + 25 * hour)
            await screen.refresh()
            XCTAssertEqual(screen.watched.state.checkIns?.isOverdue, true)
            XCTAssertNil(screen.watched.state.checkIns?.missedSince)
            clock.set(hotline.now + 49 * hour)
            await screen.refresh()
            XCTAssertEqual(screen.watched.state.checkIns?.missedSince, first.familyActsAt)
            await screen.fine()
            XCTAssertEqual(screen.watched.state.checkIns?.isOverdue, false)
            XCTAssertNil(screen.watched.state.checkIns?.missedSince)

            try await mai.sync()
            try await phone.erasePrivate(nil, screen)
            XCTAssertEqual(screen.watched.state.plan, empty)
            XCTAssertNil(screen.watched.state.checkIns)
            XCTAssertEqual(try hotline.count(), 0)
            await mai.close()
        }
    }

    /// As files in memory and nowhere else.
    private func drawsTheCard(_ mai: Handset, _ screen: PlanScreen) async throws {
        let files = FileManager.default
        let before = try files.contentsOfDirectory(atPath: mai.folder.path).sorted()
        let drawn = try await screen.drawCard()
        XCTAssertTrue(drawn.png.starts(with: [0x89] + Array("PNG\r\n".utf8)))
        XCTAssertTrue(drawn.pdf.starts(with: Array("%PDF-".utf8)))
        XCTAssertEqual(drawn.notWhole.map(\.number), [])
        await screen.answer("trusted_1_name", .text(text: "សុខា"))
        let strange = try await screen.drawCard()
        XCTAssertEqual(strange.notWhole.map(\.number), ["0912 345 678"])
        XCTAssertNotEqual(strange.png, drawn.png)
        await screen.answer("trusted_1_name", .text(text: "Chị Hoa"))
        let after = try files.contentsOfDirectory(atPath: mai.folder.path).sorted()
        XCTAssertEqual(after, before)
        let shared = [NSTemporaryDirectory(), files.currentDirectoryPath, NSHomeDirectory()]
        for folder in shared {
            for name in try files.contentsOfDirectory(atPath: folder) {
                let file = URL(fileURLWithPath: folder).appendingPathComponent(name)
                guard let bytes = try? Data(contentsOf: file) else { continue }
                XCTAssertTrue(bytes != drawn.png && bytes != drawn.pdf, file.path)
            }
        }
    }

    /// A phone with no signal and the release that its app ships.
    private func reader(_ hotline: Hotline) async throws -> (Handset, LibraryScreen) {
        let shipped = try hotline.publishLibrary()
        try hotline.link(up: false)
        let mai = try Handset(hotline)
        let library = try await mai.open().library(.vi)
        let taken = await library.take(shipped)
        XCTAssertEqual(taken, .shown(release: 1))
        return (mai, library)
    }

    private let aPlan: [(String, Answer)] = [
        ("destination", .text(text: "Bắc Ninh, khu trọ số 4")),
        ("trusted_1_name", .text(text: "Chị Hoa")),
        ("trusted_1_phone", .text(text: "0912 345 678")),
        ("checkin_schedule", .single(code: "daily")),
        ("code_ok", .text(text: "Mẹ nấu cơm chưa")),
        ("code_danger", .text(text: "Con mèo ăn gì")),
        ("if_missed", .single(code: "24h")),
        ("family_action", .multi(codes: ["call_111"])),
        ("doc_copies", .multi(codes: ["cccd"])),
        ("numbers_memorised", .multi(codes: ["111", "113"])),
        ("checks", .multi(codes: (1...10).map { "check_\($0)" })),
    ]
}
