import Foundation
import LoiVe
import XCTest

@testable import LoiVeKit

/// Reports between a person and the hotline.
final class HotlineTests: Story {
    func testSubmitStatesAnswer() async throws {
        try await tell { hotline in
            let mai = try Handset(hotline)
            let phone = try await mai.open()
            let heard = Heard(phone.reports.changed())
            let report = try await mai.submit()
            var seen = [try await mai.page(report).summary.delivery]
            try hotline.ask("desk_link", ["up": false])
            try await mai.sync()
            seen.append(try await mai.page(report).summary.delivery)
            try hotline.ask("desk_link", ["up": true])
            seen.append(try await mai.sync(report, until: .opened).summary.delivery)
            try await mai.sync()
            seen.append(try await mai.page(report).summary.delivery)
            // Nobody has looked, so nobody has read.
            XCTAssertEqual(seen, [.onThisPhone, .atRelay, .opened, .opened])

            try hotline.look(report)
            try await mai.sync(report, until: .read)
            let answer = "Chúng tôi đã nhận. Chị có gọi được không?"
            try hotline.reply(report, answer)
            let answered = try await mai.sync(report, until: "the answer") {
                !$0.timeline.isEmpty
            }
            XCTAssertEqual(answered.timeline.map(\.speaker), [.hotline])
            XCTAssertEqual(answered.timeline.map(\.text), [answer])
            let back = "Tôi gọi được sau 8 giờ tối."
            try await phone.reports.send(back, about: report)
            let page = try await mai.sync(report, until: "the message is opened") {
                $0.timeline.last?.delivery == .opened
            }
            XCTAssertEqual(page.summary.delivery, .read, "never back")
            // All of it may happen within one second, so in no order.
            XCTAssertEqual(try hotline.find(report)?.lines.sorted(), [answer, back].sorted())
            try await eventually("the listener heard of it") {
                await heard.reports.contains(report) ? true : nil
            }
            try await eventually("the list is fresh by itself") {
                phone.reports.watched.state.reports.first?.messagesOfHotline == 1 ? true : nil
            }
            await mai.close()
        }
    }

    func testReceiptOtherPhone() async throws {
        try await tell { hotline in
            let (mai, borrowed) = (try Handset(hotline), try Handset(hotline))
            try await mai.open()
            let report = try await mai.submit()
            let receipt = try await mai.phone.reports.makeReceipt(report)
            let numbers = [receipt.first, receipt.second].map {
                $0.filter { $0 != " " }
            }
            for number in numbers {
                XCTAssertEqual(number.count, 10)
                XCTAssertTrue(number.allSatisfy(\.isNumber))
            }
            let waiting = try await mai.page(report).receipt
            XCTAssertEqual(waiting, .waiting)
            try await mai.sync(report, until: .opened)
            let kept = try await mai.page(report).receipt
            XCTAssertEqual(kept, .kept)

            let phone = try await borrowed.open()
            try hotline.link(up: false)
            let last = numbers[1].last == "7" ? "8" : "7"
            let wrong = "\(numbers[0]) \(numbers[1].dropLast())\(last)"
            let slip = try await complaint("a digit is wrong") {
                try await phone.reports.reopen(wrong)
            }
            XCTAssertEqual(slip.field, "receipt")
            XCTAssertEqual(slip.sentence.key, "problem.receipt_check_digit")
            try hotline.link(up: true)
            try await phone.reports.reopen("\(receipt.first) . \(receipt.second)")
            let summary = try await borrowed.sync()
            XCTAssertEqual(summary.reopened, [report])
            try hotline.reply(report, "Chị giữ máy bên mình nhé.")
            let page = try await borrowed.sync(report, until: "the answer") {
                !$0.timeline.isEmpty
            }
            XCTAssertEqual(page.timeline.map(\.text), ["Chị giữ máy bên mình nhé."])
            XCTAssertEqual(page.summary.origin, .reopened)
            XCTAssertEqual(page.summary.delivery, .read)
            XCTAssertEqual(page.answers, [])
            let refused = try await complaint("no text is here") {
                try await phone.reports.amend(report, "suspect_info", .text(text: "khác"))
            }
            XCTAssertEqual(refused, Complaint(Rejection.notOnThisPhone))

            try await erased(hotline, mai, numbers.joined())
            await borrowed.close()
            await mai.close()
        }
    }

