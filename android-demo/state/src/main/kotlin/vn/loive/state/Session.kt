package vn.loive.state

import java.util.concurrent.atomic.AtomicBoolean
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.NonCancellable
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.job
import kotlinx.coroutines.withContext
import vn.loive.DraftId
import vn.loive.Driver
import vn.loive.Lang
import vn.loive.OpenOutcome
import vn.loive.Phone
import vn.loive.ReportId

/** The form with which suspicions are reported. */
private const val FORM = "suspicion_report"

/** What there is while the phone is open. Its holders end with it. */
class Session
private constructor(
    internal val phone: Phone,
    internal val driver: Driver,
    private val lang: Lang,
    parent: CoroutineScope,
) {
    private val job = SupervisorJob(parent.coroutineContext.job)
    private val scope = CoroutineScope(parent.coroutineContext + job)
    private val changes = Changes(phone, scope)
    private val released = AtomicBoolean()

    /** What became of the store when it was opened. */
    val outcome: OpenOutcome = phone.outcome()

    /** All reports and drafts. */
    val reports = ReportsState(phone, changes, scope)

    /** The line to the hotline. */
    val line = LineState(phone, driver, scope)

    /** The PIN. */
    val pin = PinState(phone, scope)

    /** What there is to read. */
    val library = LibraryState(phone, lang, scope)

    /** Other words for the library. */
    val proposals = ProposalsState(phone, changes, lang, scope)

    /** The safety plan. */
    val plan = PlanState(phone, lang, scope)

    init {
        // Also when the caller's scope ends without a word to anybody.
        job.invokeOnCompletion { release() }
    }

    /** Begins a draft; null, with a sentence in [reports], if that fails. */
    suspend fun newDraft(): DraftState? {
        val draft = attempt(reports::tell) { phone.newDraft(FORM, lang) } ?: return null
        reports.refresh()
        return draft(draft)
    }

    /** A draft that is there. */
    fun draft(draft: DraftId): DraftState = DraftState(phone, reports, scope, draft, lang)

    /** A report that is there. */
    fun report(report: ReportId): ReportState = ReportState(phone, changes, scope, report, lang)

    /**
     * Lets go of the store's files, because the platform is about to stop the app.
     * What is under way is finished first, and all else fails until [resume].
     */
    suspend fun suspend(): Sentence? {
        line.stop()
        return told { phone.suspend() }
    }

    /** Takes the store up again. */
    suspend fun resume(): Sentence? = told { phone.resume() } ?: run {
        reports.refresh()
        null
    }

    /** Erases everything that is only this phone's: marks and the plan. */
    suspend fun erasePrivate(): Sentence? = told { phone.erasePrivate() } ?: run {
        library.forget()
        plan.forget()
        null
    }

    /** Ends every holder and releases the phone, with its files. */
    suspend fun close() =
        withContext(NonCancellable) {
            line.stop()
            job.cancelAndJoin()
            // What was begun is finished by the engine, though nobody waits for it
            // any more: wait for it here, so that the store can be opened again.
            told { phone.suspend() }
            release()
        }

    private fun release() {
        if (!released.compareAndSet(false, true)) return
        changes.close()
        line.close()
        driver.close()
        phone.close()
    }

    private suspend fun told(work: suspend () -> Unit): Sentence? {
        var said: Sentence? = null
        attempt({ said = it }) { work() }
        return said
    }

    internal companion object {
        /** Takes the phone over: it is closed with the session, or here if that fails. */
        fun of(phone: Phone, setup: Setup, scope: CoroutineScope): Session =
            try {
                val driver =
                    setup.relayUrl?.let { Driver.to(setup.card, it) } ?: Driver(setup.card)
                Session(phone, driver, setup.lang, scope)
            } catch (error: Exception) {
                phone.close()
                throw error
            }
    }
}
