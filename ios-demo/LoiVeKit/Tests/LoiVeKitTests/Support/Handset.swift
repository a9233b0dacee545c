import Foundation
import LoiVe
import XCTest

@testable import LoiVeKit

/// A phone of a story: a folder, a keystore, a clock, and the app in front of it.
final class Handset {
    let folder: URL
    let keys: KeptKey
    let setup: PhoneSetup
    private(set) var door: Door

    init(
        _ hotline: Hotline, folder: URL? = nil, keys: KeptKey = KeptKey(),
        clock: (any DeviceClock)? = nil
    ) throws {
        self.folder = try folder ?? Machine.folder()
        self.keys = keys
        setup = PhoneSetup(
            dir: self.folder.path, card: hotline.card, keys: keys, clock: clock,
            relayUrl: hotline.relayUrl)
        door = Door(setup)
    }

    /// Starts the app and opens the phone.
    @discardableResult
    func open(pin: String? = nil, restored: Bool = false) async throws -> OpenPhone {
        let opened = await door.open(pin: pin, restored: restored)
        let state = door.watched.state
        return try XCTUnwrap(opened, "the door says \(state)")
    }

    /// The open phone.
    var phone: OpenPhone {
        get async throws {
            let phone = await door.phone
            return try XCTUnwrap(phone, "the phone is not open")
        }
    }

    /// The app is closed, and its memory gone.
    func close() async {
        await door.close()
        door = Door(setup)
    }

    /// Closes the app and opens it again.
    @discardableResult
    func restart(pin: String? = nil) async throws -> OpenPhone {
        await close()
        return try await open(pin: pin)
    }

    /// Writes a draft, question by question.
    func draft(_ answers: [(String, Answer)]) async throws -> DraftScreen {
        let draft = try await phone.newDraft(.vi)
        for (question, answer) in answers {
            let isKept = await draft.answer(question, answer).value
            XCTAssertTrue(isKept, question)
        }
        return draft
    }

    /// Writes a report and submits it.
    func submit(_ answers: [(String, Answer)] = aReport) async throws -> ReportId {
        let report = try await draft(answers).submit()
        return try XCTUnwrap(report)
    }

    @discardableResult
    func sync() async throws -> SyncSummary {
        try await phone.line.sync()
    }

    func page(_ report: ReportId) async throws -> ReportPage {
        try await phone.reports.page(report, .vi)
    }

    /// The reports of the list.
    func list() async throws -> [ReportSummary] {
        try await phone.engine.reports()
    }

    /// Syncs until a report is as it should be.
    @discardableResult
    func sync(
        _ report: ReportId, until what: String, _ isSo: (ReportPage) -> Bool
    ) async throws -> ReportPage {
        try await eventually(what) {
            try await sync()
            let page = try await page(report)
            return isSo(page) ? page : nil
        }
    }

    /// Syncs until the report is so far.
    @discardableResult
    func sync(_ report: ReportId, until delivery: Delivery) async throws -> ReportPage {
        try await sync(report, until: "\(delivery)") { $0.summary.delivery >= delivery }
    }

    /// The engine's file.
    var store: URL { folder.appendingPathComponent("phone.db") }
}

/// A keystore that keeps one key.
final class KeptKey: KeyStore {
    let bytes: Data

    init(_ bytes: Data = Data((0..<32).map { _ in UInt8.random(in: 0...255) })) {
        self.bytes = bytes
    }

    func key() throws -> Data { bytes }

    /// As other processes are told it.
    var digits: String {
        bytes.map { byte in
            let digits = String(byte, radix: 16)
            return digits.count == 1 ? "0\(digits)" : digits
        }.joined()
    }
}

/// A clock that says what it is told.
final class SetClock: DeviceClock, @unchecked Sendable {
    private let lock = NSLock()
    private var seconds: UInt64

    init(_ seconds: UInt64) {
        self.seconds = seconds
    }

    func set(_ seconds: UInt64) {
        lock.withLock { self.seconds = seconds }
    }

    func unixSeconds() throws -> UInt64 {
        lock.withLock { seconds }
    }
}

/// What is enough for a report.
let aReport: [(String, Answer)] = [
    ("danger_now", .single(code: "no")),
    ("where", .somewhere(place: .province("01"))),
    ("what_type", .multi(codes: ["job_abroad"])),
    ("suspect_info", .text(text: "Một người lạ rủ đi làm xa, hứa lương cao.")),
]

extension Delivery: @retroactive Comparable {
    private var step: Int {
        switch self {
        case .onThisPhone: 0
        case .atRelay: 1
        case .opened: 2
        case .read: 3
        }
    }

    public static func < (left: Delivery, right: Delivery) -> Bool {
        left.step < right.step
    }
}

/// The first line of another process that does something with a store.
func otherProcess(
    _ verb: String, _ dir: String, _ card: String, _ keys: KeptKey
) throws -> String {
    let (process, output) = (Process(), Pipe())
    process.executableURL = try Machine.program("phone-process")
    process.arguments = [verb, dir, card, keys.digits]
    process.standardOutput = output
    try process.run()
    defer { process.waitUntilExit() }
    return try Lines(output.fileHandleForReading).next()
}

func otherProcess(_ verb: String, _ mai: Handset) throws -> String {
    try otherProcess(verb, mai.setup.dir, mai.setup.card, mai.keys)
}
