package vn.loive.state

import java.nio.file.Files
import java.nio.file.Path
import kotlin.io.path.readBytes
import kotlin.io.path.writeBytes
import kotlin.io.path.writeText
import kotlin.random.Random
import org.junit.jupiter.api.Assertions.assertArrayEquals
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import vn.loive.Answer
import vn.loive.Delivery
import vn.loive.KeyStore
import vn.loive.OpenOutcome

private const val STORE = "phone.db"
private const val PIN = "2468"
private const val ANSWERS_BEFORE_THE_KILL = 25
private const val NOISE_BYTES = 16_384
private const val NOISE_SEED = 4

/** What happens to a phone and must not cost a word. */
class TroubleStories {
    @Test
    fun `kill-and-resume`() = story {
        val folder = folder("mai")
        val card = folder("card").also { it.writeText(hotline.card) }
        val printed = writtenUntilKilled(folder, card)

        val mai = handset()
        val opening = mai.open() as Opening.Open
        assertEquals(OpenOutcome.Opened, opening.session.outcome)
        assertNull(opening.notice)
        val draft = mai.session.draft(mai.lists().drafts.single().id)
        draft.load().join()
        fun answer(question: String) = draft.shown.value.field(question)?.answer
        for ((question, answer) in enough) assertEquals(answer, answer(question), question)
        val words = (answer("suspect_info") as Answer.Text).text
        assertTrue(words in listOf(wordsOf(printed), wordsOf(printed + 1)), "$printed were kept")

        draft.submit().join()
        val report = checkNotNull(draft.shown.value.report)
        mai.syncUntilReportIs(report, Delivery.OPENED)
        assertEquals(1, hotline.count())
    }

    @Test
    fun `wrong-pin`() = story {
        val mai = opened()
        val report = mai.submit()
        val pin = mai.session.pin
        pin.set("24").join()
        assertEquals(sentence("problem.too_short", "limit" to 4), pin.shown.value.error)
        pin.set(PIN).join()
        assertEquals(PinShown(isSet = true), pin.shown.value)
        mai.close()
        val files = mai.files()

        assertEquals(Opening.PinNeeded, mai.open())
        repeat(3) { assertEquals(Opening.WrongPin, mai.open("135$it")) }
        assertEquals(files, mai.files(), "nothing was deleted or set aside")
        val open = mai.open(PIN) as Opening.Open
        assertEquals(OpenOutcome.Opened, open.session.outcome)
        assertEquals(listOf(report), mai.lists().reports.map { it.id })
        mai.session.pin.remove().join()
        assertEquals(PinShown(isSet = false), mai.session.pin.shown.value)
        assertTrue(mai.restart() is Opening.Open)
        assertEquals(listOf(report), mai.lists().reports.map { it.id })
        mai.close()

        val other = handset(keys = Keys(9)).open()
        assertEquals(Opening.Stuck(sentence("error.wrong_key"), canBeSetAside = true), other)
        val failing =
            object : KeyStore {
                override fun key(): ByteArray = error("the keystore is not there")
            }
        assertEquals(
            Opening.Stuck(sentence("error.no_key"), canBeSetAside = false),
            handset(keys = failing).open(),
        )
        assertEquals(OpenOutcome.Opened, (mai.open() as Opening.Open).session.outcome)
        assertEquals(listOf(report), mai.lists().reports.map { it.id })
    }

    @Test
    fun `damaged-store-set-aside`() = story {
        val mai = opened()
        repeat(3) { mai.submit(saying(wordsOf(it))) }
        mai.close()
        val damaged = damage(mai.folder.resolve(STORE))

        val opening = mai.open() as Opening.Open
        val outcome = opening.session.outcome as OpenOutcome.SetAside
        assertEquals(sentence("start.set_aside", "path" to outcome.path), opening.notice)
        assertArrayEquals(damaged, Path.of(outcome.path).readBytes(), "every byte is there")
        assertEquals(0, mai.lists().run { reports.size + drafts.size })
        val report = mai.submit()
        mai.syncUntilReportIs(report, Delivery.OPENED)
        assertEquals(1, hotline.count())
    }

    @Test
    fun `relay-restored`() = story {
        hotline.ask("backup_relay")
        hotline.ask("stop_desk")
        val mai = opened()
        val report = mai.submit()
        val screen = mai.session.report(report)
        mai.syncUntilReportIs(report, Delivery.AT_RELAY)
        val before = hotline.log()
        assertTrue(hotline.restoreRelay() != before, "it is another log")
        assertEquals(0, hotline.run { ask("start_desk"); count() })

        var furthest = Delivery.AT_RELAY
        mai.syncUntil("the hotline opened it") {
            val delivery = mai.page(report).summary.delivery
            assertTrue(delivery >= furthest, "a state went back")
            furthest = delivery
            (delivery >= Delivery.OPENED).orNull()
        }
        eventually("the screen says so by itself") {
            (screen.shown.value.page?.summary?.delivery == Delivery.OPENED).orNull()
        }
        assertEquals(1, hotline.count())
    }

    /** Lets another process write, kills it, and gives the last answer it printed. */
    private fun writtenUntilKilled(folder: Path, card: Path): Int {
        val writer = ChildJvm("Writer", listOf(folder.toString(), card.toString()))
        var printed = 0
        while (printed < ANSWERS_BEFORE_THE_KILL) printed = number(checkNotNull(writer.line()))
        writer.kill()
        // What it printed before it died stands in the pipe.
        generateSequence { runCatching { writer.line() }.getOrNull() }
            .filter { it.startsWith("kept ") && wasWholeLine(it) }
            .forEach { printed = number(it) }
        return printed
    }

    private fun number(line: String): Int =
        checkNotNull(line.removePrefix("kept ").toIntOrNull()) { line }

    private fun wasWholeLine(line: String): Boolean = line.removePrefix("kept ").toIntOrNull() != null

    /** Overwrites bytes in the middle with noise; gives what the file holds now. */
    private fun damage(store: Path): ByteArray {
        val bytes = store.readBytes()
        val middle = bytes.size / 2
        check(bytes.size > 2 * NOISE_BYTES) { "a store of ${bytes.size} bytes has no middle" }
        Random(NOISE_SEED).nextBytes(NOISE_BYTES).copyInto(bytes, middle)
        store.writeBytes(bytes)
        check(Files.size(store) == bytes.size.toLong())
        return bytes
    }
}
