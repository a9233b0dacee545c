package vn.loive.state

import java.time.Duration
import java.time.Instant
import kotlinx.serialization.json.JsonPrimitive
import kotlinx.serialization.json.jsonArray
import kotlinx.serialization.json.jsonPrimitive
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertNotEquals
import org.junit.jupiter.api.Assertions.assertNotNull
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import vn.loive.Answer
import vn.loive.Delivery
import vn.loive.ReportId
import vn.loive.Trouble

private const val FIRST = "Hôm nay họ đưa thêm hai người tới."
private const val SECOND = "Họ vừa khóa cửa, tôi nghe tiếng xe đi."

/** The app was not made before this day. */
private val EARLIEST_RELEASE: Instant = Instant.parse("2026-01-01T00:00:00Z")

/** Phones that are set back or copied, and phones whose clock is wrong. */
class SetBackStories {
    @Test
    fun `rejected-change`() = story {
        val mai = opened()
        val report = mai.submit()
        mai.syncUntilReportIs(report, Delivery.OPENED)
        mai.close()
        hotline.backupPhone(mai.folder)

        mai.open()
        write(mai, report, FIRST)
        mai.syncUntil("the first message is opened") {
            (mai.page(report).timeline.single().delivery == Delivery.OPENED).orNull()
        }
        mai.close()
        hotline.setBackPhone(mai.folder)
        mai.open()
        assertTrue(mai.page(report).timeline.isEmpty(), "the phone is set back")
        write(mai, report, SECOND)

        val page =
            mai.syncUntil("the phone learns why") {
                mai.page(report).takeIf { it.troubles.isNotEmpty() }
            }
        assertEquals(listOf<Trouble>(Trouble.Quarantined("duplicate_sequence")), page.troubles)
        assertTrue(page.timeline.single().delivery < Delivery.OPENED, "it was not opened")
        mai.session.report(report).use {
            it.refresh().join()
            val said = it.shown.value.said.first()
            assertEquals("trouble.quarantined", said.key)
            assertEquals("refusal.duplicate_sequence", said.parts["why"]?.key)
        }
        val row = hotline.quarantine().single()
        assertEquals(report, row.textOrNull("report"))
        assertEquals("duplicate_sequence", row.text("reason"))
        val readable = row.getValue("readable").jsonArray.map { it.jsonPrimitive.content }
        assertTrue(SECOND in readable, "a counsellor can read it")
        assertEquals(listOf(FIRST), hotline.find(report).lines)
    }

    @Test
    fun conflict() = story {
        val mai = opened()
        val report = mai.submit()
        mai.syncUntilReportIs(report, Delivery.OPENED)
        mai.close()
        copied(mai.folder, folder("copy"))
        val copy = handset("copy", restored = true)
        copy.open()
        mai.open()

        hotline.link(false)
        val texts = mapOf(mai to FIRST, copy to SECOND)
        for ((phone, text) in texts) amend(phone, report, "suspect_info", text)
        hotline.link(true)
        val atTheDesk =
            eventually("the desk has both") {
                mai.sync()
                copy.sync()
                hotline.find(report).takeIf { it.conflicts["suspect_info"] != null }
            }
        val both = atTheDesk.conflicts.getValue("suspect_info").jsonArray
        assertEquals(listOf(FIRST, SECOND), both.map { it.jsonPrimitive.content }.sorted())
        assertTrue(atTheDesk.answers["suspect_info"] in both)
        assertEquals(0, hotline.quarantine().size)
        for ((phone, text) in texts) {
            val page = phone.page(report)
            val own = page.answers.single { it.question == "suspect_info" }
            assertEquals(Answer.Text(text), own.answer)
            assertEquals(emptyList<Trouble>(), page.troubles)
        }

        amend(mai, report, "route_info", "Qua Móng Cái.")
        mai.syncUntil("a third change is taken") {
            (hotline.find(report).answers["route_info"] == JsonPrimitive("Qua Móng Cái.")).orNull()
        }
        assertEquals(0, hotline.quarantine().size)
    }

    @Test
    fun `clock-wrong`() = story {
        val today = hotline.now()
        val past = SetClock(0)
        val future = SetClock(Instant.parse("2099-03-01T00:00:00Z").epochSecond)
        for ((name, clock) in mapOf("past" to past, "future" to future)) {
            val phone = handset(name, clock = clock).also { it.open() }
            assertTrue(phone.now() > EARLIEST_RELEASE, "$name: ${phone.now()}")
            val draft = phone.draft()
            val report = phone.submit(saying("Máy này hết pin nhiều ngày."))
            phone.syncUntilReportIs(report, Delivery.OPENED)
            assertTrue(hotline.look(report).isFound)
            hotline.reply(report, "Bạn xem lại ngày trên máy nhé.")
            phone.syncUntil("it is read and answered") {
                val page = phone.page(report)
                (page.summary.delivery == Delivery.READ && page.timeline.isNotEmpty()).orNull()
            }
            val row = hotline.find(report)
            assertTrue(row.writtenAt <= row.receivedAt, "$name: ${row.writtenAt}")
            // Somebody sets the clock right: decades pass in a moment.
            clock.seconds = today
            phone.restart()
            phone.session.reports.expireDrafts().join()
            assertEquals(listOf(draft.id), phone.lists().drafts.map { it.id }, name)
            assertTrue(phone.now() > EARLIEST_RELEASE)
        }

        // The other way round: a draft of today, and then the clock jumps.
        val clock = SetClock(today)
        val phone = handset("jumps", clock = clock).also { it.open() }
        val draft = phone.draft()
        clock.seconds = today + Duration.ofDays(26_000).seconds
        phone.session.reports.expireDrafts().join()
        phone.restart()
        phone.session.reports.expireDrafts().join()
        assertEquals(listOf(draft.id), phone.lists().drafts.map { it.id })
    }

    private suspend fun write(phone: Handset, report: ReportId, text: String) =
        phone.session.report(report).use {
            it.write(text).join()
            assertNull(it.shown.value.error)
            assertNotNull(it.shown.value.page?.timeline?.find { line -> line.text == text })
        }

    private suspend fun amend(phone: Handset, report: ReportId, question: String, text: String) =
        phone.session.report(report).use {
            it.amend(question, Answer.Text(text)).join()
            assertNull(it.shown.value.error)
            assertNotEquals(emptyList<Any>(), it.shown.value.page?.answers)
        }
}
