import Foundation

/// A state that screens watch. Whoever begins to watch hears the state as it is, then
/// every newest one; what was passed over in a hurry is not told late.
public final class Watched<State: Sendable & Equatable>: @unchecked Sendable {
    // The lock is what makes it Sendable: everything below it is touched inside only.
    private let lock = NSLock()
    private var current: State
    private var watchers: [Int: AsyncStream<State>.Continuation] = [:]
    private var next = 0

    init(_ state: State) {
        current = state
    }

    deinit {
        for watcher in watchers.values {
            watcher.finish()
        }
    }

    /// The state now.
    public var state: State {
        lock.withLock { current }
    }

    /// The states from now on, until the task that watches is cancelled.
    public func states() -> AsyncStream<State> {
        AsyncStream(bufferingPolicy: .bufferingNewest(1)) { watcher in
            let number = lock.withLock {
                next += 1
                watchers[next] = watcher
                watcher.yield(current)
                return next
            }
            watcher.onTermination = { [weak self] _ in self?.forget(number) }
        }
    }

    /// Changes the state, and tells it if it became another one. Told inside the lock,
    /// so that the last thing heard is the last thing that was.
    func update(_ change: (inout State) -> Void) {
        lock.withLock {
            var new = current
            change(&new)
            guard new != current else { return }
            current = new
            for watcher in watchers.values {
                watcher.yield(new)
            }
        }
    }

    private func forget(_ number: Int) {
        _ = lock.withLock { watchers.removeValue(forKey: number) }
    }
}

/// Work that is done in the order in which it was asked for. What the engine is asked
/// for at once it may do in any order: the last letter typed could lose to the one
/// before.
final class Turns: @unchecked Sendable {
    private let lock = NSLock()
    private var last: Task<Void, Never>?

    /// Does something when everything before it is done.
    func take<T: Sendable>(_ work: @escaping @Sendable () async -> T) -> Task<T, Never> {
        lock.withLock {
            let before = last
            let mine = Task {
                await before?.value
                return await work()
            }
            last = Task { _ = await mine.value }
            return mine
        }
    }

    /// Waits for everything that was asked for until now.
    func settle() async {
        await lock.withLock { last }?.value
    }
}
