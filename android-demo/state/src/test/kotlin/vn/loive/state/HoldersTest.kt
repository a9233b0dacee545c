package vn.loive.state

import kotlin.io.path.writeText
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.job
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.parallel.Isolated
import vn.loive.Answer
import vn.loive.Delivery
import vn.loive.Lang
import vn.loive.live

/** What the screens rely on, besides the stories. Alone, since it counts. */
@Isolated
class HoldersTest {
    @Test
    fun `what is typed shows at once and the last word wins`() = story {
        val draft = opened().draft()
        val typing = List(20) { draft.answer("suspect_info", Answer.Text("Câu $it")) }
        val shown = checkNotNull(draft.shown.value.field("suspect_info"))
        assertEquals(Answer.Text("Câu 19"), shown.answer)
        typing.forEach { it.join() }
        val kept = checkNotNull(draft.shown.value.field("suspect_info"))
        assertEquals(Answer.Text("Câu 19"), kept.question.answer)
        assertTrue(kept.isKept)

        draft.answer("suspect_info", null).join()
        assertNull(draft.shown.value.field("suspect_info")?.question?.answer)
    }

    @Test
    fun `what was typed before the send goes with the report`() = story {
        val mai = opened()
        val draft = mai.draft()
        draft.answer("suspect_info", Answer.Text("Người đàn bà mặc áo xanh."))
        draft.submit().join()
        val page = mai.page(checkNotNull(draft.shown.value.report))
        val words = page.answers.single { it.question == "suspect_info" }
        assertEquals(Answer.Text("Người đàn bà mặc áo xanh."), words.answer)
    }

    @Test
    fun `a draft that lacks an answer is not sent and can be written on`() = story {
        val mai = opened()
        val draft = mai.draft(mapOf("danger_now" to Answer.Single("no")))
        assertEquals(listOf("where", "what_type"), draft.shown.value.missing)
        draft.submit().join()
        assertEquals(DraftStep.WRITING, draft.shown.value.step)
        assertEquals(sentence("problem.missing"), draft.shown.value.error)
        for ((question, answer) in enough) draft.answer(question, answer).join()
        draft.submit().join()
        assertEquals(DraftStep.SENT, draft.shown.value.step)
        assertEquals(1, mai.lists().reports.size)
    }

    @Test
    fun `a draft that is thrown away is gone`() = story {
        val mai = opened()
        val draft = mai.draft()
        draft.discard().join()
        assertEquals(DraftStep.DISCARDED, draft.shown.value.step)
        assertEquals(0, mai.lists().drafts.size)
        mai.session.draft(draft.id).run {
            load().join()
            assertEquals(sentence("error.not_found"), shown.value.error)
        }
    }

    @Test
    fun `the line works in the background and says how it goes`() = story {
        val mai = opened()
        val report = mai.submit()
        mai.session.line.start()
        hotline.waitCount(1)
        val screen = mai.session.report(report)
        eventually("the screen shows it") {
            mai.session.line.wake()
            (screen.shown.value.page?.summary?.delivery == Delivery.OPENED).orNull()
        }
        assertEquals(sentence("signal.on"), mai.line.last)

        hotline.link(false)
        screen.write("Còn ai ở đó không?").join()
        mai.session.line.wake()
        eventually("the line is bad") { (mai.line.last == sentence("error.offline")).orNull() }
        assertEquals(1uL, mai.line.unsent)
        screen.erase().join()
        assertTrue(screen.shown.value.isGone)
        assertEquals(0, mai.lists().reports.size)
    }

    @Test
    fun `a scope that ends without a word leaves nothing behind`() = story {
        val phones = live().phones
        val tasks = live().tasks
        repeat(3) {
            val scope = CoroutineScope(SupervisorJob() + Dispatchers.Default)
            val setup = Setup(folder("p$it"), hotline.card, Keys(), Lang.VI, hotline.relayUrl)
            val app = AppState(scope, setup)
            val opening = app.open()
            // The first is left in the middle of its opening.
            if (it > 0) {
                opening.join()
                val session = (app.opening.value as Opening.Open).session
                session.line.start()
                session.newDraft()
            }
            scope.coroutineContext.job.cancelAndJoin()
        }
        eventually("all is released") {
            (live().phones == phones && live().tasks == tasks).orNull()
        }
    }

    @Test
    fun `a forgotten pin costs the store and not a byte of it`() = story {
        val mai = opened()
        mai.submit()
        mai.session.pin.set("8642").join()
        mai.close()
        val files = mai.folder.toFile().listFiles().orEmpty().sumOf { it.length() }
        mai.open("0000")
        mai.app.setAsideAndOpen().join()
        val opening = mai.app.opening.value as Opening.Open
        assertEquals("start.set_aside", opening.notice?.key)
        assertEquals(0, mai.lists().reports.size)
        val aside = mai.folder.toFile().walk().filter { it.isFile }.sumOf { it.length() }
        assertTrue(aside >= files)
        assertFalse(mai.restart().let { it is Opening.PinNeeded })
    }

    @Test
    fun `a desktop program finds the library in the jar`() = story {
        val card = folder("card").also { it.toFile().parentFile.mkdirs() }
        card.writeText(hotline.card)
        val arguments = listOf(folder("mai").toString(), card.toString())
        val printed = ChildJvm("Opener", arguments, options = emptyList()).use { it.rest() }
        assertTrue("reports 0" in printed, printed)
    }
}
