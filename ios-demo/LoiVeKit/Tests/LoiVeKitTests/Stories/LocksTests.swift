import Foundation
import LoiVe
import XCTest

@testable import LoiVeKit

/// What opens a store, and what does not.
final class LocksTests: Story {
    func testWrongPin() async throws {
        try await tell { hotline in
            let mai = try Handset(hotline)
            let phone = try await mai.open()
            let report = try await mai.submit()
            let short = try await complaint("one letter") { try await phone.setPin("1") }
            XCTAssertEqual(short.field, "pin")
            XCTAssertEqual(short.sentence.key, "problem.too_short")
            let pin = "hoa ban 1987"
            try await phone.setPin(pin)
            await mai.close()

            try await staysShut(mai, pin: nil, .pinNeeded)
            for wrong in ["hoa ban 1986", "0000", "hoa ban 1987 "] {
                try await staysShut(mai, pin: wrong, .pinWrong)
            }
            try await opensWith(mai, report, pin: pin)
            try await mai.phone.removePin()
            await mai.close()
            try await opensWith(mai, report, pin: nil)
            await mai.close()

            try await otherKeys(hotline, mai)
            try await opensWith(mai, report, pin: nil)
            await mai.close()
        }
    }

    /// A second time with a keystore that gives another key, and with one that fails.
    private func otherKeys(_ hotline: Hotline, _ mai: Handset) async throws {
        let before = try files(mai.folder)
        for (keys, lock): (any KeyStore, Lock) in [
            (KeptKey(), .wrongKey), (BrokenKeys(), .noKey), (KeptKey(Data([1, 2])), .noKey),
        ] {
            let setup = PhoneSetup(
                dir: mai.folder.path, card: hotline.card, keys: keys,
                relayUrl: hotline.relayUrl)
            let door = Door(setup)
            let opened = await door.open()
            XCTAssertNil(opened)
            XCTAssertEqual(door.watched.state, .failed(Complaint(lock)))
        }
        XCTAssertEqual(try files(mai.folder), before, "nothing is deleted or set aside")
    }

    private func files(_ folder: URL) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    }

    private func staysShut(_ mai: Handset, pin: String?, _ state: Door.State) async throws {
        let before = try files(mai.folder)
        let opened = await mai.door.open(pin: pin)
        XCTAssertNil(opened)
        XCTAssertEqual(mai.door.watched.state, state)
        XCTAssertEqual(try files(mai.folder), before)
    }

    /// Everything is in its place.
    private func opensWith(_ mai: Handset, _ report: ReportId, pin: String?) async throws {
        let phone = try await mai.open(pin: pin)
        XCTAssertEqual(phone.outcome, .opened)
        let list = try await mai.list()
        XCTAssertEqual(list.map(\.id), [report])
    }
}

/// A keystore that fails, with words that must go nowhere.
final class BrokenKeys: KeyStore {
    /// What it says when it fails.
    static let words = "chìa khoá nằm dưới chậu cây"

    func key() throws -> Data {
        throw Unexpected(Self.words)
    }
}
