import LoiVe

// What screens say of a report and of the store, beside complaints.

extension Sentence {
    /// How far something has come.
    public init(_ delivery: Delivery) {
        switch delivery {
        case .onThisPhone: self.init("state.on_phone")
        case .atRelay: self.init("state.at_relay")
        case .opened: self.init("state.opened")
        case .read: self.init("state.read")
        }
    }

    /// What a person must be told.
    public init(_ warning: Warning) {
        switch warning {
        case .notSentYet: self.init("alarm.not_sent")
        case .notOpenedAfter(let seconds):
            self.init("alarm.not_opened", parts: ["time": Sentence(seconds: seconds)])
        }
    }

    /// What is wrong with something that was sent.
    public init(_ trouble: Trouble) {
        switch trouble {
        case .refusedByRelay(let why):
            self.init("trouble.refused", parts: ["why": Sentence(refusal: why)])
        case .quarantined(let why):
            self.init("trouble.quarantined", parts: ["why": Sentence(refusal: why)])
        case .waitingForEarlier: self.init("trouble.waiting")
        case .sendRaw: self.init("trouble.send_raw")
        }
    }

    /// What is known of a report's receipts; nothing to say where none was made.
    public init?(_ receipt: ReceiptState) {
        switch receipt {
        case .none: return nil
        case .waiting: self.init("receipt.waiting")
        case .kept: self.init("receipt.kept")
        case .failed: self.init("receipt.failed")
        }
    }

    /// What became of the store, where a person must be told.
    public init?(_ outcome: OpenOutcome) {
        switch outcome {
        case .new, .opened: return nil
        case .lost: self.init("start.lost")
        case .setAside(let path): self.init("start.set_aside", ["path": path])
        }
    }

    /// A stretch of time, in the largest unit that it fills.
    init(seconds: UInt64) {
        let (minutes, hours, days) = (seconds / 60, seconds / 3600, seconds / 86400)
        if days > 0 {
            self.init("time.days", ["n": "\(days)"])
        } else if hours > 0 {
            self.init("time.hours", ["n": "\(hours)"])
        } else {
            self.init("time.minutes", ["n": "\(minutes)"])
        }
    }
}
