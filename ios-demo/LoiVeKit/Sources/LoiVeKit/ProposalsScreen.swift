import Foundation
import LoiVe

/// Other words for the library, proposed from this phone.
public final class ProposalsScreen: Sendable {
    /// For the screen. Prints no word of them.
    public struct State: Equatable, Sendable {
        /// The newest first.
        public var proposals: [ProposalSummary] = []
        /// The one that is open, beside what the library says today.
        public var page: ProposalPage?
        /// Why the last thing was not done.
        public var complaint: Complaint?
    }

    /// For the screen.
    public let watched = Watched(State())

    private let engine: Phone
    private let turns = Turns()
    /// As the library names its languages.
    private let code: String

    init(_ engine: Phone, _ lang: Lang) {
        self.engine = engine
        code = "\(lang)"
    }

    /// Reads the list, and the page that is open, again.
    public func refresh() async {
        await change { _ in }
    }

    /// Proposes; `nil`, with the reason, if it was not taken.
    public func propose(_ proposal: NewProposal) async -> ReportId? {
        await change { [engine] _ in try await engine.propose(proposal: proposal) }
    }

    /// Opens a proposal.
    public func open(_ id: ReportId) async {
        await change { [engine, code] in
            $0.page = try await engine.proposal(id: id, lang: code)
        }
    }

    /// Writes to the hotline about it.
    public func send(_ text: String, about id: ReportId) async {
        await change { [engine] _ in try await engine.sendMessage(report: id, text: text) }
    }

    /// Takes it back.
    public func withdraw(_ id: ReportId) async {
        await change { [engine] _ in try await engine.withdraw(report: id) }
    }

    /// Erases it from this phone.
    public func erase(_ id: ReportId) async {
        await change { [engine] in
            try await engine.eraseReport(report: id)
            if $0.page?.summary.id == id { $0.page = nil }
        }
    }

    /// The sound of its recording.
    public func sound(_ id: ReportId) async throws(Complaint) -> Data {
        let engine = engine
        return try await complaining { try await engine.proposedRecording(id: id) }
    }

    /// In the order of the calls. If it fails, the rest stands as it was.
    @discardableResult
    private func change<T: Sendable>(
        _ work: @escaping @Sendable (inout State) async throws -> T
    ) async -> T? {
        let task = turns.take { [engine, code] () -> T? in
            var state = self.watched.state
            state.complaint = nil
            do {
                let result = try await work(&state)
                state.proposals = try await engine.proposals(lang: code)
                if let id = state.page?.summary.id {
                    state.page = try await engine.proposal(id: id, lang: code)
                }
                let new = state
                self.watched.update { $0 = new }
                return result
            } catch {
                self.watched.update { $0.complaint = Complaint(error) }
                return nil
            }
        }
        return await task.value
    }
}

extension ProposalsScreen.State: CustomStringConvertible, CustomReflectable {
    public var description: String { "ProposalsScreen(…)" }
    public var customMirror: Mirror { wordless(self) }
}
