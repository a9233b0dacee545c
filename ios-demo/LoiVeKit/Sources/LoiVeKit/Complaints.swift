import LoiVe

// The one place where an error of the engine becomes something to say. The keys are
// those of the phone in the terminal.

extension Complaint {
    /// The text of an error that is not the engine's could hold anything: it ends here.
    init(_ error: any Error) {
        switch error {
        case let complaint as Complaint: self = complaint
        case let error as PhoneError: self.init(error)
        default: self.init(.Internal(incidentId: "swift"))
        }
    }

    init(_ error: PhoneError) {
        switch error {
        case .Offline: self.init("error.offline", .wait)
        case .Locked(let why): self.init(why)
        case .NotFound: self.init("error.not_found", .goBack)
        case .Invalid(let field, let reason):
            self.init(Sentence(reason), .correct, field: field)
        case .StorageFull: self.init("error.storage_full", .freeSpace)
        case .Damaged: self.init("error.damaged", .restartApp)
        case .Rejected(let reason): self.init(reason)
        case .Internal(let id): self.init(Sentence("error.internal", ["id": id]), .tellDeveloper)
        }
    }

    init(_ lock: Lock) {
        switch lock {
        case .pinNeeded: self.init("error.pin_needed", .enterPin)
        case .wrongPin: self.init("error.wrong_pin", .enterPin)
        case .wrongKey: self.init("error.wrong_key", .setAside)
        case .noKey: self.init("error.no_key", .unlockPhone)
        case .inUse: self.init("error.in_use", .closeOther)
        case .readOnly: self.init("error.read_only", .restartPhone)
        }
    }

    init(_ rejection: Rejection) {
        switch rejection {
        case .refused(let refusal): self.init(Sentence(refusal: refusal), .tellDeveloper)
        case .notUnderstood: self.init("rejection.not_understood", .otherNetwork)
        case .untrusted: self.init("rejection.untrusted", .otherNetwork)
        case .insecureAddress: self.init("rejection.insecure_address", .tellDeveloper)
        case .otherHotline: self.init("rejection.other_hotline", .setAside)
        case .badCard: self.init("rejection.bad_card", .tellDeveloper)
        case .newerStore: self.init("rejection.newer_store", .updateApp)
        case .notOurRelease: self.init("rejection.not_our_release", .goBack)
        case .olderRelease: self.init("rejection.older_release", .goBack)
        case .noSealKey: self.init("rejection.no_seal_key", .updateApp)
        case .tooLarge: self.init("rejection.too_large", .correct)
        case .documentFull: self.init("rejection.document_full", .newReport)
        case .withdrawn: self.init("rejection.withdrawn", .newReport)
        case .notOnThisPhone: self.init("rejection.not_on_this_phone", .goBack)
        case .tooMany(let limit):
            self.init(Sentence("rejection.too_many", ["limit": "\(limit)"]), .wait)
        }
    }
}

extension Sentence {
    /// What is wrong with an input.
    init(_ problem: Problem) {
        switch problem {
        case .tooLong(let limit, let found):
            self.init("problem.too_long", ["limit": "\(limit)", "found": "\(found)"])
        case .tooShort(let limit, _): self.init("problem.too_short", ["limit": "\(limit)"])
        case .number(let min, let max):
            self.init("problem.number", ["min": "\(min)", "max": "\(max)"])
        case .receiptLength(let found):
            self.init("problem.receipt_length", ["found": "\(found)"])
        case .receiptPrefix(let which):
            self.init("problem.receipt_prefix", ["which": "\(which)"])
        case .empty: self.init("problem.empty")
        case .missing: self.init("problem.missing")
        case .unknownOption: self.init("problem.unknown_option")
        case .wrongType: self.init("problem.wrong_type")
        case .phone: self.init("problem.phone")
        case .time: self.init("problem.time")
        case .place: self.init("problem.place")
        case .unknownField: self.init("problem.unknown_field")
        case .receiptNotDigits: self.init("problem.receipt_not_digits")
        case .receiptCheckDigit: self.init("problem.receipt_check_digit")
        case .nothingNew: self.init("problem.nothing_new")
        case .notOpus: self.init("problem.not_opus")
        case .tooLarge(let limit, let found):
            self.init("problem.too_large", ["limit": "\(limit)", "found": "\(found)"])
        case .playsTooLong(let limit):
            self.init("problem.plays_too_long", ["seconds": "\(limit / 1_000)"])
        case .silent: self.init("problem.silent")
        }
    }

    /// Why the hotline did not take something. The engine knows every reason that has
    /// a key; a newer hotline's arrives as `other`.
    init(refusal: Refusal) {
        self.init("refusal.\(refusal)")
    }
}
