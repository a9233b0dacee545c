import Foundation
import LoiVe

/// What there is to read. Reading leaves no trace on the phone.
public final class LibraryScreen: Sendable {
    /// For the screen. Prints nothing of what somebody reads.
    public struct State: Equatable, Sendable {
        /// Which release it is, and how old.
        public var standing: LibraryStanding?
        /// Warnings, ways in, and what the person marked.
        public var home: Home?
        /// What there is of a kind, a topic, an audience.
        public var list: [LibraryLine] = []
        /// The item that is open.
        public var page: ItemPage?
        /// What the last search found, the best first.
        public var hits: [Hit] = []
        /// The result of a quiz. The answers are kept nowhere.
        public var quiz: QuizOutcome?
        /// Languages, and how much there is to hear in each.
        public var languages: [LanguageView] = []
        /// Why the last thing was not done.
        public var complaint: Complaint?

        /// What the person marked, the latest first.
        public var favourites: [LibraryLine] { home?.favourites ?? [] }
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

    /// Reads the first screen, with the warnings for a province (two digits).
    public func refresh(province: String? = nil) async {
        await change { try await self.read(&$0, province) }
    }

    /// What there is of a kind, a topic, an audience.
    public func look(_ query: LibraryQuery) async {
        await change { [engine, code] in
            $0.list = try await engine.libraryList(query: query, lang: code)
        }
    }

    /// Opens an item.
    public func open(_ id: String) async {
        await change { [engine, code] in
            $0.page = try await engine.libraryItem(id: id, lang: code)
        }
    }

    /// Searches, letter by letter if one likes: what was typed last is shown last.
    public func search(_ text: String) async {
        await change { [engine, code] in
            $0.hits = try await engine.librarySearch(text: text, lang: code)
        }
    }

    /// Judges the answers to a quiz, by question.
    public func judge(
        _ quiz: String, _ answers: [String: Tri], possibleMinor: Bool = false,
        abroad: Bool = false
    ) async {
        await change { [engine, code] in
            $0.quiz = try await engine.judgeQuiz(
                quiz: quiz, answers: answers, possibleMinor: possibleMinor, abroad: abroad,
                lang: code)
        }
    }

    /// Marks an item, or takes the mark away.
    public func mark(_ id: String, _ isFavourite: Bool) async {
        await change { [engine] in
            try await engine.setFavourite(id: id, isFavourite: isFavourite)
            try await self.read(&$0, nil)
        }
    }

    /// The languages of the library.
    public func languages() async {
        await change { [engine, code] in
            $0.languages = try await engine.languages(lang: code)
        }
    }

    /// Wants to hear a language from now on, or does not any more.
    public func listen(_ language: String, _ isWanted: Bool) async {
        await change { [engine, code] in
            try await engine.setListening(lang: language, isWanted: isWanted)
            $0.languages = try await engine.languages(lang: code)
        }
    }

    /// The sound of a block, if it is on this phone.
    public func sound(
        _ item: String, _ block: String, _ language: String
    ) async throws(Complaint) -> Data {
        let engine = engine
        return try await complaining {
            try await engine.recording(item: item, block: block, lang: language)
        }
    }

    /// Takes the library out of the app's own release, or a file of another phone.
    public func take(_ file: Data) async -> Taken? {
        await change { [engine] in
            let taken = try await engine.takeLibraryFile(bytes: file)
            try await self.read(&$0, nil)
            return taken
        }
    }

    /// The library as a file for another phone.
    public func file() async throws(Complaint) -> Data {
        let engine = engine
        return try await complaining { try await engine.libraryFile() }
    }

    /// Forgets what is shown, after what was marked was erased.
    func forget() async {
        await change {
            $0 = State()
            try await self.read(&$0, nil)
        }
    }

    /// In the order of the calls. If it fails, the rest stands as it was.
    @discardableResult
    private func change<T: Sendable>(
        _ work: @escaping @Sendable (inout State) async throws -> T
    ) async -> T? {
        let task = turns.take { () -> T? in
            var state = self.watched.state
            state.complaint = nil
            do {
                let result = try await work(&state)
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

    private func read(_ state: inout State, _ province: String?) async throws {
        state.standing = try await engine.library()
        state.home = try await engine.libraryHome(lang: code, province: province)
    }
}

extension LibraryScreen.State: CustomStringConvertible, CustomReflectable {
    public var description: String { "LibraryScreen(…)" }
    public var customMirror: Mirror { wordless(self) }
}
