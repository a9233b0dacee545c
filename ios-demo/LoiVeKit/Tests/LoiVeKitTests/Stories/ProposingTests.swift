import Foundation
import LoiVe
import XCTest

@testable import LoiVeKit

/// What is proposed with no signal.
final class ProposingTests: Story {
    private let newTitle = "Lương cao mà việc nhẹ"
    private let note = "Dễ nhớ hơn."

    func testProposalOffline() async throws {
        try await tell { hotline in
            let mai = try await reader(hotline)
            let library = try await mai.phone.library(.vi)
            await library.open("a09")
            let old = try XCTUnwrap(library.watched.state.page).line.title
            var proposals = try await mai.phone.proposals(.vi)
            let first = await proposals.propose(title(newTitle))
            let id = try XCTUnwrap(first)
            let second = await proposals.propose(title(newTitle))
            XCTAssertEqual(second, id)
            let offline = try await complaint("no signal") { try await mai.sync() }
            XCTAssertEqual(offline, Complaint(PhoneError.Offline))
            let same = await proposals.propose(title(old))
            XCTAssertNil(same)
            XCTAssertEqual(proposals.watched.state.complaint?.field, "proposal")
            let long = await proposals.propose(title(String(repeating: "ữ", count: 100_000)))
            XCTAssertNil(long)
            XCTAssertEqual(proposals.watched.state.complaint?.field, "text")

            let phone = try await mai.restart()
            proposals = phone.proposals(.vi)
            await proposals.open(id)
            let listed = proposals.watched.state.proposals
            XCTAssertEqual(listed.map(\.id), [id])
            XCTAssertEqual(listed.first?.title, old)
            XCTAssertEqual(listed.first?.delivery, .onThisPhone)
            let page = try XCTUnwrap(proposals.watched.state.page)
            XCTAssertEqual(page.texts.map(\.proposed), [newTitle])
            XCTAssertEqual(page.texts.map(\.today), [old])
            XCTAssertEqual(page.texts.map(\.hasMovedOn), [false])
            XCTAssertEqual(page.note, note)
            XCTAssertEqual(page.summary.decision, .waiting)
            await phone.reports.refresh()
            XCTAssertEqual(phone.reports.watched.state.reports, [])
            XCTAssertEqual(phone.reports.watched.state.unsent, 1)
            await mai.close()
        }
    }

    func testRecordingCleaned() async throws {
        try await tell { hotline in
            let mai = try await reader(hotline)
            let library = try await mai.phone.library(.vi)
            await library.open("a09")
            let block = try XCTUnwrap(library.watched.state.page?.blocks.first).id
            let proposals = try await mai.phone.proposals(.vi)
            let none = await proposals.propose(readAloud(block, Data("RIFF....WAVE".utf8)))
            XCTAssertNil(none)
            let refused = proposals.watched.state.complaint
            XCTAssertEqual(refused?.sentence.key, "problem.not_opus")
            XCTAssertEqual(refused?.field, "recording")
            XCTAssertEqual(proposals.watched.state.proposals, [])

            let voice = try Data(contentsOf: voiceFile)
            let place = Data("LOCATION".utf8)
            XCTAssertNotNil(voice.range(of: place))
            let proposed = await proposals.propose(readAloud(block, voice))
            let id = try XCTUnwrap(proposed)
            await proposals.open(id)
            let recording = try XCTUnwrap(proposals.watched.state.page?.recording)
            XCTAssertEqual([recording.block, recording.lang], [block, "hnj"])
            XCTAssertTrue((1_000...2_000).contains(recording.milliseconds))
            let sound = try await proposals.sound(id)
            XCTAssertEqual(sound.count, Int(recording.bytes))
            XCTAssertTrue(sound.count < voice.count && sound.range(of: place) == nil)

            await library.listen("hnj", true)
            let hmong = library.watched.state.languages.first { $0.code == "hnj" }
            XCTAssertEqual(hmong?.name, "Mông (Hmong Njua)")
            XCTAssertEqual(hmong?.isWanted, true)
            XCTAssertEqual(hmong?.recordings, 0)
            let silence = try await complaint("nobody has recorded it") {
                _ = try await library.sound("a09", block, "hnj")
            }
            XCTAssertEqual(silence, Complaint(PhoneError.NotFound))
            await mai.close()
        }
    }

    /// A phone with no signal and the release that its app ships.
    private func reader(_ hotline: Hotline) async throws -> Handset {
        let shipped = try hotline.publishLibrary()
        try hotline.link(up: false)
        let mai = try Handset(hotline)
        _ = try await mai.open().library(.vi).take(shipped)
        return mai
    }

    private func title(_ text: String) -> NewProposal {
        let words = ProposedText(part: .title, lang: "vi", text: text)
        return NewProposal(item: "a09", texts: [words], recording: nil, note: note)
    }

    private func readAloud(_ block: String, _ ogg: Data) -> NewProposal {
        let recording = NewRecording(block: block, lang: "hnj", ogg: ogg)
        return NewProposal(item: "a09", texts: [], recording: recording, note: nil)
    }

    /// `voice.opus` of the engine's own tests.
    private var voiceFile: URL {
        let root = (0..<6).reduce(URL(fileURLWithPath: #filePath)) { url, _ in
            url.deletingLastPathComponent()
        }
        return root.appendingPathComponent("core/documents/src/library/recording/voice.opus")
    }
}
