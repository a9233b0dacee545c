import LoiVe

/// The list of reports, kept fresh, and what a person does with one of them.
public final class ReportsScreen: Sendable {
    /// For the screen.
    public struct State: Equatable, Sendable {
        /// The newest first. Guests' reports are in no list.
        public var reports: [ReportSummary] = []
        /// How many pieces, guests' reports included, no relay has acknowledged.
        public var unsent: UInt64 = 0
        /// How many receipts that were typed in still wait for the relay.
        public var reopening: UInt64 = 0
        /// Why the list could not be read.
        public var complaint: Complaint?
    }

    /// For the screen.
    public let watched = Watched(State())

    private let engine: Phone
    private let changes: Changes
    private let subscription: Subscription
    private let keeping: Task<Void, Never>

    init(_ engine: Phone) {
        self.engine = engine
        let changes = Changes()
        self.changes = changes
        subscription = engine.subscribe(listener: changes)
        keeping = Task { [watched] in
            await Self.read(engine, into: watched)
            // Many changes at once are one reading.
            for await _ in changes.heard() {
                await Self.read(engine, into: watched)
            }
        }
    }

    deinit {
        close()
    }

    func close() {
        subscription.stop()
        keeping.cancel()
        changes.finish()
    }

    /// Reads the list now.
    public func refresh() async {
        await Self.read(engine, into: watched)
    }

    /// A report with its states, answers, messages, troubles and warnings.
    public func page(_ report: ReportId, _ lang: Lang) async throws(Complaint) -> ReportPage {
        try await run { try await $0.report(report: report, lang: lang) }
    }

    /// The reports of which something changed, from now on. `nil`: so many that some
    /// were missed.
    public func changed() -> AsyncStream<ReportId?> {
        changes.reports()
    }

    /// Changes an answer.
    public func amend(
        _ report: ReportId, _ question: String, _ answer: Answer
    ) async throws(Complaint) {
        try await run { try await $0.amend(report: report, question: question, answer: answer) }
    }

    /// Takes an answer back.
    public func amendClear(_ report: ReportId, _ question: String) async throws(Complaint) {
        try await run { try await $0.amendClear(report: report, question: question) }
    }

    /// Writes to the hotline.
    public func send(_ text: String, about report: ReportId) async throws(Complaint) {
        try await run { try await $0.sendMessage(report: report, text: text) }
    }

    /// Takes a report back.
    public func withdraw(_ report: ReportId) async throws(Complaint) {
        try await run { try await $0.withdraw(report: report) }
    }

    /// Erases a report from this phone.
    public func erase(_ report: ReportId) async throws(Complaint) {
        try await run { try await $0.eraseReport(report: report) }
    }

    /// Makes a receipt. In no state and stored nowhere: show it once.
    public func makeReceipt(_ report: ReportId) async throws(Complaint) -> Receipt {
        try await run { try await $0.makeReceipt(report: report) }
    }

    /// Has what a receipt opens erased at the relay, at the next sync.
    public func eraseReceipt(_ typed: String) async throws(Complaint) {
        try await run { try await $0.eraseReceipt(typed: typed) }
    }

    /// Looks for what a typed receipt opens, at the next sync.
    public func reopen(_ typed: String) async throws(Complaint) {
        try await run { try await $0.reopen(typed: typed) }
    }

    /// A verb, and the list as it is afterwards.
    private func run<T: Sendable>(
        _ verb: @Sendable (Phone) async throws -> T
    ) async throws(Complaint) -> T {
        let engine = engine
        let result = try await complaining { try await verb(engine) }
        await refresh()
        return result
    }

    private static func read(_ engine: Phone, into watched: Watched<State>) async {
        do {
            let reports = try await engine.reports()
            let unsent = try await engine.unsent()
            let reopening = engine.reopening()
            watched.update {
                $0 = State(reports: reports, unsent: unsent, reopening: reopening)
            }
        } catch {
            watched.update { $0.complaint = Complaint(error) }
        }
    }
}
