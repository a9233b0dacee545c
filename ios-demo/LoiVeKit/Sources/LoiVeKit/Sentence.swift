import LoiVe

/// Something to say to a person: a key of `strings/phone/*.toml` and what goes into
/// its placeholders. The words themselves are the app's resources.
public struct Sentence: Hashable, Sendable {
    /// The table and the key, such as `error.offline`.
    public let key: String
    /// Numbers and names for placeholders.
    public let values: [String: String]
    /// Sentences for placeholders.
    public let parts: [String: Sentence]

    init(_ key: String, _ values: [String: String] = [:], parts: [String: Sentence] = [:]) {
        self.key = key
        self.values = values
        self.parts = parts
    }
}

/// What a person can do about something that was not done.
public enum Remedy: Hashable, Sendable {
    /// Nothing: everything is kept and goes by itself. If urgent, call.
    case wait
    /// Find another network.
    case otherNetwork
    /// Type it differently.
    case correct
    /// Type the PIN.
    case enterPin
    /// Unlock the phone and try again.
    case unlockPhone
    /// Close the other program.
    case closeOther
    /// Free some space.
    case freeSpace
    /// Start the app again.
    case restartApp
    /// Start the phone again.
    case restartPhone
    /// Install a newer app.
    case updateApp
    /// Begin a new store; the old one is moved aside, not deleted.
    case setAside
    /// Write a new report.
    case newReport
    /// Go back: what was looked for is not here, or needs nothing.
    case goBack
    /// Tell whoever repairs the app.
    case tellDeveloper
}

/// Why something was not done. The one error of this library; it holds no word that
/// somebody wrote.
public struct Complaint: Error, Hashable, Sendable {
    /// What to say.
    public let sentence: Sentence
    /// The question that it is about, or `message`, `receipt`, `pin`, `form`.
    public let field: String?
    /// What the person can do.
    public let remedy: Remedy

    init(_ sentence: Sentence, _ remedy: Remedy, field: String? = nil) {
        self.sentence = sentence
        self.field = field
        self.remedy = remedy
    }

    init(_ key: String, _ remedy: Remedy) {
        self.init(Sentence(key), remedy)
    }
}

/// Does something with the engine; whatever it throws is a complaint.
func complaining<T: Sendable>(
    _ work: @Sendable () async throws -> T
) async throws(Complaint) -> T {
    do {
        return try await work()
    } catch {
        throw Complaint(error)
    }
}