    /// Once the receipt is erased a third phone finds nothing by it.
    private func erased(_ hotline: Hotline, _ mai: Handset, _ numbers: String) async throws {
        try await mai.phone.reports.eraseReceipt(numbers)
        try await mai.sync()
        let third = try Handset(hotline)
        let phone = try await third.open()
        try await phone.reports.reopen(numbers)
        let summary = try await third.sync()
        XCTAssertEqual(summary.reopened, [])
        XCTAssertEqual(summary.receiptsUnknown, 1)
        let list = try await third.list()
        XCTAssertEqual(list, [])
        await third.close()
    }

    func testGuestReport() async throws {
        try await tell { hotline in
            let (shared, own) = (try Handset(hotline), try Handset(hotline))
            try await shared.open()
            let words = "Tôi nhờ máy của hội."
            let draft = try await shared.draft(
                aReport.dropLast() + [("suspect_info", .text(text: words))])
            let handedOut = await draft.submitAsGuest()
            let receipt = try XCTUnwrap(handedOut)
            XCTAssertEqual(draft.watched.state.phase, .gone)
            try await showsNothing(shared)
            let unsent = try await shared.phone.reports.watched.state.unsent
            XCTAssertGreaterThan(unsent, 0)
            try await shared.sync()
            try await showsNothing(shared)
            try hotline.waitCount(1)
            try await shared.restart()
            try await showsNothing(shared)

            try await own.open()
            try await own.phone.reports.reopen("\(receipt.first) \(receipt.second)")
            let reopened = try await own.sync().reopened
            XCTAssertEqual(reopened.count, 1)
            let report = try XCTUnwrap(reopened.first)
            let answers = try hotline.find(report)?.answers
            XCTAssertEqual(answers?["suspect_info"] as? String, words)
            try hotline.reply(report, "Chúng tôi đã đọc.")
            let page = try await own.sync(report, until: "the answer") { !$0.timeline.isEmpty }
            XCTAssertEqual(page.timeline.map(\.text), ["Chúng tôi đã đọc."])
            try await shared.sync()
            try await showsNothing(shared)
            XCTAssertEqual(try hotline.count(), 1)
            await own.close()
            await shared.close()
        }
    }

    /// The next person at a shared phone sees nothing.
    private func showsNothing(_ handset: Handset) async throws {
        let (list, drafts) = (try await handset.list(), try await handset.phone.drafts())
        XCTAssertEqual(list, [])
        XCTAssertEqual(drafts, [])
        await handset.door.phone?.reports.refresh()
        let shown = await handset.door.phone?.reports.watched.state.reports
        XCTAssertEqual(shown, [])
    }

    func testWithdraw() async throws {
        try await tell { hotline in
            let mai = try Handset(hotline)
            let phone = try await mai.open()
            let report = try await mai.submit()
            try await mai.sync(report, until: .opened)
            try await phone.reports.withdraw(report)
            let first = try await mai.page(report).withdrawal
            XCTAssertEqual(first?.delivery, .onThisPhone)
            XCTAssertEqual(
                phone.reports.watched.state.reports.first?.withdrawnAt, first?.writtenAt)
            try await phone.reports.withdraw(report)
            let twice = try await mai.page(report).withdrawal
            XCTAssertEqual(twice, first, "twice is once")
            let refused = try await complaint("it is taken back") {
                try await phone.reports.amend(report, "suspect_info", .text(text: "thêm"))
            }
            XCTAssertEqual(refused, Complaint(Rejection.withdrawn))

            let page = try await mai.sync(report, until: "the hotline acknowledges it") {
                $0.withdrawal?.delivery == .opened
            }
            XCTAssertNotNil(page.withdrawal)
            let found = try XCTUnwrap(try hotline.look(report))
            XCTAssertTrue(found.isWithdrawn)
            XCTAssertEqual(found.state, "Closed")
            try await mai.sync(report, until: "a person saw it") {
                $0.withdrawal?.seenAt != nil
            }
            XCTAssertEqual(try hotline.count(), 1)
            await mai.close()
        }
    }
}

/// What a stream of changes said so far.
actor Heard {
    private(set) var reports: [ReportId?] = []

    init(_ changes: AsyncStream<ReportId?>) {
        Task { [weak self] in
            for await change in changes {
                await self?.hear(change)
            }
        }
    }

    private func hear(_ change: ReportId?) {
        reports.append(change)
    }
}
