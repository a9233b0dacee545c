import LoiVe

/// The plan of somebody who is leaving. It stays on this phone.
public final class PlanScreen: Sendable {
    /// For the screen. Prints no word of it.
    public struct State: Equatable, Sendable {
        /// Its questions and answers; none before it is read.
        public var plan: Plan?
        /// What stands on the pocket card.
        public var card: PlanCard?
        /// None: not begun.
        public var checkIns: CheckIns?
        /// Notices to schedule, in place of all that were scheduled before.
        public var reminders: [Reminder] = []
        /// By question: why the last answer was not taken. The old one still stands.
        public var complaints: [String: Complaint] = [:]
        /// Why something else was not done.
        public var complaint: Complaint?
    }

    /// As many notices as are scheduled ahead.
    private static let remindersMaxCount: UInt32 = 16

    /// For the screen.
    public let watched = Watched(State())

    private let engine: Phone
    private let lang: Lang
    private let turns = Turns()

    init(_ engine: Phone, _ lang: Lang) {
        self.engine = engine
        self.lang = lang
    }

    /// Reads it; for the scene phase `active`, for time passes.
    public func refresh() async {
        await change {}
    }

    /// Answers a question; `nil` takes the answer away. Gives whether it is kept.
    @discardableResult
    public func answer(_ question: String, _ answer: Answer?) async -> Bool {
        await turns.take { [engine] in
            do {
                try await engine.setPlanAnswer(question: question, answer: answer)
                self.watched.update { $0.complaints[question] = nil }
                await self.read()
                return true
            } catch {
                self.watched.update { $0.complaints[question] = Complaint(error) }
                return false
            }
        }.value
    }

    /// Begins the check-ins.
    public func start() async {
        await change { [engine] in try await engine.startPlanCheckins() }
    }

    /// Those at home have been told. The app sends nothing.
    public func fine() async {
        await change { [engine] in try await engine.noteCheckin() }
    }

    /// Ends the check-ins.
    public func stop() async {
        await change { [engine] in try await engine.stopPlanCheckins() }
    }

    /// The pocket card as files. Write them where no gallery, no backup and no other app
    /// finds them, and take them away once they are printed.
    public func drawCard() async throws(Complaint) -> DrawnCard {
        let (engine, lang) = (engine, lang)
        return try await complaining { try await engine.drawPlanCard(lang: lang) }
    }

    /// Shows what there is after everything was erased.
    func forget() async {
        await turns.take {
            self.watched.update { $0 = State() }
            await self.read()
        }.value
    }

    private func change(_ work: @escaping @Sendable () async throws -> Void) async {
        await turns.take {
            do {
                try await work()
                self.watched.update { $0.complaint = nil }
                await self.read()
            } catch {
                self.watched.update { $0.complaint = Complaint(error) }
            }
        }.value
    }

    private func read() async {
        do {
            let plan = try await engine.plan(lang: lang)
            let card = try await engine.planCard()
            let checkIns = try await engine.planCheckins()
            let reminders = try await engine.planReminders(count: Self.remindersMaxCount)
            watched.update {
                ($0.plan, $0.card) = (plan, card)
                ($0.checkIns, $0.reminders) = (checkIns, reminders)
            }
        } catch {
            watched.update { $0.complaint = Complaint(error) }
        }
    }
}

extension PlanScreen.State: CustomStringConvertible, CustomReflectable {
    public var description: String { "PlanScreen(…)" }
    public var customMirror: Mirror { wordless(self) }
}
