import Foundation
import LoiVe
import XCTest

@testable import LoiVeKit

/// Nothing is left behind.
final class LeakTests: Story {
    func testThousandOpenings() async throws {
        try await tell { hotline in
            let mai = try Handset(hotline)
            let before = live()
            for _ in 0..<10 {
                try await mai.open()
                _ = try await mai.list()
                await mai.close()
            }
            try await settled(before)
            let (files, threads) = (try Machine.openFiles(), try Machine.threadsCount())
            let memory = try Machine.residentBytes()
            for _ in 0..<1000 {
                try await mai.open()
                let list = try await mai.list()
                XCTAssertEqual(list, [])
                await mai.close()
            }
            try await settled(before)
            try await eventually("no more files are open than before") {
                try Machine.openFiles().count <= files.count ? true : nil
            }
            // Threads that waited for the disk end after some seconds without work.
            try await eventually("no more threads run than before") {
                try Machine.threadsCount() <= threads ? true : nil
            }
            let grown = try Machine.residentBytes() - memory
            print("after 1,000 openings: \(grown / 1024) KiB more")
            XCTAssertLessThanOrEqual(grown, 16 * 1024 * 1024)
        }
    }

    /// Everything that was released is gone.
    private func settled(_ before: Live) async throws {
        try await eventually("nothing is alive that was released") {
            live().phones == before.phones && live().tasks <= before.tasks ? true : nil
        }
    }

    func testCancelLeavesNoTask() async throws {
        try await tell { hotline in
            let silent = try SilentRelay()
            defer { silent.close() }
            let folder = try Machine.folder()
            let keys = KeptKey()
            let door = Door(
                PhoneSetup(
                    dir: folder.path, card: hotline.card, keys: keys, relayUrl: silent.url))
            let opened = await door.open()
            let phone = try XCTUnwrap(opened)
            let draft = try await phone.newDraft(.vi)
            draft.answer("danger_now", .single(code: "yes"))
            let submitted = await draft.submit()
            let report = try XCTUnwrap(submitted)
            await phone.reports.refresh()
            let before = live().tasks
            let files = try Machine.openFiles().count
            for _ in 0..<100 {
                try await cancelsWithinASecond(phone, silent)
            }
            XCTAssertEqual(phone.line.watched.state.last, .stopped)
            XCTAssertFalse(phone.line.watched.state.isTalking)
            try await eventually("no task is left") { live().tasks <= before ? true : nil }
            try await eventually("no connection is left") {
                silent.hangUp()
                return try Machine.openFiles().count <= files ? true : nil
            }
            await door.close()

            let mai = try Handset(hotline, folder: folder, keys: keys)
            try await mai.open()
            try await mai.sync(report, until: .opened)
            XCTAssertEqual(try hotline.count(), 1)
            await mai.close()
        }
    }

    /// A sync that hangs at a relay that never answers ends when its task is cancelled.
    private func cancelsWithinASecond(_ phone: OpenPhone, _ silent: SilentRelay) async throws {
        let connected = silent.connections
        let sync = Task { try await phone.line.sync() }
        try await eventually("the relay took the connection") {
            silent.connections > connected ? true : nil
        }
        let start = Date()
        sync.cancel()
        let summary = try await sync.value
        XCTAssertEqual(summary.ended, .cancelled)
        XCTAssertLessThan(Date().timeIntervalSince(start), 1)
    }

    func testSuspendResume() async throws {
        try await tell { hotline in
            let silent = try SilentRelay()
            defer { silent.close() }
            let keys = KeptKey()
            let folder = try Machine.folder()
            let setup = PhoneSetup(
                dir: folder.path, card: hotline.card, keys: keys, relayUrl: silent.url)
            let door = Door(setup)
            let opened = await door.open()
            let phone = try XCTUnwrap(opened)
            let other = try await phone.newDraft(.vi)
            other.answer("danger_now", .single(code: "yes"))
            let submitted = await other.submit()
            let report = try XCTUnwrap(submitted)
            let draft = try await phone.newDraft(.vi)
            for number in 1...100 {
                let text = "Câu thứ \(number)"
                let isKept = await draft.answer("suspect_info", .text(text: text)).value
                XCTAssertTrue(isKept)
                try await suspendsWhileSyncing(phone, silent)
                XCTAssertEqual(try openStores(folder), [], "no file of the store is open")
                if number.isMultiple(of: 20) {
                    XCTAssertEqual(
                        try otherProcess("look", setup.dir, hotline.card, keys), "reports 1")
                }
                let fails = await draft.answer("suspect_info", .text(text: "mất")).value
                XCTAssertFalse(fails)
                let complaint = draft.watched.state.complaints["suspect_info"]
                XCTAssertEqual(complaint?.sentence.key, "error.internal")
                try await refusesToSync(phone)
                try await phone.resume()
                await draft.refresh()
                let shown = draft.watched.state.view.questions.first { $0.id == "suspect_info" }
                XCTAssertEqual(shown?.answer, .text(text: text))
            }
            await door.close()
            let mai = try Handset(hotline, folder: folder, keys: keys)
            try await mai.open()
            try await mai.sync(report, until: .opened)
            await mai.close()
        }
    }

    private func refusesToSync(_ phone: OpenPhone) async throws {
        let sync = try await complaint("a sync while suspended") { try await phone.line.sync() }
        XCTAssertEqual(sync.sentence.key, "error.internal")
    }

    private func suspendsWhileSyncing(_ phone: OpenPhone, _ silent: SilentRelay) async throws {
        let connected = silent.connections
        let sync = Task { try await phone.line.sync() }
        try await eventually("the relay took the connection") {
            silent.connections > connected ? true : nil
        }
        try await phone.suspend()
        let summary = try await sync.value
        XCTAssertEqual(summary.ended, .cancelled)
    }

    private func openStores(_ folder: URL) throws -> [String] {
        try Machine.openFiles().values.filter { $0.contains(folder.lastPathComponent) }
    }
}
