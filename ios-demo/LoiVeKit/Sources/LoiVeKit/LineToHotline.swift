import LoiVe

/// The way to the hotline: one sync when somebody asks, or always in the background.
public actor LineToHotline {
    /// For the screen.
    public struct State: Equatable, Sendable {
        /// Whether it talks to the relay for somebody who waits.
        public var isTalking = false
        /// How the last sync ended; none before the first.
        public var last: Last?
    }

    /// How a sync ended, as what the person can do.
    public enum Last: Hashable, Sendable {
        /// Nothing is left to send or to fetch.
        case complete
        /// Somebody stopped it. What is left goes with the next.
        case stopped
        /// Not everything went; why, and what can be done.
        case trouble(Complaint)
    }

    /// For the screen.
    public nonisolated let watched = Watched(State())

    private let engine: Phone
    private let driver: Driver
    private var background: Syncing?
    private var wantsBackground = false
    private var isResting = false
    private var running: [ObjectIdentifier: Cancel] = [:]
    private var resting: [CheckedContinuation<Void, Never>] = []

    init(_ engine: Phone, _ driver: Driver) {
        self.engine = engine
        self.driver = driver
    }

    /// Sends what is to be sent and fetches what is there. A cancelled task stops it as
    /// soon as nothing would be lost by it.
    @discardableResult
    public func sync() async throws(Complaint) -> SyncSummary {
        guard !isResting else { throw Complaint(PhoneError.Internal(incidentId: "suspended")) }
        let cancel = Cancel()
        running[ObjectIdentifier(cancel)] = cancel
        watched.update { $0.isTalking = true }
        defer { ended(cancel) }
        do {
            let (engine, driver) = (engine, driver)
            // The engine does not hear of a cancelled task by itself.
            let summary = try await withTaskCancellationHandler {
                try await engine.sync(driver: driver, cancel: cancel)
            } onCancel: {
                cancel.cancel()
            }
            watched.update { $0.last = Last(summary.ended) }
            return summary
        } catch {
            let complaint = Complaint(error)
            watched.update { $0.last = .trouble(complaint) }
            throw complaint
        }
    }

    /// Keeps the phone up to date until it rests or the phone is closed.
    public func keepSyncing() {
        wantsBackground = true
        guard background == nil, !isResting else { return }
        background = engine.keepSyncing(driver: driver, listener: Listener(watched))
    }

    /// Looks for work now, because somebody asked or something was submitted.
    public func wake() {
        background?.wake()
    }

    /// Passes on what the platform says of the network.
    public func connectivity(_ connectivity: Connectivity) {
        background?.connectivity(connectivity: connectivity)
    }

    /// Ends everything that is under way, and has seen it end.
    func rest() async {
        isResting = true
        background?.stop()
        background = nil
        for cancel in running.values {
            cancel.cancel()
        }
        guard !running.isEmpty else { return }
        await withCheckedContinuation { resting.append($0) }
    }

    /// Goes on where it rested.
    func wakeUp() {
        isResting = false
        if wantsBackground {
            keepSyncing()
        }
    }

    private func ended(_ cancel: Cancel) {
        running[ObjectIdentifier(cancel)] = nil
        guard running.isEmpty else { return }
        watched.update { $0.isTalking = false }
        for waiting in resting {
            waiting.resume()
        }
        resting.removeAll()
    }
}

extension LineToHotline.Last {
    init(_ ended: Ended) {
        switch ended {
        case .complete: self = .complete
        case .cancelled: self = .stopped
        case .busy, .offline: self = .trouble(Complaint(PhoneError.Offline))
        case .untrusted: self = .trouble(Complaint(Rejection.untrusted))
        case .notUnderstood: self = .trouble(Complaint(Rejection.notUnderstood))
        case .store: self = .trouble(Complaint("error.storage_full", .freeSpace))
        }
    }
}

/// Hears how the syncs in the background end.
private final class Listener: SyncListener {
    private let watched: Watched<LineToHotline.State>

    init(_ watched: Watched<LineToHotline.State>) {
        self.watched = watched
    }

    func ended(summary: SyncSummary) throws {
        watched.update { $0.last = LineToHotline.Last(summary.ended) }
    }
}
