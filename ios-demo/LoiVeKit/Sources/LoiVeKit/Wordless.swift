import LoiVe

// Types that hold what somebody wrote print no word of it. Their descriptions come
// from the engine; what `dump`, a debugger or a crash reporter would read field by
// field is covered here.

func wordless(_ value: Any) -> Mirror {
    Mirror(value, children: EmptyCollection<Mirror.Child>())
}

extension Answer: @retroactive CustomReflectable {
    public var customMirror: Mirror { wordless(self) }
}

extension Answered: @retroactive CustomReflectable {
    public var customMirror: Mirror { wordless(self) }
}

extension CardLine: @retroactive CustomReflectable {
    public var customMirror: Mirror { wordless(self) }
}

extension DraftView: @retroactive CustomReflectable {
    public var customMirror: Mirror { wordless(self) }
}

extension DrawnCard: @retroactive CustomReflectable {
    public var customMirror: Mirror { wordless(self) }
}

extension Line: @retroactive CustomReflectable {
    public var customMirror: Mirror { wordless(self) }
}

extension OpenRequest: @retroactive CustomReflectable {
    public var customMirror: Mirror { wordless(self) }
}

extension Plan: @retroactive CustomReflectable {
    public var customMirror: Mirror { wordless(self) }
}

extension PlanCard: @retroactive CustomReflectable {
    public var customMirror: Mirror { wordless(self) }
}

extension Question: @retroactive CustomReflectable {
    public var customMirror: Mirror { wordless(self) }
}

extension Receipt: @retroactive CustomReflectable {
    public var customMirror: Mirror { wordless(self) }
}

extension ReportPage: @retroactive CustomReflectable {
    public var customMirror: Mirror { wordless(self) }
}

extension NewProposal: @retroactive CustomReflectable {
    public var customMirror: Mirror { wordless(self) }
}

extension NewRecording: @retroactive CustomReflectable {
    public var customMirror: Mirror { wordless(self) }
}

extension ProposalPage: @retroactive CustomReflectable {
    public var customMirror: Mirror { wordless(self) }
}

extension ProposalSummary: @retroactive CustomReflectable {
    public var customMirror: Mirror { wordless(self) }
}

extension ProposedText: @retroactive CustomReflectable {
    public var customMirror: Mirror { wordless(self) }
}

extension ProposedWords: @retroactive CustomReflectable {
    public var customMirror: Mirror { wordless(self) }
}
