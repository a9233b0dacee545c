import Foundation
import XCTest

/// No story of the list is forgotten, and none is told that is not in it.
final class ListTests: XCTestCase {
    func testEveryStoryOfTheListIsTold() throws {
        let list = try String(contentsOfFile: Machine.file("LOIVE_STORIES"), encoding: .utf8)
        let ids = list.split(separator: "\n").compactMap { line -> String? in
            guard line.hasPrefix("id = \"") else { return nil }
            return String(line.dropFirst(6).dropLast())
        }
        XCTAssertEqual(ids.count, Set(ids).count)
        XCTAssertEqual(try told(in: ["Stories", "Checks"]), Set(ids))
    }

    /// The ids of the stories in this package's own sources.
    private func told(in folders: [String]) throws -> Set<String> {
        let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent()
        var told: Set<String> = []
        for folder in folders.map(tests.appendingPathComponent) {
            for file in try FileManager.default.contentsOfDirectory(atPath: folder.path) {
                let path = folder.appendingPathComponent(file).path
                let source = try String(contentsOfFile: path, encoding: .utf8)
                // What is told with a hotline stands in a class of stories.
                guard source.contains("Tests: Story {") else { continue }
                for part in source.components(separatedBy: "    func test").dropFirst() {
                    told.insert(id(part.prefix { $0 != "(" }))
                }
            }
        }
        return told
    }

    /// `first-start-offline` of `FirstStartOffline`.
    private func id(_ name: Substring) -> String {
        name.reduce(into: "") { id, letter in
            if letter.isUppercase, !id.isEmpty { id.append("-") }
            id.append(letter.lowercased())
        }
    }
}
