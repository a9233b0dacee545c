package vn.loive.state

import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import vn.loive.Answer
import vn.loive.Delivery
import vn.loive.Origin
import vn.loive.PhoneException
import vn.loive.Receipt
import vn.loive.ReceiptState
import vn.loive.ReportId

private const val WORDS = "Chú ấy giữ hộ chiếu của tôi trong két sắt."
private const val ANSWER = "Chúng tôi đã đọc. Bạn giữ máy bên mình nhé."

private val TELEPHONE = Regex("0[0-9]{3} [0-9]{3} [0-9]{3}")

/** Two numbers on paper. */
class ReceiptStories {
    @Test
    fun `receipt-other-phone`() = story {
        val mai = opened()
        val report = mai.submit(saying(WORDS))
        val screen = mai.session.report(report)
        screen.makeReceipt().join()
        val receipt = checkNotNull(screen.shown.value.receipt)
        screen.forgetReceipt()
        assertNull(screen.shown.value.receipt)
        for (number in listOf(receipt.first, receipt.second)) {
            assertTrue(TELEPHONE.matches(number), "it looks like a telephone number")
        }
        assertEquals(ReceiptState.WAITING, mai.page(report).receipt)
        mai.syncUntil("the receipt works") {
            (mai.page(report).receipt == ReceiptState.KEPT).orNull()
        }
        mai.syncUntilReportIs(report, Delivery.OPENED)

        hotline.link(false)
        val borrowed = handset("borrowed", Keys(8)).also { it.open() }
        borrowed.session.reports.reopen(slip(receipt)).join()
        val error = checkNotNull(borrowed.session.reports.shown.value.receiptError)
        assertTrue(error.key.startsWith("problem.receipt"), "$error")
        val refused = runCatching { borrowed.session.phone.reopen(slip(receipt)) }
        assertEquals("receipt", (refused.exceptionOrNull() as PhoneException.Invalid).field)
        assertEquals(0uL, borrowed.lists().reopening)

        hotline.link(true)
        reopened(borrowed, receipt, report)
        hotline.reply(report, ANSWER)
        val page =
            borrowed.syncUntil("the answer is there") {
                borrowed.page(report).takeIf { it.timeline.isNotEmpty() }
            }
        assertEquals(listOf(ANSWER), page.timeline.map { it.text })
        assertTrue(page.summary.delivery >= Delivery.OPENED)
        assertTrue(page.answers.isEmpty(), "a receipt never opens the text")
        borrowed.session.report(report).use {
            it.amend("suspect_info", Answer.Text("khác")).join()
            assertEquals(sentence("rejection.not_on_this_phone"), it.shown.value.error)
        }
        erased(mai, receipt)
    }

    @Test
    fun `guest-report`() = story {
        val shared = opened("shared")
        val draft = shared.draft(saying(WORDS))
        val taps = listOf(draft.submitAsGuest(), draft.submitAsGuest())
        taps.forEach { it.join() }
        val receipt = checkNotNull(draft.shown.value.receipt)
        draft.forgetReceipt()
        assertEquals(DraftStep.SENT, draft.shown.value.step)
        assertEquals(0, shared.lists().run { reports.size + drafts.size })
        shared.syncUntil("all is sent") {
            (shared.line.isUpToDate && shared.line.unsent == 0uL).orNull()
        }
        assertEquals(0, shared.lists().run { reports.size + drafts.size })
        shared.restart()
        assertEquals(0, shared.lists().run { reports.size + drafts.size })
        hotline.waitCount(1)

        val own = handset("own", Keys(8)).also { it.open() }
        own.session.reports.reopen("${receipt.first} ${receipt.second}").join()
        val report =
            own.syncUntil("the report is back") { own.lists().reports.firstOrNull()?.id }
        hotline.reply(report, ANSWER)
        own.syncUntil("the answer is there") {
            own.page(report).timeline.any { it.text == ANSWER }.orNull()
        }
        assertEquals(1, hotline.count())
        assertEquals(0, shared.lists().run { reports.size + drafts.size })
    }

    private suspend fun reopened(phone: Handset, receipt: Receipt, report: ReportId) {
        phone.session.reports.reopen("${receipt.first} . ${receipt.second}").join()
        assertNull(phone.session.reports.shown.value.receiptError)
        assertEquals(1uL, phone.session.reports.shown.value.reopening)
        phone.syncUntil("the report is back") {
            phone.lists().reports.find { it.id == report && it.origin == Origin.REOPENED }
        }
    }

    /** Whoever finds the paper afterwards finds nothing by it. */
    private suspend fun Story.erased(mai: Handset, receipt: Receipt) {
        val typed = "${receipt.first}${receipt.second}"
        mai.session.reports.eraseReceipt(typed).join()
        assertNull(mai.session.reports.shown.value.receiptError)
        mai.syncUntil("it is erased") { mai.line.isUpToDate.orNull() }
        val third = handset("third", Keys(9)).also { it.open() }
        third.session.reports.reopen(typed).join()
        third.syncUntil("the relay has nothing") { (third.line.receiptsUnknown > 0uL).orNull() }
        assertEquals(0, third.lists().reports.size)
    }

    /** One digit wrong, as a pen slips. */
    private fun slip(receipt: Receipt): String {
        val digit = receipt.first[5].digitToInt()
        return receipt.first.replaceRange(5, 6, "${(digit + 1) % 10}") + receipt.second
    }
}
