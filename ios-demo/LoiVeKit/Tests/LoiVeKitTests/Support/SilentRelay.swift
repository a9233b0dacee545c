import Foundation

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A relay that takes connections and never answers.
final class SilentRelay: @unchecked Sendable {
    let url: String
    private let socket: Int32
    private let lock = NSLock()
    private var taken: [Int32] = []
    private var count = 0

    init() throws {
        #if canImport(Glibc)
            let stream = Int32(SOCK_STREAM.rawValue)
        #else
            let stream = SOCK_STREAM
        #endif
        let listener = Glibc.socket(AF_INET, stream, 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, length) == 0 && getsockname(listener, $0, &length) == 0
            }
        }
        guard isBound, listen(listener, 16) == 0 else {
            throw Unexpected("no socket on loopback")
        }
        socket = listener
        url = "http://127.0.0.1:\(UInt16(bigEndian: address.sin_port))"
        let accepting = Thread { [weak self] in
            while true {
                let connection = accept(listener, nil, nil)
                guard connection >= 0, let self else { return }
                self.lock.withLock {
                    self.taken.append(connection)
                    self.count += 1
                }
            }
        }
        accepting.start()
    }

    /// How many it has taken so far.
    var connections: Int {
        lock.withLock { count }
    }

    /// Lets its own ends of all connections go.
    func hangUp() {
        lock.withLock {
            for connection in taken {
                _ = Glibc.close(connection)
            }
            taken.removeAll()
        }
    }

    func close() {
        shutdown(socket, Int32(SHUT_RDWR))
        _ = Glibc.close(socket)
        hangUp()
    }
}
