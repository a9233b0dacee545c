package vn.loive.state

import java.time.Duration
import vn.loive.Delivery
import vn.loive.Level
import vn.loive.OpenOutcome
import vn.loive.ReceiptState
import vn.loive.Trouble
import vn.loive.Warning

/** From so many hours on, a time is told in days. */
private const val HOURS_TOLD_MAX = 48L

// What the engine tells of a report, as sentences.

fun Delivery.sentence(): Sentence =
    when (this) {
        Delivery.ON_THIS_PHONE -> sentence("state.on_phone")
        Delivery.AT_RELAY -> sentence("state.at_relay")
        Delivery.OPENED -> sentence("state.opened")
        Delivery.READ -> sentence("state.read")
    }

/** How far one's own message has come. */
fun Delivery.sentenceOfMessage(): Sentence =
    when (this) {
        Delivery.ON_THIS_PHONE -> sentence("message.on_phone")
        Delivery.AT_RELAY -> sentence("message.at_relay")
        Delivery.OPENED, Delivery.READ -> sentence("message.opened")
    }

/** Both name 111 and 113. */
fun Warning.sentence(): Sentence =
    when (this) {
        is Warning.NotSentYet -> sentence("alarm.not_sent")
        is Warning.NotOpenedAfter ->
            Sentence("alarm.not_opened", parts = mapOf("time" to stretch(seconds)))
    }

fun Trouble.sentence(): Sentence =
    when (this) {
        is Trouble.RefusedByRelay ->
            Sentence("trouble.refused", parts = mapOf("why" to refused(v1)))
        is Trouble.Quarantined ->
            Sentence("trouble.quarantined", parts = mapOf("why" to refused(v1)))
        is Trouble.WaitingForEarlier -> sentence("trouble.waiting")
        is Trouble.SendRaw -> sentence("trouble.send_raw")
    }

fun ReceiptState.sentence(): Sentence? =
    when (this) {
        ReceiptState.NONE -> null
        ReceiptState.WAITING -> sentence("receipt.waiting")
        ReceiptState.KEPT -> sentence("receipt.kept")
        ReceiptState.FAILED -> sentence("receipt.failed")
    }

fun Level.sentence(): Sentence =
    when (this) {
        Level.RED -> sentence("screening.red")
        Level.ORANGE -> sentence("screening.orange")
        Level.YELLOW -> sentence("screening.yellow")
        Level.GREY -> sentence("screening.grey")
    }

/** What must be told once about an opening; nothing about an ordinary one. */
fun OpenOutcome.sentence(): Sentence? =
    when (this) {
        is OpenOutcome.New, is OpenOutcome.Opened -> null
        is OpenOutcome.Lost -> sentence("start.lost")
        is OpenOutcome.SetAside -> sentence("start.set_aside", "path" to path)
    }

/** How long something took, rounded down and never nothing. */
internal fun stretch(seconds: ULong): Sentence {
    val time = Duration.ofSeconds(seconds.toLong())
    return when {
        time.toHours() < 1 -> sentence("time.minutes", "n" to maxOf(time.toMinutes(), 1))
        time.toHours() < HOURS_TOLD_MAX -> sentence("time.hours", "n" to time.toHours())
        else -> sentence("time.days", "n" to time.toDays())
    }
}
