import Foundation
import LoiVe

/// Hears of changes on the library's threads and passes them on without keeping those
/// waiting.
final class Changes: ReportListener, @unchecked Sendable {
    private let lock = NSLock()
    private var listeners: [Int: AsyncStream<ReportId?>.Continuation] = [:]
    private var next = 0
    private var isFinished = false

    func changed(report: ReportId?) throws {
        lock.withLock {
            for listener in listeners.values {
                listener.yield(report)
            }
        }
    }

    /// Every report of which something changed.
    func reports() -> AsyncStream<ReportId?> {
        listen(.unbounded)
    }

    /// That something changed: however often before somebody looked, once.
    func heard() -> AsyncStream<ReportId?> {
        listen(.bufferingNewest(1))
    }

    func finish() {
        // Outside the lock: a stream that ends calls back to be forgotten.
        let ended = lock.withLock {
            isFinished = true
            return Array(listeners.values)
        }
        for listener in ended {
            listener.finish()
        }
    }

    private func listen(
        _ policy: AsyncStream<ReportId?>.Continuation.BufferingPolicy
    ) -> AsyncStream<ReportId?> {
        AsyncStream(bufferingPolicy: policy) { listener in
            let number: Int? = lock.withLock {
                guard !isFinished else { return nil }
                next += 1
                listeners[next] = listener
                return next
            }
            guard let number else { return listener.finish() }
            listener.onTermination = { [weak self] _ in
                guard let self else { return }
                _ = self.lock.withLock { self.listeners.removeValue(forKey: number) }
            }
        }
    }
}
