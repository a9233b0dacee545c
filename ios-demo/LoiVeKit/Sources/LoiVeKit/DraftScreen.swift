import LoiVe

/// A draft while somebody fills it in. Every answer is in the store before it shows.
public final class DraftScreen: Sendable {
    /// What is going on.
    public enum Phase: Hashable, Sendable {
        /// Being filled in.
        case open
        /// Being sealed.
        case sealing
        /// A report now.
        case submitted(ReportId)
        /// Sealed for a guest, or thrown away: nothing of it is on this phone.
        case gone
    }

    /// For the screen.
    public struct State: Equatable, Sendable {
        /// What is going on.
        public var phase = Phase.open
        /// Questions, answers, what is missing, the urgency.
        public var view: DraftView
        /// By question: why the last answer was not taken. The old one still stands.
        public var complaints: [String: Complaint] = [:]
        /// Why the draft could not be sent or read.
        public var complaint: Complaint?

        /// Whether the button may be shown.
        public var canSubmit: Bool { phase == .open && view.missing.isEmpty }
    }

    /// Which draft.
    public let id: DraftId
    /// For the screen.
    public let watched: Watched<State>

    private let engine: Phone
    private let lang: Lang
    private let turns = Turns()

    init(_ engine: Phone, _ view: DraftView, _ lang: Lang) {
        self.engine = engine
        self.lang = lang
        id = view.id
        watched = Watched(State(view: view))
    }

    /// Answers a question; an empty answer takes the old one away. Answers are kept in
    /// the order of the calls, whether or not somebody waits. Gives whether it is kept.
    @discardableResult
    public func answer(_ question: String, _ answer: Answer) -> Task<Bool, Never> {
        change(question) { [engine, id] in
            try await engine.answer(draft: id, question: question, answer: answer)
        }
    }

    /// Takes an answer away.
    @discardableResult
    public func clear(_ question: String) -> Task<Bool, Never> {
        change(question) { [engine, id] in
            try await engine.clearAnswer(draft: id, question: question)
        }
    }

    /// Makes a report of it when every answer is kept. A second tap gives the same
    /// report.
    public func submit() async -> ReportId? {
        await finish { [engine, id] in
            let report = try await engine.submit(draft: id)
            return (report, .submitted(report))
        }
    }

    /// Sends it from a shared phone. The receipt is the only way back: show it once.
    public func submitAsGuest() async -> Receipt? {
        await finish { [engine, id] in (try await engine.submitGuest(draft: id), .gone) }
    }

    /// Throws it away.
    public func discard() async {
        let _: Bool? = await finish { [engine, id] in
            try await engine.discardDraft(draft: id)
            return (true, .gone)
        }
    }

    /// Reads it again, as after the app came back to the front.
    public func refresh() async {
        await turns.take { await self.read() }.value
    }

    private func change(
        _ question: String, _ work: @escaping @Sendable () async throws -> Void
    ) -> Task<Bool, Never> {
        turns.take {
            do {
                try await work()
                self.watched.update { $0.complaints[question] = nil }
                await self.read()
                return true
            } catch {
                self.watched.update { $0.complaints[question] = Complaint(error) }
                return false
            }
        }
    }

    private func finish<T: Sendable>(
        _ work: @escaping @Sendable () async throws -> (T, Phase)
    ) async -> T? {
        let task = turns.take { () -> T? in
            let before = self.watched.state.phase
            self.watched.update { $0.phase = .sealing }
            do {
                let (result, phase) = try await work()
                self.watched.update { ($0.phase, $0.complaint) = (phase, nil) }
                return result
            } catch {
                self.watched.update { ($0.phase, $0.complaint) = (before, Complaint(error)) }
                return nil
            }
        }
        return await task.value
    }

    private func read() async {
        do {
            let view = try await engine.draft(draft: id, lang: lang)
            watched.update { ($0.view, $0.complaint) = (view, nil) }
        } catch {
            watched.update { $0.complaint = Complaint(error) }
        }
    }
}
