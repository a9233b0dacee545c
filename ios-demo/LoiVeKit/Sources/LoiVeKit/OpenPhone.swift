import LoiVe

/// An open phone: what the screens behind the door stand on.
public final class OpenPhone: Sendable {
    /// The engine.
    public let engine: Phone
    /// The list of reports, and one of them.
    public let reports: ReportsScreen
    /// The way to the hotline.
    public let line: LineToHotline

    init(_ engine: Phone, _ driver: Driver) {
        self.engine = engine
        reports = ReportsScreen(engine)
        line = LineToHotline(engine, driver)
    }

    /// What became of the store when it was opened.
    public var outcome: OpenOutcome { engine.outcome() }

    /// All drafts, the newest first. Those that nobody touched for 72 hours are thrown
    /// away before.
    public func drafts() async throws(Complaint) -> [DraftSummary] {
        let engine = engine
        return try await complaining {
            _ = try await engine.expireDrafts()
            return try await engine.drafts()
        }
    }

    /// Begins a report.
    public func newDraft(_ lang: Lang) async throws(Complaint) -> DraftScreen {
        let engine = engine
        let id = try await complaining {
            try await engine.newDraft(form: "suspicion_report", lang: lang)
        }
        return try await draft(id, lang)
    }

    /// A draft that was begun before.
    public func draft(_ id: DraftId, _ lang: Lang) async throws(Complaint) -> DraftScreen {
        let engine = engine
        let view = try await complaining { try await engine.draft(draft: id, lang: lang) }
        return DraftScreen(engine, view, lang)
    }

    /// What there is to read, in a language.
    public func library(_ lang: Lang) -> LibraryScreen {
        LibraryScreen(engine, lang)
    }

    /// Other words for the library, in a language.
    public func proposals(_ lang: Lang) -> ProposalsScreen {
        ProposalsScreen(engine, lang)
    }

    /// The safety plan, in a language.
    public func plan(_ lang: Lang) -> PlanScreen {
        PlanScreen(engine, lang)
    }

    /// Erases everything that is only this phone's: marks and the plan. Screens that
    /// show them are told.
    public func erasePrivate(
        _ library: LibraryScreen? = nil, _ plan: PlanScreen? = nil
    ) async throws(Complaint) {
        let engine = engine
        try await complaining { try await engine.erasePrivate() }
        await library?.forget()
        await plan?.forget()
    }

    /// Gives the store a PIN, or another one.
    public func setPin(_ pin: String) async throws(Complaint) {
        let engine = engine
        try await complaining { try await engine.setPin(pin: pin) }
    }

    /// Takes the PIN away.
    public func removePin() async throws(Complaint) {
        let engine = engine
        try await complaining { try await engine.removePin() }
    }

    /// For the scene phase `background`: ends what is under way and closes the store's
    /// file. iOS ends an app that is suspended while it holds a lock on a file.
    public func suspend() async throws(Complaint) {
        await line.rest()
        let engine = engine
        try await complaining { try await engine.suspend() }
    }

    /// For the scene phase `active`. Throws nothing away: what was there is there.
    public func resume() async throws(Complaint) {
        let engine = engine
        try await complaining { try await engine.resume() }
        await line.wakeUp()
        await reports.refresh()
    }

    /// Ends everything. Nothing can be done with it afterwards.
    func close() async {
        await line.rest()
        reports.close()
        // If it fails, the file is closed when the engine goes.
        try? await engine.suspend()
    }
}
