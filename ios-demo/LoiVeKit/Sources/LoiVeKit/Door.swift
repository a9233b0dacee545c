import LoiVe

/// Which store and which hotline, and what the platform does for the engine.
public struct PhoneSetup: Sendable {
    /// A folder of the app's own, kept out of backups.
    public let dir: String
    /// The text of the hotline's card, built into the app.
    public let card: String
    /// Where the platform keeps the key.
    public let keys: any KeyStore
    /// Another clock than the device's, for training.
    public let clock: (any DeviceClock)?
    /// Another way to the same relay, such as a tunnel.
    public let relayUrl: String?

    public init(
        dir: String, card: String, keys: any KeyStore, clock: (any DeviceClock)? = nil,
        relayUrl: String? = nil
    ) {
        self.dir = dir
        self.card = card
        self.keys = keys
        self.clock = clock
        self.relayUrl = relayUrl
    }
}

/// What stands before the screens: opening the store, asking for its PIN, and saying
/// what became of it.
public actor Door {
    /// How it stands.
    public enum State: Hashable, Sendable {
        /// Nobody has tried.
        case closed
        /// Being opened.
        case opening
        /// It has a PIN: ask for it.
        case pinNeeded
        /// That was not its PIN: ask again. Nothing is ever deleted for wrong tries.
        case pinWrong
        /// It does not open, and no PIN would help.
        case failed(Complaint)
        /// Open. What to tell the person, if the old store is lost or was set aside.
        case open(Sentence?)
    }

    /// For the screen.
    public nonisolated let watched = Watched(State.closed)
    /// The open phone.
    public private(set) var phone: OpenPhone?

    private let setup: PhoneSetup
    private var opening: Task<OpenPhone?, Never>?

    public init(_ setup: PhoneSetup) {
        self.setup = setup
    }

    /// Opens the store, or begins one, which gets the PIN. `restored`: the platform says
    /// that it was copied back from a backup. A second tap waits for the first.
    @discardableResult
    public func open(pin: String? = nil, restored: Bool = false) async -> OpenPhone? {
        if let phone { return phone }
        if let opening { return await opening.value }
        watched.update { $0 = .opening }
        let request = OpenRequest(dir: setup.dir, card: setup.card, pin: pin, restored: restored)
        let task = Task { await self.enter(request) }
        opening = task
        let opened = await task.value
        opening = nil
        return opened
    }

    /// Moves a store that nobody can open out of the way; opening then begins a new one.
    /// Nothing is deleted; gives where it lies now. Ask the person twice.
    public func setAside() async throws(Complaint) -> String {
        let dir = setup.dir
        let path = try await complaining { try await LoiVe.setAside(dir: dir) }
        watched.update { $0 = .closed }
        return path
    }

    /// Closes the store. Another process can open it when this has returned.
    public func close() async {
        await phone?.close()
        phone = nil
        watched.update { $0 = .closed }
    }

    private func enter(_ request: OpenRequest) async -> OpenPhone? {
        do {
            let driver = try setup.driver()
            let engine = try await openPhone(
                request: request, keys: setup.keys, clock: setup.clock)
            let opened = OpenPhone(engine, driver)
            phone = opened
            watched.update { $0 = .open(Sentence(engine.outcome())) }
            return opened
        } catch {
            watched.update { $0 = State(error) }
            return nil
        }
    }
}

extension PhoneSetup {
    fileprivate func driver() throws -> Driver {
        guard let relayUrl else { return try Driver(card: card) }
        return try Driver.to(card: card, relayUrl: relayUrl)
    }
}

extension Door.State {
    fileprivate init(_ error: any Error) {
        switch error as? PhoneError {
        case .Locked(.pinNeeded): self = .pinNeeded
        case .Locked(.wrongPin): self = .pinWrong
        default: self = .failed(Complaint(error))
        }
    }
}
