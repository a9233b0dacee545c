import Foundation
import LoiVe
import XCTest

@testable import LoiVeKit

/// A story with its own hotline.
class Story: XCTestCase {
    /// Tells it, and lets the hotline end whatever happened.
    func tell(_ story: (Hotline) async throws -> Void) async throws {
        let hotline = try Hotline()
        defer { hotline.end() }
        try await story(hotline)
    }
}

/// Fails unless the work complains, and gives the complaint.
@discardableResult
func complaint<T>(
    _ what: String, _ work: () async throws -> T
) async throws -> Complaint {
    do {
        _ = try await work()
    } catch let complaint as Complaint {
        return complaint
    }
    throw Unexpected("nothing was wrong: \(what)")
}

/// Fails unless the engine refuses, and gives its error.
@discardableResult
func refusal<T>(_ what: String, _ work: () async throws -> T) async throws -> PhoneError {
    do {
        _ = try await work()
    } catch let error as PhoneError {
        return error
    }
    throw Unexpected("it was not refused: \(what)")
}
