package vn.loive.state

import java.nio.file.Path
import kotlin.io.path.createDirectories
import kotlin.io.path.readText
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.delay
import kotlinx.coroutines.runBlocking
import vn.loive.Answer
import vn.loive.CallbackException
import vn.loive.DeviceClock
import vn.loive.Driver
import vn.loive.KeyStore
import vn.loive.Lang
import vn.loive.OpenRequest
import vn.loive.Phone
import vn.loive.Place
import vn.loive.ReportId
import vn.loive.ReportListener
import vn.loive.SyncListener
import vn.loive.SyncSummary
import vn.loive.live
import vn.loive.openPhone

/** What nobody may read in anything that is printed. */
const val MARKED = "Cô Hiền bị nhốt ở kho số chín"

/**
 * Writes the marked sentence wherever somebody could, provokes every error that this
 * language can see, and prints all of them, and all that came over the border: a
 * folder, a file with the card, the address of the relay.
 */
object Printer {
    private val long = MARKED.repeat(200)

    @JvmStatic
    fun main(arguments: Array<String>) = runBlocking {
        val (folder, cardFile) = arguments.map(Path::of)
        val card = cardFile.readText()
        folder.createDirectories()
        openings(folder.resolve("openings"), card)
        val report =
            phoneIn(folder.resolve("phone"), card).use { phone ->
                listeners(phone)
                val report = verbs(phone)
                show("relay that is none") { Driver.to(card, MARKED).close() }
                show("relay") { Driver.to(card, "http://127.0.0.1:1").use { phone.sync(it, null) } }
                Driver.to(card, arguments[2]).use { driver ->
                    phone.keepSyncing(driver, ThrowingSync).use { delay(500) }
                    show("sync") { phone.sync(driver, null) }
                }
                report
            }
        holders(folder.resolve("phone"), card, arguments[2], report)
        show("live") { live() }
        println("printed all")
    }

    private suspend fun openings(folder: Path, card: String) {
        fun request(pin: String?) = OpenRequest(folder.toString(), card, pin)
        println(request(MARKED))
        show("card") { openPhone(OpenRequest(folder.toString(), MARKED), Keys(), null) }
        show("long pin") { openPhone(request(long), Keys(), null).close() }
        show("keys") { openPhone(request(null), ThrowingMarked, null) }
        openPhone(request(MARKED), Keys(), ThrowingMarked).use { phone ->
            show("outcome") { phone.outcome() }
            show("pin") { phone.setPin(long) }
        }
        show("no pin") { openPhone(request(null), Keys(), null) }
        show("wrong pin") { openPhone(request("$MARKED!"), Keys(), null) }
        show("wrong key") { openPhone(request(MARKED), Keys(9), null) }
    }

    private fun listeners(phone: Phone) {
        phone.subscribe(ThrowingMarked)
        println(phone)
    }

    private suspend fun verbs(phone: Phone): ReportId {
        val draft = phone.newDraft("suspicion_report", Lang.VI)
        for ((question, answer) in enough) phone.answer(draft, question, answer)
        for (answer in answers) {
            println(answer)
            for (question in listOf("suspect_info", "where", "reporter_role", "safe_phone")) {
                show("answer to $question") { phone.answer(draft, question, answer) }
            }
        }
        phone.answer(draft, "suspect_info", Answer.Text(MARKED))
        show("form") { phone.newDraft("none", Lang.VI) }
        show("drafts") { phone.drafts() }
        show("draft") { phone.draft(draft, Lang.VI) }
        show("questions") { phone.draft(draft, Lang.VI).questions }
        show("no draft") { phone.draft(-1, Lang.VI) }
        val report = phone.submit(draft)
        show("message") { phone.sendMessage(report, MARKED) }
        show("long message") { phone.sendMessage(report, long) }
        for (answer in answers) show("change") { phone.amend(report, "suspect_info", answer) }
        show("receipt") { phone.makeReceipt(report) }
        for (typed in listOf(MARKED, long, "0912345678$MARKED", "0912 345 678 0912 345 679")) {
            show("reopen") { phone.reopen(typed) }
            show("erase") { phone.eraseReceipt(typed) }
        }
        show("no report") { phone.report(MARKED, Lang.VI) }
        show("message to none") { phone.sendMessage(MARKED, MARKED) }
        show("page") { phone.report(report, Lang.VI) }
        show("parts") { phone.report(report, Lang.VI).run { answers + timeline } }
        show("reports") { phone.reports() }
        show("withdraw") { phone.withdraw(report) }
        show("late change") { phone.amend(report, "suspect_info", Answer.Text(MARKED)) }
        show("suspended") { phone.suspend().also { phone.reports() } }
        phone.resume()
        return report
    }

    /** What the screens are given. */
    private suspend fun holders(folder: Path, card: String, relay: String, report: ReportId) {
        val scope = CoroutineScope(SupervisorJob() + Dispatchers.Default)
        val app = AppState(scope, Setup(folder, card, Keys(), Lang.VI, relay))
        app.open(MARKED).join()
        val session = checkNotNull(app.opening.value as? Opening.Open).session
        println(app.opening.value)
        val draft = checkNotNull(session.newDraft())
        draft.answer("suspect_info", Answer.Text(long)).join()
        draft.answer("route_info", Answer.Text(MARKED)).join()
        println("${draft.shown.value} ${draft.shown.value.fields}")
        draft.submit().join()
        println(draft.shown.value)
        session.report(report).use {
            it.write(long).join()
            println("${it.shown.value} ${it.shown.value.said}")
        }
        session.reports.reopen(MARKED).join()
        session.pin.set(long).join()
        println("${session.reports.shown.value} ${session.pin.shown.value}")
        session.plan.answer("code_danger", Answer.Text(MARKED)).join()
        session.plan.answer("trusted_1_name", Answer.Text(long)).join()
        session.library.search(MARKED).join()
        session.library.open(MARKED).join()
        session.library.take(MARKED.toByteArray()).join()
        println("${session.plan.shown.value} ${session.library.shown.value}")
        show("plan") { session.phone.plan(Lang.VI).also { println(it.questions) } }
        show("card") { session.phone.planCard() }
        show("drawn card") { session.phone.drawPlanCard(Lang.VI) }
        session.line.sync().join()
        println(session.line.shown.value)
        app.close().join()
    }

    private val answers: List<Answer> =
        listOf(
            Answer.Text(MARKED),
            Answer.Text(long),
            Answer.Single(MARKED),
            Answer.Multi(listOf(MARKED)),
            Answer.Somewhere(Place.Province(MARKED)),
            Answer.Somewhere(Place.Commune(MARKED, MARKED)),
            Answer.Number(-1),
        )

    /** Prints what comes of it, in every way in which a log might. */
    private suspend fun show(what: String, work: suspend () -> Any?) {
        try {
            println("$what: ${work()}")
        } catch (error: Exception) {
            println("$what: error ${error::class.simpleName} ${error.message} $error")
            println("${error.localizedMessage} ${error.sentence()} ${error.stackTraceToString()}")
        }
    }
}

/** An app whose own code throws what it should not. */
private object ThrowingMarked : KeyStore, DeviceClock, ReportListener {
    override fun key(): ByteArray = throw CallbackException.Failed().initCause(marked())

    override fun unixSeconds(): ULong = throw marked()

    override fun changed(report: ReportId?) = throw marked()

    private fun marked() = IllegalStateException(MARKED)
}

private object ThrowingSync : SyncListener {
    override fun ended(summary: SyncSummary) = throw IllegalStateException("$MARKED $summary")
}
