import Foundation
import LoiVe
import XCTest

@testable import LoiVeKit

/// Clocks that are wrong and relays that are set back.
final class TimeTests: Story {
    /// 1 March 2099.
    private let farFuture: UInt64 = 4_076_006_400

    func testClockWrong() async throws {
        try await tell { hotline in
            for wrong in [0, farFuture] {
                let clock = SetClock(wrong)
                let mai = try Handset(hotline, clock: clock)
                let phone = try await mai.open()
                // 1 January 2026: no release is older.
                let oldest = Date(timeIntervalSince1970: 1_767_225_600)
                XCTAssertGreaterThan(phone.engine.now(), oldest)
                let draft = try await mai.draft(aReport)
                let report = try await mai.submit()
                try await mai.sync(report, until: .opened)
                try hotline.look(report)
                try hotline.reply(report, "Bạn xem lại ngày trên máy nhé.")
                let page = try await mai.sync(report, until: "read and answered") {
                    $0.summary.delivery == .read && !$0.timeline.isEmpty
                }
                XCTAssertEqual(page.timeline.map(\.speaker), [.hotline])
                let found = try XCTUnwrap(try hotline.find(report))
                XCTAssertLessThanOrEqual(found.writtenAt, found.receivedAt)

                // The clock is set right.
                clock.set(hotline.now)
                try await mai.restart()
                let drafts = try await mai.phone.drafts()
                XCTAssertEqual(drafts.map(\.id), [draft.id], "a draft of today is not old")
                await mai.close()
            }
        }
    }

    func testRelayRestored() async throws {
        try await tell { hotline in
            try hotline.ask("backup_relay")
            let log = try hotline.ask("log")["log"] as? String
            try hotline.ask("stop_desk")
            let mai = try Handset(hotline)
            try await mai.open()
            let report = try await mai.submit()
            try await mai.sync(report, until: .atRelay)
            let restored = try hotline.ask("restore_relay")["log"] as? String
            XCTAssertNotNil(restored)
            XCTAssertNotEqual(restored, log, "another log")
            try hotline.ask("start_desk")

            var seen: [Delivery] = []
            let page = try await mai.sync(report, until: "opened") {
                seen.append($0.summary.delivery)
                return $0.summary.delivery >= .opened
            }
            XCTAssertEqual(seen, seen.sorted(), "never back")
            XCTAssertGreaterThanOrEqual(try XCTUnwrap(seen.first), .atRelay)
            XCTAssertEqual(page.summary.warnings, [])
            XCTAssertEqual(try hotline.count(), 1)
            XCTAssertNotNil(try hotline.find(report))
            await mai.close()
        }
    }
}
