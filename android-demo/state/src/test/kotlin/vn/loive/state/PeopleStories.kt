package vn.loive.state

import java.util.concurrent.CopyOnWriteArrayList
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Job
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.flow.mapNotNull
import kotlinx.coroutines.launch
import kotlinx.serialization.json.JsonPrimitive
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import vn.loive.Answer
import vn.loive.Delivery
import vn.loive.OpenOutcome
import vn.loive.Speaker
import vn.loive.Urgency
import vn.loive.Warning

private const val ANSWER = "Chúng tôi đã đọc. Bạn giữ máy bên mình nhé."

private const val BACK = "Dạ, em vẫn ở trong phòng."

/** What somebody does on an ordinary day. */
class PeopleStories {
    @Test
    fun `first-start-offline`() = story {
        hotline.link(false)
        val mai = handset()
        val opening = mai.open() as Opening.Open
        assertEquals(OpenOutcome.New, opening.session.outcome)
        assertNull(opening.notice)
        assertEquals(0, mai.lists().run { reports.size + drafts.size })

        val draft = mai.draft(mapOf("danger_now" to Answer.Single("no")))
        assertEquals(listOf(draft.id), mai.lists().drafts.map { it.id })
        // A new phone asks for the library.
        assertEquals(sentence("error.offline"), mai.sync().last)
        assertEquals(listOf(draft.id), mai.lists().drafts.map { it.id })
        assertEquals(0, mai.lists().reports.size)
        draft.load().join()
        assertEquals(
            Answer.Single("no"),
            draft.shown.value.field("danger_now")?.question?.answer,
            "nothing is lost",
        )

        hotline.link(true)
        mai.syncUntil("the same phone syncs") { mai.line.isUpToDate.orNull() }
        assertEquals(sentence("signal.on"), mai.line.last)
    }

    @Test
    fun `express-report`() = story {
        hotline.link(false)
        val mai = opened()
        val draft = mai.draft(mapOf("danger_now" to Answer.Single("yes")))
        assertEquals(emptyList<String>(), draft.shown.value.missing)
        assertEquals(Urgency.P0, draft.shown.value.kept?.urgency)
        // Two taps of a hand that shakes.
        val taps = listOf(draft.submit(), draft.submit())
        taps.forEach { it.join() }
        val report = checkNotNull(draft.shown.value.report)

        val listed = mai.lists().reports.single()
        assertEquals(report, listed.id)
        assertEquals(Delivery.ON_THIS_PHONE, listed.delivery)
        assertEquals(listOf<Warning>(Warning.NotSentYet), listed.warnings)
        mai.session.report(report).use {
            it.refresh().join()
            assertEquals(listOf(sentence("alarm.not_sent")), it.shown.value.said)
        }
        assertEquals(0, hotline.count())

        hotline.link(true)
        mai.syncUntilReportIs(report, Delivery.AT_RELAY)
        hotline.waitCount(1)
        val atTheDesk = hotline.find(report)
        assertEquals("P0", atTheDesk.urgency)
        assertEquals(JsonPrimitive("yes"), atTheDesk.answers["danger_now"])
        assertEquals(emptyList<Warning>(), mai.page(report).summary.warnings)
    }

    @Test
    fun `submit-states-answer`() = story {
        val mai = opened()
        val report = mai.submit(saying("Anh ấy nói sang bên kia lương cao."))
        // This screen reads again only when it is told to.
        val screen = mai.session.report(report)
        coroutineScope {
            val (seen, watching) = deliveries(screen)
            eventually("it is shown") { screen.shown.value.page }

            hotline.ask("desk_link", "up" to false)
            mai.syncUntil("the relay has it") {
                (screen.shown.value.page?.summary?.delivery == Delivery.AT_RELAY).orNull()
            }
            hotline.ask("desk_link", "up" to true)
            mai.syncUntil("the hotline opened it") {
                (screen.shown.value.page?.summary?.delivery == Delivery.OPENED).orNull()
            }
            repeat(3) { mai.sync() }
            assertEquals(Delivery.OPENED, mai.page(report).summary.delivery, "nobody looked yet")

            assertTrue(hotline.look(report).isFound)
            hotline.reply(report, ANSWER)
            mai.syncUntil("she has the answer") {
                val page = screen.shown.value.page
                val answered = page?.timeline?.any {
                    it.speaker == Speaker.HOTLINE && it.text == ANSWER
                }
                (answered == true && page.summary.delivery == Delivery.READ).orNull()
            }
            assertEquals(
                listOf(
                    Delivery.ON_THIS_PHONE,
                    Delivery.AT_RELAY,
                    Delivery.OPENED,
                    Delivery.READ,
                ),
                seen.distinct(),
            )
            assertEquals(seen.sorted(), seen, "no state is taken back")
            watching.cancelAndJoin()
        }

        screen.write(BACK).join()
        assertNull(screen.shown.value.inputErrors[MESSAGE_FIELD])
        mai.syncUntil("the desk has the message") {
            hotline.find(report).lines.contains(BACK).orNull()
        }
        assertEquals(listOf(ANSWER, BACK).sorted(), hotline.find(report).lines.sorted())
    }

    @Test
    fun withdraw() = story {
        val mai = opened()
        val report = mai.submit()
        mai.syncUntilReportIs(report, Delivery.OPENED)
        val screen = mai.session.report(report)
        screen.withdraw().join()
        val first = checkNotNull(screen.shown.value.page?.withdrawal)
        screen.withdraw().join()
        assertNull(screen.shown.value.error)
        assertEquals(first.writtenAt, screen.shown.value.page?.withdrawal?.writtenAt)

        screen.amend("suspect_info", Answer.Text("Thôi ạ.")).join()
        assertEquals(sentence("rejection.withdrawn"), screen.shown.value.error)

        mai.syncUntil("the desk knows") {
            hotline.find(report).takeIf { it.withdrawn && it.state == "Closed" }
        }
        mai.syncUntil("she sees that they know") {
            mai.page(report).withdrawal?.takeIf {
                it.seenAt != null || it.delivery >= Delivery.OPENED
            }
        }
        assertEquals(1, hotline.count())
    }
}

/** Every delivery that a screen shows, one after the other, from now on. */
internal fun CoroutineScope.deliveries(screen: ReportState): Pair<List<Delivery>, Job> {
    val seen = CopyOnWriteArrayList<Delivery>()
    val watching = launch {
        screen.shown
            .mapNotNull { it.page?.summary?.delivery }
            .collect { seen += it }
    }
    return seen to watching
}
