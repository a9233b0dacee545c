import Foundation
import LoiVe
import XCTest

@testable import LoiVeKit

/// What the platform does for the engine, from whatever thread it is asked.
final class CallbackTests: Story {
    func testCallbacksOnAnyThread() async throws {
        try await tell { hotline in
            let mai = try Handset(hotline)
            let phone = try await mai.open()
            let (listener, thrower) = (CallingBack(phone.engine), Thrower())
            let subscriptions = [
                phone.engine.subscribe(listener: thrower),
                phone.engine.subscribe(listener: listener),
            ]
            // Several people's worth of calls and syncs at once.
            let reports = try await withThrowingTaskGroup(of: ReportId.self) { group in
                for number in 0..<8 {
                    group.addTask {
                        let draft = try await phone.newDraft(.vi)
                        draft.answer("danger_now", .single(code: "yes"))
                        draft.answer("suspect_info", .text(text: "Người thứ \(number)"))
                        let submitted = await draft.submit()
                        let report = try XCTUnwrap(submitted)
                        try await phone.reports.send("Câu \(number)", about: report)
                        _ = try? await phone.line.sync()
                        return report
                    }
                }
                return try await group.reduce(into: Set()) { $0.insert($1) }
            }
            XCTAssertEqual(reports.count, 8)
            try hotline.waitCount(8)
            for report in reports {
                try await mai.sync(report, until: .opened)
            }
            try await eventually("every change reached the listener") {
                listener.heard.isSuperset(of: reports) ? true : nil
            }
            XCTAssertTrue(listener.pages > 0, "it called back into the phone")
            XCTAssertTrue(thrower.calls > 0)
            XCTAssertFalse(listener.wasOnMainThread)
            for subscription in subscriptions {
                subscription.stop()
            }
            await mai.close()
            try await throwingKeyStore(hotline, mai)
        }
    }

    /// What the keystore threw becomes `NoKey`, and its text goes no further.
    private func throwingKeyStore(_ hotline: Hotline, _ mai: Handset) async throws {
        let request = OpenRequest(dir: mai.folder.path, card: hotline.card)
        let error = try await refusal("no key") {
            try await openPhone(request: request, keys: BrokenKeys(), clock: nil)
        }
        XCTAssertEqual(error, .Locked(why: .noKey))
        let texts = ["\(error)", error.localizedDescription, String(reflecting: error)]
        for text in texts {
            XCTAssertFalse(text.contains("chìa khoá"), text)
        }
    }
}

/// Calls back into the phone on every change.
private final class CallingBack: ReportListener, @unchecked Sendable {
    private let engine: Phone
    private let lock = NSLock()
    private var changes: Set<ReportId> = []
    private var read = 0
    private var isMain = false

    init(_ engine: Phone) {
        self.engine = engine
    }

    var heard: Set<ReportId> { lock.withLock { changes } }
    var pages: Int { lock.withLock { read } }
    var wasOnMainThread: Bool { lock.withLock { isMain } }

    func changed(report: ReportId?) throws {
        // Synchronous and asynchronous calls, from inside a callback.
        _ = engine.now()
        _ = engine.reopening()
        guard let report else { return }
        let isMainThread = Thread.isMainThread
        lock.withLock {
            changes.insert(report)
            isMain = isMain || isMainThread
        }
        let done = DispatchSemaphore(value: 0)
        Task { [engine] in
            if (try? await engine.report(report: report, lang: .vi)) != nil { self.count() }
            done.signal()
        }
        done.wait()
    }

    private func count() {
        lock.withLock { read += 1 }
    }
}

/// Throws at every change.
private final class Thrower: ReportListener, @unchecked Sendable {
    private let lock = NSLock()
    private var count = 0

    var calls: Int { lock.withLock { count } }

    func changed(report: ReportId?) throws {
        lock.withLock { count += 1 }
        throw Unexpected("chìa khoá nằm dưới chậu cây")
    }
}
