package vn.loive.state

import kotlin.io.path.readBytes
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import vn.loive.Decision
import vn.loive.Delivery
import vn.loive.ItemPart
import vn.loive.NewProposal
import vn.loive.NewRecording
import vn.loive.ProposedText

private const val TITLE = "Lương cao mà việc nhẹ"
private const val NOTE = "Dễ nhớ hơn."
private const val VOICE = "core/documents/src/library/recording/voice.opus"
private const val PLACE = "LOCATION"

/** What is proposed with no signal. */
class ProposingStories {
    @Test
    fun `proposal-offline`() = story {
        val mai = reader()
        mai.session.library.open("a09").join()
        val old = checkNotNull(mai.session.library.shown.value.page).line.title
        val proposals = mai.session.proposals
        val id = checkNotNull(proposals.propose(title(TITLE)))
        assertEquals(id, proposals.propose(title(TITLE)))
        assertEquals(sentence("error.offline"), mai.sync().last)
        assertNull(proposals.propose(title(old)))
        assertEquals(sentence("problem.nothing_new"), proposals.shown.value.error)
        assertNull(proposals.propose(title("ữ".repeat(100_000))))
        assertEquals("problem.too_long", proposals.shown.value.error?.key)

        mai.restart()
        val again = mai.session.proposals
        again.open(id).join()
        val listed = again.shown.value.proposals.single()
        assertEquals(id to old, listed.id to listed.title)
        assertEquals(Delivery.ON_THIS_PHONE, listed.delivery)
        val page = checkNotNull(again.shown.value.page)
        val words = page.texts.single()
        assertEquals(TITLE to old, words.proposed to words.today)
        assertFalse(words.hasMovedOn)
        assertEquals(NOTE to Decision.Waiting, page.note to page.summary.decision)
        assertEquals(emptyList<Any>(), mai.lists().reports)
        assertEquals(1uL, mai.session.phone.unsent())
    }

    @Test
    fun `recording-cleaned`() = story {
        val mai = reader()
        val library = mai.session.library
        library.open("a09").join()
        val block = checkNotNull(library.shown.value.page).blocks.first().id
        val proposals = mai.session.proposals
        assertNull(proposals.propose(readAloud(block, "RIFF....WAVE".encodeToByteArray())))
        assertEquals(sentence("problem.not_opus"), proposals.shown.value.error)
        assertEquals(0, proposals.shown.value.proposals.size)

        val voice = ROOT.resolve(VOICE).readBytes()
        assertTrue(PLACE in String(voice, Charsets.ISO_8859_1))
        val id = checkNotNull(proposals.propose(readAloud(block, voice)))
        proposals.open(id).join()
        val recording = checkNotNull(proposals.shown.value.page?.recording)
        assertEquals(block to "hnj", recording.block to recording.lang)
        assertTrue(recording.milliseconds in 1_000u..2_000u)
        val sound = checkNotNull(proposals.sound(id))
        assertEquals(recording.bytes.toInt(), sound.size)
        assertTrue(sound.size < voice.size)
        assertFalse(PLACE in String(sound, Charsets.ISO_8859_1))

        library.listen("hnj", true).join()
        val hmong = library.shown.value.languages.single { it.code == "hnj" }
        assertEquals("Mông (Hmong Njua)" to 0u, hmong.name to hmong.recordings)
        assertTrue(hmong.isWanted)
        assertNull(library.sound("a09", block, "hnj"))
        assertEquals(sentence("error.not_found"), library.shown.value.error)
    }

    /** A phone with no signal and the release that its app ships. */
    private suspend fun Story.reader(): Handset {
        val shipped = hotline.publishLibrary(folder("release"))
        hotline.link(false)
        val mai = opened()
        mai.session.library.take(shipped).join()
        return mai
    }

    private fun title(text: String) =
        NewProposal("a09", listOf(ProposedText(ItemPart.Title, "vi", text)), null, NOTE)

    private fun readAloud(block: String, ogg: ByteArray) =
        NewProposal("a09", emptyList(), NewRecording(block, "hnj", ogg), null)
}
