// Another process with a phone's store, for the tests: they kill it, or ask whether it
// can open a store, or how long it takes to the first list.
//
//   phone-process answer|look DIR CARD KEY
//
// KEY: 64 hexadecimal digits.

import Foundation
import LoiVe

final class GivenKey: KeyStore {
    private let bytes: Data

    init(_ digits: String) {
        var bytes = Data()
        var rest = Substring(digits)
        while let byte = UInt8(rest.prefix(2), radix: 16) {
            bytes.append(byte)
            rest = rest.dropFirst(2)
        }
        self.bytes = bytes
    }

    func key() throws -> Data { bytes }
}

func say(_ line: String) {
    FileHandle.standardOutput.write(Data("\(line)\n".utf8))
}

/// Answers questions until it is killed, and says each answer once it is kept.
func answer(_ phone: Phone) async throws {
    let draft = try await phone.newDraft(form: "suspicion_report", lang: .vi)
    say("draft \(draft)")
    try await phone.answer(
        draft: draft, question: "danger_now", answer: .single(code: "yes"))
    say("kept danger_now yes")
    for number in 1... {
        let question = number.isMultiple(of: 2) ? "suspect_info" : "where_hint"
        let text = "Xe thứ \(number) đã qua cầu"
        try await phone.answer(draft: draft, question: question, answer: .text(text: text))
        say("kept \(question) \(text)")
    }
}

let arguments = CommandLine.arguments
guard arguments.count == 5 else {
    say("answer|look DIR CARD KEY")
    exit(2)
}
do {
    let request = OpenRequest(dir: arguments[2], card: arguments[3])
    let phone = try await openPhone(
        request: request, keys: GivenKey(arguments[4]), clock: nil)
    if arguments[1] == "answer" {
        try await answer(phone)
    } else {
        let reports = try await phone.reports()
        say("reports \(reports.count)")
    }
} catch {
    say("refused \(error)")
    exit(1)
}
