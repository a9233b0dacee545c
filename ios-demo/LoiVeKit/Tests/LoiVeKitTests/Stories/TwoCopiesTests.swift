import Foundation
import LoiVe
import XCTest

@testable import LoiVeKit

/// Phones that were copied, set back or hold damaged bytes.
final class TwoCopiesTests: Story {
    func testRejectedChange() async throws {
        try await tell { hotline in
            let first = "Hôm nay họ đưa thêm hai người tới."
            let second = "Họ vừa khóa cửa, tôi nghe tiếng xe đi."
            let mai = try Handset(hotline)
            try await mai.open()
            let report = try await mai.submit()
            try await mai.sync(report, until: .opened)
            await mai.close()
            try hotline.ask("backup_phone", ["dir": mai.folder.path])

            try await mai.open()
            try await mai.phone.reports.send(first, about: report)
            try await mai.sync(report, until: "the first message is opened") {
                $0.timeline.first?.delivery == .opened
            }
            await mai.close()
            try hotline.ask("set_back_phone", ["dir": mai.folder.path])

            try await mai.open()
            let setBack = try await mai.page(report).timeline
            XCTAssertEqual(setBack, [], "the phone is set back")
            try await mai.phone.reports.send(second, about: report)
            let page = try await mai.sync(report, until: "the phone learns why") {
                !$0.troubles.isEmpty
            }
            XCTAssertEqual(page.troubles, [.quarantined("duplicate_sequence")])
            let why = Sentence(page.troubles[0]).parts["why"]
            XCTAssertEqual(why?.key, "refusal.duplicate_sequence")
            XCTAssertNotEqual(page.timeline.first?.delivery, .opened)

            let rows = try hotline.ask("quarantine")["rows"] as? [[String: Any]]
            XCTAssertEqual(rows?.count, 1)
            XCTAssertEqual(rows?.first?["report"] as? String, report)
            let readable = rows?.first?["readable"] as? [String]
            XCTAssertEqual(readable?.contains(second), true, "its words can be read")
            XCTAssertEqual(try hotline.find(report)?.lines, [first])
            await mai.close()
        }
    }

    func testConflict() async throws {
        try await tell { hotline in
            let old = try Handset(hotline)
            try await old.open()
            let report = try await old.submit()
            try await old.sync(report, until: .opened)
            await old.close()
            let copy = FileManager.default.temporaryDirectory
                .appendingPathComponent("loive-\(UUID().uuidString)")
            try FileManager.default.copyItem(at: old.folder, to: copy)
            let new = try Handset(hotline, folder: copy, keys: old.keys)
            try await old.open()
            try await new.open(restored: true)

            try hotline.link(up: false)
            let texts = ["Người tên Tuấn.", "Người tên Hùng."]
            for (mai, text) in zip([old, new], texts) {
                try await mai.phone.reports.amend(report, "suspect_info", .text(text: text))
            }
            try hotline.link(up: true)
            try await old.sync()
            try await new.sync()
            try await eventually("the desk has both, each once") {
                let both = try hotline.find(report)?.conflicts["suspect_info"] as? [String]
                return both?.sorted() == texts.sorted() ? true : nil
            }
            let shown = try hotline.find(report)?.answers["suspect_info"] as? String
            XCTAssertTrue(texts.contains(try XCTUnwrap(shown)))
            for (mai, text) in zip([old, new], texts) {
                try await mai.sync()
                let page = try await mai.page(report)
                XCTAssertEqual(page.troubles, [])
                let own = page.answers.first { $0.question == "suspect_info" }
                XCTAssertEqual(own?.answer, .text(text: text))
            }

            let third = "Tuấn và Hùng, hai anh em."
            try await new.phone.reports.amend(report, "suspect_info", .text(text: third))
            try await new.sync()
            try await eventually("the third is taken") {
                let values = try hotline.find(report)
                let all = values?.conflicts["suspect_info"] as? [String] ?? []
                let shown = values?.answers["suspect_info"] as? String
                return shown == third || all.contains(third) ? true : nil
            }
            let rows = try hotline.ask("quarantine")["rows"] as? [Any]
            XCTAssertEqual(rows?.count, 0)
            await new.close()
            await old.close()
        }
    }

    func testDamagedStoreSetAside() async throws {
        try await tell { hotline in
            let mai = try Handset(hotline)
            try await mai.open()
            _ = try await mai.submit()
            await mai.close()
            let damaged = try damage(mai.store)

            let phone = try await mai.open()
            guard case .setAside(let path) = phone.outcome else {
                return XCTFail("\(phone.outcome)")
            }
            XCTAssertEqual(
                mai.door.watched.state, .open(Sentence("start.set_aside", ["path": path])))
            XCTAssertEqual(try setAsideStore(path), damaged, "every byte that it had")
            let list = try await mai.list()
            XCTAssertEqual(list, [])
            let report = try await mai.submit()
            try await mai.sync(report, until: .opened)
            XCTAssertEqual(try hotline.count(), 1)
            await mai.close()
        }
    }

    /// Writes noise into the middle of a file and gives what is in it then.
    private func damage(_ file: URL) throws -> Data {
        var bytes = try Data(contentsOf: file)
        let middle = bytes.count / 2
        for place in (middle - 2048)..<(middle + 2048) {
            bytes[place] = UInt8.random(in: 0...255)
        }
        try bytes.write(to: file)
        return bytes
    }

    /// The bytes of the store that lies where the engine says.
    private func setAsideStore(_ path: String) throws -> Data {
        var isFolder: ObjCBool = false
        XCTAssertTrue(FileManager.default.fileExists(atPath: path, isDirectory: &isFolder))
        let file = isFolder.boolValue ? "\(path)/phone.db" : path
        return try Data(contentsOf: URL(fileURLWithPath: file))
    }
}
