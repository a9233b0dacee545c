import Foundation
import XCTest

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Something that the test did not expect; the text is for its author.
struct Unexpected: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}

/// The machine that the tests run on.
enum Machine {
    /// Longest wait for anything: the machine may be busy with other things.
    static let patienceSeconds: TimeInterval = 120
    /// Pause between two looks.
    static let lookEveryNanoseconds: UInt64 = 20_000_000

    /// A file that the environment names.
    static func file(_ name: String) throws -> String {
        guard let path = ProcessInfo.processInfo.environment[name] else {
            throw Unexpected("\(name) is not set: `cargo xtask test --only swift` sets it")
        }
        return path
    }

    /// Where the package's own programs lie: beside the tests.
    static func program(_ name: String) throws -> URL {
        let tests = URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath()
        for folder in [tests.deletingLastPathComponent(), Bundle.main.bundleURL] {
            let program = folder.appendingPathComponent(name)
            if FileManager.default.isExecutableFile(atPath: program.path) { return program }
        }
        throw Unexpected("\(name) was not built")
    }

    /// A new folder of the test's own.
    static func folder() throws -> URL {
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("loive-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        return folder
    }

    /// The files that this process has open, by number.
    static func openFiles() throws -> [String: String] {
        let folder = "/proc/self/fd"
        var files: [String: String] = [:]
        for number in try FileManager.default.contentsOfDirectory(atPath: folder) {
            files[number] = try? FileManager.default.destinationOfSymbolicLink(
                atPath: "\(folder)/\(number)")
        }
        return files.filter { $0.value.hasPrefix("/proc") == false }
    }

    static func threadsCount() throws -> Int {
        try FileManager.default.contentsOfDirectory(atPath: "/proc/self/task").count
    }

    /// Memory that is in use, in bytes.
    static func residentBytes() throws -> Int {
        let statm = try String(contentsOfFile: "/proc/self/statm", encoding: .ascii)
        let pages = try XCTUnwrap(Int(statm.split(separator: " ")[1]))
        return pages * Int(getpagesize())
    }
}

/// Looks until something is so; fails after a long time.
@discardableResult
func eventually<T>(
    _ what: String, _ look: () async throws -> T?
) async throws -> T {
    let end = Date().addingTimeInterval(Machine.patienceSeconds)
    while true {
        if let found = try await look() { return found }
        guard Date() < end else { throw Unexpected("not within patience: \(what)") }
        try await Task.sleep(nanoseconds: Machine.lookEveryNanoseconds)
    }
}

/// The lines that another process prints.
final class Lines {
    private let handle: FileHandle
    private var bytes = Data()

    init(_ handle: FileHandle) {
        self.handle = handle
    }

    /// The next line.
    func next() throws -> String {
        guard let line = try nextOrEnd() else { throw Unexpected("the process ended") }
        return line
    }

    /// The next line, or none at the end.
    func nextOrEnd() throws -> String? {
        while true {
            if let end = bytes.firstIndex(of: 0x0a) {
                let line = String(decoding: bytes[bytes.startIndex..<end], as: UTF8.self)
                bytes = Data(bytes[(end + 1)...])
                return line
            }
            var waiting = pollfd(fd: handle.fileDescriptor, events: Int16(POLLIN), revents: 0)
            guard poll(&waiting, 1, Int32(Machine.patienceSeconds * 1000)) > 0 else {
                throw Unexpected("the process says nothing")
            }
            let more = handle.availableData
            if more.isEmpty { return nil }
            bytes.append(more)
        }
    }
}
